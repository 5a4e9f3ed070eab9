#include "diagnosis/secret_search.hpp"

#include "diagnosis/characters.hpp"
#include "diagnosis/random_word.hpp"
#include "diagnosis/token_shapes.hpp"
#include "diagnosis/told_secret.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <optional>
#include <utility>

namespace runneriq::diagnosis {
namespace {

constexpr char kEscape = '\x1B';
constexpr std::string_view kAuthority = "://";
constexpr std::uint8_t kOfWord = 1, kTells = 2;

const std::array<std::uint8_t, 256> kKinds = [] {
  std::array<std::uint8_t, 256> kinds{};
  for (std::size_t byte = 0; byte < kinds.size(); ++byte) {
    const char c = static_cast<char>(byte);
    kinds.at(byte) = static_cast<std::uint8_t>((is_of_random_word(c) ? kOfWord : 0U) |
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
    while (at_ < text_.size()) {
      skip();
      if (at_ < text_.size()) step();
    }
    end_word();
    return std::move(found_);
  }

 private:
  // Goes on to where there may be something: most bytes are neither the begin nor the end of anything.
  void skip() {
    const std::size_t slash = slash_ < at_ ? text_.size() : slash_;
    const std::size_t limit = std::min({text_.size(), slash, told_ ? told_->begin : text_.size()});
    for (; at_ < limit && !starts_.may_begin(text_, at_); ++at_) {
      const std::uint8_t kind = kKinds[static_cast<unsigned char>(text_[at_])];
      if ((kind & kTells) != 0) break;
      if ((kind & kOfWord) != 0) continue;
      if (at_ >= word_ + kLeastRandomWord) break;
      word_ = at_ + 1;
    }
  }

  void step() {
    if (told_ && at_ == told_->begin) return take(*told_);
    const std::uint8_t kind = kKinds.at(static_cast<unsigned char>(text_[at_]));
    if (starts_.may_begin(text_, at_)) {
      const auto token = tokens_.token_at(at_, begins_a_word(at_), floor_);
      if (token && token->begin <= at_) return take(*token);
      if (token && !told_) told_ = unless_a_token(*token);
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
    const auto told = told_secret_at(text_, floor_, at_);
    return told ? unless_a_token(*told) : told;
  }

  // The token names the more exact kind; a private key is told behind its dashes.
  std::optional<Secret> unless_a_token(const Secret& told) {
    constexpr std::size_t kDashes = 5;
    for (const std::size_t at : {told.begin, told.begin + kDashes}) {
      if (!starts_.may_begin(text_, at)) continue;
      const auto token = tokens_.token_at(at, begins_a_word(at), floor_);
      if (token && token->begin == told.begin && token->end >= told.end) return std::nullopt;
    }
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
  const TokenStarts& starts_ = token_starts();
  std::size_t at_ = 0;
  std::size_t word_ = 0;                        // where the word at `at_` begins
  std::size_t slash_ = std::string_view::npos;  // behind the host of an address
  std::size_t floor_ = 0;                       // the end of the last secret
  std::optional<Secret> told_;                  // of which was told before it begins
  std::vector<Secret> found_;
};

}  // namespace

std::vector<Secret> secrets_in(std::string_view text) {
  return Search{text}.secrets();
}

}  // namespace runneriq::diagnosis
