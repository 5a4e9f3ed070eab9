#include "gitlab/rest/single_calls.hpp"

#include "gitlab/call_count.hpp"
#include "gitlab/rest/sender_settings.hpp"

#include <utility>

namespace runneriq::gitlab {

SingleCalls::SingleCalls(RestSettings settings, platform::HttpTransport& transport, Permit permit)
    : settings_(std::move(settings)),
      base_(settings_.fleet.url),
      budget_(settings_.client.calls_per_minute, settings_.poll_interval),
      sender_(sender_settings(settings_, permit), base_, transport, budget_) {}

Answer SingleCalls::ask(Question question) {
  Answer answer{.status = 0, .body = fail(Errc::unavailable, "not asked"), .link = {}, .sent = false};
  sender_.open(settings_.now() + settings_.client.tick_limit);
  sender_.ask(std::move(question), [&](Answer given) { answer = std::move(given); });
  finish();
  return answer;
}

void SingleCalls::finish() {
  sender_.run();
  add(count_, sender_.count());
}

}  // namespace runneriq::gitlab
