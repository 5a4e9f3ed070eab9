#include "alerting/suppression.hpp"

#include <gtest/gtest.h>

#include <string>

namespace runneriq::alerting {
namespace {

using namespace std::chrono_literals;

const Time kNow = parse_time("2026-03-02T12:00:00Z").value();

// The names of the shipped rules that match.
std::string hidden_by(const Event& event) {
  Classified of;
  of.event = event;
  std::string names;
  for (const SuppressionRule& rule : default_suppression()) {
    EXPECT_TRUE(rule.enabled);
    if (rule.match.match(LabelValues{of})) names += rule.name + " ";
  }
  return names;
}

Event on(std::string ref) {
  Event event;
  event.ref = std::move(ref);
  return event;
}

TEST(DefaultSuppression, IsOfExperimentsAndOfWhatMayFail) {
  EXPECT_EQ(hidden_by(on("experimental/gpu")), "experimental ");
  EXPECT_EQ(hidden_by(on("spike/a/b")), "experimental ");
  EXPECT_EQ(hidden_by(on("wip/x")), "experimental ");
  Event allowed = on("main");
  allowed.allow_failure = true;
  EXPECT_EQ(hidden_by(allowed), "allow-failure ");
}

TEST(DefaultSuppression, IsNotOfWhatMerelyLooksLikeIt) {
  for (const char* ref : {"main", "experimental", "wip", "my/spike/x", "experimentally/x", "spikes/x", ""}) {
    EXPECT_EQ(hidden_by(on(ref)), "") << ref;
  }
}

Silence silence() {
  Silence made;
  made.match = Matchers::parse("job=lint").value();
  made.start = kNow;
  made.end = kNow + 1h;
  made.author = "anna";
  made.comment = "migration";
  return made;
}

TEST(SilenceStates, FollowTheTime) {
  const Silence made = silence();
  EXPECT_EQ(to_text(state_of(made, kNow - 1ms)), "pending");
  EXPECT_EQ(to_text(state_of(made, kNow)), "active");
  EXPECT_EQ(to_text(state_of(made, kNow + 1h - 1ms)), "active");
  EXPECT_EQ(to_text(state_of(made, kNow + 1h)), "expired");
  EXPECT_FALSE(made.holds(kNow - 1ms));
  EXPECT_TRUE(made.holds(kNow));
  EXPECT_FALSE(made.holds(kNow + 1h));
}

TEST(SilenceChecks, TakeWhatIsWhole) {
  EXPECT_TRUE(check(silence(), kNow));
  Silence past_start = silence();
  past_start.start = kNow - 1h;
  EXPECT_TRUE(check(past_start, kNow));
  Silence longest = silence();
  longest.end = longest.start + kLongestSilence;
  EXPECT_TRUE(check(longest, kNow));
}

struct BadSilence {
  std::string name, words;
  void (*spoil)(Silence&);
};
class RefusedSilence : public testing::TestWithParam<BadSilence> {};

TEST_P(RefusedSilence, IsToldWhy) {
  Silence made = silence();
  GetParam().spoil(made);
  const auto checked = check(made, kNow);
  ASSERT_FALSE(checked);
  EXPECT_EQ(checked.error().code, Errc::invalid_argument);
  EXPECT_NE(checked.error().message.find(GetParam().words), std::string::npos) << checked.error().message;
}

INSTANTIATE_TEST_SUITE_P(
    Silences, RefusedSilence,
    testing::Values(BadSilence{"WithoutConditions", "without conditions", [](Silence& s) { s.match = {}; }},
                    BadSilence{"EndsAtItsStart", "after its start", [](Silence& s) { s.end = s.start; }},
                    BadSilence{"IsOver", "is over",
                               [](Silence& s) {
                                 s.start = kNow - 2h;
                                 s.end = kNow;
                               }},
                    BadSilence{"IsTooLong", "90d",
                               [](Silence& s) { s.end = s.start + kLongestSilence + 1ms; }},
                    BadSilence{"HasNoAuthor", "author", [](Silence& s) { s.author = " "; }},
                    BadSilence{"HasNoComment", "comment", [](Silence& s) { s.comment = ""; }},
                    BadSilence{"HasALongComment", "501 bytes",
                               [](Silence& s) { s.comment = std::string(kLongestComment + 1, 'x'); }}),
    [](const auto& given) { return given.param.name; });

}  // namespace
}  // namespace runneriq::alerting
