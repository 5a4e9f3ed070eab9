#include "cli/words.hpp"

#include "cli/json_text.hpp"
#include "core/printable.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdio>
#include <utility>

namespace runneriq::cli {
namespace {

constexpr std::size_t kLongestLine = 1000;

std::string two_units(std::int64_t larger, char large, std::int64_t smaller, char small) {
  char text[32];
  std::snprintf(text, sizeof text, "%lld%c%02lld%c", static_cast<long long>(larger), large,
                static_cast<long long>(smaller), small);
  return text;
}

}  // namespace

std::string on_one_line(std::string_view text) {
  std::string without_escapes{text};
  std::erase(without_escapes, '\\');
  // The quote keeps a leading slash as it is.
  const bool clean = text.size() <= kLongestLine &&
                     printable("'" + without_escapes, kLongestLine + 1) == "'" + without_escapes;
  return clean ? std::string(text) : printable_path(text, kLongestLine);
}

std::string short_reading(Duration duration) {
  const std::int64_t seconds = std::max<std::int64_t>(0, duration.count() / 1000);
  if (seconds < 60) return std::to_string(seconds) + "s";
  if (seconds < 3600) return std::to_string(seconds / 60) + "m";
  if (seconds < 24 * 3600) return two_units(seconds / 3600, 'h', seconds / 60 % 60, 'm');
  return two_units(seconds / (24 * 3600), 'd', seconds / 3600 % 24, 'h');
}

std::string one_decimal(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", number);
  return text;
}

std::string_view paint_of(std::string_view job_class, Colour colour) {
  constexpr std::array<std::pair<std::string_view, std::string_view>, 4> kPaints{
      {{"CRITICAL", "\x1b[1;31m"}, {"HIGH", "\x1b[33m"}, {"MEDIUM", "\x1b[36m"}, {"LOW", "\x1b[2m"}}};
  if (colour == Colour::off) return "";
  const auto found =
      std::ranges::find(kPaints, job_class, &std::pair<std::string_view, std::string_view>::first);
  return found == kPaints.end() ? std::string_view{} : found->second;
}

std::string class_text(std::string_view job_class, Colour colour) {
  const std::string_view paint = paint_of(job_class, colour);
  if (paint.empty()) return std::string(job_class);
  return std::string(paint) + std::string(job_class) + "\x1b[0m";
}

std::string counted(std::int64_t number, std::string_view noun) {
  return std::to_string(number) + " " + std::string(noun) + (number == 1 ? "" : "s");
}

std::string named_at(const nlohmann::json& object, const char* key) {
  return on_one_line(text_at(object, key));
}

std::string whole_at(const nlohmann::json& object, const char* key) {
  return std::to_string(integer_at(object, key));
}

Duration seconds_at(const nlohmann::json& object, const char* key) {
  return Duration{static_cast<Duration::rep>(number_at(object, key) * 1000)};
}

std::vector<std::string> sentences_at(const nlohmann::json& object, const char* key) {
  std::vector<std::string> sentences;
  for (const nlohmann::json& sentence : list_at(object, key)) {
    if (sentence.is_string()) sentences.push_back(on_one_line(sentence.get<std::string>()));
  }
  return sentences;
}

}  // namespace runneriq::cli
