#include "gitlab/json_reader.hpp"

#include "core/trimmed.hpp"
#include "core/utf8.hpp"
#include "gitlab/screened_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <chrono>
#include <cmath>
#include <limits>
#include <system_error>
#include <utility>

namespace runneriq::gitlab {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kDeepest = 64;
constexpr std::size_t kMostElements = 10'000;  // of a list; GitLab's pages have at most 100
constexpr std::size_t kMostValues = 250'000;   // of one element, or of a whole object

enum class Root { list, object, any };
using Take = std::function<void(Json&&)>;

constexpr std::string_view kWhiteSpace = " \t\r\n";

// Builds one value from the events of a parser; of a list at the root one element at a time.
class Builder {
 public:
  Builder(Root root, const Take& take) : root_(root), take_(take) {}

  bool null() { return put(nullptr); }
  bool boolean(bool value) { return put(value); }
  bool number_integer(Json::number_integer_t value) { return put(value); }
  bool number_unsigned(Json::number_unsigned_t value) { return put(value); }
  bool number_float(Json::number_float_t value, const std::string&) { return put(value); }
  bool string(std::string& value) { return put(std::move(value)); }
  bool binary(Json::binary_t&) { return false; }
  bool start_object(std::size_t) { return enter(Json::value_t::object); }
  bool start_array(std::size_t) { return enter(Json::value_t::array); }
  bool end_object() { return leave(); }
  bool end_array() { return leave(); }
  bool key(std::string& name) {
    place_ = &(*open_.back())[std::move(name)];
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) { return false; }

  // Why the builder, and not the parser, stopped; "" when it did not.
  [[nodiscard]] const std::string& refusal() const { return refusal_; }

 private:
  // The list at the root is never built.
  [[nodiscard]] bool is_streaming() const { return root_ == Root::list; }
  [[nodiscard]] std::size_t depth() const { return open_.size() + (in_list_ ? 1 : 0); }
  [[nodiscard]] bool is_at_root() const { return depth() == 0; }

  bool put(Json value) {
    if (is_at_root() && root_ != Root::any) return refuse_root();
    if (!count()) return false;
    if (open_.empty()) {
      take_(std::move(value));
      return true;
    }
    place(std::move(value));
    return true;
  }

  bool enter(Json::value_t kind) {
    if (depth() >= kDeepest) return refuse("is nested deeper than " + std::to_string(kDeepest) + " levels");
    if (is_at_root() && !fits_root(kind)) return refuse_root();
    if (is_at_root() && is_streaming()) {
      in_list_ = true;
      return true;
    }
    if (!count()) return false;
    if (open_.empty()) {
      element_ = Json(kind);
      open_.push_back(&element_);
    } else {
      open_.push_back(&place(Json(kind)));
    }
    return true;
  }

  bool leave() {
    if (open_.empty()) return true;  // the list at the root
    open_.pop_back();
    if (!open_.empty()) return true;
    take_(std::move(element_));
    return true;
  }

  Json& place(Json value) {
    Json& container = *open_.back();
    if (container.is_array()) return container.emplace_back(std::move(value));
    *place_ = std::move(value);
    return *place_;
  }

  [[nodiscard]] bool fits_root(Json::value_t kind) const {
    if (root_ == Root::any) return true;
    return (kind == Json::value_t::array) == (root_ == Root::list);
  }

  bool count() {
    if (open_.empty()) {
      values_ = 0;
      if (++elements_ > kMostElements) {
        return refuse("has more than " + std::to_string(kMostElements) + " elements");
      }
    }
    if (++values_ > kMostValues) {
      return refuse("holds more than " + std::to_string(kMostValues) + " values in one");
    }
    return true;
  }

  bool refuse_root() { return refuse(root_ == Root::list ? "is no JSON list" : "is no JSON object"); }

  bool refuse(std::string why) {
    refusal_ = std::move(why);
    return false;
  }

