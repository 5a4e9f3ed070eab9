#include "gitlab/rest/sender_settings.hpp"

namespace runneriq::gitlab {

SenderSettings sender_settings(const RestSettings& settings, Permit permit) {
  return {.token = settings.token,
          .call_limit = settings.client.call_limit,
          .now = settings.now,
          .jitter = settings.jitter ? settings.jitter : [] { return 0.5; },
          .wait_until = settings.wait_until,
          .permit = permit};
}

}  // namespace runneriq::gitlab
