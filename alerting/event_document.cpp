#include "alerting/event_document.hpp"

#include "core/printable.hpp"
#include "gitlab/screened_json.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <optional>
#include <utility>

namespace runneriq::alerting {
namespace {

using Json = nlohmann::json;

constexpr std::size_t kDeepest = 64;

// ---- bounds -------------------------------------------------------------------------------

std::string_view first_bytes(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  while (most > 0 && (static_cast<unsigned char>(text[most]) & 0xC0U) == 0x80U) --most;
  return text.substr(0, most);
}

std::string_view last_bytes(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  text.remove_prefix(text.size() - most);
  while (!text.empty() && (static_cast<unsigned char>(text.front()) & 0xC0U) == 0x80U) text.remove_prefix(1);
  return text;
}

// ---- numbers and times --------------------------------------------------------------------

template <class Number>
std::optional<Number> number_in(std::string_view text) {
  Number number{};
  const char* const last = text.data() + text.size();
  const auto [end, error] = std::from_chars(text.data(), last, number);
  return error == std::errc{} && end == last ? std::optional{number} : std::nullopt;
}

// Seconds since 1970, or milliseconds where seconds would be beyond the year 5000; none out of RFC 3339's
// years.
std::optional<Time> unix_time(double number) {
  using namespace std::chrono;
  constexpr auto seconds_of = [](int y) {
    return duration<double>{sys_days{year{y} / January / 1}.time_since_epoch()}.count();
  };
  const double seconds = std::abs(number) >= seconds_of(5000) ? number / 1000 : number;
  if (!(seconds >= seconds_of(0) && seconds < seconds_of(10'000))) return std::nullopt;
  return Time{Duration{std::llround(seconds * 1000)}};
}

std::optional<Time> time_in(std::string_view text) {
  if (const Result<Time> time = parse_time(text)) return *time;
  const auto number = number_in<double>(text);
  return number ? unix_time(*number) : std::nullopt;
}

// ---- members ------------------------------------------------------------------------------

// A member of the object: which field of an event it is, by its kind.
struct Field {
  std::string_view name;
  std::string Event::*text = nullptr;
  std::int64_t Event::*id = nullptr;
  bool Event::*flag = nullptr;
};
constexpr std::string_view kTime = "time";
// In the order in which they are written.
constexpr std::array kFields{
    Field{.name = kTime},
    Field{.name = "kind", .text = &Event::kind_word},
    Field{.name = "project", .text = &Event::project},
    Field{.name = "ref", .text = &Event::ref},
    Field{.name = "sha", .text = &Event::sha},
    Field{.name = "pipeline_id", .id = &Event::pipeline_id},
    Field{.name = "job_id", .id = &Event::job_id},
    Field{.name = "name", .text = &Event::name},
    Field{.name = "stage", .text = &Event::stage},
    Field{.name = "status", .text = &Event::status},
    Field{.name = "allow_failure", .flag = &Event::allow_failure},
    Field{.name = "failure_reason", .text = &Event::failure_reason},
    Field{.name = "source", .text = &Event::source},
    Field{.name = "runner", .text = &Event::runner},
    Field{.name = "user", .text = &Event::user},
    Field{.name = "log_excerpt", .text = &Event::log_excerpt},
    Field{.name = "gitlab", .text = &Event::gitlab},
    Field{.name = "default_branch", .text = &Event::default_branch},
    Field{.name = "tag", .flag = &Event::is_tag},
    Field{.name = "url", .text = &Event::url},
};

std::string_view word_of_kind(const Event& event) {
  return event.kind_word.empty() ? to_text(event.kind) : std::string_view{event.kind_word};
}

std::string_view bounded(const Field& field, std::string_view text) {
  const bool excerpt = field.text == &Event::log_excerpt;
  return excerpt ? last_bytes(text, kLongestExcerpt) : first_bytes(text, kLongestEventText);
}

// Takes an event from the words of a JSON parser; what is nested within its members goes by.
class Reading {
 public:
  explicit Reading(Time otherwise) { event_.time = otherwise; }

  bool null() { return depth_ > 0; }
  bool boolean(bool value) {
    if (depth_ != 1) return null();
    if (field_->flag != nullptr) event_.*field_->flag = value;
    return !is_time() || refuse_time(value ? "true" : "false");
  }
  bool number_integer(Json::number_integer_t value) { return number(value); }
  bool number_unsigned(Json::number_unsigned_t value) { return number(value); }
  bool number_float(Json::number_float_t value, const std::string& written) {
    if (depth_ != 1) return null();
    if (is_time()) return take_time(unix_time(value), written);
    if (field_->text != nullptr) event_.*field_->text = bounded(*field_, written);
    return true;
  }
  bool string(const std::string& value) {
    if (depth_ != 1) return null();
    if (is_time()) return value.empty() || take_time(time_in(value), value);
    if (field_->text != nullptr) event_.*field_->text = bounded(*field_, value);
    if (field_->id != nullptr) take_id(number_in<std::int64_t>(value).value_or(0));
    if (field_->flag != nullptr) event_.*field_->flag = value == "true" || value == "1";
    return true;
  }
  bool binary(Json::binary_t&) { return false; }
  bool start_object(std::size_t) { return (depth_ == 0 || accepts_container()) && enter(); }
  bool start_array(std::size_t) { return depth_ > 0 && accepts_container() && enter(); }
  bool end_object() { return leave(); }
  bool end_array() { return leave(); }
  bool key(const std::string& name) {
    if (depth_ == 1) field_ = &field_named(name);
    return true;
  }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) { return false; }

  // Why this, and not the parser, stopped; "" when it did not.
  [[nodiscard]] const std::string& refusal() const { return refusal_; }
  Event take() && {
    event_.kind = event_kind(event_.kind_word);
    return std::move(event_);
  }

 private:
  // Members mostly come in the order in which they are written here.
  const Field& field_named(std::string_view name) {
    for (std::size_t tried = 0; tried < kFields.size(); ++tried) {
      const Field& field = kFields.at(likely_);
      likely_ = (likely_ + 1) % kFields.size();
      if (field.name == name) return field;
    }
    return kUnknown;
  }
  [[nodiscard]] bool is_time() const { return field_ == kFields.data(); }

  template <class Number>
  bool number(Number value) {
    if (depth_ != 1) return null();
    if (is_time()) return take_time(unix_time(static_cast<double>(value)), std::to_string(value));
    if (field_->text != nullptr) event_.*field_->text = std::to_string(value);
    if (field_->id != nullptr && std::in_range<std::int64_t>(value))
      take_id(static_cast<std::int64_t>(value));
    if (field_->flag != nullptr) event_.*field_->flag = value == 1;
    return true;
  }
  void take_id(std::int64_t id) { event_.*field_->id = std::max<std::int64_t>(id, 0); }
  bool take_time(const std::optional<Time>& time, std::string_view written) {
    if (!time) return refuse_time(written);
    event_.time = *time;
    return true;
  }
  bool refuse_time(std::string_view written) {
    return refuse("the time " + quoted_text(written) +
                  " is none: write for example 2025-03-01T03:00:00Z, or seconds since 1970");
  }

  // A list or object in the place of a text goes by; there is no such time.
  bool accepts_container() { return depth_ != 1 || !is_time() || refuse_time("{…}"); }
  bool enter() { return ++depth_ <= kDeepest || refuse("it is nested deeper than 64 levels"); }
  bool leave() {
    --depth_;
    return true;
  }
  bool refuse(std::string why) {
    refusal_ = std::move(why);
    return false;
  }

  static constexpr Field kUnknown{};
  std::size_t likely_ = 0;  // where in kFields the next member is looked for first
  const Field* field_ = &kUnknown;
  std::size_t depth_ = 0;
  Event event_;
  std::string refusal_;
};

tl::unexpected<Error> no_event(std::string_view why) {
  return fail(Errc::invalid_argument, "this is no event: " + std::string(why));
}

// What is no UTF-8, or no number that fits, makes nlohmann's parser stop: then again with all of it replaced.
Result<Event> parse_screened(std::string_view line, Time otherwise) {
  gitlab::ScreenedJson source{line};
  Reading reading{otherwise};
  using Iterator = gitlab::ScreenedJson::Iterator;
  if (Json::sax_parse(Iterator{source}, Iterator{}, &reading)) return std::move(reading).take();
  if (!reading.refusal().empty()) return no_event(reading.refusal());
  return no_event("no JSON object at byte " + std::to_string(source.offset() + 1));
}

}  // namespace

Result<Event> parse_event(std::string_view line, Time otherwise) {
  Reading reading{otherwise};
  if (Json::sax_parse(line.begin(), line.end(), &reading)) return std::move(reading).take();
  if (!reading.refusal().empty()) return no_event(reading.refusal());
  return parse_screened(line, otherwise);
}

nlohmann::ordered_json event_document(const Event& event) {
  nlohmann::ordered_json document = nlohmann::ordered_json::object();
  for (const Field& field : kFields) {
    const std::string name{field.name};
    if (field.id != nullptr && event.*field.id != 0) document[name] = event.*field.id;
    if (field.flag != nullptr && event.*field.flag) document[name] = true;
    if (field.text != nullptr && !(event.*field.text).empty()) document[name] = event.*field.text;
    if (field.name == kTime) document[name] = runneriq::to_text(event.time);
    if (field.text == &Event::kind_word) document[name] = word_of_kind(event);
  }
  return document;
}

}  // namespace runneriq::alerting
