#include "core/trimmed.hpp"
#include "diagnosis/characters.hpp"
#include "diagnosis/extractors_of_runs.hpp"

#include <algorithm>
#include <array>

namespace runneriq::diagnosis {
namespace {

constexpr auto kNone = std::string_view::npos;
constexpr std::string_view kDigits = "0123456789";

// Words in brackets that Maven, sbt and the tasks of Ant put before what others say.
constexpr std::array<std::string_view, 18> kSpeakers{
    "info", "error",  "warn",    "INFO",   "ERROR",  "WARNING", "debug",  "junit", "exec",
    "java", "testng", "phpunit", "stderr", "stdout", "DEBUG",   "groovy", "apply", "scalatest"};

std::size_t behind_speaker(std::string_view line) {
  const std::size_t start = line.find_first_not_of(" \t");
  if (start == kNone || line[start] != '[') return 0;
  const std::size_t end = line.find(']', start);
  if (end == kNone || end - start > 10) return 0;
  if (std::ranges::find(kSpeakers, line.substr(start + 1, end - start - 1)) == kSpeakers.end()) return 0;
  if (end + 1 == line.size()) return end + 1;
  return line[end + 1] == ' ' ? end + 2 : 0;
}

// "#12 3.456 " of BuildKit.
std::size_t behind_build_step(std::string_view line) {
  if (line.empty() || line.front() != '#') return 0;
  const std::size_t blank = line.find_first_not_of(kDigits, 1);
  if (blank == kNone || blank == 1 || line[blank] != ' ') return 0;
  const std::size_t point = line.find_first_not_of(kDigits, blank + 1);
  if (point == kNone || point == blank + 1 || line[point] != '.') return 0;
  const std::size_t end = line.find_first_not_of(kDigits, point + 1);
  if (end == kNone) return line.size();
  return line[end] == ' ' ? end + 1 : 0;
}

// "web_1  | " and "web-1  | " of Compose.
std::size_t behind_service(std::string_view line) {
  constexpr std::size_t kLongestName = 40;
  if (line.empty() || !is_letter(line.front())) return 0;
  const std::size_t bar = line.substr(0, kLongestName).find('|');
  if (bar == kNone || bar < 4 || line[bar - 1] != ' ') return 0;
  const std::string_view name = trimmed(line.substr(0, bar));
  const std::size_t number = name.find_last_not_of(kDigits);
  if (number == kNone || number + 1 == name.size() || (name[number] != '_' && name[number] != '-')) return 0;
  if (name.find(' ') != kNone) return 0;
  return std::min(line.size(), bar + 2);
}

// "web:test: " of Turborepo and "packages/web test: " of pnpm.
std::size_t behind_workspace(std::string_view line) {
  constexpr std::size_t kLongestName = 60;
  const std::size_t mark = line.substr(0, kLongestName).find("test: ");
  if (mark == kNone || mark < 2 || (line[mark - 1] != ':' && line[mark - 1] != ' ')) return 0;
  return line.substr(0, mark - 1).find(' ') == kNone ? mark + 6 : 0;
}

std::string_view undecorated(std::string_view line) {
  for (const auto behind : {behind_build_step, behind_service, behind_workspace, behind_speaker}) {
    if (const std::size_t start = behind(line); start > 0) line.remove_prefix(std::min(start, line.size()));
  }
  return line;
}

RunLine run_line(std::string_view line) {
  line = undecorated(line);
  std::uint32_t indent = 0;
  for (const char c : line) {
    if (!is_blank(c)) break;
    indent += c == '\t' ? 8 : 1;
  }
  return {.text = trimmed(line, " \t\r"), .indent = indent};
}

bool is_ruler(std::string_view text) {
  if (text.size() < 3) return text.empty();
  return text.find_first_not_of("-=_*~") == kNone;
}

// How long a number `text` begins with; 0 for none. `wanted` is '#' or '@'.
std::size_t number_in(std::string_view text, char wanted) {
  const std::size_t length = std::min(text.find_first_not_of(kDigits), text.size());
  const bool zero = text.substr(0, length).find_first_not_of('0') == kNone;
  return wanted == '@' && zero ? 0 : length;
}

// Of one element of a pattern at the beginning of both: what it takes of them.
struct Taken {
  std::size_t text = 0, pattern = 0;
};

Taken take(std::string_view text, std::string_view pattern) {
  if (pattern.front() == '#' || pattern.front() == '@') {
    const std::size_t length = number_in(text, pattern.front());
    return length > 0 ? Taken{length, 1} : Taken{};
  }
  const bool escaped = pattern.front() == '\\' && pattern.size() > 1;
  if (escaped) pattern.remove_prefix(1);
  const bool fits =
      !text.empty() && (text.front() == pattern.front() || (!escaped && pattern.front() == '?'));
  return fits ? Taken{1, escaped ? std::size_t{2} : std::size_t{1}} : Taken{};
}

// Where in `text` the rest of a pattern behind a '%' can begin at the earliest.
std::size_t next_start(std::string_view text, std::string_view pattern) {
  const char first = pattern.front();
  if (first == '#' || first == '@') return text.find_first_of(kDigits);
  if (first == '?') return text.empty() ? kNone : 0;
  return text.find(first == '\\' && pattern.size() > 1 ? pattern[1] : first);
}

// How much of `text` a pattern need not be tried on again: where a number does not fit, none of its ends
// does.
std::size_t tried_length(std::string_view text, char first) {
  const bool number = first == '#' || first == '@';
  return number ? std::max<std::size_t>(1, number_in(text, '#')) : 1;
}

// One alternative. Only the last '%' is tried again, which is enough.
bool like_one(std::string_view text, std::string_view pattern) {
  std::string_view text_behind, pattern_behind;  // the last '%'
  for (;;) {
    if (!pattern.empty() && pattern.front() == '%') {
      pattern.remove_prefix(1);
      if (pattern.empty()) return true;
      text_behind = text;
      pattern_behind = pattern;
    } else if (const Taken taken = pattern.empty() ? Taken{} : take(text, pattern); taken.pattern > 0) {
      text.remove_prefix(taken.text);
      pattern.remove_prefix(taken.pattern);
      if (!pattern.empty() || !text.empty()) continue;
      return true;
    } else {
      if (pattern.empty() && text.empty()) return true;
      if (pattern_behind.empty() || text_behind.empty()) return false;
      text_behind.remove_prefix(tried_length(text_behind, pattern_behind.front()));
    }
    if (pattern_behind.empty()) continue;
    const std::size_t start = next_start(text_behind, pattern_behind);
    if (start == kNone) return false;
    text_behind.remove_prefix(start);
    text = text_behind;
    pattern = pattern_behind;
  }
}

// Tools that only say that something failed, and CI's own words.
constexpr std::string_view kBreaks =
    "npm ERR!%|npm error%|make: ***%|make[#]: ***%|gmake: ***%|gmake[#]: ***%|The command \"%|ERROR: Job "
    "failed%|"
    "error Command failed with %|Done. Your build exited %|Process finished with exit code %|"
    "BUILD FAILED%|FAILURE: Build failed with an exception.|Error: Process completed with exit code %|"
    "travis_%|Cleaning up project directory%|ELIFECYCLE%|?[31;1m%";

bool may_break(char c) {
  return std::string_view{"nmgTEeDPBFtC"}.find(c) != kNone;
}

}  // namespace

RunLines::RunLines(const ReadLog& log) {
  lines_.reserve(log.lines.size());
  const LogLine* before = nullptr;
  for (const LogLine& line : log.lines) {
    RunLine& added = lines_.emplace_back(run_line(line.text));
    added.parted =
        before != nullptr && (line.after_gap || line.part != before->part || line.command != before->command);
    before = &line;
  }
}

std::size_t RunLines::next_text(std::size_t index) const {
  const std::size_t end = std::min(size(), index + 10);
  while (index < end && lines_[index].text.empty()) ++index;
  return index < end ? index : size();
}

bool RunLines::breaks_at(std::size_t index) const {
  const RunLine& line = lines_[index];
  if (line.parted) return true;
  return line.indent < 2 && !line.text.empty() && may_break(line.text.front()) && like(line.text, kBreaks);
}

bool like(std::string_view text, std::string_view patterns) {
  while (!patterns.empty()) {
    const std::size_t end = patterns.find('|');
    if (like_one(text, patterns.substr(0, end))) return true;
    if (end == kNone) return false;
    patterns.remove_prefix(end + 1);
    if (patterns.empty()) return text.empty();
  }
  return false;
}

void without_rulers(const RunLines& lines, Block& block) {
  while (block.last > block.first && is_ruler(lines[block.last].text)) --block.last;
  while (block.first < block.last && is_ruler(lines[block.first].text)) ++block.first;
  block.head = std::clamp(block.head, block.first, block.last);
}

}  // namespace runneriq::diagnosis
