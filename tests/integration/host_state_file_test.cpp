// What may be wrong with the state file: each case ends in a working file or in an error
// that says what to do, never in an exception, a hang or a lost slot.
#include "platform/files.hpp"
#include "platform/sqlite.hpp"
#include "platform/unique_fd.hpp"
#include "tests/support/host_state_fixture.hpp"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <functional>
#include <ostream>
#include <random>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;
using platform::Database;

constexpr std::size_t kPage = 4096;

class HostStateFile : public HostStateTest {
 protected:
  Result<HostState> open(const std::string& where, Duration patience = 1s) {
    return HostState::open({.path = where,
                            .slots = 1,
                            .runner = {host.boot, kRunnerPid, 1},
                            .prepare = {host.boot, 1000, 2},
                            .life = host.probe(),
                            .patience = patience});
  }

  void expect_error(const Result<HostState>& opened, Errc code, const std::string& where) {
    ASSERT_FALSE(opened);
    EXPECT_EQ(opened.error().code, code) << opened.error().message;
    expect_one_sentence(opened.error().message, where);
  }

  static void expect_one_sentence(const std::string& message, const std::string& where) {
    EXPECT_NE(message.find(where), std::string::npos) << message;
    EXPECT_EQ(message.find('\n'), std::string::npos) << message;
    EXPECT_NE(message.find("): "), std::string::npos) << "no remedy: " << message;
  }

  std::vector<std::string> names_in(const std::string& where, const std::string& part) const {
    std::vector<std::string> names;
    for (const auto& entry : std::filesystem::directory_iterator(where)) {
      if (entry.path().filename().string().find(part) != std::string::npos)
        names.push_back(entry.path().filename());
    }
    return names;
  }
  std::string state_folder() const { return folder.path() + "/state"; }

  // Some weeks of use, all of it in the main file.
  void make_used_file() {
    HostState state = desk(0);
    (void)*state.ask(request(1), now);
    auto database = Database::open(path(), Database::Missing::is_error);
    ASSERT_TRUE(database);
    ASSERT_TRUE(database->execute(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000)"
        " INSERT INTO outcomes (gitlab, job, attempt, project, name, stage, class, score, queued, held, ran,"
        " succeeded, exit_code, failed_stage, finished) SELECT 'g', i, 'a' || i, 7, 'n', 's', 3, 1, 0, 0, i,"
        " 1, 0, '', 1700000000000 FROM n"));
    ASSERT_TRUE(database->execute("PRAGMA wal_checkpoint(TRUNCATE)"));
  }

  JobOutcome outcome(std::int64_t job) const {
    JobOutcome made;
    made.key = request(job).key;
    made.attempt = request(job).attempt;
    made.history = request(job).history;
    made.succeeded = true;
    made.finished = now;
    return made;
  }
};

std::string bytes_of(const std::string& path) {
  return platform::read_file(path, 64U << 20).value();
}

void overwrite(const std::string& path, std::size_t offset, std::size_t size) {
  std::fstream file(path, std::ios::binary | std::ios::in | std::ios::out);
  std::mt19937 random{42};
  file.seekp(static_cast<std::streamoff>(offset));
  for (std::size_t i = 0; i < size; ++i) file.put(static_cast<char>(random()));
}

