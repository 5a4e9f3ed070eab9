#include "alerting/event_document.hpp"

#include "core/json_text.hpp"
#include "core/utf8.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace runneriq::alerting {
namespace {

using namespace std::string_literals;

constexpr Time kOtherwise{std::chrono::seconds{1'700'000'000}};

Event event_of(const std::string& line) {
  auto event = parse_event(line, kOtherwise);
  EXPECT_TRUE(event) << line << ": " << (event ? "" : event.error().message);
  return event ? *event : Event{};
}

std::string time_of(const std::string& value) {
  const auto event = parse_event(R"({"time": )" + value + "}", kOtherwise);
  return event ? runneriq::to_text(event->time) : event.error().message;
}

const std::string kWhole =
    R"({"time":"2026-01-02T03:04:05.006Z","kind":"job","project":"acme/shop","ref":"main","sha":"ab12","pipeline_id":7,)"
    R"("job_id":8,"name":"unit","stage":"test","status":"failed","allow_failure":true,"failure_reason":"script_failure",)"
    R"("source":"push","runner":"r-1","user":"anna","log_excerpt":"boom\nerror: x","gitlab":"https://gitlab.example.com",)"
    R"("default_branch":"main","tag":true,"url":"https://gitlab.example.com/acme/shop/-/jobs/8"})";

TEST(EventDocument, ReadsAndWritesEveryMember) {
  const Event event = event_of(kWhole);
  EXPECT_EQ(event.kind, EventKind::job);
  EXPECT_EQ(event.project, "acme/shop");
  EXPECT_EQ(event.pipeline_id, 7);
  EXPECT_EQ(event.job_id, 8);
  EXPECT_TRUE(event.allow_failure);
  EXPECT_TRUE(event.is_tag);
  EXPECT_EQ(event.log_excerpt, "boom\nerror: x");
  EXPECT_EQ(json_line(event_document(event)), kWhole);
}

TEST(EventDocument, LeavesOutWhatIsNotTold) {
  EXPECT_EQ(json_line(event_document(event_of("{}"))), R"({"time":"2023-11-14T22:13:20Z","kind":"job"})");
}

TEST(EventDocument, TakesTimesInManyForms) {
  struct Row {
    std::string value, read;
  };
  const std::vector<Row> rows{
      {R"("2026-01-02T03:04:05+02:00")", "2026-01-02T01:04:05Z"},
      {R"("2021-01-13 17:57:05 UTC")", "2021-01-13T17:57:05Z"},
      {R"("2021-01-13 17:57:05 +0200")", "2021-01-13T15:57:05Z"},
      {"1700000000", "2023-11-14T22:13:20Z"},
      {"1700000000.25", "2023-11-14T22:13:20.250Z"},
      {"1700000000250", "2023-11-14T22:13:20.250Z"},
      {R"("1700000000")", "2023-11-14T22:13:20Z"},
      {R"("1700000000.5")", "2023-11-14T22:13:20.500Z"},
      {"0", "1970-01-01T00:00:00Z"},
      {"-1", "1969-12-31T23:59:59Z"},
      {"null", "2023-11-14T22:13:20Z"},
      {R"("")", "2023-11-14T22:13:20Z"},
      {R"("2016-01-02T03:04:05Z")", "2016-01-02T03:04:05Z"},
      {R"("2999-01-02T03:04:05Z")", "2999-01-02T03:04:05Z"},
      {"95617583999", "4999-12-31T23:59:59Z"},
      {"253402300799999", "9999-12-31T23:59:59.999Z"},
      {"1e400", "2023-11-14T22:13:20Z"},  // no number that fits: as if it were missing
  };
  for (const Row& row : rows) EXPECT_EQ(time_of(row.value), row.read) << row.value;
}

TEST(EventDocument, RefusesTimesThatAreNone) {
  for (const std::string value :
       {R"("yesterday")", R"("2026-13-02T03:04:05Z")", "true", "[]", "{}", "9e18", "-9e18", "253402300800000",
        R"("1700000000 s")", R"("nan")", R"("inf")", R"("2026-01-02")"}) {
    EXPECT_NE(time_of(value).find("time"), std::string::npos) << value;
  }
  EXPECT_EQ(time_of(R"("soon")"),
            "this is no event: the time 'soon' is none: write for example 2025-03-01T03:00:00Z, or "
            "seconds since 1970");
}

TEST(EventDocument, ToleratesOtherKindsOfValues) {
  const Event event = event_of(
      R"({"project": 42, "pipeline_id": "17", "job_id": -3, "runner": 5, "allow_failure": "true", "tag": 1,)"
      R"( "name": null, "stage": ["a"], "status": {"text": "failed"}, "user": true, "ref": 1.5, "sha": {"kind": "x", "job_id": 9},)"
      R"( "unknown": [{"project": "no"}], "kind": "pipeline"})");
  EXPECT_EQ(event.project, "42");
  EXPECT_EQ(event.pipeline_id, 17);
  EXPECT_EQ(event.job_id, 0);
  EXPECT_EQ(event.runner, "5");
  EXPECT_TRUE(event.allow_failure);
  EXPECT_TRUE(event.is_tag);
  EXPECT_EQ(event.name + event.stage + event.status + event.user + event.sha, "");
  EXPECT_EQ(event.ref, "1.5");
  EXPECT_EQ(event.kind, EventKind::pipeline);
}

TEST(EventDocument, TakesNoIdOutOfRange) {
  for (const std::string id :
       {"9223372036854775808", "1e300", "1e400", R"("9223372036854775808")", R"("x")", "true", "-1"})
    EXPECT_EQ(event_of(R"({"job_id": )" + id + "}").job_id, 0) << id;
  EXPECT_EQ(event_of(R"({"job_id": 9223372036854775807})").job_id, 9223372036854775807);
}

TEST(EventDocument, TakesHostileTextsAsTheyAre) {
  const Event event =
      event_of("{\"name\": \"@all <!channel> \\u0000 \\u202e $(reboot)\", \"user\": \"\\ud83d\\ude00\"}");
  EXPECT_EQ(event.name, "@all <!channel> \0 \xE2\x80\xAE $(reboot)"s);
  EXPECT_EQ(event.user, "\xF0\x9F\x98\x80");
}

TEST(EventDocument, MakesTextsValid) {
  EXPECT_EQ(event_of("{\"name\": \"a\xFF\xC3z\"}").name, "a\xEF\xBF\xBD\xEF\xBF\xBDz");
  EXPECT_EQ(event_of(R"({"name": "a\ud800z"})").name, "a\xEF\xBF\xBDz");
}

TEST(EventDocument, BoundsTextsAtCharacters) {
  std::string umlauts;
  for (int i = 0; i < 20'000; ++i) umlauts += "ä";
  const Event event = event_of(R"({"name": "x)" + umlauts + R"(", "log_excerpt": ")" + umlauts + R"(!"})");
  EXPECT_EQ(event.name.size(), kLongestEventText - 1);
  EXPECT_TRUE(is_utf8(event.name));
  EXPECT_TRUE(event.name.starts_with("xä"));
  EXPECT_EQ(event.log_excerpt.size(), kLongestExcerpt - 1);
  EXPECT_TRUE(event.log_excerpt.ends_with("ä!"));
  EXPECT_TRUE(is_utf8(event.log_excerpt));
}

TEST(EventDocument, ALaterMemberOfTheSameNameCounts) {
  EXPECT_EQ(event_of(R"({"name": "a", "ref": "main", "name": "b"})").name, "b");
}

TEST(EventDocument, RefusesWhatIsNoEvent) {
  const std::string deep = R"({"unknown": )" + std::string(100, '[') + std::string(100, ']') + "}";
  for (const std::string& line :
       {""s, " "s, "null"s, "7"s, R"("job")"s, "[]"s, "[{}]"s, "{"s, R"({"name": "x")"s, "{} {}"s,
        R"({"name": "x",})"s, "\0"s, deep, "{\"name\": \"x\ny\"}"s}) {
    const auto event = parse_event(line, kOtherwise);
    ASSERT_FALSE(event) << line;
    EXPECT_EQ(event.error().code, Errc::invalid_argument);
    EXPECT_TRUE(event.error().message.starts_with("this is no event: ")) << event.error().message;
  }
  EXPECT_NE(parse_event(deep, kOtherwise).error().message.find("64 levels"), std::string::npos);
}

}  // namespace
}  // namespace runneriq::alerting
