// The rules that the lines of one log match, with bounded work whatever the log holds. Pure.
#pragma once

#include "diagnosis/read_log.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

class LineHits {
 public:
  // Counted as RuleBook::last_work, by no clock: the same log has the same hits. Builds need some hundredths
  // of it; what needs more was made to.
  struct Bounds {
    std::int64_t free = 0;        // until then every line is matched, …
    std::int64_t unlike = 0;      // … until then those unlike lines before them, …
    std::int64_t complaints = 0;  // … until then such that read like a complaint
    static Bounds within(const LogReader::Limits& limits);
  };
  static constexpr std::size_t kMost = 16;  // rules of a line

  LineHits(RuleBook& rules, const Bounds& bounds) : rules_(rules), bounds_(bounds) {}
  // Valid until the next call; none where there is no work left for the line.
  [[nodiscard]] std::optional<std::span<const RuleIndex>> of(std::string_view line, Reading reading);
  // Whatever work is left: for lines whose number is bounded.
  [[nodiscard]] std::span<const RuleIndex> matched(std::string_view line);

 private:
  // Lines that differ in digits alone. After kOften equal answers the next ones are taken to be the same.
  static constexpr std::size_t kTemplates = 4096;
  static constexpr std::uint8_t kOften = 8;
  struct Template {
    std::uint64_t hash = 0;
    std::uint8_t seen = 0, count = 0;
    std::array<RuleIndex, kMost> hits{};
    [[nodiscard]] std::span<const RuleIndex> all() const { return std::span{hits}.first(count); }
    void take(std::uint64_t of, std::span<const RuleIndex> answer);
  };

  RuleBook& rules_;
  Bounds bounds_;
  std::int64_t work_ = 0;
  std::vector<Template> templates_;  // empty while work is free
};

}  // namespace runneriq::diagnosis
