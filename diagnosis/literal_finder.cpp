#include "diagnosis/literal_finder.hpp"

#include "core/lower_case.hpp"

#include <algorithm>
#include <numeric>

namespace runneriq::diagnosis {

struct LiteralFinder::Trie {
  std::size_t letters = 0;
  std::vector<State> next;                // 0 = none, until linked
  std::vector<std::vector<int>> ends{1};  // by state: the literals that end there

  void insert(const std::string& literal, int index, const std::array<std::uint8_t, 256>& letter_of) {
    std::size_t state = 0;
    for (const char c : literal) {
      State& step = next[state * letters + letter_of[static_cast<unsigned char>(c)]];
      if (step == 0) {
        step = static_cast<State>(ends.size());
        ends.emplace_back();
      }
      state = step;
    }
    ends[state].push_back(index);
  }

  // Where the trie has no step, that of the longest suffix of what was read which it has.
  void link() {
    std::vector<State> fallback(ends.size(), 0);
    std::vector<State> queue{0};
    for (std::size_t at = 0; at < queue.size(); ++at) {
      const State state = queue[at];
      for (std::size_t letter = 0; letter < letters; ++letter) {
        State& step = next[state * letters + letter];
        const State other = state == 0 ? State{0} : next[fallback[state] * letters + letter];
        if (step == 0) {
          step = other;
          continue;
        }
        fallback[step] = other;
        ends[step].insert(ends[step].end(), ends[other].begin(), ends[other].end());
        queue.push_back(step);
      }
    }
  }
};

LiteralFinder::LiteralFinder(const std::vector<std::string>& literals) : found_in_(literals.size(), 0) {
  number_letters(literals);
  take(trie_of(literals));
}

void LiteralFinder::number_letters(const std::vector<std::string>& literals) {
  for (const std::string& literal : literals) {
    for (const char c : literal) {
      std::uint8_t& letter = letter_of_[static_cast<unsigned char>(c)];
      if (letter == 0) letter = static_cast<std::uint8_t>(letters_++);
    }
  }
  for (char c = 'A'; c <= 'Z'; ++c)
    letter_of_[static_cast<unsigned char>(c)] = letter_of_[static_cast<unsigned char>(lower_case(c))];
}

LiteralFinder::Trie LiteralFinder::trie_of(const std::vector<std::string>& literals) const {
  const std::size_t most =
      std::accumulate(literals.begin(), literals.end(), std::size_t{1},
                      [](std::size_t sum, const auto& text) { return sum + text.size(); });
  Trie trie{.letters = letters_, .next = std::vector<State>(most * letters_, 0)};
  for (std::size_t i = 0; i < literals.size(); ++i) trie.insert(literals[i], static_cast<int>(i), letter_of_);
  trie.link();
  return trie;
}

// States at which literals end come last, so that one comparison a byte tells them.
void LiteralFinder::take(const Trie& trie) {
  std::vector<State> order(trie.ends.size());
  std::iota(order.begin(), order.end(), State{0});
  const auto ending = std::stable_partition(order.begin(), order.end(),
                                            [&](State state) { return trie.ends[state].empty(); });
  first_ending_ = static_cast<State>(ending - order.begin());
  std::vector<State> place(order.size());
  for (std::size_t i = 0; i < order.size(); ++i) place[order[i]] = static_cast<State>(i);
  next_.reserve(order.size() * letters_);
  for (const State state : order) {
    for (std::size_t letter = 0; letter < letters_; ++letter)
      next_.push_back(place[trie.next[state * letters_ + letter]]);
  }
  for (auto state = ending; state != order.end(); ++state) {
    const std::vector<int>& ends = trie.ends[*state];
    ends_of_.push_back({static_cast<std::uint32_t>(ends_.size()), static_cast<std::uint32_t>(ends.size())});
    ends_.insert(ends_.end(), ends.begin(), ends.end());
  }
}

void LiteralFinder::find(std::string_view line, std::vector<int>& found) {
  found.clear();
  if (++call_ == 0) {  // after four thousand million calls
    std::ranges::fill(found_in_, 0U);
    call_ = 1;
  }
  State state = 0;
  for (const char c : line) {
    state = next_[state * letters_ + letter_of_[static_cast<unsigned char>(c)]];
    if (state >= first_ending_) note(state, found);
  }
  std::ranges::sort(found);
}

void LiteralFinder::note(State state, std::vector<int>& found) {
  const Ends& ends = ends_of_[static_cast<std::size_t>(state - first_ending_)];
  for (std::uint32_t i = ends.at; i < ends.at + ends.count; ++i) {
    const int literal = ends_[i];
    std::uint32_t& found_in = found_in_[static_cast<std::size_t>(literal)];
    if (found_in == call_) continue;
    found_in = call_;
    found.push_back(literal);
  }
}

}  // namespace runneriq::diagnosis
