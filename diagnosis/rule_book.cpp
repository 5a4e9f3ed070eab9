#include "diagnosis/rule_book.hpp"

#include "diagnosis/literal_finder.hpp"
#include "diagnosis/pattern_literals.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <unordered_map>

namespace runneriq::diagnosis {
namespace {

// What RE2 may take for the automaton of an expression: a third of its max_mem. States are the larger the
// longer the pattern, and with too few of them an expression is some ten times slower. All rules together
// stay within kMostMemory: those that are needed first get room, the others the least.
class Memory {
 public:
  std::int64_t grant(std::string_view pattern) {
    const auto length = static_cast<std::int64_t>(pattern.size());
    const std::int64_t least = kLeast + length * 200;
    const std::int64_t more = length * 600;
    if (left_ < more / 3) return least;
    left_ -= more / 3;
    return least + more;
  }

 private:
  static constexpr std::int64_t kLeast = std::int64_t{24} << 10;
  std::int64_t left_ = std::int64_t{5} << 20;
};

RE2::Options options_with(std::int64_t memory) {
  RE2::Options options;
  // Bytes: cheaper than runes, and the same for literals.
  options.set_encoding(RE2::Options::EncodingLatin1);
  options.set_log_errors(false);
  options.set_max_mem(memory);
  return options;
}

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

// Which rules need which literals. Those that need none are tried on every line.
struct Needs {
  std::vector<std::string> literals;
  std::vector<std::vector<RuleIndex>> rules;  // by literal
  std::vector<RuleIndex> always;
};

Needs needs_of_all_rules() {
  Needs needs;
  std::unordered_map<std::string, std::size_t> place_of;
  for (std::size_t i = 0; i < all_rules().size(); ++i) {
    const std::vector<std::string> literals = literals_of(all_rules()[i]->pattern);
    if (literals.empty()) needs.always.push_back(static_cast<RuleIndex>(i));
    for (const std::string& literal : literals) {
      const auto [place, is_new] = place_of.try_emplace(literal, needs.literals.size());
      if (is_new) {
        needs.literals.push_back(literal);
        needs.rules.emplace_back();
      }
      needs.rules[place->second].push_back(static_cast<RuleIndex>(i));
    }
  }
  return needs;
}

}  // namespace

// One automaton finds the literals of all rules; only the rules that need those of a line are tried on it.
// That is some thousand times faster than one RE2::Set of all rules, whose states never fit into its memory.
struct RuleBook::Machine {
  Needs needs = needs_of_all_rules();
  LiteralFinder finder{needs.literals};
  std::vector<std::unique_ptr<const RE2>> expressions{all_rules().size()};  // made when they are needed first
  Memory memory;
  std::vector<int> literals;
  std::vector<RuleIndex> candidates, matches;
  std::int64_t work = 0;
  std::string ends;  // of a long line

  std::string_view seen_of(std::string_view line) {
    if (line.size() <= kLongestMatched) return line;
    ends.assign(line.substr(0, kHead)).append("\n").append(line.substr(line.size() - kTail));
    return ends;
  }

  bool matches_rule(RuleIndex index, std::string_view line) {
    std::unique_ptr<const RE2>& expression = expressions[index];
    if (!expression) {
      const std::string_view pattern = all_rules()[index]->pattern;
      expression = std::make_unique<const RE2>(piece(pattern), options_with(memory.grant(pattern)));
    }
    return RE2::PartialMatch(piece(line), *expression);
  }

  void find_candidates(std::string_view line) {
    candidates = needs.always;
    finder.find(line, literals);
    if (literals.empty()) return;
    for (const int literal : literals) {
      const std::vector<RuleIndex>& rules = needs.rules[static_cast<std::size_t>(literal)];
      candidates.insert(candidates.end(), rules.begin(), rules.end());
    }
    std::ranges::sort(candidates);
    const auto rest = std::ranges::unique(candidates);
    candidates.erase(rest.begin(), rest.end());
  }
};

RuleBook::RuleBook() : machine_(std::make_unique<Machine>()) {}
RuleBook::~RuleBook() = default;

std::span<const RuleIndex> RuleBook::match(std::string_view line) {
  line = machine_->seen_of(line);
  machine_->matches.clear();
  machine_->find_candidates(line);
  machine_->work = std::ssize(machine_->candidates) * (std::ssize(line) + kWorkOfTry);
  for (const RuleIndex index : machine_->candidates)
    if (machine_->matches_rule(index, line)) machine_->matches.push_back(index);
  return machine_->matches;
}

std::int64_t RuleBook::last_work() const {
  return machine_->work;
}

}  // namespace runneriq::diagnosis
