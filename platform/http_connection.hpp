// One connection of the server, from accept to close; runs on the server's thread. For http_server.cpp.
#pragma once

#include "platform/http_field.hpp"
#include "platform/http_gone_watch.hpp"
#include "platform/http_head.hpp"
#include "platform/http_pending.hpp"
#include "platform/http_server.hpp"

#include <boost/asio/as_tuple.hpp>
#include <boost/asio/error.hpp>
#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/ssl/stream.hpp>
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

#include <algorithm>
#include <array>
#include <exception>
#include <sstream>
#include <utility>

namespace runneriq::platform::http_connection {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;
using PlainStream = beast::basic_stream<asio::generic::stream_protocol>;
using TlsStream = asio::ssl::stream<PlainStream>;
using Parser = http::request_parser<http::string_body>;
template <class T>
using Task = asio::awaitable<T>;

constexpr auto kTuple = asio::as_tuple(asio::use_awaitable);
constexpr Duration kLongestDrain = std::chrono::seconds{2};
constexpr std::size_t kReadPiece = 2048;  // what an idle connection keeps
constexpr std::size_t kWritePiece = std::size_t{64} << 10;
constexpr std::size_t kSlowPiecesPerSecond = 20;
constexpr std::string_view kContinue = "HTTP/1.1 100 Continue\r\n\r\n";

// What a connection needs of its server; it outlives the connection.
struct Surroundings {
  const HttpServerSettings& settings;
  const HttpServer::Handler& handler;
  std::shared_ptr<HttpMailbox> mailbox;
};

inline ServedRequest served(Parser::value_type message, const ServedConnection& connection) {
  ServedRequest request{.method = std::string(message.method_string()),
                        .target = std::string(message.target()),
                        .headers = {},
                        .body = std::move(message.body()),
                        .connection = connection};
  for (const auto& field : message) {
    request.headers.push_back(
        {lower_case(std::string_view(field.name_string())), std::string(field.value())});
  }
  return request;
}

inline bool has_body(int status) {
  return status != 204 && status != 304;
}

inline std::string head_of(const ServedReply& reply, unsigned version, bool keep_alive) {
  http::response<http::empty_body> head(static_cast<http::status>(reply.status), version);
  for (const HttpHeader& each : reply.headers) head.insert(each.name, each.value);
  if (has_body(reply.status)) head.content_length(reply.body.size());
  head.keep_alive(keep_alive);
  std::ostringstream text;
  text << head.base();
  return text.str();
}

// Where a proxy before us could see another end of the message than we do (RFC 9112, section 6.3).
inline bool is_ambiguous(const Parser& parser) {
  const auto& head = parser.get();
  const std::size_t lengths = head.count(http::field::content_length);
  const bool encoded = head.count(http::field::transfer_encoding) > 0;
  if (encoded && (lengths > 0 || !parser.chunked() || head.version() < 11)) return true;
  const std::string_view length = head[http::field::content_length];
  return lengths > 1 || length.find_first_not_of("0123456789") != std::string_view::npos;
}

// No co_await stands in a condition: g++ 12 makes code of those that ends in an illegal instruction.
template <class Stream>
class Connection {
 public:
  template <class... Tls>
  Connection(PlainStream::socket_type socket, ServedConnection about, const Surroundings& around, Tls&... tls)
      : stream_(std::move(socket), tls...), about_(std::move(about)), around_(around) {}

  Task<void> serve() {
    lowest().expires_after(settings().request_limit);
    const bool ready = co_await greet();
    if (!ready) co_return;
    bool more = true;
    while (more) {
      const bool arrived = co_await something_arrives();
      if (!arrived) co_return;
      more = co_await serve_one();
    }
    co_await hang_up();
  }

 private:
  static constexpr bool kTls = std::is_same_v<Stream, TlsStream>;

  [[nodiscard]] PlainStream& lowest() { return beast::get_lowest_layer(stream_); }
  [[nodiscard]] const HttpServerSettings& settings() const { return around_.settings; }

  Task<bool> greet() {
    if constexpr (kTls) {
      const auto [error] = co_await stream_.async_handshake(asio::ssl::stream_base::server, kTuple);
      co_return !error;
    }
    co_return true;
  }

  // The first bytes of a request; they may have come with the one before.
  Task<bool> something_arrives() {
    if (buffer_.size() > 0) co_return true;
    buffer_.clear();
    buffer_.shrink_to_fit();
    const error_code error = co_await receive();
    co_return !error;
  }

