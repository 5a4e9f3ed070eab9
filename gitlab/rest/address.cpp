#include "gitlab/rest/address.hpp"

#include "core/lower_case.hpp"
#include "core/printable.hpp"

#include <algorithm>
#include <optional>

namespace runneriq::gitlab {
namespace {

constexpr std::string_view kRestApi = "/api/v4/";

struct Parts {
  std::string origin;  // "https://host:port", lower case, the scheme's own port left out
  std::string_view rest;
};

std::string without_own_port(std::string origin) {
  for (const auto& [scheme, port] : {std::pair{"https://", ":443"}, std::pair{"http://", ":80"}}) {
    if (origin.starts_with(scheme) && origin.ends_with(port)) {
      origin.resize(origin.size() - std::string_view(port).size());
    }
  }
  return origin;
}

Parts split(std::string_view url) {
  const std::size_t scheme = url.find("://");
  const std::size_t path = scheme == url.npos ? url.npos : url.find_first_of("/?#", scheme + 3);
  std::string origin(url.substr(0, path));
  std::ranges::transform(origin, origin.begin(), [](char c) { return lower_case(c); });
  return {without_own_port(std::move(origin)), path == url.npos ? "" : url.substr(path)};
}

bool is_plain(std::string_view path) {
  return std::ranges::all_of(path, [](char c) { return c > ' ' && c < 0x7f && c != '#' && c != '\\'; });
}

// A segment "..", also an encoded one, would lead out of the API.
bool climbs(std::string_view path) {
  std::string plain(without_query(path));
  std::ranges::transform(plain, plain.begin(), [](char c) { return lower_case(c); });
  for (std::size_t at = plain.find("%2e"); at != plain.npos; at = plain.find("%2e", at))
    plain.replace(at, 3, ".");
  return plain.find("/../") != plain.npos || plain.ends_with("/..");
}

}  // namespace

ApiBase::ApiBase(std::string_view gitlab_url) : url_(gitlab_url) {
  while (url_.ends_with('/')) url_.pop_back();
}

Result<std::string> ApiBase::path_within(std::string_view given) const {
  const Parts ours = split(url_);
  const Parts theirs =
      given.starts_with('/') && !given.starts_with("//") ? Parts{ours.origin, given} : split(given);
  std::string_view path = theirs.rest;
  const bool here = theirs.origin == ours.origin && path.starts_with(ours.rest);
  if (here) path.remove_prefix(ours.rest.size());
  if (!here || !path.starts_with(kRestApi) || !is_plain(path) || climbs(path)) {
    return fail(Errc::invalid_argument, "the next page is not at this GitLab: " + quoted_text(given));
  }
  return std::string(path);
}

std::string_view without_query(std::string_view path) {
  return path.substr(0, path.find('?'));
}

}  // namespace runneriq::gitlab
