#include "apps/runneriq/relay_options.hpp"

#include "core/loopback.hpp"
#include "core/option_rows.hpp"
#include "gitlab/web_address.hpp"

#include <utility>

namespace runneriq::app {
namespace {

using Check = bool (*)(std::string_view text);

// A token must not travel in clear text.
bool is_safe(std::string_view text) {
  if (text.starts_with("https://")) return true;
  constexpr std::string_view kPlain = "http://";
  if (!text.starts_with(kPlain)) return false;
  text.remove_prefix(kPlain.size());
  return is_loopback_host(host_of_server(text.substr(0, text.find('/'))));
}

bool is_path(std::string_view text) {
  return text.empty() || (text.front() == '/' && text.find('\0') == std::string_view::npos);
}

bool is_user(std::string_view text) {
  constexpr std::size_t kLongest = 32;
  return text.size() <= kLongest && text.find_first_of(" \t\n/:") == std::string_view::npos;
}

Option url_row(Option option, std::string& field) {
  option.set = [&field, expected = option.value](std::string_view text) -> Result<void> {
    auto address = text.empty() ? Result<std::string>{""} : gitlab::parse_web_address(text);
    if (!address) return fail(std::move(address.error()));
    if (!text.empty() && !is_safe(*address)) return not_expected(text, expected);
    field = std::move(*address);
    return {};
  };
  option.show = [&field] { return field; };
  return option;
}

Option text_row(Option option, std::string& field, Check check) {
  option.set = [&field, check, expected = option.value](std::string_view text) -> Result<void> {
    if (!check(text)) return not_expected(text, expected);
    field = text;
    return {};
  };
  option.show = [&field] { return field; };
  return option;
}

}  // namespace

Options option_rows(RelayOptions& options) {
  return {
      url_row(row("relay.url", "https address, or http on loopback",
                  "Address of the fleet's service, to which `runneriq relay` forwards."),
              options.url),
      text_row(row("relay.ca_file", "absolute path",
                   "Certificates that vouch for the service, read at the start; by default the system's."),
               options.ca_file, is_path),
      text_row(row("relay.user", "user name",
                   "Whose executors may use the relay's socket, beside root and the relay's own user."),
               options.user, is_user)};
}

}  // namespace runneriq::app
