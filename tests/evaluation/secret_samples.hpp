// Secrets made by chance in the shapes that their issuers document, to be planted into texts.
#pragma once

#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::evaluation {

// A shape of a token is written with its fixed parts as they are, and "{h32}" for 32 letters made by chance:
// h hexadecimal, H the same in capitals, w of words (letters, digits, '-', '_'), n letters and digits,
// l small letters and digits, c capitals and digits, d digits, b base64.
struct SampleShape {
  std::string_view issuer, shape;
};
const std::vector<SampleShape>& sample_shapes();

// Told ones: "…@…", with the shape of the value for '@'.
const std::vector<SampleShape>& told_shapes();

class SampleMaker {
 public:
  explicit SampleMaker(std::uint32_t seed) : random_(seed) {}
  std::string made(std::string_view shape);
  std::string letters(std::string_view of, std::size_t count);
  std::size_t below(std::size_t bound);

 private:
  std::mt19937 random_;
};

}  // namespace runneriq::evaluation
