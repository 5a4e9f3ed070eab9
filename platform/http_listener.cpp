#include "platform/http_listener.hpp"

#include "core/printable.hpp"
#include "platform/files.hpp"

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <optional>
#include <string_view>
#include <utility>

namespace runneriq::platform {
namespace {

constexpr std::string_view kUnix = "unix:";
constexpr int kBacklog = 1024;
constexpr int kFirstActivated = 3;  // SD_LISTEN_FDS_START
constexpr int kMostActivated = 16;

// Large enough for each kind of address.
struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t size = 0;

  [[nodiscard]] const sockaddr* get() const { return reinterpret_cast<const sockaddr*>(&storage); }
  [[nodiscard]] sockaddr* get() { return reinterpret_cast<sockaddr*>(&storage); }
};

template <class Address>
SocketAddress stored(const Address& address) {
  SocketAddress into{.size = sizeof address};
  std::memcpy(&into.storage, &address, sizeof address);
  return into;
}

template <class Address>
Address read_back(const SocketAddress& from) {
  Address address{};
  std::memcpy(&address, &from.storage, sizeof address);
  return address;
}

std::optional<std::uint16_t> parse_port(std::string_view text) {
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), port);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return port;
}

std::optional<SocketAddress> parse_tcp(const std::string& listen) {
  const std::size_t colon = listen.rfind(':');
  if (colon == std::string::npos) return {};
  const auto port = parse_port(std::string_view(listen).substr(colon + 1));
  const std::string host = listen.substr(0, colon);
  if (!port) return {};
  sockaddr_in four{.sin_family = AF_INET, .sin_port = htons(*port), .sin_addr = {}, .sin_zero = {}};
  if (::inet_pton(AF_INET, host.c_str(), &four.sin_addr) == 1) return stored(four);
  if (host.size() < 2 || host.front() != '[' || host.back() != ']') return {};
  sockaddr_in6 six{};
  six.sin6_family = AF_INET6;
  six.sin6_port = htons(*port);
  const std::string inside = host.substr(1, host.size() - 2);
  if (::inet_pton(AF_INET6, inside.c_str(), &six.sin6_addr) == 1) return stored(six);
  return {};
}

SocketAddress bound_address(int fd) {
  SocketAddress bound{.size = sizeof bound.storage};
  ::getsockname(fd, bound.get(), &bound.size);
  return bound;
}

std::string tcp_text(const SocketAddress& bound) {
  char text[INET6_ADDRSTRLEN]{};
  if (bound.storage.ss_family == AF_INET6) {
    const auto six = read_back<sockaddr_in6>(bound);
    ::inet_ntop(AF_INET6, &six.sin6_addr, text, sizeof text);
    return "[" + std::string(text) + "]:" + std::to_string(ntohs(six.sin6_port));
  }
  const auto four = read_back<sockaddr_in>(bound);
  ::inet_ntop(AF_INET, &four.sin_addr, text, sizeof text);
  return std::string(text) + ":" + std::to_string(ntohs(four.sin_port));
}

std::string url_of(int fd, const HttpListen& listen) {
  return (listen.tls ? "https://" : "http://") + tcp_text(bound_address(fd));
}

UniqueFd open_socket(int family) {
  return UniqueFd{::socket(family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)};
}

tl::unexpected<Error> cannot_listen(const std::string& where) {
  Error error = system_error("cannot listen on " + printable_path(where), errno);
  if (error.code == Errc::not_found) error.code = Errc::unavailable;  // the folder is missing
  return fail(std::move(error));
}

Result<SocketAddress> unix_address(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.front() != '/' || path.size() >= sizeof address.sun_path ||
      path.find('\0') != std::string::npos) {
    return fail(Errc::invalid_argument, "the path of a socket must begin with '/' and have at most " +
                                            std::to_string(sizeof address.sun_path - 1) + " bytes, got " +
                                            quoted_text(path));
  }
  path.copy(address.sun_path, path.size());
  return stored(address);
}

bool somebody_listens(const SocketAddress& address) {
  const UniqueFd probe = open_socket(AF_UNIX);
  // EAGAIN: its queue is full.
  return ::connect(probe.get(), address.get(), address.size) == 0 || errno == EAGAIN;
}

// Removes the socket that a server which has ended left behind; nothing else.
void remove_left_over(const std::string& path, const SocketAddress& address) {
  struct stat found {};
  if (::lstat(path.c_str(), &found) == 0 && S_ISSOCK(found.st_mode) && !somebody_listens(address)) {
    ::unlink(path.c_str());
  }
}

// "unix:/path"; an abstract or unnamed socket has no path.
std::string unix_name_of(int fd) {
  const SocketAddress bound = bound_address(fd);
  const auto address = read_back<sockaddr_un>(bound);
  return std::string(kUnix) +
         std::string(address.sun_path, ::strnlen(address.sun_path, sizeof address.sun_path));
}

