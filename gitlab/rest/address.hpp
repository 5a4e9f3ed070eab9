// Addresses of one GitLab's API: made from parts, and checked when GitLab names them itself.
#pragma once

#include "core/result.hpp"

#include <string>
#include <string_view>

namespace runneriq::gitlab {

// "https://gitlab.example.com/path" in front of everything that is asked.
class ApiBase {
 public:
  explicit ApiBase(std::string_view gitlab_url);

  // `path` begins with "/api/".
  [[nodiscard]] std::string address(std::string_view path) const { return url_ + std::string(path); }
  // The path ("/api/v4/…", with its query) of an address that GitLab gave, absolute or beginning
  // with '/'. Error: invalid_argument when it is no address of this GitLab's REST API.
  [[nodiscard]] Result<std::string> path_within(std::string_view given) const;
  [[nodiscard]] const std::string& url() const { return url_; }

 private:
  std::string url_;  // without a slash at the end
};

// A path without its query, for people.
std::string_view without_query(std::string_view path);

}  // namespace runneriq::gitlab
