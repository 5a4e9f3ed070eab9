// Addresses that are credentials: whoever knows the address of an incoming webhook may post there. Pure.
#pragma once

#include "core/result.hpp"
#include "core/secret.hpp"

#include <string>
#include <string_view>

namespace runneriq::alerting {

// Whether a secret is an address, not a token: it begins with "https://" or "http://".
bool is_address(const Secret& secret);
// Error: invalid_argument: `whose` ("the Teams receiver") secret is no address, or holds blanks or controls.
// The message never shows it.
Result<void> check_address(const Secret& secret, std::string_view whose);
// What may be shown of it: "https://hooks.slack.com/***"; "***" for what is no address.
std::string shown_address(const Secret& secret);

}  // namespace runneriq::alerting
