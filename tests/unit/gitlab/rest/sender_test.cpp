#include "gitlab/rest/sender.hpp"

#include "tests/support/scripted_transport.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;
using platform::HttpCall;
using platform::HttpReply;

const std::string kUrl = "https://h/api/v4/x";

HttpReply reply(int status, std::string body = "", std::vector<platform::HttpHeader> headers = {}) {
  return {.status = status, .headers = std::move(headers), .body = std::move(body)};
}

class Sending : public testing::Test {
 protected:
  Time clock{std::chrono::sys_days{std::chrono::year{2025} / 3 / 1}};
  const Time start = clock;
  ApiBase base{"https://h"};
  platform::ScriptedTransport transport{clock};
  CallBudget budget{60, 30s};
  std::function<void(Time)> wait = [this](Time when) { clock = std::max(clock, when); };

  Sender sender() {
    return Sender{{.token = Secret{"glpat-very-secret"},
                   .call_limit = 15s,
                   .now = [this] { return clock; },
                   .jitter = [] { return 0.0; },
                   .wait_until = wait},
                  base,
                  transport,
                  budget};
  }
  std::vector<Answer> ask(Sender& sender, int times = 1, Duration limit = 25s) {
    std::vector<Answer> answers;
    sender.open(clock + limit);
    for (int at = 0; at < times; ++at) {
      sender.ask(Question::get("/api/v4/x"), [&](Answer answer) { answers.push_back(std::move(answer)); });
    }
    sender.run();
    return answers;
  }
};

TEST_F(Sending, GivesTheBodyOfASuccess) {
  transport.route(kUrl, reply(200, "[]", {{"link", "<y>"}}));
  Sender it = sender();
  const auto answers = ask(it);
  ASSERT_EQ(answers.size(), 1U);
  EXPECT_EQ(answers[0].body.value(), "[]");
  EXPECT_EQ(answers[0].link, "<y>");
  EXPECT_EQ(it.count().calls, 1);
  EXPECT_EQ(it.count().bytes, 2);
  EXPECT_EQ(it.count().failed + it.count().retried + it.count().mutating, 0);
}

TEST_F(Sending, PutsTheTokenNowhereButInTheSecret) {
  transport.route(kUrl, reply(403, R"({"message":"no"})"));
  Sender it = sender();
  const auto answers = ask(it);
  const HttpCall& call = transport.calls.at(0);
  EXPECT_EQ(call.secret_header, "PRIVATE-TOKEN");
  EXPECT_EQ(call.secret.reveal(), "glpat-very-secret");
  std::string all = call.url + call.body + answers[0].body.error().message;
  for (const auto& header : call.headers) all += header.name + header.value;
  EXPECT_EQ(all.find("glpat"), std::string::npos);
}

struct StatusCase {
  int status;
  std::string body;
  Errc code;
  std::string message;
};
class Statuses : public Sending, public testing::WithParamInterface<StatusCase> {};

TEST_P(Statuses, BecomeErrorsWithWords) {
  wait = nullptr;
  transport.route(kUrl, reply(GetParam().status, GetParam().body));
  Sender it = sender();
  const auto answers = ask(it);
  EXPECT_EQ(answers[0].status, GetParam().status);
  EXPECT_EQ(answers[0].body.error().code, GetParam().code);
  EXPECT_EQ(answers[0].body.error().message, GetParam().message);
  EXPECT_EQ(it.count().failed, 1);
}

INSTANTIATE_TEST_SUITE_P(
    Known, Statuses,
    testing::Values(StatusCase{401, R"({"message":"401 Unauthorized"})", Errc::permission,
                               "GET /api/v4/x: 401 Unauthorized"},
                    StatusCase{403, R"({"error":"insufficient_scope"})", Errc::permission,
                               "GET /api/v4/x: 403 Forbidden: insufficient_scope"},
                    StatusCase{404, R"({"message":"404 Project Not Found"})", Errc::not_found,
                               "GET /api/v4/x: 404 Project Not Found"},
                    StatusCase{429, "Retry later", Errc::unavailable,
                               "GET /api/v4/x: 429 Too Many Requests: Retry later"},
                    StatusCase{500, "", Errc::unavailable, "GET /api/v4/x: 500 Internal Server Error"},
                    StatusCase{408, "", Errc::timed_out, "GET /api/v4/x: 408 Request Timeout"},
                    StatusCase{418, "", Errc::invalid_argument, "GET /api/v4/x: 418"},
                    StatusCase{302, "", Errc::invalid_argument, "GET /api/v4/x: 302 Found"},
                    StatusCase{308, "", Errc::invalid_argument, "GET /api/v4/x: 308 Permanent Redirect"}),
    [](const auto& given) { return "Status" + std::to_string(given.param.status); });

