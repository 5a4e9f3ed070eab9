// Secrets that are known by the word before them: values of "password=", "token: ", of the header
// "Authorization", of addresses with a password. Pure.
#pragma once

#include "diagnosis/secret.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace runneriq::diagnosis {

// Whether a value may follow the byte.
constexpr bool may_tell_a_secret(char c) {
  return c == '=' || c == ':';
}

// The value of which the byte `at`, one of the above, tells, without its quotes. None: no name of a secret
// stands before it (it is looked for from `from` on), or the value shows none: "***", "$TOKEN", "<password>",
// "[MASKED]", a word in a sentence. Reads a bounded part before `at`;
// behind it 256 bytes and the word in which they end, or an address to its first slash.
std::optional<Secret> told_secret_at(std::string_view text, std::size_t from, std::size_t at);

// The word at `at`, behind blanks and without its quotes, that is surely a password.
std::optional<Secret> told_word(std::string_view text, std::size_t at);

// The value at `at`, behind blanks, of an option or an entry with this name: "--password VALUE". None, too:
// it has neither a sign nor a letter and a digit, as the words of a usage have not.
std::optional<Secret> told_by_name(std::string_view text, std::string_view name, std::size_t at);

// Where the user, password and host of an address end, whose "//" is before `begin`.
std::size_t end_of_authority(std::string_view text, std::size_t begin);

}  // namespace runneriq::diagnosis
