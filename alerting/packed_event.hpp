// A failure as it is kept while it may still be told: in one piece of memory, a few hundred bytes.
#pragma once

#include "alerting/labels.hpp"

#include <cstddef>
#include <memory>

namespace runneriq::alerting {

// Shared and never changed; empty by default.
class PackedEvent {
 public:
  PackedEvent() = default;
  // Of the log's excerpt at most the last `most_excerpt` bytes, cut at a character.
  PackedEvent(const Classified& of, std::size_t most_excerpt);
  explicit operator bool() const { return bytes_ != nullptr; }
  [[nodiscard]] bool is_same(const PackedEvent& other) const { return bytes_ == other.bytes_; }
  [[nodiscard]] Classified unpacked() const;

 private:
  std::shared_ptr<const char[]> bytes_;
};

}  // namespace runneriq::alerting
