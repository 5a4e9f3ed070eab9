#include "carbon/http/grid_fetch.hpp"

#include "carbon/electricity_maps/electricity_maps.hpp"
#include "carbon/uk_grid/uk_grid.hpp"
#include "tests/support/fleet_fakes.hpp"
#include "tests/support/memory_intensity_store.hpp"
#include "tests/support/scripted_transport.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace runneriq::carbon {
namespace {

using namespace std::chrono_literals;
using platform::HttpCall;
using platform::HttpReply;

constexpr const char* kMaps = "https://maps/v4/carbon-intensity/";
constexpr const char* kUk = "https://uk/intensity";

std::string zone_of(const HttpCall& call) {
  const auto begin = call.url.find("zone=") + 5;
  return call.url.substr(begin, call.url.find('&') - begin);
}

class Fetching : public testing::Test {
 protected:
  Fetching() {
    providers.push_back(std::make_unique<ElectricityMaps>(ElectricityMapsOptions{.url = "https://maps"},
                                                          ElectricityMapsKeys{{}, Secret{"the-key"}}));
    providers.push_back(std::make_unique<UkGrid>(UkGridOptions{.url = "https://uk"}));
    for (const char* want : {"latest", "forecast", "history"}) {
      transport.route(kMaps + std::string(want), [this](const HttpCall& call) { return maps(call); });
    }
    transport.route(kUk, R"({"data":[{"from":"2026-01-01T10:00Z","to":"2026-01-01T10:30Z",)"
                         R"("intensity":{"forecast":120,"actual":110}}]})");
    restart();
  }

  HttpReply maps(const HttpCall& call) const {
    const std::string point = R"("carbonIntensity":)" + std::to_string(g) + R"(,"datetime":")" +
                              runneriq::to_text(slot_start(now)) + "\"";
    const std::string zone = R"({"zone":")" + zone_of(call) + "\",";
    if (call.url.find("/latest") != std::string::npos) return {.status = 200, .body = zone + point + "}"};
    const bool forecast = call.url.find("/forecast") != std::string::npos;
    return {.status = 200,
            .body = zone + (forecast ? R"("forecast":[{)" : R"("history":[{)") + point + "}]}"};
  }
  void restart() {
    fetch = std::make_unique<GridFetch>(GridFetchPorts{providers, store, transport, log, [] { return 0.0; }},
                                        FetchTerms{});
  }
  void round() {
    clock = now;
    fetch->round(zones, now, now + 1min);
  }
  [[nodiscard]] std::ptrdiff_t logged(std::string_view event) const {
    return std::ranges::count(log.events, event, &RecordingEvents::Event::name);
  }
  [[nodiscard]] int asked(std::string_view part) const { return transport.count(part); }
  [[nodiscard]] const ZoneRecord* record(std::string_view zone) {
    known = fetch->records(now);
    const auto found = std::ranges::find(known, ZoneKey{std::string(zone)}, &ZoneRecord::zone);
    return found == known.end() ? nullptr : &*found;
  }
  void all_maps(const Result<HttpReply>& outcome) {
    for (const char* want : {"latest", "forecast", "history"}) {
      transport.route(kMaps + std::string(want), [outcome](const HttpCall&) { return outcome; });
    }
  }

  double g = 300;
  Time now = parse_time("2026-01-01T10:00:00Z").value();
  Time clock = now;
  std::vector<ZoneKey> zones{ZoneKey{"DE"}};
  std::vector<std::unique_ptr<Provider>> providers;
  MemoryIntensityStore store;
  platform::ScriptedTransport transport{clock};
  RecordingEvents log;
  std::unique_ptr<GridFetch> fetch;
  std::vector<ZoneRecord> known;
};

