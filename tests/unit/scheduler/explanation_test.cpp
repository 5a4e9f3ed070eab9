#include "scheduler/explanation.hpp"

#include "core/utf8.hpp"
#include "scheduler/analyzer.hpp"

#include <gtest/gtest.h>

namespace runneriq::scheduler {
namespace {

Priority priority_of(double score, JobClass job_class, std::vector<Factor> factors = {}) {
  Priority priority;
  priority.score = score;
  priority.job_class = job_class;
  priority.factors = std::move(factors);
  return priority;
}

TEST(Explanation, NamesScoreClassAndEveryFactorWithItsPoints) {
  const Priority priority = priority_of(95, JobClass::critical,
                                        {{"branch", "hotfix/x matches hotfix/* (95)", 38},
                                         {"role", "role unknown (50)", 10},
                                         {"allow_failure", "may fail without harm", -10.5}});
  EXPECT_EQ(
      describe(priority),
      "priority 95.0 CRITICAL: branch 38.0 (hotfix/x matches hotfix/* (95)), role 10.0 (role unknown (50)), "
      "allow_failure -10.5 (may fail without harm)");
}

TEST(Explanation, NeedsNoFactor) {
  EXPECT_EQ(describe(priority_of(40.26, JobClass::low)), "priority 40.3 LOW");
}

TEST(Explanation, TheClassIsTheGrantedOneNotTheScores) {
  EXPECT_TRUE(describe(priority_of(10, JobClass::high)).starts_with("priority 10.0 HIGH"));
}

TEST(Explanation, TextOfTheJobIsEscaped) {
  for (const std::string reason :
       {"main\nRunnerIQ: admitted", "\x1B[2J", "/close", "\xFF\xC3", "\u202Egnp"}) {
    const std::string sentence = describe(priority_of(10, JobClass::low, {{"branch", reason, 1}}));
    EXPECT_EQ(sentence.find_first_of("\n\r\x1B"), std::string::npos) << sentence;
    EXPECT_EQ(sentence.find("(/close"), std::string::npos) << sentence;
    EXPECT_TRUE(is_utf8(sentence)) << sentence;
    EXPECT_EQ(sentence.find("\u202E"), std::string::npos) << sentence;
  }
}

TEST(Explanation, StaysReadableWhateverTheJobIsCalled) {
  JobFacts job;
  job.name = std::string(100'000, 'x');
  job.ref = std::string(100'000, 'y');
  job.labels = {"priority::" + std::string(100'000, 'z')};
  EXPECT_LT(describe(analyze(job, PriorityRules::defaults())).size(), 1000U);
}

}  // namespace
}  // namespace runneriq::scheduler
