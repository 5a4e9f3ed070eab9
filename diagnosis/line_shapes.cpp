#include "diagnosis/line_shapes.hpp"

#include "diagnosis/characters.hpp"

#include <algorithm>

namespace runneriq::diagnosis {
namespace {

constexpr std::string_view kNumber = "<n>", kWord = "<w>", kAny = "<*>", kEnd = "<$>";
constexpr std::size_t kToken = 3;  // bytes of each

bool is_token(std::string_view pattern) {
  return pattern.starts_with(kNumber) || pattern.starts_with(kWord) || pattern.starts_with(kAny) ||
         pattern.starts_with(kEnd);
}

bool fits(std::string_view line, std::string_view pattern, std::size_t& steps);

// Whether the rest of the pattern fits after some part of `line`, of `least` to `most` bytes.
bool fits_behind(std::string_view line, std::string_view rest, std::size_t least, std::size_t most,
                 std::size_t& steps) {
  if (rest.empty()) return true;
  const bool is_text = !is_token(rest);
  for (std::size_t length = least; length <= most; ++length) {
    if (steps == 0) return false;
    --steps;
    if (is_text && (length >= line.size() || line[length] != rest.front())) continue;
    if (fits(line.substr(length), rest, steps)) return true;
  }
  return false;
}

bool fits(std::string_view line, std::string_view pattern, std::size_t& steps) {
  while (!pattern.empty()) {
    if (!is_token(pattern)) {
      if (line.empty() || line.front() != pattern.front()) return false;
      line.remove_prefix(1);
      pattern.remove_prefix(1);
      continue;
    }
    const char token = pattern[1];
    const std::string_view rest = pattern.substr(kToken);
    if (token == '$') return std::ranges::all_of(line, is_blank);
    if (token == '*') return fits_behind(line, rest, 0, line.size(), steps);
    const auto* const end =
        token == 'n' ? std::ranges::find_if_not(line, is_digit) : std::ranges::find_if(line, is_blank);
    const auto most = static_cast<std::size_t>(end - line.begin());
    if (most == 0) return false;
    if (token == 'w') return fits_behind(line, rest, 1, most, steps);
    line.remove_prefix(most);
    pattern = rest;
  }
  return true;
}

}  // namespace

bool has_shape(std::string_view line, std::string_view pattern) {
  std::size_t steps = kMostSteps * (line.size() + 1);
  return fits(line, pattern, steps);
}

std::string_view needle_of(std::string_view pattern) {
  std::string_view longest;
  for (std::size_t at = 0; at < pattern.size();) {
    if (is_token(pattern.substr(at))) {
      at += kToken;
      continue;
    }
    std::size_t end = at;
    while (end < pattern.size() && !is_token(pattern.substr(end))) ++end;
    if (end - at > longest.size()) longest = pattern.substr(at, end - at);
    at = end;
  }
  return longest;
}

ShapeFinder::ShapeFinder(std::span<const std::string_view> patterns) {
  first_.fill(-1);
  wanted_.reserve(patterns.size());
  for (const std::string_view pattern : patterns) {
    const std::string_view needle = needle_of(pattern);
    wanted_.push_back({.needle = needle, .pattern = pattern});
    if (needle.size() < kShortestNeedle) {
      of_each_line_.push_back(wanted_.size() - 1);
      continue;
    }
    std::int32_t& first = first_.at(bucket(needle.data()));
    wanted_.back().next = first;
    first = static_cast<std::int32_t>(wanted_.size() - 1);
  }
}

std::size_t ShapeFinder::bucket(const char* bytes) {
  const auto byte = [&](std::size_t at) { return std::uint32_t{static_cast<unsigned char>(bytes[at])}; };
  return ((byte(0) * 0x9E5u) ^ (byte(1) * 0x3Du) ^ (byte(2) * 0x1F1u)) % kBuckets;
}

std::size_t ShapeFinder::find(std::string_view line) {
  line = line.substr(0, kLongestMatched);
  ++line_;
  const auto fitting = std::ranges::find_if(
      of_each_line_, [&](std::size_t index) { return has_shape(line, wanted_[index].pattern); });
  std::size_t best = fitting == of_each_line_.end() ? kNone : *fitting;
  for (std::size_t at = 0; at + kShortestNeedle <= line.size(); ++at) {
    for (std::int32_t i = first_[bucket(line.data() + at)]; i >= 0;
         i = wanted_[static_cast<std::size_t>(i)].next) {
      const auto index = static_cast<std::size_t>(i);
      Wanted& wanted = wanted_[index];
      if (index >= best || wanted.tried_in == line_ || !line.substr(at).starts_with(wanted.needle)) continue;
      wanted.tried_in = line_;
      if (has_shape(line, wanted.pattern)) best = index;
    }
  }
  return best;
}

}  // namespace runneriq::diagnosis
