// All rules as one machine: a line goes through it once. Nothing but its .cpp knows RE2. Pure.
#pragma once

#include "diagnosis/rule.hpp"

#include <memory>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

class RuleBook {
 public:
  // Of all_rules(). Takes some tens of milliseconds, and at most kMostMemory bytes for ever.
  static constexpr std::size_t kMostMemory = std::size_t{16} << 20;
  RuleBook();
  ~RuleBook();
  // The rules that match a cleaned line, by index; of one longer than kLongestMatched only its first kHead
  // and its last kTail bytes count, as if a line end stood between them. Valid until the next call: for one
  // thread. Linear in the length of the line.
  static constexpr std::size_t kHead = 512, kTail = 256, kLongestMatched = kHead + kTail;
  [[nodiscard]] std::span<const RuleIndex> match(std::string_view line);
  // What the last call took: bytes that expressions were tried on, and kWorkOfTry for each of them.
  static constexpr std::int64_t kWorkOfTry = 64;
  [[nodiscard]] std::int64_t last_work() const;
  [[nodiscard]] static const Rule& rule(RuleIndex index) { return *all_rules()[index]; }

 private:
  struct Machine;
  std::unique_ptr<Machine> machine_;
};

}  // namespace runneriq::diagnosis