TEST_F(Fetching, AsksForAllThreeOnceAndThenWhenTheyAreDue) {
  round();
  EXPECT_EQ(asked("/latest"), 1);
  EXPECT_EQ(asked("/forecast"), 1);
  EXPECT_EQ(asked("/history"), 1);
  EXPECT_EQ(asked("https://uk"), 0);
  now += 5min;
  round();
  EXPECT_EQ(transport.calls.size(), 3U);
  now += 10min;
  round();
  EXPECT_EQ(asked("/latest"), 2);
  EXPECT_EQ(transport.calls.size(), 4U);
  ASSERT_NE(record("DE"), nullptr);
  EXPECT_EQ(record("DE")->latest->from, now);
  EXPECT_EQ(record("DE")->source, "electricity_maps");
  EXPECT_TRUE(log.events.empty());
}

TEST_F(Fetching, SendsTheKeyAsSecretAndBoundsTheCall) {
  round();
  const HttpCall& call = transport.calls.front();
  EXPECT_EQ(call.secret_header, "auth-token");
  EXPECT_EQ(call.secret.reveal(), "the-key");
  EXPECT_EQ(call.time_limit, 10s);
  EXPECT_EQ(call.largest_reply, 4U << 20);
  EXPECT_EQ(call.method, "GET");
}

TEST_F(Fetching, AsksOneSourceOneThingAfterTheOtherAndSourcesSideBySide) {
  zones = {ZoneKey{"DE"}, ZoneKey{"GB"}, ZoneKey{"FR"}, ZoneKey{"DE"}, ZoneKey{}};
  round();
  EXPECT_EQ(transport.most_under_way, 2U);
  EXPECT_EQ(asked("https://maps"), 9);
  EXPECT_EQ(asked("https://uk"), 3);
}

TEST_F(Fetching, ARestartAsksNoSooner) {
  round();
  restart();
  now += 1min;
  round();
  EXPECT_EQ(transport.calls.size(), 3U);
}

TEST_F(Fetching, ASourceThatDoesNotAnswerIsAskedNothingMoreInTheRound) {
  zones = {ZoneKey{"DE"}, ZoneKey{"FR"}, ZoneKey{"GB"}};
  all_maps(fail(Errc::timed_out, "slow"));
  round();
  EXPECT_EQ(asked("https://maps"), 1);
  EXPECT_EQ(asked("https://uk"), 3);
  EXPECT_EQ(record("DE"), nullptr);
  ASSERT_NE(record("GB"), nullptr);
}

TEST_F(Fetching, AZoneThatIsRefusedLeavesTheOthersAlone) {
  zones = {ZoneKey{"DE"}, ZoneKey{"FR"}};
  for (const char* want : {"latest", "forecast", "history"}) {
    transport.route(kMaps + std::string(want), [this](const HttpCall& call) {
      return zone_of(call) == "DE" ? HttpReply{.status = 401} : maps(call);
    });
  }
  for (int minute = 0; minute < 12 * 60; minute += 5, now += 5min) round();
  EXPECT_EQ(asked("zone=DE"), 6);  // twice each: once might be throttling
  EXPECT_GT(asked("latest?zone=FR"), 40);
  ASSERT_NE(record("FR"), nullptr);
  EXPECT_EQ(record("DE"), nullptr);
}

TEST_F(Fetching, RetryAfterIsObeyed) {
  all_maps(HttpReply{.status = 429, .headers = {{"retry-after", "3600"}}});
  round();
  EXPECT_EQ(transport.calls.size(), 1U);
  for (int minute = 0; minute < 59; ++minute, now += 1min) round();
  EXPECT_EQ(transport.calls.size(), 1U);
  now += 1min;
  round();
  EXPECT_EQ(transport.calls.size(), 2U);
}

TEST_F(Fetching, ThrottlingWithoutRetryAfterBacksOff) {
  for (const char* header : {"", "soon", "-5", "Thu, 01 Jan 2026 12:00:00 GMT"}) {
    SCOPED_TRACE(header);
    transport.calls.clear();
    store = {};
    restart();
    all_maps(HttpReply{.status = 429, .headers = {{"retry-after", header}}});
    for (int minute = 0; minute < 180; ++minute, now += 1min) round();
    EXPECT_GE(transport.calls.size(), 5U);
    EXPECT_LE(transport.calls.size(), 25U);
  }
}

