#include "diagnosis/redacted_lines.hpp"

#include "diagnosis/private_key.hpp"
#include "diagnosis/secret.hpp"

#include <algorithm>
#include <optional>

namespace runneriq::diagnosis {
namespace {

// All texts, one a line, and where each begins.
class Page {
 public:
  explicit Page(std::span<const std::string_view> lines) {
    for (const std::string_view line : lines) {
      begins_.push_back(text_.size());
      text_ += line;
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
    const std::optional<Secret> key = private_key_at(text, at, floor);
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

}  // namespace

std::vector<std::string> redacted_lines(std::span<const std::string_view> lines,
                                        const RedactionTerms& terms) {
  const Page page{lines};
  std::vector<Secret> secrets = known_values(page.text(), terms);
  for (const std::string_view start : kPrivateKeyStarts) add_private_keys(page.text(), start, secrets);
  std::vector<std::string> texts = page.without(in_order(std::move(secrets)));
  for (std::string& text : texts) text = redaction_of(text, terms).text;
  return texts;
}

}  // namespace runneriq::diagnosis
