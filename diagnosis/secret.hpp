// Where a secret stands in a text, and what is written in its place. Pure.
#pragma once

#include <cstddef>
#include <string_view>

namespace runneriq::diagnosis {

struct Secret {
  std::size_t begin = 0, end = 0;  // bytes of the text; [begin, end)
  std::string_view placeholder{};  // "[PASSWORD]"
};

}  // namespace runneriq::diagnosis
