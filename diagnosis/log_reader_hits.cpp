#include "diagnosis/log_reader_hits.hpp"

#include "diagnosis/characters.hpp"

#include <algorithm>

namespace runneriq::diagnosis {
namespace {

// Of what the rules see of a line, without its digits.
std::uint64_t likeness_of(std::string_view line) {
  std::uint64_t hash = 0xCBF29CE484222325U;  // FNV-1a, 64 bits
  const auto take = [&hash](std::string_view text) {
    for (const char c : text) {
      if (!is_digit(c)) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001B3U;
    }
  };
  if (line.size() <= RuleBook::kLongestMatched) {
    take(line);
  } else {
    take(line.substr(0, RuleBook::kHead));
    take(line.substr(line.size() - RuleBook::kTail));
  }
  return hash;
}

}  // namespace

// The more of a log is kept, the more it may take to match it.
LineHits::Bounds LineHits::Bounds::within(const LogReader::Limits& limits) {
  constexpr std::int64_t kLeast = 10'000'000, kOfByte = 24;
  const std::int64_t step = std::max(kLeast, static_cast<std::int64_t>(limits.end) * kOfByte);
  return {.free = step, .unlike = 2 * step, .complaints = 3 * step};
}

void LineHits::Template::take(std::uint64_t of, std::span<const RuleIndex> answer) {
  if (hash == of && std::ranges::equal(all(), answer)) {
    seen = static_cast<std::uint8_t>(std::min(seen + 1, int{kOften}));
    return;
  }
  hash = of;
  seen = 1;
  count = static_cast<std::uint8_t>(answer.size());
  std::ranges::copy(answer, hits.begin());
}

std::span<const RuleIndex> LineHits::matched(std::string_view line) {
  const std::span<const RuleIndex> all = rules_.match(line);
  work_ += rules_.last_work();
  return all.first(std::min(all.size(), kMost));
}

std::optional<std::span<const RuleIndex>> LineHits::of(std::string_view line, Reading reading) {
  if (work_ < bounds_.free) return matched(line);
  if (templates_.empty()) templates_.resize(kTemplates);
  const std::uint64_t likeness = likeness_of(line);
  Template& like = templates_[likeness % kTemplates];
  if (like.hash == likeness && like.seen == kOften) return like.all();
  const std::int64_t bound = reading >= Reading::complaint ? bounds_.complaints : bounds_.unlike;
  if (work_ >= bound) return std::nullopt;
  const std::span<const RuleIndex> hits = matched(line);
  like.take(likeness, hits);
  return hits;
}

}  // namespace runneriq::diagnosis
