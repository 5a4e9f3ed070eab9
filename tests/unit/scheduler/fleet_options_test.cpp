#include "scheduler/fleet_options.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace runneriq::scheduler {
namespace {

const Option& row_named(const Options& rows, std::string_view key) {
  return *std::find_if(rows.begin(), rows.end(), [&](const Option& row) { return row.key == key; });
}

std::string set(const Options& rows, std::string_view key, std::string_view text) {
  const auto done = row_named(rows, key).set(text);
  return done ? row_named(rows, key).show() : done.error().message;
}

std::string put(const Options& rows, std::string_view key, std::string_view entry, std::string_view text) {
  const auto done = row_named(rows, key).set_entry(entry, text);
  return done ? row_named(rows, key).show() : done.error().message;
}

struct Case {
  std::string name, key, text, expected;
};
void PrintTo(const Case& c, std::ostream* out) {
  *out << c.name;
}

class FleetOption : public testing::TestWithParam<Case> {
 protected:
  FleetOption() {
    for (const Options& more : {option_rows(monitor), option_rows(assigner), option_rows(trust)}) {
      rows.insert(rows.end(), more.begin(), more.end());
    }
  }
  MonitorOptions monitor;
  AssignerOptions assigner;
  TrustOptions trust;
  Options rows;
};

TEST_P(FleetOption, TakesWhatIsRightAndNamesWhatIsWrong) {
  EXPECT_EQ(set(rows, GetParam().key, GetParam().text), GetParam().expected);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, FleetOption,
    testing::Values(
        Case{"PollInterval", "monitor.poll_interval", "10", "10s"},
        Case{"PollTooOften", "monitor.poll_interval", "500ms", "'500ms' is not a duration from 1s to 1h"},
        Case{"PollNever", "monitor.poll_interval", "2h", "'2h' is not a duration from 1s to 1h"},
        Case{"ContactLimit", "monitor.contact_limit", "10m", "10m"},
        Case{"ContactTooShort", "monitor.contact_limit", "29s", "'29s' is not a duration from 30s to 2h"},
        Case{"StuckAfter", "monitor.stuck_after", "45m", "45m"},
        Case{"Mode", "assigner.decision_engine.mode", "rules_only", "rules_only"},
        Case{"BadMode", "assigner.decision_engine.mode", "Hybrid",
             "'Hybrid' is not one of hybrid | rules_only | claude_only"},
        Case{"Margin", "assigner.decision_engine.margin_threshold", "0.2", "0.2"},
        Case{"MarginTooLarge", "assigner.decision_engine.margin_threshold", "1.5",
             "'1.5' is not a number from 0 to 1"},
        Case{"Budget", "assigner.decision_engine.daily_token_budget", "50000", "50000"},
        Case{"BadBudget", "assigner.decision_engine.daily_token_budget", "-1",
             "'-1' is not a whole number from 0 to 2147483647"},
        Case{"Trust", "assigner.trust_model.mode", "supervised", "supervised"},
        Case{"BadTrust", "assigner.trust_model.mode", "full",
             "'full' is not one of advisory | supervised | autonomous"},
        Case{"Threshold", "assigner.trust_model.supervised_threshold", "LOW", "LOW"},
        Case{"BadThreshold", "assigner.trust_model.supervised_threshold", "urgent",
             "'urgent' is not one of CRITICAL | HIGH | MEDIUM | LOW"}),
    [](const auto& test) { return test.param.name; });

TEST_F(FleetOption, DefaultsAreThoseOfTheArchitecture) {
  EXPECT_EQ(row_named(rows, "monitor.poll_interval").show(), "30s");
  EXPECT_EQ(row_named(rows, "monitor.contact_limit").show(), "2m");
  EXPECT_EQ(row_named(rows, "monitor.stuck_after").show(), "30m");
  EXPECT_EQ(row_named(rows, "assigner.scoring.weights").show(),
            "utilisation=0.4,capacity=0.2,tag_match=0.2,history=0.2");
  EXPECT_EQ(row_named(rows, "assigner.decision_engine.mode").show(), "hybrid");
  EXPECT_EQ(row_named(rows, "assigner.decision_engine.margin_threshold").show(), "0.15");
  EXPECT_EQ(row_named(rows, "assigner.decision_engine.daily_token_budget").show(), "50000");
  EXPECT_EQ(row_named(rows, "assigner.trust_model.mode").show(), "advisory");
  EXPECT_EQ(row_named(rows, "assigner.trust_model.supervised_threshold").show(), "HIGH");
}

TEST_F(FleetOption, WeightsAreSetFactorByFactor) {
  EXPECT_EQ(put(rows, "assigner.scoring.weights", "capacity", "0.5"),
            "utilisation=0.4,capacity=0.5,tag_match=0.2,history=0.2");
  EXPECT_EQ(put(rows, "assigner.scoring.weights", "speed", "0.5"),
            "'speed' is no factor; expected utilisation, capacity, tag_match or history");
  EXPECT_EQ(put(rows, "assigner.scoring.weights", "history", "2"), "'2' is not a number from 0 to 1");
}

TEST_F(FleetOption, CarbonWeightsAreSetByClassAndFactor) {
  const std::string classes = "assigner.scoring.carbon_weights.classes";
  const std::string factors = "assigner.scoring.carbon_weights.factors";
  EXPECT_EQ(row_named(rows, classes).show(), "CRITICAL=0.05,HIGH=0.2,MEDIUM=0.35,LOW=0.5");
  EXPECT_EQ(put(rows, classes, "LOW", "0.7"), "CRITICAL=0.05,HIGH=0.2,MEDIUM=0.35,LOW=0.7");
  EXPECT_EQ(put(rows, classes, "low", "0.7"), "'low' is no class; expected CRITICAL, HIGH, MEDIUM or LOW");
  EXPECT_EQ(put(rows, classes, "LOW", "1.5"), "'1.5' is not a number from 0 to 1");
  EXPECT_EQ(put(rows, factors, "history", "0.1"), "capacity=0.3,tag_match=0.25,history=0.1");
  EXPECT_EQ(put(rows, factors, "utilisation", "0.1"),
            "'utilisation' is no factor; expected capacity, tag_match or history");
  EXPECT_DOUBLE_EQ(assigner.carbon_weights.classes[3], 0.7);
  EXPECT_DOUBLE_EQ(assigner.carbon_weights.history, 0.1);
}

TEST_F(FleetOption, CapacityIsToldPerRunner) {
  EXPECT_EQ(put(rows, "monitor.capacity", "12", "4"), "12=4");
  EXPECT_EQ(put(rows, "monitor.capacity", "build host", "8"), "12=4,build host=8");
  EXPECT_EQ(put(rows, "monitor.capacity", "12", "0"), "'0' is not a whole number from 1 to 100000");
  EXPECT_EQ(put(rows, "monitor.capacity", "", "2"), "a runner's id or description must not be empty");
}

TEST_F(FleetOption, ThePollIntervalHasItsOwnVariable) {
  EXPECT_EQ(row_named(rows, "monitor.poll_interval").variable, "RUNNERIQ_POLL_INTERVAL");
}

}  // namespace
}  // namespace runneriq::scheduler
