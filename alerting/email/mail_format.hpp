// Parts of a mail as RFC 5322, 2045 and 2047 want them. Lines end in CRLF. Pure text.
#pragma once

#include "core/time.hpp"

#include <string>
#include <string_view>

namespace runneriq::alerting {

// One header with its CRLF. The value is made one line of printable text first; what is not plain ASCII is
// written in encoded words of whole characters, and long values are folded.
std::string header(std::string_view name, std::string_view value);

// "Fri, 02 Jan 2026 09:30:00 +0000"
std::string mail_date(Time time);

// RFC 2045, section 6.7: lines of at most 76 characters. '\n' begins a new line; of `text` nothing else ends
// one.
std::string quoted_printable(std::string_view text);

// Whether it can stand in a header and in a command of SMTP as it is: "anna@example.com".
bool is_mail_address(std::string_view text);

}  // namespace runneriq::alerting
