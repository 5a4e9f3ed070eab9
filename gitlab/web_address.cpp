#include "gitlab/web_address.hpp"

#include "core/lower_case.hpp"
#include "core/printable.hpp"

#include <algorithm>
#include <charconv>
#include <optional>
#include <system_error>

namespace runneriq::gitlab {
namespace {

constexpr std::string_view kExample = "for example https://gitlab.example.com";
constexpr std::string_view kInterface = "/api/v4";
constexpr std::size_t kLongestAddress = 2000;
constexpr int kHighestPort = 65'535;

struct Scheme {
  std::string_view start;
  int usual_port;
};
constexpr Scheme kSecure{"https://", 443};
constexpr Scheme kPlain{"http://", 80};

// The address without what may be secret in it: user, password, query and fragment.
std::string shown(std::string_view text) {
  constexpr std::string_view kEndOfScheme = "://";
  std::string start;
  if (const std::size_t at = text.rfind('@'); at != std::string_view::npos) {
    const std::size_t scheme = text.find(kEndOfScheme);
    if (scheme < at) start = text.substr(0, scheme + kEndOfScheme.size());
    start += "***";
    text.remove_prefix(at);
  }
  const std::size_t end = text.find_first_of("?#");
  return quoted_text(start + std::string(text.substr(0, end)) + (end == std::string_view::npos ? "" : "…"),
                     160);
}

tl::unexpected<Error> invalid(std::string_view text, std::string_view why) {
  return fail(Errc::invalid_argument, shown(text) + " " + std::string(why));
}

const Scheme* scheme_of(std::string_view lower) {
  if (lower.starts_with(kSecure.start)) return &kSecure;
  return lower.starts_with(kPlain.start) ? &kPlain : nullptr;
}

bool has_strange_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte >= 0x7F || std::string_view("\"<>\\^`{|}").find(c) != std::string_view::npos;
  });
}

// A name, an IPv4 address, or an IPv6 address in brackets.
bool is_host(std::string_view host) {
  if (host.starts_with('[')) {
    return host.size() > 3 && host.ends_with(']') &&
           host.substr(1, host.size() - 2).find_first_not_of("0123456789abcdef:.") == std::string_view::npos;
  }
  return !host.empty() &&
         host.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789.-_") == std::string_view::npos &&
         !host.starts_with('.') && !host.starts_with('-') && host.find("..") == std::string_view::npos;
}

struct Authority {
  std::string_view host;
  std::string_view port;  // with its colon; "" = the usual one
};

Authority split_authority(std::string_view authority) {
  const std::size_t bracket = authority.rfind(']');
  const std::size_t colon = authority.find(':', bracket == std::string_view::npos ? 0 : bracket);
  if (colon == std::string_view::npos) return {authority, {}};
  return {authority.substr(0, colon), authority.substr(colon)};
}

std::optional<int> port_of(std::string_view text, int usual) {
  if (text.empty()) return usual;
  int port = 0;
  const auto [end, error] = std::from_chars(text.data() + 1, text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size() || port < 1 || port > kHighestPort) {
    return std::nullopt;
  }
  return port;
}

std::string_view without_slashes_behind(std::string_view path) {
  while (path.ends_with('/')) path.remove_suffix(1);
  return path;
}

// GitLab's own variable CI_API_V4_URL ends so.
std::string_view without_interface(std::string_view path) {
  path = without_slashes_behind(path);
  if (path.ends_with(kInterface)) path.remove_suffix(kInterface.size());
  return without_slashes_behind(path);
}

// What is wrong with the address before its parts are looked at; "" = nothing.
std::string_view trouble_of(std::string_view text, std::string_view authority) {
  if (text.size() > kLongestAddress) return "is too long for an address";
  if (authority.find('@') != std::string_view::npos) {
    return "holds a user or a password: leave them out; the token belongs into GITLAB_TOKEN";
  }
  if (text.find_first_of("?#") != std::string_view::npos)
    return "has a query or a fragment: leave out what follows ? and #";
  if (has_strange_character(text)) return "holds a character that no address has";
  return "";
}

}  // namespace

Result<std::string> parse_web_address(std::string_view text) {
  const std::string lower = lower_case(text);
  const Scheme* const scheme = scheme_of(lower);
  if (scheme == nullptr) return invalid(text, "is no http or https address, " + std::string(kExample));
  const std::string_view rest = text.substr(scheme->start.size());
  const std::string_view authority = rest.substr(0, rest.find_first_of("/?#"));
  const std::string_view path = without_interface(rest.substr(authority.size()));
  if (const std::string_view trouble = trouble_of(text, authority); !trouble.empty())
    return invalid(text, trouble);

  const auto [host, port_text] =
      split_authority(std::string_view{lower}.substr(scheme->start.size(), authority.size()));
  if (!is_host(host)) return invalid(text, "names no host, " + std::string(kExample));
  const auto port = port_of(port_text, scheme->usual_port);
  if (!port) return invalid(text, "has a port that is no number from 1 to 65535");
  const std::string port_behind = *port == scheme->usual_port ? "" : ":" + std::to_string(*port);
  return std::string(scheme->start) + std::string(host) + port_behind + std::string(path);
}

}  // namespace runneriq::gitlab
