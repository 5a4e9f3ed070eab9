// The log in real files, pipes and a standard error that is gone.
#include "platform/files.hpp"
#include "platform/log.hpp"
#include "platform/pipe.hpp"
#include "tests/support/forked.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <csignal>
#include <thread>

namespace runneriq::platform {
namespace {

using namespace std::chrono_literals;

class Log : public testing::Test {
 protected:
  [[nodiscard]] std::string in(const std::string& name) const { return folder.path() + "/" + name; }
  static std::string content(const std::string& path) { return read_file(path, 1 << 26).value_or("absent"); }
  static unsigned mode_of(const std::string& path) {
    struct stat found {};
    return ::stat(path.c_str(), &found) == 0 ? found.st_mode & 07777U : 0U;
  }
  // What stands on standard error of a process that does `body`.
  [[nodiscard]] std::string stderr_of(const std::function<std::string()>& body) const {
    const std::string path = in("stderr");
    const std::string answer = answer_of_fork([&] {
      const UniqueFd file{::open(path.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600)};
      ::dup2(file.get(), STDERR_FILENO);
      return body();
    });
    EXPECT_EQ(answer, "");
    return content(path);
  }
  TemporaryFolder folder;
};

std::string write_one_of_each(const LogSettings& settings) {
  const auto log = open_log(settings);
  if (!log) return log.error().message;
  (*log)->write(LogLevel::debug, "first", {});
  (*log)->write(LogLevel::info, "second", {});
  (*log)->write(LogLevel::warning, "third", {});
  (*log)->write(LogLevel::error, "fourth", {{"reason", std::string("none")}});
  return "";
}

std::size_t lines_of(const std::string& text) {
  return static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n'));
}

TEST_F(Log, WritesJsonLinesToStandardErrorWhereItIsNoTerminal) {
  const std::string text = stderr_of([] { return write_one_of_each({.run = "r1"}); });
  EXPECT_EQ(lines_of(text), 3U) << text;
  EXPECT_TRUE(text.starts_with("{\"time\":\"20")) << text;
  EXPECT_TRUE(text.ends_with(R"("level":"error","event":"fourth","run":"r1","reason":"none"})"
                             "\n"))
      << text;
}

TEST_F(Log, KeepsBelowItsLowestLevelSilent) {
  EXPECT_EQ(lines_of(stderr_of([] { return write_one_of_each({.lowest = LogLevel::debug}); })), 4U);
  EXPECT_EQ(lines_of(stderr_of([] { return write_one_of_each({.lowest = LogLevel::error}); })), 1U);
}

TEST_F(Log, TakesTheFormThatIsAsked) {
  const std::string text = stderr_of([] { return write_one_of_each({.form = LogForm::text}); });
  EXPECT_TRUE(text.ends_with(" ERROR fourth reason=none\n")) << text;
  EXPECT_TRUE(
      stderr_of([] { return write_one_of_each({.form = LogForm::journal}); }).starts_with("<6>{\"time\""));
}

TEST_F(Log, SpeaksToTheJournalWhereStandardErrorIsItsStream) {
  const auto with_stream = [this](int inode_offset) {
    return stderr_of([inode_offset] {
      struct stat found {};
      ::fstat(STDERR_FILENO, &found);
      const std::string stream = std::to_string(found.st_dev) + ":" +
                                 std::to_string(found.st_ino + static_cast<ino_t>(inode_offset));
      ::setenv("JOURNAL_STREAM", stream.c_str(), 1);
      return write_one_of_each({});
    });
  };
  EXPECT_TRUE(with_stream(0).starts_with("<6>{"));
  EXPECT_TRUE(with_stream(1).starts_with("{"));
}

TEST_F(Log, AFileIsOursAloneAndStandardErrorHearsErrorsOnly) {
  const std::string file = in("log");
  ASSERT_TRUE(replace_file(file, "old\n"));
  ASSERT_EQ(::chmod(file.c_str(), 0644), 0);
  const std::string text = stderr_of([&] { return write_one_of_each({.file = file}); });
  EXPECT_EQ(lines_of(text), 1U) << text;
  EXPECT_NE(text.find("fourth"), std::string::npos) << text;
  EXPECT_TRUE(content(file).starts_with("old\n{")) << content(file);
  EXPECT_EQ(lines_of(content(file)), 4U);
  EXPECT_EQ(mode_of(file), 0600U);
}

TEST_F(Log, RotatesAndKeepsAsManyAsAsked) {
  const std::string file = in("run.log");
  {
    const ::mode_t before = ::umask(0);
    const auto log = open_log({.file = file, .largest_file = 1000, .kept_files = 2});
    ASSERT_TRUE(log) << log.error().message;
    for (int number = 0; number < 100; ++number)
      (*log)->write(LogLevel::info, "tick", {{"number", std::int64_t{number}}});
    ::umask(before);
  }
  auto names = names_in(folder.path());
  std::ranges::sort(names);
  EXPECT_EQ(names, (std::vector<std::string>{"run.1.log", "run.2.log", "run.log"}));
  for (const std::string& name : names) {
    EXPECT_EQ(mode_of(in(name)), 0600U) << name;
    EXPECT_LE(content(in(name)).size(), 1000U) << name;
  }
  EXPECT_TRUE(content(file).ends_with("\"number\":99}\n"));
}

TEST_F(Log, EveryLineIsInTheFileAtOnce) {
  const auto log = open_log({.file = in("log")});
  ASSERT_TRUE(log);
  (*log)->write(LogLevel::info, "tick", {});
  EXPECT_EQ(lines_of(content(in("log"))), 1U);
}

// As an administrator who runs the program by hand, in the folder of the service's user.
TEST_F(Log, TheServiceCanWriteWhatRootHasBegun) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  ASSERT_EQ(::chmod(folder.path().c_str(), 0711), 0);
  ASSERT_EQ(::mkdir(in("theirs").c_str(), 0700), 0);
  give_to_ordinary_user(in("theirs"));
  const std::string file = in("theirs/log");
  ASSERT_EQ(write_one_of_each({.file = file}), "");
  ASSERT_EQ(write_one_of_each({.file = file}), "") << "root itself, once more";
  EXPECT_EQ(answer_of_ordinary_user([&] { return write_one_of_each({.file = file}); }), "");
  EXPECT_EQ(lines_of(content(file)), 9U);
}

TEST_F(Log, SaysWhyAFileCannotBeWritten) {
  ::mkdir(in("folder").c_str(), 0700);
  ::mkfifo(in("fifo").c_str(), 0600);
  EXPECT_EQ(open_log({.file = in("absent/log")}).error().code, Errc::not_found);
  EXPECT_EQ(open_log({.file = in("folder")}).error().code, Errc::unavailable);
  EXPECT_EQ(open_log({.file = in("fifo")}).error().code, Errc::unavailable);
  EXPECT_EQ(open_log({.file = "/dev/null"}).error().code, Errc::unavailable);
  EXPECT_EQ(mode_of("/dev/null"), 0666U);
  give_to_ordinary_user(folder.path());
  ::mkdir(in("closed").c_str(), 0700);
  EXPECT_EQ(answer_of_ordinary_user([this] {
              if (::geteuid() != 0) ::chmod(in("closed").c_str(), 0);
              const auto log = open_log({.file = in("closed/log")});
              return std::string(!log && log.error().code == Errc::permission ? "permission" : "other");
            }),
            "permission");
}

TEST_F(Log, AFullDiskIsToldOnceAndEndsNothing) {
  const std::string text = stderr_of([this]() -> std::string {
    ::signal(SIGXFSZ, SIG_IGN);
    const auto log = open_log({.file = in("log")});
    if (!log) return "not opened";
    const rlimit small{300, 300};
    ::setrlimit(RLIMIT_FSIZE, &small);
    for (int number = 0; number < 50; ++number) (*log)->write(LogLevel::info, "tick", {});
    return "";
  });
  EXPECT_EQ(lines_of(text), 1U) << text;
  EXPECT_NE(text.find("log_not_written"), std::string::npos) << text;
}

TEST_F(Log, AClosedStandardErrorEndsNothingAndBecomesNoOtherFile) {
  EXPECT_EQ(answer_of_fork([this]() -> std::string {
              ::close(STDERR_FILENO);
              const auto log = open_log({});
              if (!log) return "not opened";
              const UniqueFd other{::open(in("precious").c_str(), O_WRONLY | O_CREAT, 0600)};
              (*log)->write(LogLevel::error, "tick", {});
              return other.get() == STDERR_FILENO ? "taken" : "fine";
            }),
            "fine");
  EXPECT_EQ(content(in("precious")), "");
}

TEST_F(Log, AReaderThatIsStuckHoldsUpNobody) {
  EXPECT_EQ(answer_of_fork([]() -> std::string {
              const auto pipe = make_pipe();
              ::dup2(pipe->write.get(), STDERR_FILENO);
              const auto log = open_log({});
              const auto before = std::chrono::steady_clock::now();
              for (int number = 0; number < 3000; ++number) {
                (*log)->write(LogLevel::error, "tick", {{"text", std::string(1000, 'x')}});
              }
              if (std::chrono::steady_clock::now() - before > 10s) return "slow";
              std::string drained(1 << 20, '\0');
              (void)!::read(pipe->read.get(), drained.data(), drained.size());
              (*log)->write(LogLevel::error, "after", {});
              const ssize_t count = ::read(pipe->read.get(), drained.data(), drained.size());
              const std::string last =
                  drained.substr(0, static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
              return last.find("\"after\"") != std::string::npos ? "goes on" : "silent";
            }),
            "goes on");
}

TEST_F(Log, LinesOfManyThreadsStayWhole) {
  const std::string file = in("log");
  const auto log = open_log({.file = file});
  ASSERT_TRUE(log);
  std::vector<std::thread> threads;
  for (int number = 0; number < 4; ++number) {
    threads.emplace_back([&] {
      for (int count = 0; count < 200; ++count)
        (*log)->write(LogLevel::info, "tick", {{"text", std::string(100, 'x')}});
    });
  }
  for (std::thread& each : threads) each.join();
  const std::string text = content(file);
  EXPECT_EQ(lines_of(text), 800U);
  for (std::size_t at = 0; at < text.size(); at = text.find('\n', at) + 1) {
    ASSERT_EQ(text.compare(at, 9, "{\"time\":\""), 0);
  }
}

}  // namespace
}  // namespace runneriq::platform