TEST_F(Fetching, AnAbsurdRetryAfterCountsAsADayAtMost) {
  all_maps(HttpReply{.status = 429, .headers = {{"retry-after", "99999999999999999999999"}}});
  round();
  now += 25h;
  round();
  EXPECT_EQ(transport.calls.size(), 2U);
}

// Together they would make about ten calls an hour, and the key is good for five.
TEST_F(Fetching, TwoDaemonsWithOneKeyBothBackOff) {
  int left = 0;
  int refused = 0;
  const auto limited = [&](const HttpCall& call) -> Result<HttpReply> {
    if (left == 0) return ++refused, HttpReply{.status = 429};
    --left;
    return maps(call);
  };
  for (const char* want : {"latest", "forecast", "history"})
    transport.route(kMaps + std::string(want), limited);
  MemoryIntensityStore other_store;
  GridFetch other{{providers, other_store, transport, log, [] { return 1.0; }}, {}};
  for (int minute = 0; minute < 24 * 60; ++minute, now += 1min) {
    if (minute % 60 == 0) left = 5;
    round();
    other.round(zones, now, now + 1min);
  }
  EXPECT_GT(refused, 0);
  EXPECT_LT(refused, 24 * 15);  // asking every minute would be 24 * 110
  const std::vector<ZoneRecord> others = other.records(now);
  ASSERT_NE(record("DE"), nullptr);
  ASSERT_FALSE(others.empty());
  EXPECT_GT(record("DE")->latest->from, now - 3h);
  EXPECT_GT(others.front().latest->from, now - 3h);
}

TEST_F(Fetching, TroubleIsLoggedWhenItChangesAndWhenItEnds) {
  all_maps(HttpReply{.status = 500});
  for (int minute = 0; minute < 60; ++minute, now += 1min) round();
  EXPECT_EQ(logged("carbon_source_trouble"), 3);  // one for each want
  EXPECT_EQ(log.events.front().field("zone"), "DE");
  EXPECT_NE(log.events.front().field("trouble").find("500"), std::string::npos);
  all_maps(fail(Errc::unavailable, "reset after 17 ms"));
  for (int minute = 0; minute < 60; ++minute, now += 1min) round();
  EXPECT_EQ(logged("carbon_source_trouble"), 6);
  for (const char* want : {"latest", "forecast", "history"}) {
    transport.route(kMaps + std::string(want), [this](const HttpCall& call) { return maps(call); });
  }
  for (int minute = 0; minute < 60; ++minute, now += 1min) round();
  EXPECT_EQ(logged("carbon_source_trouble"), 6);
  EXPECT_EQ(logged("carbon_source_recovered"), 3);
}

TEST_F(Fetching, NoLogHoldsTheKey) {
  all_maps(HttpReply{.status = 401, .body = "the-key is wrong"});
  round();
  for (const auto& event : log.events) {
    for (const LogField& field : event.fields) {
      if (const auto* text = std::get_if<std::string>(&field.value)) {
        EXPECT_EQ(text->find("the-key"), std::string::npos) << *text;
      }
    }
  }
}

TEST_F(Fetching, AStoreThatFailsStopsNothing) {
  store.unreadable = store.unwritable = Error{Errc::unavailable, "disk full"};
  round();
  ASSERT_NE(record("DE"), nullptr);
  EXPECT_EQ(record("DE")->latest->intensity.g_per_kwh(), 300);
  EXPECT_FALSE(record("DE")->forecast.empty());
  EXPECT_FALSE(record("DE")->past.empty());
  now += 15min;
  g = 310;
  round();
  EXPECT_EQ(transport.calls.size(), 4U);
  EXPECT_EQ(record("DE")->latest->intensity.g_per_kwh(), 310);
  EXPECT_EQ(logged("carbon_store_trouble"), 4);  // reading and keeping, of records and of channels
}

