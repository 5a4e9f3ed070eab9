// Made days of known truth through all stages: what is lost, and what noise is left. Also run by ./dev bench,
// which prints its table.
#include "alerting/noise_reduction.hpp"
#include "tests/support/made_day.hpp"
#include "tests/support/made_zones.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace runneriq::alerting {
namespace {

using namespace std::chrono_literals;

constexpr std::uint64_t kFirstSeed = 62'000;
constexpr int kDays = 25;
constexpr const char* kTitle = "alerts of made days (each: mean of 25 days)";
enum class Start { cold, with_history };
constexpr std::array<std::pair<Stage, const char*>, 5> kRemoved{{
    {Stage::intake, "  told before"},
    {Stage::flaky, "  flaky, or passed when run again"},
    {Stage::suppression, "  suppressed by rule, or explained by another"},
    {Stage::grouping, "  green again before a message"},
    {Stage::routing, "  still in cooldown"},
}};

NoiseRules default_rules() {
  NoiseRules rules;
  rules.routes = *RouteTree::make({.path = "root",
                                   .receiver = "default",
                                   .group_by = {Label::signature},
                                   .wait = 15min,
                                   .interval = 15min,
                                   .repeat = 4h,
                                   .active = {},
                                   .digest = DigestPeriod::none},
                                  {});
  return rules;
}

// What came of a day.
class Outcomes final : public NoiseSink {
 public:
  void decided(const Verdict& verdict, const Classified*) override {
    last_[verdict.event] = {verdict.fate, verdict.stage};
    if (verdict.reason.starts_with("hidden: the same job is red on")) explained_.insert(verdict.event);
  }
  void notify(const Notification& notification) override { notifications_.push_back(notification); }

  [[nodiscard]] std::pair<Fate, Stage> of(std::int64_t number) const { return last_.at(number); }
  // By the default branch: a run that fails when that is green is news, this failure is none.
  [[nodiscard]] bool is_explained(std::int64_t number) const { return explained_.contains(number); }
  [[nodiscard]] const std::vector<Notification>& notifications() const { return notifications_; }

 private:
  std::map<std::int64_t, std::pair<Fate, Stage>> last_;
  std::set<std::int64_t> explained_;
  std::vector<Notification> notifications_;
};

struct Told {
  const MadeEvent* made;
  std::int64_t number;
};

struct Played {
  MadeDay day;
  Outcomes outcomes;
  std::vector<Told> failures;      // of the day
  std::vector<Notification> sent;  // of the day
};

Played played(MadeDay day, Start start) {
  Played played{.day = std::move(day), .outcomes = {}, .failures = {}, .sent = {}};
  const support::MadeZones zones;
  NoiseReduction stages{default_rules(), zones, played.outcomes};
  if (start == Start::with_history) {
    for (const MadeEvent& made : played.day.history) stages.take(made.event, made.told);
  }
  for (const MadeEvent& made : played.day.events) {
    const std::int64_t number = stages.take(made.event, made.told);
    if (made.truth != Truth::none) played.failures.push_back({&made, number});
  }
  stages.finish(kMadeDay + 26h);
  for (const Notification& notification : played.outcomes.notifications()) {
    if (notification.time >= kMadeDay) played.sent.push_back(notification);
  }
  return played;
}

// When each job's failure, and each runner, was in a message.
std::map<std::string, Time> first_told(const std::vector<Notification>& sent) {
  std::map<std::string, Time> told;
  for (const Notification& notification : sent) {
    for (const AlertEntry& alert : notification.alerts) {
      for (const Event& event : alert.events) {
        told.try_emplace(std::to_string(event.job_id) + event.name, notification.time);
      }
    }
  }
  return told;
}

// The first wait, and a minute: of many that fail together the first may be held for its retry.
constexpr Duration kWait = 15min + 1min;
// A job that is flaky, or was thought to be, is also held for half an hour.
constexpr Duration kHold = 30min;

// Whether the same job passed on the ref after the incident's first failure, before anybody had to know.
bool is_repaired_in_time(const Played& played, int index, Duration longest) {
  const Incident& incident = played.day.incidents[static_cast<std::size_t>(index)];
  const auto first = std::ranges::find_if(played.day.events, [&](const MadeEvent& made) {
    return made.incident == index && made.truth == Truth::real;
  });
  return std::ranges::any_of(played.day.events, [&](const MadeEvent& made) {
    const Event &one = made.event, &other = first->event;
    return made.truth == Truth::none && one.project == other.project && one.ref == other.ref &&
           one.name == other.name && one.time > incident.first && one.time <= incident.first + longest;
  });
}

// When the first failure of each incident was heard of that the default branch does not explain.
std::map<int, Time> first_news(const Played& played) {
  std::map<int, Time> first;
  for (const auto& [made, number] : played.failures) {
    if (made->incident < 0 || played.outcomes.is_explained(number)) continue;
    const auto [known, is_new] = first.try_emplace(made->incident, made->event.time);
    if (!is_new) known->second = std::min(known->second, made->event.time);
  }
  return first;
}

// Incidents that were in no message `longest` after their first failure; urgent ones 10 s after it.
std::vector<std::string> untold(const Played& played, Duration longest) {
  const std::map<std::string, Time> told = first_told(played.sent);
  const std::map<int, Time> news = first_news(played);
  std::set<int> known;
  for (const auto& [made, number] : played.failures) {
    if (made->incident < 0 || !news.contains(made->incident)) continue;
    const Incident& incident = played.day.incidents[static_cast<std::size_t>(made->incident)];
    const auto found = told.find(std::to_string(made->event.job_id) + made->event.name);
    if (found != told.end() && found->second <= news.at(made->incident) + (incident.urgent ? 10s : longest)) {
      known.insert(made->incident);
    }
  }
  std::vector<std::string> untold;
  for (std::size_t i = 0; i < played.day.incidents.size(); ++i) {
    const Incident& incident = played.day.incidents[i];
    if (incident.first == Time::max() || known.contains(static_cast<int>(i))) continue;
    if (!news.contains(static_cast<int>(i))) continue;
    if (is_repaired_in_time(played, static_cast<int>(i), longest)) continue;
    untold.push_back(incident.words + ", at " + runneriq::to_text(incident.first));
  }
  return untold;
}

// Incidents that were told late, for a job that is thought to be flaky.
std::size_t held(const Played& played) {
  return untold(played, kWait).size() - untold(played, kWait + kHold).size();
}

struct Counts {
  double failures = 0, incidents = 0, messages = 0, resolved = 0, sent = 0;
  std::array<double, 5> removed{};  // by Stage
  double noise_sent = 0;
  double untold = 0, held = 0;