// Runs `work` in a child process; its return value is the exit code. 99 after an exception.
int in_child(const std::function<int()>& work) {
  const pid_t child = ::fork();
  if (child == 0) {
    try {
      ::_exit(work());
    } catch (const std::exception& error) {
      (void)!::write(2, error.what(), std::string_view(error.what()).size());
      ::_exit(99);
    }
  }
  int status = 0;
  ::waitpid(child, &status, 0);
  return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

TEST_F(HostStateFile, AMissingFolderAndFileAreMadeForTheirOwnerOnly) {
  const std::string deep = folder.path() + "/a/b/host.db";
  auto state = open(deep);
  ASSERT_TRUE(state) << state.error().message;
  EXPECT_EQ(standing(state->ask(request(1), now)), "granted");
  struct stat status {};
  for (const std::string part : {"", "-wal", "-shm", "-lock"}) {
    ASSERT_EQ(::stat((deep + part).c_str(), &status), 0) << part;
    EXPECT_EQ(status.st_mode & 0777U, 0600U) << part;
  }
  ASSERT_EQ(::stat((folder.path() + "/a/b").c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0711U);
}

struct NoRegularFile {
  const char* name;
  void (*make)(const std::string& path);
};
void PrintTo(const NoRegularFile& value, std::ostream* out) {
  *out << value.name;
}

class Refused : public HostStateFile, public testing::WithParamInterface<NoRegularFile> {};

TEST_P(Refused, InPlaceOfTheFile) {
  const std::string where = folder.path() + "/host.db";
  GetParam().make(where);
  expect_error(open(where), Errc::conflict, where);
}

INSTANTIATE_TEST_SUITE_P(
    Is, Refused,
    testing::Values(
        NoRegularFile{"ASymbolicLink",
                      [](const std::string& path) {
                        std::ofstream(path + ".target").close();
                        std::filesystem::create_symlink(path + ".target", path);
                      }},
        NoRegularFile{
            "ADanglingLink",
            [](const std::string& path) { std::filesystem::create_symlink(path + ".nowhere", path); }},
        NoRegularFile{"AFolder", [](const std::string& path) { std::filesystem::create_directory(path); }},
        NoRegularFile{"APipe", [](const std::string& path) { ASSERT_EQ(::mkfifo(path.c_str(), 0600), 0); }},
        NoRegularFile{"AnotherProgramsDatabase",
                      [](const std::string& path) {
                        auto database = Database::open(path, Database::Missing::make);
                        ASSERT_TRUE(database->execute("CREATE TABLE theirs (a)"));
                      }}),
    [](const auto& test) { return test.param.name; });

TEST_F(HostStateFile, ANewerSchemaIsLeftUntouched) {
  make_used_file();
  {
    auto database = Database::open(path(), Database::Missing::is_error);
    ASSERT_TRUE(database->execute("PRAGMA user_version = 1000"));
    ASSERT_TRUE(database->execute("PRAGMA wal_checkpoint(TRUNCATE)"));
  }
  const std::string before = bytes_of(path());
  expect_error(open(path()), Errc::newer_schema, path());
  EXPECT_TRUE(bytes_of(path()) == before);
  EXPECT_TRUE(names_in(state_folder(), "corrupt").empty());
}

TEST_F(HostStateFile, ASchemaThatBecomesNewerWhileWeWaitIsNotWrittenTo) {
  HostState state = desk(1);
  (void)*state.ask(request(1), now);
  auto database = Database::open(path(), Database::Missing::is_error);
  ASSERT_TRUE(database->execute("PRAGMA user_version = 1000"));
  const auto answer = state.ask(request(2), now);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::newer_schema);
}

TEST_F(HostStateFile, AFileThatIsRemovedUnderUsIsMadeAgain) {
  HostState state = desk(1);
  (void)*state.ask(request(1), now);
  std::filesystem::remove_all(state_folder());
  EXPECT_EQ(standing(state.ask(request(2), now)), "granted");
  EXPECT_EQ(desk(1).snapshot(now)->queue.running.size(), 1U);
}

TEST_F(HostStateFile, ALockHeldByAnotherProcessEndsInTimeout) {
  HostState state = desk(1);
  const platform::UniqueFd lock{::open((path() + "-lock").c_str(), O_RDWR | O_CLOEXEC)};
  ASSERT_EQ(::flock(lock.get(), LOCK_EX | LOCK_NB), 0);
  auto impatient = open(path(), 50ms);
  ASSERT_TRUE(impatient);
  const auto start = std::chrono::steady_clock::now();
  const auto answer = impatient->ask(request(1), now);
  const auto took = std::chrono::steady_clock::now() - start;
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::timed_out);
  expect_one_sentence(answer.error().message, path());
  EXPECT_GE(took, 50ms);
  EXPECT_LT(took, 10s);
}

TEST_F(HostStateFile, ADatabaseLockedByAForeignProgramEndsInTimeout) {
  HostState state = desk(1);
  auto foreign = Database::open(path(), Database::Missing::is_error);
  ASSERT_TRUE(foreign->execute("BEGIN IMMEDIATE"));
  auto impatient = open(path(), 50ms);
  ASSERT_TRUE(impatient);
  const auto answer = impatient->ask(request(1), now);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().code, Errc::timed_out) << answer.error().message;
}

TEST_F(HostStateFile, ADatabaseThatAForeignProgramKeepsForItselfEndsInOneTimeout) {
  make_used_file();
  auto foreign = Database::open(path(), Database::Missing::is_error);
  ASSERT_TRUE(foreign->execute("PRAGMA locking_mode = EXCLUSIVE"));
  ASSERT_TRUE(foreign->execute("DELETE FROM places"));
  const auto start = std::chrono::steady_clock::now();
  expect_error(open(path(), 300ms), Errc::timed_out, path());
  EXPECT_LT(std::chrono::steady_clock::now() - start, 10s);
}

