#include "diagnosis/retried.hpp"

#include "core/lower_case.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

namespace runneriq::diagnosis {
namespace {

constexpr std::size_t kMostRead = 500;    // bytes of a line
constexpr std::size_t kLeastSubject = 8;  // bytes of an address or a package's name
constexpr std::size_t kGoesOnFor = 10;    // lines after an announced retry that got through
constexpr std::array<std::string_view, 5> kAnnounced{"retry", "retries", "trying again", "try again",
                                                     "attempt "};
constexpr std::array<std::string_view, 9> kCameThrough{"downloaded", "fetched",       "succeeded",
                                                       "successful", "pull complete", "installed",
                                                       "200 ok",     "100%",          "received"};

bool holds_any(std::string_view text, std::span<const std::string_view> words) {
  return std::ranges::any_of(
      words, [&](std::string_view word) { return text.find(word) != std::string_view::npos; });
}

std::string read_of(const LogLine& line) {
  return lower_case(line.text.substr(0, kMostRead));
}

// The longest word that could be an address, a file or a package; "" = none.
std::string_view subject_of(std::string_view text) {
  std::string_view longest;
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t begin = std::min(text.find_first_not_of(" \t\"'`()<>[],;", at), text.size());
    const std::size_t end = std::min(text.find_first_of(" \t\"'`()<>[],;", begin), text.size());
    const std::string_view word = text.substr(begin, end - begin);
    if (word.size() > longest.size() && word.find_first_of("/.@-") != std::string_view::npos) longest = word;
    at = end;
  }
  while (!longest.empty() && (longest.back() == ':' || longest.back() == '.')) longest.remove_suffix(1);
  return longest.size() < kLeastSubject ? std::string_view{} : longest;
}

bool tells_trouble(const ReadLog& log, const LogLine& line) {
  return std::ranges::any_of(log.hits_of(line), [](RuleIndex index) {
    const FailureClass failure_class = RuleBook::rule(index).failure_class;
    return failure_class == FailureClass::network || failure_class == FailureClass::registry;
  });
}

}  // namespace

bool got_over(const ReadLog& log, std::size_t line) {
  const std::string text = read_of(log.lines[line]);
  const std::string_view subject = subject_of(text);
  const bool is_announced = holds_any(text, kAnnounced);
  if (subject.empty() && !is_announced) return false;
  std::size_t later = 0;
  for (std::size_t at = line + 1; at < log.lines.size() && later < kMostLater; ++at) {
    if (log.lines[at].command != log.lines[line].command) break;
    if (tells_trouble(log, log.lines[at])) {
      if (is_announced) return false;
      continue;
    }
    ++later;
    const std::string other = read_of(log.lines[at]);
    if (!subject.empty() && other.find(subject) != std::string::npos && holds_any(other, kCameThrough))
      return true;
  }
  return is_announced && later >= kGoesOnFor;
}

}  // namespace runneriq::diagnosis
