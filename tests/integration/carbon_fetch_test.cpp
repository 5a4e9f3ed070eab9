// Providers over real sockets: what a server in trouble does to what is known, and to when it is asked again.
#include "carbon/electricity_maps/electricity_maps.hpp"
#include "carbon/http/grid_fetch.hpp"
#include "platform/http_server.hpp"
#include "platform/system_waiter.hpp"
#include "tests/support/fleet_fakes.hpp"
#include "tests/support/memory_intensity_store.hpp"

#include <gtest/gtest.h>

#include <atomic>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace runneriq::carbon {
namespace {

using namespace std::chrono_literals;
using platform::Delivery;
using platform::HttpServer;
using platform::ServedReply;
using platform::ServedRequest;

// What the server does with a call; it never answers those that get none.
using Serve = std::function<std::optional<ServedReply>(const ServedRequest&)>;

std::string point(Time start, std::string_view zone, int g) {
  return R"({"zone":")" + std::string(zone) + R"(","datetime":")" + runneriq::to_text(start) +
         R"(","carbonIntensity":)" + std::to_string(g) + "}";
}

class CarbonOverHttp : public testing::Test {
 protected:
  CarbonOverHttp() {
    server_ = HttpServer::start({}, [this](const ServedRequest& request, const HttpServer::Answer& answer) {
                take(request, answer);
              }).value();
    providers_.push_back(std::make_unique<ElectricityMaps>(ElectricityMapsOptions{.url = server_->address()},
                                                           ElectricityMapsKeys{{}, Secret{"the-key"}}));
    client_ = platform::HttpClient::make({}).value();
    fetch_ = std::make_unique<GridFetch>(
        GridFetchPorts{providers_, store_, *client_, log_, [] { return 0.0; }}, FetchTerms{});
  }
  ~CarbonOverHttp() override { server_.reset(); }

  void take(const ServedRequest& request, const HttpServer::Answer& answer) {
    const std::lock_guard lock(guard_);
    asked_.push_back(request);
    if (const auto reply = serve_(request)) return answer(*reply);
    unanswered_.push_back(answer);
  }
  void serve(Serve serve) {
    const std::lock_guard lock(guard_);
    serve_ = std::move(serve);
  }
  // A round now, which may last so long.
  void round(Duration longest = 20s) {
    const std::vector<ZoneKey> zones{ZoneKey{"DE"}};
    fetch_->round(zones, now_, platform::wall_clock() + longest);
  }
  [[nodiscard]] std::vector<ServedRequest> asked() {
    const std::lock_guard lock(guard_);
    return asked_;
  }
  [[nodiscard]] std::string trouble() const {
    return log_.events.empty() ? "" : log_.events.front().field("trouble");
  }
  [[nodiscard]] ServedReply good(const ServedRequest& request) const {
    const std::string one = point(hour_, "DE", 300);
    if (request.target.find("/latest") != std::string::npos) return {.body = one};
    const bool forecast = request.target.find("/forecast") != std::string::npos;
    return {.body =
                R"({"zone":"DE",")" + std::string(forecast ? "forecast" : "history") + "\":[" + one + "]}"};
  }

  Time hour_ = parse_time("2026-01-01T10:00:00Z").value();
  Time now_ = hour_ + 10min;
  std::mutex guard_;
  Serve serve_;
  std::vector<ServedRequest> asked_;
  std::vector<HttpServer::Answer> unanswered_;
  std::unique_ptr<HttpServer> server_;
  std::vector<std::unique_ptr<Provider>> providers_;
  std::unique_ptr<platform::HttpClient> client_;
  MemoryIntensityStore store_;
  RecordingEvents log_;
  std::unique_ptr<GridFetch> fetch_;
};

TEST_F(CarbonOverHttp, IsAskedForWithTheKeyAndKept) {
  serve([this](const ServedRequest& request) { return good(request); });
  round();
  ASSERT_EQ(asked().size(), 3U);
  EXPECT_EQ(asked().front().target, "/v4/carbon-intensity/latest?zone=DE&emissionFactorType=lifecycle");
  EXPECT_EQ(asked().front().header("auth-token"), "the-key");
  const auto records = fetch_->records(now_);
  ASSERT_EQ(records.size(), 1U);
  EXPECT_EQ(records[0].latest->intensity.g_per_kwh(), 300);
  EXPECT_TRUE(log_.events.empty());
}

struct TroubleCase {
  std::string name;
  std::function<std::optional<ServedReply>()> serve;
  std::string trouble;    // a part of it
  std::size_t asked = 3;  // calls of the round
  Duration quiet = 1min;  // no call is made within that
  Duration longest = 20s;
};
class CarbonInTrouble : public CarbonOverHttp, public testing::WithParamInterface<TroubleCase> {};

TEST_P(CarbonInTrouble, LeavesWhatWasKnownAndComesBack) {
  serve([](const ServedRequest&) { return GetParam().serve(); });
  round(GetParam().longest);
  EXPECT_EQ(asked().size(), GetParam().asked);
  EXPECT_TRUE(fetch_->records(now_).empty());
  EXPECT_NE(trouble().find(GetParam().trouble), std::string::npos) << trouble();
  EXPECT_EQ(trouble().find("the-key"), std::string::npos);

  serve([this](const ServedRequest& request) { return good(request); });
  const std::string first = asked().front().target;
  now_ += GetParam().quiet - 1s;
  round();
  for (std::size_t at = GetParam().asked; at < asked().size(); ++at) EXPECT_NE(asked()[at].target, first);
  now_ += 1s;
  round();
  const auto records = fetch_->records(now_);
  ASSERT_EQ(records.size(), 1U);
  ASSERT_TRUE(records[0].latest);
  EXPECT_EQ(records[0].latest->intensity.g_per_kwh(), 300);
}

ServedReply cut_after(std::size_t bytes) {
  const std::string body = point(parse_time("2026-01-01T10:00:00Z").value(), "DE", 7);
  return {.body = body, .delivery = {.reset_after = bytes}};
}

INSTANTIATE_TEST_SUITE_P(
    Of, CarbonInTrouble,
    testing::Values(
        TroubleCase{"AHang", [] { return std::nullopt; }, "no answer", 1, 1min, 300ms},
        TroubleCase{"AReset", [] { return cut_after(0); }, "no answer", 1},
        TroubleCase{"HalfAReply", [] { return cut_after(20); }, "no answer", 1},
        TroubleCase{"AThrottle", [] { return ServedReply{.status = 429}; }, "429", 1},
        TroubleCase{"AThrottleWithItsTime",
                    [] {
                      return ServedReply{.status = 429, .headers = {{"Retry-After", "1800"}}};
                    },
                    "429", 1, 30min},
        TroubleCase{"AServerError", [] { return ServedReply{.status = 500, .body = "oops"}; }, "500"},
        TroubleCase{"ARefusal", [] { return ServedReply{.status = 401}; }, "401"},
        TroubleCase{"AnotherZone", [] { return ServedReply{.body = point(Time{}, "FR", 7)}; }, "'FR'"},
        TroubleCase{"ARedirectElsewhere",
                    [] {
                      return ServedReply{.status = 302, .headers = {{"Location", "http://127.0.0.1:1/"}}};
                    },
                    "no answer", 1},
        TroubleCase{"TooMuch", [] { return ServedReply{.body = std::string(5U << 20, ' ')}; }, "no answer",
                    1}),
    [](const auto& given) { return given.param.name; });

}  // namespace
}  // namespace runneriq::carbon
