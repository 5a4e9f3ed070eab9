#include "alerting/labels.hpp"

#include <gtest/gtest.h>

#include <map>
#include <string>

namespace runneriq::alerting {
namespace {

Classified classified() {
  Classified of;
  of.event.kind_word = "runner_online";
  of.event.kind = EventKind::runner;
  of.event.gitlab = "https://gitlab.example.com";
  of.event.project = "acme/shop";
  of.event.ref = "refs/merge-requests/3/head";
  of.event.sha = "ab12";
  of.event.pipeline_id = 9'223'372'036'854'775'807;
  of.event.name = "unit";
  of.event.stage = "test";
  of.event.allow_failure = true;
  of.event.failure_reason = "script_failure";
  of.event.source = "push";
  of.event.runner = "r-1";
  of.event.user = "anna";
  of.job_class = scheduler::JobClass::high;
  of.severity = Severity::critical;
  of.signature = "0123456789abcdef";
  of.on_default_branch = true;
  return of;
}

TEST(Labels, HaveTheirValues) {
  const std::map<std::string, std::string> expected{{"project", "acme/shop"},
                                                    {"ref", "refs/merge-requests/3/head"},
                                                    {"stage", "test"},
                                                    {"job", "unit"},
                                                    {"name", "unit"},
                                                    {"source", "push"},
                                                    {"failure_reason", "script_failure"},
                                                    {"allow_failure", "true"},
                                                    {"class", "HIGH"},
                                                    {"user", "anna"},
                                                    {"kind", "runner_offline"},
                                                    {"runner", "r-1"},
                                                    {"severity", "critical"},
                                                    {"signature", "0123456789abcdef"},
                                                    {"sha", "ab12"},
                                                    {"pipeline", "9223372036854775807"},
                                                    {"gitlab", "https://gitlab.example.com"},
                                                    {"merge_request", "true"},
                                                    {"default_branch", "true"}};
  const Classified of = classified();
  const LabelValues values{of};
  ASSERT_EQ(expected.size(), kLabelCount + 1);  // "name" is "job"
  for (const auto& [name, value] : expected) {
    const auto label = label_of(name);
    ASSERT_TRUE(label) << name;
    EXPECT_EQ(values[*label], value) << name;
  }
}

TEST(Labels, ReadBackAsThemselves) {
  for (std::size_t i = 0; i < kLabelCount; ++i) {
    const auto label = static_cast<Label>(i);
    EXPECT_EQ(label_of(to_text(label)), label);
  }
  for (const std::string_view unknown : {"", "Project", "job_class", "projects"})
    EXPECT_FALSE(label_of(unknown));
}

TEST(Labels, OfWhatIsNotToldAreEmpty) {
  const Classified nothing;
  const LabelValues values{nothing};
  for (const Label label : {Label::project, Label::ref, Label::pipeline, Label::signature, Label::user})
    EXPECT_EQ(values[label], "");
  EXPECT_EQ(values[Label::allow_failure], "false");
  EXPECT_EQ(values[Label::merge_request], "false");
  EXPECT_EQ(values[Label::kind], "job");
}

TEST(Labels, OfAKindThatIsNotKnownIsItsWord) {
  Classified of;
  of.event.kind = EventKind::other;
  EXPECT_EQ(LabelValues{of}[Label::kind], "other");
  of.event.kind_word = "disk_full";
  EXPECT_EQ(LabelValues{of}[Label::kind], "disk_full");
}

TEST(Labels, KnowTheNearest) {
  const auto nearest = [](std::string_view name) {
    const auto label = nearest_label(name);
    return label ? to_text(*label) : "";
  };
  EXPECT_EQ(nearest("projekt"), "project");
  EXPECT_EQ(nearest("severty"), "severity");
  EXPECT_EQ(nearest("jobs"), "job");
  EXPECT_EQ(nearest("Class"), "class");
  EXPECT_EQ(nearest("branch"), "");
  EXPECT_EQ(nearest(""), "");
  EXPECT_EQ(nearest("xy"), "");
  EXPECT_EQ(nearest(std::string(10'000, 'a')), "");
}

}  // namespace
}  // namespace runneriq::alerting
