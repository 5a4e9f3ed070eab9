// Secrets that are known by how they look: tokens with the prefix of who issued them (token_table.hpp),
// tokens with a mark within (marked_token.hpp), JSON web tokens, private keys. Pure.
#pragma once

#include "diagnosis/secret.hpp"
#include "diagnosis/token_table.hpp"

#include <bitset>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>

namespace runneriq::diagnosis {

// A set of the first four bytes of all that tells a token.
class TokenStarts {
 public:
  TokenStarts();
  // Whether what stands at `at` is worth to be asked for: mostly not.
  [[nodiscard]] bool may_begin(std::string_view text, std::size_t at) const {
    if (at + kLength > text.size()) return false;
    const std::uint32_t word = word_of(text.data() + at);
    return known_[first_index(word)] && known_[second_index(word)];
  }

 private:
  static constexpr std::size_t kLength = 4;
  static constexpr unsigned kIndexBits = 18, kWord = 32;
  static std::uint32_t word_of(const char* four) {
    std::uint32_t word = 0;
    std::memcpy(&word, four, sizeof word);
    return word;
  }
  // Two hashes, as a Bloom filter has them.
  static std::size_t first_index(std::uint32_t word) {
    constexpr std::uint32_t kOdd = 0x9E3779B1;
    return (word * kOdd) >> (kWord - kIndexBits);
  }
  static std::size_t second_index(std::uint32_t word) {
    constexpr std::uint32_t kOdd = 0x85EBCA77;
    return (word * kOdd) >> (kWord - kIndexBits);
  }
  void add(std::string_view start, token_table::Letters next = token_table::Letters::base64);
  void add_discord();

  std::bitset<std::size_t{1} << kIndexBits> known_;
};
const TokenStarts& token_starts();

// Reads the tokens of one text: linear in its length when asked for each place in turn.
class TokenShapes {
 public:
  explicit TokenShapes(std::string_view text) : text_(text) {}

  // The token that begins at `at`, before which a word begins or goes on, or that has its mark there: then it
  // begins before, but not before `floor`. Of an address that is a credential (of webhooks) only what follows
  // its path. A token is taken as far as its letters go, so that one that was cut off at its end is found,
  // too, if enough of it is there.
  std::optional<Secret> token_at(std::size_t at, bool begins_a_word, std::size_t floor = 0);

 private:
  std::optional<Secret> json_web_token(std::size_t at);
  std::size_t end_of_run(std::size_t at);

  std::string_view text_;
  std::size_t run_begin_ = 0, run_end_ = 0;  // the run of letters that was measured last
};

}  // namespace runneriq::diagnosis
