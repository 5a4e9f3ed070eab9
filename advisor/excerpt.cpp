#include "advisor/excerpt.hpp"

#include "advisor/plain_text.hpp"
#include "core/joined.hpp"
#include "diagnosis/error_reading.hpp"
#include "diagnosis/redacted_lines.hpp"
#include "diagnosis/signature.hpp"

#include <algorithm>
#include <numeric>
#include <optional>
#include <tuple>

namespace runneriq::advisor {
namespace {

using diagnosis::NumberedLine;
using diagnosis::Reading;
using diagnosis::RedactionTerms;

constexpr std::size_t kLongestLine = 500;  // bytes, as shown

std::vector<std::string> redacted_texts(std::span<const NumberedLine> lines, const RedactionTerms& terms) {
  std::vector<std::string_view> raw;
  for (const NumberedLine& line : lines) raw.push_back(line.text);
  std::vector<std::string> texts = diagnosis::redacted_lines(raw, terms);
  for (std::string& text : texts) text = redacted_line(text, terms, kLongestLine);
  return texts;
}

// ---- what fits ----------------------------------------------------------------------------

int weight_of(std::string_view text) {
  switch (diagnosis::reading_of(text)) {
    case Reading::error:
      return 6;
    case Reading::assertion:
    case Reading::complaint:
      return 5;
    case Reading::verdict:
      return 4;
    case Reading::consequence:
      return 3;
    case Reading::plain:
    case Reading::runner:
      break;
  }
  return 0;
}

constexpr int kLeastEvidence = 3, kNeighbour = 2;

std::vector<int> weights_of(std::span<const std::string> texts) {
  std::vector<int> weights;
  for (const std::string& text : texts) weights.push_back(weight_of(text));
  const std::vector<int> own = weights;
  for (std::size_t at = 0; at < own.size(); ++at) {
    const bool beside =
        (at > 0 && own[at - 1] >= kLeastEvidence) || (at + 1 < own.size() && own[at + 1] >= kLeastEvidence);
    if (beside) weights[at] = std::max(own[at], kNeighbour);
  }
  return weights;
}

// Places, those first that are to stay: of equal weights from the ends inwards.
std::vector<std::size_t> by_worth(std::span<const std::string> texts) {
  const std::vector<int> weights = weights_of(texts);
  std::vector<std::size_t> places(texts.size());
  std::iota(places.begin(), places.end(), std::size_t{0});
  const auto worth = [&](std::size_t at) {
    return std::tuple{-weights[at], std::min(at, texts.size() - 1 - at), at};
  };
  std::ranges::sort(places, {}, worth);
  return places;
}

std::string left_out(std::size_t count) {
  return "… " + std::to_string(count) + (count == 1 ? " line" : " lines") + " left out";
}

// What a line takes, with the words before it where lines are left out.
constexpr std::size_t kGapBytes = 32;

std::vector<std::size_t> those_that_fit(std::span<const std::string> rows,
                                        std::span<const std::size_t> places, std::size_t most_lines,
                                        std::size_t most_bytes) {
  std::vector<std::size_t> kept;
  std::size_t bytes = 0;
  for (const std::size_t place : places) {
    if (kept.size() == most_lines) break;
    const std::size_t more = rows[place].size() + kGapBytes;
    if (bytes + more > most_bytes) continue;
    bytes += more;
    kept.push_back(place);
  }
  std::ranges::sort(kept);
  return kept;
}

}  // namespace

ShownExcerpt shown_excerpt(std::span<const NumberedLine> lines, const RedactionTerms& terms,
                           std::size_t most_lines, std::size_t most_bytes) {
  const std::vector<std::string> texts = redacted_texts(lines, terms);
  std::vector<std::string> rows;
  for (std::size_t at = 0; at < texts.size(); ++at) {
    rows.push_back(std::to_string(lines[at].number) + "| " + texts[at]);
  }
  ShownExcerpt shown;
  std::size_t next = 0;
  for (const std::size_t place : those_that_fit(rows, by_worth(texts), most_lines, most_bytes)) {
    if (place > next) shown.lines.push_back(left_out(place - next));
    shown.lines.push_back(rows[place]);
    shown.numbers.push_back(lines[place].number);
    next = place + 1;
  }
  if (next < rows.size()) shown.lines.push_back(left_out(rows.size() - next));
  return shown;
}

std::string mark_for(std::span<const std::string> texts) {
  const std::string all = joined(texts, "\n");
  for (int salt = 0;; ++salt) {
    const std::string first = diagnosis::signature_of(all, "mark", std::to_string(salt));
    std::string mark = first + diagnosis::signature_of(first, all, std::to_string(salt));
    if (all.find(mark) == std::string::npos) return mark;
  }
}

}  // namespace runneriq::advisor
