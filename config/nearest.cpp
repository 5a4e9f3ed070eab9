#include "config/configuration.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::config {
namespace {

// The optimal string alignment distance.
std::size_t edits_between(std::string_view a, std::string_view b) {
  std::vector<std::size_t> before_last;
  std::vector<std::size_t> last(b.size() + 1);
  for (std::size_t column = 0; column <= b.size(); ++column) last[column] = column;
  for (std::size_t i = 1; i <= a.size(); ++i) {
    std::vector<std::size_t> row(b.size() + 1, i);
    for (std::size_t j = 1; j <= b.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    before_last = std::exchange(last, std::move(row));
  }
  return last.back();
}

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
    const std::size_t edits = edits_between(word, candidate);
    if (edits > allowed || edits >= fewest) continue;
    best = candidate;
    fewest = edits;
  }
  return best;
}

}  // namespace runneriq::config
