// The listening socket of the server: TCP or Unix.
#pragma once

#include "core/result.hpp"
#include "platform/unique_fd.hpp"

#include <string>

namespace runneriq::platform {

class HttpListener {
 public:
  // "ADDRESS:PORT", "[ADDRESS]:PORT" or "unix:/path"; a socket that nobody listens on is replaced.
  // Error: invalid_argument (address), unavailable or permission (cannot listen).
  static Result<HttpListener> open(const std::string& listen);
  HttpListener(HttpListener&&) noexcept = default;
  HttpListener& operator=(HttpListener&&) noexcept = default;
  ~HttpListener();  // removes the path of a Unix socket

  [[nodiscard]] int fd() const { return fd_.get(); }
  // "http://127.0.0.1:41234" with the port that was found, or "unix:/path".
  [[nodiscard]] const std::string& address() const { return address_; }

 private:
  HttpListener(UniqueFd fd, std::string address) : fd_(std::move(fd)), address_(std::move(address)) {}
  static Result<HttpListener> open_tcp(const std::string& listen);
  static Result<HttpListener> open_unix(const std::string& path);

  UniqueFd fd_;
  std::string address_;
};

}  // namespace runneriq::platform
