#include "executor/host_facts.hpp"

namespace runneriq::executor {

std::vector<std::string> controller_names(std::string_view text) {
  constexpr std::string_view kSeparators = " ,\n";
  std::vector<std::string> names;
  while (true) {
    const std::size_t begin = text.find_first_not_of(kSeparators);
    if (begin == std::string_view::npos) return names;
    text.remove_prefix(begin);
    const std::size_t end = text.find_first_of(kSeparators);
    names.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return names;
    text.remove_prefix(end);
  }
}

}  // namespace runneriq::executor
