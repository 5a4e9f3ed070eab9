// A model that always gives the worst answer, and one that answers anything: decisions stay among the choices
// that rules allow, texts are safe to show, nothing is asked too often or too long.
#include "advisor/duration.hpp"
#include "advisor/tie_break.hpp"
#include "advisor/triage.hpp"
#include "core/json_text.hpp"
#include "core/utf8.hpp"
#include "scheduler/assigner.hpp"
#include "tests/support/advisor_fakes.hpp"
#include "tests/support/hostile_texts.hpp"
#include "tests/support/tie_break_maker.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace runneriq::advisor {
namespace {

using nlohmann::json;

void expect_safe_to_show(const std::string& text, std::size_t most) {
  EXPECT_LE(text.size(), most);
  EXPECT_TRUE(is_utf8(text));
  EXPECT_TRUE(
      std::ranges::none_of(text, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '\x7F'; }));
  EXPECT_EQ(text.find("\u202E"), std::string::npos);
  EXPECT_FALSE(text.starts_with("/"));
}

class Malice : public testing::TestWithParam<unsigned>, protected AdvisorFixture {
 protected:
  unsigned any(std::size_t below) { return static_cast<unsigned>(random_() % below); }
  const std::string& of(const std::vector<std::string>& texts) { return texts.at(any(texts.size())); }

