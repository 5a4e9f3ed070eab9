#include "advisor/consultation.hpp"

#include "tests/support/advisor_fakes.hpp"

#include <gtest/gtest.h>

namespace runneriq::advisor {
namespace {

using namespace std::chrono_literals;

class Consultations : public testing::Test, protected AdvisorFixture {
 protected:
  Errc code(const Question& question = triage_of()) { return consultation.ask(question).error().code; }
  std::string words(const Question& question = triage_of()) {
    const auto asked = consultation.ask(question);
    return asked ? "" : asked.error().message;
  }
};

TEST_F(Consultations, AnswersAndSettlesWhatItCost) {
  reply_with({answered(triage_text("test"))});
  const auto consulted = consultation.ask(triage_of());
  ASSERT_TRUE(consulted) << consulted.error().message;
  EXPECT_EQ(consulted->answer.choice, "test");
  EXPECT_EQ(consulted->model, "claude-haiku-5-5");
  EXPECT_EQ(consulted->tokens, 960);
  ASSERT_EQ(ledger.entries.size(), 1U);
  EXPECT_TRUE(ledger.entries[0].settled);
  EXPECT_EQ(ledger.entries[0].tokens, 960);
  EXPECT_EQ(ledger.entries[0].project, "acme/shop");
  EXPECT_EQ(carrier.deadlines, std::vector<Time>{kStart + 20s});
  EXPECT_EQ(consultation.counts().answered, 1);
  EXPECT_EQ(consultation.counts().tokens, 960);
  EXPECT_EQ(events.names, std::vector<std::string>{"advisor_asked"});
}

TEST_F(Consultations, ReservesBeforeAnythingIsSent) {
  reply_with({answered(triage_text("test"))});
  carrier.during = [this] {
    ASSERT_EQ(ledger.entries.size(), 1U);
    EXPECT_FALSE(ledger.entries[0].settled);
    EXPECT_EQ(ledger.entries[0].tokens, most_tokens(triage_of()));
  };
  EXPECT_TRUE(consultation.ask(triage_of()));
}

TEST_F(Consultations, SendsNothingWhereNothingCanBeReserved) {
  reply_with({answered(triage_text("test"))});
  ledger.is_broken = true;
  EXPECT_EQ(code(), Errc::unavailable);
  EXPECT_TRUE(carrier.calls.empty());
}

TEST_F(Consultations, SendsNothingOverTheBudget) {
  ledger.entries.push_back({MemoryLedger::day_of(kStart), QuestionKind::tie_break, "", 49'000, true});
  reply_with({answered(triage_text("test"))});
  EXPECT_EQ(code(), Errc::conflict);
  EXPECT_NE(words().find("over_budget (the day's budget of 50,000 tokens has too little left"),
            std::string::npos);
  EXPECT_TRUE(carrier.calls.empty());
  now += 24h;
  EXPECT_TRUE(consultation.ask(triage_of()));
}

TEST_F(Consultations, KeepsTheReserveSpentWhereTheOutcomeIsNotKnown) {
  for (const Failure failure : {Failure::late, Failure::malformed, Failure::overloaded}) {
    reply_with({failed_with(failure)});
    const std::size_t before = ledger.entries.size();
    EXPECT_FALSE(consultation.ask(triage_of()));
    ASSERT_GT(ledger.entries.size(), before);
    EXPECT_FALSE(ledger.entries.back().settled);
  }
}

TEST_F(Consultations, GivesTheReserveBackWhereTheProviderHasCountedNothing) {
  ModelReply reply = failed_with(Failure::throttled);
  reply.charged = false;
  reply_with({reply});
  EXPECT_FALSE(consultation.ask(triage_of()));
  EXPECT_EQ(ledger.use(kStart, "")->spent, 0);
}

TEST_F(Consultations, BelievesNoAnswerToBeFree) {
  for (const auto& usage : {std::optional<Usage>{}, std::optional{Usage{}}, std::optional{Usage{-5, -7}}}) {
    ModelReply reply = answered(triage_text("test"), usage);
    reply.charged = false;
    reply_with({reply});
    EXPECT_EQ(consultation.ask(triage_of())->tokens, most_tokens(triage_of()));
    EXPECT_FALSE(ledger.entries.back().settled);
  }
}

TEST_F(Consultations, CountsMoreThanWasReserved) {
  reply_with({answered(triage_text("test"), Usage{.input = 30'000, .output = 5'000})});
  EXPECT_EQ(consultation.ask(triage_of())->tokens, 35'000);
  EXPECT_EQ(code(), Errc::conflict);
  reply_with({answered(triage_text("test"), Usage{.input = INT64_MAX, .output = INT64_MAX})});
  now += 24h;
  EXPECT_GT(consultation.ask(triage_of())->tokens, 0);
}

TEST_F(Consultations, AsksASecondTimeWithAReserveOfItsOwn) {
  ModelReply first = failed_with(Failure::overloaded);
  first.try_again = true;
  first.wait = 2s;
  reply_with({first, answered(triage_text("test"))});
  const auto consulted = consultation.ask(triage_of());
  ASSERT_TRUE(consulted) << consulted.error().message;
  EXPECT_EQ(carrier.calls.size(), 2U);
  EXPECT_EQ(pauses, std::vector<Duration>{2s});
  EXPECT_EQ(carrier.deadlines, (std::vector<Time>{kStart + 20s, kStart + 20s}));
  EXPECT_EQ(consulted->tokens, most_tokens(triage_of()) + 960);
  EXPECT_EQ(ledger.entries.size(), 2U);
}

TEST_F(Consultations, AsksNeverAThirdTime) {
  ModelReply reply = failed_with(Failure::overloaded);
  reply.try_again = true;
  reply_with({reply});
  EXPECT_EQ(code(), Errc::unavailable);
  EXPECT_EQ(carrier.calls.size(), 2U);
}

TEST_F(Consultations, DoesNotWaitBeyondItsDeadline) {
  ModelReply reply = failed_with(Failure::throttled);
  reply.try_again = true;
  reply.wait = 19'600ms;
  reply_with({reply});
  EXPECT_EQ(code(), Errc::unavailable);
  EXPECT_EQ(carrier.calls.size(), 1U);
  EXPECT_TRUE(pauses.empty());
}

TEST_F(Consultations, DoesNotAskAgainWhereTheFirstTookAllTheTime) {
  ModelReply reply = failed_with(Failure::late);
  reply.try_again = true;
  reply_with({reply});
  carrier.during = [this] { now += 19'700ms; };
  EXPECT_EQ(code(), Errc::timed_out);
  EXPECT_EQ(carrier.calls.size(), 1U);
}

TEST_F(Consultations, DoesNotAskAgainWhatWasAnsweredBadly) {
  reply_with({answered("I think it is the network.")});
  EXPECT_EQ(code(), Errc::corrupt);
  EXPECT_EQ(carrier.calls.size(), 1U);
  EXPECT_EQ(consultation.counts().failures.at(Failure::malformed), 1);
}

TEST_F(Consultations, TellsTheFirstFailureWhereTheBudgetForbidsASecondAttempt) {
  ledger.entries.push_back({MemoryLedger::day_of(kStart), QuestionKind::triage, "acme/shop",
                            25'000 - most_tokens(triage_of()), true});
  ModelReply reply = failed_with(Failure::unreachable);
  reply.try_again = true;
  reply_with({reply});
  EXPECT_EQ(words(), "the model gave no answer: unreachable (as told)");
  EXPECT_EQ(carrier.calls.size(), 1U);
}

TEST_F(Consultations, RemembersAnswersByTheirKey) {
  reply_with({answered(triage_text("test", R"([{"first":3,"last":4}])"))});
  const Question question = triage_of("acme/shop", "abc");
  EXPECT_EQ(consultation.ask(question)->answer.lines.size(), 1U);
  const auto again = consultation.ask(question);
  EXPECT_EQ(again->answer.choice, "test");
  EXPECT_EQ(again->model, "claude-haiku-5-5");
  EXPECT_EQ(again->tokens, 0);
  EXPECT_TRUE(again->answer.lines.empty());
  EXPECT_EQ(carrier.calls.size(), 1U);
  EXPECT_EQ(consultation.counts().remembered, 1);
}

TEST_F(Consultations, RemembersNothingWithoutAKey) {
  reply_with({answered(triage_text("test"))});
  EXPECT_TRUE(consultation.ask(triage_of()));
  EXPECT_TRUE(consultation.ask(triage_of()));
  EXPECT_EQ(carrier.calls.size(), 2U);
  EXPECT_TRUE(ledger.answers.empty());
}

TEST_F(Consultations, DoesNotBelieveAMemoryOfAnotherForm) {
  ledger.answers["abc"] = {{.choice = "sudo", .confidence = "high"}, "m"};
  reply_with({answered(triage_text("test"))});
  EXPECT_EQ(consultation.ask(triage_of("acme/shop", "abc"))->answer.choice, "test");
  ledger.answers["abc"] = {{.choice = "lint", .confidence = "high", .reason = "a\nb\x1B"}, "m\n"};
  const auto kept = consultation.ask(triage_of("acme/shop", "abc"));
  EXPECT_EQ(kept->answer.reason, "a b");
  EXPECT_EQ(kept->model, "m\\n");
}

TEST_F(Consultations, AnswersAlthoughTheAnswerCannotBeKept) {
  reply_with({answered(triage_text("test"))});
  carrier.during = [this] { ledger.is_broken = true; };
  EXPECT_TRUE(consultation.ask(triage_of("acme/shop", "abc")));
  EXPECT_FALSE(ledger.entries[0].settled);
}

TEST_F(Consultations, StopsAskingAProviderThatDoesNotAnswer) {
  reply_with({failed_with(Failure::unreachable)});
  for (int at = 0; at < 5; ++at) EXPECT_EQ(code(), Errc::unavailable);
  EXPECT_EQ(carrier.calls.size(), 3U);
  EXPECT_EQ(words(), "the model is not asked for now: unreachable");
  EXPECT_EQ(ledger.entries.size(), 3U);
  now += 30s;
  reply_with({answered(triage_text("test"))});
  EXPECT_TRUE(consultation.ask(triage_of()));
}

TEST_F(Consultations, NeverAsksAgainWithABadKey) {
  ModelReply reply = failed_with(Failure::unauthorised);
  reply.charged = false;
  reply_with({reply});
  EXPECT_EQ(code(), Errc::permission);
  now += 24h;
  EXPECT_EQ(code(), Errc::unavailable);
  EXPECT_EQ(carrier.calls.size(), 1U);
}

TEST_F(Consultations, TellsEachKindOfFailureOnceAndThatItIsOver) {
  reply_with({failed_with(Failure::refused), failed_with(Failure::refused), failed_with(Failure::cut),
              answered(triage_text("test")), answered(triage_text("test"))});
  for (int at = 0; at < 5; ++at) static_cast<void>(consultation.ask(triage_of()));
  EXPECT_EQ(events.told,
            (std::vector<std::string>{"advisor_failed failure=refused why=as told model=claude-haiku-5-5",
                                      "advisor_failed failure=cut why=as told model=claude-haiku-5-5",
                                      "advisor_restored model=claude-haiku-5-5"}));
}

TEST_F(Consultations, LogsNoDocument) {
  Question question = triage_of();
  question.document = R"({"excerpt":"PRIVATE WORDS"})";
  reply_with({answered(triage_text("test")), answered("PRIVATE")});
  EXPECT_TRUE(consultation.ask(question));
  EXPECT_FALSE(consultation.ask(question));
  for (const std::string& line : events.told) EXPECT_EQ(line.find("PRIVATE WORDS"), std::string::npos);
}

TEST_F(Consultations, ShowsOnlyPrintableWordsOfTheProvider) {
  ModelReply reply = failed_with(Failure::invalid);
  reply.words = "\x1B[2J" + std::string(5'000, 'x') + "\n";
  reply_with({reply});
  const std::string told = words();
  EXPECT_EQ(told.find('\x1B'), std::string::npos);
  EXPECT_LE(told.size(), 260U);
}

TEST(Consultation, HasNoAnswerWithoutAModel) {
  AdvisorFixture parts;
  Consultation none{{parts.wire, parts.carrier, parts.ledger, parts.events, [] { return kStart; }}, {}, {}};
  EXPECT_EQ(none.ask(triage_of()).error().code, Errc::unavailable);
  EXPECT_TRUE(parts.ledger.entries.empty());
}

TEST(Consultation, AsksAgainAtOnceWhereItCannotWait) {
  AdvisorFixture parts;
  Consultation impatient{
      {parts.wire, parts.carrier, parts.ledger, parts.events, [] { return kStart; }}, {}, {"m", "m", "m"}};
  ModelReply reply = failed_with(Failure::unreachable);
  reply.try_again = true;
  parts.reply_with({reply});
  EXPECT_FALSE(impatient.ask(triage_of()));
  EXPECT_EQ(parts.carrier.calls.size(), 2U);
  reply.wait = std::chrono::seconds{1};
  parts.reply_with({reply});
  EXPECT_FALSE(impatient.ask(triage_of()));
  EXPECT_EQ(parts.carrier.calls.size(), 3U);
}

}  // namespace
}  // namespace runneriq::advisor
