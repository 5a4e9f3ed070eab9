// The newest entries of something, of a few numbers each, in rows of a hundred: only rows that change are
// kept anew.
#pragma once

#include <algorithm>
#include <array>
#include <charconv>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq::alerting {

// A row as it was kept: how many entries had been added by then, and the numbers of each.
struct KeptRow {
  std::int64_t added = 0;
  std::vector<std::vector<std::int64_t>> entries;
};
// None: it is corrupt.
std::optional<KeptRow> parse_kept_row(std::string_view document);

template <std::size_t kNumbers>
class KeptRing {
 public:
  using Entry = std::array<std::int64_t, kNumbers>;
  // `most` is a multiple of a hundred.
  explicit KeptRing(std::size_t most) : most_(most) {}

  // Gives the oldest where it makes room for it.
  std::optional<Entry> add(const Entry& entry) {
    const std::size_t slot = static_cast<std::size_t>(added_++) % most_;
    changed_.insert(slot / kRow);
    if (slot < entries_.size()) return std::exchange(entries_[slot], entry);
    entries_.push_back(entry);
    return std::nullopt;
  }
  // Oldest first; zeros where a row was lost.
  template <class Visit>
  void for_each(Visit visit) const {
    const std::size_t start = entries_.size() < most_ ? 0 : static_cast<std::size_t>(added_) % most_;
    for (std::size_t i = 0; i < entries_.size(); ++i) visit(entries_[(start + i) % entries_.size()]);
  }

  // `put(name, document)` for each row that has changed.
  template <class Put>
  void take_changes(Put put) {
    for (const std::size_t row : changed_) put(std::to_string(row), document(row));
    changed_.clear();
  }
  // Rows in any order; false when it is none.
  bool restore(std::string_view name, std::string_view text) {
    std::size_t row = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), row);
    const auto kept = parse_kept_row(text);
    return error == std::errc{} && end == name.data() + name.size() && row < most_ / kRow && kept &&
           take(row, *kept);
  }

 private:
  static constexpr std::size_t kRow = 100;

  std::string document(std::size_t row) const {
    std::string entries;
    for (std::size_t i = row * kRow; i < std::min(entries_.size(), (row + 1) * kRow); ++i) {
      entries += entries.empty() ? "[" : ",[";
      for (std::size_t number = 0; number < kNumbers; ++number)
        entries += (number == 0 ? "" : ",") + std::to_string(entries_[i][number]);
      entries += ']';
    }
    return R"({"added":)" + std::to_string(added_) + R"(,"entries":[)" + entries + "]}";
  }
  bool take(std::size_t row, const KeptRow& kept) {
    if (kept.entries.size() > kRow) return false;
    const std::size_t first = row * kRow;
    if (entries_.size() < first + kept.entries.size()) entries_.resize(first + kept.entries.size());
    for (std::size_t i = 0; i < kept.entries.size(); ++i) {
      if (kept.entries[i].size() != kNumbers) return false;
      std::ranges::copy(kept.entries[i], entries_[first + i].begin());
    }
    added_ = std::max(added_, kept.added);
    return true;
  }

  std::size_t most_;
  std::int64_t added_ = 0;
  std::vector<Entry> entries_;
  std::set<std::size_t> changed_;
};

}  // namespace runneriq::alerting
