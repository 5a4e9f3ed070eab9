#include "platform/keyed_digest.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <openssl/sha.h>

#include <array>

namespace runneriq::platform {
namespace {

using Digest = std::array<unsigned char, SHA256_DIGEST_LENGTH>;

const unsigned char* bytes_of(std::string_view text) {
  return reinterpret_cast<const unsigned char*>(text.data());
}

Digest sha256(std::string_view bytes) {
  Digest digest{};
  ::SHA256(bytes_of(bytes), bytes.size(), digest.data());
  return digest;
}

}  // namespace

std::string hmac_sha256(std::string_view key, std::string_view bytes) {
  Digest digest{};
  unsigned int length = 0;
  // OpenSSL takes no key at all for "the key of before".
  const std::string_view some_key = key.empty() ? std::string_view("") : key;
  ::HMAC(::EVP_sha256(), some_key.data(), static_cast<int>(some_key.size()), bytes_of(bytes), bytes.size(),
         digest.data(), &length);
  return {digest.begin(), digest.begin() + length};
}

bool same_in_constant_time(std::string_view a, std::string_view b) {
  const Digest of_a = sha256(a), of_b = sha256(b);
  return ::CRYPTO_memcmp(of_a.data(), of_b.data(), of_a.size()) == 0;
}

}  // namespace runneriq::platform
