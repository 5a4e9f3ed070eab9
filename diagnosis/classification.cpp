#include "diagnosis/classification.hpp"

#include "core/trimmed.hpp"
#include "diagnosis/class_advice.hpp"
#include "diagnosis/failing_command.hpp"
#include "diagnosis/retried.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>

namespace runneriq::diagnosis {
namespace {

// ---- votes --------------------------------------------------------------------------------

struct Vote {
  FailureClass failure_class = FailureClass::unknown;
  double rank = 0;  // the highest decides
  double confidence = 0;
  std::string_view by{}, suggestion{};
};

// Where a line stands moves the precedence of what it says.
constexpr double kHead = 25;  // of the first block
constexpr double kFirstBlock = 15;
constexpr double kWithinAnother = -10;  // in the first block, which is known to be of another class
constexpr int kSurelyRefused = 84;      // the least precedence of rules that tell of no further try
constexpr double kSecondBlock = -5;
constexpr double kLaterBlock = -15;
constexpr double kInCommand = -30;  // of the failing command, not shown
// What is known without a rule.
constexpr double kByExtractor = 50;
constexpr double kByExitCode = 30;
constexpr double kByCommand = 5;
// What stands elsewhere is right less often.
constexpr double kTrustElsewhere = 0.65;

// The best vote of each class.
class Votes {
 public:
  void add(const Vote& vote) {
    if (vote.failure_class == FailureClass::unknown) return;
    Vote& best = best_.at(static_cast<std::size_t>(vote.failure_class));
    if (best.by.empty() || vote.rank > best.rank) best = vote;
  }
  // Those cast, highest first.
  [[nodiscard]] std::vector<Vote> ranked() const {
    std::vector<Vote> votes;
    for (const Vote& vote : best_)
      if (!vote.by.empty()) votes.push_back(vote);
    std::ranges::stable_sort(votes, std::ranges::greater{}, &Vote::rank);
    return votes;
  }

 private:
  std::array<Vote, kFailureClasses> best_{};
};

// ---- who votes ----------------------------------------------------------------------------

constexpr std::size_t kMostRetried = 200;  // lines that are looked at for a later success

class Reader {
 public:
  Reader(const ReadLog& log, const RootCause& cause, Votes& votes)
      : log_(log), cause_(cause), votes_(votes) {}

  void read_blocks() {
    for (std::size_t i = 0; i < cause_.blocks.size(); ++i) {
      const ShownBlock& block = cause_.blocks[i];
      votes_.add({.failure_class = block.failure_class,
                  .rank = kByExtractor + place_of(i),
                  .confidence = kTrustInExtractors,
                  .by = block.kind});
      for (std::size_t at = block.first; at <= block.last && at < log_.lines.size(); ++at) read_shown(i, at);
    }
  }

  void read_command() {
    for (std::size_t at = 0; at < log_.lines.size(); ++at) {
      const LogLine& line = log_.lines[at];
      if (line.hit_count == 0) continue;
      if (line.reading == Reading::verdict) {
        read(
            at, [](const Rule&) { return kFirstBlock; }, 1);
      } else if (line.command == cause_.command && is_of_job(line.part)) {
        read(
            at, [](const Rule&) { return kInCommand; }, kTrustElsewhere);
      }
    }
  }

 private:
  static constexpr double kTrustInExtractors = 0.75;

  static double place_of(std::size_t block) {
    constexpr std::array kPlaces{kFirstBlock, kSecondBlock};
    return block < kPlaces.size() ? kPlaces.at(block) : kLaterBlock;
  }

  void read_shown(std::size_t i, std::size_t at) {
    const ShownBlock& block = cause_.blocks[i];
    if (i > 0)
      return read(
          at, [i](const Rule&) { return place_of(i); }, kTrustElsewhere);
    if (at == block.head)
      return read(
          at, [](const Rule&) { return kHead; }, 1);
    read(
        at,
        [&block](const Rule& rule) {
          const bool is_another =
              block.failure_class != FailureClass::unknown && block.failure_class != rule.failure_class;
          return is_another && !kept_from_fetching(rule, block) ? kWithinAnother : kFirstBlock;
        },
        1);
  }

