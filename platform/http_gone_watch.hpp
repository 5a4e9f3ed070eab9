// Notices that a client goes away while its answer is awaited.
#pragma once

#include "platform/http_pending.hpp"

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/asio/steady_timer.hpp>

#include <memory>
#include <utility>

namespace runneriq::platform {

// Waits for the socket to become readable: the end of the connection does that, and so does a next
// request that comes early. Where there is something to read, it looks again each second.
class HttpGoneWatch : public std::enable_shared_from_this<HttpGoneWatch> {
 public:
  using Socket = boost::asio::generic::stream_protocol::socket;
  enum class HalfClosed { is_gone, is_there };

  HttpGoneWatch(Socket& socket, std::weak_ptr<HttpPending> pending, HalfClosed half_closed)
      : socket_(socket),
        pending_(std::move(pending)),
        half_closed_(half_closed),
        again_(socket.get_executor()) {}
  void begin();
  void end();  // before the socket is used for anything else

 private:
  void wait();
  void look();
  [[nodiscard]] bool has_gone() const;

  Socket& socket_;
  std::weak_ptr<HttpPending> pending_;
  HalfClosed half_closed_;
  boost::asio::steady_timer again_;
  bool ended_ = false;
};

}  // namespace runneriq::platform
