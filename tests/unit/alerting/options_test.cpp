#include "alerting/options.hpp"

#include "tests/support/made_zones.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <stdexcept>
#include <string>

namespace runneriq::alerting {
namespace {

using namespace std::chrono_literals;
using testing::Values;

const support::MadeZones kZones;

class AlertingRows : public testing::Test {
 protected:
  Option& row(std::string_view key) {
    const auto found = std::ranges::find(rows_, "alerting." + std::string(key), &Option::key);
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
  // All complaints, each on its line.
  [[nodiscard]] std::string said() const {
    std::string text;
    for (const std::string& one : complaints(options_, kZones)) text += one + "\n";
    return text;
  }
  [[nodiscard]] NoiseRules rules() const {
    auto made = rules_of(options_, scheduler::PriorityRules::defaults(), kZones);
    if (!made) throw std::runtime_error(made.error().message);
    return *std::move(made);
  }

  AlertingOptions options_;
  Options rows_ = option_rows(options_);
};

TEST_F(AlertingRows, AreNamedOnceAndSayWhatTheyDo) {
  std::set<std::string> keys;
  for (const Option& option : rows_) {
    EXPECT_TRUE(option.key.starts_with("alerting.")) << option.key;
    EXPECT_TRUE(keys.insert(option.key).second) << option.key;
    EXPECT_TRUE(option.help.ends_with('.')) << option.key;
    EXPECT_FALSE(option.value.empty()) << option.key;
    EXPECT_NE(static_cast<bool>(option.set), static_cast<bool>(option.set_entry)) << option.key;
    EXPECT_TRUE(option.show) << option.key;
  }
  EXPECT_EQ(keys.size(), 47U);
}

TEST_F(AlertingRows, ShowTheDefaults) {
  for (const auto& [key, text] : {std::pair{"use", "auto"},
                                  {"default_receiver", "default"},
                                  {"default_branches", "main,master"},
                                  {"read_logs", "true"},
                                  {"read_reports", "true"},
                                  {"receivers.*.type", ""},
                                  {"routes.*.match", ""},
                                  {"suppress.*.match", ""},
                                  {"severities.*.match", ""},
                                  {"grouping.by", "signature"},
                                  {"grouping.wait", "15m"},
                                  {"grouping.interval", "15m"},
                                  {"grouping.repeat", "4h"},
                                  {"cooldown", "4h"},
                                  {"digest_at", "08:00"},
                                  {"time_zone", "UTC"},
                                  {"flaky.enabled", "true"},
                                  {"flaky.threshold", "0.01"},
                                  {"flaky.least_flips", "2"},
                                  {"flaky.half_life", "14d"},
                                  {"flaky.recovery", "7d"},
                                  {"flaky.hold", "30m"},
                                  {"flaky.broken_after", "2"},
                                  {"outage.window", "10m"},
                                  {"outage.share_percent", "80"},
                                  {"outage.least", "10"},
                                  {"outage.least_kinds", "5"},
                                  {"inhibit.runner", "true"},
                                  {"inhibit.default_branch", "true"},
                                  {"inhibit.upstream", "true"}}) {
    EXPECT_EQ(row(key).show(), text) << key;
  }
  EXPECT_EQ(said(), "");
}

TEST_F(AlertingRows, SetTheirFields) {
  EXPECT_EQ(set("use", "off"), "off");
  EXPECT_EQ(options_.use, AlertingOptions::Use::off);
  EXPECT_EQ(set("default_receiver", "chat"), "chat");
  EXPECT_EQ(set("read_logs", "no"), "false");
  EXPECT_EQ(set("read_reports", "off"), "false");
  EXPECT_EQ(set("grouping.by", "project,name"), "project, job");
  EXPECT_EQ(options_.group_by, (std::vector{Label::project, Label::job}));
  EXPECT_EQ(set("grouping.by", "none"), "none");
  EXPECT_TRUE(options_.group_by.empty());
  set("grouping.wait", "0s");
  set("grouping.interval", "5m");
  set("grouping.repeat", "1d");
  set("cooldown", "2h");
  EXPECT_EQ(options_.wait, 0s);
  EXPECT_EQ(options_.interval, 5min);
  EXPECT_EQ(options_.repeat, 24h);
  EXPECT_EQ(options_.cooldown, 2h);
  EXPECT_EQ(set("digest_at", "17:30"), "17:30");
  EXPECT_EQ(set("time_zone", "Europe/Berlin"), "Europe/Berlin");
  set("flaky.enabled", "false");
  set("flaky.threshold", "0.05");
  set("flaky.least_flips", "3");
  set("flaky.half_life", "7d");
  set("flaky.recovery", "3d");
  set("flaky.hold", "30m");
  set("flaky.broken_after", "4");
  EXPECT_FALSE(options_.flaky.enabled);
  EXPECT_EQ(options_.flaky.threshold, 0.05);
  EXPECT_EQ(options_.flaky.least_flips, 3);
  EXPECT_EQ(options_.flaky.half_life, 7 * 24h);
  EXPECT_EQ(options_.flaky.recovery, 3 * 24h);
  EXPECT_EQ(options_.flaky.hold, 30min);
  EXPECT_EQ(options_.flaky.broken_after, 4);
  set("outage.window", "5m");
  set("outage.share_percent", "60");
  set("outage.least", "20");
  set("outage.least_kinds", "7");
  EXPECT_EQ(options_.outages.window, 5min);
  EXPECT_EQ(options_.outages.share, 0.6);
  EXPECT_EQ(options_.outages.least, 20);
  EXPECT_EQ(options_.outages.least_kinds, 7);
  set("inhibit.runner", "off");
  set("inhibit.default_branch", "off");
  set("inhibit.upstream", "off");
  EXPECT_FALSE(options_.inhibition.runner || options_.inhibition.default_branch ||
               options_.inhibition.upstream);
}

TEST_F(AlertingRows, TakeDefaultBranchesAnew) {
  row("default_branches").clear();
  EXPECT_EQ(set("default_branches", "0", "trunk"), "trunk");
  EXPECT_EQ(set("default_branches", "1", ""), "'' is not the name of a branch");
}

TEST_F(AlertingRows, RefuseWithTheBadValue) {
  EXPECT_EQ(set("use", "on"), "'on' is not one of off | auto");
  EXPECT_EQ(set("grouping.by", "project, stge"), "'stge' is not a label, did you mean stage?");
  EXPECT_EQ(set("grouping.by", "project, project"),
            "'project' is not new in this list: write each label once");
  EXPECT_EQ(set("grouping.by", ""),
            "'' is not a label: write labels with commas, like project, signature, or none");
  EXPECT_EQ(set("digest_at", "8:00"), "'8:00' is not a time of the day from 00:00 to 23:59");
  EXPECT_EQ(set("default_receiver", "Chat"),
            "'Chat' is not a name: write lower-case letters, digits, '-' and '_'");
  EXPECT_EQ(set("receivers.*.type", "chat", "irc"),
            "'irc' is not a type: write log, slack, pagerduty, teams, discord, email, webhook, gitlab or "
            "alertmanager");
  EXPECT_EQ(set("receivers.*.note_on", "x", "0"),
            "'0' is not `issue`, or the number of an issue of the project");
  EXPECT_EQ(set("routes.*.digest", "x", "hourly"), "'hourly' is not a period: write none, daily or weekly");
  EXPECT_EQ(set("routes.*.repeat", "x", "1s"), "'1s' is not a duration from 1m to 30d");
  EXPECT_EQ(set("routes.*.group_by", "x", "nonsense"),
            "'nonsense' is not a label: write labels with commas, like project, signature, or none");
  EXPECT_NE(set("severities.*.severity", "x", "bad").find("'bad' is no severity"), std::string::npos);
  EXPECT_TRUE(options_.receivers.empty());
  EXPECT_TRUE(options_.routes.empty());
  EXPECT_TRUE(options_.severities.empty());
}

TEST_F(AlertingRows, NeverShowABadAddress) {
  for (const std::string bad :
       {"hooks.example.com/secret", "ftp://secret", "https://user:secret@example.com", "https://",
        "https:///secret", "https://:80", "https://a b/secret", "https://a/\nsecret"}) {
    const std::string message = set("receivers.*.url", "x", bad);
    EXPECT_TRUE(message.starts_with("this is no address: write it like https://")) << message;
    EXPECT_EQ(message.find("secret"), std::string::npos) << message;
  }
  EXPECT_EQ(set("receivers.*.url", "x", "https://a.example.com:9093/x?y=1"),
            "x=https://a.example.com:9093/x?y=1");
}

TEST_F(AlertingRows, KeepWhatIsNamedInOrder) {
  set("routes.*.receiver", "z", "chat");
  set("routes.*.match", "a", "stage=test");
  set("routes.*.match", "z", "project=shop");
  set("routes.*.wait", "z", "0s");
  set("routes.*.continue", "a", "yes");
  set("routes.*.group_by", "a", "none");
  set("routes.*.group_by", "z", "project,name");
  set("routes.*.under", "a", "z");
  EXPECT_EQ(row("routes.*.match").show(), "z=project=shop,a=stage=test");
  EXPECT_EQ(row("routes.*.wait").show(), "z=0s");
  EXPECT_EQ(row("routes.*.continue").show(), "z=false,a=true");
  EXPECT_EQ(row("routes.*.group_by").show(), "z=project, job,a=none");
  ASSERT_EQ(options_.routes.size(), 2U);
  EXPECT_EQ(options_.routes.front().name, "z");
}

TEST_F(AlertingRows, MakeTheDefaultRules) {
  const NoiseRules made = rules();
  ASSERT_EQ(made.routes.all().size(), 1U);
  const Route& root = made.routes.all().front();
  EXPECT_EQ(root.path, "root");
  EXPECT_EQ(root.receiver, "default");
  EXPECT_EQ(root.group_by, std::vector{Label::signature});
  EXPECT_EQ(root.wait, 15min);
  EXPECT_EQ(root.repeat, 4h);
  EXPECT_EQ(made.suppression.size(), 2U);
  EXPECT_EQ(made.digest_minute, 480);
  EXPECT_EQ(made.digest_zone, "UTC");
  EXPECT_EQ(made.cooldown, 4h);
}

TEST_F(AlertingRows, RefuseADefaultReceiverThatIsNobody) {
  set("default_receiver", "taem");
  EXPECT_EQ(said(), "");
  set("receivers.*.type", "team", "log");
  EXPECT_EQ(
      said(),
      "alerting.default_receiver 'taem' is no receiver: name one of alerting.receivers, or leave it out for "
      "the log\n");
  set("default_receiver", "team");
  EXPECT_EQ(said(), "");
}

TEST_F(AlertingRows, MakeTheRulesThatWereConfigured) {
  set("default_receiver", "chat");
  set("receivers.*.type", "chat", "log");
  set("receivers.*.type", "pager", "pagerduty");
  set("routes.*.match", "prod", "severity=critical");
  set("routes.*.receiver", "prod", "pager");
  set("routes.*.wait", "prod", "0s");
  set("routes.*.active", "prod", "Mon 08:00-18:00");
  set("routes.*.under", "db", "prod");
  set("routes.*.match", "db", "job=~\"db-.*\"");
  set("routes.*.digest", "db", "weekly");
  set("routes.*.group_by", "db", "project, job");
  set("severities.*.match", "docs", "job=docs");
  set("severities.*.severity", "docs", "info");
  set("time_zone", "Europe/Berlin");
  set("digest_at", "07:15");
  set("flaky.hold", "30m");
  set("outage.least", "20");
  set("inhibit.upstream", "no");
  set("cooldown", "1h");
  EXPECT_EQ(said(), "");
  const NoiseRules made = rules();
  const Route* db = made.routes.find("root/prod/db");
  ASSERT_NE(db, nullptr);
  EXPECT_EQ(db->receiver, "pager");
  EXPECT_EQ(db->wait, 0s);
  EXPECT_EQ(db->digest, DigestPeriod::weekly);
  EXPECT_EQ(db->group_by, (std::vector{Label::project, Label::job}));
  EXPECT_TRUE(db->active.holds(parse_time("2026-03-02T07:00:00Z").value(), kZones));
  EXPECT_EQ(made.routes.all().front().receiver, "chat");
  ASSERT_EQ(made.classifier.severities.size(), 1U);
  EXPECT_EQ(made.classifier.severities.front().severity, Severity::info);
  EXPECT_EQ(made.classifier.default_branches, options_.default_branches);
  EXPECT_EQ(made.digest_zone, "Europe/Berlin");
  EXPECT_EQ(made.digest_minute, 435);
  EXPECT_EQ(made.flaky.hold, 30min);
  EXPECT_EQ(made.outages.least, 20);
  EXPECT_FALSE(made.inhibition.upstream);
  EXPECT_EQ(made.cooldown, 1h);
}

TEST_F(AlertingRows, KnowTheShippedRulesByName) {
  set("suppress.*.enabled", "allow-failure", "off");
  set("suppress.*.match", "nightly", "source=schedule");
  set("suppress.*.match", "experimental", "ref=~\"poc/.*\"");
  const NoiseRules made = rules();
  ASSERT_EQ(made.suppression.size(), 3U);
  EXPECT_EQ(made.suppression[0].name, "experimental");
  EXPECT_EQ(made.suppression[0].match.text(), R"(ref=~"poc/.*")");
  EXPECT_TRUE(made.suppression[0].enabled);
  EXPECT_EQ(made.suppression[1].name, "allow-failure");
  EXPECT_FALSE(made.suppression[1].enabled);
  EXPECT_FALSE(made.suppression[1].match.empty());
  EXPECT_EQ(made.suppression[2].name, "nightly");
}

struct Trouble {
  std::string name;
  std::vector<std::array<std::string, 3>> entries;
  std::string complaint;  // how it begins
};
class AlertingComplaints : public AlertingRows, public testing::WithParamInterface<Trouble> {};

TEST_P(AlertingComplaints, AreOneSentence) {
  for (const auto& [key, name, text] : GetParam().entries) {
    const Result<void> done = name.empty() ? row(key).set(text) : row(key).set_entry(name, text);
    ASSERT_TRUE(done) << done.error().message;
  }
  const std::vector<std::string> found = complaints(options_, kZones);
  ASSERT_EQ(found.size(), 1U) << said();
  EXPECT_TRUE(found.front().starts_with(GetParam().complaint)) << found.front();
  const auto rules = rules_of(options_, scheduler::PriorityRules::defaults(), kZones);
  ASSERT_FALSE(rules);
  EXPECT_EQ(rules.error().message, found.front());
}

INSTANTIATE_TEST_SUITE_P(
    Receivers, AlertingComplaints,
    Values(Trouble{"WebhookWithoutUrl",
                   {{"receivers.*.type", "x", "webhook"}},
                   "alerting.receivers.x.url is missing: a receiver of type webhook needs its address"},
           Trouble{
               "AlertmanagerOverMail",
               {{"receivers.*.type", "x", "alertmanager"}, {"receivers.*.url", "x", "smtp://mail:25"}},
               "alerting.receivers.x.url 'smtp://mail:25' is no address for a receiver of type alertmanager"},
           Trouble{"EmailOverHttp",
                   {{"receivers.*.type", "x", "email"},
                    {"receivers.*.url", "x", "https://mail"},
                    {"receivers.*.to", "x", "a@example.com, b@example.com"},
                    {"receivers.*.from", "x", "c@example.com"}},
                   "alerting.receivers.x.url 'https://mail' is no address for a receiver of type email"},
           Trouble{"EmailToNobody",
                   {{"receivers.*.type", "x", "email"},
                    {"receivers.*.url", "x", "smtp://mail"},
                    {"receivers.*.from", "x", "c@example.com"}},
                   "alerting.receivers.x.to is missing"},
           Trouble{"EmailToNoAddress",
                   {{"receivers.*.type", "x", "email"},
                    {"receivers.*.url", "x", "smtp://mail"},
                    {"receivers.*.to", "x", "a@example.com, b@"},
                    {"receivers.*.from", "x", "c@example.com"}},
                   "alerting.receivers.x.to holds 'b@', which is no mail address"},
           Trouble{"EmailToTwoInOne",
                   {{"receivers.*.type", "x", "email"},
                    {"receivers.*.url", "x", "smtp://mail"},
                    {"receivers.*.to", "x", "a@b@example.com"},
                    {"receivers.*.from", "x", "c@example.com"}},
                   "alerting.receivers.x.to holds 'a@b@example.com', which is no mail address"},
           Trouble{"EmailToAnEmptyPlace",
                   {{"receivers.*.type", "x", "email"},
                    {"receivers.*.url", "x", "smtp://mail"},
                    {"receivers.*.to", "x", "a@example.com,,b@example.com"},
                    {"receivers.*.from", "x", "c@example.com"}},
                   "alerting.receivers.x.to holds '', which is no mail address"},
           Trouble{"EmailFromTwo",
                   {{"receivers.*.type", "x", "email"},
                    {"receivers.*.url", "x", "smtp://mail"},
                    {"receivers.*.to", "x", "a@example.com"},
                    {"receivers.*.from", "x", "c@example.com,d@example.com"}},
                   "alerting.receivers.x.from holds 'c@example.com,d@example.com'"},
           Trouble{"GitlabWithoutProject",
                   {{"receivers.*.type", "x", "gitlab"}, {"receivers.*.note_on", "x", "issue"}},
                   "alerting.receivers.x.to is missing: a receiver of type gitlab needs the project"},
           Trouble{"GitlabWithoutIssue",
                   {{"receivers.*.type", "x", "gitlab"}, {"receivers.*.to", "x", "acme/ops"}},
                   "alerting.receivers.x.note_on is missing"},
           Trouble{"SecretsOfOneVariable",
                   {{"receivers.*.type", "a-b", "slack"}, {"receivers.*.type", "a_b", "slack"}},
                   "alerting.receivers.a_b would share the variable of its secret with a-b"}),
    [](const auto& given) { return given.param.name; });

INSTANTIATE_TEST_SUITE_P(
    Rules, AlertingComplaints,
    Values(
        Trouble{"AMatcherThatIsNone", {{"routes.*.match", "x", "project"}}, "alerting.routes.x.match: "},
        Trouble{
            "AnUnknownReceiver",
            {{"routes.*.receiver", "x", "chat"}},
            "alerting.routes.x.receiver 'chat' is no receiver: name one of alerting.receivers, or default"},
        Trouble{"AnUnknownParent", {{"routes.*.under", "x", "y"}}, "alerting.routes: route 'x' is under 'y'"},
        Trouble{
            "HoursThatAreNone", {{"routes.*.active", "x", "Mon 8-18"}}, "alerting.routes.x.active: '8-18'"},
        Trouble{"AZoneThatIsNone",
                {{"time_zone", "", "Mars/Base"}, {"routes.*.active", "x", "Mon 08:00-18:00"}},
                "alerting.time_zone: 'Mars/Base'"},
        Trouble{"ARuleWithoutCondition",
                {{"suppress.*.enabled", "x", "on"}},
                "alerting.suppress.x has no condition: give it one (alerting.suppress.x.match) or remove"},
        Trouble{
            "ARuleThatHidesAll", {{"suppress.*.match", "x", "{}"}}, "alerting.suppress.x has no condition"},
        Trouble{"ARuleThatIsNone", {{"suppress.*.match", "x", "nobody=1"}}, "alerting.suppress.x.match: "},
        Trouble{"ASeverityOfAll",
                {{"severities.*.severity", "x", "info"}},
                "alerting.severities.x has no condition"}),
    [](const auto& given) { return given.param.name; });

TEST_F(AlertingRows, ComplainOfAllAtOnceInOrder) {
  set("receivers.*.type", "x", "email");
  set("routes.*.receiver", "y", "chat");
  set("routes.*.match", "y", "?");
  std::string keys;
  for (const std::string& one : complaints(options_, kZones))
    keys += one.substr(0, one.find_first_of(" :")) + " ";
  EXPECT_EQ(
      keys,
      "alerting.receivers.x.url alerting.receivers.x.to alerting.receivers.x.from alerting.routes.y.match "
      "alerting.routes.y.receiver ");
}

TEST_F(AlertingRows, AcceptAReceiverOfEachType) {
  for (const auto* type : {"log", "slack", "pagerduty", "teams", "discord"})
    set("receivers.*.type", type, type);
  for (const auto* type : {"webhook", "alertmanager"}) {
    set("receivers.*.type", type, type);
    set("receivers.*.url", type, "https://alerts.example.com");
  }
  set("receivers.*.type", "email", "email");
  set("receivers.*.url", "email", "smtp://mail.example.com:587");
  set("receivers.*.to", "email", "a@example.com, b@example.com");
  set("receivers.*.from", "email", "c@example.com");
  set("receivers.*.type", "gitlab", "gitlab");
  set("receivers.*.to", "gitlab", "acme/ops");
  set("receivers.*.note_on", "gitlab", "12");
  set("routes.*.receiver", "x", "default");
  EXPECT_EQ(said(), "");
  EXPECT_EQ(options_.receivers.size(), 9U);
}

}  // namespace
}  // namespace runneriq::alerting