TEST_F(HostStateFile, GarbageInLogOrIndexNeverStopsAJob) {
  for (const std::string part : {"-wal", "-shm"}) {
    for (const std::size_t offset : {std::size_t{0}, std::size_t{100}, kPage, 3 * kPage}) {
      SCOPED_TRACE(part + " from " + std::to_string(offset));
      const std::string where = folder.path() + "/" + std::to_string(offset) + part + ".db";
      {
        auto state = open(where);
        ASSERT_TRUE(state);
        for (std::int64_t job = 1; job <= 20; ++job) ASSERT_TRUE(state->record(outcome(job)));
      }
      overwrite(where + part, offset, 2000);
      auto state = open(where);
      ASSERT_TRUE(state) << state.error().message;
      EXPECT_EQ(standing(state->ask(request(1), now)), "granted");
      EXPECT_TRUE(state->record(outcome(30)));
    }
  }
}

// Corruption ----------------------------------------------------------------------------

struct Damage {
  const char* name;
  void (*inflict)(const std::string& path);
};
void PrintTo(const Damage& value, std::ostream* out) {
  *out << value.name;
}

class Damaged : public HostStateFile, public testing::WithParamInterface<Damage> {};

TEST_P(Damaged, FileIsMovedAsideAndANewOneStarted) {
  make_used_file();
  GetParam().inflict(path());
  const std::string damaged = bytes_of(path());
  auto state = open(path());
  ASSERT_TRUE(state) << state.error().message;
  EXPECT_EQ(standing(state->ask(request(2), now)), "granted");
  ASSERT_TRUE(state->record(outcome(2)));
  ASSERT_EQ(state->notices().size(), 1U);
  const auto aside = names_in(state_folder(), "host.db.corrupt-");
  ASSERT_FALSE(aside.empty());
  EXPECT_NE(state->notices()[0].find(path() + ".corrupt-"), std::string::npos) << state->notices()[0];
  EXPECT_TRUE(bytes_of(state->notices()[0].substr(state->notices()[0].find("now ") + 4,
                                                  (path() + ".corrupt-1700000000").size())) == damaged)
      << "moved, not changed";
  EXPECT_TRUE(std::ranges::any_of(aside, [](const std::string& name) { return name.ends_with("-wal"); }))
      << "the log goes with its file";
  EXPECT_EQ(desk(1).snapshot(now)->queue.running.size(), 1U);
}

TEST_P(Damaged, FileIsReplacedAlsoUnderAProcessThatHasItOpen) {
  make_used_file();
  HostState first = desk(1);
  HostState second = desk(1, 1002);
  GetParam().inflict(path());
  // A page that a process has in its memory may serve it once more.
  (void)first.ask(request(2), now);
  (void)second.ask(request(3), now);
  const std::set<std::string> answers{standing(first.ask(request(2), now)),
                                      standing(second.ask(request(3), now))};
  EXPECT_EQ(answers, (std::set<std::string>{"granted", "held"})) << "both use the same new file";
  EXPECT_EQ(first.notices().size() + second.notices().size(), 1U) << "one of them does it";
}

INSTANTIATE_TEST_SUITE_P(
    By, Damaged,
    testing::Values(Damage{"AGarbageHeader", [](const std::string& path) { overwrite(path, 0, 100); }},
                    Damage{"GarbageAltogether",
                           [](const std::string& path) { overwrite(path, 0, bytes_of(path).size()); }},
                    Damage{"GarbageInEveryPageButTheFirst",
                           [](const std::string& path) {
                             overwrite(path, kPage, bytes_of(path).size() - kPage);
                           }},
                    Damage{"TruncationToOnePage",
                           [](const std::string& path) { std::filesystem::resize_file(path, kPage); }},
                    Damage{"TruncationInTheMiddleOfTheHeader",
                           [](const std::string& path) { std::filesystem::resize_file(path, 50); }}),
    [](const auto& test) { return test.param.name; });

// Whatever is damaged, nothing but the answer or an error comes out, and a second try works.
TEST_F(HostStateFile, GarbageInAnyOnePageNeverStopsAJob) {
  make_used_file();
  const std::string whole = bytes_of(path());
  int replaced = 0;
  for (std::size_t page = 0; page < whole.size() / kPage; page += 3) {
    SCOPED_TRACE("page " + std::to_string(page));
    const std::string where = folder.path() + "/page" + std::to_string(page) + ".db";
    std::ofstream(where, std::ios::binary) << whole;
    overwrite(where, page * kPage, kPage);
    auto state = open(where);
    ASSERT_TRUE(state) << state.error().message;
    const std::string answer = standing(state->ask(request(2), now));
    EXPECT_TRUE(answer == "granted" || answer == "held") << answer;
    EXPECT_TRUE(state->record(outcome(2)));
    EXPECT_TRUE(state->leave(request(2).key, request(2).attempt, now));
    replaced += static_cast<int>(state->notices().size());
  }
  EXPECT_GT(replaced, 0);
}

