// HTTP calls, many at a time, from one thread. Nothing but this and mail_client.hpp knows libcurl.
#pragma once

#include "core/result.hpp"
#include "core/secret.hpp"
#include "core/time.hpp"

#include <cstddef>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::platform {

struct HttpHeader {
  std::string name;
  std::string value;
};

// What becomes of a reply that is larger than allowed.
enum class Excess { refused, beginning_dropped };

struct HttpReply {
  int status = 0;
  std::vector<HttpHeader> headers{};  // names in lower case
  std::string body{};
  // The first value of header `name` (lower case); "" when there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

// Takes the body of a 2xx piece by piece, decompressed, in place of `HttpReply::body`, which stays empty.
// `head` has the status and the headers. What has been handed over stays so when the call fails later.
using BodySink = std::function<void(const HttpReply& head, std::string_view piece)>;

struct HttpCall {
  std::string method = "GET";
  std::string url;
  // Called instead, where not empty: an address that is itself a credential. Messages then show `url`, or,
  // where that is empty, the server alone.
  Secret secret_url{};
  std::vector<HttpHeader> headers{};
  // Sent as header `secret_header`; never to another host than the url's.
  std::string secret_header{};
  Secret secret{};
  std::string body{};
  std::size_t largest_reply = std::size_t{16} << 20;  // bytes after decompression
  // With beginning_dropped the body is the end of the reply; twice its size is held meanwhile.
  Excess excess = Excess::refused;
  // Where there is one, up to `largest_reply` bytes go to it before the rest is refused.
  BodySink body_sink{};
  Duration time_limit = std::chrono::seconds{15};  // for the whole call
};

// A port, so that what decides about calls can be tried without a network.
class HttpTransport {
 public:
  // A reply of any status is a reply. Errors (messages never hold a secret):
  // timed_out; unavailable (name, connection, reset, half a reply, stop);
  // permission (TLS verification failed); invalid_argument (bad URL, reply too large, redirect elsewhere).
  using Done = std::function<void(Result<HttpReply>)>;
  virtual ~HttpTransport() = default;
  // Queues a call; at most `at_once` (see HttpClientSettings) are under way, first come, first served.
  virtual void begin(HttpCall call, Done done) = 0;
  // Performs the queued calls and those that `done` functions queue. What is not over at
  // `deadline`, or when the program is asked to stop, fails.
  virtual void run_until(Time deadline) = 0;
};

struct HttpClientSettings {
  std::size_t at_once = 6;
  std::string ca_file{};     // "" = the system's
  std::string user_agent{};  // "runneriq/0.1.0"
  // Readable when the program should stop; −1 = none. Not owned.
  int stop_fd = -1;
  // For calls that come from other threads: when `wake_fd` is readable, run_until() calls `woken`, which
  // reads it empty and may begin() calls. With it run_until() goes on while it has nothing to do. Not owned.
  int wake_fd = -1;
  std::function<void()> woken{};
};

// TLS is always verified. HTTP/2 where offered, kept connections, gzip; the environment's proxy
// variables as curl reads them. A redirect is followed (GET only, at most three) to the same
// scheme, host and port, else it is an error. Compressed data that ends too early in a frame that is
// whole passes for a reply (curl 7.88): who reads a body must notice that it is cut, as a JSON parser does.
class HttpClient final : public HttpTransport {
 public:
  static Result<std::unique_ptr<HttpClient>> make(HttpClientSettings settings);
  ~HttpClient() override;
  void begin(HttpCall call, Done done) override;
  void run_until(Time deadline) override;

 private:
  struct Engine;
  explicit HttpClient(std::unique_ptr<Engine> engine);
  std::unique_ptr<Engine> engine_;
};

}  // namespace runneriq::platform
