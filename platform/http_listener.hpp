// A listening socket of the server: TCP or Unix, opened here or by whoever started us.
#pragma once

#include "core/result.hpp"
#include "platform/unique_fd.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq::platform {

// Two files in PEM: the server's certificate with those that lead to its authority, and its key,
// without a password. The key must not be open to all users, nor writable by its group.
struct TlsFiles {
  std::string certificate_chain{};
  std::string key{};
};

struct HttpListen {
  std::string address{"127.0.0.1:0"};  // "ADDRESS:PORT", "[ADDRESS]:PORT" or "unix:/path"
  // A listening stream socket that is open already (socket activation): taken over, in place of `address`.
  std::optional<int> descriptor{};
  std::optional<TlsFiles> tls{};  // TCP only
  // Of a Unix socket that is made here; the group is a gid.
  std::uint32_t socket_mode = 0660;
  std::optional<std::uint32_t> socket_group{};
};

class HttpListener {
 public:
  // A Unix socket that nobody listens on is replaced. Error: invalid_argument (address, descriptor),
  // unavailable or permission (cannot listen).
  static Result<HttpListener> open(const HttpListen& listen);
  HttpListener(HttpListener&&) noexcept = default;
  HttpListener& operator=(HttpListener&&) = delete;
  ~HttpListener();  // removes the path of a Unix socket that was made here

  [[nodiscard]] int fd() const { return fd_.get(); }
  // "http://127.0.0.1:41234" with the port that was found ("https:" with TLS), or "unix:/path".
  [[nodiscard]] const std::string& address() const { return address_; }
  [[nodiscard]] bool is_unix() const { return address_.starts_with("unix:"); }

 private:
  HttpListener(UniqueFd fd, std::string address) : fd_(std::move(fd)), address_(std::move(address)) {}
  static Result<HttpListener> open_tcp(const HttpListen& listen);
  static Result<HttpListener> open_unix(const std::string& path, const HttpListen& listen);
  static Result<HttpListener> take_over(int descriptor, const HttpListen& listen);

  UniqueFd fd_;
  std::string address_;
  std::string made_path_;  // "" = not ours to remove
};

// Where a socket is bound, as HttpListen has it; of any other than TCP, and of what is no socket, only
// "unix:".
std::string listen_address_of(int fd);

// The descriptors that systemd hands over, from the values of LISTEN_PID and LISTEN_FDS (sd_listen_fds(3)):
// none unless they are meant for the process `own_pid`. At most 16.
std::vector<int> activated_descriptors(std::string_view listen_pid, std::string_view listen_fds, int own_pid);

}  // namespace runneriq::platform
