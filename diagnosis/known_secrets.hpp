// Secrets whose values are known (masked variables), in whatever form a log shows them. Pure.
#pragma once

#include "diagnosis/secret.hpp"

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace runneriq::diagnosis {

// Found are the values themselves and their encodings: base64 and base64url (at each of the three alignments
// within a longer text, with and without padding), percent-encoding (either case of its digits, all bytes or
// only those that must), hexadecimal (either case, with ':' or blanks between), escapes of JSON (\uXXXX, too)
// and of C and shells ($'…'), HTML entities, reversed never; and base64
// and the value itself where lines were wrapped within them. Of a value of several lines each line
// is one, too. Not found: what was encoded twice (but for base64 within another encoding), other cases of
// letters, hexadecimal dumps with a column of text. Values shorter than kLeast bytes are left out: they would
// be found everywhere; so are words of which placeholders are made, and what is beyond 1 MiB in all.
class KnownSecrets {
 public:
  static constexpr std::size_t kLeast = 6;     // bytes
  static constexpr std::size_t kMost = 1'000;  // values; further ones are left out
  explicit KnownSecrets(std::span<const std::string> values);
  ~KnownSecrets();
  KnownSecrets(KnownSecrets&&) noexcept;
  KnownSecrets& operator=(KnownSecrets&&) noexcept;
  // The first that begins at or behind `from`, the longest there. Linear when asked for each in turn.
  [[nodiscard]] std::optional<Secret> next(std::string_view text, std::size_t from) const;
  [[nodiscard]] std::size_t longest() const;  // bytes of the longest form

 private:
  struct Forms;
  std::unique_ptr<Forms> forms_;
};

}  // namespace runneriq::diagnosis