  template <class Place>
  void read(std::size_t at, const Place& place, double trust) {
    if (is_forged_verdict(log_.lines[at].text)) return;
    for (const RuleIndex index : log_.hits_of(log_.lines[at])) {
      const Rule& rule = RuleBook::rule(index);
      if (is_disarmed(rule, at)) continue;
      votes_.add({.failure_class = rule.failure_class,
                  .rank = rule.precedence + place(rule),
                  .confidence = rule.confidence * trust,
                  .by = rule.id,
                  .suggestion = rule.suggestion});
    }
  }

  // A package that is not found where nothing could be fetched is not missing.
  static bool kept_from_fetching(const Rule& rule, const ShownBlock& block) {
    return block.failure_class == FailureClass::dependency && rule.precedence >= kSurelyRefused &&
           (rule.failure_class == FailureClass::network || rule.failure_class == FailureClass::registry);
  }

  // A script can print what the runner says when it gives a job up: where the runner has a last word, only
  // that is believed.
  [[nodiscard]] bool is_forged_verdict(std::string_view line) const {
    const std::string_view text = trimmed(line);
    return !log_.last_words.empty() && text.starts_with("ERROR: Job failed") &&
           text != trimmed(log_.last_words);
  }

  bool is_disarmed(const Rule& rule, std::size_t at) {
    if (rule.failure_class != FailureClass::network && rule.failure_class != FailureClass::registry)
      return false;
    return ++retried_ <= kMostRetried && got_over(log_, at);
  }

  const ReadLog& log_;
  const RootCause& cause_;
  Votes& votes_;
  std::size_t retried_ = 0;
};

void add_hint(const std::optional<CommandHint>& hint, double rank, Votes& votes) {
  if (!hint) return;
  votes.add({.failure_class = hint->failure_class,
             .rank = rank,
             .confidence = hint->confidence,
             .by = hint->id,
             .suggestion = hint->suggestion});
}

// `test -f a` and `[ -f a ]` of the shell ask something; they test no program.
bool asks_something(std::string_view command) {
  return command.starts_with("test ") || command.starts_with("[ ") || command.starts_with("[[ ");
}

void add_hints(const ReadLog& log, const RootCause& cause, Votes& votes) {
  std::optional<int> code;
  if (cause.command >= 0 && static_cast<std::size_t>(cause.command) < log.commands.size()) {
    const LogCommand& command = log.commands[static_cast<std::size_t>(cause.command)];
    if (!asks_something(command.text)) add_hint(hint_of_command(command.text), kByCommand, votes);
    code = command.exit_code;
  }
  int told = 0;
  const char* const end = log.exit_code.data() + log.exit_code.size();
  if (!code && std::from_chars(log.exit_code.data(), end, told).ec == std::errc{}) code = told;
  if (code) add_hint(hint_of_exit_code(*code), kByExitCode, votes);
}

}  // namespace

Classification class_of(const ReadLog& log, const RootCause& cause) {
  Votes votes;
  Reader reader{log, cause, votes};
  reader.read_blocks();
  reader.read_command();
  add_hints(log, cause, votes);
  const std::vector<Vote> ranked = votes.ranked();
  Classification answer;
  if (!ranked.empty()) {
    answer.failure_class = ranked.front().failure_class;
    answer.confidence = ranked.front().confidence;
    answer.decided_by = ranked.front().by;
    answer.suggestion = ranked.front().suggestion;
  }
  for (std::size_t i = 1; i < ranked.size() && i < 3; ++i) answer.others.push_back(ranked[i].failure_class);
  if (answer.suggestion.empty())
    answer.suggestion = advice_on(answer.confidence < kUnsure ? FailureClass::unknown : answer.failure_class);
  return answer;
}

}  // namespace runneriq::diagnosis
