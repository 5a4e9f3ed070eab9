// Base64 with its standard alphabet and padding (RFC 4648, section 4).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace runneriq::platform {

std::string to_base64(std::string_view bytes);

// None for what to_base64() would not have made: other characters, blanks, missing padding, stray bits.
std::optional<std::string> from_base64(std::string_view text);

}  // namespace runneriq::platform
