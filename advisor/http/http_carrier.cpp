#include "advisor/http/http_carrier.hpp"

#include "core/printable.hpp"
#include "platform/http_date.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <utility>

namespace runneriq::advisor {
namespace {

constexpr std::size_t kLongestWords = 300;
constexpr Duration kLongestWait = std::chrono::days{1};

platform::HttpCall http_call(const WireCall& call, Duration limit) {
  platform::HttpCall made{.method = call.method,
                          .url = call.url,
                          .secret_header = call.secret_header,
                          .secret = Secret{call.secret_prefix + call.secret.reveal()},
                          .body = call.body,
                          .largest_reply = call.largest_reply,
                          .time_limit = limit};
  for (const auto& [name, value] : call.headers) made.headers.push_back({name, value});
  return made;
}

// A wait is told in seconds, whoever told it as a date.
WireReply wire_reply(platform::HttpReply reply, Time now) {
  WireReply wire{.status = reply.status};
  if (const auto wait = platform::retry_after(reply, now, kLongestWait)) {
    wire.headers.emplace_back("retry-after",
                              std::to_string(std::chrono::ceil<std::chrono::seconds>(*wait).count()));
  }
  wire.body = std::move(reply.body);
  for (platform::HttpHeader& each : reply.headers)
    wire.headers.emplace_back(std::move(each.name), std::move(each.value));
  return wire;
}

WireReply trouble(WireReply::Trouble what, std::string_view words) {
  return {.trouble = what, .trouble_words = printable_path(words, kLongestWords)};
}

WireReply trouble_of(const Error& error) {
  switch (error.code) {
    case Errc::timed_out:
      return trouble(WireReply::Trouble::late, error.message);
    case Errc::invalid_argument:
      return trouble(WireReply::Trouble::too_large, error.message);
    default:
      return trouble(WireReply::Trouble::unreachable, error.message);
  }
}

}  // namespace

WireReply HttpCarrier::carry(const WireCall& call, Time deadline) {
  const std::unique_lock turn{turn_, deadline - clock_()};
  const Duration limit = deadline - clock_();
  if (!turn || limit <= Duration::zero())
    return trouble(WireReply::Trouble::late, "no time was left for the call");
  std::optional<Result<platform::HttpReply>> outcome;
  transport_.begin(http_call(call, limit),
                   [&](Result<platform::HttpReply> reply) { outcome = std::move(reply); });
  transport_.run_until(deadline);
  if (!outcome) return trouble(WireReply::Trouble::stopped, "the call was given up");
  return *outcome ? wire_reply(std::move(**outcome), clock_()) : trouble_of(outcome->error());
}

}  // namespace runneriq::advisor
