#include "gitlab/options.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;

class ClientRows : public testing::Test {
 protected:
  Option& row(std::string_view key) {
    const auto found =
        std::find_if(rows_.begin(), rows_.end(), [&](const Option& o) { return o.key == key; });
    if (found == rows_.end()) throw std::out_of_range(std::string(key));
    return *found;
  }
  Result<void> set(std::string_view key, std::string_view text) { return row(key).set(text); }
  Result<void> set(std::string_view key, std::string_view name, std::string_view text) {
    return row(key).set_entry(name, text);
  }

  ClientOptions options_;
  Options rows_ = option_rows(options_);
};

TEST_F(ClientRows, SetTheirFields) {
  EXPECT_TRUE(set("gitlab.url", "https://GitLab.example.com/"));
  EXPECT_TRUE(set("gitlab.project", "acme/shop"));
  EXPECT_TRUE(set("gitlab.group", "42"));
  EXPECT_TRUE(set("gitlab.ca_file", "/etc/ssl/company.pem"));
  EXPECT_TRUE(set("gitlab.calls_per_minute", "120"));
  EXPECT_TRUE(set("gitlab.call_limit", "5s"));
  EXPECT_TRUE(set("gitlab.tick_limit", "1m"));
  EXPECT_TRUE(set("gitlab.graphql", "off"));
  EXPECT_EQ(options_.fleet.url, "https://gitlab.example.com");
  EXPECT_EQ(options_.fleet.project, "acme/shop");
  EXPECT_EQ(options_.fleet.group, "42");
  EXPECT_EQ(options_.fleet.ca_file, "/etc/ssl/company.pem");
  EXPECT_EQ(options_.calls_per_minute, 120);
  EXPECT_EQ(options_.call_limit, 5s);
  EXPECT_EQ(options_.tick_limit, 1min);
  EXPECT_FALSE(options_.graphql);
  EXPECT_EQ(row("gitlab.url").show(), "https://gitlab.example.com");
  EXPECT_EQ(row("gitlab.graphql").show(), "false");
}

TEST_F(ClientRows, KeepTheOldValueOnError) {
  ASSERT_TRUE(set("gitlab.url", "https://a"));
  EXPECT_FALSE(set("gitlab.url", "b"));
  EXPECT_EQ(options_.fleet.url, "https://a");
  for (const char* text : {"/acme", "acme/", "a//b", "acme shop", "acme%2Fshop", "acme?x", "a\nb"}) {
    EXPECT_FALSE(set("gitlab.project", text)) << text;
    EXPECT_FALSE(set("gitlab.group", text)) << text;
  }
  EXPECT_EQ(options_.fleet.project, "");
  EXPECT_FALSE(set("gitlab.ca_file", "company.pem"));
  EXPECT_FALSE(set("gitlab.calls_per_minute", "0"));
  EXPECT_FALSE(set("gitlab.call_limit", "0s"));
  EXPECT_FALSE(set("gitlab.tick_limit", "1h"));
  EXPECT_FALSE(set("gitlab.graphql", "perhaps"));
}

TEST_F(ClientRows, TakeBackWhatIsChosenWithAnEmptyText) {
  for (const auto& [key, text] : {std::pair{"gitlab.url", "https://a"},
                                  {"gitlab.project", "1"},
                                  {"gitlab.group", "g"},
                                  {"gitlab.ca_file", "/x"}}) {
    ASSERT_TRUE(set(key, text));
    EXPECT_EQ(row(key).show(), text);
    EXPECT_TRUE(set(key, ""));
    EXPECT_EQ(row(key).show(), "");
  }
}

TEST_F(ClientRows, NameTheVariablesThatPipelinesUse) {
  EXPECT_EQ(row("gitlab.url").variable, "GITLAB_URL");
  EXPECT_EQ(row("gitlab.project").variable, "GITLAB_PROJECT_ID");
  EXPECT_EQ(row("gitlab.group").variable, "GITLAB_GROUP_ID");
  EXPECT_EQ(row("gitlab.ca_file").variable, "");
  EXPECT_EQ(row("gitlab.fleets.*.url").variable, "");
}

TEST_F(ClientRows, MakeFurtherFleetsByName) {
  EXPECT_TRUE(set("gitlab.fleets.*.url", "lab", "https://lab.example.com/"));
  EXPECT_TRUE(set("gitlab.fleets.*.group", "cloud_2", "acme"));
  EXPECT_TRUE(set("gitlab.fleets.*.project", "lab", "7"));
  EXPECT_TRUE(set("gitlab.fleets.*.ca_file", "lab", "/x.pem"));
  EXPECT_TRUE(set("gitlab.fleets.*.url", "cloud_2", "https://gitlab.com"));
  ASSERT_EQ(options_.others.size(), 2U);
  EXPECT_EQ(options_.others[0].name, "lab");
  EXPECT_EQ(options_.others[0].url, "https://lab.example.com");
  EXPECT_EQ(options_.others[0].project, "7");
  EXPECT_EQ(options_.others[0].ca_file, "/x.pem");
  EXPECT_EQ(options_.others[1].name, "cloud_2");
  EXPECT_EQ(options_.others[1].group, "acme");
  EXPECT_EQ(row("gitlab.fleets.*.url").show(), "lab=https://lab.example.com,cloud_2=https://gitlab.com");
  EXPECT_EQ(row("gitlab.fleets.*.project").show(), "lab=7");
  EXPECT_EQ(options_.fleet.url, "");
}

TEST_F(ClientRows, RefuseNamesThatNoVariableCanCarry) {
  for (const std::string& name : {std::string(), std::string("Lab"), std::string("a b"), std::string("a.b"),
                                  std::string("*"), std::string("\xC3\xA4"), std::string(65, 'a')}) {
    const auto done = set("gitlab.fleets.*.url", name, "https://a");
    ASSERT_FALSE(done) << name;
    EXPECT_NE(done.error().message.find("no name of a fleet"), std::string::npos);
  }
  EXPECT_FALSE(set("gitlab.fleets.*.url", "lab", "https://me:s3cret@a"));
  EXPECT_TRUE(options_.others.empty());
}

TEST_F(ClientRows, KeepTheTokensOfTwoFleetsApart) {
  ASSERT_TRUE(set("gitlab.fleets.*.url", "a-b", "https://a"));
  EXPECT_TRUE(set("gitlab.fleets.*.group", "a-b", "x"));
  EXPECT_FALSE(set("gitlab.fleets.*.url", "a_b", "https://b"));
  EXPECT_TRUE(set("gitlab.fleets.*.url", "ab", "https://b"));
  EXPECT_EQ(options_.others.size(), 2U);
}

TEST(Fleets, AreThoseWithAnAddress) {
  ClientOptions options;
  EXPECT_TRUE(fleets(options).empty());
  options.others = {{.name = "a", .url = "https://a"}, {.name = "b", .group = "g"}};
  ASSERT_EQ(fleets(options).size(), 1U);
  options.fleet.url = "https://first";
  ASSERT_EQ(fleets(options).size(), 2U);
  EXPECT_EQ(fleets(options)[0].url, "https://first");
  EXPECT_EQ(fleets(options)[1].name, "a");
}

}  // namespace
}  // namespace runneriq::gitlab
