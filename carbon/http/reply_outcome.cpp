#include "carbon/http/reply_outcome.hpp"

#include "platform/http_date.hpp"

#include <string>
#include <utility>

namespace runneriq::carbon {
namespace {

using Kind = FetchOutcome::Kind;

constexpr Duration kLongestRetryAfter = std::chrono::hours{24};

Kind kind_of(int status) {
  if (status == 401 || status == 403) return Kind::refused;
  if (status == 404) return Kind::absent;
  return status == 429 ? Kind::throttled : Kind::failed;
}

std::string_view words_of(Kind kind) {
  switch (kind) {
    case Kind::refused:
      return "the key is refused for this zone; check that it is right and covers it";
    case Kind::throttled:
      return "too many calls with this key";
    case Kind::absent:
      return "there is nothing for this zone now; check its name, case included";
    case Kind::answered:
    case Kind::failed:
      break;
  }
  return "not an answer that helps";
}

}  // namespace

platform::HttpCall call_of(ProviderQuestion question) {
  platform::HttpCall call{.url = std::move(question.url)};
  call.headers.push_back({"Accept", "application/json"});
  call.secret_header = std::move(question.secret_header);
  call.secret = std::move(question.key);
  call.largest_reply = kLargestReply;
  call.time_limit = kCallLimit;
  return call;
}

FetchOutcome outcome_of(const Result<platform::HttpReply>& reply, Time now) {
  if (!reply) return {.kind = Kind::failed, .trouble = "no answer: " + reply.error().message};
  const Kind kind = kind_of(reply->status);
  return {.kind = kind,
          .retry_after = platform::retry_after(*reply, now, kLongestRetryAfter),
          .trouble = "HTTP " + std::to_string(reply->status) + ": " + std::string(words_of(kind))};
}

}  // namespace runneriq::carbon
