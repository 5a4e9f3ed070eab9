// A map that never holds more than so many entries, and knows which of them have changed.
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <unordered_map>
#include <utility>
#include <vector>

namespace runneriq::alerting {

// Who comes too many pushes out the oldest that has not been used since it was last looked at ("second
// chance"). Keys are hashes already.
template <class Value>
class BoundedBook {
 public:
  explicit BoundedBook(std::size_t most) : most_(most) {}

  [[nodiscard]] const Value* find(std::uint64_t key) const {
    const auto found = entries_.find(key);
    return found == entries_.end() ? nullptr : &found->second.value;
  }
  // Valid until the next call.
  [[nodiscard]] Value* find(std::uint64_t key) {
    const auto found = entries_.find(key);
    if (found == entries_.end()) return nullptr;
    found->second.used = true;
    return &found->second.value;
  }
  Value& find_or_add(std::uint64_t key) {
    if (Value* const value = find(key)) return *value;
    if (entries_.size() >= most_) drop_one();
    order_.push_back(key);
    return entries_[key].value;
  }

  // The entry is to be given by the next take_changes().
  void changed(std::uint64_t key) {
    Entry& entry = entries_.find(key)->second;
    if (entry.is_changed) return;
    if (changes_.size() > 2 * most_) forget_dropped_changes();
    entry.is_changed = true;
    changes_.push_back(key);
  }
  // Each key that has changed since the last call, with its value; null for one that was given before and
  // is no longer here.
  template <class Give>
  void take_changes(Give give) {
    for (const std::uint64_t key : std::exchange(gone_, {})) give(key, static_cast<const Value*>(nullptr));
    for (const std::uint64_t key : std::exchange(changes_, {})) {
      const auto found = entries_.find(key);
      if (found == entries_.end() || !std::exchange(found->second.is_changed, false)) continue;
      found->second.is_kept = true;
      give(key, static_cast<const Value*>(&found->second.value));
    }
  }
  // As it was kept once: no change.
  void restore(std::uint64_t key, Value value) {
    find_or_add(key) = std::move(value);
    entries_.find(key)->second.is_kept = true;
  }

  template <class Visit>
  void for_each(Visit visit) const {
    for (const auto& [key, entry] : entries_) visit(entry.value);
  }
  [[nodiscard]] std::size_t size() const { return entries_.size(); }

 private:
  struct Entry {
    Value value{};
    bool used = false, is_changed = false, is_kept = false;
  };

  void drop_one() {
    for (;;) {
      const std::uint64_t key = order_.front();
      order_.pop_front();
      const auto found = entries_.find(key);
      if (std::exchange(found->second.used, false)) {
        order_.push_back(key);
        continue;
      }
      if (found->second.is_kept) gone_.push_back(key);
      entries_.erase(found);
      return;
    }
  }
  void forget_dropped_changes() {
    changes_.clear();
    for (const auto& [key, entry] : entries_) {
      if (entry.is_changed) changes_.push_back(key);
    }
  }

  std::size_t most_;
  std::unordered_map<std::uint64_t, Entry> entries_;
  std::deque<std::uint64_t> order_;  // oldest first
  std::vector<std::uint64_t> changes_, gone_;
};

}  // namespace runneriq::alerting
