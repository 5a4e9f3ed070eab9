// How a request came in, and from whom, as far as the system vouches for it.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

namespace runneriq::platform {

// Of the process that connected, at the moment it did (SO_PEERCRED, SO_PEERGROUPS).
struct PeerCredentials {
  std::uint32_t uid = 0;
  std::uint32_t gid = 0;
  std::int32_t pid = 0;
  std::vector<std::uint32_t> groups{};  // the supplementary ones, where the kernel tells them
};

struct ServedConnection {
  enum class Kind { tcp, tls, unix_socket };
  Kind kind = Kind::tcp;
  bool loopback = false;                  // the client's address is a loopback address; never so for Unix
  std::optional<PeerCredentials> peer{};  // of a Unix socket; none = the kernel did not say
};

// What the kernel says of a connected socket of this `kind`.
ServedConnection connection_of(int fd, ServedConnection::Kind kind);

}  // namespace runneriq::platform
