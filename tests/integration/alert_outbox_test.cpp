// The outbox on real files: who gets which message when, and what becomes of it.
#include "tests/support/alert_state_fixture.hpp"

#include <gtest/gtest.h>

namespace runneriq::alerting {
namespace {

using namespace std::chrono_literals;
using Kind = DeliveryReply::Kind;

const DeliveryReply kDelivered{};
const DeliveryReply kBusy{.kind = Kind::later, .failure = "serverError", .words = "answered 503"};
const DeliveryReply kThrottled{.kind = Kind::throttled, .failure = "rateLimited", .words = "answered 429"};
const DeliveryReply kRefused{.kind = Kind::never, .failure = "clientError", .words = "answered 404"};
const DeliveryTerms kTerms{};

class AlertOutbox : public AlertStateFile {
 protected:
  // The id of what is given, "" = nothing.
  static std::string claimed(AlertState& state, Time now, const std::string& owner = "one",
                             const std::string& receiver = "default") {
    const auto message = state.claim(receiver, owner, now, kTerms.claim);
    EXPECT_TRUE(message) << message.error().message;
    return message && *message ? (*message)->notification.id : "";
  }
  // The same, answered.
  static std::string sent(AlertState& state, Time now, const DeliveryReply& reply = kDelivered,
                          const std::string& owner = "one", const std::string& receiver = "default") {
    const auto message = state.claim(receiver, owner, now, kTerms.claim);
    if (!message || !*message) return "";
    const auto settled =
        state.settle((*message)->number, owner, reply, after(**message, reply, kTerms, now, 0), now);
    EXPECT_TRUE(settled) << settled.error().message;
    return (*message)->notification.id;
  }
  static std::optional<Time> due(AlertState& state, const std::string& receiver = "default") {
    const auto found = state.next_due(receiver);
    EXPECT_TRUE(found) << found.error().message;
    return found ? *found : std::nullopt;
  }
};

TEST_F(AlertOutbox, MessagesAreGivenAsTheyWereOldestFirst) {
  {
    AlertState state = open();
    queue(state, {message_of("a", "g1"), message_of("b", "g2"), message_of("x", "g1", "other")});
  }
  AlertState state = open();
  const auto given = state.claim("default", "one", kNow, 2min);
  ASSERT_TRUE(given && *given);
  const Notification expected = message_of("a", "g1"), &got = (*given)->notification;
  EXPECT_EQ(got.id, "a");
  EXPECT_EQ(got.time, expected.time);
  EXPECT_EQ(got.reason, expected.reason);
  EXPECT_EQ(got.severity, expected.severity);
  EXPECT_EQ(got.group_words, expected.group_words);
  ASSERT_EQ(got.alerts.size(), 1U);
  ASSERT_EQ(got.alerts[0].events.size(), 1U);
  EXPECT_EQ(got.alerts[0].events[0].name, expected.alerts[0].events[0].name);
  EXPECT_EQ((*given)->attempts, 0);
  EXPECT_EQ((*given)->since, kNow);
  EXPECT_EQ(claimed(state, kNow, "two"), "b");
  EXPECT_EQ(claimed(state, kNow, "three"), "");
  EXPECT_EQ(claimed(state, kNow, "three", "other"), "x");
}

TEST_F(AlertOutbox, AMessageThatIsKnownByItsIdStaysAsItIs) {
  AlertState state = open();
  queue(state, {message_of("a", "g")});
  EXPECT_EQ(sent(state, kNow), "a");
  queue(state, {message_of("a", "g"), message_of("b", "g"), message_of("b", "g")});
  EXPECT_EQ(sent(state, kNow), "b");
  EXPECT_EQ(sent(state, kNow), "");
}

TEST_F(AlertOutbox, AGroupWaitsForItsOldestMessage) {
  AlertState state = open();
  queue(state, {message_of("a1", "a"), message_of("a2", "a"), message_of("b1", "b"), message_of("a3", "a")});
  EXPECT_EQ(sent(state, kNow, kBusy), "a1");
  EXPECT_EQ(sent(state, kNow), "b1");
  EXPECT_EQ(sent(state, kNow), "");
  EXPECT_EQ(due(state), kNow + 5s);
  EXPECT_EQ(claimed(state, kNow + 5s), "a1");
  EXPECT_EQ(claimed(state, kNow + 6s, "two"), "");
  EXPECT_EQ(due(state), kNow + 5s + kTerms.claim);
}

TEST_F(AlertOutbox, ADeadMessageHoldsUpNobody) {
  AlertState state = open();
  queue(state, {message_of("a1", "a"), message_of("a2", "a")});
  EXPECT_EQ(sent(state, kNow, kRefused), "a1");
  EXPECT_EQ(sent(state, kNow), "a2");
  const auto dead = state.messages({.state = MessageState::dead});
  ASSERT_EQ(dead->size(), 1U);
  EXPECT_EQ(dead->front().trouble, "answered 404");
  EXPECT_EQ(dead->front().failure, "clientError");
  EXPECT_EQ(dead->front().attempts, 1);
  EXPECT_FALSE(due(state));
}

TEST_F(AlertOutbox, AThrottledReceiverGivesNothingUntilThen) {
  AlertState state = open(), other = open();
  queue(state, {message_of("a", "a"), message_of("b", "b"), message_of("x", "a", "other")});
  DeliveryReply told = kThrottled;
  told.wait = 40s;
  EXPECT_EQ(sent(state, kNow, told), "a");
  EXPECT_EQ(claimed(other, kNow + 39s), "");
  EXPECT_EQ(due(other), kNow + 40s);
  EXPECT_EQ(claimed(other, kNow, "two", "other"), "x");
  EXPECT_EQ(claimed(other, kNow + 40s), "a");
  EXPECT_EQ(claimed(other, kNow + 40s), "b");
}

TEST_F(AlertOutbox, AShorterPauseCutsNoLongerOneShort) {
  AlertState state = open();
  queue(state, {message_of("a", "a"), message_of("b", "b")});
  const auto first = state.claim("default", "one", kNow, 2min),
             second = state.claim("default", "two", kNow, 2min);
  ASSERT_TRUE(*first && *second);
  ASSERT_TRUE(state.settle((*first)->number, "one", kThrottled,
                           {.not_before = kNow, .receiver_not_before = kNow + 50s}, kNow));
  ASSERT_TRUE(state.settle((*second)->number, "two", kThrottled,
                           {.not_before = kNow, .receiver_not_before = kNow + 5s}, kNow));
  EXPECT_EQ(due(state), kNow + 50s);
  EXPECT_EQ(claimed(state, kNow + 49s), "");
}

TEST_F(AlertOutbox, AKilledOwnersMessageIsGivenAgainAtTheEndOfItsClaim) {
  {
    AlertState killed = open();
    queue(killed, {message_of("a", "g"), message_of("b", "g")});
    EXPECT_EQ(claimed(killed, kNow, "killed"), "a");
  }
  AlertState state = open();
  EXPECT_EQ(due(state), kNow + kTerms.claim);
  EXPECT_EQ(claimed(state, kNow + kTerms.claim - 1ms), "");
  EXPECT_EQ(claimed(state, kNow + kTerms.claim), "a");
}

TEST_F(AlertOutbox, OnlyTheOwnerSettles) {
  AlertState slow = open(), other = open();
  queue(slow, {message_of("a", "g")});
  const auto first = slow.claim("default", "slow", kNow, 2min);
  const auto second = other.claim("default", "other", kNow + 2min, 2min);
  ASSERT_TRUE(*first && *second);
  const NextStep done{.state = MessageState::delivered};
  const auto late = slow.settle((*first)->number, "slow", kDelivered, done, kNow + 3min);
  ASSERT_FALSE(late);
  EXPECT_EQ(late.error().code, Errc::conflict);
  EXPECT_EQ(slow.messages({})->front().state, MessageState::queued);
  ASSERT_TRUE(other.settle((*second)->number, "other", kDelivered, done, kNow + 3min));
  EXPECT_EQ(other.settle((*second)->number, "other", kDelivered, done, kNow).error().code, Errc::conflict);
  EXPECT_EQ(slow.messages({})->front().delivered, kNow + 3min);
}

TEST_F(AlertOutbox, AClaimThatRanOutButWasNotTakenStillSettles) {
  AlertState state = open();
  queue(state, {message_of("a", "g")});
  const auto given = state.claim("default", "one", kNow, 2min);
  EXPECT_TRUE(
      state.settle((*given)->number, "one", kDelivered, {.state = MessageState::delivered}, kNow + 1h));
}

TEST_F(AlertOutbox, DeadOnesAreSentAgainAndAgeAnew) {
  AlertState state = open();
  queue(state, {message_of("a", "a"), message_of("b", "b"), message_of("c", "c")});
  EXPECT_EQ(sent(state, kNow, kRefused), "a");
  EXPECT_EQ(sent(state, kNow + 25h, kBusy), "b");
  EXPECT_EQ(sent(state, kNow + 25h), "c");
  EXPECT_EQ(state.message("b")->trouble, "given up for its age, the last attempt said: answered 503");
  const std::int64_t first = state.message("a")->number, third = state.message("c")->number;
  EXPECT_EQ(*state.resend(third, kNow + 48h), 0);
  EXPECT_EQ(*state.resend(4711, kNow + 48h), 0);
  EXPECT_EQ(*state.resend(first, kNow + 48h), 1);
  EXPECT_EQ(state.message("a")->attempts, 0);
  EXPECT_EQ(state.message("a")->since, kNow + 48h);
  EXPECT_EQ(claimed(state, kNow + 48h - 1ms), "");
  EXPECT_EQ(sent(state, kNow + 48h, kBusy), "a");
  EXPECT_EQ(state.message("a")->state, MessageState::queued);
  EXPECT_EQ(*state.resend(0, kNow + 48h), 1);
  EXPECT_EQ(sent(state, kNow + 48h), "b");
}

TEST_F(AlertOutbox, AnOlderOneThatIsSentAgainWaitsForTheOneUnderWay) {
  AlertState state = open();
  queue(state, {message_of("a1", "a"), message_of("a2", "a")});
  EXPECT_EQ(sent(state, kNow, kRefused), "a1");
  EXPECT_EQ(claimed(state, kNow), "a2");
  EXPECT_EQ(*state.resend(0, kNow), 1);
  EXPECT_EQ(claimed(state, kNow, "two"), "");
  EXPECT_EQ(due(state), kNow + kTerms.claim);
  EXPECT_EQ(claimed(state, kNow + kTerms.claim, "two"), "a1");
}

TEST_F(AlertOutbox, AHandleIsTheGroupsUntilItIsResolved) {
  AlertState state = open();
  queue(state,
        {message_of("a1", "a"), message_of("b1", "b"), message_of("a2", "a"), message_of("x", "a", "other"),
         message_of("a3", "a", "default", Reason::resolved), message_of("a4", "a")});
  DeliveryReply posted;
  posted.handle = "C1/17.4";
  EXPECT_EQ(sent(state, kNow, posted), "a1");
  EXPECT_EQ(state.message("b1")->handle, "");
  EXPECT_EQ(state.message("x")->handle, "");
  EXPECT_EQ(sent(state, kNow), "b1");
  EXPECT_EQ(state.message("a2")->handle, "C1/17.4");
  EXPECT_EQ(sent(state, kNow, kBusy), "a2");
  EXPECT_EQ(state.message("a3")->handle, "C1/17.4");
  EXPECT_EQ(sent(state, kNow + 5s), "a2");
  EXPECT_EQ(sent(state, kNow + 5s, kBusy), "a3");
  EXPECT_EQ(state.message("a3")->handle, "C1/17.4");
  const auto resolved = state.claim("default", "one", kNow + 10s, 2min);
  EXPECT_EQ((*resolved)->handle, "C1/17.4");
  ASSERT_TRUE(
      state.settle((*resolved)->number, "one", posted, {.state = MessageState::delivered}, kNow + 10s));
  EXPECT_EQ(state.message("a4")->handle, "");
}

TEST_F(AlertOutbox, MessagesAreFoundByWhatIsAsked) {
  AlertState state = open();
  Notification early = message_of("0123456789012345", "a");
  early.time = kNow - 1h;
  queue(state, {early, message_of("b", "b"), message_of("x", "a", "other")});
  EXPECT_EQ(sent(state, kNow), early.id);
  const auto ids = [&](const MessageQuery& query) {
    std::string all;
    const auto found = state.messages(query);
    for (const OutboxMessage& one : *found) all += one.notification.id.substr(0, 1);
    return all;
  };
  EXPECT_EQ(ids({}), "xb0");
  EXPECT_EQ(ids({.most = 1}), "x");
  EXPECT_EQ(ids({.state = MessageState::queued}), "xb");
  EXPECT_EQ(ids({.state = MessageState::delivered}), "0");
  EXPECT_EQ(ids({.receiver = "other"}), "x");
  EXPECT_EQ(ids({.group = "a"}), "x0");
  EXPECT_EQ(ids({.since = kNow}), "xb");
  EXPECT_EQ(state.message("b")->number, 2);
  EXPECT_EQ(state.message("3")->notification.id, "x");
  EXPECT_EQ(state.message(early.id)->number, 1);
  EXPECT_EQ(state.message("4").error().code, Errc::not_found);
  EXPECT_EQ(state.message("").error().code, Errc::not_found);
}

TEST_F(AlertOutbox, ReceiversThatAreGoneAreNamed) {
  AlertState state = open();
  queue(state, {message_of("a", "a"), message_of("b", "b", "old"), message_of("c", "c", "older")});
  const std::vector<std::string> known{"default", "new"};
  EXPECT_EQ(*state.orphans(known), (std::vector<std::string>{"old", "older"}));
  EXPECT_EQ(sent(state, kNow, kRefused, "one", "old"), "b");
  EXPECT_EQ(*state.orphans(known), (std::vector<std::string>{"older"}));
}

TEST_F(AlertOutbox, WhatIsOverGoesAfterAWhileAndWhatWaitsStays) {
  AlertState state = open();
  queue(state, {message_of("a", "a"), message_of("b", "b"), message_of("c", "c")});
  EXPECT_EQ(sent(state, kNow), "a");
  EXPECT_EQ(sent(state, kNow, kRefused), "b");
  ASSERT_TRUE(state.forget(kNow + 90 * 24h));
  EXPECT_EQ(count("messages"), 3);
  ASSERT_TRUE(state.forget(kNow + 90 * 24h + 1ms));
  EXPECT_EQ(state.message("a").error().code, Errc::not_found);
  ASSERT_TRUE(state.forget(kNow + 365 * 24h));
  EXPECT_TRUE(state.message("b"));
  ASSERT_TRUE(state.forget(kNow + 365 * 24h + 1ms));
  EXPECT_EQ(state.message("b").error().code, Errc::not_found);
  ASSERT_TRUE(state.forget(kNow + 3650 * 24h));
  EXPECT_EQ(state.message("c")->state, MessageState::queued);
}

TEST_F(AlertOutbox, WhatAWrongClockHasPutOffIsDueAtOnceWhenItIsRight) {
  const Time wrong = kNow + 48h;
  AlertState state = open();
  queue(state, {message_of("a", "a"), message_of("b", "b"), message_of("c", "c", "other")}, wrong);
  EXPECT_EQ(claimed(state, wrong), "a");
  EXPECT_EQ(sent(state, wrong, kThrottled, "one", "other"), "c");
  ASSERT_TRUE(state.forget(kNow));
  EXPECT_EQ(claimed(state, kNow), "a");
  EXPECT_EQ(sent(state, kNow), "b");
  EXPECT_EQ(sent(state, kNow, kThrottled, "one", "other"), "c");
  EXPECT_EQ(state.message("a")->since, kNow);
  ASSERT_TRUE(state.forget(kNow));
  EXPECT_EQ(due(state, "other"), kNow + 10s);
  EXPECT_EQ(due(state), kNow + kTerms.claim);
}

TEST_F(AlertOutbox, AMessageThatCannotBeReadIsDeadAndHoldsUpNobody) {
  AlertState state = open();
  queue(state, {message_of("a", "g"), message_of("b", "g")});
  ASSERT_TRUE(database().execute("UPDATE messages SET notification = '[' WHERE id = 'a'"));
  EXPECT_EQ(sent(state, kNow), "b");
  const auto unreadable = state.message("a");
  ASSERT_TRUE(unreadable) << unreadable.error().message;
  EXPECT_EQ(unreadable->state, MessageState::dead);
  EXPECT_EQ(unreadable->failure, "unreadable");
  EXPECT_FALSE(unreadable->trouble.empty());
  EXPECT_EQ(unreadable->notification.receiver, "default");
  EXPECT_EQ(unreadable->notification.group, "g");
}

}  // namespace
}  // namespace runneriq::alerting
