#include "gitlab/ci_config.hpp"

#include "config/yaml/ci_config_document.hpp"
#include "core/joined.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace runneriq::gitlab {
namespace {

CiConfig config_of(std::string_view text) {
  auto root = config::parse_ci_config(text);
  EXPECT_TRUE(root) << (root ? "" : root.error().message);
  return CiConfig{root ? *root : CiNode{}};
}

TEST(CiConfig, KnowsWhichKeysAreJobs) {
  const CiConfig config = config_of(
      "stages: [x]\nimage: y\nvariables: {A: b}\n.base: {script: x}\na: {script: x}\nb: {trigger: g/p}\n"
      ".t: {trigger: g/p}\nc: {extends: .t}\nd: scalar\npages: {script: x}\ninclude: z\n");
  std::vector<std::string> names;
  for (const CiJob& job : config.jobs()) names.push_back(job.name);
  EXPECT_EQ(joined(names, " "), "a pages");
  EXPECT_TRUE(config.includes());
}

TEST(CiConfig, FindsTheTagsOfAJobAsGitLabDoes) {
  struct Row {
    std::string job, tags;
    CiTags::From from;
  };
  using From = CiTags::From;
  const std::string head =
      "default: {tags: [d]}\n.t: {tags: [t]}\n.u: {tags: [u]}\n.v: {extends: .t}\n.m: &m {tags: [m]}\n"
      ".loop: {extends: .loop}\n.list: &l [l]\n";
  const std::vector<Row> rows{
      {"{script: x}", "d", From::defaults},
      {"{tags: [a]}", "a", From::job},
      {"{tags: []}", "", From::job},
      {"{tags: }", "d", From::defaults},
      {"{extends: .t}", "t", From::base},
      {"{extends: [.t, .u]}", "u", From::base},
      {"{extends: .v}", "t", From::base},
      {"{extends: .t, tags: [a]}", "a", From::job},
      {"{<<: *m, extends: .t}", "m", From::job},
      {"{<<: *m, tags: [a]}", "a", From::job},
      {"{inherit: {default: false}}", "", From::nowhere},
      {"{inherit: {default: [image]}}", "", From::nowhere},
      {"{inherit: {default: [tags]}}", "d", From::defaults},
      {"{inherit: {variables: false}}", "d", From::defaults},
      {"{tags: *l}", "l", From::job},
      {"{tags: [*l, a]}", "l a", From::job},
      {"{tags: !reference [.t, tags]}", "t", From::job},
      {"{tags: !reference [.far, tags]}", "", From::elsewhere},
      {"{extends: .far, inherit: {default: false}}", "", From::elsewhere},
      {"{extends: .loop}", "d", From::defaults},
  };
  for (const Row& row : rows) {
    SCOPED_TRACE(row.job);
    const CiConfig config = config_of(head + "a: " + row.job + "\n");
    ASSERT_EQ(config.jobs().size(), 1U);
    EXPECT_EQ(joined(config.jobs().front().tags.words, " "), row.tags);
    EXPECT_EQ(config.jobs().front().tags.from, row.from);
  }
}

TEST(CiConfig, ReadsWhatTheAnalyzerAsks) {
  const CiConfig config = config_of(
      ".m: {when: manual, stage: deploy}\na: {extends: .m, allow_failure: true, rules: [{if: $A, variables: "
      "{B: c}}], "
      "parallel: {matrix: [{P: [x]}]}}\n");
  const CiJob& job = config.jobs().front();
  EXPECT_TRUE(job.manual);
  EXPECT_TRUE(job.allow_failure);
  EXPECT_EQ(job.stage, "deploy");
  EXPECT_EQ(joined(job.rule_variables, " "), "B");
  EXPECT_EQ(joined(job.needs_matrix, " "), "P");
}

}  // namespace
}  // namespace runneriq::gitlab