TEST_F(Sending, SaysWhereARedirectLeads) {
  transport.route(kUrl, reply(301, "<html>moved</html>", {{"location", "https://h/\nx"}}));
  Sender it = sender();
  EXPECT_EQ(ask(it)[0].body.error().message, "GET /api/v4/x: 301 Moved Permanently to https://h/\\nx");
}

TEST_F(Sending, AsksAgainAfterAPauseThatGrows) {
  transport.once(kUrl, reply(500));
  transport.once(kUrl, fail(Errc::unavailable, "connection reset"));
  transport.route(kUrl, reply(200, "ok"));
  Sender it = sender();
  EXPECT_EQ(ask(it)[0].body.value(), "ok");
  EXPECT_EQ(clock, start + 500ms + 1s);
  EXPECT_EQ(it.count().calls, 3);
  EXPECT_EQ(it.count().retried, 2);
  EXPECT_EQ(it.count().failed, 0);
}

TEST_F(Sending, GivesUpAfterThreeAttempts) {
  transport.route(kUrl, reply(502));
  Sender it = sender();
  EXPECT_EQ(ask(it)[0].body.error().code, Errc::unavailable);
  EXPECT_EQ(it.count().calls, 3);
  EXPECT_EQ(it.count().failed, 1);
}

TEST_F(Sending, DoesNotAskAgainWhatIsFinal) {
  transport.route(kUrl, reply(404));
  Sender it = sender();
  ask(it);
  EXPECT_EQ(it.count().calls, 1);
}

TEST_F(Sending, DoesNotWaitWithoutAWaiter) {
  wait = nullptr;
  transport.route(kUrl, reply(500));
  Sender it = sender();
  ask(it);
  EXPECT_EQ(it.count().calls, 1);
  EXPECT_EQ(clock, start);
}

TEST_F(Sending, DoesWhatRetryAfterSaysForAllCalls) {
  transport.once(kUrl, reply(429, "Retry later", {{"retry-after", "7"}}));
  transport.route(kUrl, [this](const HttpCall&) {
    EXPECT_TRUE(transport.calls.size() <= 6 || clock >= start + 7s);
    return reply(200, "ok");
  });
  Sender it = sender();
  for (const Answer& answer : ask(it, 20)) EXPECT_TRUE(answer.body);
  EXPECT_EQ(clock, start + 7s);
}

TEST_F(Sending, AsksAgainAfterAThrottleThatSaysThatNothingIsLeft) {
  const auto reset = std::chrono::duration_cast<std::chrono::seconds>((start + 2s).time_since_epoch());
  transport.once(kUrl, reply(429, "Retry later",
                             {{"retry-after", "2"},
                              {"ratelimit-remaining", "0"},
                              {"ratelimit-reset", std::to_string(reset.count())}}));
  transport.route(kUrl, reply(200, "ok"));
  Sender it = sender();
  for (const Answer& answer : ask(it, 10)) EXPECT_TRUE(answer.body) << answer.body.error().message;
  EXPECT_EQ(clock, start + 2s);
}

TEST_F(Sending, NamesGitLabWhereItAllowsTooFewCalls) {
  transport.route(kUrl, reply(200, "ok", {{"ratelimit-remaining", "1"}}));
  Sender it = sender();
  ask(it);
  EXPECT_TRUE(ask(it)[0].body);
  const auto answers = ask(it);
  ASSERT_FALSE(answers[0].body);
  EXPECT_EQ(answers[0].body.error().message,
            "GitLab allows no more calls until " + runneriq::to_text(start + 1min));
}

