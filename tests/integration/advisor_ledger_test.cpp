// The budget's ledger in its file: durable under kill -9, between processes, over midnight, with damage.
#include "advisor/sqlite/advisor_schema.hpp"
#include "advisor/sqlite/advisor_state.hpp"
#include "platform/sqlite.hpp"
#include "tests/support/advisor_fakes.hpp"
#include "tests/support/forked.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <atomic>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <thread>

namespace runneriq::advisor {
namespace {

using namespace std::chrono_literals;

class Ledger : public testing::Test {
 protected:
  [[nodiscard]] std::string path() const { return folder.path() + "/state/advisor.db"; }
  [[nodiscard]] std::unique_ptr<AdvisorState> open(Duration patience = 10s) const {
    auto opened = AdvisorState::open({.path = path(), .patience = patience});
    if (!opened) throw std::runtime_error(opened.error().message);
    return *std::move(opened);
  }
  static Question question(std::string project = "acme/shop", std::string key = "") {
    return triage_of(std::move(project), std::move(key));
  }
  static DayUse use_of(AdvisorState& state, Time now = kStart, std::string_view project = "acme/shop") {
    const auto use = state.use(now, project);
    EXPECT_TRUE(use) << use.error().message;
    return use.value_or(DayUse{});
  }

  TemporaryFolder folder;
  const BudgetTerms terms{.daily_tokens = 10'000, .project_share = 1, .tie_break_share = 0.5};
};

TEST_F(Ledger, ReservesSettlesAndCounts) {
  const auto state = open();
  const auto first = state->reserve(terms, question(), 3'000, kStart);
  ASSERT_TRUE(first) << first.error().message;
  EXPECT_EQ(use_of(*state).spent, 3'000);
  ASSERT_TRUE(state->settle(*first, 900));
  Question tie = question("acme/app");
  tie.kind = QuestionKind::tie_break;
  ASSERT_TRUE(state->reserve(terms, tie, 2'000, kStart));
  const DayUse use = use_of(*state);
  EXPECT_EQ(use.spent, 2'900);
  EXPECT_EQ(use.by_project, 900);
  EXPECT_EQ(use.calls, 2);
  EXPECT_EQ(use.by_kind.at(static_cast<std::size_t>(QuestionKind::triage)), 900);
  EXPECT_EQ(use.by_kind.at(static_cast<std::size_t>(QuestionKind::tie_break)), 2'000);
}

TEST_F(Ledger, SettlesAtMostOnceAndKeepsWhatCostMore) {
  const auto state = open();
  const auto first = state->reserve(terms, question(), 3'000, kStart);
  ASSERT_TRUE(first);
  ASSERT_TRUE(state->settle(*first, 4'000));
  EXPECT_EQ(use_of(*state).spent, 4'000);
  ASSERT_TRUE(state->settle(*first, 0));
  EXPECT_EQ(use_of(*state).spent, 4'000);
  ASSERT_TRUE(state->settle(999, 7));
  EXPECT_EQ(use_of(*state).spent, 4'000);
  EXPECT_FALSE(state->settle(*state->reserve(terms, question(), 1, kStart), -5))
      << "no tokens are given back";
}

TEST_F(Ledger, RefusesWhatIsOverTheBudgetAndKeepsNothingOfIt) {
  const auto state = open();
  ASSERT_TRUE(state->reserve(terms, question(), 9'000, kStart));
  const auto over = state->reserve(terms, question(), 1'001, kStart);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().code, Errc::conflict);
  EXPECT_EQ(use_of(*state).spent, 9'000);
  EXPECT_EQ(use_of(*state).calls, 1);
  EXPECT_TRUE(state->reserve(terms, question(), 1'000, kStart));
  EXPECT_FALSE(state->reserve(terms, question(), 1, kStart));
  const BudgetTerms unlimited{.daily_tokens = 0};
  EXPECT_TRUE(state->reserve(unlimited, question(), 1'000'000, kStart));
}

TEST_F(Ledger, SaysInOneSentenceWhyItRefuses) {
  const auto state = open();
  ASSERT_TRUE(state->reserve(terms, question(), 9'000, kStart));
  const auto over = state->reserve(terms, question(), 1'001, kStart);
  ASSERT_FALSE(over);
  EXPECT_EQ(over.error().message, hindrance(terms, use_of(*state), question().kind, 1'001));
  EXPECT_EQ(over.error().message.find(path()), std::string::npos);
}

TEST_F(Ledger, RemembersByLongKeysAndKeepsTheirDigestsOnly) {
  const auto state = open();
  const std::string key(20'000, 'k');
  ASSERT_TRUE(
      state->remember(question("acme/shop", key), {.answer = {.choice = "compile"}, .model = "m"}, kStart));
  const auto kept = state->remembered(question("acme/shop", key), kStart);
  ASSERT_TRUE(kept && *kept);
  EXPECT_EQ((*kept)->answer.choice, "compile");
  const auto other = state->remembered(question("acme/shop", key + "k"), kStart);
  ASSERT_TRUE(other);
  EXPECT_FALSE(*other);
  auto file = platform::Database::open(path(), platform::Database::Missing::is_error);
  ASSERT_TRUE(file);
  const auto length = file->number("SELECT max(length(key)) FROM answers");
  ASSERT_TRUE(length);
  EXPECT_EQ(*length, 64);
}

TEST_F(Ledger, AProjectHasItsShareOnly) {
  const auto state = open();
  const BudgetTerms shared{.daily_tokens = 10'000, .project_share = 0.3, .tie_break_share = 0.5};
  ASSERT_TRUE(state->reserve(shared, question("a"), 3'000, kStart));
  EXPECT_FALSE(state->reserve(shared, question("a"), 1, kStart));
  EXPECT_TRUE(state->reserve(shared, question("b"), 3'000, kStart));
  EXPECT_TRUE(state->reserve(shared, question("a' OR '1'='1"), 1'000, kStart));
}

TEST_F(Ledger, TheDayEndsAtMidnightInUtc) {
  const auto state = open();
  const Time midnight = std::chrono::sys_days{std::chrono::year{2026} / 11 / 23};
  ASSERT_TRUE(state->reserve(terms, question(), 10'000, midnight - 1ms));
  EXPECT_FALSE(state->reserve(terms, question(), 1, midnight - 1ms));
  EXPECT_TRUE(state->reserve(terms, question(), 10'000, midnight));
  EXPECT_EQ(use_of(*state, midnight - 1ms).spent, 10'000);
  EXPECT_EQ(use_of(*state, midnight + 24h - 1ms).spent, 10'000);
  EXPECT_EQ(use_of(*state, midnight + 24h).spent, 0);
  EXPECT_FALSE(state->reserve(terms, question(), 1, midnight - 12h))
      << "a clock that goes back gives nothing";
}

TEST_F(Ledger, ASpendingOfTheDayBeforeIsSettledInItsOwnDay) {
  const auto state = open();
  const Time midnight = std::chrono::sys_days{std::chrono::year{2026} / 11 / 23};
  const auto reserve = state->reserve(terms, question(), 5'000, midnight - 1ms);
  ASSERT_TRUE(state->settle(*reserve, 700));
  EXPECT_EQ(use_of(*state, midnight - 1ms).spent, 700);
  EXPECT_EQ(use_of(*state, midnight).spent, 0);
}

TEST_F(Ledger, OldDaysAreForgotten) {
  const auto state = open();
  ASSERT_TRUE(state->reserve(terms, question(), 1, kStart - std::chrono::days{200}));
  ASSERT_TRUE(state->reserve(terms, question(), 1, kStart));
  EXPECT_EQ(use_of(*state, kStart - std::chrono::days{200}).calls, 0);
}

TEST_F(Ledger, AReserveSurvivesAKillBeforeItIsSettled) {
  ASSERT_TRUE(open());
  const std::string answer = answer_of_fork([&]() -> std::string {
    const auto state = open();
    if (!state->reserve(terms, question(), 6'000, kStart)) return "not reserved";
    ::kill(::getpid(), SIGKILL);  // the answer would come now
    return "alive";
  });
  EXPECT_EQ(answer, " (killed by 9)");
  const auto state = open();
  EXPECT_EQ(use_of(*state).spent, 6'000);
  EXPECT_FALSE(state->reserve(terms, question(), 4'001, kStart));
  EXPECT_TRUE(state->notices().empty());
}

// At any moment of reserving and settling: what was confirmed is there, and the budget holds.
TEST_F(Ledger, UnderKillsAtAnyMomentNothingThatWasReservedIsLost) {
  ASSERT_TRUE(open());
  const BudgetTerms wide{.daily_tokens = 1'000'000, .project_share = 1, .tie_break_share = 1};
  std::int64_t confirmed = 0;
  for (int round = 0; round < 25; ++round) {
    int ends[2];
    ASSERT_EQ(::pipe(ends), 0);
    const pid_t child = ::fork();
    if (child == 0) {
      const auto state = open();
      while (true) {
        const auto reserve = state->reserve(wide, question(), 100, kStart);
        if (!reserve || ::write(ends[1], "r", 1) != 1) ::_exit(1);
        (void)state->settle(*reserve, 100);
      }
    }
    ::close(ends[1]);
    char each = 0;
    for (int count = 0; count <= round % 5; ++count) {
      ASSERT_EQ(::read(ends[0], &each, 1), 1);
      ++confirmed;
    }
    ::kill(child, SIGKILL);
    ::waitpid(child, nullptr, 0);
    while (::read(ends[0], &each, 1) == 1) ++confirmed;
    ::close(ends[0]);
    const auto state = open();
    const std::int64_t calls = use_of(*state).calls;
    EXPECT_GE(calls, confirmed);
    EXPECT_LE(calls, confirmed + 1 + round) << "at most one per kill was not told";
    EXPECT_EQ(use_of(*state).spent, calls * 100);
  }
}

TEST_F(Ledger, ProcessesCannotOverspendTogether) {
  ASSERT_TRUE(open());
  constexpr int kProcesses = 4;
  std::vector<pid_t> children;
  for (int each = 0; each < kProcesses; ++each) {
    const pid_t child = ::fork();
    if (child == 0) {
      const auto state = open(30s);
      int granted = 0;
      while (true) {
        const auto reserve = state->reserve(terms, question("p" + std::to_string(each)), 300, kStart);
        if (!reserve) ::_exit(reserve.error().code == Errc::conflict ? granted : 255);
        ++granted;
      }
    }
    children.push_back(child);
  }
  int granted = 0;
  for (const pid_t child : children) {
    int status = 0;
    ASSERT_EQ(::waitpid(child, &status, 0), child);
    ASSERT_TRUE(WIFEXITED(status));
    ASSERT_NE(WEXITSTATUS(status), 255);
    granted += WEXITSTATUS(status);
  }
  EXPECT_EQ(granted, 33) << "10,000 / 300";
  EXPECT_EQ(use_of(*open()).spent, 9'900);
}

TEST_F(Ledger, ThreadsShareOneHandle) {
  const auto state = open();
  std::atomic<int> granted = 0;
  std::vector<std::thread> threads;
  for (int each = 0; each < 4; ++each) {
    threads.emplace_back([&] {
      while (state->reserve(terms, question(), 500, kStart)) ++granted;
    });
  }
  for (std::thread& each : threads) each.join();
  EXPECT_EQ(granted, 20);
}

TEST_F(Ledger, IsItsOwnersAlone) {
  const auto state = open();
  struct stat of_file {
  }, of_folder{};
  ASSERT_EQ(::stat(path().c_str(), &of_file), 0);
  ASSERT_EQ(::stat((folder.path() + "/state").c_str(), &of_folder), 0);
  EXPECT_EQ(of_file.st_mode & 0777, 0600U);
  EXPECT_EQ(of_folder.st_mode & 0777, 0700U);
}

TEST_F(Ledger, ADamagedFileIsSetAsideAndToldOf) {
  ASSERT_TRUE(open()->reserve(terms, question(), 9'000, kStart));
  for (const char* end : {"", "-wal"}) std::ofstream(path() + end, std::ios::trunc) << std::string(8192, 'x');
  const auto state = open();
  ASSERT_EQ(state->notices().size(), 1U);
  EXPECT_NE(state->notices().front().find("budget begins anew"), std::string::npos)
      << state->notices().front();
  EXPECT_TRUE(state->reserve(terms, question(), 9'000, kStart));
}

TEST_F(Ledger, DamageUnderAnOpenHandleEndsInANewFileToo) {
  const auto state = open();
  ASSERT_TRUE(state->reserve(terms, question(), 9'000, kStart));
  for (const char* end : {"", "-wal"}) std::filesystem::remove(path() + end);
  std::ofstream(path()) << std::string(8192, 'x');
  EXPECT_TRUE(state->reserve(terms, question(), 100, kStart));
  EXPECT_EQ(use_of(*state).spent, 100);
}

TEST_F(Ledger, AnotherProgramsFileAndALaterVersionsStayAsTheyAre) {
  ASSERT_TRUE(open()->reserve(terms, question(), 9'000, kStart));
  const auto change = [&](const char* pragma) {
    auto database = platform::Database::open(path(), platform::Database::Missing::is_error);
    ASSERT_TRUE(database);
    ASSERT_TRUE(database->execute(pragma));
  };
  change("PRAGMA user_version = 99");
  EXPECT_EQ(AdvisorState::open({.path = path()}).error().code, Errc::newer_schema);
  change("PRAGMA user_version = 1");
  change("PRAGMA application_id = 1");
  EXPECT_EQ(AdvisorState::open({.path = path()}).error().code, Errc::conflict);
}

TEST_F(Ledger, AnswersAreKeptForAWeek) {
  const auto state = open();
  const Question asked = question("acme/shop", "key-1");
  ASSERT_TRUE(state->remember(asked, {{"network", "high", "it\n'says' so", {}}, "claude"}, kStart));
  const auto known = state->remembered(asked, kStart + std::chrono::days{7} - 1ms);
  ASSERT_TRUE(known && *known);
  EXPECT_EQ((*known)->answer.choice, "network");
  EXPECT_EQ((*known)->answer.confidence, "high");
  EXPECT_EQ((*known)->answer.reason, "it\n'says' so");
  EXPECT_EQ((*known)->model, "claude");
  EXPECT_FALSE(*state->remembered(asked, kStart + std::chrono::days{7}));
  EXPECT_FALSE(*state->remembered(question("acme/shop", "key-2"), kStart));
  Question other = asked;
  other.kind = QuestionKind::duration;
  EXPECT_FALSE(*state->remembered(other, kStart));
  ASSERT_TRUE(state->remember(asked, {{"disk", "low", "", {}}, "claude"}, kStart + 1h));
  EXPECT_EQ((*state->remembered(asked, kStart + 1h))->answer.choice, "disk") << "the newer counts";
}

TEST_F(Ledger, AFileThatCannotBeMadeIsAnError) {
  std::ofstream(folder.path() + "/state") << "a file where the folder should be";
  const auto opened = AdvisorState::open({.path = path(), .patience = 1s});
  ASSERT_FALSE(opened);
  EXPECT_NE(opened.error().message.find("advisor.db"), std::string::npos) << opened.error().message;
}

}  // namespace
}  // namespace runneriq::advisor
