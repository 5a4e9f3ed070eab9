#include "platform/log_line.hpp"

#include "core/overloaded.hpp"
#include "core/printable.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <ctime>

namespace runneriq::platform {
namespace {

constexpr std::size_t kLongestText = 4096;  // bytes of one field

struct LevelWords {
  std::string_view json, text, priority;
};

LevelWords words_of(LogLevel level) {
  switch (level) {
    case LogLevel::debug:
      return {"debug", "DEBUG", "<7>"};
    case LogLevel::info:
      return {"info", "INFO ", "<6>"};
    case LogLevel::warning:
      return {"warning", "WARN ", "<4>"};
    case LogLevel::error:
      break;
  }
  return {"error", "ERROR", "<3>"};
}

// A JSON text that stays harmless when a tool decodes it to a terminal, so escapes are escaped again.
std::string quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char each : printable_path(text, kLongestText)) {
    if (each == '"' || each == '\\') quoted += '\\';
    quoted += each;
  }
  return quoted + '"';
}

bool is_plain(char each) {
  return (each >= 'a' && each <= 'z') || (each >= 'A' && each <= 'Z') || (each >= '0' && each <= '9') ||
         std::string_view{"_-.:/+@"}.find(each) != std::string_view::npos;
}

// Without quotes where nothing could be mistaken.
std::string word(std::string_view text) {
  const bool plain = !text.empty() && text.size() <= kLongestText && std::ranges::all_of(text, is_plain);
  return plain ? std::string(text) : quoted(text);
}

std::string number(double value) {
  if (!std::isfinite(value)) return "null";
  std::array<char, 32> text{};
  const auto end = std::to_chars(text.data(), text.data() + text.size(), value).ptr;
  return {text.data(), end};
}

template <class Quote>
std::string value_of(const LogField& field, Quote quote) {
  return std::visit(Overloaded{[&](const std::string& text) { return quote(text); },
                               [](std::int64_t value) { return std::to_string(value); },
                               [](double value) { return number(value); },
                               [](bool value) { return std::string(value ? "true" : "false"); }},
                    field.value);
}

std::string name_of(const LogField& field) {
  std::string name = field.name;
  std::ranges::replace_if(
      name, [](char each) { return !is_plain(each) || each == ':'; }, '_');
  constexpr std::array<std::string_view, 4> kOurs{"time", "level", "event", "run"};
  return std::ranges::find(kOurs, name) == kOurs.end() ? name : name + "_";
}

std::string time_of_day(Time time) {
  const std::time_t seconds = std::chrono::system_clock::to_time_t(time);
  std::tm local{};
  std::array<char, 16> text{};
  ::localtime_r(&seconds, &local);
  return {text.data(), std::strftime(text.data(), text.size(), "%H:%M:%S", &local)};
}

}  // namespace

std::string json_line(const LogEvent& event) {
  std::string line = "{\"time\":\"" + to_text(event.time) + "\",\"level\":\"";
  line.append(words_of(event.level).json).append("\",\"event\":").append(quoted(event.event));
  if (!event.run.empty()) line.append(",\"run\":").append(quoted(event.run));
  for (const LogField& field : event.fields) {
    line.append(",\"").append(name_of(field)).append("\":").append(value_of(field, quoted));
  }
  return line + "}";
}

std::string text_line(const LogEvent& event) {
  std::string line = time_of_day(event.time) + " ";
  line.append(words_of(event.level).text).append(" ").append(word(event.event));
  for (const LogField& field : event.fields) {
    line.append(" ").append(name_of(field)).append("=").append(value_of(field, word));
  }
  return line;
}

std::string journal_line(const LogEvent& event) {
  return std::string(words_of(event.level).priority) + json_line(event);
}

}  // namespace runneriq::platform
