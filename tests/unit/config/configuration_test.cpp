#include "config/configuration.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace runneriq::config {
namespace {

using Kind = DocumentEntry::Kind;

struct Fields {
  int slots = 1;
  std::string command = "bwrap";
  std::vector<std::string> names{"OLD"};
  std::vector<std::pair<std::string, std::string>> weights{{"main", "1"}};
  std::map<std::string, std::string> urls;
};

// A table like that of a program: a number, a text in a deeper section, a list and a mapping.
Options rows_of(Fields& fields) {
  const auto row = [](std::string key, std::string value) {
    Option option;
    option.key = std::move(key);
    option.value = std::move(value);
    return option;
  };
  Option slots = row("executor.slots", "number from 0 to 9");
  slots.set = [&fields](std::string_view text) -> Result<void> {
    const auto number = parse_whole(text, 0, 9);
    if (!number) return fail(number.error());
    fields.slots = *number;
    return {};
  };
  Option command = row("executor.bubblewrap.command", "program");
  command.set = [&fields](std::string_view text) -> Result<void> {
    fields.command = text;
    return {};
  };
  Option names = row("executor.names", "list of names");
  names.set_entry = [&fields](std::string_view, std::string_view text) -> Result<void> {
    if (text == "bad") return fail(Errc::invalid_argument, "'bad' is no name");
    fields.names.emplace_back(text);
    return {};
  };
  names.clear = [&fields] { fields.names.clear(); };
  Option weights = row("analyzer.weights", "mapping of pattern to number");
  weights.set_entry = [&fields](std::string_view entry, std::string_view text) -> Result<void> {
    fields.weights.emplace_back(entry, text);
    return {};
  };
  Option urls = row("executor.fleets.*.url", "address");
  urls.set_entry = [&fields](std::string_view entry, std::string_view text) -> Result<void> {
    if (text == "bad") return fail(Errc::invalid_argument, "'bad' is no address");
    fields.urls[std::string(entry)] = text;
    return {};
  };
  slots.variable = "SLOTS";
  return {slots, command, names, weights, urls};
}

class ConfigurationTest : public testing::Test {
 protected:
  std::vector<std::string> apply(const std::vector<DocumentEntry>& entries) {
    return sentences(configuration.apply_document("site.yaml", entries));
  }
  std::vector<std::string> apply(std::vector<std::string_view> environment) {
    return sentences(configuration.apply_environment(environment));
  }
  static std::vector<std::string> sentences(const std::vector<Problem>& problems) {
    std::vector<std::string> all;
    for (const Problem& problem : problems) all.push_back(problem.where + ": " + problem.message);
    return all;
  }

