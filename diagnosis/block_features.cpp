#include "diagnosis/block_features.hpp"

#include "core/lower_case.hpp"
#include "diagnosis/candidates.hpp"
#include "diagnosis/characters.hpp"

#include <algorithm>
#include <cmath>
#include <unordered_map>

namespace runneriq::diagnosis {
namespace {

// A line without its digits and blanks, as a hash (FNV-1a): quicker than normalised(), for use within one
// log.
std::uint64_t shape_of(std::string_view text) {
  std::uint64_t hash = 0xCBF29CE484222325U;
  for (const char c : text.substr(0, 400)) {
    if (!is_blank(c) && !is_digit(c)) hash = (hash ^ static_cast<std::uint8_t>(c)) * 0x100000001B3U;
  }
  return hash;
}

using Shapes = std::unordered_map<std::uint64_t, int>;

Shapes shapes_of(const ReadLog& log) {
  Shapes shapes;
  shapes.reserve(log.lines.size());
  for (const LogLine& line : log.lines) ++shapes[shape_of(line.text)];
  return shapes;
}

bool warns(std::string_view text) {
  text = text.substr(0, 300);
  for (std::size_t i = 0; i + 4 <= text.size(); ++i) {
    if (lower_case(text[i]) == 'w' && lower_case(text[i + 1]) == 'a' && lower_case(text[i + 2]) == 'r' &&
        lower_case(text[i + 3]) == 'n')
      return true;
    if (i + 9 <= text.size() && text.substr(i + 1, 8) == "eprecate") return true;
  }
  return false;
}

double share_of_lines(const ReadLog& log, const Block& block, const Templates& templates) {
  if (templates.empty()) return 0;
  int known = 0, all = 0;
  for (std::size_t i = block.first; i <= block.last; ++i) {
    if (log.lines[i].text.empty()) continue;
    ++all;
    known += templates.knows(log.lines[i].text) ? 1 : 0;
  }
  return all == 0 ? 0 : static_cast<double>(known) / all;
}

double rule_weight_of(const ReadLog& log, const Block& block) {
  double weight = 0;
  for (std::size_t i = block.first; i <= block.last; ++i) {
    for (const RuleIndex hit : log.hits_of(log.lines[i]))
      weight = std::max(weight, RuleBook::rule(hit).weight);
  }
  return weight;
}

bool is_in(const FailingSpan& span, const Block& block) {
  return block.head >= span.begin && block.head < span.end;
}

// 1 at 0 lines, 0 at a thousand and more.
double nearness(std::size_t lines) {
  return std::max(0.0, 1 - std::log10(1.0 + static_cast<double>(lines)) / 3);
}

class Reader {
 public:
  Reader(const ReadLog& log, const FailingSpan& span, const std::vector<Block>& blocks,
         const LogHistory* history)
      : log_(log), span_(span), blocks_(blocks), history_(history), shapes_(shapes_of(log)) {
    for (const Block& block : blocks) {
      if (is_in(span, block)) heaviest_ = std::max(heaviest_, block.weight);
    }
    read_behind();
  }

  Features read(std::size_t index) {
    Features f{};
    const Block& block = blocks_[index];
    set(f, Feature::one, 1);
    read_finder(block, f);
    read_head(block, f);
    read_place(block, index, f);
    read_rarity(block, f);
    return f;
  }

 private:
  static void set(Features& f, Feature feature, double value) {
    f[static_cast<std::size_t>(feature)] = value;
  }

  // Of each block, the highest weight of those of the failing command that begin behind its end.
  void read_behind() {
    behind_.assign(blocks_.size(), 0);
    double most = 0;
    std::size_t j = blocks_.size();
    std::vector<std::size_t> by_last(blocks_.size());
    for (std::size_t i = 0; i < by_last.size(); ++i) by_last[i] = i;
    std::ranges::stable_sort(by_last, std::greater<>{}, [&](std::size_t i) { return blocks_[i].last; });
    for (const std::size_t i : by_last) {
      for (; j > 0 && blocks_[j - 1].first > blocks_[i].last; --j) {
        if (is_in(span_, blocks_[j - 1])) most = std::max(most, blocks_[j - 1].weight);
      }
      behind_[i] = most;
    }
  }