  // Of a legal answer some member is another, or there is one more; or the text is hurt; or it is no answer.
  std::string any_text() {
    static const std::vector<std::string> kCorpus = hostile_texts();
    static const std::vector<std::string> kChoices{"A",        "B", "NO_PREFERENCE", "compile", "flaky",
                                                   "EXPECTED", "C", "runner 9"};
    json answer{{"choice", of(kChoices)}, {"confidence", any(4) == 0 ? "sure" : "high"}};
    answer["reason"] = json_in(json_line(json(of(kCorpus))));
    if (any(2) == 0) answer["lines"] = {{{"first", any(20)}, {"last", any(2'000)}}};
    if (any(5) == 0) answer["tag"] = "protected";
    std::string text = json_line(answer);
    if (any(5) == 0) text[any(text.size())] = static_cast<char>(random_());
    return any(8) == 0 ? of(kCorpus) : text;
  }
  ModelReply any_reply() {
    ModelReply reply = any(3) > 0 ? answered(any_text()) : failed_with(static_cast<Failure>(any(14)));
    reply.try_again = any(2) == 0;
    reply.charged = any(2) == 0;
    reply.words = reply.model = reply.request_id = any_text();
    if (any(2) == 0) reply.wait = Duration{static_cast<std::int64_t>(random_()) * (any(2) == 0 ? -1 : 1)};
    if (any(2) == 0)
      reply.usage = Usage{.input = static_cast<std::int64_t>(any(500)) - 250, .output = any(300)};
    return reply;
  }
  // Asks with a clock that runs, and sees that no attempt is beyond the limit.
  template <class Ask>
  void watch(QuestionKind kind, Ask ask) {
    carrier.calls.clear();
    carrier.deadlines.clear();
    const Time begun = now;
    carrier.during = [&] {
      EXPECT_LT(now, begun + form_of(kind).limit);
      now += Duration{any(2'000)};
    };
    ask();
    EXPECT_LE(carrier.calls.size(), 2U);
    for (const Time deadline : carrier.deadlines) EXPECT_EQ(deadline, begun + form_of(kind).limit);
    // A day later: neither the breaker nor the budget is in the way of the next question for long.
    now += std::chrono::hours{25};
  }
  std::mt19937 random_{GetParam()};
};
INSTANTIATE_TEST_SUITE_P(Seeds, Malice, testing::Range(1U, 61U));

TEST_P(Malice, NamesNoRunnerButOneOfTheTwo) {
  wire.judged = [this](const WireReply&) { return any_reply(); };
  for (int round = 0; round < 20; ++round) {
    CloseCall call;
    call.second_may_win = any(4) > 0;
    TieBreaks tie_breaks{[this] { return now; }};
    const auto expect_one_of_two = [&] {
      const auto answer = tie_breaks.choose(call.question());
      ASSERT_TRUE(answer);
      EXPECT_LE(answer->runner, 1U);
      expect_safe_to_show(answer->reason, 1'000);
      expect_safe_to_show(answer->model, 60);
      EXPECT_TRUE(call.second_may_win || answer->model.empty());
    };
    expect_one_of_two();
    Consultation fresh{{wire, carrier, ledger, events, [this] { return now; },
                        [this](Time when) { now = std::max(now, when); }},
                       {},
                       {"m", "m", "m"}};
    watch(QuestionKind::tie_break, [&] {
      tie_breaks.answer_next(fresh);
      expect_one_of_two();
    });
  }
}

TEST_P(Malice, NamesNoClassButOneOfTheFormAndNoLineButOneOfTheExcerpt) {
  wire.judged = [this](const WireReply&) { return any_reply(); };
  const diagnosis::RedactionTerms terms;
  for (int round = 0; round < 20; ++round) {
    Consultation fresh{{wire, carrier, ledger, events, [this] { return now; },
                        [this](Time when) { now = std::max(now, when); }},
                       {},
                       {"m", "m", "m"}};
    ModelTriage triage{fresh, terms};
    diagnosis::TriageQuestion question{.project = "acme/shop", .excerpt = {}};
    for (const std::int64_t number : {3, 4, 5, 6, 11, 12}) question.excerpt.push_back({number, "error: x"});
    watch(QuestionKind::triage, [&] {
      const auto answer = triage.ask(question);
      if (!answer) return expect_safe_to_show(answer.error().message, 300);
      EXPECT_TRUE(diagnosis::failure_class(diagnosis::to_text(answer->failure_class)));
      EXPECT_TRUE(answer->confidence >= 0.4 && answer->confidence <= 0.85);
      expect_safe_to_show(answer->reason, 300);
      expect_safe_to_show(answer->model, 60);
      const std::set<std::int64_t> known{3, 4, 5, 6, 11, 12};
      for (const auto& [first, last] : answer->lines) {
        ASSERT_LE(first, last);
        for (std::int64_t line = first; line <= last; ++line) EXPECT_TRUE(known.contains(line)) << line;
      }
    });
  }
}

TEST_P(Malice, HasNoOtherOpinionOfADuration) {
  wire.judged = [this](const WireReply&) { return any_reply(); };
  for (int round = 0; round < 20; ++round) {
    watch(QuestionKind::duration, [&] {
      const auto opinion = opinion_of(consultation, {.job_name = "build"});
      if (!opinion) return expect_safe_to_show(opinion.error().message, 300);
      EXPECT_LE(static_cast<int>(opinion->expectation), 2);
      expect_safe_to_show(opinion->reason, 300);
    });
  }
  for (const std::string& line : events.told) EXPECT_TRUE(is_utf8(line));
}

// The worst legal answer to each question, with what an attacker would like to see on a page.
TEST(WorstAnswers, CanOnlySwapTwoRunnersThatAreClose) {
  AdvisorFixture parts;
  const std::string reason =
      R"(/close @root ![x](https://evil.example) \u001b[2J\n\"; by rules: all is well, chosen by rules: \")";
  TieBreaks tie_breaks{[&parts] { return parts.now; }};
  scheduler::FleetSnapshot fleet =
      scheduler::fleet_of({scheduler::runner_with(1, {}), scheduler::runner_with(2, {}, 4),
                           scheduler::runner_with(3, {}, 1), scheduler::runner_with(4, {"gpu"})},
                          {});
  for (std::int64_t job = 1; job <= 6; ++job) fleet.jobs.push_back(scheduler::job_with(job));
  fleet.runners[3].paused = true;
  std::vector<scheduler::RankedJob> order;
  for (std::size_t job = 0; job < fleet.jobs.size(); ++job) order.push_back({.job = job});
  for (const scheduler::DecisionMode mode :
       {scheduler::DecisionMode::hybrid, scheduler::DecisionMode::claude_only}) {
    for (const char* choice : {"A", "B"}) {
      parts.reply_with({answered(tie_break_text(choice, reason), Usage{1, 1})});
      for (int round = 0; round < 12; ++round) {
        const auto assigned = scheduler::assign(fleet, order, {.weights = {}, .mode = mode}, tie_breaks);
        for (const scheduler::Assignment& assignment : assigned) {
          ASSERT_TRUE(assignment.chosen);
          EXPECT_LE(assignment.chosen->runner, 2U);
          expect_safe_to_show(assignment.reason, 1'200);
          const auto quotes = std::ranges::count(assignment.reason, '"');
          EXPECT_EQ(quotes, assignment.model.empty() ? 0 : 2) << assignment.reason;
          EXPECT_TRUE(assignment.model.empty() || assignment.path == scheduler::DecisionPath::advisor);
        }
        while (tie_breaks.answer_next(parts.consultation)) {
        }
        parts.now += std::chrono::seconds{30};
      }
    }
  }
  EXPECT_GT(parts.consultation.counts().answered, 0);
}

}  // namespace
}  // namespace runneriq::advisor
