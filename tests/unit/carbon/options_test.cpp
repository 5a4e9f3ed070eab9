#include "carbon/options.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string>

namespace runneriq::carbon {
namespace {

using namespace std::chrono_literals;

class CarbonRows : public testing::Test {
 protected:
  Option& row(std::string_view key) {
    const auto found =
        std::find_if(rows_.begin(), rows_.end(), [&](const Option& o) { return o.key == key; });
    if (found == rows_.end()) throw std::out_of_range(std::string(key));
    return *found;
  }
  // What is shown after it was set, or the error.
  std::string set(std::string_view key, std::string_view text) {
    const Result<void> done = row(key).set(text);
    return done ? row(key).show() : done.error().message;
  }
  std::string set(std::string_view key, std::string_view name, std::string_view text) {
    const Result<void> done = row(key).set_entry(name, text);
    return done ? row(key).show() : done.error().message;
  }

  CarbonOptions options_;
  Options rows_ = option_rows(options_);
};

TEST_F(CarbonRows, AreNamedOnceAndSayWhatTheyDo) {
  std::set<std::string> keys;
  for (const Option& option : rows_) {
    EXPECT_TRUE(option.key.starts_with("carbon.")) << option.key;
    EXPECT_TRUE(keys.insert(option.key).second) << option.key;
    EXPECT_TRUE(option.help.ends_with('.')) << option.key;
    EXPECT_FALSE(option.value.empty()) << option.key;
    EXPECT_NE(static_cast<bool>(option.set), static_cast<bool>(option.set_entry)) << option.key;
    EXPECT_TRUE(option.show) << option.key;
  }
  EXPECT_EQ(keys.size(), 35U);
}

TEST_F(CarbonRows, ShowTheDefaults) {
  for (const auto& [key, text] : {std::pair{"carbon.use", "auto"},
                                  {"carbon.demo", "false"},
                                  {"carbon.home_zone", ""},
                                  {"carbon.zones", ""},
                                  {"carbon.electricity_maps.url", "https://api.electricitymaps.com"},
                                  {"carbon.electricity_maps.version", "v4"},
                                  {"carbon.electricity_maps.factors", "lifecycle"},
                                  {"carbon.electricity_maps.estimations", "true"},
                                  {"carbon.uk_grid.enabled", "true"},
                                  {"carbon.uk_grid.url", "https://api.carbonintensity.org.uk"},
                                  {"carbon.calls_per_hour", "30"},
                                  {"carbon.pue", "1"},
                                  {"carbon.power.idle_watts_per_core", "0.74"},
                                  {"carbon.power.full_watts_per_core", "3.5"},
                                  {"carbon.power.default_watts", "6"},
                                  {"carbon.energy_wait", "2m"},
                                  {"carbon.embodied.kilograms", "0"},
                                  {"carbon.embodied.life", "1460d"},
                                  {"carbon.embodied.slots", "1"},
                                  {"carbon.green_below", "150"},
                                  {"carbon.red_from", "300"},
                                  {"carbon.deferral.admission", "false"},
                                  {"carbon.deferral.play", "false"},
                                  {"carbon.deferral.margin", "15m"},
                                  {"carbon.deferral.least_gain_percent", "5"},
                                  {"carbon.deferral.least_gain", "10"},
                                  {"carbon.deferral.starts_per_step", "5"},
                                  {"carbon.deferral.wave", "5"},
                                  {"carbon.deferral.wave_pause", "1m"},
                                  {"carbon.deferral.grams_per_hour_waited", "0"},
                                  {"carbon.deferral.rules.*.project", ""},
                                  {"carbon.budgets.*.projects", ""}}) {
    EXPECT_EQ(row(key).show(), text) << key;
  }
  EXPECT_TRUE(contradictions(options_).empty());
}

TEST_F(CarbonRows, SetTheirFields) {
  EXPECT_EQ(set("carbon.use", "off"), "off");
  EXPECT_EQ(options_.use, CarbonOptions::Use::off);
  EXPECT_EQ(set("carbon.demo", "true"), "true");
  EXPECT_TRUE(options_.demo);
  EXPECT_EQ(row("carbon.demo").variable, "CARBON_DEMO_MODE");
  EXPECT_EQ(set("carbon.home_zone", "DE"), "DE");
  EXPECT_EQ(set("carbon.home_zone", ""), "");
  EXPECT_EQ(set("carbon.electricity_maps.version", "v3"), "v3");
  EXPECT_EQ(options_.electricity_maps.version, Version::v3);
  EXPECT_EQ(set("carbon.electricity_maps.factors", "direct"), "direct");
  EXPECT_EQ(options_.electricity_maps.factors, EmissionFactors::direct);
  set("carbon.electricity_maps.estimations", "no");
  EXPECT_FALSE(options_.electricity_maps.estimations);
  set("carbon.uk_grid.enabled", "off");
  EXPECT_FALSE(options_.uk_grid.enabled);
  set("carbon.calls_per_hour", "12");
  EXPECT_EQ(options_.fetching.calls_per_hour, 12);
  set("carbon.pue", "1.2");
  EXPECT_EQ(options_.pue, 1.2);
  set("carbon.power.idle_watts_per_core", "1");
  set("carbon.power.full_watts_per_core", "4");
  set("carbon.power.default_watts", "8");
  EXPECT_EQ(options_.power.idle_watts_per_core, 1);
  EXPECT_EQ(options_.power.full_watts_per_core, 4);
  EXPECT_EQ(options_.default_watts, 8);
  set("carbon.embodied.kilograms", "1200");
  set("carbon.embodied.life", "365d");
  set("carbon.embodied.slots", "8");
  EXPECT_EQ(options_.embodied.kilograms, 1200);
  EXPECT_EQ(options_.embodied.life, 365 * 24h);
  EXPECT_EQ(options_.embodied.slots, 8);
  set("carbon.green_below", "100");
  set("carbon.red_from", "500");
  EXPECT_EQ(options_.green_below, 100);
  EXPECT_EQ(options_.red_from, 500);
}

TEST_F(CarbonRows, SetTheTermsOfDeferral) {
  set("carbon.deferral.admission", "true");
  EXPECT_TRUE(options_.deferral.admission);
  EXPECT_FALSE(options_.deferral.play);
  set("carbon.deferral.play", "true");
  EXPECT_TRUE(options_.deferral.play);
  set("carbon.deferral.margin", "20m");
  EXPECT_EQ(options_.deferral.terms.margin, 20min);
  EXPECT_EQ(set("carbon.deferral.least_gain_percent", "7"), "7");
  EXPECT_DOUBLE_EQ(options_.deferral.terms.least_gain_share, 0.07);
  EXPECT_EQ(set("carbon.deferral.least_gain_percent", "12.5"), "12.5");
  set("carbon.deferral.least_gain", "25");
  EXPECT_EQ(options_.deferral.terms.least_gain_g_per_kwh, 25);
  set("carbon.deferral.starts_per_step", "0");
  EXPECT_EQ(options_.deferral.terms.starts_per_step, 0);
  set("carbon.deferral.wave", "3");
  EXPECT_EQ(options_.deferral.terms.wave, 3);
  set("carbon.deferral.wave_pause", "30s");
  EXPECT_EQ(options_.deferral.terms.wave_pause, 30s);
  set("carbon.deferral.grams_per_hour_waited", "0.5");
  EXPECT_EQ(options_.deferral.terms.grams_per_hour_waited, 0.5);
}

TEST_F(CarbonRows, RefuseWhatIsOutOfRangeAndKeepTheOldValue) {
  for (const auto& [key, text] : {std::pair{"carbon.use", "on"},
                                  {"carbon.demo", "perhaps"},
                                  {"carbon.home_zone", "D E"},
                                  {"carbon.electricity_maps.version", "v5"},
                                  {"carbon.electricity_maps.factors", "Direct"},
                                  {"carbon.calls_per_hour", "0"},
                                  {"carbon.calls_per_hour", "3601"},
                                  {"carbon.pue", "0.9"},
                                  {"carbon.pue", "nan"},
                                  {"carbon.power.idle_watts_per_core", "-1"},
                                  {"carbon.embodied.life", "1h"},
                                  {"carbon.embodied.slots", "0"},
                                  {"carbon.green_below", "2001"},
                                  {"carbon.red_from", "-1"},
                                  {"carbon.deferral.margin", "2d"},
                                  {"carbon.deferral.least_gain_percent", "101"},
                                  {"carbon.deferral.wave", "0"},
                                  {"carbon.deferral.wave_pause", "2h"}}) {
    const std::string before = row(key).show();
    EXPECT_FALSE(row(key).set(text)) << key;
    EXPECT_EQ(row(key).show(), before) << key;
  }
}

TEST_F(CarbonRows, TakeAddressesWithoutSecrets) {
  EXPECT_EQ(set("carbon.electricity_maps.url", "http://127.0.0.1:8080/maps//"), "http://127.0.0.1:8080/maps");
  EXPECT_EQ(set("carbon.uk_grid.url", "https://grid.example.com"), "https://grid.example.com");
  for (const char* text :
       {"", "grid.example.com", "ftp://a", "https://", "https:///path", "https://me:s3cret@a",
        "https://a?key=s3cret", "https://a#b", "https://a b", "https://a\nb", "https://\xC3\xA4"}) {
    const std::string done = set("carbon.uk_grid.url", text);
    EXPECT_NE(done.find("is no address"), std::string::npos) << text;
    EXPECT_EQ(done.find("s3cret"), std::string::npos);
    EXPECT_EQ(options_.uk_grid.url, "https://grid.example.com");
  }
}

TEST_F(CarbonRows, TakeTheZonesOfRunners) {
  EXPECT_EQ(set("carbon.zones", "42", "DE"), "42=DE");
  EXPECT_EQ(set("carbon.zones", "builder 1", "US-CAL-CISO"), "42=DE,builder 1=US-CAL-CISO");
  EXPECT_EQ(set("carbon.zones", "42", "FR"), "42=FR,builder 1=US-CAL-CISO");
  EXPECT_EQ(set("carbon.zones", "42", "D/E"),
            "'D/E' is not the key of a zone, for example DE or US-CAL-CISO");
  EXPECT_EQ(set("carbon.zones", "", "DE"), "a runner's id or description must not be empty");
  EXPECT_EQ(options_.zones.size(), 2U);
}

TEST_F(CarbonRows, MakeRulesByName) {
  set("carbon.deferral.rules.*.job", "nightly", "nightly-*");
  set("carbon.deferral.rules.*.deadline", "fuzz", "2d");
  set("carbon.deferral.rules.*.project", "nightly", "acme/*");
  EXPECT_EQ(set("carbon.deferral.rules.*.deadline", "nightly", "12h"), "nightly=12h,fuzz=2d");
  ASSERT_EQ(options_.deferral.rules.size(), 2U);
  const DeferralRule& nightly = options_.deferral.rules[0];
  EXPECT_EQ(nightly.name, "nightly");
  EXPECT_EQ(nightly.project, "acme/*");
  EXPECT_EQ(nightly.job, "nightly-*");
  EXPECT_EQ(nightly.deadline, 12h);
  EXPECT_EQ(options_.deferral.rules[1].project, "*");
  EXPECT_EQ(row("carbon.deferral.rules.*.project").show(), "nightly=acme/*,fuzz=*");
}

TEST_F(CarbonRows, MakeBudgetsByName) {
  EXPECT_EQ(set("carbon.budgets.*.projects", "shop", "42, 43 44"), "shop=42 43 44");
  EXPECT_EQ(set("carbon.budgets.*.projects", "all", "*"), "shop=42 43 44,all=*");
  EXPECT_EQ(set("carbon.budgets.*.grams_per_month", "shop", "5000"), "shop=5000");
  ASSERT_EQ(options_.budgets.size(), 2U);
  EXPECT_EQ(options_.budgets[0].projects, (std::vector<std::string>{"42", "43", "44"}));
  EXPECT_EQ(options_.budgets[0].grams_per_month, 5000);
}

TEST_F(CarbonRows, RefuseEntriesThatMakeNoSense) {
  for (const std::string& name :
       {std::string(), std::string("Shop"), std::string("a.b"), std::string("a=b"), std::string(65, 'a')}) {
    EXPECT_NE(set("carbon.budgets.*.projects", name, "42").find("is not a name"), std::string::npos) << name;
    EXPECT_NE(set("carbon.deferral.rules.*.job", name, "*").find("is not a name"), std::string::npos) << name;
  }
  for (const char* text : {"", " , ", "acme/shop", "42 x", "-1", "**"}) {
    EXPECT_NE(set("carbon.budgets.*.projects", "shop", text).find("is not a list of project ids"),
              std::string::npos)
        << text;
  }
  for (const char* text : {"0s", "59s", "31d", "soon"}) {
    EXPECT_FALSE(row("carbon.deferral.rules.*.deadline").set_entry("nightly", text)) << text;
  }
  EXPECT_FALSE(row("carbon.deferral.rules.*.job").set_entry("nightly", ""));
  EXPECT_FALSE(row("carbon.deferral.rules.*.job").set_entry("nightly", "a\nb"));
  EXPECT_FALSE(row("carbon.budgets.*.grams_per_month").set_entry("shop", "-1"));
  EXPECT_TRUE(options_.budgets.empty());
  EXPECT_TRUE(options_.deferral.rules.empty());
}

TEST(CarbonContradictions, AreNamedOneByOne) {
  CarbonOptions options;
  options.green_below = 300;
  options.power = {.idle_watts_per_core = 5, .full_watts_per_core = 4};
  options.deferral.rules = {{.name = "whole", .deadline = 1h}, {.name = "nightly"}};
  options.budgets = {{.name = "whole", .projects = {"1"}, .grams_per_month = 1},
                     {.name = "shop", .projects = {}}};
  EXPECT_EQ(
      contradictions(options),
      (std::vector<std::string>{
          "carbon.red_from 300 is not above carbon.green_below 300: raise it, or lower carbon.green_below",
          "carbon.power.full_watts_per_core 4 is below carbon.power.idle_watts_per_core 5: raise it, or "
          "lower the other",
          "carbon.deferral.rules.nightly has no deadline: give it one "
          "(carbon.deferral.rules.nightly.deadline) "
          "or remove the rule",
          "carbon.budgets.shop has no grams: say how many a month (carbon.budgets.shop.grams_per_month) or "
          "remove the budget",
          "carbon.budgets.shop has no projects: name their ids or * (carbon.budgets.shop.projects) or remove "
          "the budget"}));
}

}  // namespace
}  // namespace runneriq::carbon