  void read_finder(const Block& block, Features& f) const {
    const auto extractor = static_cast<std::size_t>(block.extractor);
    if (block.extractor != Extractor::generic) f[static_cast<std::size_t>(Feature::compiler) + extractor] = 1;
    set(f, Feature::weight, block.weight);
    set(f, Feature::rule_weight, rule_weight_of(log_, block));
    set(f, Feature::heaviest, is_in(span_, block) && block.weight >= heaviest_ ? 1 : 0);
    set(f, Feature::below_heaviest, std::max(0.0, heaviest_ - block.weight));
    set(f, Feature::last_output, block.kind == kLastOutput ? 1 : 0);
    set(f, Feature::own_words, block.kind == kOwnWords ? 1 : 0);
    set(f, Feature::new_lines, block.kind == kNewLines ? 1 : 0);
    set(f, Feature::statement, block.kind == kStatement ? 1 : 0);
    const auto lines = static_cast<double>(block.last - block.first + 1);
    set(f, Feature::one_line, lines == 1 ? 1 : 0);
    set(f, Feature::length, std::min(1.0, std::log10(lines) / 2));
  }

  void read_head(const Block& block, Features& f) const {
    const LogLine& head = log_.lines[block.head];
    switch (head.reading) {
      case Reading::error:
      case Reading::assertion:
      case Reading::verdict:
        set(f, Feature::error, 1);
        break;
      case Reading::complaint:
        set(f, Feature::complaint, 1);
        break;
      case Reading::consequence:
        set(f, Feature::consequence, 1);
        break;
      case Reading::plain:
      case Reading::runner:
        set(f, Feature::plain, 1);
        break;
    }
    set(f, Feature::warning, warns(head.text) ? 1 : 0);
  }

  void read_place(const Block& block, std::size_t index, Features& f) {
    const bool inside = is_in(span_, block);
    set(f, Feature::in_failing_command, inside ? 1 : 0);
    set(f, Feature::after_failing_command, block.head >= span_.end ? 1 : 0);
    set(f, Feature::not_script, is_of_job(log_.lines[block.head].part) ? 0 : 1);
    if (block.head < span_.end) {
      const std::size_t distance = span_.end - std::min(span_.end, block.last + 1);
      set(f, Feature::near_end, nearness(distance));
      if (block.extractor == Extractor::generic) {
        set(f, Feature::generic_near_end, nearness(distance));
        set(f, Feature::generic_at_end, distance <= 3 ? 1 : 0);
      }
    }
    set(f, Feature::nothing_strong_behind, inside && behind_[index] < block.weight ? 1 : 0);
    if (inside) {
      const int earlier = seen_[std::string{block.kind}]++;
      set(f, Feature::first_of_kind, earlier == 0 ? 1 : 0);
      set(f, Feature::later_of_kind, std::min(1.0, std::log10(1.0 + earlier) / 2));
      if (block.extractor != Extractor::generic) {
        set(f, Feature::first_specific, specific_ == 0 ? 1 : 0);
        set(f, Feature::later_specific, std::min(1.0, std::log10(1.0 + specific_++) / 2));
      }
    }
  }

  void read_rarity(const Block& block, Features& f) const {
    const std::string_view text = log_.lines[block.head].text;
    const int times = shapes_.at(shape_of(text));
    set(f, Feature::rare_head, times == 1 ? 1 : 0);
    set(f, Feature::often, std::min(1.0, std::log10(static_cast<double>(times)) / 2));
    if (history_ == nullptr) return;
    set(f, Feature::green, share_of_lines(log_, block, history_->green));
    set(f, Feature::failed_before, history_->failed.knows(text) ? 1 : 0);
  }

  const ReadLog& log_;
  const FailingSpan& span_;
  const std::vector<Block>& blocks_;
  const LogHistory* history_;
  Shapes shapes_;
  double heaviest_ = 0;
  int specific_ = 0;  // blocks of the failing command so far that are not generic
  std::vector<double> behind_;
  std::unordered_map<std::string, int> seen_;
};

}  // namespace

std::vector<Features> features_of(const ReadLog& log, const FailingSpan& span,
                                  const std::vector<Block>& blocks, const LogHistory* history) {
  Reader reader{log, span, blocks, history};
  std::vector<Features> all;
  all.reserve(blocks.size());
  for (std::size_t i = 0; i < blocks.size(); ++i) all.push_back(reader.read(i));
  return all;
}

}  // namespace runneriq::diagnosis
