// What is sent for a runner's tags, and what is made of the answers.
#include "gitlab/rest/rest_runner_tags.hpp"

#include "gitlab/rest/question.hpp"
#include "gitlab/rest/sender.hpp"
#include "tests/support/scripted_transport.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;
using platform::HttpCall;
using platform::HttpReply;
using Kind = WriteOutcome::Kind;
using Tags = std::vector<std::string>;

const std::string kRunner7 = "https://h/api/v4/runners/7";

std::string runner_json(int id, const std::string& tags, const std::string& more = "") {
  return R"({"id":)" + std::to_string(id) +
         R"(,"description":"d","runner_type":"instance_type","tag_list":)" + tags +
         R"(,"run_untagged":false)" + more + "}";
}

class RunnerTagsOverRest : public testing::Test {
 protected:
  Time clock{std::chrono::sys_days{std::chrono::year{2025} / 3 / 1}};
  const Time start = clock;
  platform::ScriptedTransport transport{clock};
  RestSettings settings() {
    RestSettings settings;
    settings.fleet.url = "https://h";
    settings.token = Secret{"glpat-very-secret"};
    settings.client.calls_per_minute = 1;
    settings.now = [this] { return clock; };
    settings.wait_until = [this](Time when) { clock = std::max(clock, when); };
    return settings;
  }
  RestRunnerTags access() { return {settings(), transport}; }
  WriteOutcome write(Result<HttpReply> answer) {
    transport.once(kRunner7, std::move(answer));
    RestRunnerTags it = access();
    const std::vector<TagWrite> writes{{RunnerId{7}, {"docker", "runneriq:managed"}}};
    return it.write(writes, clock + 20s).at(0);
  }
};

TEST_F(RunnerTagsOverRest, AreReadAsASet) {
  transport.route(kRunner7, runner_json(7, R"(["linux","docker"])"));
  RestRunnerTags it = access();
  const std::vector<RunnerId> ids{RunnerId{7}};
  const auto all = it.read(ids, clock + 20s);
  ASSERT_TRUE(all.at(0)) << all[0].error().message;
  EXPECT_EQ(all[0]->tags, (Tags{"docker", "linux"}));
  EXPECT_FALSE(all[0]->run_untagged);
  EXPECT_EQ(it.count().mutating, 0);
}

TEST_F(RunnerTagsOverRest, AreReadAfreshEachTime) {
  RestRunnerTags it = access();
  const std::vector<RunnerId> ids{RunnerId{7}};
  for (const char* tags : {R"(["a"])", R"(["b"])"}) {
    transport.route(kRunner7, runner_json(7, tags));
    EXPECT_EQ(it.read(ids, clock + 20s).at(0)->tags, (Tags{std::string(tags).substr(2, 1)}));
  }
}

TEST_F(RunnerTagsOverRest, AreReadSixAtATimeInTheirOrderWhateverTheBudgetSays) {
  std::vector<RunnerId> ids;
  for (int id = 200; id > 100; --id) {
    ids.emplace_back(id);
    transport.route("https://h/api/v4/runners/" + std::to_string(id), runner_json(id, R"(["a"])"));
  }
  RestRunnerTags it = access();
  const auto all = it.read(ids, clock + 20s);
  ASSERT_EQ(all.size(), ids.size());
  for (std::size_t at = 0; at < ids.size(); ++at) {
    ASSERT_TRUE(all[at]) << all[at].error().message;
    EXPECT_EQ(all[at]->runner, ids[at]);
  }
  EXPECT_EQ(transport.most_under_way, 6U);
}

struct ReadCase {
  std::string name;
  HttpReply reply;
  Errc code;
};
class UnreadableTags : public RunnerTagsOverRest, public testing::WithParamInterface<ReadCase> {};

TEST_P(UnreadableTags, AreErrors) {
  transport.route(kRunner7, GetParam().reply);
  RestRunnerTags it = access();
  const std::vector<RunnerId> ids{RunnerId{7}};
  const auto all = it.read(ids, clock + 20s);
  ASSERT_FALSE(all.at(0));
  EXPECT_EQ(all[0].error().code, GetParam().code) << all[0].error().message;
  EXPECT_NE(all[0].error().message.find("runner 7"), std::string::npos);
}

std::string many_tags() {
  std::string list = "[";
  for (int at = 0; at < 150; ++at) list += (at == 0 ? "\"t" : ",\"t") + std::to_string(at) + "\"";
  return list + "]";
}

HttpReply reply(int status, std::string body = "") {
  return {.status = status, .headers = {}, .body = std::move(body)};
}