TEST_F(Sending, LeavesWhatMustWaitTooLongToTheNextReading) {
  transport.once(kUrl, reply(429, "", {{"retry-after", "60"}}));
  transport.route(kUrl, reply(200, "ok"));
  Sender it = sender();
  int failed = 0;
  for (const Answer& answer : ask(it, 20)) failed += answer.body ? 0 : 1;
  EXPECT_EQ(clock, start);
  EXPECT_EQ(failed, 15) << "the first, and what was not under way yet";
  EXPECT_EQ(transport.calls.size(), 6U);
  EXPECT_FALSE(ask(it)[0].body);
  EXPECT_EQ(transport.calls.size(), 6U) << "still held";
  clock += 60s;
  EXPECT_TRUE(ask(it)[0].body);
}

TEST_F(Sending, HasSixCallsUnderWayAtMost) {
  transport.route(kUrl, reply(200, "ok"));
  Sender it = sender();
  EXPECT_EQ(ask(it, 40).size(), 40U);
  EXPECT_EQ(transport.most_under_way, 6U);
}

TEST_F(Sending, DoesNotCallOverTheBudget) {
  transport.route(kUrl, reply(200, "ok"));
  Sender it = sender();
  const auto answers = ask(it, 70);
  EXPECT_EQ(transport.calls.size(), 60U);
  EXPECT_EQ(answers.size(), 70U);
  EXPECT_EQ(answers[0].body.error().message, "over the budget of 60 calls a minute");
  EXPECT_EQ(it.count().failed, 0);
}

TEST_F(Sending, AsksNoMoreWhenAReadingHoldsTooMuch) {
  transport.route(kUrl, reply(200, std::string(std::size_t{16} << 20, 'x')));
  Sender it = sender();
  const auto answers = ask(it, 20);
  EXPECT_LE(it.count().calls, 9 + 6) << "those under way are answered";
  const auto refused = std::ranges::find_if(answers, [](const Answer& answer) { return !answer.body; });
  ASSERT_NE(refused, answers.end());
  EXPECT_EQ(refused->body.error().message, "not asked: this reading holds more than 128 MiB already");
  EXPECT_TRUE(ask(it).front().body) << "the next reading begins anew";
}

TEST_F(Sending, EndsAtTheDeadline) {
  transport.latency = 2s;
  transport.route(kUrl, reply(200, "ok"));
  Sender it = sender();
  int answered = 0;
  for (const Answer& answer : ask(it, 20, 10s)) {
    if (answer.body)
      ++answered;
    else
      EXPECT_EQ(answer.body.error().code, Errc::timed_out);
  }
  EXPECT_EQ(answered, 4);
  EXPECT_LE(clock, start + 12s);
  EXPECT_LE(transport.calls.size(), 10U);
  for (const HttpCall& call : transport.calls) EXPECT_LE(call.time_limit, 10s);
}

TEST_F(Sending, StopsAskingWhenNobodyAnswers) {
  transport.route(kUrl,
                  [](const HttpCall&) -> Result<HttpReply> { return fail(Errc::unavailable, "refused"); });
  Sender it = sender();
  const auto answers = ask(it, 40);
  EXPECT_EQ(answers.size(), 40U);
  EXPECT_LE(transport.calls.size(), 12U);
}

TEST_F(Sending, StopsAskingWhenTheTokenIsRefused) {
  transport.route(kUrl, reply(401));
  Sender it = sender();
  const auto answers = ask(it, 40);
  EXPECT_EQ(answers.size(), 40U);
  EXPECT_LE(transport.calls.size(), 12U) << "the six under way, in both forms of the token";
  EXPECT_TRUE(it.token_refused());
}

TEST_F(Sending, TriesTheTokenInItsOtherFormWhenNoCallIsLetIn) {
  transport.route(kUrl, [](const HttpCall& call) -> Result<HttpReply> {
    return HttpReply{.status = call.secret_header == "Authorization" ? 200 : 401};
  });
  Sender it = sender();
  for (const Answer& answer : ask(it, 10)) EXPECT_EQ(answer.status, 200);
  EXPECT_FALSE(it.token_refused());
  EXPECT_EQ(transport.calls.back().secret.reveal(), "Bearer " + transport.calls.front().secret.reveal());
  EXPECT_LE(transport.calls.size(), 16U);
  it.open(start + 60s);
  ask(it, 1);
  EXPECT_EQ(transport.calls.back().secret_header, "Authorization") << "what works is kept";
}

