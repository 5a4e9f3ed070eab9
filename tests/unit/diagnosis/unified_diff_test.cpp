// What changed, as diffs tell it, and the places that logs name.
#include "diagnosis/culprit.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace runneriq::diagnosis {
namespace {

using Runs = std::vector<std::pair<int, int>>;

bool has_symbol(const ChangedFile& file, std::string_view symbol) {
  return std::ranges::find(file.symbols, symbol) != file.symbols.end();
}

TEST(ADiff, TellsTheNewLinesOfEachFileAndItsNames) {
  const auto files = changed_files(
      "diff --git a/src/cart.cpp b/src/cart.cpp\n"
      "index 1111111..2222222 100644\n"
      "--- a/src/cart.cpp\n"
      "+++ b/src/cart.cpp\n"
      "@@ -38,4 +38,5 @@ int total_of(const Cart& cart)\n"
      " int sum = 0;\n"
      "-for (auto item : cart) sum += old_price(item);\n"
      "+for (auto item : cart) sum += price_with_tax(item);\n"
      "+check(sum);\n"
      " return sum;\n"
      " }\n"
      "@@ -90 +91 @@\n"
      "-x\n"
      "+y\n"
      "diff --git a/docs/a.md b/docs/a.md\n"
      "--- a/docs/a.md\t2026-01-01\n"
      "+++ b/docs/a.md\t2026-01-02\n"
      "@@ -0,0 +1,2 @@\n"
      "+one\n"
      "+two\n"
      "\\ No newline at end of file\n");
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[0].path, "src/cart.cpp");
  EXPECT_EQ(files[0].old_path, "");
  EXPECT_EQ(files[0].added, (Runs{{39, 40}, {91, 91}}));
  EXPECT_TRUE(has_symbol(files[0], "price_with_tax"));
  EXPECT_TRUE(has_symbol(files[0], "old_price"));
  EXPECT_FALSE(has_symbol(files[0], "return")) << "a line that did not change";
  EXPECT_FALSE(has_symbol(files[0], "for")) << "too short";
  EXPECT_EQ(files[1].path, "docs/a.md");
  EXPECT_EQ(files[1].added, (Runs{{1, 2}}));
}

struct Named {
  const char* diff;
  const char* path;
  const char* old_path;
};

TEST(ADiff, NamesFilesThatAreNewGoneMovedOrQuoted) {
  const Named table[] = {
      {"--- /dev/null\n+++ b/new.py\n@@ -0,0 +1 @@\n+x\n", "new.py", ""},
      {"--- a/gone.py\n+++ /dev/null\n@@ -1 +0,0 @@\n-x\n", "gone.py", ""},
      {"diff --git a/one.py b/two.py\nrename from one.py\nrename to two.py\n"
       "--- a/one.py\n+++ b/two.py\n@@ -1 +1 @@\n-x\n+y\n",
       "two.py", "one.py"},
      {"diff --git a/one.py b/two.py\nsimilarity index 100%\nrename from one.py\nrename to two.py\n",
       "two.py", "one.py"},
      {"--- \"a/with blank.py\"\n+++ \"b/with blank.py\"\n@@ -1 +1 @@\n-x\n+y\n", "with blank.py", ""},
      {"--- a/crlf.py\r\n+++ b/crlf.py\r\n@@ -1 +1 @@\r\n-x\r\n+y\r\n", "crlf.py", ""},
      {"--- plain.py\n+++ plain.py\n@@ -1 +1 @@\n-x\n+y\n", "plain.py", ""},
  };
  for (const Named& each : table) {
    SCOPED_TRACE(each.diff);
    const auto files = changed_files(each.diff);
    ASSERT_EQ(files.size(), 1U);
    EXPECT_EQ(files[0].path, each.path);
    EXPECT_EQ(files[0].old_path, each.old_path);
  }
}

TEST(ADiff, ASecondFileNeedsNoLineOfGit) {
  const auto files = changed_files(
      "--- a/one.py\n+++ b/one.py\n@@ -1 +1 @@\n-x\n+y\n"
      "--- a/two.py\n+++ b/two.py\n@@ -5 +5 @@\n-x\n+y\n");
  ASSERT_EQ(files.size(), 2U);
  EXPECT_EQ(files[1].path, "two.py");
  EXPECT_EQ(files[1].added, (Runs{{5, 5}}));
}

TEST(ADiff, LinesOfAHunkAreNoHeaders) {
  const auto files = changed_files(
      "diff --git a/list.sql b/list.sql\n--- a/list.sql\n+++ b/list.sql\n"
      "@@ -1,3 +1,3 @@\n"
      "--- a/evil.cpp\n"
      "-+++ b/evil.cpp\n"
      "+++ b/evil.cpp\n"
      "+@@ -1 +900 @@\n"
      " last\n");
  ASSERT_EQ(files.size(), 1U);
  EXPECT_EQ(files[0].path, "list.sql");
  EXPECT_EQ(files[0].added, (Runs{{1, 2}}));
}

