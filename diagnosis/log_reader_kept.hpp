// Which lines of a long log are kept: its beginning, its end, and windows around what says most. Pure.
#pragma once

#include "diagnosis/read_log.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq::diagnosis {

struct KeptLine {
  std::int64_t ordinal = 0;  // of the lines of the log, joined ones counted once
  std::int64_t number = 0;
  std::string_view text;
  std::int32_t command = -1;  // its serial
  std::uint32_t hits_at = 0;
  std::uint16_t hit_count = 0;
  Reading reading = Reading::plain;
  bool is_matched = true;  // else its rules are not known yet
};

// Lines with their texts and hits, in a few large pieces of memory.
class Page {
 public:
  static constexpr std::size_t kText = std::size_t{48} << 10;
  static constexpr std::size_t kLines = 512;
  explicit Page(std::size_t text = kText) { text_.reserve(std::max(text, std::size_t{64})); }
  [[nodiscard]] bool has_room_for(std::string_view text, std::size_t hits) const;
  void add(const KeptLine& line, std::span<const RuleIndex> hits);
  void clear();
  [[nodiscard]] std::span<const KeptLine> lines() const { return lines_; }
  [[nodiscard]] std::span<const RuleIndex> hits_of(const KeptLine& line) const {
    return std::span{hits_}.subspan(line.hits_at, line.hit_count);
  }
  // Bytes. A line counts for kLeastOfLine at least: what looks for causes takes more of each, however short.
  static constexpr std::size_t kLeastOfLine = 128;
  [[nodiscard]] std::size_t cost() const;
  [[nodiscard]] std::string take_text() && { return std::move(text_); }

 private:
  std::string text_;  // never moves: room for it is reserved
  std::vector<KeptLine> lines_;
  std::vector<RuleIndex> hits_;
};
using Pages = std::deque<std::unique_ptr<Page>>;

// Lines around those that say something, in windows; of what is too much the window goes that says least, and
// of such the earliest.
class TellingWindows {
 public:
  static constexpr std::size_t kBefore = 15, kAfter = 40;  // lines
  static constexpr std::size_t kLongest = 24 << 10;        // bytes of a window
  explicit TellingWindows(std::size_t most) : most_(most) {}
  // Pages come in order; `before` is the page before it, or null.
  void take(const Page& page, const Page* before);
  [[nodiscard]] Pages finish() &&;

 private:
  struct Window {
    double weight = 0;
    std::int64_t first = 0, last = -1;  // ordinals
    std::size_t cost = 0;
    Pages pages;
  };
  void take_line(const Page& page, std::size_t at, const Page* before);
  void open(const Page& page, std::size_t at, const Page* before);
  void add(const Page& page, const KeptLine& line);
  void close();
  void drop_least();
  [[nodiscard]] double weight_of(const Page& page, const KeptLine& line);

  std::size_t most_, cost_ = 0;
  bool is_open_ = false;
  std::size_t lines_left_ = 0;  // of the open window, behind the last line that said something
  Window window_;
  std::int64_t last_taken_ = -1;
  std::map<std::pair<double, std::int64_t>, Window> windows_;
  std::array<std::uint16_t, 4096> seen_{};  // how often a line like it said something
};

class KeptLines {
 public:
  explicit KeptLines(const LogReader::Limits& limits) : limits_(limits), windows_(limits.around) {}
  void add(const KeptLine& line, std::span<const RuleIndex> hits);
  // The first line, by ordinal, of those that are kept for being last.
  [[nodiscard]] std::int64_t end_from() const;
  // All that is kept, in order.
  [[nodiscard]] Pages finish() &&;

 private:
  void add_to_end(const KeptLine& line, std::span<const RuleIndex> hits);
  void drop_first_of_end();

  LogReader::Limits limits_;
  Pages beginning_, end_;
  std::size_t beginning_cost_ = 0, end_cost_ = 0;  // of full pages
  bool beginning_is_full_ = false;
  std::unique_ptr<Page> dropped_;  // the page before the first of the end
  std::unique_ptr<Page> spare_;
  TellingWindows windows_;
};

}  // namespace runneriq::diagnosis