TEST_F(Fetching, WhatTheStoreDidNotKeepIsKeptLater) {
  round();
  store.unwritable = Error{Errc::unavailable, "disk full"};
  now += 15min;
  g = 310;
  round();
  EXPECT_EQ(record("DE")->latest->intensity.g_per_kwh(), 310);
  EXPECT_EQ(store.records(now)->at(0).latest->intensity.g_per_kwh(), 300);
  store.unwritable.reset();
  now += 1min;
  round();
  EXPECT_EQ(store.records(now)->at(0).latest->intensity.g_per_kwh(), 310);
  now += 15min;
  round();
  EXPECT_EQ(logged("carbon_store_recovered"), 2);
}

TEST_F(Fetching, AStoreThatCannotBeReadAnyMoreLeavesWhatWasKnown) {
  round();
  ASSERT_NE(record("DE"), nullptr);
  store.unreadable = Error{Errc::corrupt, "broken"};
  EXPECT_EQ(record("DE")->latest->intensity.g_per_kwh(), 300);
}

TEST_F(Fetching, AForecastOfLongAgoDoesNotReplaceAYoungerOne) {
  const auto tell = [this](const char* made, int g_per_kwh) {
    transport.route(kMaps + std::string("forecast"),
                    R"({"zone":"DE","updatedAt":")" + std::string(made) +
                        R"(","forecast":[{"datetime":"2026-01-01T10:00:00Z","carbonIntensity":)" +
                        std::to_string(g_per_kwh) + "}]}");
    round();
    now += 1h;
    return record("DE")->forecast.steps().at(0).intensity.g_per_kwh();
  };
  EXPECT_EQ(tell("2026-01-01T09:00:00Z", 200), 200);
  EXPECT_EQ(tell("2026-01-01T03:00:00Z", 7), 200);
  restart();
  EXPECT_EQ(tell("2026-01-01T03:00:00Z", 7), 200);
  EXPECT_EQ(tell("2026-01-01T12:30:00Z", 210), 210);
}

TEST_F(Fetching, AForecastFromAheadOfTheClockIsReplaced) {
  const ChannelKey key{"electricity_maps", ZoneKey{"DE"}};
  const Step step{now, now + 1h, Intensity::of(7).value()};
  const ProviderAnswer ahead{.basis = {}, .steps = {step}, .left_out = "", .made = now + 12h};
  ASSERT_TRUE(store.keep(key, Want::forecast, ahead, now));
  transport.route(kMaps + std::string("forecast"),
                  R"({"zone":"DE","updatedAt":"2026-01-01T09:00:00Z",)"
                  R"("forecast":[{"datetime":"2026-01-01T10:00:00Z","carbonIntensity":200}]})");
  round();
  EXPECT_EQ(record("DE")->forecast.steps().at(0).intensity.g_per_kwh(), 200);
}

TEST_F(Fetching, AWeekOfflineAndBack) {
  round();
  all_maps(fail(Errc::unavailable, "no network"));
  for (int quarter = 0; quarter < 7 * 24 * 4; ++quarter) {
    now += 15min;
    round();
  }
  const auto calls = transport.calls.size();
  EXPECT_LT(calls, 7U * 24 * 9);
  EXPECT_LE(logged("carbon_source_trouble"), 3);
  EXPECT_EQ(record("DE")->latest->from, parse_time("2026-01-01T10:00:00Z").value());
  for (const char* want : {"latest", "forecast", "history"}) {
    transport.route(kMaps + std::string(want), [this](const HttpCall& call) { return maps(call); });
  }
  for (int quarter = 0; quarter < 4; ++quarter, now += 15min) round();
  EXPECT_GT(record("DE")->latest->from, now - 1h);
}

TEST_F(Fetching, AtTheEndOfItsTimeARoundEnds) {
  zones.clear();
  for (int i = 0; i < 50; ++i) zones.emplace_back("Z" + std::to_string(i));
  transport.latency = 7s;
  round();
  EXPECT_LE(clock, now + 1min + 7s);
  EXPECT_LE(transport.calls.size(), 10U);
}

}  // namespace
}  // namespace runneriq::carbon
