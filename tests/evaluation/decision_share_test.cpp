// How many failures need a model, and what that costs a day: on real failed logs, with the question as it
// would be sent, but sent nowhere.
#include "advisor/budget.hpp"
#include "advisor/models.hpp"
#include "advisor/triage.hpp"
#include "diagnosis/diagnosis.hpp"
#include "tests/evaluation/log_chunks.hpp"
#include "tests/evaluation/recordings.hpp"

#include <gtest/gtest.h>

#include <cstdio>
#include <set>

namespace runneriq::evaluation {
namespace {

constexpr double kMostAsked = 0.15;  // of all failures, by the specification
constexpr double kFailuresADay = 100;
constexpr double kBytesPerToken = 3.5;  // of logs in English; a tokenizer may differ by a third
constexpr double kAnswerTokens = 200;

class DecisionShare : public WithRecordings {
 protected:
  void SetUp() override { skip_without({kLogChunks}); }
};

struct Share {
  double logs = 0, asked = 0, bytes = 0, reserved = 0;
  std::set<std::string> keys;

  void add(const diagnosis::TriageQuestion& question) {
    const advisor::Question sent =
        advisor::triage_question(question, {.personal = diagnosis::RedactionTerms::Personal::redact});
    const advisor::QuestionForm& form = advisor::form_of(sent.kind);
    ++asked;
    bytes += static_cast<double>(sent.document.size() + form.instructions.size() + form.schema.size());
    reserved += static_cast<double>(advisor::most_tokens(sent));
    keys.insert(sent.key);
  }
};

Share measured() {
  diagnosis::RuleBook rules;
  Share share;
  for (const LabelledLog& log : log_chunks()) {
    ++share.logs;
    const diagnosis::ReadLog read = diagnosis::read_log(log.raw, rules);
    (void)diagnosis::diagnose(
        read, {.job = {.project = log.project},
               .on_question = [&share](const diagnosis::TriageQuestion& question) { share.add(question); }});
  }
  return share;
}

TEST_F(DecisionShare, IsSmallAndCheap) {
  const Share share = measured();
  ASSERT_GT(share.asked, 0);
  const double part = share.asked / share.logs;
  const double tokens_in = share.bytes / share.asked / kBytesPerToken;
  const double a_day = kFailuresADay * part;
  const advisor::Model model = *advisor::known_model(advisor::kDefaultModel);
  const double dollars =
      a_day * (tokens_in * model.dollars_in + kAnswerTokens * model.dollars_out) / 1'000'000;
  std::printf("%.0f logs, a model is asked about %.1f %% (%zu different questions)\n", share.logs, part * 100,
              share.keys.size());
  std::printf("a question: about %.0f tokens in, %.0f out; reserved before it is sent: %.0f\n", tokens_in,
              kAnswerTokens, share.reserved / share.asked);
  std::printf("%.0f failures a day: %.1f questions, about %.0f tokens, %.4f dollars (%.*s)\n", kFailuresADay,
              a_day, a_day * (tokens_in + kAnswerTokens), dollars, static_cast<int>(model.id.size()),
              model.id.data());
  EXPECT_LE(part, kMostAsked);
}

}  // namespace
}  // namespace runneriq::evaluation
