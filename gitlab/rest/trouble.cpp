#include "gitlab/rest/trouble.hpp"

#include "core/printable.hpp"
#include "gitlab/replies.hpp"

#include <array>
#include <utility>

namespace runneriq::gitlab {
namespace {

constexpr std::size_t kLongestPlace = 200;

bool is_redirect(int status) {
  return status >= 300 && status < 400;
}

std::string_view reason(int status) {
  constexpr std::array<std::pair<int, std::string_view>, 16> kReasons{{
      {301, "Moved Permanently"},
      {302, "Found"},
      {307, "Temporary Redirect"},
      {308, "Permanent Redirect"},
      {400, "Bad Request"},
      {401, "Unauthorized"},
      {403, "Forbidden"},
      {404, "Not Found"},
      {405, "Method Not Allowed"},
      {408, "Request Timeout"},
      {422, "Unprocessable Content"},
      {429, "Too Many Requests"},
      {500, "Internal Server Error"},
      {502, "Bad Gateway"},
      {503, "Service Unavailable"},
      {504, "Gateway Timeout"},
  }};
  for (const auto& [known, text] : kReasons) {
    if (known == status) return text;
  }
  return "";
}

Errc kind_of(int status) {
  if (status == 401 || status == 403) return Errc::permission;
  if (status == 404) return Errc::not_found;
  if (status == 408) return Errc::timed_out;
  return status == 429 || status >= 500 ? Errc::unavailable : Errc::invalid_argument;
}

// GitLab often repeats the status in its message: "403 Forbidden - No access granted".
std::string status_line(const platform::HttpReply& reply) {
  const std::string number = std::to_string(reply.status);
  const std::string words = error_words(reply.body);
  if (words.starts_with(number)) return words;
  std::string line = number;
  if (const std::string_view text = reason(reply.status); !text.empty()) line += " " + std::string(text);
  if (const std::string_view place = reply.header("location"); is_redirect(reply.status) && !place.empty())
    return line + " to " + printable(place, kLongestPlace);
  if (!words.empty() && words != reason(reply.status)) line += ": " + words;
  return line;
}

std::string remedy(const Trouble& trouble, std::string_view url) {
  if (trouble.status == 401) return "check the token: it is wrong, expired, revoked or of another GitLab";
  if (trouble.status == 403) {
    return "the token needs the scope read_api, and its user the role Maintainer in the project or Owner of "
           "the group";
  }
  if (trouble.status == 404) {
    return "check gitlab.url (" + std::string(url) +
           "), gitlab.project and gitlab.group, and that the token may see them";
  }
  if (trouble.error.code == Errc::permission)
    return "name the certificate authority's PEM file in gitlab.ca_file";
  if (trouble.error.code == Errc::corrupt || is_redirect(trouble.status)) {
    return "check gitlab.url: this is no GitLab API at " + std::string(url);
  }
  if (trouble.status == 0) return "check gitlab.url (" + std::string(url) + "), the network and the proxy";
  return "";
}

}  // namespace

Error error_of(std::string_view title, const platform::HttpReply& reply) {
  return {kind_of(reply.status), std::string(title) + ": " + status_line(reply)};
}

Error with_remedy(Trouble trouble, std::string_view gitlab_url) {
  const std::string advice = remedy(trouble, gitlab_url);
  if (!advice.empty()) trouble.error.message += " (" + advice + ")";
  return std::move(trouble.error);
}

}  // namespace runneriq::gitlab
