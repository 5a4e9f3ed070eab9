#include "diagnosis/redaction.hpp"

#include "diagnosis/characters.hpp"
#include "diagnosis/random_word.hpp"
#include "diagnosis/secret.hpp"
#include "diagnosis/token_shapes.hpp"
#include "diagnosis/told_secret.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

namespace runneriq::diagnosis {
namespace {

constexpr char kEscape = '\x1B';

// ---- codes of the terminal ----------------------------------------------------------------

bool is_of_parameters(char c) {
  return is_digit(c) || c == ';' || c == ':';
}

// Of a colour ("ESC[1;31m"), an erasure within the line ("ESC[K") or a choice of letters ("ESC(B"), which may
// stand amid a word; 0 = another code, or none.
std::size_t length_of_code(std::string_view text) {
  if (text.starts_with("\x1B(B")) return 3;
  if (!text.starts_with("\x1B[")) return 0;
  std::size_t at = 2;
  while (at < text.size() && is_of_parameters(text[at])) ++at;
  return at < text.size() && (text[at] == 'm' || text[at] == 'K') ? at + 1 : 0;
}

// A text without these codes, and where they stood.
class Uncoloured {
 public:
  struct Code {
    std::size_t at;  // the place in words() before which it stood
    std::string_view text;
  };

  explicit Uncoloured(std::string_view text) : words_(text) {
    std::size_t escape = text.find(kEscape);
    if (escape == std::string_view::npos) return;
    kept_.reserve(text.size());
    while (!text.empty()) {
      kept_ += text.substr(0, escape);
      text.remove_prefix(std::min(escape, text.size()));
      const std::size_t code = length_of_code(text);
      if (code > 0)
        codes_.push_back({.at = kept_.size(), .text = text.substr(0, code)});
      else
        kept_ += text.substr(0, 1);
      text.remove_prefix(std::min(std::max<std::size_t>(code, 1), text.size()));
      escape = text.find(kEscape);
    }
    words_ = kept_;
  }
  Uncoloured(const Uncoloured&) = delete;
  Uncoloured& operator=(const Uncoloured&) = delete;
  ~Uncoloured() = default;

  [[nodiscard]] std::string_view words() const { return words_; }
  [[nodiscard]] const std::vector<Code>& codes() const { return codes_; }

 private:
  std::string kept_;
  std::string_view words_;
  std::vector<Code> codes_;
};

// ---- the search ---------------------------------------------------------------------------

constexpr std::string_view kAuthority = "://";
constexpr std::uint8_t kOfWord = 1, kOfToken = 2, kTells = 4;

const std::array<std::uint8_t, 256> kKinds = [] {
  std::array<std::uint8_t, 256> kinds{};
  for (std::size_t byte = 0; byte < kinds.size(); ++byte) {
    const char c = static_cast<char>(byte);
    kinds.at(byte) = static_cast<std::uint8_t>((is_of_random_word(c) ? kOfWord : 0U) |
                                               (may_begin_a_token(c) ? kOfToken : 0U) |
                                               (may_tell_a_secret(c) ? kTells : 0U));
  }
  return kinds;
}();

// Finds the secrets of a text, in their order. What it decides depends on nothing before the last secret, so
// that it mostly decides the same once that is a placeholder.
class Search {
 public:
  explicit Search(std::string_view text) : text_(text), tokens_(text) {}

  std::vector<Secret> secrets() && {
    while (at_ < text_.size()) step();
    end_word();
    return std::move(found_);
  }

 private:
  void step() {
    if (told_ && at_ == told_->begin) return take(*told_);
    const std::uint8_t kind = kKinds.at(static_cast<unsigned char>(text_[at_]));
    if ((kind & kOfToken) != 0) {
      const auto token = tokens_.token_at(at_, begins_a_word(at_));
      if (token && token->begin == at_) return take(*token);
      if (token && !told_) told_ = token;
    }
    if ((kind & kTells) != 0 && !told_) told_ = told_here();
    if ((kind & kOfWord) == 0 || at_ == slash_) {
      if (end_word()) return;
      word_ = at_ + 1;
      if (text_.substr(at_).starts_with(kAuthority)) begin_authority();
    }
    ++at_;
  }

  // User, password and host are words of their own.
  void begin_authority() {
    word_ = at_ + kAuthority.size();
    slash_ = end_of_authority(text_, word_);
  }

