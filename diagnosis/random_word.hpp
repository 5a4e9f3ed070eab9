// Whether a word looks as if chance had made it: a key of which nothing else is known. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace runneriq::diagnosis {

inline constexpr std::size_t kLeastRandomWord = 32;  // bytes

// Letters of base64 without its padding, of base64url, of names.
bool is_of_random_word(char c);

// Of a whole word of such letters, and what stands before it in its line (at most 16 bytes are read). It is
// random when it mixes small letters, capitals and digits, in turn and evenly, as base64 does, or small
// letters and digits without any sign between, as identifiers in base 36 do. Never: digits of hexadecimal
// numbers alone (commits, digests, UUIDs), a digest with its name before it ("sha512-…", "SHA256:…", "h1:…"),
// a public SSH key, names of words, paths.
bool looks_random(std::string_view word, std::string_view before);

}  // namespace runneriq::diagnosis
