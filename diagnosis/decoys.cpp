#include "diagnosis/decoys.hpp"

#include "core/lower_case.hpp"
#include "diagnosis/block_extents.hpp"
#include "diagnosis/candidates.hpp"
#include "diagnosis/characters.hpp"

#include <algorithm>
#include <array>
#include <optional>

namespace runneriq::diagnosis {
namespace {

using Words = std::string_view;

constexpr double kDamped = 0.04;  // of a decoy's score is left
constexpr double kSure = 0.97;    // of the runner's own reason
constexpr std::size_t kMostRead = 400;

// In any case of letters.
bool holds(Words text, Words lower) {
  text = text.substr(0, kMostRead);
  const auto same = [](char a, char b) { return lower_case(a) == b; };
  return std::search(text.begin(), text.end(), lower.begin(), lower.end(), same) != text.end();
}

template <std::size_t N>
bool holds_any(Words text, const std::array<Words, N>& words) {
  return std::ranges::any_of(words, [&](Words word) { return holds(text, word); });
}

// ---- tried again -------------------------------------------------------------------------------

constexpr std::size_t kBehind = 4;    // lines behind a block in which the next try is told
constexpr std::size_t kGoesOn = 12;   // lines that follow when it got through
constexpr std::size_t kGivesUp = 40;  // lines behind a block in which it is told that all tries failed

constexpr std::size_t kNearEnd = 60;  // lines before the end of the failing command

bool tells_of_a_retry(Words text) {
  constexpr std::array<Words, 8> kTries{"retrying",      "will retry", "trying again", "retry in ",
                                        "try again in ", "attempt 1",  "reconnecting", "retry attempt"};
  return holds_any(text, kTries);
}

bool gives_up(Words text) {
  constexpr std::array<Words, 8> kEnds{"giving up",        "gave up",        "attempts failed",
                                       "failed 3 times",   "after 3 tries",  "tries exceeded",
                                       "retries exceeded", "no more retries"};
  return holds_any(text, kEnds);
}

// What is said again near the end did not get through.
bool comes_again(const ReadLog& log, const FailingSpan& span, const Block& block) {
  const std::string_view text = log.lines[block.head].text;
  const std::size_t begin = std::max(block.last + 1, span.end - std::min(span.end, kNearEnd));
  for (std::size_t i = begin; i < span.end; ++i) {
    if (log.lines[i].text == text) return true;
  }
  return false;
}

bool is_retried(const ReadLog& log, const FailingSpan& span, const Block& block) {
  if (block.last + kGoesOn >= span.end) return false;
  const auto line = [&](std::size_t i) { return log.lines[i].text; };
  const std::size_t near = std::min(block.last + kBehind, span.end - 1);
  bool again = false;
  for (std::size_t i = block.first; i <= near && !again; ++i) again = tells_of_a_retry(line(i));
  if (!again) return false;
  const std::size_t far = std::min(block.last + kGivesUp, span.end - 1);
  for (std::size_t i = block.last + 1; i <= far; ++i) {
    if (gives_up(line(i))) return false;
  }
  return !comes_again(log, span, block);
}

// ---- summaries ---------------------------------------------------------------------------------

// The number that stands right before or behind a word: "0 failed", "failures: 0", "errors=0".
std::optional<Words> count_at(Words text, std::size_t at, std::size_t length) {
  std::size_t end = at;
  while (end > 0 && is_blank(text[end - 1])) --end;
  std::size_t begin = end;
  while (begin > 0 && is_digit(text[begin - 1])) --begin;
  if (begin < end) return text.substr(begin, end - begin);
  begin = at + length;
  while (begin < text.size() && is_letter(text[begin])) ++begin;
  const std::size_t letters_end = begin;
  while (begin < text.size() && (is_blank(text[begin]) || text[begin] == ':' || text[begin] == '=')) ++begin;
  end = begin;
  while (end < text.size() && is_digit(text[end])) ++end;
  if (begin == end || begin == letters_end) return std::nullopt;
  return text.substr(begin, end - begin);
}

bool is_zero(Words digits) {
  return std::ranges::all_of(digits, [](char c) { return c == '0'; });
}

bool counts_no_failure(Words text) {
  constexpr std::array<Words, 3> kCounted{"fail", "error", "problem"};
  text = text.substr(0, kMostRead);
  bool none = false;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool begins = at == 0 || !is_letter(text[at - 1]);
    if (!begins || !is_letter(text[at])) continue;
    for (const Words word : kCounted) {
      const auto same = [](char a, char b) { return lower_case(a) == b; };
      if (text.size() - at < word.size() ||
          !std::equal(word.begin(), word.end(), text.begin() + static_cast<std::ptrdiff_t>(at),
                      [&](char b, char a) { return same(a, b); }))
        continue;
      const auto count = count_at(text, at, word.size());
      if (count && !is_zero(*count)) return false;
      none = none || count.has_value();
    }
  }
  return none;
}

bool is_empty_summary(const ReadLog& log, const Block& block) {
  bool any = false;
  for (std::size_t i = block.first; i <= block.last; ++i) {
    const LogLine& line = log.lines[i];
    if (counts_no_failure(line.text)) {
      any = true;
      continue;
    }
    if (line.reading > Reading::plain || log.hits_of(line).size() > 0) return false;
  }
  return any;
}

// ---- the runner --------------------------------------------------------------------------------

bool is_housekeeping(Words text) {
  constexpr std::array<Words, 14> kWords{
      "no matching files",           "no files to upload",         "failed to extract cache",
      "failed to create cache",      "failed to restore cache",    "cache file does not exist",
      "no url provided, cache will", "uploading artifacts",        "downloading artifacts",
      "archive is up to date",       "fatal: file does not exist", "not supported for caching",
      "cache will not be",           "couldn't restore cache"};
  return holds_any(text, kWords);
}

bool is_the_runners(const LogLine& line) {
  return line.reading == Reading::runner || line.reading == Reading::plain;
}

}  // namespace

Decoy decoy_of(const ReadLog& log, const FailingSpan& span, const Block& block) {
  const LogLine& head = log.lines[block.head];
  if (block.kind == kStatement || block.kind == kVerdict) return Decoy::none;
  if (head.text.starts_with("ERROR: Job failed")) return Decoy::last_word;
  if (is_housekeeping(head.text) && !is_of_job(head.part)) return Decoy::housekeeping;
  if (head.part == LogPart::afterwards && span.told) return Decoy::after_the_script;
  if (is_housekeeping(head.text) && is_the_runners(head)) return Decoy::housekeeping;
  if (is_empty_summary(log, block)) return Decoy::counts_nothing;
  if (is_retried(log, span, block)) return Decoy::retried;
  return Decoy::none;
}

double after_decoys(double score, const ReadLog& log, const FailingSpan& span, const Block& block) {
  if (block.kind == kVerdict) return std::max(score, kSure);
  return decoy_of(log, span, block) == Decoy::none ? score : score * kDamped;
}

}  // namespace runneriq::diagnosis
