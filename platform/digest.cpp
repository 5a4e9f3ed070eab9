#include "platform/digest.hpp"

// The old functions: the new ones bring the whole of libcrypto, 4 MB, into the static executor.
#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#include <array>

namespace runneriq::platform {

std::string sha256_hex(std::string_view bytes) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::array<unsigned char, SHA256_DIGEST_LENGTH> digest{};
  SHA256_CTX context;
  ::SHA256_Init(&context);
  ::SHA256_Update(&context, bytes.data(), bytes.size());
  ::SHA256_Final(digest.data(), &context);
  std::string text;
  for (const unsigned char each : digest) {
    text += kDigits[each >> 4];
    text += kDigits[each & 15];
  }
  return text;
}

}  // namespace runneriq::platform
