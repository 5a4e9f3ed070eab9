// HTTP/1.1 calls over a Unix socket, one at a time, for programs that must start in a moment: no thread,
// no library but Beast's parser, every wait bounded.
#pragma once

#include "core/result.hpp"
#include "core/time.hpp"
#include "platform/http_client.hpp"
#include "platform/unique_fd.hpp"

#include <chrono>
#include <cstddef>
#include <memory>
#include <optional>
#include <string>

namespace runneriq::platform {

struct UnixHttpCall {
  std::string method = "GET";
  std::string target;  // path and query
  std::string body{};  // JSON
};

class UnixHttp {
 public:
  // Each call lowers `patience` by the time that it took, and takes no longer than that.
  // Errors, with the path: not_found (no socket), permission, timed_out, unavailable.
  static Result<UnixHttp> connect(const std::string& path, Duration& patience);
  UnixHttp(UnixHttp&&) noexcept;
  UnixHttp& operator=(UnixHttp&&) noexcept;
  ~UnixHttp();

  // Sends a request. Not while an answer is awaited.
  [[nodiscard]] Result<void> send(const UnixHttpCall& call, Duration& patience);
  // The answer; none when it has not come whole within `patience`, which may be zero. After an error the
  // connection is of no more use. Errors: unavailable (closed, no HTTP, too large).
  [[nodiscard]] Result<std::optional<HttpReply>> receive(Duration& patience);

  // Since the request was sent whose answer is awaited; none when none is.
  [[nodiscard]] std::optional<Duration> awaited_for() const;
  // Whether a further request may be sent: the server keeps the connection.
  [[nodiscard]] bool is_reusable() const;

 private:
  struct Answer;  // what has come of it
  UnixHttp(UniqueFd fd, std::string path);
  [[nodiscard]] Result<bool> read_some();

  UniqueFd fd_;
  std::string path_;
  std::unique_ptr<Answer> answer_;
  std::chrono::steady_clock::time_point sent_;
  bool kept_ = true;
};

}  // namespace runneriq::platform
