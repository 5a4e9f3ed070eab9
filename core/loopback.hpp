// Which names of hosts mean this machine, by their words alone: nobody is asked.
#pragma once

#include <string_view>

namespace runneriq {

// The host of "host:port" or "[::1]:port", with its brackets; "" where an "@" makes it hard to say which.
std::string_view host_of_server(std::string_view server);

// "localhost", "[::1]", and 127.0.0.0/8 in the usual four numbers; no other spelling.
bool is_loopback_host(std::string_view host);

}  // namespace runneriq
