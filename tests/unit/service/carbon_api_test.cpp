#include "carbon/ledger_document.hpp"
#include "carbon/summary_document.hpp"
#include "core/json_text.hpp"
#include "service/carbon_metrics.hpp"
#include "service/openapi.hpp"
#include "tests/support/api_fixture.hpp"
#include "tests/support/carbon_faces.hpp"

#include <nlohmann/json.hpp>

#include <memory>

namespace runneriq::service {
namespace {

using carbon::kGridNow;
using carbon::outlook_from;
using nlohmann::json;

struct CarbonApiTest : ApiFixture {
  carbon::MemoryLedger ledger;
  CarbonKnowledge knowledge;

  CarbonApiTest() {
    now = kGridNow;
    extra.carbon.rows = [this](const carbon::LedgerQuery& query, const auto& take) {
      return ledger.read(query, take);
    };
    knowledge.grid = carbon::grid_of({outlook_from("DE", {340, 200, 210}), outlook_from("FR", {0})});
    knowledge.runners = {carbon::placed(7, "DE")};
  }
  void learn() { api().show_carbon(std::make_shared<const CarbonKnowledge>(knowledge)); }
  json body(const std::string& target) {
    const auto asked = ask("GET", target);
    EXPECT_EQ(asked->status(), 200) << target << asked->reply->body;
    return json_in(asked->reply->body);
  }
  int status(const std::string& target) { return ask("GET", target)->status(); }
};

TEST_F(CarbonApiTest, ShowsTheDocumentsOfTheCommandLine) {
  learn();
  ledger.rows = {carbon::row_of(10, kGridNow - std::chrono::hours{1}, 400)};
  const carbon::CarbonOptions options;
  EXPECT_EQ(body("/api/v1/carbon/now"), carbon::now_document(*knowledge.grid, knowledge.runners, options));
  EXPECT_EQ(body("/api/v1/carbon/forecast"), carbon::forecast_document(*knowledge.grid, 24, options));
  EXPECT_EQ(body("/api/v1/carbon/forecast?hours=2")["zones"][0]["hours"].size(), 2u);
  EXPECT_EQ(body("/api/v1/carbon/summary"), carbon::summary_document(ledger.rows, {}, options, now));
  EXPECT_EQ(body("/api/v1/carbon/ledger")["rows"][0],
            carbon::row_json(ledger.rows[0], carbon::SlotsShown::no));
  EXPECT_EQ(body("/api/v1/carbon/ledger?job=10")["rows"][0]["slots"].size(), 2u);
  EXPECT_EQ(body("/api/v1/carbon/ledger?job=11")["rows"].size(), 0u);
}

TEST_F(CarbonApiTest, TheLedgersQueryIsPassedOn) {
  learn();
  body("/api/v1/carbon/ledger?project=7&pipeline=1&limit=5&since=2h&until=1h");
  EXPECT_EQ(ledger.last.project, ProjectId{7});
  EXPECT_EQ(ledger.last.pipeline, PipelineId{1});
  EXPECT_EQ(ledger.last.most, 5u);
  EXPECT_EQ(ledger.last.since, now - std::chrono::hours{2});
  EXPECT_EQ(ledger.last.until, now - std::chrono::hours{1});
  body("/api/v1/carbon/ledger?job=10");
  EXPECT_EQ(ledger.last.job, JobId{10});
  body("/api/v1/carbon/ledger");
  EXPECT_EQ(ledger.last.most, 100u);
  for (const char* bad : {"limit=0", "limit=1001", "job=x", "project=-1", "until=soon"}) {
    EXPECT_EQ(status(std::string("/api/v1/carbon/ledger?") + bad), 400) << bad;
  }
  EXPECT_EQ(status("/api/v1/carbon/forecast?hours=73"), 400);
}

TEST_F(CarbonApiTest, SaysWhatIsNotThere) {
  EXPECT_EQ(status("/api/v1/carbon/now"), 503);
  EXPECT_EQ(status("/api/v1/carbon/summary"), 503);
  knowledge.grid.reset();
  learn();
  EXPECT_EQ(status("/api/v1/carbon/now"), 404);
  EXPECT_EQ(status("/api/v1/carbon/forecast"), 404);
  ledger.outage = Error{Errc::unavailable, "the disk is away"};
  EXPECT_EQ(status("/api/v1/carbon/ledger"), 503);
  EXPECT_EQ(status("/api/v1/carbon/summary"), 503);
}

TEST_F(CarbonApiTest, WithoutAStateFileThereIsNoLedger) {
  extra.carbon = {};
  learn();
  EXPECT_EQ(status("/api/v1/carbon/ledger"), 503);
  EXPECT_EQ(status("/api/v1/carbon/summary"), 503);
}

TEST_F(CarbonApiTest, MetricsTellIntensitiesAndSavings) {
  knowledge.state.ended.saved_by_place = -0.5;
  knowledge.state.ended.grams = 12;
  knowledge.state.fetch_failures[{"electricity_maps", carbon::ZoneKey{"D\"E"}}] = 3;
  learn();
  const std::string text = ask("GET", "/metrics")->reply->body;
  const auto has = [&](const char* line) { return text.find(line) != std::string::npos; };
  EXPECT_TRUE(
      has("runneriq_carbon_intensity_g_per_kwh{zone=\"DE\",rung=\"forecast\",basis=\"average, lifecycle\"} "
          "340\n"));
  EXPECT_FALSE(has("zone=\"FR\""));
  EXPECT_TRUE(has("runneriq_carbon_data_age_seconds{zone=\"DE\"} 720\n"));
  EXPECT_TRUE(has("# TYPE runneriq_carbon_saved_grams gauge\n"));
  EXPECT_TRUE(has("runneriq_carbon_saved_grams{part=\"place\"} -0.5\n"));
  EXPECT_TRUE(has("runneriq_carbon_grams_total 12\n"));
  EXPECT_TRUE(has("{source=\"electricity_maps\",zone=\"D\\\"E\"} 3\n"));
  EXPECT_FALSE(has("green_routing_ratio"));
}

TEST_F(CarbonApiTest, MetricsAreBounded) {
  knowledge.grid = carbon::grid_of({});
  for (int zone = 0; zone < 150; ++zone) {
    const std::string key = "Z" + std::to_string(zone);
    knowledge.grid->zones.emplace(carbon::ZoneKey{key}, outlook_from(key, {100}));
  }
  PrometheusText text;
  put_carbon(text, knowledge);
  std::size_t samples = 0;
  for (std::size_t at = 0; (at = text.text().find("g_per_kwh{", at)) != std::string::npos; ++at) ++samples;
  EXPECT_EQ(samples, kMostZonesMeasured);
}

TEST(CarbonOpenapi, DescribesTheRoutesByTheirOwnSchemas) {
  const json document = json_in(openapi_document());
  for (const char* name : {"now", "forecast", "summary", "ledger"}) {
    const json& get = document["paths"]["/api/v1/carbon/" + std::string(name)]["get"];
    const std::string schema = get["responses"]["200"]["content"]["application/json"]["schema"]["$ref"];
    EXPECT_TRUE(document["components"]["schemas"].contains(schema.substr(schema.rfind('/') + 1))) << schema;
    for (const json& parameter : get.value("parameters", json::array())) {
      const std::string named = parameter["$ref"];
      EXPECT_TRUE(document["components"]["parameters"].contains(named.substr(named.rfind('/') + 1))) << named;
    }
  }
}

}  // namespace
}  // namespace runneriq::service
