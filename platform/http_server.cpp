#include "platform/http_server.hpp"

#include "platform/http_field.hpp"
#include "platform/http_listener.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/basic_stream.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <csignal>
#include <exception>
#include <sstream>
#include <thread>
#include <utility>

namespace runneriq::platform {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using Protocol = asio::generic::stream_protocol;
using Stream = beast::basic_stream<Protocol>;
using Parser = http::request_parser<http::string_body>;
template <class T>
using Task = asio::awaitable<T>;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr Duration kPauseWhenOutOfDescriptors = std::chrono::milliseconds{50};
constexpr Duration kLongestDrain = std::chrono::seconds{2};
constexpr std::size_t kWritePiece = std::size_t{64} << 10;
constexpr std::size_t kSlowPiecesPerSecond = 20;
constexpr std::string_view kBusy =
    "HTTP/1.1 503 Service Unavailable\r\nConnection: close\r\nContent-Length: 0\r\n\r\n";
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

ServedReply plain(int status) {
  const auto words = http::obsolete_reason(static_cast<http::status>(status));
  return {.status = status,
          .headers = {{"Content-Type", "text/plain"}},
          .body = std::string(words) + "\n",
          .delivery = {}};
}

// What can be sent as it is: a reply that would break the framing is a fault of the handler.
ServedReply checked(ServedReply reply) {
  const bool framed = std::ranges::all_of(reply.headers, [](const HttpHeader& each) {
    const std::string name = lower_case(each.name);
    return is_header(each) && name != "content-length" && name != "transfer-encoding" && name != "connection";
  });
  return framed && reply.status >= 200 && reply.status <= 599 ? std::move(reply) : plain(500);
}

// Waits for the handler's answer; the last copy of the Answer going away is one, too.
class Pending {
 public:
  explicit Pending(const asio::any_io_executor& executor)
      : given_(executor, asio::steady_timer::time_point::max()) {}

  void give(ServedReply reply) {
    if (reply_) return;
    reply_ = checked(std::move(reply));
    given_.cancel();
  }
  Task<ServedReply> taken() {
    while (!reply_) co_await given_.async_wait(kTuple);
    co_return std::move(*reply_);
  }

 private:
  asio::steady_timer given_;
  std::optional<ServedReply> reply_;
};

// Held by the copies of one Answer. Where the connection is gone already, nobody is told.
class AnswerToken {
 public:
  explicit AnswerToken(std::weak_ptr<Pending> pending) : pending_(std::move(pending)) {}
  AnswerToken(const AnswerToken&) = delete;
  AnswerToken& operator=(const AnswerToken&) = delete;
  ~AnswerToken() { give(plain(500)); }
  void give(ServedReply reply) const {
    if (const auto pending = pending_.lock()) pending->give(std::move(reply));
  }

 private:
  std::weak_ptr<Pending> pending_;
};

ServedRequest served(Parser::value_type message) {
  ServedRequest request{.method = std::string(message.method_string()),
                        .target = std::string(message.target()),
                        .headers = {},
                        .body = std::move(message.body())};
  for (const auto& field : message) {
    request.headers.push_back(
        {lower_case(std::string_view(field.name_string())), std::string(field.value())});
  }
  return request;
}

bool has_body(int status) {
  return status != 204 && status != 304;
}

std::string head_of(const ServedReply& reply, unsigned version, bool keep_alive) {
  http::response<http::empty_body> head(static_cast<http::status>(reply.status), version);
  for (const HttpHeader& each : reply.headers) head.insert(each.name, each.value);
  if (has_body(reply.status)) head.content_length(reply.body.size());
  head.keep_alive(keep_alive);
  std::ostringstream text;
  text << head.base();
  return text.str();
}

// One connection from accept to close; runs on the server's thread. No co_await stands in a condition:
// g++ 12 makes code of those that ends in an illegal instruction.
class Connection {
 public:
  Connection(Protocol::socket socket, const HttpServerSettings& settings, const HttpServer::Handler& handler)
      : stream_(std::move(socket)), settings_(settings), handler_(handler) {}

  Task<void> serve() {
    stream_.expires_after(settings_.request_limit);
    bool more = true;
    while (more) {
      const bool arrived = co_await something_arrives();
      if (!arrived) co_return;
      more = co_await serve_one();
    }
    co_await hang_up();
  }

 private:
  // The first bytes of a request; they may have come with the one before.
  Task<bool> something_arrives() {
    if (buffer_.size() > 0) co_return true;
    const auto [error, count] = co_await stream_.async_read_some(buffer_.prepare(4096), kTuple);
    buffer_.commit(count);
    co_return !error;
  }

