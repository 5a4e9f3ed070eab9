#include "diagnosis/log_reader_lines.hpp"

#include "diagnosis/log_markers.hpp"

namespace runneriq::diagnosis {

void LongText::add(std::string_view bytes) {
  while (!bytes.empty()) {
    const std::size_t taken = std::min(bytes.size(), kMost - text_.size());
    text_ += bytes.substr(0, taken);
    bytes.remove_prefix(taken);
    if (text_.size() == kMost) drop_middle();
  }
}

void LongText::drop_middle() {
  text_.erase(kHead, kTail);
  const auto moved = [](std::size_t from) {
    return from <= kHead ? from : std::max(kHead, from - std::min(from, kTail));
  };
  for (Place& place : places_) place.from = moved(place.from);
  // Of the lines that begin where the gap is now, the last one counts.
  const auto repeats =
      std::unique(places_.rbegin(), places_.rend(),
                  [](const Place& later, const Place& place) { return later.from == place.from; });
  places_.erase(places_.begin(), repeats.base());
}

void LongText::clear() {
  constexpr std::size_t kKept = std::size_t{64} << 10;
  text_.clear();
  places_.clear();
  if (text_.capacity() > kKept) text_.shrink_to_fit();
}

void LongText::begin_line(std::int64_t number) {
  if (!places_.empty() && places_.back().from == text_.size())
    places_.back().line = number;
  else
    places_.push_back({.from = text_.size(), .line = number});
}

std::int64_t LongText::line_at(std::size_t offset) const {
  const auto behind = std::ranges::upper_bound(places_, offset, {}, &Place::from);
  return behind == places_.begin() ? 0 : std::prev(behind)->line;
}

// GitLab's runner ends the line behind a section marker, and goes on with it: with or without the carriage
// return that ends the marker.
void RawLines::hold(std::string_view text, const StreamStamp& stamp) {
  if (!holds_) {
    first_ = count_;
    holds_ = true;
  } else {
    constexpr std::size_t kFurthest = 512;  // bytes of a marker
    std::string_view before = joined_.text();
    before.remove_prefix(before.size() - std::min(before.size(), kFurthest));
    const std::string_view segment = before.substr(before.find_last_of('\r') + 1);
    if (marker_in(segment)) joined_.add("\r");
  }
  stamp_ = stamp;
  joined_.begin_line(count_);
  joined_.add(text);
}

std::int64_t RawLines::line_at(const RawLine& line, std::size_t offset) const {
  return line.stream < 0 ? line.number : joined_.line_at(offset);
}

}  // namespace runneriq::diagnosis
