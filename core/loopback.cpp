#include "core/loopback.hpp"

#include "core/lower_case.hpp"
#include "core/option.hpp"

#include <algorithm>
#include <string>

namespace runneriq {
namespace {

bool is_byte(std::string_view text) {
  return text.size() <= 3 && parse_whole(text, 0, 255).has_value();
}

}  // namespace

std::string_view host_of_server(std::string_view server) {
  if (server.find('@') != std::string_view::npos) return {};
  const std::size_t bracket = server.starts_with('[') ? server.find(']') : 0;
  return server.substr(0, server.find(':', std::min(bracket, server.size())));
}

bool is_loopback_host(std::string_view host) {
  const std::string name = lower_case(host);
  if (name == "localhost" || name == "[::1]") return true;
  if (!host.starts_with("127.")) return false;
  for (int numbers = 1;; ++numbers) {
    const std::size_t dot = host.find('.');
    if (!is_byte(host.substr(0, dot))) return false;
    if (dot == std::string_view::npos) return numbers == 4;
    host.remove_prefix(dot + 1);
  }
}

}  // namespace runneriq