  // Whether another request may follow.
  Task<bool> serve_one() {
    stream_.expires_after(settings_.request_limit);
    Parser parser;
    parser.header_limit(static_cast<std::uint32_t>(settings_.largest_header));
    parser.body_limit(settings_.largest_body);
    const error_code error = co_await read(parser);
    if (error) {
      co_await refuse(error);
      co_return false;
    }
    const bool keep = parser.keep_alive();
    const unsigned version = parser.get().version();
    const bool head_only = parser.get().method() == http::verb::head;
    const ServedReply reply = co_await answer(served(parser.release()));
    const bool sent = co_await send(reply, head_of(reply, version, keep), head_only);
    if (!sent) co_return false;
    stream_.expires_after(settings_.idle_limit);
    co_return keep;
  }

  Task<error_code> read(Parser& parser) {
    const auto [head_error, head_size] = co_await http::async_read_header(stream_, buffer_, parser, kTuple);
    if (head_error) co_return head_error;
    const auto& head = parser.get();
    if (head.find(http::field::transfer_encoding) != head.end() && !parser.chunked()) {
      co_return http::make_error_code(http::error::bad_transfer_encoding);
    }
    if (beast::iequals(head[http::field::expect], "100-continue") && !parser.is_done()) {
      const auto [error, size] =
          co_await asio::async_write(stream_, asio::buffer(kContinue.data(), kContinue.size()), kTuple);
      if (error) co_return error;
    }
    const auto [body_error, body_size] = co_await http::async_read(stream_, buffer_, parser, kTuple);
    co_return body_error;
  }

  // Says why a request is not served, to whoever is still there to read it.
  Task<void> refuse(error_code error) {
    if (error.category() != http::make_error_code(http::error::end_of_stream).category() ||
        error == http::error::end_of_stream || error == http::error::partial_message) {
      co_return;
    }
    const int status = error == http::error::body_limit     ? 413
                       : error == http::error::header_limit ? 431
                                                            : 400;
    const ServedReply reply = plain(status);
    co_await send(reply, head_of(reply, 11, false), false);
  }

  Task<ServedReply> answer(ServedRequest request) {
    const auto pending = std::make_shared<Pending>(stream_.get_executor());
    hand_over(std::move(request), pending);
    co_return co_await pending->taken();
  }

  void hand_over(ServedRequest request, const std::shared_ptr<Pending>& pending) {
    const auto token = std::make_shared<AnswerToken>(pending);
    try {
      handler_(std::move(request), [token](ServedReply reply) { token->give(std::move(reply)); });
    } catch (const std::exception&) {
      token->give(plain(500));
    }
  }

  Task<bool> send(const ServedReply& reply, std::string text, bool head_only) {
    const bool with_body = !head_only && has_body(reply.status);
    const std::size_t size =
        with_body ? std::min(reply.body.size(), reply.delivery.reset_after.value_or(reply.body.size())) : 0;
    const std::string_view body = std::string_view(reply.body).substr(0, size);
    const auto rate = reply.delivery.bytes_per_second;
    if (!rate) text.append(body);
    bool sent = co_await write(text);
    if (sent && rate) sent = co_await write_slowly(body, std::max<std::size_t>(*rate, 1));
    if (!reply.delivery.reset_after) co_return sent;
    reset();
    co_return false;
  }

  // In pieces, each with its own time limit: a large body to a slow reader is fine, a stuck reader is not.
  Task<bool> write(std::string_view text) {
    while (!text.empty()) {
      const std::size_t size = std::min(text.size(), kWritePiece);
      stream_.expires_after(settings_.idle_limit);
      const auto [error, count] =
          co_await asio::async_write(stream_, asio::buffer(text.data(), size), kTuple);
      if (error) co_return false;
      text.remove_prefix(size);
    }
    co_return true;
  }

