#include "diagnosis/known_secrets.hpp"

#include "diagnosis/characters.hpp"
#include "diagnosis/secret_dictionary.hpp"
#include "diagnosis/written_bytes.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>
#include <vector>

namespace runneriq::diagnosis {
namespace {

constexpr std::size_t kBytes = 256;
constexpr std::size_t kMostBytes = std::size_t{1} << 20;  // of all values; further ones are left out
constexpr std::size_t kStart = SecretForm::kLeast;        // bytes of a form that are looked for first
constexpr std::string_view kPlaceholder = "[MASKED]";     // GitLab's own

// Placeholders: what stands in one would be found again and again.
constexpr std::string_view kNeverFound =
    "[MASKED] [PASSWORD] [SECRET] [PRIVATE-KEY] [SIGNATURE] [BASIC-AUTH] [EMAIL] [PHONE] [GITLAB-TOKEN] "
    "[GITHUB-TOKEN] [API-TOKEN] [AWS-KEY]";

// ---- the search ---------------------------------------------------------------------------

constexpr std::uint8_t kOfHexadecimal = 0x80;
constexpr std::uint8_t flag_of(Writing writing) {
  return static_cast<std::uint8_t>(1U << static_cast<unsigned>(writing));
}

// The writings of which a sign may begin with the byte.
const std::array<std::uint8_t, kBytes> kKinds = [] {
  std::array<std::uint8_t, kBytes> kinds{};
  for (std::size_t byte = 0; byte < kBytes; ++byte) {
    const char c = static_cast<char>(byte);
    unsigned kind = is_hex_digit(c) ? kOfHexadecimal : 0U;
    for (const Writing writing : kWritings) kind |= may_begin(writing, c) ? flag_of(writing) : 0U;
    kinds.at(byte) = static_cast<std::uint8_t>(kind);
  }
  return kinds;
}();

std::uint8_t kind_of(char c) {
  return kKinds[static_cast<unsigned char>(c)];
}

bool is_base64(char c) {
  return is_word(c) || c == '+' || c == '/' || c == '-';
}

// Reads the bytes that a text stands for.
class Decoded {
 public:
  Decoded(std::string_view text, std::size_t begin, Writing writing)
      : text_(text), at_(begin), writing_(writing) {}

  // As many bytes as asked for, if there are as many.
  std::string_view first(std::size_t count) {
    while (size_ < count && at_ < text_.size()) {
      const Written written = written_at(text_, at_, writing_);
      if (written.length == 0) break;
      at_ += written.length;
      for (std::size_t i = 0; i < written.count; ++i, ++size_) {
        bytes_.at(size_) = written.bytes.at(i);
        ends_.at(size_) = at_;
      }
    }
    return {bytes_.data(), std::min(size_, count)};
  }
  // Where the sign of the last of the first `count` bytes ends.
  [[nodiscard]] std::size_t end_of(std::size_t count) const { return ends_.at(count - 1); }

 private:
  static constexpr std::size_t kRoom = SecretForm::kMost + 4;
  std::string_view text_;
  std::size_t at_, size_ = 0;
  Writing writing_;
  std::array<char, kRoom> bytes_;        // NOLINT(cppcoreguidelines-pro-type-member-init)
  std::array<std::size_t, kRoom> ends_;  // NOLINT(cppcoreguidelines-pro-type-member-init)
};

}  // namespace

struct KnownSecrets::Forms {
  explicit Forms(std::vector<SecretForm> forms) : dictionary(std::move(forms)), starts(dictionary) {}

  [[nodiscard]] std::optional<Secret> next(std::string_view text, std::size_t from) const;

  Dictionary dictionary;
  FormStarts starts;
  std::size_t longest = 0;

