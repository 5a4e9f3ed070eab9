#include "carbon/fetching.hpp"

#include "tests/support/intensities.hpp"

#include <gtest/gtest.h>

#include <limits>
#include <set>
#include <string>

namespace runneriq::carbon {
namespace {

using namespace std::chrono_literals;
using namespace support;
using Kind = FetchOutcome::Kind;

const Time kNoon = utc("2025-03-01T12:00:00Z");

class OfferingProvider final : public Provider {
 public:
  explicit OfferingProvider(std::set<Want> offered) : offered_(std::move(offered)) {}
  [[nodiscard]] std::string_view name() const override { return "maps"; }
  [[nodiscard]] bool offers(const ZoneKey& of, Want want) const override {
    return of == zone("DE") && offered_.contains(want);
  }
  [[nodiscard]] ProviderQuestion question(const ZoneKey&, Want, Time) const override { return {}; }
  [[nodiscard]] Result<ProviderAnswer> read(const ZoneKey&, Want, std::string_view, Time) const override {
    return fail(Errc::not_found, "nothing");
  }

 private:
  std::set<Want> offered_;
};

class Fetching : public testing::Test {
 protected:
  // "latest forecast"; all of it is asked for now.
  std::string due_at(Time now) {
    std::string text;
    for (const Want want : due(channel, provider, terms, now)) {
      text += (text.empty() ? "" : " ") + std::string(to_text(want));
    }
    return text;
  }
  void told(Want want, Kind kind, Time now, std::optional<Duration> retry_after = {}, double jitter = 0) {
    const std::string trouble = kind == Kind::answered ? "" : "the reply is bad";
    note(channel, want, {.kind = kind, .retry_after = retry_after, .trouble = trouble}, terms, now, jitter);
  }
  void all_answered(Time now) {
    for (const Want want : {Want::latest, Want::forecast, Want::history}) told(want, Kind::answered, now);
  }
  // How long from `now` on the latest sample is not asked for; to the second.
  Duration pause_from(Time now) {
    Channel left = channel;
    left.tokens = 3;
    for (Duration passed{}; passed < 72h; passed += 1s) {
      Channel then = left;
      if (!due(then, provider, terms, now + passed).empty()) return passed;
    }
    return 72h;
  }

