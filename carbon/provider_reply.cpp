#include "carbon/provider_reply.hpp"

#include "core/printable.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace runneriq::carbon {
namespace {

using Json = nlohmann::json;

constexpr Duration kFurthestAhead = std::chrono::hours{1};
constexpr int kDeepest = 32;
constexpr int kMostValues = 100'000;

// Follows the text and keeps nothing of it, so that what is too much costs no memory.
class Bounds {
 public:
  bool null() { return count(); }
  bool boolean(bool) { return count(); }
  bool number_integer(Json::number_integer_t) { return count(); }
  bool number_unsigned(Json::number_unsigned_t) { return count(); }
  bool number_float(Json::number_float_t, const std::string&) { return count(); }
  bool string(std::string&) { return count(); }
  bool binary(Json::binary_t&) { return false; }
  bool key(std::string&) { return true; }
  bool start_object(std::size_t) { return count() && ++depth_ <= kDeepest; }
  bool start_array(std::size_t) { return count() && ++depth_ <= kDeepest; }
  bool end_object() { return leave(); }
  bool end_array() { return leave(); }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) {
    is_json_ = false;
    return false;
  }
  [[nodiscard]] bool is_json() const { return is_json_; }

 private:
  bool count() { return ++values_ <= kMostValues; }
  bool leave() {
    --depth_;
    return true;
  }

  int depth_ = 0;
  int values_ = 0;
  bool is_json_ = true;
};

tl::unexpected<Error> corrupt(std::string_view body, std::string_view why) {
  return fail(Errc::corrupt,
              "the reply " + std::string(why) + ", it begins with " + quoted_text(body.substr(0, 200)));
}

std::string with_seconds(const std::string& text) {
  constexpr std::size_t kMinutesEnd = std::string_view("2026-01-01T10:30").size();
  const bool without = text.size() == kMinutesEnd + 1 && text.back() == 'Z';
  return without ? text.substr(0, kMinutesEnd) + ":00Z" : text;
}

}  // namespace

Result<Json> reply_object(std::string_view body) {
  Bounds bounds;
  if (!Json::sax_parse(body, &bounds)) {
    return corrupt(body, bounds.is_json() ? "is nested too deep or holds too much" : "is no JSON");
  }
  Json object = Json::parse(body, nullptr, false);
  if (!object.is_object()) return corrupt(body, "is no JSON object");
  return object;
}

const Json& member(const Json& object, std::string_view key) {
  static const Json kNull;
  if (!object.is_object()) return kNull;
  const auto found = object.find(key);
  return found == object.end() ? kNull : *found;
}

std::optional<std::string> text_in(const Json& object, std::string_view key) {
  const Json& value = member(object, key);
  return value.is_string() ? std::optional(value.get<std::string>()) : std::nullopt;
}

bool is_true_in(const Json& object, std::string_view key) {
  const Json& value = member(object, key);
  return value.is_boolean() && value.get<bool>();
}

std::optional<Intensity> intensity_in(const Json& object, std::string_view key) {
  const Json& value = member(object, key);
  return value.is_number() ? Intensity::of(value.get<double>()) : std::nullopt;
}

std::optional<Time> time_in(const Json& object, std::string_view key) {
  const auto text = text_in(object, key);
  if (!text) return std::nullopt;
  const Result<Time> time = parse_time(with_seconds(*text));
  return time ? std::optional(*time) : std::nullopt;
}

Result<ProviderAnswer> answer_of(const Basis& basis, Want want, std::vector<Step> steps, std::size_t told,
                                 Time now) {
  const std::string all = std::to_string(told);
  if (want != Want::forecast) {
    std::erase_if(steps, [now](const Step& step) { return step.from > now + kFurthestAhead; });
  }
  if (steps.empty()) {
    return fail(Errc::not_found, "none of the " + all + " points of the reply has an intensity that counts");
  }
  std::ranges::stable_sort(steps, {}, &Step::from);
  ProviderAnswer answer{.basis = basis, .steps = std::move(steps), .left_out = ""};
  if (const std::size_t left_out = told - answer.steps.size(); left_out > 0) {
    answer.left_out = std::to_string(left_out) + " of " + all + " points have no intensity that counts";
  }
  return answer;
}

}  // namespace runneriq::carbon
