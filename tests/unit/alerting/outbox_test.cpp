// What follows from a reply: a table, and the limits of pauses.
#include "alerting/outbox.hpp"

#include <gtest/gtest.h>

#include <limits>

namespace runneriq::alerting {
namespace {

using namespace std::chrono_literals;
using Kind = DeliveryReply::Kind;

const Time kNow{std::chrono::sys_days{std::chrono::year{2026} / 1 / 5}};
const DeliveryTerms kTerms{};

struct StepCase {
  const char* what;
  Kind kind;
  int attempts;
  Duration age;
  std::optional<Duration> told;
  double jitter;
  MessageState state;
  Duration pause;
};

class AfterAReply : public testing::TestWithParam<StepCase> {
 protected:
  static NextStep step() {
    const StepCase& given = GetParam();
    OutboxMessage message;
    message.attempts = given.attempts;
    message.since = kNow - given.age;
    return after(message, {.kind = given.kind, .wait = given.told}, kTerms, kNow, given.jitter);
  }
};

TEST_P(AfterAReply, TheNextStepIs) {
  const StepCase& given = GetParam();
  const NextStep next = step();
  EXPECT_EQ(next.state, given.state) << given.what;
  EXPECT_EQ(next.not_before - kNow, given.pause) << given.what;
  const bool waits = given.kind == Kind::throttled;
  EXPECT_EQ(next.receiver_not_before, waits ? std::optional{next.not_before} : std::nullopt) << given.what;
}

constexpr auto kQueued = MessageState::queued;
constexpr auto kDead = MessageState::dead;
constexpr std::optional<Duration> kUntold{};

INSTANTIATE_TEST_SUITE_P(
    Outbox, AfterAReply,
    testing::Values(StepCase{"delivered", Kind::delivered, 3, 1h, kUntold, 0, MessageState::delivered, 0ms},
                    StepCase{"delivered late is not dead", Kind::delivered, 3, 48h, kUntold, 0,
                             MessageState::delivered, 0ms},
                    StepCase{"never", Kind::never, 0, 0ms, kUntold, 0, kDead, 0ms},
                    StepCase{"the first pause", Kind::later, 0, 0ms, kUntold, 0, kQueued, 5s},
                    StepCase{"doubles", Kind::later, 1, 1min, kUntold, 0, kQueued, 10s},
                    StepCase{"doubles again", Kind::later, 3, 1min, kUntold, 0, kQueued, 40s},
                    StepCase{"is bounded", Kind::later, 8, 1h, kUntold, 0, kQueued, 15min},
                    StepCase{"is bounded for ever", Kind::later, std::numeric_limits<int>::max(), 1h, kUntold,
                             0, kQueued, 15min},
                    StepCase{"half is taken off", Kind::later, 1, 1h, kUntold, 1, kQueued, 5s},
                    StepCase{"a quarter is taken off", Kind::later, 1, 1h, kUntold, 0.5, kQueued, 7500ms},
                    StepCase{"no more than half", Kind::later, 1, 1h, kUntold, 7, kQueued, 5s},
                    StepCase{"nothing is put on", Kind::later, 1, 1h, kUntold, -3, kQueued, 10s},
                    StepCase{"no jitter at all", Kind::later, 1, 1h, kUntold,
                             std::numeric_limits<double>::quiet_NaN(), kQueued, 10s},
                    StepCase{"a wait that was told", Kind::later, 0, 0ms, 70s, 0, kQueued, 70s},
                    StepCase{"is not cut by jitter", Kind::later, 0, 0ms, 70s, 1, kQueued, 70s},
                    StepCase{"a shorter one than the pause", Kind::later, 4, 0ms, 1s, 0, kQueued, 80s},
                    StepCase{"of no time", Kind::throttled, 0, 0ms, 0s, 0, kQueued, 5s},
                    StepCase{"of less than no time", Kind::throttled, 0, 0ms, -9h, 0, kQueued, 5s},
                    StepCase{"of a day", Kind::throttled, 0, 0ms, 24h, 0, kQueued, 1h},
                    StepCase{"the receiver waits, too", Kind::throttled, 0, 0ms, 30s, 0.3, kQueued, 30s},
                    StepCase{"and without a told wait", Kind::throttled, 2, 0ms, kUntold, 0, kQueued, 20s},
                    StepCase{"not too old yet", Kind::later, 0, 24h - 1ms, kUntold, 0, kQueued, 5s},
                    StepCase{"too old", Kind::later, 0, 24h, kUntold, 0, kDead, 5s},
                    StepCase{"too old while throttled", Kind::throttled, 0, 25h, 30s, 0, kDead, 30s},
                    StepCase{"of the future", Kind::later, 0, -24h, kUntold, 0, kQueued, 5s}));

TEST(OutboxPauses, FollowTheTermsOfTheReceiver) {
  const auto pause = [](DeliveryTerms terms, int attempts) {
    OutboxMessage message;
    message.attempts = attempts;
    message.since = kNow;
    return after(message, {.kind = Kind::later}, terms, kNow, 0).not_before - kNow;
  };
  EXPECT_EQ(pause({.first_pause = 1h, .longest_pause = 10min}, 0), 10min);
  EXPECT_EQ(pause({.first_pause = 0s}, 2'000'000'000), 0s);
  EXPECT_EQ(pause({.first_pause = 1ms, .longest_pause = 24h * 3650}, 500), 24h * 3650);
}

TEST(OutboxTrouble, SaysWhyItEnded) {
  const DeliveryReply busy{.kind = Kind::later, .words = "the server answered 503"};
  const DeliveryReply refused{.kind = Kind::never, .words = "the server answered 404"};
  const DeliveryReply taken{.kind = Kind::delivered, .words = "ok"};
  EXPECT_EQ(trouble_of(busy, {.state = kQueued}), "the server answered 503");
  EXPECT_EQ(trouble_of(busy, {.state = kDead}),
            "given up for its age, the last attempt said: the server answered 503");
  EXPECT_EQ(trouble_of(refused, {.state = kDead}), "the server answered 404");
  EXPECT_EQ(trouble_of(taken, {.state = MessageState::delivered}), "");
}

TEST(OutboxStates, HaveAWord) {
  EXPECT_EQ(to_text(kQueued), "queued");
  EXPECT_EQ(to_text(MessageState::delivered), "delivered");
  EXPECT_EQ(to_text(kDead), "dead");
}

}  // namespace
}  // namespace runneriq::alerting
