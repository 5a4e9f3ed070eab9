// The audit trail in the state file, its checkpoint beside it, and what became of it when someone
// changed it.
#include "platform/digest.hpp"
#include "platform/files.hpp"
#include "platform/sqlite.hpp"
#include "scheduler/sqlite/audit_trail_file.hpp"
#include "tests/support/forked.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;
using platform::Database;
using Kind = AuditVerdict::Kind;

class FleetStateAudit : public testing::Test {
 protected:
  [[nodiscard]] std::string path() const { return folder.path() + "/state.db"; }
  [[nodiscard]] std::string checkpoint() const { return path() + ".checkpoint"; }

  Result<AuditTrailFile> open(Duration patience = 5s) const {
    return AuditTrailFile::open({.path = path(), .patience = patience, .digest = platform::sha256_hex});
  }

  static AuditEntry entry(std::int64_t number) {
    return {.at = Time{Duration{1'700'000'000'000 + number}},
            .actor = "daemon",
            .trust = "advisory",
            .event = "recommendation",
            .document = "{\"job\":" + std::to_string(number) + "}"};
  }

  // Opened, written to and closed.
  void append(std::int64_t records) const {
    auto trail = open();
    ASSERT_TRUE(trail) << trail.error().message;
    for (std::int64_t i = 1; i <= records; ++i) ASSERT_TRUE(trail->append(entry(i)));
  }

  void change(const std::string& sql) const {
    auto database = Database::open(path(), Database::Missing::is_error);
    const auto done = database->execute(sql);
    ASSERT_TRUE(done) << done.error().message;
  }

  std::pair<Kind, std::int64_t> verdict() const {
    auto trail = open();
    const auto found = trail->verify();
    if (found) return {found->kind, found->seq};
    ADD_FAILURE() << found.error().message;
    return {};
  }

  std::string checkpoint_text() const { return platform::read_file(checkpoint(), 1000).value_or(""); }

  TemporaryFolder folder;
};

using Verdict = std::pair<Kind, std::int64_t>;

TEST_F(FleetStateAudit, RecordsComeBackInOrderAndTheTrailIsFine) {
  append(3);
  append(1);
  auto trail = open();
  std::vector<AuditRecord> records;
  ASSERT_TRUE(trail->read([&](const AuditRecord& record) {
    records.push_back(record);
    return true;
  }));
  ASSERT_EQ(records.size(), 4U);
  EXPECT_EQ(records[0].previous, std::string(64, '0'));
  EXPECT_EQ(records[3].seq, 4);
  EXPECT_EQ(records[3].previous, records[2].digest);
  EXPECT_EQ(records[1].entry.document, "{\"job\":2}");
  EXPECT_EQ(records[1].entry.at, entry(2).at);
  EXPECT_EQ(verdict(), (Verdict{Kind::fine, 4}));
  EXPECT_TRUE(trail->notices().empty());
}

TEST_F(FleetStateAudit, AnEmptyTrailIsFine) {
  EXPECT_EQ(verdict(), (Verdict{Kind::fine, 0}));
  EXPECT_FALSE(platform::exists(checkpoint()));
}

TEST_F(FleetStateAudit, ReadingStopsWhenAsked) {
  append(5);
  auto trail = open();
  int seen = 0;
  ASSERT_TRUE(trail->read([&](const AuditRecord&) { return ++seen < 2; }));
  EXPECT_EQ(seen, 2);
}

TEST_F(FleetStateAudit, ALongTrailIsReadInPiecesWhileItGrows) {
  auto trail = open();
  for (int i = 1; i <= 560; ++i) ASSERT_TRUE(trail->append(entry(i)));
  auto reader = open();
  std::int64_t seen = 0;
  ASSERT_TRUE(reader->read([&](const AuditRecord& record) {
    EXPECT_EQ(record.seq, ++seen);
    if (seen == 530) {
      EXPECT_TRUE(trail->append(entry(561))) << "a reader keeps nobody from writing";
    }
    return true;
  }));
  EXPECT_EQ(seen, 561);
}

