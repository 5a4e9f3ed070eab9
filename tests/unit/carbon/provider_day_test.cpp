// A provider that fails in each way, an hour each, for a whole day: which rung of the order of trust is used,
// and that nothing is which should not be. RUNNERIQ_SHOW_TABLE=1 prints the decisions.
#include "carbon/electricity_maps/electricity_maps.hpp"
#include "carbon/http/grid_fetch.hpp"
#include "carbon/static_zones/static_zones.hpp"
#include "tests/support/fleet_fakes.hpp"
#include "tests/support/memory_intensity_store.hpp"
#include "tests/support/scripted_transport.hpp"

#include <gtest/gtest.h>

#include <array>
#include <cstdlib>
#include <functional>
#include <iomanip>
#include <iostream>
#include <set>
#include <sstream>
#include <string>

namespace runneriq::carbon {
namespace {

using namespace std::chrono_literals;
using platform::HttpCall;
using platform::HttpReply;

const Time kMidnight = parse_time("2026-03-29T00:00:00Z").value();  // a day of 23 hours in Europe

// A value tells where it is from: every hour has one of its own. Samples of the day are of 250 to 350 g, its
// forecasts a quarter of a gram more, and the four weeks before are of 400 to 600 g.
double truth(Time hour) {
  return 250 + 0.5 * static_cast<double>((hour - (kMidnight - 100h)) / 1h);
}
double forecast(Time hour) {
  return truth(hour) + 0.25;
}
double past(Time hour) {
  return 400 + 0.25 * static_cast<double>((hour - (kMidnight - 24h * 28)) / 1h);
}
// What only a bad reply says.
constexpr double kPoison = 7.75;

Time hour_of(Time time) {
  return std::chrono::floor<std::chrono::hours>(time);
}

std::string number(double value) {
  std::ostringstream text;
  text << value;
  return text.str();
}

struct Words {
  std::string zone = "DE";
  std::string factors = "lifecycle";
  std::function<std::string(double)> value = number;
  Duration late = 0h;  // all times are of so long ago
  int steps = 24;      // of a forecast
  bool mixed = false;  // steps of 15, 30 and 60 minutes
};

std::string point(Time time, const std::string& value) {
  return R"({"datetime":")" + runneriq::to_text(time) + R"(","carbonIntensity":)" + value + "}";
}

std::string forecast_points(Time hour, const Words& words) {
  std::string text;
  for (int i = 0; i < words.steps; ++i) {
    const Time start = hour + i * 1h;
    const std::string value = words.value(forecast(start));
    if (i > 0) text += ",";
    text += point(start, value);
    if (words.mixed && i % 2 == 1) text += "," + point(start + 30min, value);
    if (words.mixed && i % 3 == 2) text += "," + point(start + 15min, value);
  }
  return text;
}

std::string reply_to(const HttpCall& call, Time now, const Words& words) {
  const Time hour = hour_of(now - words.late);
  const std::string head = R"({"zone":")" + words.zone + R"(","emissionFactorType":")" + words.factors +
                           R"(","isEstimated":false,)";
  if (call.url.find("/latest") != std::string::npos) {
    return head + point(hour, words.value(truth(hour))).substr(1);
  }
  if (call.url.find("/forecast") != std::string::npos) {
    return head + R"("updatedAt":")" + runneriq::to_text(hour) + R"(","forecast":[)" +
           forecast_points(hour, words) + "]}";
  }
  std::string points;
  for (int i = 23; i >= 0; --i) {
    points += (points.empty() ? "" : ",") + point(hour - i * 1h, words.value(truth(hour - i * 1h)));
  }
  return head + R"("history":[)" + points + "]}";
}

using Answer = std::function<Result<HttpReply>(const HttpCall&, Time now)>;

struct Failure {
  std::string name;
  Answer answer;
};

Answer saying(const Words& words) {
  return [words](const HttpCall& call, Time now) {
    return HttpReply{.status = 200, .headers = {}, .body = reply_to(call, now, words)};
  };
}
Answer always(std::string value) {
  return saying({.value = [value](double) { return value; }});
}
Answer poisoned(Words words) {
  words.value = [](double) { return number(kPoison); };
  return saying(words);
}
Answer body(std::string text) {
  return [text](const HttpCall&, Time) { return HttpReply{.status = 200, .headers = {}, .body = text}; };
}
Answer status(int code, std::vector<platform::HttpHeader> headers = {}) {
  return [code, headers](const HttpCall& call, Time now) {
    Words words;
    words.value = [](double) { return number(kPoison); };
    return HttpReply{.status = code, .headers = headers, .body = reply_to(call, now, words)};
  };
}
Answer unanswered(Errc code, std::string words) {
  return [code, words](const HttpCall&, Time) -> Result<HttpReply> { return fail(code, words); };
}

std::string half(const HttpCall& call, Time now) {
  const std::string whole = reply_to(call, now, {.value = [](double) { return number(kPoison); }});
  return whole.substr(0, whole.size() / 2);
}

std::string repeated(std::string_view text, int times) {
  std::string all;
  for (int i = 0; i < times; ++i) all += text;
  return all;
}

