#include "diagnosis/log_markers.hpp"

#include "diagnosis/characters.hpp"

#include <algorithm>
#include <array>

namespace runneriq::diagnosis {
namespace {

using Kind = LogMarker::Kind;

constexpr char kEscape = '\x1B';
constexpr std::size_t kLongestName = 256;

struct Form {
  std::string_view start;
  Kind kind;
  bool has_time;  // "section_start:1700000000:name"
};
constexpr std::array kForms{
    Form{"section_start:", Kind::section_start, true},    Form{"section_end:", Kind::section_end, true},
    Form{"travis_fold:start:", Kind::fold_start, false},  Form{"travis_fold:end:", Kind::fold_end, false},
    Form{"travis_time:start:", Kind::timer_start, false}, Form{"travis_time:end:", Kind::timer_end, false}};

bool is_of_a_name(char c) {
  return is_word(c) || c == '.' || c == '-';
}

std::size_t end_of_name(std::string_view text, std::size_t at) {
  while (at < text.size() && is_of_a_name(text[at])) ++at;
  return at;
}

// "[collapsed=true]", ":start=1,finish=2,duration=1".
std::size_t end_of_options(std::string_view text, std::size_t at, Kind kind) {
  if (text.substr(at).starts_with('[')) {
    const std::size_t end = text.find_first_of("]\x1B", at);
    return end != std::string_view::npos && text[end] == ']' ? end + 1 : at;
  }
  if (kind != Kind::timer_end || !text.substr(at).starts_with(':')) return at;
  return std::min(text.find_first_not_of(":=,abcdefghijklmnopqrstuvwxyz_.0123456789", at), text.size());
}

// What stands behind a marker at the start of a segment and is no code goes with it.
std::optional<FoundMarker> marker_at(std::string_view text, std::size_t at) {
  const std::string_view rest = text.substr(at);
  if (!rest.starts_with("section_") && !rest.starts_with("travis_")) return std::nullopt;
  const auto* const form =
      std::ranges::find_if(kForms, [&](const Form& known) { return rest.starts_with(known.start); });
  if (form == kForms.end()) return std::nullopt;
  std::size_t name = form->start.size();
  if (form->has_time) {
    while (name < rest.size() && is_digit(rest[name])) ++name;
    if (!rest.substr(name).starts_with(':')) return std::nullopt;
    ++name;
  }
  const std::size_t end = std::min(end_of_name(rest, name), name + kLongestName);
  if (end == name) return std::nullopt;
  return FoundMarker{.marker = {.kind = form->kind, .name = rest.substr(name, end - name)},
                     .at = at,
                     .length = end_of_options(rest, end, form->kind)};
}

bool only_codes_and_markers(std::string_view text) {
  while (!text.empty()) {
    if (text.front() == kEscape) {
      text.remove_prefix(length_of_code(text));
    } else if (const auto found = marker_at(text, 0)) {
      text.remove_prefix(found->length);
    } else {
      return false;
    }
  }
  return true;
}

// Where the marker begins of which `text` may be all but the name and the options: "…section_end:1700000000".
std::optional<std::size_t> start_of_marker(std::string_view text) {
  const bool digits = !text.empty() && is_hex_digit(text.back());
  const std::size_t number = digits ? text.find_last_not_of("0123456789abcdef") + 1 : text.size();
  const std::string_view before = text.substr(0, number);
  for (const Form& form : kForms) {
    const std::string_view start = form.start.substr(0, form.start.size() - 1);
    if (text.ends_with(start)) return text.size() - start.size();
    if (before.ends_with(form.start)) return before.size() - form.start.size();
  }
  return std::nullopt;
}

// A marker holds a colon before its name, and a timer's end one more behind it.
std::optional<FoundMarker> last_marker_in(std::string_view text) {
  constexpr int kMostColons = 2;
  std::string_view rest = text;
  for (int i = 0; i < kMostColons; ++i) {
    const std::size_t colon = rest.rfind(':');
    if (colon == std::string_view::npos || colon == 0) return std::nullopt;
    rest = rest.substr(0, colon);
    const char last = rest.back();  // of "start", "end", the time, or the timer's name
    if (last != 't' && !is_hex_digit(last)) continue;
    const auto at = start_of_marker(rest);
    if (!at) continue;
    const auto found = marker_at(text, *at);
    if (found && only_codes_and_markers(text.substr(found->at + found->length))) return found;
  }
  return std::nullopt;
}

bool is_between(char c, char first, char last) {
  return c >= first && c <= last;
}

}  // namespace

std::size_t length_of_code(std::string_view text) {
  const auto skip = [&](std::size_t at, char first, char last) {
    while (at < text.size() && is_between(text[at], first, last)) ++at;
    return at;
  };
  if (text.size() < 2) return 1;
  const std::size_t final = text[1] == '[' ? skip(2, '\x20', '\x3F') : skip(1, '\x20', '\x2F');
  return final < text.size() && is_between(text[final], '\x20', '\x7E') ? final + 1 : final;
}

std::optional<FoundMarker> marker_in(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size() && text[at] == kEscape) at += length_of_code(text.substr(at));
  if (const auto found = marker_at(text, at)) return found;
  return last_marker_in(text);
}

}  // namespace runneriq::diagnosis
