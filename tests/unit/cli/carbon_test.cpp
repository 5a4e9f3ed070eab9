// `carbon now|forecast|summary|ledger|report` as commands.
#include "cli/carbon_heatmap.hpp"
#include "cli/csv.hpp"
#include "cli/json_text.hpp"
#include "cli/moments.hpp"
#include "cli/table.hpp"
#include "core/lines.hpp"
#include "tests/support/carbon_faces.hpp"
#include "tests/support/run_command.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace runneriq::cli {
namespace {

using namespace std::chrono_literals;
using carbon::kGridNow;
using carbon::outlook_from;
using carbon::placed;
using carbon::row_of;
using carbon::Rung;
using nlohmann::json;

struct Carbon : testing::Test {
  FakeSession fake{kGridNow};
  carbon::CarbonOptions options;
  carbon::MemoryLedger ledger;
  carbon::MemoryDeferrals deferrals;
  carbon::GridOutlook grid = carbon::grid_of({});
  Result<std::vector<carbon::PlacedRunner>> runners = std::vector<carbon::PlacedRunner>{};
  CarbonPorts ports;

  Carbon() {
    ports = {.options = &options,
             .outlook = [this](Time) -> Result<carbon::GridOutlook> { return grid; },
             .runners = [this] { return runners; },
             .ledger = &ledger,
             .deferrals = &deferrals};
    fake.session.open_carbon = [this]() -> Result<CarbonPorts> { return ports; };
  }
  std::string run(const std::vector<std::string_view>& words, Exit exit = Exit::fine) {
    fake.out.results.clear();
    EXPECT_EQ(run_words(fake, words), exit);
    return fake.out.results;
  }
  json run_json(std::vector<std::string_view> words) {
    words.insert(words.end(), {"--output", "json"});
    return parse_document(run(words)).value();
  }
  void expect_narrow() const {
    for (const std::string_view line : lines_of(fake.out.results))
      EXPECT_LE(width_of(line), kTextWidth) << line;
  }
};

bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

TEST_F(Carbon, NowListsTheGreenestFirstAndTheUnknownLast) {
  grid = carbon::grid_of(
      {outlook_from("DE", {340}), outlook_from("AA", {0}), outlook_from("FR", {58}, Rung::live)});
  grid.zones.at(carbon::ZoneKey{"AA"}).why = "no source knows it";
  runners = std::vector{placed(7, "FR"), placed(8, "DE"), placed(9, ""), placed(10, "XX")};
  const json document = run_json({"carbon", "now"});
  std::vector<std::string> zones;
  for (const json& zone : document["zones"]) zones.push_back(zone["zone"]);
  EXPECT_EQ(zones, (std::vector<std::string>{"FR", "DE", "AA", "XX"}));
  EXPECT_EQ(document["zones"][0]["shade"], "green");
  EXPECT_EQ(document["zones"][0]["age_seconds"], 720.0);
  EXPECT_EQ(document["zones"][1]["shade"], "red");
  EXPECT_TRUE(document["zones"][2]["g_per_kwh"].is_null());
  EXPECT_TRUE(document["zones"][2]["shade"].is_null());
  EXPECT_TRUE(has(document["zones"][2]["remedy"], "ELECTRICITY_MAPS_TOKEN_AA"));
  EXPECT_TRUE(has(document["runners_without_zone"][0]["remedy"], "RUNNER_ZONE_9"));
  const std::string text = run({"carbon", "now"});
  EXPECT_LT(text.find("FR "), text.find("DE "));
  EXPECT_TRUE(has(text, "no source knows it"));
  EXPECT_FALSE(has(text, "\x1b"));
  expect_narrow();
}

TEST_F(Carbon, NowColoursShadesOnATerminal) {
  grid = carbon::grid_of({outlook_from("FR", {58})});
  fake.out.coloured = true;
  EXPECT_TRUE(has(run({"carbon", "now"}), "\x1b[32m58"));
}

TEST_F(Carbon, NowEndsWithItsLastLine) {
  grid = carbon::grid_of({outlook_from("FR", {58}, Rung::live)});
  runners = std::vector{placed(7, "FR")};
  grid.zones.at(carbon::ZoneKey{"FR"}).why = "";
  const std::string text = run({"carbon", "now"});
  EXPECT_TRUE(text.ends_with('\n'));
  EXPECT_FALSE(text.ends_with("\n\n")) << text;
  grid.zones.at(carbon::ZoneKey{"FR"}).why = "the live source is away";
  EXPECT_TRUE(has(run({"carbon", "now"}), "\n\nwhy        FR: the live source is away"));
}

TEST_F(Carbon, NowGoesOnWithoutTheRunnersAndNeverBlamesGitLab) {
  grid = carbon::grid_of({outlook_from("FR", {58})});
  runners = fail(Errc::unavailable, "GitLab is away");
  EXPECT_TRUE(has(run({"carbon", "now"}), "FR"));
  ASSERT_EQ(fake.out.talked.size(), 1u);
  EXPECT_TRUE(has(fake.out.talked[0], "GitLab is away"));
  ports.outlook = [](Time) -> Result<carbon::GridOutlook> {
    return fail(Errc::unavailable, "the disk is away");
  };
  run({"carbon", "now"}, Exit::usage);
}

TEST_F(Carbon, WithoutZonesNowTellsWhatToSet) {
  EXPECT_TRUE(has(run({"carbon", "now"}), "RUNNER_ZONE_"));
  EXPECT_TRUE(has(run({"carbon", "forecast"}), "RUNNER_ZONE_"));
}

TEST_F(Carbon, OffIsSaid) {
  options.use = carbon::CarbonOptions::Use::off;
  run({"carbon", "now"}, Exit::usage);
  EXPECT_TRUE(has(fake.out.talked.back(), "carbon.use"));
}

TEST_F(Carbon, TheForecastOf30ZonesFitsATerminal) {
  std::vector<carbon::Outlook> outlooks;
  for (int zone = 0; zone < 30; ++zone) {
    outlooks.push_back(
        outlook_from("US-A-LONG-ZONE-" + std::to_string(zone), std::vector<double>(48, 40.0 * zone)));
  }
  grid = carbon::grid_of(outlooks);
  runners = std::vector<carbon::PlacedRunner>{};
  for (int runner = 0; runner < 40; ++runner) runners->push_back(placed(runner, "US-A-LONG-ZONE-3"));
  run({"carbon", "forecast", "--hours", "48"});
  expect_narrow();
  run({"carbon", "now"});
  expect_narrow();
}

TEST_F(Carbon, TheForecastShowsSignsShadesAndTheBestWindow) {
  std::vector<double> hours(24, 320);
  hours[3] = 90;
  hours[4] = 110;
  hours[9] = 0;
  hours[10] = 700;
  grid = carbon::grid_of({outlook_from("DE", hours)});
  const std::string text = run({"carbon", "forecast"});
  EXPECT_TRUE(has(text, "▓6▓6▓6░1░2▓6"));
  EXPECT_TRUE(has(text, "··█E"));
  EXPECT_TRUE(has(text, " 15:00-17:00 100"));
  EXPECT_TRUE(has(text, "2025-03-01 UTC 12:00 15:00 18:00"));
  EXPECT_FALSE(has(text, "local time"));
  fake.out.coloured = true;
  EXPECT_TRUE(has(run({"carbon", "forecast"}), "48;5;34m 1") || has(fake.out.results, "48;5;28m 1"));
}

TEST_F(Carbon, LocalHoursFollowAChangeOfTheClocks) {
  const Time change = Time{std::chrono::sys_days{std::chrono::year{2025} / 3 / 30}} + 1h;
  grid = carbon::grid_of({outlook_from("DE", std::vector<double>(24, 100), Rung::forecast, change - 1h)});
  ports.local_offset = [=](Time time) {
    return time < change ? std::chrono::minutes{60} : std::chrono::minutes{120};
  };
  const std::string text = run({"carbon", "forecast"});
  EXPECT_TRUE(has(text, "2025-03-30 UTC 00:00 03:00 06:00"));
  EXPECT_TRUE(has(text, "local time     01:00 05:00 08:00"));
}

TEST_F(Carbon, HoursBeyondTheOutlookAreNotKnown) {
  grid = carbon::grid_of({outlook_from("DE", {100, 200})});
  const json hours = run_json({"carbon", "forecast", "--hours", "3"})["zones"][0]["hours"];
  ASSERT_EQ(hours.size(), 3u);
  EXPECT_EQ(hours[1]["g_per_kwh"], 200.0);
  EXPECT_TRUE(hours[2]["g_per_kwh"].is_null());
  EXPECT_EQ(hours[2]["rung"], "none");
}

TEST_F(Carbon, OddHoursAreRefused) {
  for (const std::string_view hours : {"0", "73", "-1", "x"}) {
    run({"carbon", "forecast", "--hours", hours}, Exit::usage);
  }
}

TEST_F(Carbon, TheSummaryShowsNegativeSavings) {
  ledger.rows = {row_of(10, kGridNow - 1h, 400, 300)};  // 0.1 g worse than at home
  const json week = run_json({"carbon", "summary"})["periods"]["week"];
  EXPECT_EQ(week["jobs"], 1);
  EXPECT_NEAR(week["saved"]["place"].get<double>(), -0.1, 1e-9);
  EXPECT_NEAR(week["saved"]["time"].get<double>(), 0, 1e-9);
  EXPECT_NEAR(week["saved"]["percent"].get<double>(), -100.0 / 3, 1e-6);
  EXPECT_EQ(week["green_routing_rate"], 0.0);
  const std::string text = run({"carbon", "summary"});
  EXPECT_TRUE(has(text, "-0.10 g"));
  EXPECT_TRUE(has(text, "-33.3 %"));
  expect_narrow();
}

TEST_F(Carbon, WhatIsNotKnownIsNoZero) {
  const json today = run_json({"carbon", "summary"})["periods"]["today"];
  EXPECT_TRUE(today["saved"]["total"].is_null());
  EXPECT_TRUE(today["saved"]["percent"].is_null());
  EXPECT_TRUE(today["green_routing_rate"].is_null());
  EXPECT_TRUE(today["mean_g_per_kwh"].is_null());
  EXPECT_TRUE(has(run({"carbon", "summary"}), "No job has ended"));
}

TEST_F(Carbon, BudgetsWarnFrom80PercentAndExitFine) {
  options.budgets = {{.name = "acme", .projects = {"7"}, .grams_per_month = 0.5}};
  ledger.rows = {row_of(10, kGridNow - 1h, 400)};
  EXPECT_EQ(run_json({"carbon", "summary"})["budgets"][0]["level"], "warning");
  EXPECT_TRUE(
      has(run({"carbon", "summary"}), "! budget   acme: 0.40 g of 0.50 g this month (80.0 %): a warning"));
}

TEST_F(Carbon, WithoutALedgerASentenceTellsTheRemedy) {
  ports.ledger = nullptr;
  for (const std::string_view command : {"summary", "ledger", "report"}) {
    EXPECT_TRUE(has(run({"carbon", command}), "There is no ledger yet")) << command;
  }
  EXPECT_EQ(run_json({"carbon", "ledger"})["rows"].size(), 0u);
  EXPECT_EQ(run_json({"carbon", "report"})["groups"].size(), 0u);
}

TEST_F(Carbon, TheLedgerTakesItsQuery) {
  ledger.rows = {row_of(10, kGridNow - 3h, 400), row_of(20, kGridNow - 1h, 200)};
  EXPECT_EQ(run_json({"carbon", "ledger"})["rows"].size(), 2u);
  EXPECT_FALSE(run_json({"carbon", "ledger"})["rows"][0].contains("slots"));
  EXPECT_EQ(run_json({"carbon", "ledger", "--since", "2h"})["rows"][0]["job_id"], 20);
  EXPECT_EQ(run_json({"carbon", "ledger", "--until", "2h"})["rows"][0]["job_id"], 10);
  EXPECT_EQ(run_json({"carbon", "ledger", "--project", "8"})["rows"].size(), 0u);
  EXPECT_EQ(run_json({"carbon", "ledger", "--pipeline", "2"})["rows"][0]["job_id"], 20);
  const json row = run_json({"carbon", "ledger", "--job", "20"})["rows"].at(0);
  EXPECT_EQ(row["slots"].size(), 2u);
  EXPECT_EQ(row["home_zone"], "PL");
  run({"carbon", "ledger"});
  expect_narrow();
  EXPECT_TRUE(has(run({"carbon", "ledger", "--job", "20"}), "3600 J by rapl"));
  run({"carbon", "ledger", "--since", "soon"}, Exit::usage);
  run({"carbon", "ledger", "--job", "0"}, Exit::usage);
}

TEST_F(Carbon, VerifyFindsARowThatWasChanged) {
  ledger.rows = {row_of(10, kGridNow - 3h, 400), row_of(20, kGridNow - 1h, 200)};
  EXPECT_TRUE(has(run({"carbon", "ledger", "--verify"}), "2 rows: each gives the same grams"));
  ledger.rows[1].grams = *ledger.rows[1].grams * 0.9;
  EXPECT_TRUE(has(run({"carbon", "ledger", "--verify"}, Exit::no), "job 20"));
  ledger.rows[1] = row_of(20, kGridNow - 1h, 200);
  ledger.rows[1].work.energy.joules *= 2;
  run({"carbon", "ledger", "--verify"}, Exit::no);
  ledger.rows[1] = row_of(20, kGridNow - 1h, 200);
  ledger.rows[1].slots.pop_back();
  EXPECT_TRUE(has(run({"carbon", "ledger", "--verify"}, Exit::no), "gap"));
}

TEST_F(Carbon, ReportsAddUpByWhatIsAsked) {
  ledger.rows = {row_of(10, kGridNow - 3h, 400), row_of(11, kGridNow - 2h, 400),
                 row_of(20, kGridNow - 1h, 200)};
  const json pipelines = run_json({"carbon", "report"});
  ASSERT_EQ(pipelines["groups"].size(), 2u);
  EXPECT_EQ(pipelines["groups"][0]["pipeline_id"], 1);  // the greater emitter
  EXPECT_NEAR(pipelines["groups"][0]["sci_grams"].get<double>(), 0.8, 1e-9);
  EXPECT_NEAR(pipelines["total"]["grams"].get<double>(), 1.0, 1e-9);
  EXPECT_EQ(run_json({"carbon", "report", "--by", "zone"})["groups"][0]["zone"], "DE");
  EXPECT_EQ(run_json({"carbon", "report", "--by", "project"})["groups"][0]["project_id"], 7);
  EXPECT_EQ(run_json({"carbon", "report", "--by", "runner"})["groups"][0]["jobs"], 3);
  EXPECT_EQ(run_json({"carbon", "report", "--period", "2025-02-01..2025-02-28"})["total"]["jobs"], 0);
  EXPECT_EQ(run_json({"carbon", "report", "--period", "2025-02-01..2025-03-01"})["total"]["jobs"], 3);
  run({"carbon", "report", "--period", "2025-03-02..2025-03-01"}, Exit::usage);
  run({"carbon", "report", "--period", "year"}, Exit::usage);
  run({"carbon", "report"});
  expect_narrow();
}

TEST_F(Carbon, CsvIsSafeForSpreadsheets) {
  ledger.rows = {row_of(10, kGridNow - 3h, 400)};
  ledger.rows[0].work.name = "=cmd(),\"x\"\nnext";
  const std::string text = run({"carbon", "ledger", "--output", "csv"});
  EXPECT_TRUE(text.starts_with("gitlab,job_id,"));
  EXPECT_TRUE(has(text, R"(,"'=cmd(),""x""\nnext",DE,)"));
  EXPECT_EQ(std::ranges::count(text, '\n'), 2);
  EXPECT_TRUE(has(run({"carbon", "report", "--output", "csv"}), "pipeline_id,jobs"));
}

TEST(Csv, FormulasGetAnApostrophe) {
  for (const std::string_view start : {"=", "+", "-", "@", "\t", "\r"}) {
    EXPECT_TRUE(csv_field(std::string(start) + "1").starts_with("\"'")) << start;
  }
  EXPECT_EQ(csv_field("plain"), "plain");
  EXPECT_EQ(csv_field("a,b"), "\"a,b\"");
  constexpr CsvColumn kColumn[]{{"saved", "/saved/time"}, {"none", "/none"}};
  EXPECT_EQ(csv_line(kColumn, {{"saved", {{"time", -0.5}}}}), "-0.5,\r\n");
}

TEST(Moments, ADateCountsWithItsWholeDay) {
  const auto stretch = parse_stretch("--period", "2025-03-01..2025-03-01");
  ASSERT_TRUE(stretch);
  EXPECT_EQ(stretch->to - stretch->from, std::chrono::hours{24});
  EXPECT_FALSE(parse_stretch("--period", "2025-03-01"));
}

}  // namespace
}  // namespace runneriq::cli
