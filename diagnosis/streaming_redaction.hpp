// Redaction of a text that comes bit by bit: as redaction_of() of the whole, wherever the pieces are cut.
// Pure.
#pragma once

#include "diagnosis/redaction.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace runneriq::diagnosis {

class StreamingRedaction {
 public:
  // What is held back at most; a secret that is longer is found by its beginning.
  static constexpr std::size_t kMostHeld = std::size_t{64} << 10;  // bytes
  explicit StreamingRedaction(RedactionTerms terms) : terms_(terms) {}
  // What can be said for sure by now.
  [[nodiscard]] std::string feed(std::string_view bytes);
  [[nodiscard]] std::string finish();
  [[nodiscard]] std::size_t count() const { return count_; }  // of secrets so far

 private:
  RedactionTerms terms_;
  std::string held_;
  std::size_t count_ = 0;
};

}  // namespace runneriq::diagnosis