  Fields fields;
  Configuration configuration{rows_of(fields), {"executor", "analyzer"}};
};

using Sentences = std::vector<std::string>;
using Names = std::vector<std::string>;

TEST_F(ConfigurationTest, ADocumentSetsOptionsAndTellsTheirOrigin) {
  EXPECT_EQ(apply({{{"executor", "slots"}, "4", 3}, {{"executor", "bubblewrap", "command"}, "/b", 5}}),
            Sentences{});
  EXPECT_EQ(fields.slots, 4);
  EXPECT_EQ(fields.command, "/b");
  EXPECT_EQ(configuration.origin("executor.slots").layer, Layer::file);
  EXPECT_EQ(configuration.origin("executor.slots").where, "site.yaml:3");
  EXPECT_EQ(configuration.origin("executor.names").layer, Layer::defaults);
}

TEST_F(ConfigurationTest, AMisspeltOptionIsToldWithASuggestion) {
  EXPECT_EQ(apply({{{"executor", "slot"}, "4", 14}}),
            Sentences{"site.yaml:14: unknown option 'executor.slot', did you mean 'executor.slots'?"});
  EXPECT_EQ(fields.slots, 1);
}

TEST_F(ConfigurationTest, AMisspeltSectionIsToldOnceWithASuggestion) {
  EXPECT_EQ(
      apply(
          {{{"executor", "bubblewarp", "command"}, "a", 2}, {{"executor", "bubblewarp", "network"}, "b", 3}}),
      Sentences{"site.yaml:2: unknown option 'executor.bubblewarp', did you mean 'executor.bubblewrap'?"});
  EXPECT_EQ(apply({{{"excutor", "slots"}, "1", 2}, {{"excutor", "names", "0"}, "b", 3}}),
            Sentences{"site.yaml:2: unknown section 'excutor', did you mean 'executor'?"});
}

TEST_F(ConfigurationTest, AnOptionInTheWrongSectionIsToldWhereItBelongs) {
  EXPECT_EQ(
      apply({{{"executor", "bubblewrap", "slots"}, "4", 2}}),
      Sentences{"site.yaml:2: unknown option 'executor.bubblewrap.slots', did you mean 'executor.slots'?"});
}

TEST_F(ConfigurationTest, AnOptionLikeNoOtherIsToldWithoutASuggestion) {
  EXPECT_EQ(apply({{{"executor", "teleport"}, "4", 2}}),
            Sentences{"site.yaml:2: unknown option 'executor.teleport'"});
}

TEST_F(ConfigurationTest, HostileKeysAreToldEscaped) {
  EXPECT_EQ(apply({{{"executor", "a\n\x1b[31m"}, "4", 2}}),
            Sentences{"site.yaml:2: unknown option 'executor.a\\n\\x1b[31m'"});
}

TEST_F(ConfigurationTest, SectionsOfOtherProgramsAreLeftAlone) {
  EXPECT_EQ(apply({{{"monitor", "poll_interval"}, "30s", 2}, {{"assigner"}, "x", 3}}), Sentences{});
}

TEST_F(ConfigurationTest, AWrongValueIsToldAndTheOldOneKept) {
  EXPECT_EQ(apply({{{"executor", "slots"}, "many", 7}}),
            Sentences{"site.yaml:7: executor.slots: 'many' is not a whole number from 0 to 9"});
  EXPECT_EQ(fields.slots, 1);
  EXPECT_EQ(configuration.origin("executor.slots").layer, Layer::defaults);
}

TEST_F(ConfigurationTest, ProblemsComeInTheOrderOfTheDocumentAndTheRestIsApplied) {
  EXPECT_EQ(apply({{{"executor", "x"}, "", 1},
                   {{"executor", "bubblewrap", "command"}, "/b", 2},
                   {{"executor", "slots"}, "z", 3}}),
            (Sentences{"site.yaml:1: unknown option 'executor.x'",
                       "site.yaml:3: executor.slots: 'z' is not a whole number from 0 to 9"}));
  EXPECT_EQ(fields.command, "/b");
}

TEST_F(ConfigurationTest, AListOfTheFileReplacesTheOneBelow) {
  EXPECT_EQ(apply({{{"executor", "names", "0"}, "A", 3},
                   {{"executor", "names", "1"}, "bad", 4},
                   {{"executor", "names", "2"}, "B", 5}}),
            Sentences{"site.yaml:4: executor.names: 'bad' is no name"});
  EXPECT_EQ(fields.names, (Names{"A", "B"}));
  EXPECT_EQ(configuration.origin("executor.names").where, "site.yaml:3");
}

TEST_F(ConfigurationTest, AnEmptyListReplacesTheOneBelow) {
  EXPECT_EQ(apply({{{"executor", "names"}, "", 3, Kind::empty}}), Sentences{});
  EXPECT_EQ(fields.names, Names{});
  EXPECT_EQ(configuration.origin("executor.names").where, "site.yaml:3");
}

TEST_F(ConfigurationTest, AMappingKeepsDotsInItsEntries) {
  EXPECT_EQ(apply({{{"analyzer", "weights", "release/1.0"}, "90", 3}}), Sentences{});
  ASSERT_EQ(fields.weights.size(), 2U);
  EXPECT_EQ(fields.weights[1], std::pair(std::string("release/1.0"), std::string("90")));
}

TEST_F(ConfigurationTest, ADottedKeyIsNotASection) {
  EXPECT_EQ(apply({{{"executor.slots"}, "4", 3}}).size(), 0U) << "an unknown section of another program";
  EXPECT_EQ(fields.slots, 1);
}

struct ShapeCase {
  std::string name;
  DocumentEntry entry;
  std::string problem;
};

class Shape : public ConfigurationTest, public testing::WithParamInterface<ShapeCase> {};

TEST_P(Shape, IsTold) {
  EXPECT_EQ(apply({GetParam().entry}), Sentences{GetParam().problem});
}

INSTANTIATE_TEST_SUITE_P(
    Entries, Shape,
    testing::Values(
        ShapeCase{
            "NoValue",
            {{"executor", "slots"}, "", 3, Kind::nothing},
            "site.yaml:3: executor.slots has no value: give it one (number from 0 to 9) or remove the line"},
        ShapeCase{"ListForAValue",
                  {{"executor", "slots", "0"}, "4", 3},
                  "site.yaml:3: executor.slots takes one value (number from 0 to 9), no list and no mapping"},
        ShapeCase{"EmptyListForAValue",
                  {{"executor", "slots"}, "", 3, Kind::empty},
                  "site.yaml:3: executor.slots takes one value (number from 0 to 9), no list and no mapping"},
        ShapeCase{"ValueForAList",
                  {{"executor", "names"}, "A", 3},
                  "site.yaml:3: executor.names takes entries (list of names): write each on a line of its "
                  "own below "
                  "it, as '- value'"},
        ShapeCase{"ValueForAMapping",
                  {{"analyzer", "weights"}, "A", 3},
                  "site.yaml:3: analyzer.weights takes entries (mapping of pattern to number): write each on "
                  "a line "
                  "of its own below it, as 'name: value'"},
        ShapeCase{"NothingForAList",
                  {{"executor", "names"}, "", 3, Kind::nothing},
                  "site.yaml:3: executor.names has no value: give it one (list of names) or remove the line"},
        ShapeCase{"NothingInAList",
                  {{"executor", "names", "0"}, "", 3, Kind::nothing},
                  "site.yaml:3: executor.names has no value: give it one (list of names) or remove the line"},
        ShapeCase{"ListInAList",
                  {{"executor", "names", "0", "0"}, "A", 3},
                  "site.yaml:3: executor.names takes entries (list of names): write each on a line of its "
                  "own below "
                  "it, as '- value'"},
        ShapeCase{"ValueForASection",
                  {{"executor", "bubblewrap"}, "on", 3},
                  "site.yaml:3: executor.bubblewrap is a section: put its settings below it, one per line"}),
    [](const auto& one) { return one.param.name; });

TEST_F(ConfigurationTest, EmptySectionsAreFine) {
  EXPECT_EQ(apply({{{"executor"}, "", 2, Kind::nothing}, {{"executor", "bubblewrap"}, "", 3, Kind::empty}}),
            Sentences{});
}

TEST_F(ConfigurationTest, TheEnvironmentOverrulesTheFile) {
  EXPECT_EQ(apply({{{"executor", "slots"}, "4", 3}}), Sentences{});
  EXPECT_EQ(apply({"PATH=/bin", "RUNNERIQ_EXECUTOR_SLOTS=5", "RUNNERIQ_EXECUTOR_BUBBLEWRAP_COMMAND=/x"}),
            Sentences{});
  EXPECT_EQ(fields.slots, 5);
  EXPECT_EQ(fields.command, "/x");
  EXPECT_EQ(configuration.origin("executor.slots").layer, Layer::environment);
  EXPECT_EQ(configuration.origin("executor.slots").where, "RUNNERIQ_EXECUTOR_SLOTS");
}

TEST_F(ConfigurationTest, AWrongVariableIsToldAndTheOldValueKept) {
  EXPECT_EQ(apply({{{"executor", "slots"}, "4", 3}}), Sentences{});
  EXPECT_EQ(apply({"RUNNERIQ_EXECUTOR_SLOTS="}),
            Sentences{"RUNNERIQ_EXECUTOR_SLOTS: executor.slots: '' is not a whole number from 0 to 9"});
  EXPECT_EQ(fields.slots, 4);
  EXPECT_EQ(configuration.origin("executor.slots").layer, Layer::file);
}

TEST_F(ConfigurationTest, UnknownVariablesCountInOwnSectionsOnly) {
  EXPECT_EQ(
      apply({"RUNNERIQ_STATE=/s", "RUNNERIQ_PRIORITY=HIGH", "RUNNERIQ_MONITOR_X=1",
             "RUNNERIQ_EXECUTOR_SLOT=2", "CUSTOM_ENV_RUNNERIQ_EXECUTOR_SLOTS=9", "RUNNERIQ_EXECUTOR_SLOTS"}),
      Sentences{"RUNNERIQ_EXECUTOR_SLOT: unknown option 'RUNNERIQ_EXECUTOR_SLOT', did you mean "
                "'RUNNERIQ_EXECUTOR_SLOTS'?"});
  EXPECT_EQ(fields.slots, 1);
}

TEST_F(ConfigurationTest, AListInTheEnvironmentKeepsItsEqualsSigns) {
  EXPECT_EQ(apply({"RUNNERIQ_EXECUTOR_NAMES=A, B=C,,D "}), Sentences{});
  EXPECT_EQ(fields.names, (Names{"A", "B=C", "D"}));
  EXPECT_EQ(apply({"RUNNERIQ_EXECUTOR_NAMES="}), Sentences{});
  EXPECT_EQ(fields.names, Names{});
}

TEST_F(ConfigurationTest, AMappingInTheEnvironmentIsSplitAtTheLastEqualsSign) {
  EXPECT_EQ(apply({"RUNNERIQ_ANALYZER_WEIGHTS=main=100,a=b=7"}), Sentences{});
  ASSERT_EQ(fields.weights.size(), 3U);
  EXPECT_EQ(fields.weights[1], std::pair(std::string("main"), std::string("100")));
  EXPECT_EQ(fields.weights[2], std::pair(std::string("a=b"), std::string("7")));
}

TEST_F(ConfigurationTest, AStarInAKeyStandsForAnyName) {
  EXPECT_EQ(apply({{{"executor", "fleets", "acme", "url"}, "https://a", 3},
                   {{"executor", "fleets", "other", "url"}, "https://b", 5}}),
            Sentences{});
  EXPECT_EQ(fields.urls, (std::map<std::string, std::string>{{"acme", "https://a"}, {"other", "https://b"}}));
  EXPECT_EQ(configuration.origin("executor.fleets.*.url").where, "site.yaml:3");
}

TEST_F(ConfigurationTest, WhatIsWrongBelowAStarIsTold) {
  EXPECT_EQ(apply({{{"executor", "fleets", "acme", "ulr"}, "https://a", 3}}),
            Sentences{"site.yaml:3: unknown option 'executor.fleets.acme.ulr', did you mean "
                      "'executor.fleets.acme.url'?"});
  EXPECT_EQ(apply({{{"executor", "fleets", "acme", "url"}, "bad", 4}}),
            Sentences{"site.yaml:4: executor.fleets.*.url: 'bad' is no address"});
  EXPECT_EQ(
      apply({{{"executor", "fleets", "acme", "url", "deeper"}, "x", 5}}),
      Sentences{"site.yaml:5: executor.fleets.*.url takes one value (address), no list and no mapping"});
  EXPECT_EQ(apply({{{"executor", "fleets", "other", "url"}, "", 6, Kind::nothing}}),
            Sentences{"site.yaml:6: executor.fleets.*.url has no value: give it one (address) or remove the "
                      "line"});
  EXPECT_TRUE(fields.urls.empty());
}

TEST_F(ConfigurationTest, AnOptionsOwnVariableCountsLessThanTheOneNamedLikeIt) {
  EXPECT_EQ(apply(std::vector<std::string_view>{"RUNNERIQ_EXECUTOR_SLOTS=3", "SLOTS=5"}), Sentences{});
  EXPECT_EQ(fields.slots, 3);
  EXPECT_EQ(configuration.origin("executor.slots").where, "RUNNERIQ_EXECUTOR_SLOTS");
  EXPECT_EQ(apply(std::vector<std::string_view>{"SLOTS=5", "COMMAND=x"}), Sentences{});
  EXPECT_EQ(fields.slots, 5);
  EXPECT_EQ(configuration.origin("executor.slots").where, "SLOTS");
  EXPECT_EQ(apply(std::vector<std::string_view>{"SLOTS="}), Sentences{}) << "an empty variable is none";
  EXPECT_EQ(apply(std::vector<std::string_view>{"SLOTS=x"}),
            Sentences{"SLOTS: executor.slots: 'x' is not a whole number from 0 to 9"});
  EXPECT_EQ(fields.slots, 5);
}

TEST_F(ConfigurationTest, AFlagWinsAndTellsItsName) {
  EXPECT_EQ(apply({"RUNNERIQ_EXECUTOR_SLOTS=3"}), Sentences{});
  EXPECT_TRUE(configuration.apply_flag("--slots", "executor.slots", "4").empty());
  EXPECT_EQ(fields.slots, 4);
  EXPECT_EQ(configuration.origin("executor.slots").layer, Layer::flags);
  EXPECT_EQ(configuration.origin("executor.slots").where, "--slots");
  EXPECT_EQ(sentences(configuration.apply_flag("--slots", "executor.slots", "x")),
            Sentences{"--slots: executor.slots: 'x' is not a whole number from 0 to 9"});
  EXPECT_EQ(fields.slots, 4);
}

}  // namespace
}  // namespace runneriq::config
