#include "alerting/secret_address.hpp"

#include <algorithm>

namespace runneriq::alerting {

bool is_address(const Secret& secret) {
  return secret.reveal().starts_with("https://") || secret.reveal().starts_with("http://");
}

Result<void> check_address(const Secret& secret, std::string_view whose) {
  const auto blank = [](char c) { return static_cast<unsigned char>(c) <= ' ' || c == '\x7F'; };
  if (is_address(secret) && std::ranges::none_of(secret.reveal(), blank)) return {};
  return fail(Errc::invalid_argument, "the secret of " + std::string(whose) +
                                          " is no address: give the webhook's URL, beginning with https://");
}

std::string shown_address(const Secret& secret) {
  if (!is_address(secret)) return "***";
  const std::string& address = secret.reveal();
  const std::size_t host = address.find("//") + 2;
  const std::string authority = address.substr(host, address.find_first_of("/?#", host) - host);
  const bool has_user = authority.find('@') != std::string::npos;
  return address.substr(0, host) + (has_user ? "***" : authority) + "/***";
}

}  // namespace runneriq::alerting
