// How one shows to know a secret. Apart from digest.hpp, which the executor links without the rest of
// OpenSSL.
#pragma once

#include <string>
#include <string_view>

namespace runneriq::platform {

// HMAC-SHA256 (RFC 2104): 32 raw bytes.
std::string hmac_sha256(std::string_view key, std::string_view bytes);

// Whether both are the same, in a time that depends on their lengths only: for tokens and signatures.
bool same_in_constant_time(std::string_view a, std::string_view b);

}  // namespace runneriq::platform
