#include "advisor/excerpt.hpp"

#include "advisor/plain_text.hpp"
#include "core/joined.hpp"
#include "diagnosis/error_reading.hpp"
#include "diagnosis/private_key.hpp"
#include "diagnosis/secret.hpp"
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
using diagnosis::Secret;

constexpr std::size_t kLongestLine = 500;  // bytes, as shown

// ---- secrets over several lines -----------------------------------------------------------

// All texts, one a line, and where each begins.
class Page {
 public:
  explicit Page(std::span<const NumberedLine> lines) {
    for (const NumberedLine& line : lines) {
      begins_.push_back(text_.size());
      text_ += line.text;
      std::replace(text_.begin() + static_cast<std::ptrdiff_t>(begins_.back()), text_.end(), '\n', ' ');
      text_ += '\n';
    }
  }
  [[nodiscard]] const std::string& text() const { return text_; }

  // Of the lines as they are with the secrets replaced, each in all lines that it touches. In order, apart
  // from one another.
  [[nodiscard]] std::vector<std::string> without(std::span<const Secret> secrets) const {
    std::vector<std::string> texts;
    std::size_t next = 0;
    for (std::size_t line = 0; line < begins_.size(); ++line) {
      while (next < secrets.size() && secrets[next].end <= begins_[line]) ++next;
      texts.push_back(line_without(line, secrets.subspan(next)));
    }
    return texts;
  }

 private:
  [[nodiscard]] std::string line_without(std::size_t line, std::span<const Secret> secrets) const {
    std::size_t at = begins_[line];
    const std::size_t end = (line + 1 < begins_.size() ? begins_[line + 1] : text_.size()) - 1;
    std::string text;
    for (const Secret& secret : secrets) {
      if (secret.begin >= end) break;
      if (secret.begin > at) text.append(text_, at, secret.begin - at);
      text += secret.placeholder;
      at = std::min(secret.end, end);
    }
    return text.append(text_, at, end - at);
  }

  std::string text_;
  std::vector<std::size_t> begins_;
};

void add_private_keys(std::string_view text, std::string_view start, std::vector<Secret>& found) {
  std::size_t floor = 0;
  for (std::size_t at = text.find(start); at < text.size(); at = text.find(start, at)) {
    const std::optional<Secret> key = diagnosis::private_key_at(text, at, floor);
    if (key) found.push_back(*key);
    if (key) floor = key->end;
    at = std::max(at + 1, floor);
  }
}

std::vector<Secret> known_values(std::string_view text, const RedactionTerms& terms) {
  std::vector<Secret> values;
  if (terms.known == nullptr) return values;
  for (auto value = terms.known->next(text, 0); value; value = terms.known->next(text, value->end)) {
    values.push_back(*value);
    if (value->end <= value->begin) break;
  }
  return values;
}

// Those that touch become one.
std::vector<Secret> in_order(std::vector<Secret> secrets) {
  std::ranges::sort(secrets, {}, &Secret::begin);
  std::vector<Secret> apart;
  for (const Secret& secret : secrets) {
    if (apart.empty() || secret.begin >= apart.back().end)
      apart.push_back(secret);
    else
      apart.back().end = std::max(apart.back().end, secret.end);
  }
  return apart;
}

std::vector<std::string> redacted_texts(std::span<const NumberedLine> lines, const RedactionTerms& terms) {
  const Page page{lines};
  std::vector<Secret> secrets = known_values(page.text(), terms);
  for (const std::string_view start : diagnosis::kPrivateKeyStarts) {
    add_private_keys(page.text(), start, secrets);
  }
  std::vector<std::string> texts = page.without(in_order(std::move(secrets)));
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