  std::optional<Secret> told_here() {
    auto told = told_secret_at(text_, floor_, at_);
    if (!told) return told;
    const auto token = tokens_.token_at(told->begin, begins_a_word(told->begin));
    if (token && token->begin == told->begin && token->end >= told->end) return std::nullopt;
    return told;
  }

  void take(const Secret& secret) {
    at_ = secret.begin;
    end_word();
    found_.push_back(secret);
    at_ = floor_ = word_ = secret.end;
    if (told_ && told_->begin < at_) told_.reset();
  }

  // Whether the word that ends here is a secret, which is then taken, with its padding.
  bool end_word() {
    if (at_ < word_ + kLeastRandomWord) return false;
    if (!looks_random(text_.substr(word_, at_ - word_), text_.substr(floor_, word_ - floor_))) return false;
    while (at_ < text_.size() && text_[at_] == '=') ++at_;
    found_.push_back({.begin = word_, .end = at_, .placeholder = "[SECRET]"});
    floor_ = word_ = at_;
    return true;
  }

  [[nodiscard]] bool begins_a_word(std::size_t at) const {
    return at == floor_ || !is_word(text_[at - 1]) || ends_a_code(at);
  }

  // Of any code: "ESC[2J".
  [[nodiscard]] bool ends_a_code(std::size_t at) const {
    constexpr std::size_t kLongest = 16;
    const std::string_view before = text_.substr(at - std::min(at, kLongest), std::min(at, kLongest));
    const std::size_t escape = before.rfind(kEscape);
    return escape != std::string_view::npos && before.substr(escape + 1).starts_with('[') &&
           std::ranges::none_of(
               before.substr(escape + 2, before.size() - std::min(before.size(), escape + 3)), is_letter);
  }

  std::string_view text_;
  TokenShapes tokens_;
  std::size_t at_ = 0;
  std::size_t word_ = 0;                        // where the word at `at_` begins
  std::size_t slash_ = std::string_view::npos;  // behind the host of an address
  std::size_t floor_ = 0;                       // the end of the last secret
  std::optional<Secret> told_;                  // of which was told before it begins
  std::vector<Secret> found_;
};

// ---- the text -----------------------------------------------------------------------------

// Writes the text anew: the codes where they were, or behind the placeholder.
class Rewriting {
 public:
  explicit Rewriting(const Uncoloured& text) : words_(text.words()), codes_(text.codes()) {}

  std::string take(const std::vector<Secret>& secrets) && {
    for (const Secret& secret : secrets) {
      keep_to(secret.begin);
      out_ += secret.placeholder;
      drop_to(secret.end);
    }
    keep_to(words_.size());
    return std::move(out_);
  }

 private:
  void keep_to(std::size_t end) {
    for (; code_ < codes_.size() && codes_[code_].at <= end; ++code_) {
      out_ += words_.substr(at_, codes_[code_].at - at_);
      at_ = codes_[code_].at;
      out_ += codes_[code_].text;
    }
    out_ += words_.substr(at_, end - at_);
    at_ = end;
  }
  void drop_to(std::size_t end) {
    for (; code_ < codes_.size() && codes_[code_].at < end; ++code_) out_ += codes_[code_].text;
    at_ = end;
  }

  std::string_view words_;
  const std::vector<Uncoloured::Code>& codes_;
  std::size_t code_ = 0, at_ = 0;
  std::string out_;
};

Redaction redacted_once(std::string_view text) {
  const Uncoloured words{text};
  const std::vector<Secret> secrets = Search{words.words()}.secrets();
  if (secrets.empty()) return {.text = std::string{text}, .count = 0};
  return {.text = Rewriting{words}.take(secrets), .count = secrets.size()};
}

}  // namespace

// Where one secret stood within another, the placeholder of the inner one may let the outer one be seen.
Redaction redaction_of(std::string_view text) {
  constexpr int kMostRounds = 8;
  Redaction all = redacted_once(text);
  std::size_t found = all.count;
  for (int round = 1; found > 0 && round < kMostRounds; ++round) {
    Redaction next = redacted_once(all.text);
    found = next.count;
    all = {.text = std::move(next.text), .count = all.count + found};
  }
  return all;
}

std::string redacted(std::string_view text) {
  return redaction_of(text).text;
}

}  // namespace runneriq::diagnosis
