// Private keys in PEM (RFC 7468) as they stand in logs: with time stamps before their lines, in one line with
// "\n" between, cut off; and those of PuTTY and of SSH2 (RFC 4716). Pure.
#pragma once

#include "diagnosis/secret.hpp"

#include <array>
#include <cstddef>
#include <optional>
#include <string_view>

namespace runneriq::diagnosis {

// What private_key_at() is to be asked for.
inline constexpr std::array<std::string_view, 2> kPrivateKeyStarts{"BEGIN ", "Private-Lines: "};

// The key whose "-----BEGIN … PRIVATE KEY-----" has its "BEGIN" at `at` and begins at or behind `floor`, or
// whose "Private-Lines: 8" begins at `at`: up to its END line, or where that is missing to the end of its
// base64. Without any base64 it is none. Linear when asked for each place of a text in turn.
std::optional<Secret> private_key_at(std::string_view text, std::size_t at, std::size_t floor);

}  // namespace runneriq::diagnosis
