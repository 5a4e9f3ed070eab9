// Carries calls to providers over HTTP.
#pragma once

#include "advisor/wire.hpp"
#include "platform/http_client.hpp"

#include <functional>
#include <mutex>

namespace runneriq::advisor {

// May be used from several threads: one call at a time, and who waits for another's call waits within its own
// deadline.
class HttpCarrier final : public Carrier {
 public:
  // `transport` must outlive this. `clock`: the wall clock.
  HttpCarrier(platform::HttpTransport& transport, std::function<Time()> clock)
      : transport_(transport), clock_(std::move(clock)) {}
  [[nodiscard]] WireReply carry(const WireCall& call, Time deadline) override;

 private:
  platform::HttpTransport& transport_;
  std::function<Time()> clock_;
  std::timed_mutex turn_;
};

}  // namespace runneriq::advisor
