#include "scheduler/gate_options.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;

class GateOption : public testing::Test {
 protected:
  const Option& named(std::string_view key) {
    return *std::find_if(rows.begin(), rows.end(), [&](const Option& row) { return row.key == key; });
  }
  std::string set(std::string_view key, std::string_view text) {
    const auto done = named(key).set(text);
    return done ? named(key).show() : done.error().message;
  }
  std::string add(std::string_view key, std::string_view text) {
    const auto done = named(key).set_entry("0", text);
    return done ? named(key).show() : done.error().message;
  }
  SteeringOptions options;
  Options rows = option_rows(options);
};

TEST_F(GateOption, DefaultsAreThoseOfTheGateAndItsLeases) {
  EXPECT_EQ(named("gate.lanes").show(), "critical,high,short,medium,long");
  EXPECT_EQ(named("gate.kill_switch").show(), "/etc/runneriq/stop-steering");
  EXPECT_EQ(named("gate.cuts_per_minute").show(), "30");
  const GateOptions gate = gate_options(options, 30s);
  EXPECT_EQ(gate.lanes.tags(), Lanes{}.tags());
  EXPECT_EQ(gate.short_wait, GateOptions{}.short_wait);
  EXPECT_EQ(gate.phantom_after, GateOptions{}.phantom_after);
  EXPECT_EQ(gate.oldest_data, GateOptions{}.oldest_data);
  EXPECT_EQ(gate.most_cut, GateOptions{}.most_cut);
  EXPECT_EQ(lease_terms(options).ttl, LeaseTerms{}.ttl);
  EXPECT_EQ(lease_terms(options).renew_after, LeaseTerms{}.renew_after);
}

TEST_F(GateOption, ListsTakeWhatIsRightAndNameWhatIsWrong) {
  named("gate.lanes").clear();
  EXPECT_EQ(add("gate.lanes", "critical"), "critical");
  EXPECT_EQ(add("gate.lanes", "rest"), "critical,rest");
  EXPECT_EQ(add("gate.lanes", "rest"), "'rest' is a lane twice; name it once");
  EXPECT_EQ(named("gate.lanes").show(), "critical,rest");
  EXPECT_EQ(add("gate.elastic", "autoscale-*"), "autoscale-*");
  EXPECT_EQ(add("gate.elastic", ""), "a runner's id or description must not be empty");
  EXPECT_EQ(gate_options(options, 30s).lanes.size(), 2U);
  EXPECT_EQ(gate_options(options, 30s).elastic, std::vector<std::string>{"autoscale-*"});
}

TEST_F(GateOption, AnEmptyListOfLanesMeansTheDefaultOnes) {
  named("gate.lanes").clear();
  EXPECT_EQ(lanes_of(options).size(), 5U);
}

TEST_F(GateOption, ScalarsTakeWhatIsRightAndNameWhatIsWrong) {
  EXPECT_EQ(set("gate.short_wait", "0"), "0s");
  EXPECT_EQ(set("gate.short_wait", "61m"), "'61m' is not a duration from 0s to 1h");
  EXPECT_EQ(set("gate.phantom_after", "4s"), "'4s' is not a duration from 5s to 10m");
  EXPECT_EQ(set("gate.lease_ttl", "10m"), "10m");
  EXPECT_EQ(set("gate.lease_ttl", "4s"), "'4s' is not a duration from 5s to 30m");
  EXPECT_EQ(set("gate.cuts_per_minute", "1"), "1");
  EXPECT_EQ(set("gate.cuts_per_minute", "0"), "'0' is not a whole number from 1 to 10000");
  EXPECT_EQ(set("gate.kill_switch", "/run/stop"), "/run/stop");
  for (const std::string_view bad : {"stop", "", "/run/", "/a\nb"}) {
    EXPECT_NE(set("gate.kill_switch", bad).find("is not the absolute path of a file"), std::string::npos);
  }
  EXPECT_EQ(gate_options(options, 10s).most_cut, 1U);
  EXPECT_EQ(gate_options(options, 10s).oldest_data, 20s);
  EXPECT_EQ(lease_terms(options).renew_after, 4min);
}

}  // namespace
}  // namespace runneriq::scheduler
