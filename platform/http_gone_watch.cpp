#include "platform/http_gone_watch.hpp"

#include <poll.h>

#include <chrono>

namespace runneriq::platform {
namespace {

using boost::system::error_code;
constexpr std::chrono::seconds kLookAgain{1};

}  // namespace

void HttpGoneWatch::begin() {
  wait();
}

void HttpGoneWatch::end() {
  ended_ = true;
  error_code ignored;
  socket_.cancel(ignored);
  again_.cancel();
}

void HttpGoneWatch::wait() {
  socket_.async_wait(Socket::wait_read, [self = shared_from_this()](error_code) {
    if (!self->ended_) self->look();
  });
}

void HttpGoneWatch::look() {
  const auto pending = pending_.lock();
  if (!pending) return;
  if (has_gone()) return pending->client_has_gone();
  again_.expires_after(kLookAgain);
  again_.async_wait([self = shared_from_this()](error_code) {
    if (!self->ended_) self->look();
  });
}

bool HttpGoneWatch::has_gone() const {
  const short half = half_closed_ == HalfClosed::is_gone ? POLLRDHUP : 0;
  pollfd state{socket_.native_handle(), half, 0};
  return ::poll(&state, 1, 0) > 0 && (state.revents & (POLLHUP | POLLERR | POLLNVAL | half)) != 0;
}

}  // namespace runneriq::platform
