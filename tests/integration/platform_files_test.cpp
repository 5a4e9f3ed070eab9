// Files and folders on a real file system, with the tricks that a job may play in its own.
#include "platform/accounts.hpp"
#include "platform/files.hpp"
#include "platform/memory_file.hpp"
#include "tests/support/forked.hpp"
#include "tests/support/poll.hpp"
#include "tests/support/temporary_folder.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <linux/fs.h>
#include <sched.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>
#include <thread>
#include <vector>

namespace runneriq::platform {
namespace {

using namespace std::chrono_literals;

constexpr std::size_t kRoom = 1 << 20;

void write_file(const std::string& path, std::string_view content) {
  std::ofstream(path) << content;
}

std::string content_of(const std::string& path) {
  std::ostringstream text;
  text << std::ifstream(path).rdbuf();
  return text.str();
}

struct stat status_of(const std::string& path) {
  struct stat status {};
  EXPECT_EQ(::lstat(path.c_str(), &status), 0) << path;
  return status;
}

std::uint32_t mode_of(const std::string& path) {
  return status_of(path).st_mode & 07777;
}

template <class T>
std::string told(const Result<T>& result) {
  return result ? "done" : result.error().message;
}

// A folder that everybody may enter, so that an ordinary user can work in it.
class Files : public testing::Test {
 protected:
  Files() { EXPECT_EQ(::chmod(folder.path().c_str(), 0711), 0); }
  [[nodiscard]] std::string in(std::string_view name) const {
    return folder.path() + "/" + std::string(name);
  }
  [[nodiscard]] std::string made_folder(std::string_view name, mode_t mode = 0755) const {
    EXPECT_EQ(::mkdir(in(name).c_str(), 0700), 0);
    EXPECT_EQ(::chmod(in(name).c_str(), mode), 0);
    return in(name);
  }
  TemporaryFolder folder;
};

using ReadFile = Files;
using ReplaceFile = Files;
using AppendToFile = Files;
using OpenOrMake = Files;
using Mapped = Files;
using MakeFolders = Files;
using MakeOwnedFolder = Files;
using RemoveTree = Files;

TEST_F(ReadFile, GivesWhatIsThereUpToTheLimit) {
  std::string bytes(40000, 'x');
  bytes[7] = '\0';
  bytes[39999] = '\xff';
  write_file(in("file"), bytes);
  EXPECT_EQ(read_file(in("file"), 40000).value(), bytes);
  const auto larger = read_file(in("file"), 39999);
  ASSERT_FALSE(larger);
  EXPECT_EQ(larger.error().code, Errc::invalid_argument);
  EXPECT_NE(larger.error().message.find(in("file")), std::string::npos) << larger.error().message;
}

TEST_F(ReadFile, AnEmptyFileIsWithinALimitOfNothing) {
  write_file(in("file"), "");
  EXPECT_EQ(read_file(in("file"), 0).value(), "");
}

TEST_F(ReadFile, ErrorsNamePathAndReason) {
  const auto absent = read_file(in("absent"), kRoom);
  ASSERT_FALSE(absent);
  EXPECT_EQ(absent.error().code, Errc::not_found);
  EXPECT_NE(absent.error().message.find(in("absent") + ": No such file"), std::string::npos)
      << absent.error().message;
  const auto folder_instead = read_file(folder.path(), kRoom);
  ASSERT_FALSE(folder_instead);
  EXPECT_EQ(folder_instead.error().code, Errc::unavailable);
}

TEST_F(ReadFile, AForbiddenFileIsAPermissionError) {
  write_file(in("secret"), "secret");
  ASSERT_EQ(::chmod(in("secret").c_str(), 0), 0);
  EXPECT_EQ(answer_of_ordinary_user([&] {
              const auto text = read_file(in("secret"), kRoom);
              return std::string(!text && text.error().code == Errc::permission ? "permission" : "other");
            }),
            "permission");
}

TEST_F(ReplaceFile, TheFileIsNewWithMode0600) {
  ASSERT_TRUE(replace_file(in("file"), "first"));
  EXPECT_EQ(content_of(in("file")), "first");
  EXPECT_EQ(mode_of(in("file")), 0600U);
  const auto before = status_of(in("file")).st_ino;
  ASSERT_EQ(::chmod(in("file").c_str(), 0644), 0);
  const UniqueFd reader{::open(in("file").c_str(), O_RDONLY | O_CLOEXEC)};
  ASSERT_TRUE(replace_file(in("file"), "second"));
  EXPECT_EQ(content_of(in("file")), "second");
  EXPECT_EQ(mode_of(in("file")), 0600U);
  EXPECT_NE(status_of(in("file")).st_ino, before);
  char old[16];
  EXPECT_EQ(::read(reader.get(), old, sizeof old), 5) << "who has it open reads the old content to its end";
}

TEST_F(ReplaceFile, TheModeIsItsOwnWhateverStoodBeside) {
  write_file(in("file.new"), "left by a process that was killed");
  ASSERT_EQ(::chmod(in("file.new").c_str(), 0666), 0);
  ASSERT_TRUE(replace_file(in("file"), "content"));
  EXPECT_EQ(content_of(in("file")), "content");
  EXPECT_EQ(mode_of(in("file")), 0600U);
}

TEST_F(ReplaceFile, ALinkInItsPlaceIsReplacedAndNotFollowed) {
  write_file(in("canary"), "canary");
  ASSERT_EQ(::symlink(in("canary").c_str(), in("file").c_str()), 0);
  ASSERT_TRUE(replace_file(in("file"), "content"));
  EXPECT_TRUE(S_ISREG(status_of(in("file")).st_mode));
  EXPECT_EQ(content_of(in("canary")), "canary");
}

TEST_F(ReplaceFile, NothingThatStoodBesideIsWrittenThrough) {
  write_file(in("canary"), "canary");
  ASSERT_EQ(::link(in("canary").c_str(), in("file.new").c_str()), 0);
  (void)told(replace_file(in("file"), "content"));
  EXPECT_EQ(content_of(in("canary")), "canary");
}

TEST_F(ReplaceFile, AFailureIsToldAndLeavesTheFolderAsItWas) {
  ASSERT_FALSE(made_folder("taken").empty());
  write_file(in("taken/file"), "");
  EXPECT_FALSE(replace_file(in("taken"), "content"));
  EXPECT_FALSE(exists(in("taken.new"))) << "the draft is left behind";
  const auto nowhere = replace_file(in("absent/file"), "content");
  ASSERT_FALSE(nowhere);
  EXPECT_EQ(nowhere.error().code, Errc::not_found);
}

// Everybody who reads sees one whole content, also when two write at once.
TEST_F(ReplaceFile, ReadersNeverSeeAPart) {
  const std::vector<std::string> contents{std::string(100'000, 'a'), std::string(150'000, 'b')};
  ASSERT_TRUE(replace_file(in("file"), contents[0]));
  std::atomic<bool> stop = false;
  std::vector<std::thread> writers;
  for (const std::string& content : contents) {
    writers.emplace_back([&] {
      while (!stop) (void)told(replace_file(in("file"), content));
    });
  }
  std::size_t odd = 0;
  for (int round = 0; round < 500; ++round) {
    const auto seen = read_file(in("file"), kRoom);
    odd += !seen || (*seen != contents[0] && *seen != contents[1]) ? 1 : 0;
  }
  stop = true;
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(odd, 0U) << "of 500 reads";
}

TEST_F(OpenOrMake, WhatRootMakesInAnotherUsersFolderIsThatUsers) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  give_to_ordinary_user(made_folder("theirs"));
  ASSERT_TRUE(open_or_make(in("theirs/made"), O_RDWR));
  ASSERT_TRUE(replace_file(in("theirs/replaced"), "1"));
  ASSERT_TRUE(append_to_file(in("theirs/appended"), "1"));
  for (const std::string name : {"theirs/made", "theirs/replaced", "theirs/appended"}) {
    EXPECT_EQ(status_of(in(name)).st_uid, kOrdinaryUser) << name;
    EXPECT_EQ(status_of(in(name)).st_gid, kOrdinaryUser) << name;
    EXPECT_EQ(mode_of(in(name)), 0600U) << name;
  }
  ASSERT_TRUE(open_or_make(in("ours"), O_RDWR));
  EXPECT_EQ(status_of(in("ours")).st_uid, 0U);
}

TEST_F(OpenOrMake, WhatIsThereStaysWhoseItIs) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  write_file(in("roots"), "");
  give_to_ordinary_user(made_folder("theirs"));
  ASSERT_EQ(::link(in("roots").c_str(), in("theirs/linked").c_str()), 0);
  ASSERT_TRUE(open_or_make(in("theirs/linked"), O_RDWR));
  EXPECT_EQ(status_of(in("roots")).st_uid, 0U) << "a user has taken a file of root's by a link";
}

