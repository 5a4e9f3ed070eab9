// The way through the pages of a list: where the next one is, and that the way is sound.
#pragma once

#include "core/result.hpp"
#include "gitlab/rest/address.hpp"

#include <optional>
#include <set>
#include <string>
#include <string_view>

namespace runneriq::gitlab {

class PageTrail {
 public:
  PageTrail(const ApiBase& base, std::string first_path, int most_pages);

  // The path of the next page by the Link header of the last one, or where there is none by its
  // X-Next-Page; none = that was the last. It is asked for at our own address of GitLab, whatever name
  // GitLab believes to have. Error: invalid_argument for a way out of this GitLab, corrupt for a loop
  // and for too many pages.
  [[nodiscard]] Result<std::optional<std::string>> next(std::string_view link_header,
                                                        std::string_view next_number = {});
  // Whether its pages have numbers. Of the others the last one says nothing of paging.
  [[nodiscard]] bool is_numbered() const;
  // Of a full page with a number that says nothing of paging, as behind a proxy that strips the headers: the
  // page with the next number. Errors as above.
  [[nodiscard]] Result<std::optional<std::string>> next_by_count();

 private:
  [[nodiscard]] Result<std::optional<std::string>> follow(std::string path);
  [[nodiscard]] Result<std::string> path_of(std::string_view given) const;

  const ApiBase& base_;
  std::string first_;
  std::set<std::string> seen_;
  int most_pages_;
};

}  // namespace runneriq::gitlab
