#include "diagnosis/time_stamp.hpp"

#include "diagnosis/characters.hpp"

#include <algorithm>

namespace runneriq::diagnosis {

std::size_t length_of_time_stamp(std::string_view text) {
  constexpr std::string_view kTime = "9999-99-99T99:99:99";
  constexpr std::size_t kStream = 3;
  const bool time = text.size() > kTime.size() &&
                    std::equal(kTime.begin(), kTime.end(), text.begin(),
                               [](char wanted, char c) { return wanted == '9' ? is_digit(c) : wanted == c; });
  if (!time) return 0;
  std::size_t length = std::min(text.find_first_not_of(".0123456789Z", kTime.size()), text.size());
  const std::string_view stream = text.substr(length).substr(0, kStream + 1);
  if (stream.size() > kStream && stream[0] == ' ' && is_digit(stream[1]) &&
      (stream[3] == 'O' || stream[3] == 'E'))
    length += kStream + 1;
  return length;
}

}  // namespace runneriq::diagnosis
