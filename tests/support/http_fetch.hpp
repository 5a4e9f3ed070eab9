// One HTTP call and its outcome.
#pragma once

#include "platform/http_client.hpp"
#include "platform/system_waiter.hpp"

#include <optional>
#include <utility>

namespace runneriq {

inline Result<platform::HttpReply> fetch(platform::HttpTransport& client, platform::HttpCall call,
                                         Duration limit = std::chrono::seconds{30}) {
  std::optional<Result<platform::HttpReply>> outcome;
  client.begin(std::move(call), [&](Result<platform::HttpReply> reply) { outcome = std::move(reply); });
  client.run_until(platform::wall_clock() + limit);
  return outcome ? std::move(*outcome) : fail(Errc::conflict, "the call was never answered");
}

inline Result<platform::HttpReply> fetch(platform::HttpCall call,
                                         platform::HttpClientSettings settings = {}) {
  auto client = platform::HttpClient::make(std::move(settings));
  if (!client) return fail(std::move(client.error()));
  return fetch(**client, std::move(call));
}

}  // namespace runneriq
