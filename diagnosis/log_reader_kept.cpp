#include "diagnosis/log_reader_kept.hpp"

#include "diagnosis/characters.hpp"

#include <algorithm>

namespace runneriq::diagnosis {
namespace {

constexpr std::size_t kMostHitsOfPage = 8192;

double weight_of(Reading reading) {
  switch (reading) {
    case Reading::error:
      return 0.5;
    case Reading::assertion:
    case Reading::verdict:
      return 0.4;
    case Reading::complaint:
      return 0.25;
    case Reading::consequence:
      return 0.15;
    case Reading::runner:
    case Reading::plain:
      break;
  }
  return 0;
}

// Of the letters of a line's start: lines that differ in numbers are alike.
std::size_t likeness_of(std::string_view text) {
  constexpr std::size_t kStart = 80;
  std::uint32_t hash = 0x811C9DC5U;  // FNV-1a, 32 bits
  for (const char c : text.substr(0, kStart)) {
    if (!is_digit(c)) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x01000193U;
  }
  return hash >> 20U;
}

}  // namespace

bool Page::has_room_for(std::string_view text, std::size_t hits) const {
  return text_.size() + text.size() <= text_.capacity() && lines_.size() < kLines &&
         hits_.size() + hits <= kMostHitsOfPage;
}

void Page::add(const KeptLine& line, std::span<const RuleIndex> hits) {
  KeptLine& kept = lines_.emplace_back(line);
  const std::size_t at = text_.size();
  text_ += line.text;
  kept.text = std::string_view{text_}.substr(at);
  kept.hits_at = static_cast<std::uint32_t>(hits_.size());
  kept.hit_count = static_cast<std::uint16_t>(hits.size());
  hits_.insert(hits_.end(), hits.begin(), hits.end());
}

void Page::clear() {
  text_.clear();
  lines_.clear();
  hits_.clear();
}

std::size_t Page::cost() const {
  const std::size_t bytes =
      text_.size() + lines_.size() * sizeof(KeptLine) + hits_.size() * sizeof(RuleIndex);
  return sizeof(Page) + std::max(bytes, lines_.size() * kLeastOfLine);
}

// ---- windows ------------------------------------------------------------------------------

void TellingWindows::take(const Page& page, const Page* before) {
  for (std::size_t at = 0; at < page.lines().size(); ++at) take_line(page, at, before);
}

void TellingWindows::take_line(const Page& page, std::size_t at, const Page* before) {
  const KeptLine& line = page.lines()[at];
  const double weight = weight_of(page, line);
  if (weight > 0) {
    if (is_open_ && window_.cost >= kLongest) close();
    if (!is_open_) open(page, at, before);
    window_.weight = std::max(window_.weight, weight);
    lines_left_ = kAfter + 1;
  }
  if (!is_open_) return;
  add(page, line);
  if (--lines_left_ == 0) close();
}

void TellingWindows::open(const Page& page, std::size_t at, const Page* before) {
  is_open_ = true;
  window_.first = page.lines()[at].ordinal;
  if (before != nullptr && at < kBefore) {
    const auto lines = before->lines();
    for (const KeptLine& line : lines.last(std::min(kBefore - at, lines.size()))) add(*before, line);
  }
  for (std::size_t i = at - std::min(at, kBefore); i < at; ++i) add(page, page.lines()[i]);
}

void TellingWindows::add(const Page& page, const KeptLine& line) {
  if (line.ordinal <= last_taken_) return;
  last_taken_ = line.ordinal;
  const auto hits = page.hits_of(line);
  if (window_.pages.empty() || !window_.pages.back()->has_room_for(line.text, hits.size()))
    window_.pages.push_back(std::make_unique<Page>(std::max(line.text.size(), kLongest / 8)));
  window_.pages.back()->add(line, hits);
  window_.cost += line.text.size() + sizeof(KeptLine) + hits.size() * sizeof(RuleIndex);
}

void TellingWindows::close() {
  is_open_ = false;
  Window window = std::exchange(window_, Window{});
  if (window.pages.empty()) return;
  window.cost = 256;
  for (const auto& page : window.pages) window.cost += page->cost();
  cost_ += window.cost;
  windows_.emplace(std::pair{window.weight, window.first}, std::move(window));
  while (cost_ > most_ && !windows_.empty()) drop_least();
}

void TellingWindows::drop_least() {
  cost_ -= windows_.begin()->second.cost;
  windows_.erase(windows_.begin());
}

// What was said fifty times over says little; so a flood of one complaint leaves room for another.
double TellingWindows::weight_of(const Page& page, const KeptLine& line) {
  constexpr std::uint16_t kOften = 50;
  double weight = diagnosis::weight_of(line.reading);
  for (const RuleIndex hit : page.hits_of(line)) weight = std::max(weight, RuleBook::rule(hit).weight);
  if (weight <= 0) return 0;
  std::uint16_t& seen = seen_.at(likeness_of(line.text));
  if (seen < kOften)
    ++seen;
  else
    weight /= 4;
  return weight;
}

Pages TellingWindows::finish() && {
  if (is_open_) close();
  std::vector<Window*> ordered;
  for (auto& [key, window] : windows_) ordered.push_back(&window);
  std::ranges::sort(ordered, {}, &Window::first);
  Pages pages;
  for (Window* window : ordered) {
    for (auto& page : window->pages) pages.push_back(std::move(page));
  }
  return pages;
}

// ---- all ----------------------------------------------------------------------------------

void KeptLines::add(const KeptLine& line, std::span<const RuleIndex> hits) {
  if (beginning_is_full_) return add_to_end(line, hits);
  if (beginning_.empty() || !beginning_.back()->has_room_for(line.text, hits.size())) {
    if (!beginning_.empty()) beginning_cost_ += beginning_.back()->cost();
    beginning_is_full_ = beginning_cost_ >= limits_.beginning;
    if (beginning_is_full_) return add_to_end(line, hits);
    beginning_.push_back(std::make_unique<Page>());
  }
  beginning_.back()->add(line, hits);
}

void KeptLines::add_to_end(const KeptLine& line, std::span<const RuleIndex> hits) {
  if (end_.empty() || !end_.back()->has_room_for(line.text, hits.size())) {
    if (!end_.empty()) end_cost_ += end_.back()->cost();
    while (end_cost_ > limits_.end && end_.size() > 1) drop_first_of_end();
    end_.push_back(spare_ ? std::move(spare_) : std::make_unique<Page>());
  }
  end_.back()->add(line, hits);
}

void KeptLines::drop_first_of_end() {
  std::unique_ptr<Page> first = std::move(end_.front());
  end_.pop_front();
  end_cost_ -= first->cost();
  windows_.take(*first, dropped_.get());
  spare_ = std::exchange(dropped_, std::move(first));
  if (spare_) spare_->clear();
}

std::int64_t KeptLines::end_from() const {
  return end_.empty() ? 0 : end_.front()->lines().front().ordinal;
}

Pages KeptLines::finish() && {
  Pages pages = std::move(beginning_);
  for (auto& page : std::move(windows_).finish()) pages.push_back(std::move(page));
  for (auto& page : end_) pages.push_back(std::move(page));
  return pages;
}

}  // namespace runneriq::diagnosis