INSTANTIATE_TEST_SUITE_P(
    Of, UnreadableTags,
    testing::Values(
        ReadCase{"ADeletedRunner", reply(404), Errc::not_found},
        ReadCase{"ARunnerThatIsNotForUs", reply(403), Errc::permission},
        ReadCase{"ABusyGitLab", reply(503), Errc::unavailable},
        ReadCase{"AnotherRunner", reply(200, runner_json(8, "[]")), Errc::corrupt},
        ReadCase{"NoDetails", reply(200, R"({"id":7,"description":"d"})"), Errc::corrupt},
        ReadCase{"NullForTags", reply(200, runner_json(7, "null")), Errc::corrupt},
        ReadCase{"OneTextForTags", reply(200, runner_json(7, R"("a, b")")), Errc::corrupt},
        ReadCase{"ATagThatIsANumber", reply(200, runner_json(7, R"(["docker",2024])")), Errc::corrupt},
        ReadCase{"HalfAnAnswer", reply(200, R"({"id":7,"tag_list":["a")"), Errc::corrupt},
        ReadCase{"MoreTagsThanAreKept", reply(200, runner_json(7, many_tags())), Errc::corrupt},
        ReadCase{"ATagThatIsCut", reply(200, runner_json(7, "[\"" + std::string(3000, 'x') + "\"]")),
                 Errc::corrupt},
        ReadCase{"ATagWithAComma", reply(200, runner_json(7, R"(["a,b"])")), Errc::corrupt},
        ReadCase{"ATagThatIsNoText", reply(200, runner_json(7, "[\"\xff\"]")), Errc::corrupt}),
    [](const auto& given) { return given.param.name; });

TEST_F(RunnerTagsOverRest, AreWrittenAndNothingElseIs) {
  const WriteOutcome outcome = write(reply(200, runner_json(7, R"(["runneriq:managed","docker"])")));
  EXPECT_EQ(outcome.kind, Kind::applied);
  EXPECT_EQ(outcome.after.tags, (Tags{"docker", "runneriq:managed"}));
  ASSERT_EQ(transport.calls.size(), 1U);
  const HttpCall& call = transport.calls[0];
  EXPECT_EQ(call.method, "PUT");
  EXPECT_EQ(call.url, kRunner7);
  EXPECT_EQ(call.body, R"({"tag_list":["docker","runneriq:managed"]})");
  EXPECT_EQ(call.secret.reveal(), "glpat-very-secret");
}

struct WriteCase {
  std::string name;
  Result<HttpReply> answer;
  Kind kind;
};
class WrittenTags : public RunnerTagsOverRest, public testing::WithParamInterface<WriteCase> {};

TEST_P(WrittenTags, AreSentOnceWhateverComesBack) {
  const WriteOutcome outcome = write(GetParam().answer);
  EXPECT_EQ(outcome.kind, GetParam().kind) << outcome.error.message;
  EXPECT_EQ(transport.calls.size(), 1U);
  EXPECT_EQ(outcome.error.message.find("glpat"), std::string::npos);
}

INSTANTIATE_TEST_SUITE_P(
    After, WrittenTags,
    testing::Values(WriteCase{"BadRequest", reply(400), Kind::refused},
                    WriteCase{"Unauthorized", reply(401), Kind::refused},
                    WriteCase{"Forbidden", reply(403), Kind::refused},
                    WriteCase{"NotFound", reply(404), Kind::refused},
                    WriteCase{"RequestTimeout", reply(408), Kind::unknown},
                    WriteCase{"Conflict", reply(409), Kind::refused},
                    WriteCase{"Unprocessable", reply(422), Kind::refused},
                    WriteCase{"TooManyRequests", reply(429), Kind::refused},
                    WriteCase{"ServerError", reply(500), Kind::unknown},
                    WriteCase{"BadGateway", reply(502), Kind::unknown},
                    WriteCase{"Redirect", reply(302), Kind::unknown},
                    WriteCase{"SuccessWithoutRunner", reply(200, "<html>"), Kind::unknown},
                    WriteCase{"SuccessOfAnother", reply(200, runner_json(8, "[]")), Kind::unknown},
                    WriteCase{"ABrokenConnection", fail(Errc::unavailable, "reset"), Kind::unknown},
                    WriteCase{"NoAnswer", fail(Errc::timed_out, "15 s"), Kind::unknown}),
    [](const auto& given) { return given.param.name; });

TEST_F(RunnerTagsOverRest, SayWhatSteeringNeedsWhereAWriteIsRefused) {
  for (const int status : {401, 403}) {
    const std::string words = write(reply(status)).error.message;
    EXPECT_NE(words.find("steering needs a token with the scope api or manage_runner"), std::string::npos)
        << words;
    EXPECT_LT(words.size(), 400U) << "nothing of it may be cut";
  }
  EXPECT_EQ(write(reply(422)).error.message.find("steering needs"), std::string::npos);
}

TEST_F(RunnerTagsOverRest, CountWhatChangesSomething) {
  transport.route(kRunner7, runner_json(7, R"(["a"])"));
  RestRunnerTags it = access();
  const std::vector<RunnerId> ids{RunnerId{7}};
  const std::vector<TagWrite> writes{{RunnerId{7}, {"a"}}, {RunnerId{7}, {"b"}}};
  (void)it.read(ids, clock + 20s);
  (void)it.write(writes, clock + 20s);
  EXPECT_EQ(it.count().calls, 3);
  EXPECT_EQ(it.count().mutating, 2);
}

