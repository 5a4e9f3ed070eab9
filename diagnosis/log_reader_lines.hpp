// The raw lines of a log that comes in pieces, joined where GitLab's time stamps say that one goes on. Pure.
#pragma once

#include "diagnosis/log_cleaner.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

struct RawLine {
  std::string_view text;    // without line end and time stamp
  std::int64_t number = 0;  // of its first physical line; 1 = first
  int stream = -1;          // of StreamStamp
};

// Text of any length in bounded memory: of what is longer than kMost the middle is dropped, in a way that
// does not depend on how it was added.
class LongText {
 public:
  static constexpr std::size_t kHead = std::size_t{64} << 10;
  static constexpr std::size_t kTail = std::size_t{192} << 10;
  static constexpr std::size_t kMost = kHead + 2 * kTail;
  void add(std::string_view bytes);
  void clear();
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }
  // From here on it is of another physical line.
  void begin_line(std::int64_t number);
  [[nodiscard]] std::int64_t line_at(std::size_t offset) const;

 private:
  struct Place {
    std::size_t from;
    std::int64_t line;
  };
  void drop_middle();

  std::string text_;
  std::vector<Place> places_;
};

class RawLines {
 public:
  // Calls take(const RawLine&) for each line that is known to be whole.
  template <class Take>
  void feed(std::string_view bytes, Take take);
  template <class Take>
  void finish(Take take);
  [[nodiscard]] std::int64_t count() const { return count_; }
  // The physical line in which a byte of the line stands that was taken last.
  [[nodiscard]] std::int64_t line_at(const RawLine& line, std::size_t offset) const;

 private:
  template <class Take>
  void take_physical(std::string_view text, Take take);
  template <class Take>
  void take_joined(Take take);
  void hold(std::string_view text, const StreamStamp& stamp);

  LongText unfinished_;  // of the physical line that has no end yet
  LongText joined_;      // the last line, if it may go on
  StreamStamp stamp_{};  // of that
  std::int64_t first_ = 0;
  bool holds_ = false;
  // Whether the runner stamps each line, as one of the first two shows, which no script could have printed.
  bool is_stamped_ = false;
  std::int64_t count_ = 0;
};

template <class Take>
void RawLines::feed(std::string_view bytes, Take take) {
  while (!bytes.empty()) {
    const std::size_t end = bytes.find('\n');
    const std::string_view piece = bytes.substr(0, end);
    if (end == std::string_view::npos || !unfinished_.empty() || piece.size() >= LongText::kMost)
      unfinished_.add(piece);
    if (end == std::string_view::npos) return;
    ++count_;
    take_physical(unfinished_.empty() ? piece : std::string_view{unfinished_.text()}, take);
    unfinished_.clear();
    bytes.remove_prefix(end + 1);
  }
}

template <class Take>
void RawLines::finish(Take take) {
  if (!unfinished_.empty()) {
    ++count_;
    take_physical(unfinished_.text(), take);
    unfinished_.clear();
  }
  take_joined(take);
}

template <class Take>
void RawLines::take_physical(std::string_view text, Take take) {
  const StreamStamp stamp = stream_stamp_of(text);
  text.remove_prefix(stamp.length);
  if (count_ <= 2) is_stamped_ = is_stamped_ || stamp.stream >= 0;
  const bool goes_on =
      stamp.continues && holds_ && stamp.stream == stamp_.stream && stamp.channel == stamp_.channel;
  if (!goes_on) take_joined(take);
  if (is_stamped_ && stamp.stream >= 0)
    hold(text, stamp);
  else
    take(RawLine{.text = text, .number = count_});
}

template <class Take>
void RawLines::take_joined(Take take) {
  if (!holds_) return;
  take(RawLine{.text = joined_.text(), .number = first_, .stream = stamp_.stream});
  joined_.clear();
  holds_ = false;
}

}  // namespace runneriq::diagnosis
