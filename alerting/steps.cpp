#include "alerting/steps.hpp"

#include <algorithm>

namespace runneriq::alerting {
namespace {

constexpr char kEnd = '\x1e';

}  // namespace

void Steps::add(Stage stage, std::string_view words) {
  const std::size_t start = kept_.size() + 1;
  kept_.reserve(start + words.size() + 1);
  kept_ += static_cast<char>('0' + static_cast<int>(stage));
  kept_ += words;
  std::replace(kept_.begin() + static_cast<std::ptrdiff_t>(start), kept_.end(), kEnd, ' ');
  kept_ += kEnd;
}

std::vector<Step> Steps::all() const {
  std::vector<Step> steps;
  std::string_view rest = kept_;
  while (!rest.empty()) {
    const std::size_t end = std::min(rest.find(kEnd), rest.size());
    const int stage = std::clamp(rest.front() - '0', 0, static_cast<int>(Stage::routing));
    steps.push_back({static_cast<Stage>(stage), std::string(rest.substr(1, end - 1))});
    rest.remove_prefix(std::min(end + 1, rest.size()));
  }
  return steps;
}

}  // namespace runneriq::alerting