TEST_F(RunnerTagsOverRest, AreNotWrittenWhenTheTimeIsOver) {
  RestRunnerTags it = access();
  const std::vector<TagWrite> writes{{RunnerId{7}, {"a"}}};
  const auto outcomes = it.write(writes, clock);
  EXPECT_EQ(outcomes.at(0).kind, Kind::refused);
  EXPECT_EQ(outcomes[0].error.code, Errc::timed_out);
  EXPECT_TRUE(transport.calls.empty());
  EXPECT_EQ(it.count().mutating, 0);
}

TEST_F(RunnerTagsOverRest, AreNotWrittenAfterTheTokenWasRefused) {
  transport.route("https://h/api/v4/runners/", reply(401));
  RestRunnerTags it = access();
  std::vector<TagWrite> writes(20, TagWrite{RunnerId{7}, {"a"}});
  const auto outcomes = it.write(writes, clock + 20s);
  for (const WriteOutcome& outcome : outcomes) {
    EXPECT_EQ(outcome.kind, Kind::refused);
    EXPECT_EQ(outcome.error.code, Errc::permission);
  }
  EXPECT_LE(transport.calls.size(), 6U);
}

// ---- the permit ---------------------------------------------------------------------------

struct PermitCase {
  std::string name, method, path, body;
  bool allowed;
};
class PermitToWriteTags : public testing::TestWithParam<PermitCase> {};

TEST_P(PermitToWriteTags, CoversATagListAndNothingElse) {
  const ApiBase base{"https://h/gitlab"};
  const HttpCall call{
      .method = GetParam().method, .url = "https://h/gitlab" + GetParam().path, .body = GetParam().body};
  EXPECT_EQ(permits(Permit::reads_and_runner_tags, call, base), GetParam().allowed);
  EXPECT_FALSE(GetParam().method != "GET" && permits(Permit::reads_only, call, base));
}

const std::string kPath = "/api/v4/runners/7";
const std::string kBody = R"({"tag_list":["a"]})";
INSTANTIATE_TEST_SUITE_P(
    For, PermitToWriteTags,
    testing::Values(PermitCase{"TagsOfARunner", "PUT", kPath, kBody, true},
                    PermitCase{"NoTags", "PUT", kPath, R"({"tag_list":[]})", true},
                    PermitCase{"AReading", "GET", kPath, "", true},
                    PermitCase{"Pausing", "PUT", kPath, R"({"tag_list":["a"],"paused":true})", false},
                    PermitCase{"PausingAlone", "PUT", kPath, R"({"paused":true})", false},
                    PermitCase{"AListTwice", "PUT", kPath, R"({"tag_list":["a"],"tag_list":[]})", false},
                    PermitCase{"ATextAsList", "PUT", kPath, R"({"tag_list":"a"})", false},
                    PermitCase{"ANumberAsTag", "PUT", kPath, R"({"tag_list":[1]})", false},
                    PermitCase{"NoBody", "PUT", kPath, "", false},
                    PermitCase{"AList", "PUT", kPath, R"([{"tag_list":["a"]}])", false},
                    PermitCase{"NoJson", "PUT", kPath, "tag_list=a", false},
                    PermitCase{"AQuery", "PUT", kPath + "?paused=true", kBody, false},
                    PermitCase{"AFurtherSegment", "PUT", kPath + "/x", kBody, false},
                    PermitCase{"AllRunners", "PUT", "/api/v4/runners/", kBody, false},
                    PermitCase{"AProject", "PUT", "/api/v4/projects/7", kBody, false},
                    PermitCase{"WayBack", "PUT", "/api/v4/runners/7/../8", kBody, false},
                    PermitCase{"Posting", "POST", kPath, kBody, false},
                    PermitCase{"Patching", "PATCH", kPath, kBody, false},
                    PermitCase{"Deleting", "DELETE", kPath, "", false}),
    [](const auto& given) { return given.param.name; });

TEST_F(RunnerTagsOverRest, AreNotSentByASenderThatMayOnlyRead) {
  const ApiBase base{"https://h"};
  CallBudget budget{60, 30s};
  Sender sender{{.token = Secret{"t"},
                 .now = [this] { return clock; },
                 .jitter = [] { return 0.0; },
                 .wait_until = nullptr},
                base,
                transport,
                budget};
  sender.open(clock + 20s);
  const std::vector<std::string> tags{"a"};
  std::optional<Answer> got;
  sender.ask(Question::put_tags(RunnerId{7}, tags_body(tags)),
             [&](Answer answer) { got = std::move(answer); });
  sender.run();
  ASSERT_TRUE(got);
  EXPECT_FALSE(got->body);
  EXPECT_FALSE(got->sent);
  EXPECT_TRUE(transport.calls.empty());
}

}  // namespace
}  // namespace runneriq::gitlab
