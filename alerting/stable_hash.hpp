// 64 bits that stand for texts, the same in every run: they are kept in state files. Not for secrets.
#pragma once

#include <cstdint>
#include <cstring>
#include <string_view>

namespace runneriq::alerting {

// Eight bytes at a time, multiplied and folded, then the length: ("a", "bc") is not ("ab", "c").
class StableHash {
 public:
  StableHash() = default;
  explicit StableHash(std::uint64_t start) : hash_(start) {}

  StableHash& add(std::uint64_t word) {
    hash_ = (hash_ ^ word) * kOdd;
    hash_ ^= hash_ >> 32;
    return *this;
  }
  StableHash& add(std::string_view text) {
    const std::size_t length = text.size();
    for (; text.size() >= 8; text.remove_prefix(8)) add(little_endian(text.substr(0, 8)));
    return add(little_endian(text)).add(std::uint64_t{length});
  }
  [[nodiscard]] std::uint64_t value() const {
    const std::uint64_t mixed = (hash_ ^ hash_ >> 29) * kOther;
    return mixed ^ mixed >> 32;
  }

 private:
  static constexpr std::uint64_t kOdd = 0x9e37'79b9'7f4a'7c15, kOther = 0xbf58'476d'1ce4'e5b9;

  static std::uint64_t little_endian(std::string_view bytes) {  // at most eight
    std::uint64_t word = 0;
    std::memcpy(&word, bytes.data(), bytes.size());  // hosts are little-endian: the packages' targets
    return word;
  }

  std::uint64_t hash_ = 0x243f'6a88'85a3'08d3;
};

}  // namespace runneriq::alerting
