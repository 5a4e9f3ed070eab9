// How one message is brought to one receiver, whatever it is: the seam between when and how.
#pragma once

#include "alerting/receiver.hpp"
#include "core/time.hpp"

#include <string_view>

namespace runneriq::alerting {

class Courier {
 public:
  virtual ~Courier() = default;
  [[nodiscard]] virtual std::string_view type() const = 0;
  [[nodiscard]] virtual Duration pace() const = 0;
  // One attempt, which takes `limit` at most. Trouble of the network is a reply, too.
  [[nodiscard]] virtual DeliveryReply bring(const Notification& notification, const DeliveryContext& context,
                                            Duration limit) = 0;
};

}  // namespace runneriq::alerting
