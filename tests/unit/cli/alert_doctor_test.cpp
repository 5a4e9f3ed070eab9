#include "cli/alert_doctor.hpp"

#include "tests/support/alert_commands.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace runneriq::cli {
namespace {

using namespace alerting;
using executor::Finding;
using executor::FindingStatus;

struct AlertDoctor : testing::Test {
  AlertingOptions options;
  AlertFacts facts{.now = at(hours{2}), .options = &options};

  AlertDoctor() { receiver("ops"); }
  AlertFacts::KnownReceiver& receiver(const std::string& name) {
    const ReceiverOptions row{.name = name, .type = ReceiverType::slack};
    options.receivers.push_back(row);
    facts.receivers.push_back({.options = row, .secret_variable = "RUNNERIQ_RECEIVER_OPS"});
    return facts.receivers.back();
  }
  void wait_for(const std::string& receiver, Duration age, std::string trouble = "", int attempts = 0) {
    OutboxMessage message = message_of(static_cast<std::int64_t>(facts.queued.size()) + 1,
                                       MessageState::queued, std::move(trouble));
    message.notification.receiver = receiver;
    message.since = facts.now - age;
    message.attempts = attempts;
    facts.queued.push_back(message);
  }
  [[nodiscard]] std::vector<Finding> all() const { return examine_alerts(facts); }
  [[nodiscard]] Finding named(std::string_view name) const {
    const auto findings = all();
    const auto found = std::ranges::find(findings, name, &Finding::name);
    return found == findings.end() ? Finding{"absent", FindingStatus::ok, "", ""} : *found;
  }
  [[nodiscard]] bool tells(std::string_view name) const { return named(name).name == name; }
};

TEST_F(AlertDoctor, SaysThatAlertingIsOff) {
  options.use = AlertingOptions::Use::off;
  facts.file_error = Error{Errc::corrupt, "broken"};
  ASSERT_EQ(all().size(), 1U);
  EXPECT_EQ(named("alerting").status, FindingStatus::skipped);
  EXPECT_EQ(named("alerting").remedy, "set alerting.use to auto");
}

TEST_F(AlertDoctor, SaysOfEachReceiverWhetherItCanBeUsed) {
  receiver("night").trouble = Error{Errc::not_found, "no secret address is known"};
  EXPECT_EQ(named("alerting.receiver.ops").status, FindingStatus::ok);
  EXPECT_EQ(named("alerting.receiver.ops").what, "receiver ops is of type slack");
  const Finding night = named("alerting.receiver.night");
  EXPECT_EQ(night.status, FindingStatus::fail);
  EXPECT_EQ(night.what, "receiver night cannot be used: no secret address is known");
  EXPECT_TRUE(has(night.remedy,
                  "put its secret into RUNNERIQ_RECEIVER_OPS, or into "
                  "/etc/runneriq/credentials/receiver-night; then restart"))
      << night.remedy;
  EXPECT_EQ(executor::exit_code(all()), 1);
  EXPECT_FALSE(tells("alerting.receivers"));
}

TEST_F(AlertDoctor, AsksForNoSecretWhereTheMachineCannotSend) {
  receiver("night").trouble = Error{Errc::unavailable, "this machine's libcurl cannot send mail"};
  EXPECT_EQ(named("alerting.receiver.night").remedy,
            "mend what is named; then restart the service that runs the loop");
}

TEST_F(AlertDoctor, SaysThatNobodyIsTold) {
  options.receivers.clear();
  EXPECT_EQ(named("alerting.receivers").status, FindingStatus::skipped);
  EXPECT_FALSE(tells("alerting.receiver.ops"));
}

TEST_F(AlertDoctor, SaysWhetherWebhooksAreTaken) {
  EXPECT_EQ(named("alerting.webhook").status, FindingStatus::skipped);
  EXPECT_TRUE(has(named("alerting.webhook").remedy, "/etc/runneriq/credentials/webhook-token"));
  facts.webhooks = true;
  EXPECT_TRUE(tells("alerting.webhook"));
  EXPECT_EQ(named("alerting.webhook").status, FindingStatus::ok);
}

TEST_F(AlertDoctor, FailsForAFileThatCannotBeUsed) {
  facts.file = "/var/lib/runneriq/alerts.db";
  EXPECT_FALSE(tells("alerting.file"));
  facts.file_error = Error{Errc::permission, "/var/lib/runneriq/alerts.db: permission denied"};
  EXPECT_EQ(named("alerting.file").status, FindingStatus::fail);
  EXPECT_EQ(named("alerting.file").what, "/var/lib/runneriq/alerts.db: permission denied; nothing is told");
  EXPECT_TRUE(has(named("alerting.file").remedy, "make /var/lib/runneriq/alerts.db readable"));
}

TEST_F(AlertDoctor, WarnsOfMessagesThatWaitForLong) {
  wait_for("ops", minutes{15});
  EXPECT_FALSE(tells("alerting.queue.ops"));
  wait_for("ops", minutes{20});
  wait_for("ops", hours{1});
  const Finding untried = named("alerting.queue.ops");
  EXPECT_EQ(untried.status, FindingStatus::warn);
  EXPECT_TRUE(has(untried.what, "for receiver ops 2 messages wait, the oldest for 1 h,")) << untried.what;
  EXPECT_TRUE(has(untried.what, "and none was tried")) << untried.what;
  EXPECT_TRUE(has(untried.remedy, "only the loop sends"));
  wait_for("ops", minutes{30}, "HTTP 503", 2);
  EXPECT_TRUE(has(named("alerting.queue.ops").what, ": HTTP 503"));
  EXPECT_TRUE(has(named("alerting.queue.ops").remedy, "mend what is named"));
  EXPECT_EQ(executor::exit_code(all()), 0);
}

TEST_F(AlertDoctor, CountsMessagesOfEachReceiver) {
  for (std::size_t i = 0; i < AlertFacts::kMostLooked; ++i) wait_for("ops", hours{1});
  wait_for("night", hours{1});
  EXPECT_TRUE(has(named("alerting.queue.ops").what, "at least 200 messages wait"));
  EXPECT_TRUE(has(named("alerting.queue.night").what, " 1 message waits"));
}

TEST_F(AlertDoctor, NamesReceiversThatAreGone) {
  wait_for("gone", hours{1});
  facts.orphans = {"gone"};
  EXPECT_EQ(named("alerting.orphans.gone").status, FindingStatus::warn);
  EXPECT_TRUE(has(named("alerting.orphans.gone").remedy, "set alerting.receivers.gone again"));
  EXPECT_FALSE(tells("alerting.queue.gone"));
}

TEST_F(AlertDoctor, WarnsOfDeadLettersWithTheNewestTrouble) {
  EXPECT_FALSE(tells("alerting.dead"));
  facts.dead = {message_of(2, MessageState::dead, "HTTP 404"), message_of(1, MessageState::dead, "HTTP 401")};
  const Finding dead = named("alerting.dead");
  EXPECT_EQ(dead.status, FindingStatus::warn);
  EXPECT_EQ(dead.what, "2 messages could not be delivered; the last one, for team: HTTP 404");
  EXPECT_TRUE(has(dead.remedy, "resend all"));
}

TEST_F(AlertDoctor, NeverShowsWordsRaw) {
  for (const std::string& wild : wild_names()) {
    facts.receivers.clear();
    facts.queued.clear();
    receiver("ops").trouble = Error{Errc::corrupt, wild};
    receiver(wild);
    wait_for("ops", hours{1}, wild, 1);
    wait_for(wild, hours{1}, wild, 1);
    facts.orphans = {wild + "gone"};
    facts.dead = {message_of(1, MessageState::dead, wild)};
    facts.dead.front().notification.receiver = wild;
    facts.file = wild;
    facts.file_error = Error{Errc::corrupt, wild};
    std::string text;
    for (const Finding& finding : all()) text += finding.name + finding.what + finding.remedy;
    for (const char c : text) ASSERT_GE(static_cast<unsigned char>(c), 0x20) << text;
    EXPECT_EQ(text.find("\xE2\x80\xAE"), std::string::npos) << text;
    EXPECT_LT(text.size(), 20'000U);
  }
}

}  // namespace
}  // namespace runneriq::cli
