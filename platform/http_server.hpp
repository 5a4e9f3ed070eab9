// An HTTP/1.1 server on one thread of its own: TCP or a Unix socket. The only place that knows Beast.
#pragma once

#include "core/result.hpp"
#include "core/time.hpp"
#include "platform/http_client.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::platform {

struct ServedRequest {
  std::string method;
  std::string target;               // path and query, as sent
  std::vector<HttpHeader> headers;  // names in lower case
  std::string body;
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

// How a reply leaves; for simulators of servers in trouble.
struct Delivery {
  std::optional<std::size_t> reset_after{};       // bytes of the body, then the connection is reset
  std::optional<std::size_t> bytes_per_second{};  // of the body
};

struct ServedReply {
  int status = 200;
  std::vector<HttpHeader> headers{};
  std::string body{};
  Delivery delivery{};
};

struct HttpServerSettings {
  std::string listen =
      "127.0.0.1:0";  // "ADDRESS:PORT", "[ADDRESS]:PORT" or "unix:/path" (made anew, mode 0660)
  std::size_t largest_body = std::size_t{1} << 20;
  std::size_t largest_header = std::size_t{16} << 10;
  std::size_t most_connections = 1024;
  Duration idle_limit = std::chrono::seconds{60};     // between requests
  Duration request_limit = std::chrono::seconds{15};  // for a request to arrive
};

class HttpServer {
 public:
  // Answers one request, now or later, from any function that runs on the server's thread. An
  // answer never given is given as 500 when the last copy of it dies.
  using Answer = std::function<void(ServedReply)>;
  // Runs on the server's thread; what it throws becomes a 500.
  using Handler = std::function<void(ServedRequest, Answer)>;

  // Error: invalid_argument (address), unavailable or permission (cannot listen).
  static Result<std::unique_ptr<HttpServer>> start(HttpServerSettings settings, Handler handler);
  ~HttpServer();  // stops: no new connection, open ones are closed, the thread has ended

  // "http://127.0.0.1:41234", or "unix:/path".
  [[nodiscard]] std::string address() const;
  // Runs `work` on the server's thread, after `delay`; from any thread.
  void after(Duration delay, std::function<void()> work);

 private:
  struct Engine;
  explicit HttpServer(std::unique_ptr<Engine> engine);
  std::unique_ptr<Engine> engine_;
};

}  // namespace runneriq::platform
