#include "platform/http_peer.hpp"

#include <netinet/in.h>
#include <sys/socket.h>

#include <algorithm>
#include <cstring>

namespace runneriq::platform {
namespace {

constexpr std::size_t kMostGroups = 65536;  // NGROUPS_MAX of Linux

std::vector<std::uint32_t> groups_of(int fd) {
#ifdef SO_PEERGROUPS
  std::vector<gid_t> groups(64);
  auto size = static_cast<socklen_t>(groups.size() * sizeof(gid_t));
  int outcome = ::getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size);
  if (outcome != 0 && size > groups.size() * sizeof(gid_t)) {  // ERANGE tells the size it wants
    groups.resize(std::min<std::size_t>(size / sizeof(gid_t), kMostGroups));
    outcome = ::getsockopt(fd, SOL_SOCKET, SO_PEERGROUPS, groups.data(), &size);
  }
  if (outcome != 0) return {};
  groups.resize(size / sizeof(gid_t));
  return {groups.begin(), groups.end()};
#else
  return {};
#endif
}

std::optional<PeerCredentials> credentials_of(int fd) {
  ucred found{};
  socklen_t size = sizeof found;
  if (::getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &found, &size) != 0 || size != sizeof found) return {};
  return PeerCredentials{.uid = found.uid, .gid = found.gid, .pid = found.pid, .groups = groups_of(fd)};
}

bool is_loopback(const in_addr& four) {
  return (ntohl(four.s_addr) >> 24) == 127;
}

bool is_loopback(const in6_addr& six) {
  in_addr four{};
  std::memcpy(&four, six.s6_addr + 12, sizeof four);
  return IN6_IS_ADDR_LOOPBACK(&six) || (IN6_IS_ADDR_V4MAPPED(&six) && is_loopback(four));
}

bool comes_from_loopback(int fd) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  if (::getpeername(fd, reinterpret_cast<sockaddr*>(&peer), &size) != 0) return false;
  sockaddr_in four{};
  sockaddr_in6 six{};
  std::memcpy(&four, &peer, sizeof four);
  std::memcpy(&six, &peer, sizeof six);
  return peer.ss_family == AF_INET ? is_loopback(four.sin_addr)
                                   : peer.ss_family == AF_INET6 && is_loopback(six.sin6_addr);
}

}  // namespace

ServedConnection connection_of(int fd, ServedConnection::Kind kind) {
  if (kind == ServedConnection::Kind::unix_socket) return {.kind = kind, .peer = credentials_of(fd)};
  return {.kind = kind, .loopback = comes_from_loopback(fd)};
}

}  // namespace runneriq::platform
