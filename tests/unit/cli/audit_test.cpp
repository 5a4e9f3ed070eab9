#include "cli/json_text.hpp"
#include "core/lines.hpp"
#include "tests/support/run_command.hpp"
#include "tests/support/sample_tick.hpp"

#include <nlohmann/json.hpp>

namespace runneriq::cli {
namespace {

using nlohmann::json;
using scheduler::AuditVerdict;

struct Audit : testing::Test {
  FakeSession fake{kSampleNow};
  Audit() {
    add(std::chrono::hours{3}, "started", "{}");
    add(std::chrono::hours{2}, "recommendation", R"({"job_id":4711,"runner_id":1})");
    add(std::chrono::hours{1}, "runner_change", R"({"runner_id":1})");
    add(std::chrono::minutes{1}, "recommendation", R"({"job_id":4712,"runner_id":2,"name":"\u001b[2J"})");
  }
  void add(Duration age, std::string event, std::string document) {
    const scheduler::AuditEntry entry{kSampleNow - age, "daemon", "advisory", std::move(event),
                                      std::move(document)};
    EXPECT_TRUE(fake.trail.append(entry));
  }
  std::vector<int> shown(std::vector<std::string_view> flags) {
    fake.out.results.clear();
    std::vector<std::string_view> words{"audit", "--output", "json"};
    words.insert(words.end(), flags.begin(), flags.end());
    EXPECT_EQ(run_words(fake, words), Exit::fine);
    std::vector<int> seqs;
    const json document = parse_document(fake.out.results).value_or(json::object());
    for (const json& record : list_at(document, "records")) seqs.push_back(record["seq"].get<int>());
    return seqs;
  }
};

TEST_F(Audit, PrintsALinePerRecord) {
  EXPECT_EQ(run_words(fake, {"audit"}), Exit::fine);
  const auto lines = lines_of(fake.out.results);
  ASSERT_EQ(lines.size(), 4U);
  EXPECT_EQ(lines[1], R"(2 2026-02-28T22:00:00Z daemon recommendation {"job_id":4711,"runner_id":1})");
  EXPECT_EQ(fake.out.results.find('\x1b'), std::string::npos);
}

TEST_F(Audit, PrintsOneDocument) {
  EXPECT_EQ(run_words(fake, {"audit", "--output", "json"}), Exit::fine);
  const json records = parse_document(fake.out.results).value()["records"];
  ASSERT_EQ(records.size(), 4U);
  EXPECT_EQ(records[1]["document"]["job_id"], 4711);
  EXPECT_EQ(records[1]["at"], "2026-02-28T22:00:00Z");
  EXPECT_EQ(records[1]["digest"], std::string(64, 'a'));
  fake.trail.records.clear();
  EXPECT_EQ(shown({}), std::vector<int>{});
}

TEST_F(Audit, ShowsWhatIsAskedFor) {
  EXPECT_EQ(shown({}), (std::vector<int>{1, 2, 3, 4}));
  EXPECT_EQ(shown({"--job", "4711"}), std::vector<int>{2});
  EXPECT_EQ(shown({"--runner", "1"}), (std::vector<int>{2, 3}));
  EXPECT_EQ(shown({"--since", "90m"}), (std::vector<int>{3, 4}));
  EXPECT_EQ(shown({"--since", "2026-02-28T22:00:00Z"}), (std::vector<int>{2, 3, 4}));
  EXPECT_EQ(shown({"--since", "90m", "--runner", "2"}), std::vector<int>{4});
}

TEST_F(Audit, RefusesWhatItCannotRead) {
  for (const auto& flags : std::vector<std::vector<std::string_view>>{
           {"audit", "--since", "yesterday"}, {"audit", "--job", "x"}, {"audit", "--runner", "-1x"}}) {
    fake.out.talked.clear();
    const auto parsed = parse_command_line(flags);
    if (!parsed) continue;  // the command line itself refused it
    EXPECT_EQ(run_words(fake, flags), Exit::usage);
    EXPECT_EQ(fake.out.talked.size(), 1U);
    EXPECT_TRUE(fake.out.results.empty());
  }
}

TEST_F(Audit, SaysThatNoRecordFits) {
  EXPECT_EQ(run_words(fake, {"audit", "--job", "4799"}), Exit::fine);
  EXPECT_TRUE(fake.out.results.empty());
  EXPECT_EQ(fake.out.talked, std::vector<std::string>{"runneriq: the audit trail has no such record"});
}

TEST_F(Audit, ShowsARecordThatItCannotRead) {
  add({}, "strange", "not\x1b[2J json");
  EXPECT_EQ(shown({}).size(), 5U);
  fake.out.results.clear();
  EXPECT_EQ(run_words(fake, {"audit"}), Exit::fine);
  EXPECT_EQ(fake.out.results.find('\x1b'), std::string::npos);
  EXPECT_NE(fake.out.results.find("unreadable"), std::string::npos);
}

TEST_F(Audit, TellsOfATrailThatCannotBeRead) {
  fake.trail.outage = Error{Errc::unavailable, "state.db: disk I/O error"};
  EXPECT_EQ(run_words(fake, {"audit"}), Exit::usage);
  EXPECT_EQ(fake.out.talked.size(), 1U);  // not that there is no record
  EXPECT_EQ(run_words(fake, {"audit", "verify"}), Exit::usage);
  fake.session.audit = []() -> Result<AuditTrail*> { return fail(Errc::permission, "state.db"); };
  EXPECT_EQ(run_words(fake, {"audit"}), Exit::usage);
}

TEST_F(Audit, VerifySaysNoToAllButASoundTrail) {
  const std::pair<AuditVerdict::Kind, std::string> verdicts[]{{AuditVerdict::Kind::fine, "fine"},
                                                              {AuditVerdict::Kind::torn_tail, "torn_tail"},
                                                              {AuditVerdict::Kind::broken, "broken"},
                                                              {AuditVerdict::Kind::truncated, "truncated"}};
  for (const auto& [kind, name] : verdicts) {
    SCOPED_TRACE(name);
    fake.trail.verdict = {.kind = kind, .seq = 4, .words = "a sentence"};
    const Exit expected = kind == AuditVerdict::Kind::fine ? Exit::fine : Exit::no;
    fake.out.results.clear();
    EXPECT_EQ(run_words(fake, {"audit", "verify"}), expected);
    EXPECT_EQ(fake.out.results, "a sentence\n");
    fake.out.results.clear();
    EXPECT_EQ(run_words(fake, {"audit", "verify", "--output", "json"}), expected);
    EXPECT_EQ(parse_document(fake.out.results).value(),
              (json{{"verdict", name}, {"seq", 4}, {"words", "a sentence"}}));
  }
}

}  // namespace
}  // namespace runneriq::cli
