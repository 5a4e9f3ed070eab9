// The manual page, made from the table of commands.
#pragma once

#include <string>

namespace runneriq::cli {

// runneriq(1) as roff, for all commands together.
std::string man_page();

}  // namespace runneriq::cli
