// The budget's law: whatever providers answer and wherever the program dies, what is settled and what is
// reserved stay within the day's tokens, those of tie-breaks and those of each project.
#include "advisor/consultation.hpp"
#include "tests/support/advisor_fakes.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <memory>
#include <random>
#include <string>

namespace runneriq::advisor {
namespace {

struct Death {};

// Dies before or after the reserve, before or after the settlement.
class MortalLedger final : public BudgetLedger {
 public:
  Result<std::int64_t> reserve(const BudgetTerms& terms, const Question& question, std::int64_t tokens,
                               Time now) override {
    die_at(0);
    auto reserve = kept.reserve(terms, question, tokens, now);
    die_at(1);
    return reserve;
  }
  Result<void> settle(std::int64_t reserve, std::int64_t tokens) override {
    die_at(3);
    auto settled = kept.settle(reserve, tokens);
    die_at(4);
    return settled;
  }
  Result<DayUse> use(Time now, std::string_view project) override { return kept.use(now, project); }
  Result<std::optional<Remembered>> remembered(const Question& question, Time now) override {
    return kept.remembered(question, now);
  }
  Result<void> remember(const Question& question, const Remembered& answer, Time now) override {
    return kept.remember(question, answer, now);
  }
  void die_at(int point) const {
    if (point == death) throw Death{};
  }
  MemoryLedger kept;
  int death = -1;
};

class BudgetLaws : public testing::TestWithParam<unsigned> {
 protected:
  int up_to(int most) { return std::uniform_int_distribution<int>{0, most}(random_); }

  // Any outcome; an honest provider counts no more than was reserved.
  ModelReply any_reply(std::int64_t most) {
    ModelReply reply =
        up_to(1) == 0 ? answered(triage_text("test")) : failed_with(static_cast<Failure>(up_to(13)));
    if (up_to(9) == 0) reply = answered("nonsense");
    reply.usage.reset();
    if (up_to(2) > 0) {
      const std::int64_t input = std::uniform_int_distribution<std::int64_t>{0, most}(random_);
      reply.usage = Usage{.input = input, .output = (most - input) * up_to(10) / 10};
    }
    reply.charged = up_to(3) > 0;
    reply.try_again = up_to(1) == 0;
    if (up_to(3) == 0) reply.wait = Duration{up_to(30'000)};
    return reply;
  }
  Question any_question() {
    Question question = triage_of("project-" + std::to_string(up_to(2)));
    if (up_to(2) == 0) question = {.kind = QuestionKind::tie_break};
    question.document = std::string(static_cast<std::size_t>(up_to(9'000)), 'x');
    return question;
  }
  std::mt19937 random_{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Seeds, BudgetLaws, testing::Range(1U, 81U));

void expect_within(const MemoryLedger& ledger, const BudgetTerms& terms) {
  std::map<std::int64_t, std::int64_t> by_day, tie_breaks;
  std::map<std::pair<std::int64_t, std::string>, std::int64_t> by_project;
  for (const MemoryLedger::Entry& entry : ledger.entries) {
    by_day[entry.day] += entry.tokens;
    if (entry.kind == QuestionKind::tie_break)
      tie_breaks[entry.day] += entry.tokens;
    else
      by_project[{entry.day, entry.project}] += entry.tokens;
  }
  const auto daily = static_cast<double>(terms.daily_tokens);
  for (const auto& [day, tokens] : by_day) EXPECT_LE(tokens, terms.daily_tokens);
  for (const auto& [day, tokens] : tie_breaks)
    EXPECT_LE(static_cast<double>(tokens), daily * terms.tie_break_share);
  for (const auto& [of, tokens] : by_project)
    EXPECT_LE(static_cast<double>(tokens), daily * terms.project_share);
}

TEST_P(BudgetLaws, SettledAndReservedStayWithinTheBudgetWhereverTheProgramDies) {
  const BudgetTerms terms{.daily_tokens = 60'000 + up_to(60'000),
                          .project_share = 0.3 + up_to(7) / 10.0,
                          .tie_break_share = 0.3 + up_to(7) / 10.0};
  MortalLedger ledger;
  AdvisorFixture parts;
  int answers = 0;
  for (int life = 0; life < 12; ++life) {
    Consultation consultation{{parts.wire, parts.carrier, ledger, parts.events, [&] { return parts.now; },
                               [&](Time when) { parts.now = std::max(parts.now, when); }},
                              terms,
                              {"m", "m", "m"}};
    for (int step = 0; step < 12; ++step) {
      const Question question = any_question();
      ledger.death = up_to(40);
      parts.wire.judged = [&](const WireReply&) { return any_reply(most_tokens(question)); };
      parts.carrier.during = [&] {
        parts.now += Duration{up_to(4'000)};
        ledger.die_at(2);
      };
      const std::size_t calls = parts.carrier.calls.size();
      const Time begun = parts.now;
      try {
        answers += consultation.ask(question) ? 1 : 0;
      } catch (const Death&) {
        step = 12;
      }
      expect_within(ledger.kept, terms);
      EXPECT_LE(parts.carrier.calls.size() - calls, 2U);
      for (std::size_t at = calls; at < parts.carrier.deadlines.size(); ++at) {
        EXPECT_EQ(parts.carrier.deadlines[at], begun + form_of(question.kind).limit);
      }
      if (up_to(20) == 0) parts.now += std::chrono::hours{9};
    }
  }
  EXPECT_GT(ledger.kept.entries.size(), 0U);
  EXPECT_GE(answers, 0);
}

TEST_P(BudgetLaws, NothingMoreIsReservedOnceALyingProviderHasOverspent) {
  const BudgetTerms terms{.daily_tokens = 30'000, .project_share = 1};
  AdvisorFixture parts{terms};
  parts.wire.judged = [&](const WireReply&) {
    return answered(triage_text("test"), Usage{.input = up_to(100'000), .output = up_to(100'000)});
  };
  for (int step = 0; step < 60; ++step) {
    const DayUse before = *parts.ledger.use(parts.now, "");
    const std::size_t calls = parts.carrier.calls.size();
    static_cast<void>(parts.consultation.ask(any_question()));
    if (parts.carrier.calls.size() == calls) continue;
    EXPECT_LT(before.spent, terms.daily_tokens);
  }
}

}  // namespace
}  // namespace runneriq::advisor
