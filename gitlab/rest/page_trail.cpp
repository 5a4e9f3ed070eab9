#include "gitlab/rest/page_trail.hpp"

#include "core/printable.hpp"
#include "gitlab/replies.hpp"

#include <utility>

namespace runneriq::gitlab {

PageTrail::PageTrail(const ApiBase& base, std::string first_path, int most_pages)
    : base_(base), seen_({std::move(first_path)}), most_pages_(most_pages) {}

Result<std::optional<std::string>> PageTrail::next(std::string_view link_header) {
  const std::string given = next_page(link_header);
  if (given.empty()) return std::optional<std::string>();
  Result<std::string> path = base_.path_within(given);
  if (!path) return fail(std::move(path.error()));
  if (!seen_.insert(*path).second) {
    return fail(Errc::corrupt, "the pages go in a circle: " + quoted_text(given));
  }
  if (seen_.size() > static_cast<std::size_t>(most_pages_)) {
    return fail(Errc::corrupt, "more than " + std::to_string(most_pages_) + " pages");
  }
  return std::optional(std::move(*path));
}

}  // namespace runneriq::gitlab