TEST_F(OpenOrMake, FollowsNoLinkNotEvenToWhereNothingIs) {
  ASSERT_EQ(::symlink(in("absent").c_str(), in("link").c_str()), 0);
  EXPECT_FALSE(open_or_make(in("link"), O_RDWR));
  EXPECT_EQ(errno, ELOOP);
  EXPECT_FALSE(make_file(in("link"), O_RDWR));
  EXPECT_EQ(errno, EEXIST);
  EXPECT_FALSE(exists(in("absent")));
}

TEST_F(AppendToFile, LinesOfManyWritersStayWhole) {
  constexpr int kLines = 500;
  std::vector<std::thread> writers;
  for (const char letter : {'a', 'b', 'c'}) {
    writers.emplace_back([this, letter] {
      for (int line = 0; line < kLines; ++line)
        EXPECT_TRUE(append_to_file(in("log"), std::string(99, letter) + "\n"));
    });
  }
  for (std::thread& writer : writers) writer.join();
  EXPECT_EQ(mode_of(in("log")), 0600U);
  std::istringstream lines(content_of(in("log")));
  int count = 0;
  for (std::string line; std::getline(lines, line); ++count) EXPECT_EQ(line, std::string(99, line.front()));
  EXPECT_EQ(count, 3 * kLines);
}

