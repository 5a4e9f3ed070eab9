#include "config/configuration.hpp"
#include "core/edit_distance.hpp"

#include <algorithm>

namespace runneriq::config {
namespace {

std::size_t allowed_edits(std::string_view a, std::string_view b) {
  const std::size_t shorter = std::min(a.size(), b.size());
  // Two edits make any word of one or two letters of any other.
  return std::min(std::max<std::size_t>(2, shorter / 3), shorter == 0 ? 0 : shorter - 1);
}

}  // namespace

std::string_view nearest(std::string_view word, std::span<const std::string_view> known) {
  std::string_view best;
  std::size_t fewest = std::string_view::npos;
  for (const std::string_view candidate : known) {
    const std::size_t allowed = allowed_edits(word, candidate);
    const std::size_t longer = std::max(word.size(), candidate.size());
    if (longer - std::min(word.size(), candidate.size()) > allowed) continue;
    const std::size_t edits = edit_distance(word, candidate);
    if (edits > allowed || edits >= fewest) continue;
    best = candidate;
    fewest = edits;
  }
  return best;
}

}  // namespace runneriq::config
