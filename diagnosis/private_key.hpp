// Private keys in PEM (RFC 7468) as they stand in logs: with time stamps before their lines, in one line with
// "\n" between, cut off. Pure.
#pragma once

#include "diagnosis/secret.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace runneriq::diagnosis {

// The key whose "-----BEGIN … PRIVATE KEY-----" begins at `at`: up to its END line, or where that is missing
// to the end of its base64. Without any base64 it is none. Linear when asked for each place of a text in
// turn.
std::optional<Secret> private_key_at(std::string_view text, std::size_t at);

}  // namespace runneriq::diagnosis