  Root root_;
  const Take& take_;
  bool in_list_ = false;
  Json element_;
  std::vector<Json*> open_;  // the containers of `element_` from the outermost to here
  Json* place_ = nullptr;    // where the next value of an object goes
  std::size_t elements_ = 0;
  std::size_t values_ = 0;  // of this element
  std::string refusal_;
};

std::string describe_end(std::string_view json, const ScreenedJson& source) {
  if (json.find_first_not_of(kWhiteSpace) == std::string_view::npos) return "is empty";
  const std::string at = "byte " + std::to_string(source.offset());
  return source.at_end() ? "is cut off or no valid JSON at its end, " + at : "is no valid JSON at " + at;
}

Result<void> read(std::string_view json, Root root, const Take& take) {
  ScreenedJson source{json};
  Builder builder{root, take};
  if (Json::sax_parse(ScreenedJson::Iterator{source}, ScreenedJson::Iterator{}, &builder)) return {};
  const std::string& refusal = builder.refusal();
  return fail(Errc::corrupt, "the answer " + (refusal.empty() ? describe_end(json, source) : refusal));
}

Result<Json> read_one(std::string_view json, Root root) {
  Json value;
  auto done = read(json, root, [&](Json&& whole) { value = std::move(whole); });
  if (!done) return fail(std::move(done.error()));
  return value;
}

// The whole of a text as a number; some write numbers as texts.
template <class Number>
std::optional<Number> number_of(const Json& text) {
  const auto& digits = text.get_ref<const std::string&>();
  const char* const last = digits.data() + digits.size();
  Number value{};
  const auto [end, error] = std::from_chars(digits.data(), last, value);
  return error == std::errc{} && end == last ? std::optional{value} : std::nullopt;
}

std::optional<std::uint64_t> whole_number(const Json& value) {
  if (value.is_string()) return number_of<std::uint64_t>(value);
  return value.is_number_unsigned() ? std::optional{value.get<std::uint64_t>()} : std::nullopt;
}

std::optional<double> number(const Json& value) {
  if (value.is_string()) return number_of<double>(value);
  return value.is_number() ? std::optional{value.get<double>()} : std::nullopt;
}

void append_text(std::vector<std::string>& texts, std::string_view text) {
  text = trimmed(text, kWhiteSpace);
  if (!text.empty()) texts.emplace_back(text);
}

std::vector<std::string> split_at_commas(std::string_view text) {
  std::vector<std::string> texts;
  while (!text.empty()) {
    const std::size_t end = std::min(text.find(','), text.size());
    append_text(texts, text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
  return texts;
}

}  // namespace

Result<void> read_list(std::string_view json, const std::function<void(const Json&)>& take) {
  return read(json, Root::list, take);
}

Result<Json> read_object(std::string_view json) {
  return read_one(json, Root::object);
}

Result<Json> read_value(std::string_view json) {
  return read_one(json, Root::any);
}

const Json& member(const Json& object, std::string_view key) {
  static const Json kNothing;
  if (!object.is_object()) return kNothing;
  const auto found = object.find(key);
  return found == object.end() ? kNothing : *found;
}

std::int64_t id_in(const Json& object, std::string_view key) {
  const std::uint64_t id = whole_number(member(object, key)).value_or(0);
  return id > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max())
             ? 0
             : static_cast<std::int64_t>(id);
}

// Cut at a character.
std::string bounded(std::string_view text) {
  if (text.size() <= kLongestText) return std::string(text);
  std::size_t end = 0;
  while (true) {
    const std::size_t length = std::max<std::size_t>(utf8_length(text.substr(end)), 1);
    if (end + length > kLongestText) return std::string(text.substr(0, end));
    end += length;
  }
}

std::string text_in(const Json& object, std::string_view key) {
  const Json& value = member(object, key);
  return value.is_string() ? bounded(value.get_ref<const std::string&>()) : std::string{};
}

std::string page_in(const Json& object, std::string_view key) {
  std::string url = text_in(object, key);
  const bool web = url.starts_with("https://") || url.starts_with("http://");
  const bool whole = url.size() < kLongestText - 3;  // what was cut leads elsewhere
  const bool printable = std::ranges::all_of(url, [](char c) { return c > ' ' && c < '\x7f'; });
  return web && whole && printable ? url : std::string{};
}

std::optional<bool> switch_in(const Json& object, std::string_view key) {
  const Json& value = member(object, key);
  if (value == "true" || value == "false") return value == "true";
  return value.is_boolean() ? std::optional{value.get<bool>()} : std::nullopt;
}

std::optional<Time> time_in(const Json& object, std::string_view key) {
  const Json& value = member(object, key);
  if (!value.is_string()) return std::nullopt;
  const Result<Time> time = parse_time(value.get_ref<const std::string&>());
  return time ? std::optional{*time} : std::nullopt;
}

std::optional<Duration> seconds_in(const Json& object, std::string_view key) {
  constexpr double kLongest = std::chrono::duration<double>{std::chrono::years{10}}.count();
  const Json& value = member(object, key);
  const double seconds = number(value).value_or(-1);
  if (!(seconds >= 0 && seconds <= kLongest)) return std::nullopt;
  return Duration{std::llround(seconds * 1000)};
}

std::optional<int> count_in(const Json& object, std::string_view key) {
  const Json& value = member(object, key);
  const auto count = whole_number(value);
  if (!count || *count > static_cast<std::uint64_t>(std::numeric_limits<int>::max())) return std::nullopt;
  return static_cast<int>(*count);
}

std::optional<std::vector<std::string>> texts_in(const Json& object, std::string_view key) {
  const Json& value = member(object, key);
  if (value.is_string()) return split_at_commas(value.get_ref<const std::string&>());
  if (!value.is_array()) return std::nullopt;
  std::vector<std::string> texts;
  for (const Json& text : value) {
    if (texts.size() == kMostTexts) break;
    if (text.is_string()) append_text(texts, bounded(text.get_ref<const std::string&>()));
  }
  return texts;
}

std::vector<std::string> as_set(std::vector<std::string> texts) {
  std::sort(texts.begin(), texts.end());
  texts.erase(std::unique(texts.begin(), texts.end()), texts.end());
  return texts;
}

}  // namespace runneriq::gitlab