TEST_F(AppendToFile, ALinkIsNotFollowed) {
  write_file(in("canary"), "canary");
  ASSERT_EQ(::symlink(in("canary").c_str(), in("log").c_str()), 0);
  EXPECT_FALSE(append_to_file(in("log"), "text"));
  EXPECT_EQ(content_of(in("canary")), "canary");
}

TEST_F(Mapped, ShowsTheFileAndMoves) {
  const std::string content = std::string(10'000, 'm') + '\0' + "end";
  write_file(in("file"), content);
  write_file(in("empty"), "");
  auto file = MappedFile::open(in("file"));
  ASSERT_TRUE(file);
  EXPECT_EQ(file->view(), content);
  auto empty = MappedFile::open(in("empty"));
  ASSERT_TRUE(empty);
  EXPECT_EQ(empty->view(), "");
  *empty = std::move(*file);
  EXPECT_EQ(empty->view(), content);
  const MappedFile moved = std::move(*empty);
  EXPECT_EQ(moved.view(), content);
}

TEST_F(Mapped, AbsentAndForbiddenAndFoldersAreErrors) {
  EXPECT_EQ(MappedFile::open(in("absent")).error().code, Errc::not_found);
  EXPECT_EQ(MappedFile::open(folder.path()).error().code, Errc::invalid_argument);
  write_file(in("secret"), "secret");
  ASSERT_EQ(::chmod(in("secret").c_str(), 0), 0);
  EXPECT_EQ(answer_of_ordinary_user([&] {
              const auto file = MappedFile::open(in("secret"));
              return std::string(!file && file.error().code == Errc::permission ? "permission" : "other");
            }),
            "permission");
}

TEST_F(Mapped, APipeThatNobodyWritesToKeepsNobodyWaiting) {
  ASSERT_EQ(::mkfifo(in("pipe").c_str(), 0600), 0);
  std::atomic<bool> answered = false;
  std::thread opener([&] {
    EXPECT_FALSE(MappedFile::open(in("pipe")));
    answered = true;
  });
  EXPECT_TRUE(wait_until([&] { return answered.load(); }, 2s)) << "it waits for a writer";
  const UniqueFd writer{::open(in("pipe").c_str(), O_RDWR | O_NONBLOCK | O_CLOEXEC)};  // lets it go on
  opener.join();
}

TEST_F(MakeFolders, MakesWhatIsMissingWithTheModeAndLeavesTheRest) {
  const std::string there = made_folder("there", 0750);
  ASSERT_TRUE(make_folders(there + "/a/b/c", 0711));
  for (const char* made : {"/a", "/a/b", "/a/b/c"}) EXPECT_EQ(mode_of(there + made), 0711U) << made;
  EXPECT_EQ(mode_of(there), 0750U);
  EXPECT_TRUE(make_folders(there + "/a/b/c", 0700));
  EXPECT_EQ(mode_of(there + "/a/b/c"), 0711U);
  EXPECT_TRUE(make_folders(there + "/with/slash/", 0700));
  EXPECT_TRUE(is_folder(there + "/with/slash"));
}

TEST_F(MakeFolders, TheModeDoesNotDependOnTheUmask) {
  EXPECT_EQ(answer_of_fork([&] {
              ::umask(0077);
              return told(make_folders(in("a/b"), 0711));
            }),
            "done");
  EXPECT_EQ(mode_of(in("a")), 0711U);
  EXPECT_EQ(mode_of(in("a/b")), 0711U);
}

TEST_F(MakeFolders, AFileInThePlaceOfAFolderIsAnError) {
  write_file(in("file"), "");
  EXPECT_FALSE(make_folders(in("file/below"), 0700));
  EXPECT_FALSE(make_folders(in("file"), 0700)) << "a file is not a folder";
}

TEST_F(MakeOwnedFolder, MakesItForItsOwner) {
  Account owner = current_account();
  if (is_root()) owner = {"somebody", kOrdinaryUser, kOrdinaryUser, {}, ""};
  ASSERT_TRUE(make_owned_folder(in("new"), owner, 02750));
  const auto made = status_of(in("new"));
  EXPECT_EQ(made.st_uid, owner.uid);
  EXPECT_EQ(made.st_gid, owner.gid);
  EXPECT_EQ(made.st_mode & 07777, 02750U);
}

TEST_F(MakeOwnedFolder, GivesOwnerAndModeAgain) {
  const std::string there = made_folder("there", 0777);
  write_file(there + "/content", "stays");
  Account owner = current_account();
  if (is_root()) {
    owner = {"somebody", kOrdinaryUser, kOrdinaryUser, {}, ""};
    ASSERT_EQ(::chown(there.c_str(), 4711, 4712), 0);
  }
  ASSERT_TRUE(make_owned_folder(there, owner, 0700));
  EXPECT_EQ(status_of(there).st_uid, owner.uid);
  EXPECT_EQ(status_of(there).st_gid, owner.gid);
  EXPECT_EQ(mode_of(there), 0700U);
  EXPECT_EQ(content_of(there + "/content"), "stays");
}

TEST_F(MakeOwnedFolder, TheModeDoesNotDependOnTheUmask) {
  EXPECT_EQ(answer_of_fork([&] {
              ::umask(0777);
              return told(make_owned_folder(in("new"), current_account(), 0755));
            }),
            "done");
  EXPECT_EQ(mode_of(in("new")), 0755U);
}

TEST_F(MakeOwnedFolder, AnOwnerGetsAFolderBackThatItMadeUnreadable) {
  ASSERT_FALSE(made_folder("home").empty());
  const std::string there = made_folder("home/there", 0000);
  give_to_ordinary_user(there);
  EXPECT_EQ(answer_of_ordinary_user([&] { return told(make_owned_folder(there, current_account(), 0700)); }),
            "done");
  EXPECT_EQ(mode_of(there), 0700U);
}

TEST_F(MakeOwnedFolder, AParentThatMayBeEnteredButNotReadIsEnough) {
  const std::string there = made_folder("there", 0777);
  give_to_ordinary_user(there);
  EXPECT_EQ(answer_of_ordinary_user([&] { return told(make_owned_folder(there, current_account(), 0700)); }),
            "done");
}

TEST_F(MakeOwnedFolder, AnythingElseInItsPlaceIsAConflictAndStays) {
  const std::string canary = made_folder("canary", 0711);
  write_file(in("file"), "content");
  ASSERT_EQ(::mkfifo(in("pipe").c_str(), 0600), 0);
  ASSERT_EQ(::symlink(canary.c_str(), in("link").c_str()), 0);
  ASSERT_EQ(::symlink("nowhere", in("dangling").c_str()), 0);
  for (const char* name : {"file", "pipe", "link", "dangling", "link/"}) {
    const auto made = make_owned_folder(in(name), {"somebody", kOrdinaryUser, kOrdinaryUser, {}, ""}, 0700);
    ASSERT_FALSE(made) << name;
    EXPECT_EQ(made.error().code, Errc::conflict) << name << ": " << made.error().message;
    EXPECT_NE(made.error().message.find(in(name)), std::string::npos) << made.error().message;
  }
  EXPECT_EQ(mode_of(canary), 0711U);
  EXPECT_EQ(status_of(canary).st_uid, ::geteuid());
  EXPECT_FALSE(exists(in("nowhere")));
}

TEST_F(MakeOwnedFolder, AnAbsentParentIsNotMade) {
  const auto made = make_owned_folder(in("absent/new"), current_account(), 0700);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Errc::not_found);
}

