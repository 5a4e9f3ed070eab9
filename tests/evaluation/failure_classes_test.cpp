// The class of failed logs against what people said of them from the labelled lines alone. The rules were
// made with the tuning part; the check part tells how well they do on other projects.
#include "tests/evaluation/failure_classes.hpp"

#include "tests/evaluation/log_chunks.hpp"
#include "tests/evaluation/recordings.hpp"

#include <gtest/gtest.h>

#include <iostream>

namespace runneriq::evaluation {
namespace {

constexpr double kLeastDefensible = 0.70;  // of all logs of a part, by rules alone
constexpr double kLeastOfSure = 0.75;      // of those that need no model
constexpr double kMostUnsure = 0.20;

class FailureClasses : public WithRecordings {
 protected:
  void SetUp() override {
    skip_without({kLogChunks});
    if (!IsSkipped() && class_labels().empty()) GTEST_SKIP() << "failure_classes.tsv is not there";
  }
};

std::map<Part, ClassScores> scores() {
  diagnosis::RuleBook rules;
  const std::map<std::string, ClassLabel> labels = class_labels();
  std::map<Part, ClassScores> scores;
  for (const LabelledLog& log : log_chunks()) {
    const auto label = labels.find(log.name);
    if (label == labels.end()) continue;
    const diagnosis::ReadLog read = diagnosis::read_log(log.raw, rules);
    scores[log.part].add(label->second, diagnosis::class_of(read, diagnosis::root_cause_of(read)));
  }
  return scores;
}

TEST_F(FailureClasses, AreToldAsPeopleTellThem) {
  const auto by_part = scores();
  ASSERT_FALSE(by_part.empty());
  for (const auto& [part, score] : by_part) {
    const std::string name = part == Part::tuning ? "tuning part" : "check part";
    std::cout << name << ": " << score.report() << '\n';
    EXPECT_GE(score.defensible(), kLeastDefensible) << name;
    EXPECT_GE(score.defensible_of_sure(), kLeastOfSure) << name;
    EXPECT_LE(score.unsure(), kMostUnsure) << name;
  }
}

}  // namespace
}  // namespace runneriq::evaluation
