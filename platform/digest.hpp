// Message digests. The only place that knows OpenSSL's.
#pragma once

#include <string>
#include <string_view>

namespace runneriq::platform {

// 64 lower-case hexadecimal digits.
std::string sha256_hex(std::string_view bytes);

}  // namespace runneriq::platform