int socket_option(int fd, int option) {
  int value = -1;
  socklen_t size = sizeof value;
  return ::getsockopt(fd, SOL_SOCKET, option, &value, &size) == 0 ? value : -1;
}

// Why a descriptor cannot be served on; "" when it can.
std::string_view unfit(int fd, int family) {
  if (::fcntl(fd, F_GETFD) < 0) return "is not open";
  if (socket_option(fd, SO_TYPE) != SOCK_STREAM) return "is no stream socket";
  if (socket_option(fd, SO_ACCEPTCONN) != 1) return "does not listen";
  const bool known = family == AF_INET || family == AF_INET6 || family == AF_UNIX;
  return known ? "" : "is neither a TCP nor a Unix socket";
}

// Its path has the mode and the group that are asked for, in spite of the umask.
bool set_rights(const std::string& path, const HttpListen& listen) {
  if (::chmod(path.c_str(), listen.socket_mode) != 0) return false;
  return !listen.socket_group || ::lchown(path.c_str(), static_cast<uid_t>(-1), *listen.socket_group) == 0;
}

tl::unexpected<Error> tls_needs_tcp() {
  return fail(Errc::invalid_argument, "TLS needs a TCP address; a Unix socket has no use for it");
}

std::optional<int> small_number(std::string_view text) {
  int value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size() || value < 0) return {};
  return value;
}

}  // namespace

Result<HttpListener> HttpListener::open(const HttpListen& listen) {
  if (listen.descriptor) return take_over(*listen.descriptor, listen);
  if (!listen.address.starts_with(kUnix)) return open_tcp(listen);
  return open_unix(listen.address.substr(kUnix.size()), listen);
}

Result<HttpListener> HttpListener::open_tcp(const HttpListen& listen) {
  const auto address = parse_tcp(listen.address);
  if (!address) {
    return fail(Errc::invalid_argument,
                "an address to listen on is ADDRESS:PORT, [ADDRESS]:PORT or unix:/path, got " +
                    quoted_text(listen.address));
  }
  UniqueFd fd = open_socket(address->storage.ss_family);
  if (!fd) return cannot_listen(listen.address);
  const int on = 1;
  ::setsockopt(fd.get(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  if (::bind(fd.get(), address->get(), address->size) != 0 || ::listen(fd.get(), kBacklog) != 0) {
    return cannot_listen(listen.address);
  }
  std::string url = url_of(fd.get(), listen);
  return HttpListener{std::move(fd), std::move(url)};
}

Result<HttpListener> HttpListener::open_unix(const std::string& path, const HttpListen& listen) {
  if (listen.tls) return tls_needs_tcp();
  const auto address = unix_address(path);
  if (!address) return fail(address.error());
  UniqueFd fd = open_socket(AF_UNIX);
  if (!fd) return cannot_listen(path);
  remove_left_over(path, *address);
  // Before it has a name, so that it is never wider than its owner's alone.
  ::fchmod(fd.get(), listen.socket_mode & S_IRWXU);
  if (::bind(fd.get(), address->get(), address->size) != 0) return cannot_listen(path);
  HttpListener made{std::move(fd), std::string(kUnix) + path};
  made.made_path_ = path;
  if (!set_rights(path, listen) || ::listen(made.fd(), kBacklog) != 0) return cannot_listen(path);
  return made;
}

Result<HttpListener> HttpListener::take_over(int descriptor, const HttpListen& listen) {
  const int family = socket_option(descriptor, SO_DOMAIN);
  if (const std::string_view why = unfit(descriptor, family); !why.empty()) {
    return fail(Errc::invalid_argument, "descriptor " + std::to_string(descriptor) +
                                            " cannot be served on: it " + std::string(why) +
                                            "; give a listening stream socket");
  }
  if (family == AF_UNIX && listen.tls) return tls_needs_tcp();
  UniqueFd fd{descriptor};
  ::fcntl(descriptor, F_SETFD, FD_CLOEXEC);
  ::fcntl(descriptor, F_SETFL, ::fcntl(descriptor, F_GETFL) | O_NONBLOCK);
  std::string address = family == AF_UNIX ? unix_name_of(descriptor) : url_of(descriptor, listen);
  return HttpListener{std::move(fd), std::move(address)};
}

HttpListener::~HttpListener() {
  if (fd_ && !made_path_.empty()) ::unlink(made_path_.c_str());
}

std::string listen_address_of(int fd) {
  const SocketAddress bound = bound_address(fd);
  const auto family = bound.storage.ss_family;
  return family == AF_INET || family == AF_INET6 ? tcp_text(bound) : std::string(kUnix);
}

std::vector<int> activated_descriptors(std::string_view listen_pid, std::string_view listen_fds,
                                       int own_pid) {
  std::vector<int> found;
  if (small_number(listen_pid) != own_pid) return found;
  const int count = std::min(small_number(listen_fds).value_or(0), kMostActivated);
  for (int number = 0; number < count; ++number) found.push_back(kFirstActivated + number);
  return found;
}

}  // namespace runneriq::platform