TEST_F(HostStateFile, AnEmptyFileIsANewFile) {
  std::filesystem::create_directory(state_folder());
  std::ofstream(path()).close();
  HostState state = desk(1);
  EXPECT_EQ(standing(state.ask(request(1), now)), "granted");
  EXPECT_TRUE(state.notices().empty());
}

TEST_F(HostStateFile, ManyProcessesMoveADamagedFileAsideOnce) {
  make_used_file();
  overwrite(path(), 0, 100);
  std::vector<pid_t> children;
  for (int child = 0; child < 8; ++child) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      auto state = open(path(), 20s);
      ::_exit(state && state->ask(request(10 + child), now) ? 0 : 1);
    }
    children.push_back(pid);
  }
  for (const pid_t pid : children) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    EXPECT_EQ(status, 0);
  }
  int main_files = 0;
  for (const std::string& name : names_in(state_folder(), "corrupt")) {
    if (!name.ends_with("-wal") && !name.ends_with("-shm")) ++main_files;
  }
  EXPECT_EQ(main_files, 1);
  const HostSnapshot seen = *desk(1).snapshot(now);
  EXPECT_EQ(seen.queue.running.size() + seen.queue.held.size(), 8U);
}

// No permission, no space -----------------------------------------------------------------

constexpr uid_t kNobody = 65534;

TEST_F(HostStateFile, AFolderThatMayNotBeWrittenIsAnErrorOfPermission) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become nobody";
  make_used_file();
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
  const int code = in_child([this] {
    if (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0) return 50;
    const auto used = open(path());
    const auto fresh = open(folder.path() + "/host.db");
    if (used || fresh) return 51;
    expect_one_sentence(used.error().message, path());
    if (HasFailure()) return 52;
    return used.error().code == Errc::permission && fresh.error().code == Errc::permission ? 0 : 53;
  });
  EXPECT_EQ(code, 0);
}

TEST_F(HostStateFile, AFileThatMayOnlyBeReadIsAnErrorOfPermission) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root to become nobody";
  make_used_file();
  for (const std::string part : {"", "-wal", "-shm"}) ASSERT_EQ(::chmod((path() + part).c_str(), 0644), 0);
  ASSERT_EQ(::chmod((path() + "-lock").c_str(), 0666), 0);
  ASSERT_EQ(::chmod(folder.path().c_str(), 0755), 0);
  const int code = in_child([this] {
    if (::setgid(kNobody) != 0 || ::setuid(kNobody) != 0) return 50;
    const auto used = open(path());
    return !used && used.error().code == Errc::permission ? 0 : 51;
  });
  EXPECT_EQ(code, 0);
}

TEST_F(HostStateFile, AFullDiskIsAnErrorAndTheFileStaysSound) {
  std::filesystem::create_directory(state_folder());
  if (::mount("tmpfs", state_folder().c_str(), "tmpfs", 0, "size=256k") != 0) {
    GTEST_SKIP() << "cannot mount a small file system";
  }
  {
    HostState state = desk(0);
    Error full{};
    std::int64_t admitted = 0;
    for (std::int64_t job = 1; job < 100'000 && full.message.empty(); ++job) {
      const auto answer = state.ask(request(job), now);
      if (answer) {
        ++admitted;
      } else {
        full = answer.error();
      }
    }
    EXPECT_EQ(full.code, Errc::unavailable) << full.message;
    expect_one_sentence(full.message, path());
    EXPECT_EQ(static_cast<std::int64_t>(state.snapshot(now)->queue.running.size()), admitted);
    EXPECT_TRUE(state.notices().empty());
  }
  ASSERT_EQ(::umount(state_folder().c_str()), 0);
}

TEST_F(HostStateFile, ADiskThatIsFullFromTheStartIsAnError) {
  const int code = in_child([this] {
    const rlimit none{0, 0};
    ::signal(SIGXFSZ, SIG_IGN);
    if (::setrlimit(RLIMIT_FSIZE, &none) != 0) return 50;
    const auto state = open(path());
    return !state && state.error().code == Errc::unavailable ? 0 : 51;
  });
  EXPECT_EQ(code, 0);
}

TEST_F(HostStateFile, AReadOnlyFileSystemIsAnError) {
  make_used_file();
  const char* where = folder.path().c_str();
  if (::mount(where, where, nullptr, MS_BIND, nullptr) != 0) GTEST_SKIP() << "cannot mount";
  ASSERT_EQ(::mount(nullptr, where, nullptr, MS_BIND | MS_REMOUNT | MS_RDONLY, nullptr), 0);
  const auto state = open(path());
  EXPECT_EQ(::umount(where), 0);
  expect_error(state, Errc::permission, path());
}

}  // namespace
}  // namespace runneriq::scheduler
