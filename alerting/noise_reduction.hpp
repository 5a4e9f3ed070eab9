// The four stages one after the other: from events to as few messages as lose nothing. Pure: time comes in as
// data, and what comes out goes to a sink.
//
// An *alert* is one subject (GitLab, project, ref, kind, name) that fails with one signature, since its first
// failure. It fires until the subject is green on the ref, or for a day after its last failure.
#pragma once

#include "alerting/classifier.hpp"
#include "alerting/flaky.hpp"
#include "alerting/inhibition.hpp"
#include "alerting/notification.hpp"
#include "alerting/routing.hpp"
#include "alerting/suppression.hpp"
#include "alerting/verdict.hpp"

#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::alerting {

struct Bounds {
  std::size_t events_per_message = 200;       // kept of one group between two messages; the rest is counted
  std::size_t events = 20'000;                // kept in all; then each group keeps one event of each message
  std::size_t alerts = 20'000;                // known at once; then a group keeps one, and counts
  std::size_t groups = 12'000;                // open at once; then the others of a route share one
  std::size_t seen = 100'000;                 // ends of jobs that are recognised when they are told again
  Duration oldest = std::chrono::days{1};     // older ones are history, and no news; not in a replay
  Duration ahead = std::chrono::minutes{5};   // a time farther ahead counts as now
  Duration forgotten = std::chrono::days{1};  // an alert fires no longer after its last failure
};

struct NoiseRules {
  ClassifierRules classifier;
  FlakyTerms flaky;
  OutageTerms outages;
  std::vector<SuppressionRule> suppression = default_suppression();
  InhibitionTerms inhibition;
  RouteTree routes;
  Duration cooldown = std::chrono::hours{4};
  std::string digest_zone = "UTC";
  int digest_minute = 8 * 60;  // of the day
  Bounds bounds;
};

// What comes out. Called within take(), advance() and finish(), in the order in which things happen.
class NoiseSink {
 public:
  virtual ~NoiseSink() = default;
  // The fate of a failed event, and again whenever it changes: waiting, then sent or suppressed. `event` is
  // null where it is no longer kept (its number tells). Every failed event ends as sent or suppressed.
  virtual void decided(const Verdict& verdict, const Classified* event) = 0;
  virtual void notify(const Notification& notification) = 0;
};

struct Totals {
  std::int64_t events = 0, failures = 0, passes = 0, others = 0;
  std::int64_t notifications = 0, sent = 0, waiting = 0;  // messages; failures in them; failures undecided
  std::array<std::int64_t, 5> suppressed{};               // by Stage
  std::int64_t resolved = 0;                              // alerts that became green
};

class NoiseReduction {
 public:
  // `zones` and `sink` must outlive it.
  NoiseReduction(NoiseRules rules, const TimeZones& zones, NoiseSink& sink);
  ~NoiseReduction();
  NoiseReduction(NoiseReduction&&) noexcept;

  // Everything that is due by `now` happens first. Gives the event's number. Events may come out of order;
  // what is decided is decided at `now`, and never undone by a late one.
  std::int64_t take(Event event, Time now);
  void advance(Time now);
  // All windows are flushed at `now`, whatever they wait for: the end of a replay.
  void finish(Time now);
  // When advance() has something to do next; none = nothing waits.
  [[nodiscard]] std::optional<Time> due() const;
  // A test's end within a job, of GitLab's report: before the job's own end is taken. A job of which only
  // flaky tests have failed waits for its retry; one of which another test has failed does not.
  void test_ended(const Event& job, std::string_view test, bool failed);
  // Replaces all; from now on, also for what still waits to be told.
  void set_silences(std::vector<Silence> silences);
  // New rules; what waits goes on by them, and is suppressed by them. Routes that are gone: their groups are
  // told by the route that now matches.
  void set_rules(NoiseRules rules);

  [[nodiscard]] const Totals& totals() const;
  [[nodiscard]] std::vector<FlakyRecord> flaky(std::size_t most, Time now) const;
  // What fires now, worst first: for `alerts list`.
  struct Firing {
    std::uint64_t alert = 0;
    Classified latest;  // the last failure
    Time since{};
    int failures = 0;
    std::optional<Time> told{};  // when last in a message
    std::string hidden_by{};     // words of the inhibitor; "" = none
    std::string group{};
  };
  [[nodiscard]] std::vector<Firing> firing() const;

  // What has changed since the last call, to be kept: rows of "alert", "group", "flaky", "counter". A
  // document of "" is gone.
  struct Kept {
    std::string table, key, document;
  };
  [[nodiscard]] std::vector<Kept> take_changes();
  // Rows as they were kept, in any order, before the first event. What is corrupt is left out, and named.
  std::vector<std::string> restore(const std::vector<Kept>& rows);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace runneriq::alerting
