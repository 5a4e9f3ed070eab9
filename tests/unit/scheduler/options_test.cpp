#include "scheduler/options.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace runneriq::scheduler {
namespace {

class PriorityOptions : public testing::Test {
 protected:
  Option& row(std::string_view name) {
    const std::string key = "analyzer.priority." + std::string(name);
    const auto found =
        std::find_if(rows_.begin(), rows_.end(), [&](const Option& o) { return o.key == key; });
    if (found == rows_.end()) throw std::logic_error("no row " + key);
    return *found;
  }

  // One layer of configuration, as config/ puts it.
  void put_layer(std::string_view name, const std::vector<std::pair<std::string, std::string>>& entries) {
    Option& option = row(name);
    if (option.clear) option.clear();
    for (const auto& [entry, text] : entries) {
      const auto set = option.set_entry(entry, text);
      EXPECT_TRUE(set) << set.error().message;
    }
  }

  PriorityRules rules_ = PriorityRules::defaults();
  Options rows_ = option_rows(rules_);
};

TEST_F(PriorityOptions, AreCompleteAndEachDocumented) {
  const std::set<std::string> expected{"allow_failure_penalty", "branch_weights",  "draft_penalty",
                                       "job_type_weights",      "label_rules",     "manual_trigger_bonus",
                                       "non_production_cap",    "production_refs", "protected_bonus",
                                       "retry_bonus",           "tag_weight",      "user_role_weights"};
  std::set<std::string> keys;
  for (const Option& option : rows_) {
    SCOPED_TRACE(option.key);
    ASSERT_EQ(option.key.rfind("analyzer.priority.", 0), 0U);
    keys.insert(option.key.substr(18));
    EXPECT_FALSE(option.value.empty());
    EXPECT_TRUE(option.help.ends_with('.'));
    EXPECT_TRUE(option.show);
    EXPECT_NE(static_cast<bool>(option.set), static_cast<bool>(option.set_entry));
  }
  EXPECT_EQ(keys, expected);
}

TEST_F(PriorityOptions, ShowTheDefaults) {
  EXPECT_EQ(row("branch_weights").show(),
            "main=100,master=100,production=100,$default-branch=100,hotfix/*=95,release/*=90,develop=75,"
            "feature/*=50,*=40");
  EXPECT_EQ(row("user_role_weights").show(),
            "maintainer=100,owner=100,developer=75,reporter=25,guest=25,unknown=50");
  EXPECT_EQ(row("label_rules").show(), "priority::high=15");
  EXPECT_EQ(row("production_refs").show(), "main,master,production,release/*,hotfix/*");
  EXPECT_EQ(row("tag_weight").show(), "100");
}

struct NumberRow {
  const char* name;
  double PriorityRules::*field;
  double by_default;
};

TEST_F(PriorityOptions, NumbersReachTheirOwnField) {
  for (const NumberRow& c : {NumberRow{"tag_weight", &PriorityRules::tag_weight, 100},
                             {"manual_trigger_bonus", &PriorityRules::manual_bonus, 10},
                             {"retry_bonus", &PriorityRules::retry_bonus, 5},
                             {"allow_failure_penalty", &PriorityRules::allow_failure_penalty, 10},
                             {"protected_bonus", &PriorityRules::protected_bonus, 5},
                             {"draft_penalty", &PriorityRules::draft_penalty, 5},
                             {"non_production_cap", &PriorityRules::non_production_cap, 75}}) {
    SCOPED_TRACE(c.name);
    EXPECT_DOUBLE_EQ(rules_.*c.field, c.by_default);
    ASSERT_TRUE(row(c.name).set("12.5"));
    EXPECT_DOUBLE_EQ(rules_.*c.field, 12.5);
    EXPECT_EQ(row(c.name).show(), "12.5");
  }
}

TEST_F(PriorityOptions, BadNumbersKeepTheOldValue) {
  for (const char* text : {"", "ten", "-1", "101", "nan"}) {
    SCOPED_TRACE(text);
    const auto set = row("retry_bonus").set(text);
    ASSERT_FALSE(set);
    EXPECT_EQ(set.error().code, Errc::invalid_argument);
    EXPECT_DOUBLE_EQ(rules_.retry_bonus, 5);
  }
}

TEST_F(PriorityOptions, BranchesOfALayerGoBeforeTheDefaultsInTheirOrder) {
  put_layer("branch_weights", {{"feature/urgent-*", "80"}, {"staging", "70"}, {"develop", "60"}});
  EXPECT_EQ(
      row("branch_weights").show(),
      "feature/urgent-*=80,staging=70,develop=60,main=100,master=100,production=100,$default-branch=100,"
      "hotfix/*=95,release/*=90,feature/*=50,*=40");
}

TEST_F(PriorityOptions, LaterLayersGoBeforeEarlierOnes) {
  put_layer("branch_weights", {{"a", "1"}, {"b", "2"}});
  put_layer("branch_weights", {{"c", "3"}, {"b", "4"}});
  EXPECT_EQ(row("branch_weights").show().substr(0, 12), "c=3,b=4,a=1,");
}

TEST_F(PriorityOptions, RepeatedEntryOfALayerKeepsItsPlace) {
  put_layer("branch_weights", {{"a", "1"}, {"b", "2"}, {"a", "3"}, {"c", "4"}});
  EXPECT_EQ(row("branch_weights").show().substr(0, 12), "a=3,b=2,c=4,");
}

TEST_F(PriorityOptions, CatchAllStaysLast) {
  put_layer("branch_weights", {{"*", "30"}, {"staging", "70"}});
  EXPECT_EQ(row("branch_weights").show().substr(0, 20), "staging=70,main=100,");
  EXPECT_TRUE(row("branch_weights").show().ends_with(",*=30"));
}

TEST_F(PriorityOptions, PlainWordInJobTypesStandsForEveryNameThatContainsIt) {
  put_layer("job_type_weights", {{"security", "90"}, {"deploy-docs*", "20"}});
  EXPECT_EQ(row("job_type_weights").show().substr(0, 32), "*security*=90,deploy-docs*=20,de");
}

TEST_F(PriorityOptions, RolesAreReplacedOneByOne) {
  put_layer("user_role_weights", {{"developer", "80"}, {"unknown", "0"}});
  EXPECT_EQ(row("user_role_weights").show(),
            "maintainer=100,owner=100,developer=80,reporter=25,guest=25,unknown=0");
}

TEST_F(PriorityOptions, UnknownRoleIsAnErrorThatNamesTheRoles) {
  const auto set = row("user_role_weights").set_entry("admin", "100");
  ASSERT_FALSE(set);
  EXPECT_EQ(set.error().message,
            "'admin' is no role; expected owner, maintainer, developer, reporter, guest or unknown");
}

TEST_F(PriorityOptions, LabelRulesReplaceEqualOnesAndAddOthers) {
  put_layer("label_rules", {{"priority::high", "20"}, {"wontfix", "-30"}});
  EXPECT_EQ(row("label_rules").show(), "priority::high=20,wontfix=-30");
}

TEST_F(PriorityOptions, ProductionRefsOfALayerReplaceTheDefaults) {
  put_layer("production_refs", {{"0", "live"}, {"1", "stable/*"}});
  EXPECT_EQ(row("production_refs").show(), "live,stable/*");
}

TEST_F(PriorityOptions, BadEntriesChangeNothing) {
  struct Case {
    const char* name;
    const char* entry;
    const char* text;
  };
  for (const Case& c : {Case{"branch_weights", "main", "high"},
                        {"branch_weights", "main", "101"},
                        {"branch_weights", "", "50"},
                        {"job_type_weights", "test", "-1"},
                        {"job_type_weights", "", "1"},
                        {"label_rules", "x", "-101"},
                        {"label_rules", "", "1"},
                        {"user_role_weights", "owner", "x"},
                        {"production_refs", "0", ""}}) {
    SCOPED_TRACE(std::string(c.name) + " " + c.entry + "=" + c.text);
    const std::string before = row(c.name).show();
    const auto set = row(c.name).set_entry(c.entry, c.text);
    ASSERT_FALSE(set);
    EXPECT_EQ(set.error().code, Errc::invalid_argument);
    EXPECT_EQ(row(c.name).show(), before);
  }
}

}  // namespace
}  // namespace runneriq::scheduler
