#include "diagnosis/signature.hpp"

#include "core/trimmed.hpp"
#include "core/utf8.hpp"
#include "diagnosis/characters.hpp"
#include "diagnosis/error_reading.hpp"
#include "diagnosis/log_cleaner.hpp"

#include <algorithm>
#include <cstdint>
#include <initializer_list>

namespace runneriq::diagnosis {
namespace {

// FNV-1a, 64 bits (RFC 9923); texts are told apart by their number and lengths.
class Digest {
 public:
  explicit Digest(std::initializer_list<std::string_view> texts) {
    add_number(texts.size());
    for (const std::string_view text : texts) {
      add_number(text.size());
      for (const char c : text) add_byte(static_cast<std::uint8_t>(c));
    }
  }
  [[nodiscard]] std::string hexadecimal() const {
    constexpr std::string_view kDigits = "0123456789abcdef";
    std::string text(16, '0');
    for (std::size_t i = 0; i < text.size(); ++i) text[i] = kDigits[(state_ >> (60 - 4 * i)) & 0xFU];
    return text;
  }

 private:
  void add_number(std::uint64_t number) {
    for (unsigned shift = 0; shift < 64; shift += 8) add_byte(static_cast<std::uint8_t>(number >> shift));
  }
  void add_byte(std::uint8_t byte) { state_ = (state_ ^ byte) * 0x100000001B3U; }

  std::uint64_t state_ = 0xCBF29CE484222325U;
};

constexpr std::size_t kLongestHeadline = 500;  // bytes
constexpr std::size_t kLongestGap = 80;        // lines within a block that do not read like errors

// Valid UTF-8 of at most kLongestHeadline bytes.
std::string as_text(std::string_view line) {
  constexpr std::string_view kReplacement = "\xEF\xBF\xBD";
  std::string text;
  while (!line.empty()) {
    const std::size_t length = utf8_length(line);
    const std::string_view character = length == 0 ? kReplacement : line.substr(0, length);
    if (text.size() + character.size() > kLongestHeadline) break;
    text += character;
    line.remove_prefix(std::max<std::size_t>(length, 1));
  }
  return text;
}

// Looks for the headline in the lines of a log, from its start.
class HeadlineSearch {
 public:
  void take(std::string_view raw) {
    const std::string_view line = trimmed(cleaner_.clean(raw), " \t");
    ++number_;
    script_is_over_ = script_is_over_ || ends_the_script(line);
    if (line.empty()) return;
    const Reading reading = reading_of(line);
    const bool late = script_is_over_ || cleaner_.after_the_script();
    if (reading == Reading::runner || (late && reading != Reading::verdict)) return;
    if (reading > best_ ||
        (reading == best_ && (reading == Reading::plain || number_ - seen_ > kLongestGap + 1))) {
      best_ = reading;
      text_ = line.substr(0, kLongestHeadline + 1);
    }
    if (reading == best_) seen_ = number_;
  }
  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  LogCleaner cleaner_;
  bool script_is_over_ = false;
  std::size_t number_ = 0;  // of the line
  std::size_t seen_ = 0;    // the last line that reads like the best
  Reading best_ = Reading::runner;
  std::string text_;  // of the first line of the last block of those
};

}  // namespace

std::optional<Headline> headline_of(std::string_view excerpt) {
  HeadlineSearch search;
  while (!excerpt.empty()) {
    const std::size_t end = std::min(excerpt.find('\n'), excerpt.size());
    search.take(excerpt.substr(0, end));
    excerpt.remove_prefix(std::min(end + 1, excerpt.size()));
  }
  if (search.text().empty()) return std::nullopt;
  const std::string text = as_text(search.text());
  return Headline{.text = text, .normalised = normalised(text)};
}

std::string_view exit_code_of(std::string_view excerpt) {
  const std::size_t last = excerpt.rfind("ERROR: Job failed");
  return last == std::string_view::npos ? "" : exit_code_in(excerpt.substr(last));
}

std::string signature_of(const Headline& headline) {
  return Digest{headline.normalised}.hexadecimal();
}

std::string signature_of(std::string_view project, std::string_view name, std::string_view failure_reason) {
  return Digest{project, name, failure_reason}.hexadecimal();
}

}  // namespace runneriq::diagnosis
