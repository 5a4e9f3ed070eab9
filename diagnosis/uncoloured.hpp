// A text as it is read: without the codes that colour it and the signs that are not seen. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

// Taken out are colours ("ESC[1;31m"), erasures within the line ("ESC[K"), choices of letters ("ESC(B"), and
// signs without width (U+200B to U+200D, U+2060, U+FEFF, the soft hyphen). The text must outlive it.
class Uncoloured {
 public:
  struct Code {
    std::size_t at;  // the place in words() before which it stood
    std::string_view text;
  };

  explicit Uncoloured(std::string_view text);
  Uncoloured(const Uncoloured&) = delete;
  Uncoloured& operator=(const Uncoloured&) = delete;
  ~Uncoloured() = default;

  [[nodiscard]] std::string_view words() const { return words_; }
  [[nodiscard]] const std::vector<Code>& codes() const { return codes_; }

 private:
  std::string kept_;
  std::string_view words_;
  std::vector<Code> codes_;
};

}  // namespace runneriq::diagnosis
