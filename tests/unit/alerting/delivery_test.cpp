#include "alerting/http/delivery.hpp"

#include "alerting/http/log_courier.hpp"
#include "tests/support/delivery_fakes.hpp"
#include "tests/support/fleet_fakes.hpp"

#include <gtest/gtest.h>

namespace runneriq::alerting {
namespace {

using Kind = DeliveryReply::Kind;
using std::chrono::minutes;
using std::chrono::seconds;

class Deliver : public testing::Test {
 protected:
  Time now = at_2026();
  MemoryOutbox outbox;
  ScriptedCourier courier{now};
  RecordingEvents log;
  Delivery delivery{"team",
                    "daemon-1",
                    {.outbox = outbox,
                     .courier = courier,
                     .log = log,
                     .clock = [this] { return now; },
                     .jitter = [] { return 0.0; }},
                    {}};

  void queue(const std::string& id, const std::string& group) { outbox.queue(made_notification(id, group)); }
  // Until nothing is queued; each pause is jumped over.
  void run_to_the_end() {
    for (int rounds = 0; rounds < 1000; ++rounds) {
      const auto next = delivery.round();
      if (!next) return;
      now = std::max(now, *next);
    }
    FAIL() << "still something to do after 1,000 rounds";
  }
  [[nodiscard]] std::ptrdiff_t logged(const std::string& name) const {
    return std::ranges::count(log.events, name, &RecordingEvents::Event::name);
  }
};

DeliveryReply said(Kind kind, std::string failure, std::optional<Duration> wait = {}) {
  return {.kind = kind, .failure = std::move(failure), .words = "it said so", .wait = wait};
}

TEST_F(Deliver, AnEmptyOutboxNeedsNoReturn) {
  EXPECT_EQ(delivery.round(), std::nullopt);
  EXPECT_TRUE(courier.brought.empty());
}

TEST_F(Deliver, MakesOneAttemptARoundAndComesBackAtOnce) {
  queue("n1", "a");
  queue("n2", "b");
  const auto next = delivery.round();
  EXPECT_EQ(courier.brought, std::vector<std::string>{"n1"});
  ASSERT_TRUE(next);
  EXPECT_LE(*next, now);
  EXPECT_EQ(delivery.round(), std::nullopt);
  EXPECT_EQ(courier.brought, (std::vector<std::string>{"n1", "n2"}));
  EXPECT_EQ(delivery.counts().delivered, 2);
  EXPECT_EQ(courier.limits.front(), DeliveryTerms{}.call_limit);
}

TEST_F(Deliver, KeepsTheOrderOfAGroupWhenTheFirstOneFails) {
  queue("n1", "a");
  queue("n2", "a");
  queue("n3", "b");
  courier.replies = {said(Kind::later, "serverError")};
  run_to_the_end();
  EXPECT_EQ(courier.brought, (std::vector<std::string>{"n1", "n3", "n1", "n2"}));
}

TEST_F(Deliver, HeedsAWaitForTheWholeReceiver) {
  queue("n1", "a");
  queue("n2", "b");
  courier.replies = {said(Kind::throttled, "rateLimited", minutes{7})};
  const auto next = delivery.round();
  ASSERT_TRUE(next);
  EXPECT_EQ(*next, at_2026() + minutes{7});
  now = *next - Duration{1};
  EXPECT_EQ(delivery.round(), next);
  EXPECT_EQ(courier.brought.size(), 1U);
  now = *next;
  run_to_the_end();
  EXPECT_EQ(courier.brought, (std::vector<std::string>{"n1", "n1", "n2"}));
}

TEST_F(Deliver, HeedsThePaceOfTheReceiver) {
  courier.paced = seconds{3};
  courier.latency = seconds{1};
  queue("n1", "a");
  queue("n2", "b");
  const auto next = delivery.round();
  ASSERT_TRUE(next);
  EXPECT_EQ(*next, at_2026() + seconds{4});
  now = *next - Duration{1};
  EXPECT_EQ(delivery.round(), next);
  EXPECT_EQ(courier.brought.size(), 1U);
  now = *next;
  EXPECT_EQ(delivery.round(), std::nullopt);
  EXPECT_EQ(courier.brought.size(), 2U);
}

TEST_F(Deliver, CountsTimeAfterTheCallAndNotBefore) {
  courier.latency = seconds{20};
  courier.replies = {said(Kind::later, "timeout")};
  queue("n1", "a");
  const auto next = delivery.round();
  ASSERT_TRUE(next);
  EXPECT_EQ(*next, at_2026() + seconds{20} + DeliveryTerms{}.first_pause);
}

TEST_F(Deliver, SendsWhatIsHopelessToTheDeadAndGoesOn) {
  queue("n1", "a");
  queue("n2", "a");
  courier.replies = {said(Kind::never, "authError")};
  run_to_the_end();
  EXPECT_EQ(outbox.rows[0].state, MessageState::dead);
  EXPECT_EQ(outbox.rows[0].trouble, "it said so");
  EXPECT_EQ(outbox.rows[1].state, MessageState::delivered);
  EXPECT_EQ(delivery.counts().dead, 1);
  EXPECT_EQ(delivery.counts().failures.at("authError"), 1);
  EXPECT_EQ(logged("delivery_dead"), 1);
  EXPECT_EQ(log.events.front().level, LogLevel::error);
  EXPECT_EQ(log.events.front().field("trouble"), "it said so");
}

TEST_F(Deliver, GivesUpAfterADay) {
  queue("n1", "a");
  courier.replies.assign(200, said(Kind::later, "serverError"));
  run_to_the_end();
  EXPECT_EQ(outbox.rows[0].state, MessageState::dead);
  EXPECT_GE(now, at_2026() + std::chrono::hours{23});
  EXPECT_LE(courier.brought.size(), 110U);
  EXPECT_EQ(logged("delivery_failed"), 1);
  EXPECT_EQ(logged("delivery_dead"), 1);
}

TEST_F(Deliver, LogsTroubleOncePerKindAndItsEnd) {
  queue("n1", "a");
  courier.replies = {said(Kind::later, "serverError"), said(Kind::later, "serverError"),
                     said(Kind::throttled, "timeout"), said(Kind::later, "serverError")};
  run_to_the_end();
  EXPECT_EQ(log.names(), (std::vector<std::string>{"delivery_failed", "delivery_failed", "delivery_failed",
                                                   "delivery_restored", "delivered"}));
  EXPECT_EQ(log.events[1].field("failure"), "timeout");
  EXPECT_EQ(log.events[4].level, LogLevel::debug);
  EXPECT_EQ(delivery.counts().failures.at("serverError"), 3);
}

TEST_F(Deliver, GivesTheHandleOfAGroupToItsNextMessage) {
  queue("n1", "a");
  queue("n2", "a");
  queue("n3", "a");
  courier.replies = {{.handle = "17"}};
  run_to_the_end();
  ASSERT_EQ(courier.contexts.size(), 3U);
  EXPECT_EQ(courier.contexts[0].handle, "");
  EXPECT_EQ(courier.contexts[1].handle, "17");
  EXPECT_EQ(courier.contexts[2].handle, "17") << "a reply without a handle must not forget the one there is";
  EXPECT_EQ(courier.contexts[0].attempt, 1);
}

TEST_F(Deliver, ADeliveredMessageIsNotSentAgainWhileTheOutboxCannotWrite) {
  queue("n1", "a");
  queue("n2", "b");
  ASSERT_TRUE(delivery.round());
  queue("n3", "c");
  // The disk is full from the claim on: what was sent cannot be written down.
  class FullDisk final : public Courier {
   public:
    explicit FullDisk(MemoryOutbox& disk) : disk_(disk) {}
    std::string_view type() const override { return "disk"; }
    Duration pace() const override { return Duration::zero(); }
    DeliveryReply bring(const Notification&, const DeliveryContext&, Duration) override {
      ++calls;
      if (calls == 1) disk_.outage = Error{Errc::unavailable, "the disk is full"};
      return {};
    }
    int calls = 0;

   private:
    MemoryOutbox& disk_;
  } full{outbox};
  Delivery other{"team",
                 "daemon-1",
                 {.outbox = outbox,
                  .courier = full,
                  .log = log,
                  .clock = [this] { return now; },
                  .jitter = [] { return 0.0; }},
                 {}};
  for (int rounds = 0; rounds < 60; ++rounds) {
    const auto next = other.round();
    ASSERT_TRUE(next);
    ASSERT_GT(*next, now);
    now = *next;
  }
  EXPECT_EQ(full.calls, 1);
  EXPECT_EQ(logged("outbox_failed"), 1);
  outbox.outage.reset();
  while (const auto next = other.round()) now = std::max(now, *next);
  EXPECT_EQ(full.calls, 2) << "n2 once, then n3";
  EXPECT_EQ(logged("outbox_restored"), 1);
  EXPECT_EQ(other.counts().delivered, 2);
}

TEST_F(Deliver, WhatAnotherProcessHasTakenMeanwhileIsLeftToIt) {
  queue("n1", "a");
  class SlowCall final : public Courier {
   public:
    explicit SlowCall(MemoryOutbox& box) : box_(box) {}
    std::string_view type() const override { return "slow"; }
    Duration pace() const override { return Duration::zero(); }
    DeliveryReply bring(const Notification&, const DeliveryContext&, Duration) override {
      box_.claims[1].first = "daemon-2";
      return {};
    }

   private:
    MemoryOutbox& box_;
  } slow{outbox};
  Delivery late{"team",
                "daemon-1",
                {.outbox = outbox,
                 .courier = slow,
                 .log = log,
                 .clock = [this] { return now; },
                 .jitter = [] { return 0.0; }},
                {}};
  const auto next = late.round();
  ASSERT_TRUE(next);
  EXPECT_EQ(outbox.rows[0].state, MessageState::queued);
  EXPECT_EQ(outbox.claims[1].first, "daemon-2");
  EXPECT_EQ(logged("outbox_failed"), 0);
}

TEST_F(Deliver, SaysWhoDidNotGetAMail) {
  queue("n1", "a");
  courier.replies = {{.words = "refused for b@example.com (550 gone)"}};
  run_to_the_end();
  ASSERT_EQ(logged("delivery_partial"), 1);
  EXPECT_EQ(log.events.front().field("trouble"), "refused for b@example.com (550 gone)");
  EXPECT_EQ(outbox.rows[0].state, MessageState::delivered);
}

TEST_F(Deliver, TheLogIsAReceiver) {
  LogCourier to_log{log};
  Notification critical = made_notification();
  critical.severity = Severity::critical;
  EXPECT_EQ(to_log.bring(critical, {}, seconds{1}).kind, Kind::delivered);
  EXPECT_EQ(to_log.bring(made_notification(), {}, seconds{1}).kind, Kind::delivered);
  EXPECT_EQ(to_log.bring(testing_support::one_resolved(), {}, seconds{1}).kind, Kind::delivered);
  ASSERT_EQ(log.names(), (std::vector<std::string>{"alert", "alert", "alert"}));
  EXPECT_EQ(log.events[0].level, LogLevel::error);
  EXPECT_EQ(log.events[1].level, LogLevel::warning);
  EXPECT_EQ(log.events[2].level, LogLevel::info);
  EXPECT_EQ(log.events[1].field("group"), "9c1f00aa9c1f00aa");
  EXPECT_NE(log.events[1].field("title").find("acme/shop"), std::string::npos);
}

}  // namespace
}  // namespace runneriq::alerting
