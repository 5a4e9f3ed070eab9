// Which of many literals occur in a line, in one pass over it: the automaton of Aho and Corasick. Pure.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

class LiteralFinder {
 public:
  // Lower case, none empty, at most 60,000 bytes in all. They are found in any case of ASCII letters.
  explicit LiteralFinder(const std::vector<std::string>& literals);
  // Their indexes, in rising order, each once; `found` is emptied first. O(line + found).
  void find(std::string_view line, std::vector<int>& found);

 private:
  using State = std::uint16_t;
  struct Trie;
  void number_letters(const std::vector<std::string>& literals);
  [[nodiscard]] Trie trie_of(const std::vector<std::string>& literals) const;
  void take(const Trie& trie);
  void note(State state, std::vector<int>& found);

  std::array<std::uint8_t, 256> letter_of_{};  // 0: of a byte that no literal has
  std::size_t letters_ = 1;
  std::vector<State> next_;  // of each state, by letter
  State first_ending_ = 0;   // where literals end, from this state on
  struct Ends {
    std::uint32_t at = 0, count = 0;  // of ends_
  };
  std::vector<Ends> ends_of_;  // by state, less first_ending_
  std::vector<int> ends_;
  std::vector<std::uint32_t> found_in_;  // by literal: the last call that found it
  std::uint32_t call_ = 0;
};

}  // namespace runneriq::diagnosis
