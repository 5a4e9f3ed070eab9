// Statements are prepared once and used again: nobody may notice but the clock.
#include "platform/sqlite.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <utility>

namespace runneriq::platform {
namespace {

class Statements : public testing::Test {
 protected:
  void SetUp() override {
    auto opened = Database::open(folder.path() + "/file.db", Database::Missing::make);
    ASSERT_TRUE(opened) << opened.error().message;
    database.emplace(std::move(*opened));
    ASSERT_TRUE(database->execute("CREATE TABLE numbers (number INTEGER UNIQUE, name TEXT)"));
    for (const int number : {1, 2, 3}) ASSERT_TRUE(put(number));
  }

  Result<void> put(int number) {
    return database->execute("INSERT INTO numbers VALUES (?, ?)", number, "it is " + std::to_string(number));
  }
  Result<Statement> all() { return database->query("SELECT number FROM numbers ORDER BY number"); }

  TemporaryFolder folder;
  std::optional<Database> database;
};

TEST_F(Statements, BeginAtTheFirstRowAgainWhenTheyWereLeftInTheMiddle) {
  for (int round = 0; round < 3; ++round) {
    auto rows = all();
    ASSERT_TRUE(rows);
    ASSERT_TRUE(rows->step().value());
    EXPECT_EQ(rows->integer(0), 1);
  }
}

TEST_F(Statements, OfTheSameTextDoNotDisturbEachOther) {
  auto outer = all();
  ASSERT_TRUE(outer);
  ASSERT_TRUE(outer->step().value());
  {
    auto inner = all();
    ASSERT_TRUE(inner);
    ASSERT_TRUE(inner->step().value());
    EXPECT_EQ(inner->integer(0), 1);
  }
  ASSERT_TRUE(outer->step().value());
  EXPECT_EQ(outer->integer(0), 2);
}

TEST_F(Statements, KeepNoValuesOfTheCallBefore) {
  const std::string sql = "SELECT count(*) FROM numbers WHERE number = ?";
  EXPECT_EQ(database->number(sql, 2).value(), 1);
  EXPECT_EQ(database->number(sql).value(), 0) << "an unbound parameter is NULL";
}

TEST_F(Statements, WorkAgainAfterAnError) {
  const auto twice = put(2);
  ASSERT_FALSE(twice);
  EXPECT_NE(twice.error().message.find("UNIQUE"), std::string::npos) << twice.error().message;
  EXPECT_TRUE(put(4));
}

TEST_F(Statements, SeeAChangeOfTheSchema) {
  const std::string sql = "SELECT count(*) FROM numbers";
  EXPECT_EQ(database->number(sql).value(), 3);
  ASSERT_TRUE(database->execute("ALTER TABLE numbers RENAME TO others"));
  EXPECT_FALSE(database->number(sql));
  ASSERT_TRUE(database->execute("CREATE TABLE numbers (number INTEGER)"));
  EXPECT_EQ(database->number(sql).value(), 0);
}

TEST_F(Statements, HoldNoLockAfterTheirUse) {
  { ASSERT_TRUE(all()->step().value()); }
  auto other = Database::open(folder.path() + "/file.db", Database::Missing::is_error);
  ASSERT_TRUE(other);
  EXPECT_TRUE(other->execute("INSERT INTO numbers VALUES (9, 'nine')"));
  EXPECT_TRUE(database->execute("DROP TABLE numbers"));
}

TEST_F(Statements, MayBeOfAnyNumber) {
  for (int number = 0; number < 200; ++number) {
    EXPECT_EQ(database->number("SELECT " + std::to_string(number)).value(), number);
  }
}

}  // namespace
}  // namespace runneriq::platform
