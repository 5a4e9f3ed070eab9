// Both ends of a connection, byte by byte, for what no well-behaved client or server sends.
#pragma once

#include "platform/unique_fd.hpp"
#include "tests/support/poll.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>

#include <atomic>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <functional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

namespace runneriq {

class RawSocket {
 public:
  explicit RawSocket(platform::UniqueFd fd) : fd_(std::move(fd)) {
    const timeval limit{20, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  }

  // `address` as HttpServer::address() gives it; IPv4 or Unix.
  static RawSocket connect(const std::string& address) {
    platform::UniqueFd fd;
    if (address.starts_with("unix:")) {
      fd = platform::UniqueFd{::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0)};
      sockaddr_un to{};
      to.sun_family = AF_UNIX;
      address.copy(to.sun_path, sizeof to.sun_path - 1, 5);
      (void)::connect(fd.get(), reinterpret_cast<sockaddr*>(&to), sizeof to);
    } else {
      fd = platform::UniqueFd{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
      sockaddr_in to{};
      to.sin_family = AF_INET;
      to.sin_port = htons(static_cast<std::uint16_t>(std::atoi(address.c_str() + address.rfind(':') + 1)));
      to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      (void)::connect(fd.get(), reinterpret_cast<sockaddr*>(&to), sizeof to);
    }
    return RawSocket{std::move(fd)};
  }

  // Whether all of it went out.
  bool send(std::string_view text) {
    while (!text.empty()) {
      const ssize_t sent = ::send(fd_.get(), text.data(), text.size(), MSG_NOSIGNAL);
      if (sent <= 0) return false;
      text.remove_prefix(static_cast<std::size_t>(sent));
    }
    return true;
  }
  // What arrives until it ends in `end`, the other side ends, or 20 seconds are over.
  std::string receive_until(std::string_view end) {
    std::string text;
    char each = 0;
    while ((end.empty() || !text.ends_with(end)) && (last_ = ::recv(fd_.get(), &each, 1, 0)) == 1)
      text += each;
    return text;
  }
  std::string receive_all() { return receive_until(""); }
  // How the last receive_all() ended.
  [[nodiscard]] bool ended_by_reset() const { return last_ < 0 && errno == ECONNRESET; }
  [[nodiscard]] bool ended_in_order() const { return last_ == 0; }
  void close_with_reset() {
    const linger now{1, 0};
    ::setsockopt(fd_.get(), SOL_SOCKET, SO_LINGER, &now, sizeof now);
    const platform::UniqueFd closed = std::move(fd_);
  }
  // Whether the other side closes within `limit`.
  [[nodiscard]] bool is_closed_within(std::chrono::milliseconds limit) {
    return wait_until(
        [&] { return ::recv(fd_.get(), &spare_, 1, MSG_PEEK | MSG_DONTWAIT) == 0 || errno == ECONNRESET; },
        limit);
  }
  [[nodiscard]] int fd() const { return fd_.get(); }

 private:
  platform::UniqueFd fd_;
  ssize_t last_ = 1;
  char spare_ = 0;
};

// Runs `serve` for each connection, in a thread of its own.
class RawServer {
 public:
  explicit RawServer(std::function<void(RawSocket&)> serve) : serve_(std::move(serve)) {
    sockaddr_in at{};
    at.sin_family = AF_INET;
    at.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof at;
    (void)::bind(listener_.get(), reinterpret_cast<sockaddr*>(&at), sizeof at);
    (void)::listen(listener_.get(), 64);
    (void)::getsockname(listener_.get(), reinterpret_cast<sockaddr*>(&at), &size);
    port_ = ntohs(at.sin_port);
    acceptor_ = std::thread([this] { accept_all(); });
  }
  RawServer(const RawServer&) = delete;
  RawServer& operator=(const RawServer&) = delete;
  ~RawServer() {
    ending_ = true;
    ::shutdown(listener_.get(), SHUT_RDWR);
    acceptor_.join();
    for (std::thread& each : connections_) each.join();
  }
  [[nodiscard]] std::string port() const { return std::to_string(port_); }
  [[nodiscard]] std::string url() const { return "http://127.0.0.1:" + port(); }
  [[nodiscard]] int accepted() const { return accepted_; }
  // For a `serve` that goes on until the test is over.
  [[nodiscard]] const std::atomic<bool>& ending() const { return ending_; }

 private:
  void accept_all() {
    while (true) {
      platform::UniqueFd fd{::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC)};
      if (!fd) return;
      ++accepted_;
      connections_.emplace_back([this, socket = RawSocket{std::move(fd)}]() mutable {
        serve_(socket);
        const RawSocket closed = std::move(socket);
      });
    }
  }

  std::function<void(RawSocket&)> serve_;
  platform::UniqueFd listener_{::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)};
  std::uint16_t port_ = 0;
  std::atomic<int> accepted_ = 0;
  std::atomic<bool> ending_ = false;
  std::vector<std::thread> connections_;
  std::thread acceptor_;
};

}  // namespace runneriq
