// The variables of a job in a configuration.
#include "config/yaml/ci_config_document.hpp"
#include "gitlab/ci_config.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace runneriq::gitlab {
namespace {

std::string variable_of(const std::string& text, const std::string& job = "a") {
  auto root = config::parse_ci_config(text);
  EXPECT_TRUE(root) << (root ? "" : root.error().message);
  if (!root) return "?";
  return CiConfig{*root}.variable_of(job, "D").value_or("-");
}

TEST(CiVariables, AreFoundAsGitLabMergesThem) {
  struct Row {
    std::string name, text, value;
  };
  const std::string file =
      "variables: {D: file}\n.t: {variables: {D: t}}\n.u: {variables: {D: u}}\n"
      ".e: {variables: {E: e}}\n.v: {extends: .t}\n.m: &m {variables: {D: m}}\n"
      ".loop: {extends: .loop}\n";
  const std::vector<Row> rows{
      {"of the job", "a: {script: x, variables: {D: job}}", "job"},
      {"of the job before a template's", "a: {extends: .t, variables: {D: job}}", "job"},
      {"beside others of the job", "a: {extends: .t, variables: {E: e}}", "t"},
      {"through two templates", "a: {extends: .v}", "t"},
      {"of the last template", "a: {extends: [.t, .u]}", "u"},
      {"of the last template that has it", "a: {extends: [.t, .e]}", "t"},
      {"merged in", "a: {<<: *m, script: x}", "m"},
      {"of the file", "a: {script: x}", "file"},
      {"of a file whose variables are not taken", "a: {script: x, inherit: {variables: false}}", "-"},
      {"of a file of which others are taken", "a: {script: x, inherit: {variables: [E]}}", "-"},
      {"of a file of which it is taken", "a: {script: x, inherit: {variables: [E, D]}}", "file"},
      {"with a description", "a: {variables: {D: {value: v, description: d}}}", "v"},
      {"without a value", "a: {variables: {D: {description: d}}}", "-"},
      {"empty", "a: {variables: {D: \"\"}}", ""},
      {"in a circle", "a: {extends: .loop}", "file"},
      {"of no such job", "b: {script: x}", "-"},
  };
  for (const Row& row : rows) EXPECT_EQ(variable_of(file + row.text), row.value) << row.name;
}

}  // namespace
}  // namespace runneriq::gitlab