TEST_F(FleetStateAudit, TheCheckpointIsWrittenEveryHundredRecordsAndAtTheEnd) {
  auto trail = open();
  for (int i = 1; i <= 99; ++i) ASSERT_TRUE(trail->append(entry(i)));
  EXPECT_TRUE(checkpoint_text().starts_with("runneriq-audit-checkpoint 1 1 "));
  ASSERT_TRUE(trail->append(entry(100)));
  EXPECT_TRUE(checkpoint_text().starts_with("runneriq-audit-checkpoint 1 100 "));
  ASSERT_TRUE(trail->append(entry(101)));
  EXPECT_TRUE(checkpoint_text().starts_with("runneriq-audit-checkpoint 1 100 "));
  { const AuditTrailFile closed = std::move(*trail); }
  EXPECT_TRUE(checkpoint_text().starts_with("runneriq-audit-checkpoint 1 101 ")) << checkpoint_text();
  struct stat status {};
  ASSERT_EQ(::stat(checkpoint().c_str(), &status), 0);
  EXPECT_EQ(status.st_mode & 0777U, 0600U);
}

// An administrator runs the program by hand in the folder of the service's user.
TEST_F(FleetStateAudit, TheServiceGoesOnWithWhatRootHasBegun) {
  if (::geteuid() != 0) GTEST_SKIP() << "needs root";
  give_to_ordinary_user(folder.path());
  append(3);
  EXPECT_EQ(answer_of_ordinary_user([this]() -> std::string {
              auto trail = open();
              if (!trail) return trail.error().message;
              const auto appended = trail->append(entry(4));
              return appended ? "appended" : appended.error().message;
            }),
            "appended");
  EXPECT_EQ(verdict(), Verdict(Kind::fine, 4));
}

TEST_F(FleetStateAudit, AnOlderWriterThatClosesLaterDoesNotSetTheCheckpointBack) {
  auto older = open();
  ASSERT_TRUE(older->append(entry(1)));
  ASSERT_TRUE(older->append(entry(2)));
  append(3);
  { const AuditTrailFile closed = std::move(*older); }
  EXPECT_TRUE(checkpoint_text().starts_with("runneriq-audit-checkpoint 1 5 ")) << checkpoint_text();
}

TEST_F(FleetStateAudit, ACutOffEndIsTruncatedForEverNotOnlyUntilTheNextCheckpoint) {
  append(10);
  change("DELETE FROM audit WHERE seq > 7");
  EXPECT_EQ(verdict(), (Verdict{Kind::truncated, 7}));
  auto trail = open();
  for (int i = 1; i <= 100; ++i) ASSERT_TRUE(trail->append(entry(i)));
  ASSERT_FALSE(trail->notices().empty());
  EXPECT_NE(trail->notices()[0].find("no checkpoint"), std::string::npos) << trail->notices()[0];
  EXPECT_EQ(trail->notices().size(), 1U) << "said once";
  const auto found = trail->verify();
  ASSERT_TRUE(found);
  EXPECT_EQ(static_cast<int>(found->kind), static_cast<int>(Kind::broken)) << found->words;
  EXPECT_EQ(found->seq, 10) << "another record than the checkpoint knows";
}

TEST_F(FleetStateAudit, EachChangeInTheMiddleIsBrokenThere) {
  const struct {
    const char* sql;
    Verdict wanted;
  } cases[] = {
      {"UPDATE audit SET document = '{}' WHERE seq = 4", {Kind::broken, 4}},
      {"UPDATE audit SET at = at + 1 WHERE seq = 1", {Kind::broken, 1}},
      {"UPDATE audit SET digest = upper(digest) WHERE seq = 10", {Kind::broken, 10}},
      {"UPDATE audit SET actor = 'user:someone' WHERE seq = 9", {Kind::broken, 9}},
      {"DELETE FROM audit WHERE seq = 4", {Kind::broken, 4}},
      {"DELETE FROM audit WHERE seq < 4", {Kind::broken, 1}},
      {"UPDATE audit SET seq = -seq WHERE seq = 4", {Kind::broken, 1}},
      {"INSERT INTO audit SELECT -3, at, actor, trust, event, document, previous, digest FROM audit WHERE "
       "seq = 1",
       {Kind::broken, 1}},
      {"UPDATE audit SET seq = seq + 100 WHERE seq > 5", {Kind::broken, 6}},
  };
  append(10);
  for (const auto& one : cases) {
    SCOPED_TRACE(one.sql);
    TemporaryFolder copy;
    const auto everything = std::filesystem::copy_options::recursive;
    std::filesystem::copy(folder.path(), copy.path(), everything);
    change(one.sql);
    EXPECT_EQ(verdict(), one.wanted);
    std::filesystem::copy(copy.path(), folder.path(),
                          everything | std::filesystem::copy_options::overwrite_existing);
  }
  EXPECT_EQ(verdict(), (Verdict{Kind::fine, 10}));
}

TEST_F(FleetStateAudit, AHalfWrittenRecordBehindTheCheckpointIsATornTail) {
  append(10);
  change(
      "INSERT INTO audit SELECT 11, at, actor, trust, event, '{\"jo', digest, digest FROM audit WHERE seq = "
      "10");
  EXPECT_EQ(verdict(), (Verdict{Kind::torn_tail, 10}));
}

