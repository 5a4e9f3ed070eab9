// The texts by which a known secret is found: itself and its base64, in pieces of a bounded length. Pure.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

// The encodings of single bytes (percent, escapes, …) are no forms of their own: a text is decoded for them.
struct SecretForm {
  static constexpr std::size_t kLeast = 4;   // bytes
  static constexpr std::size_t kMost = 255;  // bytes; longer texts are cut into forms that follow each other
  std::string text{};
  // Base64 that begins or ends amid a sign, of which the secret has a part of the bits.
  bool shares_first = false, shares_last = false;
  bool base64 = false;
};

// All forms of one value, of its lines, and of the value without line ends; in no order, some twice. None of
// those that are shorter than `least` bytes.
void append_forms(std::string_view value, std::size_t least, std::vector<SecretForm>& forms);

}  // namespace runneriq::diagnosis
