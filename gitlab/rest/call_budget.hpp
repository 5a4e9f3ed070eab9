// How many calls may be made, and when none may be made at all.
#pragma once

#include "core/time.hpp"
#include "platform/http_client.hpp"

#include <optional>
#include <string>

namespace runneriq::gitlab {

// A token bucket, filled by the minute. It holds a whole minute's calls at the start, later those
// of one poll at most, so that no reading takes more than its share.
class CallBudget {
 public:
  // `calls_per_minute`, or 30 a poll if that is more.
  CallBudget(int calls_per_minute, Duration poll_interval);

  enum class Charge {
    ordinary,
    credit,  // the next page of a list that has begun: what the next poll brings is lent, but for a
             // few calls, so that one long list never leaves the others of a fleet unread
    exempt,
  };
  // Whether one more call may be made; then it counts as made.
  bool take(Charge charge, Time now);
  // Ordinary calls that could be made now.
  [[nodiscard]] int left(Time now);
  // Of these, those that leave `needed` calls for a poll in `until` from now; or three quarters of what
  // a poll brings, so that a large fleet's hints are heard, too.
  [[nodiscard]] int to_spare(int needed, Duration until, Time now);
  // What there is too little of, for people: calls of ours, or such as GitLab allows.
  [[nodiscard]] std::string shortage(Time now) const;

  // RateLimit-Remaining and -Reset: we never take more than GitLab says is left.
  void learn(const platform::HttpReply& reply, Time now);
  // No call at all is to leave before `until`; never further away than an hour.
  void hold(Time until, Time now);
  [[nodiscard]] std::optional<Time> held_until(Time now) const;

 private:
  struct Allowance {
    double calls = 0;
    Time until;
  };
  void refill(Time now);
  [[nodiscard]] bool allows(Time now) const;
  [[nodiscard]] double available(Time now) const;

  double minute_;
  double poll_share_;
  double tokens_;
  std::optional<Time> filled_at_;
  std::optional<Time> held_until_;
  std::optional<Allowance> allowed_;  // by GitLab
};

}  // namespace runneriq::gitlab