// By hour of the day. Refusals come last, since they are answered by not asking.
const std::array<Failure, 24>& failures() {
  static const std::array<Failure, 24> kFailures{{
      {"null", always("null")},
      {"NaN text", always("\"NaN\"")},
      {"0", always("0")},
      {"5000", always("5000")},
      {"old datetime", saying({.value = number, .late = 30h})},
      {"wrong zone", poisoned({.zone = "FR"})},
      {"wrong case zone", poisoned({.zone = "de"})},
      {"wrong factors", poisoned({.factors = "direct"})},
      {"404", status(404)},
      {"429", status(429)},
      {"429, Retry-After", status(429, {{"retry-after", "600"}})},
      {"500", status(500)},
      {"503", status(503)},
      {"hang", unanswered(Errc::timed_out, "no reply within 10 s")},
      {"reset", unanswered(Errc::unavailable, "connection reset")},
      {"empty body", body("")},
      {"HTML body", body("<!DOCTYPE html><html><body>7.75</body></html>")},
      {"half JSON",
       [](const HttpCall& call, Time now) {
         return HttpReply{.status = 200, .headers = {}, .body = half(call, now)};
       }},
      {"deep JSON", body(repeated(R"({"zone":"DE","carbonIntensity":7.75,"a":)", 50'000))},
      {"forecast short", saying({.steps = 2})},
      {"mixed steps", saying({.mixed = true})},
      {"clock jump", saying({})},
      {"401", status(401)},
      {"403", status(403)},
  }};
  return kFailures;
}

// Which replies of the provider fail in their hour.
enum class Suffering {
  all,
  latest,           // alone
  first_half_hour,  // and all is well in the second
  free_key,         // all, and a forecast is not even given when all is well
};

class DayOfFailures {
 public:
  DayOfFailures(Suffering suffering, bool with_past) : suffering_(suffering) {
    transport_.route("https://maps", [this](const HttpCall& call) { return answer(call); });
    providers_.push_back(std::make_unique<ElectricityMaps>(ElectricityMapsOptions{.url = "https://maps"},
                                                           ElectricityMapsKeys{{}, Secret{"key"}}));
    if (with_past) remember_four_weeks();
    // A quarter of an hour between refusals that count, so that each is met.
    terms_.refused_for = 15min;
    terms_.longest_pause = 15min;
    fetch_ = std::make_unique<GridFetch>(
        GridFetchPorts{providers_, store_, transport_, log_, [] { return 0.0; }}, terms_);
  }

  // The hour before, all is well.
  void live_through() {
    for (now_ = kMidnight - 1h; now_ < kMidnight + 24h; now_ += 15min) tick();
  }

  [[nodiscard]] const std::set<std::string>& met() const { return met_; }
  [[nodiscard]] const std::set<Rung>& rungs() const { return rungs_; }
  [[nodiscard]] std::string table() const { return table_.str(); }

 private:
  void remember_four_weeks() {
    std::vector<Step> steps;
    for (Time hour = kMidnight - 24h * 27; hour < kMidnight - 4h; hour += 1h) {
      steps.push_back({hour, hour + 1h, Intensity::of(past(hour)).value()});
    }
    (void)store_.keep({"electricity_maps", zone_}, Want::history,
                      {.basis = {}, .steps = std::move(steps), .left_out = ""}, kMidnight - 4h);
  }

  [[nodiscard]] const Failure* failure_at(Time now) const {
    return now < kMidnight ? nullptr : &failures().at(static_cast<std::size_t>((now - kMidnight) / 1h));
  }

  Result<HttpReply> answer(const HttpCall& call) {
    const Failure* failure = failure_at(now_);
    const bool is_forecast = call.url.find("/forecast") != std::string::npos;
    if (suffering_ == Suffering::free_key && is_forecast) return HttpReply{.status = 403};
    const bool spared = (suffering_ == Suffering::latest && call.url.find("/latest") == std::string::npos) ||
                        (suffering_ == Suffering::first_half_hour && now_ - hour_of(now_) >= 30min);
    if (failure == nullptr || spared) return saying({})(call, now_);
    met_.insert(failure->name);
    return failure->answer(call, now_);
  }

  // In the hour of the clock jump our own clock is once set three hours back and once three hours ahead.
  [[nodiscard]] Time clock_of_the_tick() const {
    const bool jumps = failure_at(now_) != nullptr && failure_at(now_)->name == "clock jump";
    const Duration into = now_ - hour_of(now_);
    if (jumps && into == 15min) return now_ - 3h;
    if (jumps && into == 45min) return now_ + 3h;
    return now_;
  }

  void tick() {
    const Time now = clock_of_the_tick();
    transport_clock_ = now;
    const std::vector<ZoneKey> zones{zone_};
    fetch_->round(zones, now, now + 1min);
    const auto records = fetch_->records(now);
    const GridOutlook grid = grid_outlook(zones, records, typical_zones(), now, 24h);
    note(now, grid);
    check(now, grid, records);
  }

  void note(Time now, const GridOutlook& grid) {
    const Outlook& outlook = grid.zones.at(zone_);
    const OutlookSlot& slot = outlook.now();
    rungs_.insert(slot.rung);
    const Failure* failure = failure_at(now_);
    table_ << runneriq::to_text(now) << "  " << std::left << std::setw(17)
           << (failure == nullptr ? "-" : failure->name) << zone_.value() << "  " << std::setw(13)
           << to_text(slot.rung) << std::setw(17) << (slot.intensity ? outlook.sources.at(slot.source) : "-")
           << std::right << std::setw(7) << (slot.intensity ? number(slot.intensity->g_per_kwh()) : "-")
           << "  " << std::left << std::setw(13) << to_reading(slot.age) << outlook.why << "\n";
  }

  void check(Time now, const GridOutlook& grid, const std::vector<ZoneRecord>& records) const {
    SCOPED_TRACE(runneriq::to_text(now));
    EXPECT_EQ(grid.basis, Basis{});
    const OutlookSlot& slot = grid.zones.at(zone_).now();
    ASSERT_NE(slot.rung, Rung::none);
    ASSERT_TRUE(slot.intensity);
    check_value(now, slot);
    for (const ZoneRecord& record : records) check_record(record);
  }

  void check_value(Time now, const OutlookSlot& slot) const {
    const double g = slot.intensity->g_per_kwh();
    if (slot.rung == Rung::live) {
      EXPECT_LE(slot.age, 3h);
      EXPECT_TRUE(is_a_sample_of_the_last_three_hours(now, g)) << g;
    } else if (slot.rung == Rung::forecast) {
      EXPECT_LE(slot.age, 24h);
      EXPECT_EQ(g, forecast(hour_of(now)));
    } else if (slot.rung == Rung::hour_profile) {
      EXPECT_GE(g, 250);
      EXPECT_LE(g, 600);
    } else {
      EXPECT_GE(g, 370 * 0.5);
    }
  }

  [[nodiscard]] static bool is_a_sample_of_the_last_three_hours(Time now, double g) {
    for (Time hour = hour_of(now - 2h - 59min); hour <= now + 1h; hour += 1h) {
      if (truth(hour) == g || (hour <= kMidnight - 4h && past(hour) == g)) return true;
    }
    return false;
  }

  static void check_record(const ZoneRecord& record) {
    EXPECT_EQ(record.basis, Basis{});
    EXPECT_EQ(record.zone, ZoneKey{"DE"});
    for (const Series* series : {&record.past, &record.forecast}) {
      for (const Step& step : series->steps()) {
        EXPECT_GE(step.intensity.g_per_kwh(), 250);
        EXPECT_LE(step.intensity.g_per_kwh(), 600);
      }
    }
  }

  Suffering suffering_;
  ZoneKey zone_{"DE"};
  Time now_ = kMidnight;
  Time transport_clock_ = kMidnight;
  FetchTerms terms_;
  MemoryIntensityStore store_;
  platform::ScriptedTransport transport_{transport_clock_};
  RecordingEvents log_;
  std::vector<std::unique_ptr<Provider>> providers_;
  std::unique_ptr<GridFetch> fetch_;
  std::set<std::string> met_;
  std::set<Rung> rungs_;
  std::ostringstream table_;
};

struct DayCase {
  std::string name;
  Suffering suffering;
  bool with_past;
  std::set<Rung> rungs;  // that are seen
};
class ProviderDay : public testing::TestWithParam<DayCase> {
 protected:
  DayOfFailures day_{GetParam().suffering, GetParam().with_past};
  void TearDown() override {
    if (HasFailure() || std::getenv("RUNNERIQ_SHOW_TABLE") != nullptr) std::cout << day_.table();
  }
};

TEST_P(ProviderDay, UsesWhatItMayAndNothingElse) {
  day_.live_through();
  EXPECT_EQ(day_.met().size(), failures().size());
  for (const Failure& failure : failures()) EXPECT_TRUE(day_.met().contains(failure.name)) << failure.name;
  for (const Rung rung : {Rung::live, Rung::forecast, Rung::hour_profile, Rung::annual_mean, Rung::none}) {
    EXPECT_EQ(day_.rungs().contains(rung), GetParam().rungs.contains(rung)) << to_text(rung);
  }
}

INSTANTIATE_TEST_SUITE_P(
    Of, ProviderDay,
    testing::Values(
        DayCase{"FailuresOfAll", Suffering::all, true, {Rung::live, Rung::forecast, Rung::hour_profile}},
        DayCase{"FailuresOfTheLatestSample",
                Suffering::latest,
                true,
                {Rung::live, Rung::forecast, Rung::hour_profile}},
        DayCase{"FailuresOfHalfHours",
                Suffering::first_half_hour,
                true,
                {Rung::live, Rung::forecast, Rung::hour_profile}},
        DayCase{"FailuresOfAFreeKey", Suffering::free_key, true, {Rung::live, Rung::hour_profile}},
        DayCase{
            "FailuresOfAFreeKeyWithoutAPast", Suffering::free_key, false, {Rung::live, Rung::annual_mean}}),
    [](const auto& given) { return given.param.name; });

}  // namespace
}  // namespace runneriq::carbon