TEST_F(Sending, OneRefusalAmongAnswersIsNoRefusedToken) {
  transport.route(kUrl, reply(200));
  transport.once(kUrl, reply(401));
  Sender it = sender();
  ask(it, 3);
  EXPECT_FALSE(it.token_refused());
}

TEST_F(Sending, EndsWhenTheProgramIsToStop) {
  wait = [this](Time) { transport.stopped = true; };
  transport.route(kUrl, reply(500));
  Sender it = sender();
  const auto answers = ask(it, 30);
  EXPECT_EQ(answers.size(), 30U);
  EXPECT_EQ(clock, start);
  EXPECT_LE(transport.calls.size(), 30U);
}

TEST_F(Sending, AnswersThatAskFurtherAreAnsweredToo) {
  transport.route(kUrl, reply(200, "ok"));
  Sender it = sender();
  int depth = 0;
  std::function<void(Answer)> again = [&](const Answer&) {
    if (++depth < 20) it.ask(Question::get("/api/v4/x"), again);
  };
  it.open(clock + 25s);
  it.ask(Question::get("/api/v4/x"), again);
  it.run();
  EXPECT_EQ(depth, 20);
}

HttpCall call(std::string method, std::string url, std::string body = "") {
  HttpCall call;
  call.method = std::move(method);
  call.url = std::move(url);
  call.body = std::move(body);
  return call;
}

TEST(OnlyReads, LetsReadingCallsPass) {
  const ApiBase base{"https://h"};
  EXPECT_TRUE(only_reads(call("GET", "https://h/api/v4/runners?x=1"), base));
  EXPECT_TRUE(only_reads(call("POST", "https://h/api/graphql", R"({"query":"query a { b }"})"), base));
  EXPECT_TRUE(
      only_reads(call("POST", "https://h/api/graphql", R"({"query":" {b(c: \"mutation \\\" {\")}"})"), base));
}

TEST(OnlyReads, StopsWhatMightChangeSomething) {
  const ApiBase base{"https://h"};
  for (const auto& [method, url, body] :
       {std::tuple{"PUT", "https://h/api/v4/runners/1", ""},
        {"DELETE", "https://h/api/v4/runners/1", ""},
        {"POST", "https://h/api/v4/jobs/1/retry", ""},
        {"GET", "https://h/api/v4/x", "body"},
        {"GET", "https://h/users/sign_out", ""},
        {"GET", "https://h.evil/api/v4/x", ""},
        {"POST", "https://h/api/graphql", ""},
        {"POST", "https://h/api/graphql", "{}"},
        {"POST", "https://h/api/graphql", R"({"query":""})"},
        {"POST", "https://h/api/graphql", R"({"query":"mutation { a }"})"},
        {"POST", "https://h/api/graphql", R"({"query":"query a { b } mutation { c }"})"},
        {"POST", "https://h/api/graphql", R"({"query":"query a { b(c: \"}) mutation"})"},
        {"POST", "https://h/api/graphql", R"({"query":"subscription { c }"})"},
        {"POST", "https://h/api/graphql?x", R"({"query":"query a { b }"})"}}) {
    EXPECT_FALSE(only_reads(call(method, url, body), base)) << method << " " << url << " " << body;
  }
}

TEST_F(Sending, NeverSendsWhatMightChangeSomething) {
  Sender it = sender();
  it.open(clock + 25s);
  std::optional<Answer> answer;
  it.ask(Question::graphql(R"({"query":"mutation { runnerDelete }"})"),
         [&](Answer given) { answer = std::move(given); });
  it.run();
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->body.error().code, Errc::invalid_argument);
  EXPECT_TRUE(transport.calls.empty());
  EXPECT_EQ(it.count().mutating, 0);
}

}  // namespace
}  // namespace runneriq::gitlab