  Task<error_code> receive() {
    const auto [error, count] = co_await stream_.async_read_some(buffer_.prepare(kReadPiece), kTuple);
    buffer_.commit(count);
    co_return error;
  }

  // Whether another request may follow.
  Task<bool> serve_one() {
    lowest().expires_after(settings().request_limit);
    Parser parser;
    parser.header_limit(static_cast<std::uint32_t>(settings().largest_header));
    parser.body_limit(settings().largest_body);
    const error_code error = co_await read(parser);
    if (error) {
      co_await refuse(error);
      co_return false;
    }
    const bool keep = parser.keep_alive();
    const unsigned version = parser.get().version();
    const bool head_only = parser.get().method() == http::verb::head;
    const ServedReply reply = co_await answer(served(parser.release(), about_));
    const bool sent = co_await send(reply, head_of(reply, version, keep), head_only);
    if (!sent) co_return false;
    lowest().expires_after(settings().idle_limit);
    co_return keep;
  }

  Task<error_code> read(Parser& parser) {
    const error_code unclean = co_await whole_head_arrives();
    if (unclean) co_return unclean;
    const auto [head_error, head_size] = co_await http::async_read_header(stream_, buffer_, parser, kTuple);
    if (head_error) co_return head_error;
    if (is_ambiguous(parser)) co_return http::make_error_code(http::error::bad_transfer_encoding);
    const bool asks = beast::iequals(parser.get()[http::field::expect], "100-continue");
    if (asks && !parser.is_done() && parser.get().version() >= 11) {
      const auto [error, size] =
          co_await asio::async_write(stream_, asio::buffer(kContinue.data(), kContinue.size()), kTuple);
      if (error) co_return error;
    }
    const auto [body_error, body_size] = co_await http::async_read(stream_, buffer_, parser, kTuple);
    co_return body_error;
  }

  Task<error_code> whole_head_arrives() {
    HttpHeadScan scan;
    while (true) {
      const auto bytes = buffer_.data();
      const auto verdict = scan.look({static_cast<const char*>(bytes.data()), bytes.size()});
      if (verdict == HttpHeadScan::Verdict::malformed)
        co_return http::make_error_code(http::error::bad_field);
      const bool complete = verdict == HttpHeadScan::Verdict::complete;
      if ((complete ? scan.size() : bytes.size()) > settings().largest_header) {
        co_return http::make_error_code(http::error::header_limit);
      }
      if (complete) co_return error_code{};
      const error_code error = co_await receive();
      if (error) co_return error;
    }
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
    const ServedReply reply = plain_reply(status);
    co_await send(reply, head_of(reply, 11, false), false);
  }

  Task<ServedReply> answer(ServedRequest request) {
    const auto pending = std::make_shared<HttpPending>(stream_.get_executor());
    hand_over(std::move(request), pending);
    if (pending->is_given()) co_return co_await pending->taken();
    const auto watch = std::make_shared<HttpGoneWatch>(lowest().socket(), pending,
                                                       about_.kind == ServedConnection::Kind::unix_socket
                                                           ? HttpGoneWatch::HalfClosed::is_there
                                                           : HttpGoneWatch::HalfClosed::is_gone);
    watch->begin();
    ServedReply reply = co_await pending->taken();
    watch->end();
    co_return reply;
  }

  void hand_over(ServedRequest request, const std::shared_ptr<HttpPending>& pending) {
    const HttpAnswer answer = HttpPending::answer_to(pending, around_.mailbox);
    try {
      around_.handler(std::move(request), answer);
    } catch (const std::exception&) {
      answer(plain_reply(500));
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
      lowest().expires_after(settings().idle_limit);
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
    lowest().socket().set_option(asio::socket_base::linger(true, 0), ignored);
    lowest().socket().close(ignored);
  }

  // A close with unread input would be a reset, which can take our last reply from the client.
  Task<void> hang_up() {
    error_code ignored;
    if (!lowest().socket().is_open()) co_return;
    lowest().expires_after(kLongestDrain);
    if constexpr (kTls) {
      const auto [error] = co_await stream_.async_shutdown(kTuple);
      if (error && !lowest().socket().is_open()) co_return;  // the time limit
    }
    lowest().socket().shutdown(asio::socket_base::shutdown_send, ignored);
    std::array<char, 16384> block;
    while (true) {
      const auto [error, count] = co_await lowest().async_read_some(asio::buffer(block), kTuple);
      if (error) co_return;
    }
  }

  Stream stream_;
  beast::flat_buffer buffer_;
  ServedConnection about_;
  const Surroundings& around_;
};

}  // namespace runneriq::platform::http_connection