TEST(ADiff, LinesBeyondThoseThatAHunkCountsAreNotOfIt) {
  const auto file = changed_file("a.py", "a.py", "@@ -1 +1 @@\n-one\n+two\n+three_more\n");
  EXPECT_EQ(file.added, (Runs{{1, 1}}));
  EXPECT_FALSE(has_symbol(file, "three_more"));
}

TEST(ADiff, AnEmptyContextLineCounts) {
  const auto file = changed_file("a.py", "a.py", "@@ -1,3 +1,4 @@\n one\n\n+three\n four\n");
  EXPECT_EQ(file.added, (Runs{{3, 3}}));
}

TEST(ADiff, OfGitLabHasItsPathsBeside) {
  const auto moved = changed_file("new.py", "old.py", "@@ -1 +1,2 @@\n-a\n+b\n+c\n");
  EXPECT_EQ(moved.path, "new.py");
  EXPECT_EQ(moved.old_path, "old.py");
  EXPECT_EQ(moved.added, (Runs{{1, 2}}));
  EXPECT_EQ(changed_file("", "gone.py", "").path, "gone.py");
  EXPECT_TRUE(changed_file("a.bin", "a.bin", "").added.empty());
}

TEST(ADiff, WhatIsNoneGivesNone) {
  for (const char* text : {"", "\n", "hello", "+++ ", "--- \n+++ \n", "@@ -1 +1 @@\n+x\n",
                           "diff --git a/x b/x\n", "--- /dev/null\n+++ /dev/null\n@@ -1 +1 @@\n+x\n"}) {
    EXPECT_TRUE(changed_files(text).empty()) << text;
  }
}

TEST(ADiff, NumbersBeyondAllLinesAreNone) {
  for (const std::string first : {"2147483647", "2147483646", "99999999999999999999", "-1", "x", ""}) {
    const auto file = changed_file("a.py", "a.py", "@@ -1 +" + first + ",3 @@\n+one\n+two\n+three\n");
    EXPECT_TRUE(file.added.empty()) << first;
  }
}

TEST(ADiff, IsBounded) {
  std::string many, names = "@@ -0,0 +1,1 @@\n+";
  for (int each = 0; each < 1'500; ++each) {
    const std::string name = "file" + std::to_string(each);
    many += "--- a/" + name + "\n+++ b/" + name + "\n@@ -1 +1 @@\n-x\n+y\n";
    names += "symbol" + std::to_string(each) + " ";
  }
  EXPECT_EQ(changed_files(many).size(), 1'000U);
  EXPECT_EQ(changed_file("a", "a", names).symbols.size(), 200U);
  EXPECT_TRUE(changed_file("a", "a", "@@ -0,0 +1 @@\n+" + std::string(100'000, 'x')).symbols.empty());
}

TEST(ADiff, AnyBytesWillDo) {
  std::string bytes = "--- a/x\n+++ b/x\n@@ -1,9 +1,9 @@\n";
  for (int each = 0; each < 256 * 8; ++each) {
    bytes += static_cast<char>(each * 7);
    if (each % 5 == 0) bytes += '\n';
  }
  for (std::size_t cut = 0; cut < bytes.size(); cut += 13) (void)changed_files(bytes.substr(cut));
}

struct Place {
  const char* line;
  const char* path;
  int number;
};

TEST(ALine, NamesItsPlaces) {
  const Place table[] = {
      {"src/cart.cpp:41:7: error: x", "src/cart.cpp", 41},
      {"  File \"app/models.py\", line 3, in total", "app/models.py", 3},
      {"\tat com.acme.Cart.total(Cart.java:12)", "Cart.java", 12},
      {"src/a.ts(3,4): error TS2304: x", "src/a.ts", 3},
      {"PHP Parse error: x in /app/src/Cart.php on line 9", "/app/src/Cart.php", 9},
      {"./pkg/cart.go:7: undefined: x", "pkg/cart.go", 7},
      {"C:\\build\\src\\cart.cs(8,1): error CS0103", "build/src/cart.cs", 8},
  };
  for (const Place& each : table) {
    SCOPED_TRACE(each.line);
    const auto places = places_in(each.line);
    ASSERT_FALSE(places.empty());
    EXPECT_TRUE(places[0].path.ends_with(each.path)) << places[0].path;
    EXPECT_EQ(places[0].line, each.number);
  }
}

TEST(ALine, OfAnyBytesNamesFewPlaces) {
  std::string many;
  for (int each = 0; each < 1000; ++each) many += "a.c:1 ";
  EXPECT_LE(places_in(many).size(), 20U);
  for (const std::string& text : {std::string{}, std::string(100'000, '.'), std::string(100'000, 'a'),
                                  std::string("\xFF\xFE\0:1", 5), std::string("12:30:45 it is 3.5:1")}) {
    (void)places_in(text);
  }
  EXPECT_TRUE(places_in("10:15:30 all is well").empty());
  EXPECT_TRUE(places_in("https://127.0.0.1:8080/x").empty());
}

}  // namespace
}  // namespace runneriq::diagnosis