TEST_F(Files, PathsAreSplit) {
  EXPECT_EQ(parent_folder("/a/b"), "/a");
  EXPECT_EQ(parent_folder("/a"), "/");
  EXPECT_EQ(parent_folder("/"), "/");
}

TEST_F(Files, QuestionsDoNotFollowALastLink) {
  ASSERT_EQ(::symlink(folder.path().c_str(), in("link").c_str()), 0);
  ASSERT_EQ(::symlink("nowhere", in("dangling").c_str()), 0);
  EXPECT_TRUE(is_folder(folder.path()));
  EXPECT_FALSE(is_folder(in("link")));
  EXPECT_TRUE(exists(in("dangling")));
  EXPECT_FALSE(exists(in("absent")));
  const std::string closed = made_folder("closed", 0555);
  give_to_ordinary_user(closed);
  EXPECT_EQ(answer_of_ordinary_user([&] { return std::string(may_write(closed) ? "yes" : "no"); }), "no");
}

TEST_F(Files, AMemoryFileKeepsWhatIsWrittenAndShowsBothEnds) {
  const auto file = MemoryFile::make();
  ASSERT_TRUE(file);
  EXPECT_EQ(file->head(10), "");
  EXPECT_EQ(file->tail(10), "");
  const std::string text = "begin" + std::string(100'000, '.') + "end";
  ASSERT_EQ(::write(file->fd(), text.data(), text.size()), static_cast<ssize_t>(text.size()));
  EXPECT_EQ(file->head(5), "begin");
  EXPECT_EQ(file->tail(3), "end");
  EXPECT_EQ(file->head(1 << 20), text);
  EXPECT_EQ(file->tail(1 << 20), text);
  EXPECT_EQ(file->head(0), "");
  EXPECT_NE(::fcntl(file->fd(), F_GETFD) & FD_CLOEXEC, 0);
}

// A folder outside with a file in it; what no removal may touch.
class Canary {
 public:
  explicit Canary(std::string path) : path_(std::move(path)) {
    ::mkdir(path_.c_str(), 0700);
    write_file(path_ + "/file", "alive");
    ::chmod((path_ + "/file").c_str(), 0644);
    ::chmod(path_.c_str(), kMode);
    give_to_ordinary_user(path_ + "/file");
    give_to_ordinary_user(path_);
  }
  [[nodiscard]] const std::string& path() const { return path_; }
  [[nodiscard]] std::string file() const { return path_ + "/file"; }
  [[nodiscard]] bool is_unharmed() const {
    return exists(file()) && mode_of(path_) == kMode && mode_of(file()) == 0644 &&
           content_of(file()) == "alive" && status_of(file()).st_nlink == 1;
  }

 private:
  static constexpr mode_t kMode = 0751;  // another one than a removal would set
  std::string path_;
};

TEST_F(RemoveTree, AbsentIsFine) {
  EXPECT_TRUE(remove_tree(in("absent")));
  EXPECT_TRUE(remove_tree(in("absent/below")));
  ASSERT_FALSE(made_folder("empty").empty());
  EXPECT_TRUE(remove_tree(in("empty/")));
  EXPECT_FALSE(exists(in("empty")));
}

TEST_F(RemoveTree, AllKindsOfEntriesGo) {
  const std::string tree = made_folder("tree");
  std::filesystem::create_directories(tree + "/a/b/c");
  write_file(tree + "/a/file", "x");
  write_file(tree + "/a/b/-rf \n*", "x");
  ASSERT_EQ(::chmod((tree + "/a/file").c_str(), 0), 0);
  ASSERT_EQ(::mkfifo((tree + "/a/b/pipe").c_str(), 0600), 0);
  for (int number = 0; number < 2000; ++number) write_file(tree + "/a/b/c/" + std::to_string(number), "");
  const auto removed = remove_tree(tree);
  EXPECT_TRUE(removed) << told(removed);
  EXPECT_FALSE(exists(tree));
}

TEST_F(RemoveTree, WhatLinksPointToStays) {
  const Canary canary(in("canary"));
  const std::string tree = made_folder("tree");
  ASSERT_EQ(::symlink(canary.path().c_str(), (tree + "/to-folder").c_str()), 0);
  ASSERT_EQ(::symlink(canary.file().c_str(), (tree + "/to-file").c_str()), 0);
  ASSERT_EQ(::symlink("../canary", (tree + "/relative").c_str()), 0);
  ASSERT_EQ(::symlink("loop", (tree + "/loop").c_str()), 0);
  EXPECT_TRUE(remove_tree(tree));
  EXPECT_FALSE(exists(tree));
  EXPECT_TRUE(canary.is_unharmed());
}

TEST_F(RemoveTree, ALinkOrFileAsTheWholeTreeIsRemovedItself) {
  const Canary canary(in("canary"));
  for (const std::string& target : {canary.path(), canary.file(), in("nowhere")}) {
    ASSERT_EQ(::symlink(target.c_str(), in("tree").c_str()), 0);
    EXPECT_TRUE(remove_tree(in("tree"))) << target;
    EXPECT_FALSE(exists(in("tree")));
  }
  ASSERT_EQ(::symlink(canary.path().c_str(), in("tree").c_str()), 0);
  EXPECT_TRUE(remove_tree(in("tree/"))) << "a slash at the end does not follow it either";
  write_file(in("file"), "");
  EXPECT_TRUE(remove_tree(in("file")));
  EXPECT_FALSE(exists(in("file")));
  EXPECT_TRUE(canary.is_unharmed());
}

TEST_F(RemoveTree, TheOtherNameOfAFileStaysWithItsContent) {
  write_file(in("outside"), "content");
  ASSERT_EQ(::chmod(in("outside").c_str(), 0640), 0);
  const std::string tree = made_folder("tree");
  ASSERT_EQ(::link(in("outside").c_str(), (tree + "/inside").c_str()), 0);
  EXPECT_TRUE(remove_tree(tree));
  EXPECT_EQ(content_of(in("outside")), "content");
  EXPECT_EQ(mode_of(in("outside")), 0640U);
  EXPECT_EQ(status_of(in("outside")).st_nlink, 1U);
}

// Makes tree/d/d/d/... and returns the number of levels.
int dig(const std::string& tree, int levels) {
  UniqueFd here{::open(tree.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  int made = 0;
  for (; made < levels && here && ::mkdirat(here.get(), "d", 0700) == 0; ++made) {
    here = UniqueFd{::openat(here.get(), "d", O_RDONLY | O_DIRECTORY | O_CLOEXEC)};
  }
  return made;
}

// The standard library's removal in the fixture cannot be trusted with such depths.
class DeepTree : public Files {
 protected:
  void TearDown() override { (void)!std::system(("rm -rf '" + folder.path() + "'").c_str()); }
};

TEST_F(DeepTree, ThreeThousandLevelsGo) {
  const std::string tree = made_folder("tree");
  ASSERT_EQ(dig(tree, 3000), 3000);
  const auto removed = remove_tree(tree);
  EXPECT_TRUE(removed) << told(removed);
  EXPECT_FALSE(exists(tree));
}

TEST_F(DeepTree, AServicesLimitOfOpenFilesIsNoObstacle) {
  const std::string tree = made_folder("tree");
  ASSERT_EQ(dig(tree, 1500), 1500);
  EXPECT_EQ(answer_of_fork([&] {
              const rlimit usual{1024, 1024};
              ::setrlimit(RLIMIT_NOFILE, &usual);
              return told(remove_tree(tree));
            }),
            "done");
  EXPECT_FALSE(exists(tree));
}

// Every level without the right to write, so that not even a rename of it is free.
TEST_F(DeepTree, ClosedFoldersFarBelowGo) {
  const std::string home = made_folder("home", 0777);
  EXPECT_EQ(answer_of_ordinary_user([&]() -> std::string {
              std::string below = home + "/tree";
              std::vector<std::string> folders{below};
              for (int level = 0; level < 150; ++level) folders.push_back(below += "/d");
              for (const std::string& each : folders) ::mkdir(each.c_str(), 0700);
              for (auto each = folders.rbegin(); each != folders.rend(); ++each) ::chmod(each->c_str(), 0500);
              return told(remove_tree(home + "/tree"));
            }),
            "done");
}

struct Forbidden {
  const char* what;
  const char* path;
  mode_t mode;
};

class RemoveForbidden : public Files, public testing::WithParamInterface<Forbidden> {};

TEST_P(RemoveForbidden, IsRemovedByItsOwner) {
  const std::string tree = made_folder("home");
  std::filesystem::create_directories(tree + "/tree/a/b");
  write_file(tree + "/tree/a/b/file", "");
  for (const char* name : {"", "/tree", "/tree/a", "/tree/a/b", "/tree/a/b/file"})
    give_to_ordinary_user(tree + name);
  ASSERT_EQ(::chmod((tree + GetParam().path).c_str(), GetParam().mode), 0);
  EXPECT_EQ(answer_of_ordinary_user([&] { return told(remove_tree(tree + "/tree")); }), "done");
  EXPECT_FALSE(exists(tree + "/tree"));
}

INSTANTIATE_TEST_SUITE_P(OfAnOrdinaryUser, RemoveForbidden,
                         testing::Values(Forbidden{"AnInnerFolderWithoutAnyRight", "/tree/a", 0000},
                                         Forbidden{"AnInnerFolderWithoutReading", "/tree/a", 0300},
                                         Forbidden{"AnInnerFolderWithoutWriting", "/tree/a", 0500},
                                         Forbidden{"AnInnerFolderWithoutEntering", "/tree/a", 0600},
                                         Forbidden{"ALastFolderWithoutAnyRight", "/tree/a/b", 0000},
                                         Forbidden{"TheWholeTreeWithoutAnyRight", "/tree", 0000},
                                         Forbidden{"TheWholeTreeWithoutReading", "/tree", 0300},
                                         Forbidden{"TheWholeTreeWithoutWriting", "/tree", 0500}),
                         [](const auto& each) { return std::string(each.param.what); });

TEST_F(RemoveTree, WhatMayNotBeRemovedIsAnErrorThatNamesTheTree) {
  const std::string closed = made_folder("closed", 0755);
  std::filesystem::create_directories(closed + "/tree");
  const std::string answer = answer_of_ordinary_user([&] { return told(remove_tree(closed + "/tree")); });
  if (!is_root()) GTEST_SKIP() << "only root can make a folder of another user";
  EXPECT_NE(answer.find(closed + "/tree"), std::string::npos) << answer;
  EXPECT_TRUE(exists(closed + "/tree"));
}

TEST_F(RemoveTree, AParentThatMayBeWrittenButNotReadIsEnough) {
  const std::string home = made_folder("home", 0333);
  give_to_ordinary_user(home);
  EXPECT_EQ(answer_of_ordinary_user([&] {
              std::filesystem::create_directories(home + "/tree/a");
              return told(remove_tree(home + "/tree"));
            }),
            "done");
}

TEST_F(RemoveTree, TwoAtOnceBothSucceed) {
  for (int round = 0; round < 20; ++round) {
    const std::string tree = made_folder("tree");
    for (int number = 0; number < 20; ++number) {
      std::filesystem::create_directories(tree + "/" + std::to_string(number) + "/a/b");
    }
    std::thread other([&] {
      const auto removed = remove_tree(tree);
      EXPECT_TRUE(removed) << told(removed);
    });
    const auto removed = remove_tree(tree);
    other.join();
    ASSERT_TRUE(removed) << told(removed);
    ASSERT_FALSE(exists(tree));
  }
}

// A mount that only this process sees, on tree/mounted; "" when it stands.
std::string mount_in_private(const char* source, const std::string& target, const char* type,
                             unsigned long flags) {
  if (::unshare(CLONE_NEWNS) != 0) return "no mount namespace";
  if (::mount(nullptr, "/", nullptr, MS_REC | MS_PRIVATE, nullptr) != 0) return "no private mounts";
  return ::mount(source, target.c_str(), type, flags, nullptr) == 0 ? "" : "no mount";
}

TEST_F(RemoveTree, AnotherFileSystemIsNotEntered) {
  if (!is_root()) GTEST_SKIP() << "only root can mount";
  const std::string tree = made_folder("tree");
  std::filesystem::create_directory(tree + "/mounted");
  const std::string answer = answer_of_fork([&] {
    const std::string problem = mount_in_private("tmpfs", tree + "/mounted", "tmpfs", 0);
    if (!problem.empty()) return problem;
    const Canary canary(tree + "/mounted/canary");
    ::chmod((tree + "/mounted").c_str(), 0755);
    const bool failed = !remove_tree(tree);
    const bool unharmed = canary.is_unharmed() && mode_of(tree + "/mounted") == 0755;
    return std::string(failed ? "told, " : "not told, ") + (unharmed ? "unharmed" : "harmed");
  });
  if (answer.starts_with("no ")) GTEST_SKIP() << answer << " can be made here";
  EXPECT_EQ(answer, "told, unharmed");
}

TEST_F(RemoveTree, AMountOfTheSameFileSystemIsNotEntered) {
  if (!is_root()) GTEST_SKIP() << "only root can mount";
  const Canary canary(in("canary"));
  const std::string tree = made_folder("tree");
  std::filesystem::create_directory(tree + "/mounted");
  const std::string answer = answer_of_fork([&] {
    const std::string problem = mount_in_private(canary.path().c_str(), tree + "/mounted", nullptr, MS_BIND);
    if (!problem.empty()) return problem;
    return std::string(remove_tree(tree) ? "not told" : "told");
  });
  if (answer.starts_with("no ")) GTEST_SKIP() << answer << " can be made here";
  EXPECT_EQ(answer, "told");
  EXPECT_TRUE(canary.is_unharmed());
}

// A thread that swaps a folder with a symbolic link to the canary, for a while after each go().
class Swapper {
 public:
  Swapper(std::string folder_path, std::string link_path)
      : thread_([this, from = std::move(folder_path), to = std::move(link_path)] {
          while (!stop_) {
            if (left_ <= 0) {
              std::this_thread::yield();
              continue;
            }
            --left_;
            if (::renameat2(AT_FDCWD, from.c_str(), AT_FDCWD, to.c_str(), RENAME_EXCHANGE) == 0) ++swaps_;
          }
        }) {}
  // Returns once it has begun, so that each round is contested also where the machine is busy.
  void go() {
    const int before = swaps_;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{1};
    left_ = 100;
    while (swaps_ == before && std::chrono::steady_clock::now() < deadline) std::this_thread::yield();
  }
  void rest() { left_ = 0; }
  int stop() {
    stop_ = true;
    thread_.join();
    return swaps_;
  }

 private:
  std::atomic<bool> stop_ = false;
  std::atomic<int> left_ = 0;
  std::atomic<int> swaps_ = 0;
  std::thread thread_;
};

struct Race {
  const char* what;
  const char* contested;  // the folder that is swapped with the link
  const char* link;
  mode_t mode;  // of the contested folder
  int rounds;
};

class RemovalRace : public Files, public testing::WithParamInterface<Race> {};

void build_contested_tree(const std::string& tree, const Race& race, const Canary& canary) {
  for (const char* name : {"", "/inner", "/inner/deep"}) ::mkdir((tree + name).c_str(), 0700);
  // Named as in the canary, so that a removal that is led there finds it.
  const UniqueFd file{::open((tree + "/inner/file").c_str(), O_WRONLY | O_CREAT | O_CLOEXEC, 0600)};
  ::chmod((tree + race.contested).c_str(), race.mode);
  (void)!::symlink(canary.path().c_str(), (tree + race.link).c_str());
}

// In memory where there is such a folder: others who write to the disk make each race slow.
std::string fast_folder() {
  std::string path = "/dev/shm/runneriq-test-XXXXXX";
  return ::mkdtemp(path.data()) != nullptr ? path : "";
}

TEST_P(RemovalRace, TheFolderOutsideSurvives) {
  const Race& race = GetParam();
  const std::string fast = fast_folder();
  const std::string home = fast.empty() ? made_folder("home") : fast;
  give_to_ordinary_user(home);
  const Canary canary(home + "/canary");
  const std::string answer = answer_of_ordinary_user([&]() -> std::string {
    const std::string tree = home + "/tree";
    Swapper swapper(tree + race.contested, tree + race.link);
    int round = 0;
    for (; round < race.rounds && canary.is_unharmed(); ++round) {
      build_contested_tree(tree, race, canary);
      swapper.go();
      // A lost race may leave something behind, which the next attempt takes.
      for (int attempt = 0; attempt < 1000 && !(remove_tree(tree) && remove_tree(tree + race.link));
           ++attempt) {
      }
      swapper.rest();
    }
    const int swaps = swapper.stop();
    (void)told(remove_tree(tree));
    return std::to_string(round) + " races, " +
           (swaps > round / 20 ? "contested" : "only " + std::to_string(swaps) + " swaps");
  });
  EXPECT_EQ(answer, std::to_string(race.rounds) + " races, contested");
  EXPECT_TRUE(canary.is_unharmed());
  EXPECT_FALSE(exists(home + "/tree"));
  std::filesystem::remove_all(home);
}

// 10,000 races in all.
INSTANTIATE_TEST_SUITE_P(WithALink, RemovalRace,
                         testing::Values(Race{"InTheTree", "/inner", "/link", 0700, 4500},
                                         Race{"ForAFolderWithoutAnyRight", "/inner", "/link", 0000, 3000},
                                         Race{"ForTheTreeItself", "", "-link", 0700, 2500}),
                         [](const auto& each) { return std::string(each.param.what); });

}  // namespace
}  // namespace runneriq::platform
