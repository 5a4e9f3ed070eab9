// When whom is asked for what: budget, back-off and circuit breaker for each (source, zone). Pure.
#pragma once

#include "carbon/intensity.hpp"
#include "carbon/provider.hpp"
#include "core/time.hpp"

#include <array>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace runneriq::carbon {

struct ChannelKey {
  std::string source;
  ZoneKey zone;
  friend auto operator<=>(const ChannelKey&, const ChannelKey&) = default;
  friend bool operator==(const ChannelKey&, const ChannelKey&) = default;
};

// How asking for one thing has gone.
struct WantState {
  std::optional<Time> answered;  // last usable answer
  int failures = 0;              // in a row
  int refusals = 0;              // of these, 401 and 403 in a row
  std::optional<Time> not_before;
};

// All that is remembered of one (source, zone); kept in the state file, so that a restart asks no sooner.
struct Channel {
  ChannelKey key;
  double tokens = 0;               // calls that may be made at once
  Time tokens_at;                  // when that was counted
  std::array<WantState, 3> wants;  // by Want
  std::string trouble;             // one sentence; "" = the last answer was fine
};

struct FetchTerms {
  int calls_per_hour =
      30;  // for each (source, zone): below the 50 of free keys, for two daemons with one key
  Duration latest_every = std::chrono::minutes{15};
  Duration forecast_every = std::chrono::hours{1};
  Duration history_every = std::chrono::hours{12};
  Duration first_pause = std::chrono::minutes{1};  // after a failure; doubles with each
  Duration longest_pause = std::chrono::minutes{30};
  // After two refusals in a row the zone is left out on that source for so long: the key does not cover it.
  // One alone may be throttling: Electricity Maps answers bursts with 401.
  Duration refused_for = std::chrono::hours{24};
};

Channel new_channel(ChannelKey key, const FetchTerms& terms, Time now);

// What is due now and may be asked, the longest unanswered first; takes the tokens for it. A clock that was
// set back makes nothing due later than a whole interval.
std::vector<Want> due(Channel& channel, const Provider& provider, const FetchTerms& terms, Time now);

// What became of a call.
struct FetchOutcome {
  enum class Kind {
    answered,
    refused,    // 401, 403
    throttled,  // 429
    absent,     // 404: no data for the zone now
    failed,     // no reply, 5xx, any other status, or a reply that cannot be used
  };
  Kind kind = Kind::failed;
  std::optional<Duration> retry_after = {};  // as the reply says; at most a day counts
  std::string trouble = {};                  // one sentence, without secrets; "" when answered
};
// `jitter`, 0..1, spreads pauses by up to a quarter of them.
void note(Channel& channel, Want want, const FetchOutcome& outcome, const FetchTerms& terms, Time now,
          double jitter);

}  // namespace runneriq::carbon