TEST_F(FleetStateAudit, ALostTrailIsNoticedAndTheNextOneStartsWithACheckpointOfItsOwn) {
  append(10);
  const std::string lost = checkpoint_text();
  for (const char* part : {"", "-wal", "-shm"}) std::filesystem::remove(path() + part);
  EXPECT_EQ(verdict(), (Verdict{Kind::truncated, 0})) << "until a new one begins";
  auto trail = open();
  ASSERT_EQ(trail->notices().size(), 1U);
  EXPECT_NE(trail->notices()[0].find("begins anew"), std::string::npos) << trail->notices()[0];
  EXPECT_NE(trail->notices()[0].find("record 10"), std::string::npos) << trail->notices()[0];
  ASSERT_TRUE(trail->append(entry(1)));
  EXPECT_EQ(platform::read_file(checkpoint() + ".lost-10", 1000).value_or(""), lost);
  EXPECT_TRUE(checkpoint_text().starts_with("runneriq-audit-checkpoint 1 1 "));
  EXPECT_EQ(verdict(), (Verdict{Kind::fine, 1}));
  EXPECT_TRUE(open()->notices().empty());
}

TEST_F(FleetStateAudit, ADamagedFileUnderAnOpenTrailIsNoticed) {
  append(10);
  auto trail = open();
  change("PRAGMA wal_checkpoint(TRUNCATE)");
  const std::string garbage(std::filesystem::file_size(path()), 'x');
  std::fstream(path(), std::ios::binary | std::ios::in | std::ios::out) << garbage;
  (void)trail->verify();  // a page in memory may serve once more
  ASSERT_TRUE(trail->append(entry(1)));
  ASSERT_TRUE(trail->append(entry(2)));
  std::string all;
  for (const std::string& notice : trail->notices()) all += notice + "\n";
  EXPECT_NE(all.find("was damaged"), std::string::npos) << all;
  EXPECT_NE(all.find("has begun anew"), std::string::npos) << all;
  EXPECT_TRUE(platform::exists(checkpoint() + ".lost-10"));
}

TEST_F(FleetStateAudit, ACheckpointThatIsNoneIsAnErrorWithARemedyAndIsKept) {
  append(3);
  for (const std::string& text : {std::string{}, std::string{"x"}, std::string(10'000, 'x'),
                                  "runneriq-audit-checkpoint 1 0 " + std::string(64, '0') + "\n",
                                  "runneriq-audit-checkpoint 1 3 " + std::string(63, '0') + "\n",
                                  "runneriq-audit-checkpoint 1 3x" + std::string(64, '0') + "\n",
                                  "runneriq-audit-checkpoint 2 3 " + std::string(64, '0') + "\n"}) {
    SCOPED_TRACE(text.substr(0, 40));
    std::ofstream(checkpoint()) << text;
    auto trail = open();
    ASSERT_TRUE(trail);
    const auto found = trail->verify();
    ASSERT_FALSE(found);
    EXPECT_EQ(found.error().code, Errc::corrupt);
    EXPECT_NE(found.error().message.find("move it aside"), std::string::npos);
    EXPECT_FALSE(trail->notices().empty());
    ASSERT_TRUE(trail->append(entry(9))) << "the trail goes on";
  }
  EXPECT_TRUE(checkpoint_text().starts_with("runneriq-audit-checkpoint 2")) << "never overwritten";
}

TEST_F(FleetStateAudit, ManyProcessesAppendToOneUnbrokenTrail) {
  constexpr int kProcesses = 6, kEach = 40;
  std::vector<pid_t> children;
  for (int child = 0; child < kProcesses; ++child) {
    const pid_t pid = ::fork();
    if (pid == 0) {
      int lost = 0;
      {
        auto trail = open(60s);
        for (int i = 0; i < kEach; ++i) lost += trail && trail->append(entry(100 * child + i)) ? 0 : 1;
      }
      ::_exit(lost);
    }
    children.push_back(pid);
  }
  for (const pid_t pid : children) {
    int status = 0;
    ::waitpid(pid, &status, 0);
    EXPECT_EQ(status, 0);
  }
  EXPECT_EQ(verdict(), (Verdict{Kind::fine, kProcesses * kEach}));
  EXPECT_TRUE(checkpoint_text().starts_with("runneriq-audit-checkpoint 1 240 ")) << checkpoint_text();
}

}  // namespace
}  // namespace runneriq::scheduler
