#include "platform/digest.hpp"

#include <openssl/sha.h>

#include <array>

namespace runneriq::platform {

std::string sha256_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  ::SHA256(reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size(), digest.data());
  std::string text;
  for (const unsigned char each : digest) {
    text += kDigits[each >> 4];
    text += kDigits[each & 15];
  }
  return text;
}

}  // namespace runneriq::platform