  Task<bool> write_slowly(std::string_view body, std::size_t rate) {
    const std::size_t piece = std::max<std::size_t>(rate / kSlowPiecesPerSecond, 1);
    const std::chrono::nanoseconds pause{1'000'000'000ULL * piece / rate};
    asio::steady_timer timer(stream_.get_executor());
    while (!body.empty()) {
      const bool written = co_await write(body.substr(0, piece));
      if (!written) co_return false;
      body.remove_prefix(std::min(piece, body.size()));
      timer.expires_after(pause);
      co_await timer.async_wait(kTuple);
    }
    co_return true;
  }

  void reset() {
    error_code ignored;
    stream_.socket().set_option(asio::socket_base::linger(true, 0), ignored);
    stream_.socket().close(ignored);
  }

  // A close with unread input would be a reset, which can take our last reply from the client.
  Task<void> hang_up() {
    error_code ignored;
    if (!stream_.socket().is_open()) co_return;
    stream_.socket().shutdown(asio::socket_base::shutdown_send, ignored);
    stream_.expires_after(kLongestDrain);
    std::array<char, 16384> block;
    while (true) {
      const auto [error, count] = co_await stream_.async_read_some(asio::buffer(block), kTuple);
      if (error) co_return;
    }
  }

  Stream stream_;
  beast::flat_buffer buffer_;
  const HttpServerSettings& settings_;
  const HttpServer::Handler& handler_;
};

// Signals are for the main thread.
class SignalsBlocked {
 public:
  SignalsBlocked() {
    sigset_t all;
    sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, &before_);
  }
  SignalsBlocked(const SignalsBlocked&) = delete;
  SignalsBlocked& operator=(const SignalsBlocked&) = delete;
  ~SignalsBlocked() { ::pthread_sigmask(SIG_SETMASK, &before_, nullptr); }

 private:
  sigset_t before_{};
};

}  // namespace

struct HttpServer::Engine {
  Engine(HttpServerSettings chosen, Handler with, HttpListener on)
      : settings(std::move(chosen)),
        handler(std::move(with)),
        listener(std::move(on)),
        waiting(context, ::dup(listener.fd())) {}

  Task<void> accept_forever();
  bool accept_one();
  Task<void> serve(Protocol::socket socket);
  void run();

  HttpServerSettings settings;
  Handler handler;
  HttpListener listener;
  std::size_t connections = 0;
  asio::io_context context{1};
  asio::posix::stream_descriptor waiting;
  std::thread thread;
};

Task<void> HttpServer::Engine::accept_forever() {
  asio::steady_timer pause(context);
  while (true) {
    co_await waiting.async_wait(asio::posix::stream_descriptor::wait_read, kTuple);
    while (accept_one()) {
    }
    if (errno == EAGAIN || errno == ECONNABORTED || errno == EINTR) continue;
    pause.expires_after(kPauseWhenOutOfDescriptors);
    co_await pause.async_wait(kTuple);
  }
}

bool HttpServer::Engine::accept_one() {
  UniqueFd fd{::accept4(listener.fd(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK)};
  if (!fd) return false;
  if (connections >= settings.most_connections) {
    (void)!::send(fd.get(), kBusy.data(), kBusy.size(), MSG_NOSIGNAL);
    return true;
  }
  const bool tcp = listener.address().starts_with("http:");
  const int on = 1;
  if (tcp) ::setsockopt(fd.get(), IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  Protocol::socket socket(context);
  socket.assign(tcp ? Protocol(AF_INET, IPPROTO_TCP) : Protocol(AF_UNIX, 0), fd.get());
  (void)fd.release();
  asio::co_spawn(context, serve(std::move(socket)), asio::detached);
  return true;
}

Task<void> HttpServer::Engine::serve(Protocol::socket socket) {
  ++connections;
  try {
    Connection connection(std::move(socket), settings, handler);
    co_await connection.serve();
  } catch (const std::exception&) {
    // Out of memory for one connection is its end, not the server's.
  }
  --connections;
}

void HttpServer::Engine::run() {
  while (!context.stopped()) {
    try {
      context.run();
    } catch (const std::exception&) {
      // What a function given to after() throws ends that function only.
    }
  }
}

Result<std::unique_ptr<HttpServer>> HttpServer::start(HttpServerSettings settings, Handler handler) {
  auto listener = HttpListener::open(settings.listen);
  if (!listener) return fail(std::move(listener.error()));
  try {
    auto engine = std::make_unique<Engine>(std::move(settings), std::move(handler), std::move(*listener));
    asio::co_spawn(engine->context, engine->accept_forever(), asio::detached);
    const SignalsBlocked while_starting;
    engine->thread = std::thread([work = engine.get()] { work->run(); });
    return std::unique_ptr<HttpServer>(new HttpServer(std::move(engine)));
  } catch (const std::exception& error) {
    return fail(Errc::unavailable, std::string("cannot start the server: ") + error.what());
  }
}

HttpServer::HttpServer(std::unique_ptr<Engine> engine) : engine_(std::move(engine)) {}

HttpServer::~HttpServer() {
  engine_->context.stop();
  engine_->thread.join();
}

std::string HttpServer::address() const {
  return engine_->listener.address();
}

void HttpServer::after(Duration delay, std::function<void()> work) {
  auto& context = engine_->context;
  auto timer = std::make_shared<asio::steady_timer>(context, delay);
  timer->async_wait([timer, act = std::move(work)](error_code error) {
    if (!error) act();
  });
}

}  // namespace runneriq::platform
