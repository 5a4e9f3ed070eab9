#include "gitlab/rest/page_trail.hpp"

#include "core/printable.hpp"
#include "gitlab/replies.hpp"

#include <utility>

namespace runneriq::gitlab {

namespace {

bool is_number(std::string_view text) {
  return !text.empty() && text.size() < 10 && text.find_first_not_of("0123456789") == std::string_view::npos;
}

std::string numbered(const std::string& first, std::string_view number) {
  return first + (first.find('?') == std::string::npos ? "?" : "&") + "page=" + std::string(number);
}

}  // namespace

PageTrail::PageTrail(const ApiBase& base, std::string first_path, int most_pages)
    : base_(base), first_(std::move(first_path)), seen_({first_}), most_pages_(most_pages) {}

// A GitLab that is called by another name than its own (a proxy, an inner address) still gives its
// own in links.
Result<std::string> PageTrail::path_of(std::string_view given) const {
  Result<std::string> path = base_.path_within(given);
  const std::string_view list = without_query(first_);
  if (path || !without_query(given).ends_with(list)) return path;
  const std::string_view query = given.substr(without_query(given).size());
  return base_.path_within(base_.address(std::string(list) + std::string(query)));
}

Result<std::optional<std::string>> PageTrail::next(std::string_view link_header,
                                                   std::string_view next_number) {
  const bool by_number = link_header.empty() && is_number(next_number);
  const std::string given = by_number ? numbered(first_, next_number) : next_page(link_header);
  if (given.empty()) return std::optional<std::string>();
  Result<std::string> path = by_number ? Result<std::string>(given) : path_of(given);
  if (!path) return fail(std::move(path.error()));
  return follow(std::move(*path));
}

bool PageTrail::is_numbered() const {
  return first_.find("pagination=keyset") == std::string::npos;
}

Result<std::optional<std::string>> PageTrail::next_by_count() {
  return follow(numbered(first_, std::to_string(seen_.size() + 1)));
}

Result<std::optional<std::string>> PageTrail::follow(std::string path) {
  if (!seen_.insert(path).second) {
    return fail(Errc::corrupt, "the pages go in a circle: " + quoted_text(path));
  }
  if (seen_.size() > static_cast<std::size_t>(most_pages_)) {
    return fail(Errc::corrupt, "more than " + std::to_string(most_pages_) + " pages");
  }
  return std::optional(std::move(path));
}

}  // namespace runneriq::gitlab
