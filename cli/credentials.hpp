// Where the units' secrets are kept, a file for each: systemd hands them to the services, and a command that
// root types beside them reads them there.
#pragma once

#include <string_view>

namespace runneriq::cli {

inline constexpr std::string_view kCredentials = "/etc/runneriq/credentials/";

}  // namespace runneriq::cli
