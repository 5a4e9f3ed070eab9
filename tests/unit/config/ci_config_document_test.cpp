#include "config/yaml/ci_config_document.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace runneriq::config {
namespace {

TEST(CiConfigDocument, RefusesWithTheLine) {
  std::string deep = "a: ";
  for (int level = 0; level < 70; ++level) deep += "[";
  deep += std::string(70, ']') + "\n";
  std::string many = "a:\n";
  for (int value = 0; value < 100'001; ++value) many += "- x\n";
  const std::vector<std::pair<std::string, std::string>> rows{
      {"a: [x\n", "line "},
      {"a: b\nc: \"d\n", "line 2: the quote that opens here is never closed"},
      {"a:\n\tb: c\n", "line 2: a tab indents this line"},
      {"a:\n  b: c\n  \td: e\n", "line 3: a tab indents this line"},
      {"a: \xFF\n", "line 1: a byte here is no text"},
      {"- a\n", "line 1: a CI configuration is a mapping"},
      {"", "the file is empty"},
      {"# nothing\n", "the file is empty"},
      {"a: b\n---\nc: d\n", "a second document begins here"},
      {"spec:\n---\na: b\n---\nc: d\n", "a third document begins here"},
      {"? [a]\n: b\n", "in the place of a key"},
      {"a: *nobody\n", "line 1"},
      {deep, "deeper than 64 levels"},
      {many, "more than 100,000 values"},
      {std::string(std::size_t{3} << 20, 'a'), "larger than 2 MiB"},
  };
  for (const auto& [text, words] : rows) {
    SCOPED_TRACE(text.substr(0, 60));
    const auto root = parse_ci_config(text);
    ASSERT_FALSE(root);
    EXPECT_NE(root.error().message.find(words), std::string::npos) << root.error().message;
  }
}

TEST(CiConfigDocument, KeepsPlacesTagsAndAliases) {
  const std::string text = "a: &x [1, \"2\"]\nb: *x\nc: !reference [a, b]\nd:\n";
  const auto root = parse_ci_config(text);
  ASSERT_TRUE(root) << root.error().message;
  using Kind = gitlab::CiNode::Kind;
  EXPECT_EQ(root->items[0].at, text.find("&x"));
  EXPECT_TRUE(root->items[0].flow);
  EXPECT_FALSE(root->items[0].items[0].quoted);
  EXPECT_TRUE(root->items[0].items[1].quoted);
  EXPECT_EQ(root->items[1].kind, Kind::alias);
  EXPECT_EQ(root->items[1].anchor, root->items[0].anchor);
  EXPECT_EQ(root->items[2].tag, "!reference");
  EXPECT_EQ(root->items[3].kind, Kind::nothing);
  EXPECT_EQ(root->keys[3].line, 4);
}

TEST(CiConfigDocument, ManyAliasesOfAliasesStaySmall) {
  std::string bomb = "a0: &a0 [x, x]\n";
  for (int level = 1; level < 40; ++level) {
    const std::string below = "*a" + std::to_string(level - 1);
    bomb +=
        "a" + std::to_string(level) + ": &a" + std::to_string(level) + " [" + below + ", " + below + "]\n";
  }
  std::string extended = ".b39: {script: x}\n", merged = ".m0: &m0 {script: x}\n";
  for (int level = 38; level >= 0; --level) {
    const std::string below = ".b" + std::to_string(level + 1);
    extended += ".b" + std::to_string(level) + ": {extends: [" + below + ", " + below + ", " + below + "]}\n";
  }
  for (int level = 1; level < 40; ++level) {
    const std::string number = std::to_string(level), below = "*m" + std::to_string(level - 1);
    merged += ".m" + number + ": &m" + number + " {<<: [" + below + ", " + below + ", " + below + "]}\n";
  }
  const auto root =
      parse_ci_config(bomb + extended + merged +
                      "one:\n  tags: *a39\n  script: x\ntwo:\n  extends: .b0\nthree:\n  <<: *m39\n");
  ASSERT_TRUE(root) << root.error().message;
  const gitlab::CiConfig config{*root};
  ASSERT_EQ(config.jobs().size(), 3U);
  EXPECT_LE(config.jobs().front().tags.words.size(), 1000U);
}

TEST(CiConfigDocument, LetsTabsStandInLiteralText) {
  EXPECT_TRUE(parse_ci_config("a:\n  script:\n    - |\n      x\n      \ty\n  stage: z\n"));
  EXPECT_FALSE(parse_ci_config("a:\n  script: |\n      x\n  stage: z\n\tb: c\n"));
}

}  // namespace
}  // namespace runneriq::config
