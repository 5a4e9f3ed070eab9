#include "blocks_of_text.hpp"

namespace runneriq::diagnosis {
namespace {

constexpr ExpectedBlock kBlocks[] = {
    {"eslint .\n\n/b/src/a.js\n  1:5  error  'x' is not defined  no-undef\n  2:7  error  Missing semicolon  "
     "semi\n\n\n"
     "\xE2\x9C\x96 2 problems (2 errors, 0 warnings)\n",
     "eslint", 3, 5},
    {"stylelint\n\na.css\n  3:5  \xE2\x9C\x96  Unexpected unit  unit-whitelist\n\nnext\n", "stylelint", 3, 4},
    {"rubocop\nlib/a.rb:3:81: C: Metrics/LineLength: Line is too long. [90/80]\nx = 1\n^^^^^\nnext\n",
     "rubocop", 2, 4},
    {"flake8\na.py:1:1: F401 'os' imported but unused\nb.py:2:80: E501 line too long\nnext\n", "flake8", 2,
     3},
    {"ruff\nF401 [*] `os` imported but unused\n --> a.py:3:8\n  |\n3 | import os\n  |        ^^\n\nnext\n",
     "ruff", 2, 6},
    {"npm audit\n# npm audit report\n\na  <1.2.0\nSeverity: high\n\n1 high severity vulnerability\n",
     "npm-audit", 2, 5},
    {"pylint\na.py:3: [C0111(missing-docstring), ] Missing docstring\nnext\n", "pylint", 2, 2},
    {"black --check .\nwould reformat a.py\nwould reformat b.py\nOh no!\n", "black", 2, 3},
    {"phpcs\n\nFILE: /b/a.php\n-----------------\nFOUND 1 ERROR AFFECTING 1 LINE\n-----------------\n"
     " 3 | ERROR | Missing comment\n-----------------\n\nnext\n",
     "phpcs", 3, 8},
    {"psalm\nERROR: UndefinedClass - src/A.php:3:5 - Class B does not exist\n    new B();\n\nnext\n", "psalm",
     2, 3},
    {"[ant:checkstyle] [ERROR] /b/A.java:3:5: Missing a Javadoc comment. [JavadocMethod]\nnext\n",
     "checkstyle", 1, 1},
    {"ktlint\nsrc/A.kt:3:5: Unexpected indentation (4)\nnext\n", "ktlint", 2, 2},
    {"cargo fmt -- --check\nDiff in /b/src/a.rs at line 3:\n fn f() {\n-x\n+    x\n }\nnext\n", "rustfmt", 2,
     6},
    {"gofmt -d .\ndiff -u a.go.orig a.go\n--- a.go.orig\n+++ a.go\n@@ -1 +1 @@\n-x\n+y\nnext\n", "gofmt", 2,
     7},
    {"shellcheck\nIn a.sh line 3:\necho $x\n     ^-- SC2086: Double quote\n\nnext\n", "shellcheck", 2, 4},
    {"swiftlint\n/b/A.swift:3:5: error: Force Cast Violation: Force casts should be avoided. "
     "(force_cast)\nnext\n",
     "gcc", 2, 2},
    {"hlint\nsrc/A.hs:3:5: Suggestion: Redundant bracket\nFound:\n  (x)\nPerhaps:\n  x\n\n1 hint\n", "hlint",
     2, 6},
    {"mix format --check-formatted\n** (Mix) mix format failed due to --check-formatted.\nThe following "
     "files are not formatted:\n\n",
     "mix-format", 2, 3},
    {"luacheck\n    a.lua:3:5: unused variable x\nnext\n", "luacheck", 2, 2},
    {"markdownlint\nREADME.md:3 MD009/no-trailing-spaces Trailing spaces\nnext\n", "markdownlint", 2, 2},
    {"yamllint\na.yml:3:5: [error] wrong indentation (indentation)\nnext\n", "yamllint", 2, 2},
    {"htmlproofer\n- ./_site/a.html\n  *  internal image b.png does not exist (line 3)\nnext\n",
     "html-proofer", 2, 3},
    {"Issues :-(\n> Links \n  1. [L0153] 404 https://example.org/a  \n> Dupes\n  None\n\nnext\n",
     "awesome-bot", 1, 5},
    {"commitlint\n\xE2\x9C\x96   subject may not be empty [subject-empty]\nnext\n", "commitlint", 2, 2},
    {"codespell\nREADME.md:3: teh  ==> the\nnext\n", "codespell", 2, 2},
    {"jest\nJest: \"global\" coverage threshold for lines (80%) not met: 70%\nnext\n", "coverage", 2, 2},
    {"git diff --exit-code\ndiff --git a/x b/x\nindex 1..2 100644\n--- a/x\n+++ b/x\n@@ -1 +1 "
     "@@\n-a\n+b\nnext\n",
     "diff", 2, 8},
    {"hadolint\nDockerfile:3 DL3008 Pin versions in apt get install\nnext\n", "hadolint", 2, 2},
    {"dart analyze\n  error \xE2\x80\xA2 Undefined name 'x' \xE2\x80\xA2 lib/a.dart:3:5\nnext\n",
     "dart-analyze", 2, 2},
    {"prettier --check .\n[warn] src/a.js\n[warn] Code style issues found in the above file.\nnext\n",
     "prettier", 2, 3},
};

TEST(ExtractLint, FindingsReachFromTheNameOfTheirFileToTheLastOfThem) {
  for (const ExpectedBlock& expected : kBlocks)
    expect_block(expected, expected.kind == "gcc" ? Extractor::compiler : Extractor::lint);
}

TEST(ExtractLint, FindingsOfOneRunAreOneBlockOfAtMostThirtyLines) {
  std::string log;
  for (int i = 1; i <= 100; ++i) log += "a.py:" + std::to_string(i) + ":1: E501 line too long\n";
  std::size_t lines = 0;
  for (const Block& block : blocks_of_text(log)) {
    if (block.kind != "flake8") continue;
    EXPECT_LE(block.last - block.first + 1, 30u);
    lines += block.last - block.first + 1;
  }
  EXPECT_EQ(lines, 100u);
}

TEST(ExtractLint, WhatOnlyLooksLikeAFindingIsNone) {
  constexpr std::string_view kNone[] = {
      "[warn] javaOptions will be ignored, fork is set to false",
      "the test failed badly",
      "2024-01-02T03:04:05 started",
      "a.js and b.js",
  };
  for (const std::string_view line : kNone) {
    for (const Block& block : blocks_of_text(std::string{line} + "\n"))
      EXPECT_NE(block.extractor, Extractor::lint) << line << ": " << block.kind;
  }
}

}  // namespace
}  // namespace runneriq::diagnosis
