// Which change a failure follows from.
#include "diagnosis/culprit.hpp"

#include <gtest/gtest.h>

#include <utility>

namespace runneriq::diagnosis {
namespace {

// A log whose shown blocks are single lines, in the order of `shown`.
std::optional<Culprit> culprit_in(std::string_view log, std::vector<std::size_t> shown,
                                  const std::vector<ChangedFile>& changes,
                                  FailureClass failure_class = FailureClass::unknown) {
  static RuleBook rules;
  const ReadLog read = read_log(log, rules);
  RootCause cause;
  for (const std::size_t line : shown)
    cause.blocks.push_back({.first = line, .last = line, .head = line, .kind = {}, .why = {}});
  return culprit_of(read, cause, changes, failure_class);
}

ChangedFile file(std::string path, std::vector<std::pair<int, int>> added = {},
                 std::vector<std::string> symbols = {}) {
  return {.path = std::move(path), .added = std::move(added), .symbols = std::move(symbols)};
}

struct Fit {
  const char* line;
  ChangedFile changed;
  double confidence;  // 0 = none
  const char* why;
};

TEST(ACulprit, IsTheSurerTheNearerTheChangeIs) {
  const Fit table[] = {
      {"src/cart.cpp:41:7: error: x", file("src/cart.cpp", {{40, 42}}), 0.9,
       "line 41 of src/cart.cpp, which the log names, was changed"},
      {"src/cart.cpp:41:7: error: x", file("src/cart.cpp", {{44, 50}}), 0.8,
       "lines beside line 41 of src/cart.cpp were changed"},
      {"src/cart.cpp:41:7: error: x", file("src/cart.cpp", {{45, 50}}), 0.65,
       "src/cart.cpp, which the log names, was changed"},
      {"/builds/acme/shop/src/cart.cpp:41: error", file("src/cart.cpp", {{41, 41}}), 0.9, "line 41"},
      {"cart.cpp:41: error", file("src/cart.cpp", {{41, 41}}), 0.72, "line 41"},
      {"shop/cart.cpp:41: error", file("src/shop/cart.cpp", {{41, 41}}), 0.9, "line 41"},
      {"/usr/lib/python3/foo/setup.py:41: error", file("setup.py", {{41, 41}}), 0.72, "line 41"},
      {"cannot open src/cart.cpp", file("src/cart.cpp", {{41, 41}}), 0.65, "which the log names"},
      {"undefined reference to price_with_tax", file("src/tax.cpp", {}, {"price_with_tax"}), 0.4,
       "price_with_tax, which the log names, is in the change of src/tax.cpp"},
      {"mysrc/cart.cpp:41: error", file("src/cart.cpp", {{41, 41}}), 0, ""},
      {"src/cart.cpp:41: error", file("lib/cart.cpp", {{41, 41}}), 0, ""},
      {"src/cart.cpp:41: error", file("src/cart.cpp.in", {{41, 41}}), 0, ""},
      {"price_with_taxes", file("src/tax.cpp", {}, {"price_with_tax"}), 0, ""},
  };
  for (const Fit& each : table) {
    SCOPED_TRACE(each.line);
    const auto culprit = culprit_in(each.line, {0}, {each.changed});
    ASSERT_EQ(culprit.has_value(), each.confidence > 0);
    if (!culprit) continue;
    EXPECT_EQ(culprit->path, each.changed.path);
    EXPECT_NEAR(culprit->confidence, each.confidence, 1e-9);
    EXPECT_NE(culprit->why.find(each.why), std::string::npos) << culprit->why;
  }
}

TEST(ACulprit, TheVeryLineBeatsAnEarlierFileAndEarlierBlocksBeatLaterOnes) {
  const std::string log = "a/one.py:5: error\nb/two.py:9: error\n";
  EXPECT_EQ(culprit_in(log, {0, 1}, {file("a/one.py", {{90, 90}}), file("b/two.py", {{9, 9}})})->path,
            "b/two.py");
  const std::vector<ChangedFile> alike{file("a/one.py", {{5, 5}}), file("b/two.py", {{9, 9}})};
  EXPECT_EQ(culprit_in(log, {0, 1}, alike)->path, "a/one.py");
  EXPECT_EQ(culprit_in(log, {1, 0}, alike)->path, "b/two.py");
  EXPECT_EQ(culprit_in(log, {1}, alike)->line, 9);
}

TEST(ACulprit, AnOldNameAndItsCommitAreKnown) {
  ChangedFile moved = file("src/new.py", {{1, 2}});
  moved.old_path = "src/old.py";
  moved.commit = "0123abcd";
  const auto culprit = culprit_in("No such file: src/old.py:1", {0}, {moved});
  ASSERT_TRUE(culprit);
  EXPECT_EQ(culprit->path, "src/new.py");
  EXPECT_EQ(culprit->commit, "0123abcd");
}

TEST(ACulprit, ThereIsNoneWhereAllFitAlike) {
  const std::vector<ChangedFile> alike{file("a/index.js", {{3, 3}}), file("b/index.js", {{3, 3}})};
  EXPECT_FALSE(culprit_in("at index.js:3", {0}, alike)) << "a name that both bear";
  EXPECT_EQ(culprit_in("at b/index.js:3", {0}, alike)->path, "b/index.js");
  EXPECT_FALSE(culprit_in("no compute_tax", {0},
                          {file("a.py", {}, {"compute_tax"}), file("b.py", {}, {"compute_tax"})}));
  EXPECT_FALSE(culprit_in("a.py:3: error", {0}, {}));
  EXPECT_FALSE(culprit_in("a.py:3: error", {}, {file("a.py", {{3, 3}})})) << "no evidence";
}

TEST(ACulprit, ASymbolThatTheLogNamesOftenTellsNothing) {
  const std::vector<ChangedFile> changes{file("src/tax.cpp", {}, {"compute_tax"})};
  std::string log = "no compute_tax\n";
  EXPECT_TRUE(culprit_in(log + "compute_tax compute_tax\ncompute_tax\n", {0}, changes)) << "three lines";
  EXPECT_TRUE(culprit_in(log + "precompute_tax\nprecompute_tax\nprecompute_tax\n", {0}, changes));
  EXPECT_FALSE(culprit_in(log + log + log + log, {0}, changes));
}

struct OwnFile {
  const char* path;
  FailureClass failure_class;
  bool is_culprit;
};

TEST(ACulprit, FilesThatSayWhichAreOneOfTheirClass) {
  const OwnFile table[] = {
      {"web/package-lock.json", FailureClass::dependency, true},
      {"go.sum", FailureClass::dependency, true},
      {"go.sum", FailureClass::test, false},
      {".gitlab-ci.yml", FailureClass::configuration, true},
      {".gitlab-ci.yml", FailureClass::dependency, false},
      {"src/a.py", FailureClass::dependency, false},
  };
  for (const OwnFile& each : table) {
    SCOPED_TRACE(each.path);
    EXPECT_EQ(culprit_in("it failed", {0}, {file(each.path)}, each.failure_class).has_value(),
              each.is_culprit);
  }
}

// Each word of a long line is a symbol of the change, and the log is long: one way through it must do.
TEST(ACulprit, IsFoundInLinearTime) {
  ChangedFile hostile = file("a.py");
  std::vector<ChangedFile> changes;
  std::string shown;
  for (int each = 0; each < 20'000; ++each) {
    const std::string name = "w" + std::to_string(100'000 + each);
    hostile.symbols.push_back(name);
    if (shown.size() < 120'000) shown += name + (each % 450 == 449 ? "\n" : " ");
    if (hostile.symbols.size() == 200) changes.push_back(std::exchange(hostile, file("a" + name + ".py")));
  }
  std::string log = shown;
  while (log.size() < 8'000'000) log += "nothing of interest here, and a good deal of it\n";
  std::vector<std::size_t> lines;
  for (std::size_t at = 0; at < 30; ++at) lines.push_back(at);
  (void)culprit_in(log, lines, changes);
}

TEST(ACulprit, AnyPathIsShownOnOneLine) {
  const auto culprit = culprit_in("/close.py:1: error", {0}, {file("/close.py", {{1, 1}})});
  ASSERT_TRUE(culprit);
  EXPECT_TRUE(culprit->why.starts_with("line 1 of ")) << culprit->why;
}

}  // namespace
}  // namespace runneriq::diagnosis