 private:
  struct Match {
    const SecretForm* form = nullptr;
    std::size_t end = 0;
  };
  static Secret found(std::string_view text, std::size_t from, std::size_t at, Match match);
  [[nodiscard]] unsigned signs_near(std::string_view text, std::size_t at, std::uint32_t kinds) const;
  [[nodiscard]] unsigned digits_at(std::string_view text, std::size_t at) const;
  [[nodiscard]] Match plain(std::string_view text, std::size_t at, unsigned& writings) const;
  [[nodiscard]] Match written(std::string_view text, std::size_t at, Writing writing) const;
  [[nodiscard]] Match longest_at(std::string_view text, std::size_t at, unsigned writings) const;
};

// Adds the writings that may let more of the text agree.
KnownSecrets::Forms::Match KnownSecrets::Forms::plain(std::string_view text, std::size_t at,
                                                      unsigned& writings) const {
  const auto [form, agreed] = dictionary.longest_of(text.substr(at, SecretForm::kMost));
  for (const char c : text.substr(at, agreed + 1)) writings |= kind_of(c) & ~unsigned{kOfHexadecimal};
  return {.form = form, .end = form == nullptr ? 0 : at + form->text.size()};
}

KnownSecrets::Forms::Match KnownSecrets::Forms::written(std::string_view text, std::size_t at,
                                                        Writing writing) const {
  if (writing == Writing::wrapped && written_at(text, at, writing).count == 0) return {};
  Decoded decoded{text, at, writing};
  const std::string_view start = decoded.first(kStart);
  if (start.size() < kStart || !starts.has(start.data())) return {};
  const SecretForm* const form = dictionary.longest_of(decoded.first(SecretForm::kMost)).form;
  return {.form = form, .end = form == nullptr ? 0 : decoded.end_of(form->text.size())};
}

KnownSecrets::Forms::Match KnownSecrets::Forms::longest_at(std::string_view text, std::size_t at,
                                                           unsigned writings) const {
  Match best;
  if (starts.has(text.data() + at)) best = plain(text, at, writings);
  if (writings == 0) return best;
  for (const Writing writing : kWritings) {
    if ((writings & flag_of(writing)) == 0) continue;
    const Match match = written(text, at, writing);
    if (match.form != nullptr && match.end > best.end) best = match;
  }
  return best;
}

// With the signs of base64 of which it has a part, and the padding.
Secret KnownSecrets::Forms::found(std::string_view text, std::size_t from, std::size_t at, Match match) {
  constexpr std::size_t kMostPadding = 2;
  Secret secret{.begin = at, .end = match.end, .placeholder = kPlaceholder};
  if (match.form->shares_first && at > from && is_base64(text[at - 1])) --secret.begin;
  const auto next_is = [&](auto fits) { return secret.end < text.size() && fits(text[secret.end]); };
  if (match.form->shares_last && next_is(is_base64)) ++secret.end;
  for (std::size_t i = 0; match.form->base64 && i < kMostPadding; ++i)
    secret.end += next_is([](char c) { return c == '='; }) ? 1 : 0;
  return secret;
}

// The writings with a sign in the four bytes at `at`, unless the two bytes before it begin no form.
unsigned KnownSecrets::Forms::signs_near(std::string_view text, std::size_t at, std::uint32_t kinds) const {
  constexpr std::uint32_t kAny = 0x7F7F7F7F, kFirstTwo = 0x7F7F0000;
  constexpr unsigned kByte = 8;
  kinds &= kAny;
  if (kinds == 0 || ((kinds & kFirstTwo) == 0 && !starts.has_pair(text[at], text[at + 1]))) return 0;
  return (kinds | kinds >> kByte | kinds >> 2 * kByte | kinds >> 3 * kByte) & 0x7FU;
}

// Hexadecimal digits at `at`, unless the two bytes that they stand for begin no form.
unsigned KnownSecrets::Forms::digits_at(std::string_view text, std::size_t at) const {
  const Written first = written_at(text, at, Writing::hexadecimal);
  if (first.count == 0 || at + first.length >= text.size()) return 0;
  const Written second = written_at(text, at + first.length, Writing::hexadecimal);
  const bool fits = second.count == 1 && starts.has_pair(first.bytes.front(), second.bytes.front());
  return fits ? flag_of(Writing::hexadecimal) : 0U;
}

std::optional<Secret> KnownSecrets::Forms::next(std::string_view text, std::size_t from) const {
  constexpr std::uint32_t kAnyWriting = 0x7F7F7F7F, kTwoDigits = 0x80800000;
  constexpr unsigned kByte = 8;
  if (starts.empty()) return std::nullopt;
  std::uint32_t kinds = 0;  // of the four bytes at `at`, the first on top
  for (std::size_t i = from; i < text.size() && i < from + kStart - 1; ++i)
    kinds = kinds << kByte | kind_of(text[i]);
  for (std::size_t at = from; at + kStart <= text.size(); ++at) {
    kinds = kinds << kByte | kind_of(text[at + kStart - 1]);
    const bool digits = (kinds & kTwoDigits) == kTwoDigits;
    if ((kinds & kAnyWriting) == 0 && !digits && !starts.has(text.data() + at)) continue;
    const unsigned writings = signs_near(text, at, kinds) | (digits ? digits_at(text, at) : 0U);
    if (writings == 0 && !starts.has(text.data() + at)) continue;
    const Match match = longest_at(text, at, writings);
    if (match.form != nullptr) return found(text, from, at, match);
  }
  return std::nullopt;
}

KnownSecrets::KnownSecrets(std::span<const std::string> values) {
  std::vector<SecretForm> forms;
  std::size_t count = 0, bytes = 0, most = 0;
  for (const std::string& value : values) {
    if (value.size() < kLeast) continue;
    if (count == kMost || bytes + value.size() > kMostBytes) break;
    append_forms(value, kLeast, forms);
    ++count;
    bytes += value.size();
    most = std::max(most, value.size());
  }
  std::erase_if(forms,
                [](const SecretForm& form) { return kNeverFound.find(form.text) != std::string_view::npos; });
  constexpr std::size_t kLongestSign = 8;  // "&#x0041;"
  forms_ = std::make_unique<Forms>(std::move(forms));
  forms_->longest = most * kLongestSign;
}
KnownSecrets::~KnownSecrets() = default;
KnownSecrets::KnownSecrets(KnownSecrets&&) noexcept = default;
KnownSecrets& KnownSecrets::operator=(KnownSecrets&&) noexcept = default;

std::optional<Secret> KnownSecrets::next(std::string_view text, std::size_t from) const {
  return forms_->next(text, from);
}

std::size_t KnownSecrets::longest() const {
  return forms_->longest;
}

}  // namespace runneriq::diagnosis
