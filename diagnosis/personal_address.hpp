// Addresses of machines and of mail, and telephone numbers, as they stand in logs. Pure.
#pragma once

#include "diagnosis/secret.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace runneriq::diagnosis {

// An IPv4 address whose first digit, no letter or digit before it, is at `at`. None, too: of private and
// local networks, of groups (RFC 1122, 1918, 3927, 6598), and a version: "version 1.2.3.4", "foo-1.2.3.4",
// "==1.2.3.4", "Using foo 1.2.3.4", "foo (1.2.3.4)".
std::optional<Secret> ipv4_at(std::string_view text, std::size_t at);

// A global IPv6 address (2000::/3, RFC 4291) that begins at `at`.
std::optional<Secret> ipv6_at(std::string_view text, std::size_t at);

// The address of mail whose '@' is at `at` and which begins at or behind `floor`. In "//name@host" only the
// name. None, too: "git@host", names of files and of units ("a@2x.png", "getty@tty1.service").
std::optional<Secret> mail_at(std::string_view text, std::size_t at, std::size_t floor);

// "+49 30 1234567" (E.164), whose '+' is at `at`; without blanks or dashes only amid a line.
std::optional<Secret> phone_at(std::string_view text, std::size_t at);

}  // namespace runneriq::diagnosis
