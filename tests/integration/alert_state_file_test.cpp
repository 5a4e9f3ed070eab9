// What may be wrong with alerting's state file: damage, a full disk, another program's, a later version's.
#include "alerting/sqlite/alert_schema.hpp"
#include "platform/sqlite.hpp"
#include "tests/support/alert_state_fixture.hpp"
#include "tests/support/forked.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <filesystem>
#include <fstream>

namespace runneriq::alerting {
namespace {

using namespace std::chrono_literals;

class AlertFile : public AlertStateFile {
 protected:
  static Round round(std::int64_t first, std::int64_t count) {
    Round made;
    for (std::int64_t one = first; one < first + count; ++one) {
      made.events.push_back(failed_job(one));
      made.notifications.push_back(message_of("m" + std::to_string(one), "g"));
    }
    return made;
  }
  static std::size_t events(AlertState& state) {
    const auto found = state.events({.most = 1'000'000});
    return found ? found->size() : 0;
  }
};

TEST_F(AlertFile, IsItsOwnersAlone) {
  const AlertState state = open();
  struct stat of_file {
  }, of_folder{};
  ASSERT_EQ(::stat(path().c_str(), &of_file), 0);
  ASSERT_EQ(::stat((folder.path() + "/state").c_str(), &of_folder), 0);
  EXPECT_EQ(of_file.st_mode & 0777, 0600U);
  EXPECT_EQ(of_folder.st_mode & 0777, 0700U);
  EXPECT_EQ(*database().number("PRAGMA user_version"), kAlertSchema);
}

TEST_F(AlertFile, ADamagedFileIsSetAsideAndANewOneStarted) {
  {
    AlertState state = open();
    ASSERT_TRUE(state.keep(round(1, 3), kNow));
  }
  for (const char* end : {"", "-wal"}) {
    std::ofstream(path() + end, std::ios::trunc) << std::string(8192, 'x');
  }
  AlertState state = open();
  ASSERT_EQ(state.notices().size(), 1U);
  EXPECT_NE(state.notices().front().find("silences"), std::string::npos);
  ASSERT_TRUE(state.keep(round(1, 2), kNow));
  EXPECT_EQ(events(state), 2U);
}

TEST_F(AlertFile, DamageUnderAnOpenHandleEndsInANewFileToo) {
  AlertState state = open(), other = open();
  ASSERT_TRUE(state.keep(round(1, 3), kNow));
  for (const char* end : {"", "-wal"}) std::filesystem::remove(path() + end);
  std::ofstream(path()) << std::string(8192, 'x');
  EXPECT_TRUE(state.keep(round(1, 1), kNow));
  EXPECT_EQ(events(other), 1U);
  EXPECT_EQ(state.notices().size() + other.notices().size(), 1U);
}

TEST_F(AlertFile, AnotherProgramsFileAndALaterVersionsStayAsTheyAre) {
  ASSERT_TRUE(open().keep(round(1, 1), kNow));
  ASSERT_TRUE(database().execute("PRAGMA user_version = 99"));
  const auto later = AlertState::open({.path = path()});
  ASSERT_FALSE(later);
  EXPECT_EQ(later.error().code, Errc::newer_schema);
  ASSERT_TRUE(database().execute("PRAGMA user_version = 1"));
  ASSERT_TRUE(database().execute("PRAGMA application_id = 1"));
  const auto foreign = AlertState::open({.path = path()});
  ASSERT_FALSE(foreign);
  EXPECT_EQ(foreign.error().code, Errc::conflict);
  EXPECT_EQ(count("events"), 1);
}

TEST_F(AlertFile, OnAFullDiskAnErrorIsGivenAndNothingIsLost) {
  ASSERT_TRUE(open().keep(round(1, 3), kNow));
  const std::string answer = answer_of_fork([&]() -> std::string {
    const rlimit little{400 << 10, 400 << 10};
    ::signal(SIGXFSZ, SIG_IGN);
    if (::setrlimit(RLIMIT_FSIZE, &little) != 0) return "no limit";
    AlertState state = open();
    const auto given = state.claim("default", "full", kNow, 2min);
    if (!given || !*given) return "nothing was claimed";
    const auto kept = state.keep(round(10, 2000), kNow);
    if (kept) return "kept";
    if (kept.error().code != Errc::unavailable) return "other: " + kept.error().message;
    if (events(state) != 3) return "a part was kept";
    if (!state.settle((*given)->number, "full", {}, {.state = MessageState::delivered}, kNow))
      return "not settled";
    return kept.error().message;
  });
  EXPECT_NE(answer.find("check free space"), std::string::npos) << answer;
  AlertState state = open();
  EXPECT_TRUE(state.notices().empty());
  EXPECT_EQ(events(state), 3U);
  EXPECT_EQ(state.messages({})->size(), 3U);
  EXPECT_EQ(state.message("m1")->state, MessageState::delivered);
  EXPECT_TRUE(state.keep(round(10, 1), kNow));
}

}  // namespace
}  // namespace runneriq::alerting