  FetchTerms terms;
  OfferingProvider provider{{Want::latest, Want::forecast, Want::history}};
  Channel channel = new_channel({"maps", zone("DE")}, terms, kNoon);
};

class FetchingLatest : public Fetching {
 protected:
  FetchingLatest() { provider = OfferingProvider{{Want::latest}}; }
};

TEST_F(Fetching, AsksForEverythingAtFirstAndThenAtEachInterval) {
  EXPECT_EQ(channel.key, (ChannelKey{"maps", zone("DE")}));
  EXPECT_EQ(due_at(kNoon), "latest forecast history");
  all_answered(kNoon);
  EXPECT_EQ(due_at(kNoon + 15min - 1ms), "");
  EXPECT_EQ(due_at(kNoon + 15min), "latest");
  told(Want::latest, Kind::answered, kNoon + 15min);
  EXPECT_EQ(due_at(kNoon + 59min), "latest");
  EXPECT_EQ(due_at(kNoon + 1h), "forecast latest");
  told(Want::latest, Kind::answered, kNoon + 1h);
  told(Want::forecast, Kind::answered, kNoon + 1h);
  EXPECT_EQ(due_at(kNoon + 12h), "history latest forecast") << "the longest unanswered first";
}

TEST_F(Fetching, AsksOnlyForWhatTheProviderOffers) {
  provider = OfferingProvider{{Want::forecast}};
  EXPECT_EQ(due_at(kNoon), "forecast");
  channel = new_channel({"maps", zone("FR")}, terms, kNoon);
  EXPECT_EQ(due_at(kNoon), "");
}

// ---- budget ------------------------------------------------------------------------------------

TEST_F(FetchingLatest, ABurstIsAQuarterOfAnHoursCalls) {
  int calls = 0;
  while (!due_at(kNoon).empty()) ++calls;
  EXPECT_EQ(calls, 7);
  EXPECT_EQ(due_at(kNoon + 59s), "");
  EXPECT_EQ(due_at(kNoon + 1min), "latest") << "of 7.5 calls half a one was left";
}

TEST_F(FetchingLatest, CallsComeBackContinuouslyAndNeverExceedTheHour) {
  int calls = 0;
  for (Duration passed{}; passed < 10h; passed += 10s) calls += due_at(kNoon + passed).empty() ? 0 : 1;
  EXPECT_GE(calls, 300);
  EXPECT_LE(calls, 308);
}

TEST_F(FetchingLatest, FewCallsStillAllowABurstOfThree) {
  terms.calls_per_hour = 1;
  channel = new_channel({"maps", zone("DE")}, terms, kNoon);
  int calls = 0;
  while (!due_at(kNoon).empty()) ++calls;
  EXPECT_EQ(calls, 3);
  EXPECT_EQ(due_at(kNoon + 59min), "");
  EXPECT_EQ(due_at(kNoon + 1h), "latest");
}

TEST_F(FetchingLatest, ALongSilenceSavesNoMoreThanABurst) {
  int calls = 0;
  while (!due_at(kNoon + 24h * 365).empty()) ++calls;
  EXPECT_EQ(calls, 7);
}

TEST_F(Fetching, WithFewCallsLeftTheLongestUnansweredGoesFirst) {
  all_answered(kNoon);
  told(Want::latest, Kind::answered, kNoon + 5h);
  channel.tokens = 0;
  channel.tokens_at = kNoon + 20h;
  EXPECT_EQ(due_at(kNoon + 20h), "");
  EXPECT_EQ(due_at(kNoon + 20h + 2min), "forecast");
}

TEST_F(FetchingLatest, ANonsensicalCountIsNone) {
  for (const double tokens :
       {std::numeric_limits<double>::quiet_NaN(), -5.0, -std::numeric_limits<double>::infinity()}) {
    channel.tokens = tokens;
    EXPECT_EQ(due_at(kNoon), "") << tokens;
  }
  channel.tokens = 1e9;
  EXPECT_EQ(due_at(kNoon), "latest");
  EXPECT_LT(channel.tokens, 7);
}

// ---- pauses ------------------------------------------------------------------------------------

TEST_F(FetchingLatest, APauseDoublesWithEachFailureUpToTheLongest) {
  const std::vector<Duration> pauses{1min, 2min, 4min, 8min, 16min, 30min, 30min};
  Time now = kNoon;
  for (const Duration pause : pauses) {
    told(Want::latest, Kind::failed, now);
    EXPECT_EQ(pause_from(now), pause);
    now += pause;
  }
  told(Want::latest, Kind::answered, now);
  EXPECT_EQ(pause_from(now), 15min);
  told(Want::latest, Kind::failed, now);
  EXPECT_EQ(channel.wants[0].not_before, now + 1min) << "an answer ends the row of failures";
}

TEST_F(FetchingLatest, JitterAddsAtMostAQuarter) {
  told(Want::latest, Kind::failed, kNoon, {}, 1.0);
  EXPECT_EQ(pause_from(kNoon), 75s);
  channel = new_channel(channel.key, terms, kNoon);
  told(Want::latest, Kind::failed, kNoon, {}, 0.4);
  EXPECT_EQ(pause_from(kNoon), 66s);
}

TEST_F(FetchingLatest, RetryAfterIsObeyedForAtMostADay) {
  told(Want::latest, Kind::throttled, kNoon, 10min);
  EXPECT_EQ(pause_from(kNoon), 10min);
  told(Want::latest, Kind::throttled, kNoon, 5s);
  EXPECT_EQ(pause_from(kNoon), 10min) << "a shorter one does not end it";
  told(Want::latest, Kind::throttled, kNoon, 24h * 7);
  EXPECT_EQ(pause_from(kNoon), 24h);
  channel = new_channel(channel.key, terms, kNoon);
  told(Want::latest, Kind::throttled, kNoon, -1h);
  EXPECT_EQ(pause_from(kNoon), 1min);
}

TEST_F(Fetching, ThrottlingPausesEveryQuestionOfTheChannel) {
  told(Want::latest, Kind::throttled, kNoon, 10min);
  EXPECT_EQ(due_at(kNoon + 9min), "");
  EXPECT_EQ(due_at(kNoon + 10min), "latest forecast history");
  told(Want::latest, Kind::failed, kNoon + 10min, 5min);
  EXPECT_EQ(due_at(kNoon + 14min), "") << "any reply may say Retry-After";
}

TEST_F(Fetching, AFailurePausesItsOwnQuestionAlone) {
  told(Want::latest, Kind::failed, kNoon);
  EXPECT_EQ(due_at(kNoon), "forecast history");
}

TEST_F(FetchingLatest, WhatIsAbsentIsAskedForNoSoonerThanWhatIsThere) {
  told(Want::latest, Kind::absent, kNoon);
  EXPECT_EQ(pause_from(kNoon), 15min);
  for (int i = 0; i < 6; ++i) told(Want::latest, Kind::absent, kNoon);
  EXPECT_EQ(pause_from(kNoon), 30min);
}

// ---- refusals ----------------------------------------------------------------------------------

TEST_F(FetchingLatest, OneRefusalIsAPauseAndTwoInARowLeaveItOutForADay) {
  told(Want::latest, Kind::refused, kNoon);
  EXPECT_EQ(pause_from(kNoon), 1min);
  EXPECT_EQ(channel.trouble, "the reply is bad");
  told(Want::latest, Kind::refused, kNoon + 1min);
  EXPECT_EQ(pause_from(kNoon + 1min), 24h);
  EXPECT_EQ(channel.trouble,
            "the reply is bad; latest of DE is not asked for again before 2025-03-02T12:01:00Z");
  told(Want::latest, Kind::refused, kNoon + 25h);
  EXPECT_EQ(pause_from(kNoon + 25h), 24h) << "one attempt a day";
}

TEST_F(FetchingLatest, RefusalsCountOnlyInARow) {
  for (const Kind between : {Kind::answered, Kind::failed, Kind::throttled, Kind::absent}) {
    channel = new_channel(channel.key, terms, kNoon);
    told(Want::latest, Kind::refused, kNoon);
    told(Want::latest, between, kNoon);
    told(Want::latest, Kind::refused, kNoon);
    EXPECT_EQ(channel.wants[0].refusals, 1);
    EXPECT_LT(pause_from(kNoon), 24h);
  }
}

TEST_F(Fetching, ARefusedQuestionDoesNotCloseTheOthers) {
  told(Want::forecast, Kind::refused, kNoon);
  told(Want::forecast, Kind::refused, kNoon);
  EXPECT_EQ(due_at(kNoon), "latest history");
  told(Want::latest, Kind::answered, kNoon);
  EXPECT_EQ(channel.trouble, "");
  EXPECT_EQ(due_at(kNoon + 20h), "history latest");
  EXPECT_EQ(due_at(kNoon + 24h), "forecast history latest");
}

// ---- clocks ------------------------------------------------------------------------------------

TEST_F(Fetching, AClockSetBackMakesNothingDueLaterThanAWholeInterval) {
  due_at(kNoon);
  all_answered(kNoon);
  const Time back = kNoon - 24h * 30;
  EXPECT_EQ(due_at(back), "");
  EXPECT_EQ(due_at(back + 15min), "latest");
  EXPECT_EQ(due_at(back + 1h), "latest forecast");
  EXPECT_EQ(due_at(back + 12h), "latest forecast history");
}

TEST_F(FetchingLatest, AClockSetBackMakesNoPauseLonger) {
  told(Want::latest, Kind::failed, kNoon);
  EXPECT_EQ(due_at(kNoon - 48h), "");
  EXPECT_EQ(pause_from(kNoon - 48h), 1min);
  told(Want::latest, Kind::throttled, kNoon - 48h, 6h);
  EXPECT_EQ(due_at(kNoon - 96h), "");
  EXPECT_EQ(pause_from(kNoon - 96h), 6h) << "and no Retry-After shorter";
}

TEST_F(FetchingLatest, AClockSetBackGivesNoCalls) {
  while (!due_at(kNoon).empty()) continue;
  EXPECT_EQ(due_at(kNoon - 24h), "");
  EXPECT_EQ(due_at(kNoon - 24h + 2min), "latest");
}

TEST_F(Fetching, AClockSetBackWhileACallWasOnItsWayIsNoticed) {
  due_at(kNoon);
  all_answered(kNoon - 24h);
  EXPECT_EQ(due_at(kNoon - 24h + 15min), "latest");
}

TEST_F(Fetching, AClockThatWentAheadAndBackLeavesNothingBehind) {
  all_answered(kNoon);
  EXPECT_EQ(due_at(kNoon + 24h * 365), "latest forecast history");
  all_answered(kNoon + 24h * 365);
  EXPECT_EQ(due_at(kNoon + 1min), "");
  EXPECT_EQ(due_at(kNoon + 16min), "latest");
}

}  // namespace
}  // namespace runneriq::carbon