  void add(const Played& played) {
    untold += static_cast<double>(alerting::untold(played, kWait + kHold).size());
    held += static_cast<double>(alerting::held(played));
    for (const auto& [made, number] : played.failures) {
      const auto [fate, stage] = played.outcomes.of(number);
      ++failures;
      if (fate == Fate::sent) ++sent;
      if (fate == Fate::suppressed) ++removed.at(static_cast<std::size_t>(stage));
      if (made->truth != Truth::flaky && made->truth != Truth::expected) continue;
      if (fate == Fate::sent) ++noise_sent;
    }
    for (const Incident& incident : played.day.incidents) incidents += incident.first != Time::max() ? 1 : 0;
    for (const Notification& one : played.sent) ++(one.reason == Reason::resolved ? resolved : messages);
  }
};

template <class Check>
void for_each_day(Check check) {
  for (int i = 0; i < kDays; ++i) {
    const std::uint64_t seed = kFirstSeed + static_cast<std::uint64_t>(i);
    SCOPED_TRACE("seed " + std::to_string(seed));
    check(make_day(seed));
  }
}

class AlertingDay : public testing::TestWithParam<Start> {};
INSTANTIATE_TEST_SUITE_P(Starts, AlertingDay, testing::Values(Start::with_history, Start::cold),
                         [](const auto& start) {
                           return start.param == Start::cold ? "Cold" : "WithHistory";
                         });

TEST_P(AlertingDay, LosesNoRealFailure) {
  for_each_day([](const MadeDay& day) {
    const Played of = played(day, GetParam());
    EXPECT_EQ(of.failures.size(), kMadeFailures);
    EXPECT_EQ(untold(of, kWait + kHold), std::vector<std::string>{});
    EXPECT_LE(held(of), 50) << "of about 91; a third of the jobs are flaky";
    for (const auto& [made, number] : of.failures) {
      EXPECT_TRUE(of.outcomes.of(number).first != Fate::waiting) << number;
    }
  });
}

// A few flaky failures are told: those that come again until the message is due, or shortly before it.
TEST_P(AlertingDay, KeepsNoiseOutOfMessages) {
  for_each_day([](const MadeDay& day) {
    const Played of = played(day, GetParam());
    Counts counts;
    counts.add(of);
    for (const auto& [made, number] : of.failures) {
      if (of.outcomes.of(number).first != Fate::sent) continue;
      EXPECT_TRUE(made->truth != Truth::expected) << number;
    }
    EXPECT_LE(counts.noise_sent, 0.02 * counts.failures);
    EXPECT_LE(counts.messages + counts.resolved, 0.12 * counts.failures);
    EXPECT_LE(counts.messages, 1.7 * counts.incidents);
  });
}

// What is removed, of all days.
TEST(AlertingDays, Table) {
  Counts known, cold;
  for_each_day([&](const MadeDay& day) {
    known.add(played(day, Start::with_history));
    cold.add(played(day, Start::cold));
  });
  std::printf("%-56s%14s%14s\n", kTitle, "with history", "cold start");
  const auto row = [&](const char* what, double Counts::*count) {
    std::printf("%-56s%14.1f%14.1f\n", what, known.*count / kDays, cold.*count / kDays);
  };
  row("failures told", &Counts::failures);
  row("incidents behind them", &Counts::incidents);
  for (const auto& [stage, words] : kRemoved) {
    const auto at = static_cast<std::size_t>(stage);
    std::printf("%-56s%12.1f %%%12.1f %%\n", words, 100 * known.removed.at(at) / known.failures,
                100 * cold.removed.at(at) / cold.failures);
  }
  std::printf("%-56s%12.1f %%%12.1f %%\n", "  in a message", 100 * known.sent / known.failures,
              100 * cold.sent / cold.failures);
  row("messages that something fails", &Counts::messages);
  row("messages that it is green again", &Counts::resolved);
  row("flaky failures in a message", &Counts::noise_sent);
  row("incidents told half an hour later: held for a retry", &Counts::held);
  row("incidents that nobody was told of", &Counts::untold);
  std::printf("\n");
}

}  // namespace
}  // namespace runneriq::alerting
