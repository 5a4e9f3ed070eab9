// Laws of the stages of alerting, on made streams.
#include "alerting/noise_reduction.hpp"

#include "tests/support/noise_streams.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::alerting {
namespace {

constexpr unsigned kSeeds = 60;

Log told_of(const std::vector<Heard>& stream, NoiseRules rules = made_rules()) {
  Log log;
  NoiseReduction noise{std::move(rules), kUtc, log};
  for (const Heard& heard : stream) noise.take(heard.event, heard.now);
  noise.finish(stream.back().now);
  EXPECT_EQ(noise.totals().waiting, 0);
  return log;
}

class NoiseLaws : public testing::TestWithParam<unsigned> {};
INSTANTIATE_TEST_SUITE_P(Seeds, NoiseLaws, testing::Range(1U, kSeeds + 1));

void expect_that_all_is_decided(const std::vector<Heard>& stream, NoiseRules rules) {
  Log log;
  NoiseReduction noise{std::move(rules), kUtc, log};
  std::int64_t sent = 0, suppressed = 0;
  for (const Heard& heard : stream) noise.take(heard.event, heard.now);
  noise.finish(stream.back().now);
  for (const auto& [number, verdict] : log.last) {
    EXPECT_NE(verdict.fate, Fate::waiting) << told(verdict);
    (verdict.fate == Fate::sent ? sent : suppressed) += 1;
    EXPECT_EQ(verdict.steps.back().words, verdict.reason);
  }
  const Totals& totals = noise.totals();
  EXPECT_EQ(static_cast<std::int64_t>(log.last.size()), totals.failures);
  EXPECT_EQ(sent, totals.sent);
  std::int64_t counted = 0;
  for (const std::int64_t stage : totals.suppressed) counted += stage;
  EXPECT_EQ(suppressed, counted);
  EXPECT_EQ(totals.waiting, 0);
  EXPECT_EQ(totals.events, totals.failures + totals.passes + totals.others);
}

TEST_P(NoiseLaws, EveryFailureIsSentOrSuppressed) {
  expect_that_all_is_decided(Maker{GetParam()}.stream(600), made_rules());
}

TEST_P(NoiseLaws, EveryFailureIsSentOrSuppressedWithinTinyBounds) {
  Maker maker{GetParam()};
  NoiseRules rules = made_rules();
  for (std::size_t* bound : {&rules.bounds.events, &rules.bounds.alerts, &rules.bounds.groups})
    *bound = 10 + maker.pick(41);
  expect_that_all_is_decided(maker.stream(600), rules);
}

std::map<std::string, Time> times_of(const std::vector<Notification>& messages) {
  std::map<std::string, Time> times;
  for (const Notification& message : messages) times[message.id] = message.time;
  return times;
}

TEST_P(NoiseLaws, WhatIsCriticalIsToldAtOnce) {
  const std::vector<Heard> stream = Maker{GetParam()}.stream(600);
  Route root = root_route();
  root.interval = {};
  const Log log = told_of(stream, rules_with(root));
  const auto times = times_of(log.notifications);
  for (const auto& [number, verdict] : log.last) {
    if (verdict.fate != Fate::sent || !log.critical.contains(number)) continue;
    EXPECT_EQ(times.at(verdict.notification), stream[static_cast<std::size_t>(number - 1)].now)
        << told(verdict);
  }
}

TEST_P(NoiseLaws, WhatNothingHidesIsToldInTime) {
  const std::vector<Heard> stream = Maker{GetParam()}.stream(600);
  NoiseRules rules = rules_with();
  rules.flaky.threshold = 0.005;
  rules.inhibition = {false, false, false};
  const Duration longest = rules.flaky.hold + minutes{15};
  const Log log = told_of(stream, rules);
  const auto times = times_of(log.notifications);
  for (const auto& [number, verdict] : log.last) {
    if (verdict.fate != Fate::sent) continue;
    const Time heard = stream[static_cast<std::size_t>(number - 1)].now;
    EXPECT_LE(times.at(verdict.notification), heard + longest) << told(verdict);
  }
}

// Where a pass was heard of after all earlier failures of its subject, no message from before it cools down
// what fails after it.
TEST_P(NoiseLaws, FixedAndBrokenAgainIsToldAgain) {
  const std::vector<Heard> stream = Maker{GetParam()}.stream(600);
  NoiseRules rules = rules_with();
  rules.cooldown = days{7};
  const Log log = told_of(stream, rules);
  const auto times = times_of(log.notifications);
  const auto is_of = [](const Event& one, const Event& other) {
    return one.kind == other.kind && one.project == other.project && one.ref == other.ref &&
           one.name == other.name;
  };
  for (const auto& [number, verdict] : log.last) {
    const std::size_t in = verdict.reason.find(" in message ");
    if (verdict.stage != Stage::routing || in == std::string::npos) continue;
    const auto at = static_cast<std::size_t>(number - 1);
    const Time told_at = times.at(verdict.reason.substr(in + 12, 16));
    Time newest{};  // failure heard of so far
    std::int64_t pipeline = 0;
    for (std::size_t i = 0; i < at; ++i) {
      const auto& [event, now] = stream[i];
      if (!is_of(event, stream[at].event)) continue;
      if (event.status == "failed") newest = std::max(newest, event.time);
      if (event.status == "failed") pipeline = std::max(pipeline, event.pipeline_id);
      if (event.status != "success" || event.time < newest || event.pipeline_id < pipeline) continue;
      EXPECT_FALSE(now > told_at && event.time < stream[at].event.time) << told(verdict);
    }
  }
}

TEST_P(NoiseLaws, EachFailureIsToldOnceToAReceiverAndMessagesHaveNews) {
  const Log log = told_of(Maker{GetParam()}.stream(600));
  std::set<std::string> ids;
  std::set<std::pair<std::string, std::int64_t>> jobs;
  Time last{};
  for (const Notification& message : log.notifications) {
    EXPECT_TRUE(ids.insert(message.id).second) << message.id;
    EXPECT_GE(message.time, last);
    last = message.time;
    EXPECT_FALSE(message.alerts.empty());
    for (const AlertEntry& entry : message.alerts) {
      ASSERT_FALSE(entry.events.empty());
      if (entry.told_before) continue;
      for (const Event& event : entry.events) {
        EXPECT_TRUE(event.job_id == 0 || jobs.insert({message.route, event.job_id}).second) << event.job_id;
      }
    }
  }
  for (const auto& [number, verdict] : log.last) {
    EXPECT_TRUE(verdict.fate != Fate::sent || ids.contains(verdict.notification)) << told(verdict);
  }
}

TEST_P(NoiseLaws, TheSameStreamGivesTheSameMessages) {
  const std::vector<Heard> stream = Maker{GetParam()}.stream(400);
  EXPECT_EQ(told_of(stream).lines, told_of(stream).lines);
}

// What is told when the stages end and begin anew again and again, and what was not kept is heard again.
Log restarted(const std::vector<Heard>& stream, const NoiseRules& rules, unsigned seed) {
  std::mt19937 random(seed + 1000);
  std::map<std::pair<std::string, std::string>, std::string> store;
  Log committed;
  std::size_t next = 0;  // of the first event that is not committed
  while (next < stream.size()) {
    Log log;
    NoiseReduction noise{rules, kUtc, log};
    std::vector<NoiseReduction::Kept> rows;
    for (const auto& [key, document] : store) rows.push_back({key.first, key.second, document});
    std::ranges::shuffle(rows, random);
    EXPECT_TRUE(noise.restore(rows).empty());
    const std::size_t crash = next + 1 + random() % 80;
    for (std::size_t i = next; i < std::min(crash, stream.size()); ++i) {
      noise.take(stream[i].event, stream[i].now);
      if (i + 1 == stream.size()) noise.finish(stream.back().now);
      if (random() % 3 == 0 && i + 1 < stream.size()) continue;
      for (const NoiseReduction::Kept& row : noise.take_changes()) {
        if (row.document.empty()) {
          store.erase({row.table, row.key});
        } else {
          store[{row.table, row.key}] = row.document;
        }
      }
      committed.append(std::exchange(log, {}));
      next = i + 1;
    }
  }
  return committed;
}

// Evidence of flakiness is not all kept over a restart: of commits that only passed nothing is.
TEST_P(NoiseLaws, ARestartChangesNothing) {
  const std::vector<Heard> stream = Maker{GetParam()}.stream(500);
  NoiseRules rules = made_rules();
  rules.flaky.enabled = false;
  const Log expected = told_of(stream, rules), log = restarted(stream, rules, GetParam());
  for (std::size_t i = 0; i < std::min(log.lines.size(), expected.lines.size()); ++i)
    ASSERT_EQ(log.lines[i], expected.lines[i]) << "line " << i;
  EXPECT_EQ(log.lines.size(), expected.lines.size());
}

bool passed_at_all(const std::vector<Heard>& stream, const Event& failure) {
  return std::ranges::any_of(stream, [&](const Heard& heard) {
    const Event& event = heard.event;
    return event.status == "success" && event.project == failure.project && event.name == failure.name &&
           event.sha == failure.sha;
  });
}

// With flaky jobs a failure may be held after a restart that would not have been without it, or the other way
// round: it may be told later, but it is told, once, unless its commit has passed.
TEST_P(NoiseLaws, ARestartLosesNothingAndTellsNothingTwice) {
  const std::vector<Heard> stream = Maker{GetParam()}.stream(500);
  const Log log = restarted(stream, made_rules(), GetParam());
  std::set<std::string> ids;
  std::set<std::pair<std::string, std::int64_t>> jobs;
  for (const Notification& message : log.notifications) {
    EXPECT_TRUE(ids.insert(message.id).second) << message.id;
    for (const AlertEntry& entry : message.alerts) {
      if (entry.told_before) continue;
      for (const Event& event : entry.events)
        EXPECT_TRUE(event.job_id == 0 || jobs.insert({message.route, event.job_id}).second) << event.job_id;
    }
  }
  EXPECT_EQ(log.last.size(), told_of(stream).last.size());
  for (const auto& [number, verdict] : log.last) {
    const Event& event = stream[static_cast<std::size_t>(number - 1)].event;
    EXPECT_NE(verdict.fate, Fate::waiting) << told(verdict);
    EXPECT_TRUE(verdict.fate != Fate::sent || ids.contains(verdict.notification)) << told(verdict);
    EXPECT_TRUE(verdict.stage != Stage::flaky || passed_at_all(stream, event)) << told(verdict);
    const std::size_t in = verdict.reason.find(" in message ");
    const bool is_cooled = verdict.stage == Stage::routing && in != std::string::npos;
    EXPECT_TRUE(!is_cooled || ids.contains(verdict.reason.substr(in + 12, 16))) << told(verdict);
  }
}

// What is told twice, or in another order within a few minutes, makes no further message of a group that
// waits long enough to hear all of it.
TEST_P(NoiseLaws, DuplicatesAndAnotherOrderAddNoMessage) {
  Maker maker{GetParam()};
  std::vector<Heard> stream;
  std::set<std::int64_t> jobs{0};
  for (const Heard& heard : maker.stream(300)) {
    if (heard.event.ref != "feature" || !jobs.insert(heard.event.job_id).second) continue;
    stream.push_back({heard.event, at(seconds{static_cast<int>(stream.size())})});
    stream.back().event.time = stream.back().now;
  }
  stream.resize(std::min<std::size_t>(stream.size(), 200));
  const auto messages = [](const std::vector<Heard>& heard) {
    Log log;
    NoiseRules rules = rules_with();
    rules.flaky.enabled = false;
    rules.inhibition = {false, false, false};
    NoiseReduction noise{std::move(rules), kUtc, log};
    for (const Heard& one : heard) noise.take(one.event, one.now);
    noise.advance(at(hours{2}));
    return log.notifications.size();
  };
  const std::size_t in_order = messages(stream);
  std::vector<Heard> shuffled = stream;
  std::vector<Event> events;
  for (const Heard& heard : stream) events.push_back(heard.event);
  std::mt19937 random(GetParam());
  std::ranges::shuffle(events, random);
  for (std::size_t i = 0; i < events.size(); ++i) shuffled[i].event = events[i];
  for (Heard& one : shuffled) one.now = at(seconds{300});
  shuffled.insert(shuffled.end(), shuffled.begin(), shuffled.end());
  EXPECT_LE(messages(shuffled), in_order);
}

}  // namespace
}  // namespace runneriq::alerting
