// An HTTP/1.1 server on one thread of its own: TCP, TLS, Unix sockets. The only place that knows Beast.
#pragma once

#include "core/result.hpp"
#include "core/time.hpp"
#include "platform/http_client.hpp"
#include "platform/http_listener.hpp"
#include "platform/http_peer.hpp"

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
  ServedConnection connection{};
  // The first of that name; "" when there is none.
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
  std::string listen = "127.0.0.1:0";  // see HttpListen::address
  std::size_t largest_body = std::size_t{1} << 20;
  std::size_t largest_header = std::size_t{16} << 10;  // request line and headers
  // Of all listeners together. One beyond is answered 503 (with TLS: closed) at once.
  std::size_t most_connections = 1024;
  Duration idle_limit = std::chrono::seconds{60};     // between requests
  Duration request_limit = std::chrono::seconds{15};  // for a request to arrive, its TLS handshake included
  std::vector<HttpListen> listeners{};                // where there are any, `listen` does not count
};

// Answers one request, now or later, once: the first reply counts. Copies are the same answer, and all
// of it works on any thread, also when the server has ended. One that is never given is given as 500
// when the last copy of it dies.
class HttpAnswer {
 public:
  HttpAnswer() = default;  // of no request
  void operator()(ServedReply reply) const;

  // Whether nobody is there any more to read it. A TCP client counts as gone when it has ended its side
  // of the connection (or its machine has not been heard of for about two minutes), a client on a Unix
  // socket when it has closed it. A reply is sent all the same: who only half-closed reads it.
  [[nodiscard]] bool gone() const;
  // Runs `act` once on the server's thread when the client goes before the answer is given; then, or at
  // once. So a long poll can be dropped: until then it holds a connection and no thread. The last `act`
  // counts; it must not hold this answer, which would never die.
  void when_gone(std::function<void()> act) const;

 private:
  friend class HttpPending;
  class Token;
  explicit HttpAnswer(std::shared_ptr<Token> token) : token_(std::move(token)) {}
  std::shared_ptr<Token> token_;
};

class HttpServer {
 public:
  using Answer = HttpAnswer;
  // Runs on the server's thread, and while it runs nobody else is served: what takes longer than a
  // fraction of a millisecond belongs to another thread, which gives the answer. What it throws is a 500.
  using Handler = std::function<void(ServedRequest, Answer)>;

  // Error: invalid_argument (address, descriptor, certificate), unavailable or permission (cannot listen,
  // a key that others may read).
  static Result<std::unique_ptr<HttpServer>> start(HttpServerSettings settings, Handler handler);
  ~HttpServer();  // stops: no new connection, open ones are closed, the thread has ended

  // "http://127.0.0.1:41234", "https://127.0.0.1:41234" or "unix:/path": of the first listener, and of all.
  [[nodiscard]] std::string address() const;
  [[nodiscard]] std::vector<std::string> addresses() const;
  // Connections that are open now.
  [[nodiscard]] std::size_t connections() const;
  // Runs `work` on the server's thread, after `delay`; from any thread.
  void after(Duration delay, std::function<void()> work);

 private:
  struct Engine;
  explicit HttpServer(std::unique_ptr<Engine> engine);
  std::unique_ptr<Engine> engine_;
};

}  // namespace runneriq::platform
