// What is asked of servers of chat completions, and what comes of each of their replies.
#include "advisor/openai/openai.hpp"

#include "core/json_text.hpp"
#include "tests/support/provider_replies.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace runneriq::advisor {
namespace {

using nlohmann::json;

OpenAi server() {
  return OpenAi{"http://127.0.0.1:8000/v1/", Secret{""}};
}
ModelReply judged(const WireReply& reply) {
  return server().judge(reply, {});
}
WireReply whole(const std::string& message, const std::string& finish = R"("stop")",
                const std::string& usage = R"({"prompt_tokens":900,"completion_tokens":60})") {
  return reply_of(200, R"({"model":"qwen","choices":[{"index":0,"message":)" + message +
                           R"(,"finish_reason":)" + finish + R"(}],"usage":)" + usage + "}");
}
const std::string kMessage = R"({"role":"assistant","content":"{\"choice\":\"A\"}"})";

TEST(OpenAisCall, HoldsFormDocumentAndSchema) {
  const WireCall call =
      server().call({.kind = QuestionKind::tie_break, .document = "{\"a\":\"\xFF\"}"}, "qwen");
  EXPECT_EQ(call.method, "POST");
  EXPECT_EQ(call.url, "http://127.0.0.1:8000/v1/chat/completions");
  const json body = json_in(call.body);
  ASSERT_TRUE(body.is_object());
  const QuestionForm& form = form_of(QuestionKind::tie_break);
  EXPECT_EQ(body.value("model", ""), "qwen");
  EXPECT_EQ(body.value("max_tokens", 0), form.most_output);
  ASSERT_EQ(body["messages"].size(), 2U);
  EXPECT_EQ(body["messages"][0]["role"], "system");
  EXPECT_EQ(body["messages"][0]["content"], form.instructions);
  EXPECT_EQ(body["messages"][1]["role"], "user");
  EXPECT_EQ(body["response_format"]["type"], "json_schema");
  EXPECT_EQ(body["response_format"]["json_schema"]["schema"], json_in(form.schema));
  EXPECT_EQ(body["response_format"]["json_schema"]["strict"], true);
}

TEST(OpenAisCall, HasAKeyOnlyWhereThereIsOne) {
  EXPECT_EQ(server().call({}, "m").secret_header, "");
  EXPECT_EQ(server().call({}, "m").secret_prefix, "");
  const OpenAi keyed{"https://api.example/v1", Secret{"sk-secret"}};
  const WireCall call = keyed.call({}, "m");
  EXPECT_EQ(call.secret_header, "Authorization");
  EXPECT_EQ(call.secret_prefix, "Bearer ");
  EXPECT_EQ(call.secret.reveal(), "sk-secret");
  EXPECT_EQ(keyed.probe("m").url, "https://api.example/v1/models");
  EXPECT_EQ(keyed.probe("m").method, "GET");
}

TEST(OpenAisAnswer, IsTheContentOfAWholeReply) {
  const ModelReply reply = judged(whole(kMessage));
  ASSERT_TRUE(reply.text);
  EXPECT_EQ(*reply.text, R"({"choice":"A"})");
  EXPECT_EQ(reply.model, "qwen");
  EXPECT_EQ(reply.request_id, "req_1");
  EXPECT_EQ(reply.usage->input, 900);
  EXPECT_EQ(reply.usage->output, 60);
  EXPECT_TRUE(judged(whole(R"({"content":"x","reasoning_content":"hm","refusal":null})")).text)
      << "thought stands beside it";
}

struct Finished {
  std::string message, finish;
  Failure failure;
};

TEST(OpenAisAnswer, ThereIsNoneInWhatIsCutRefusedOrNotUnderstood) {
  const Finished table[] = {
      {kMessage, R"("length")", Failure::cut},
      {kMessage, R"("content_filter")", Failure::refused},
      {R"({"content":null,"refusal":"I will not"})", R"("stop")", Failure::refused},
      {R"({"content":"x","refusal":"I will not"})", R"("stop")", Failure::refused},
      {R"({"content":null,"tool_calls":[{"function":{"name":"shell"}}]})", R"("tool_calls")",
       Failure::malformed},
      {kMessage, R"("of_tomorrow")", Failure::malformed},
      {kMessage, "null", Failure::malformed},
      {R"({"content":""})", R"("stop")", Failure::malformed},
      {R"({"content":null})", R"("stop")", Failure::malformed},
      {R"({"content":[{"type":"text","text":"x"}]})", R"("stop")", Failure::malformed},
      {"null", R"("stop")", Failure::malformed},
  };
  for (const Finished& each : table) {
    const ModelReply reply = judged(whole(each.message, each.finish));
    EXPECT_FALSE(reply.text) << each.message;
    EXPECT_EQ(reply.failure, each.failure) << each.message << each.finish;
    EXPECT_FALSE(reply.try_again);
    EXPECT_TRUE(reply.usage);
    EXPECT_EQ(reply.words.find("I will not"), std::string::npos);
  }
  EXPECT_FALSE(judged(reply_of(200, R"({"choices":[]})")).text);
}

TEST(OpenAisUsage, IsNoneWhereItIsNotTold) {
  const auto usage = [](const std::string& text) { return judged(whole(kMessage, R"("stop")", text)).usage; };
  for (const char* none :
       {"null", "{}", R"({"prompt_tokens":1})", R"({"completion_tokens":1})",
        R"({"prompt_tokens":-1,"completion_tokens":1})", R"({"prompt_tokens":1,"completion_tokens":"1"})"}) {
    EXPECT_FALSE(usage(none)) << none;
  }
}

TEST(OpenAisErrors, AreJudgedByTheirStatus) {
  for (const StatusCase& each : status_cases()) {
    SCOPED_TRACE(each.status);
    const ModelReply reply = judged(
        reply_of(each.status, R"({"error":{"type":"some_error","code":"x","message":"of sk-secret"}})"));
    EXPECT_FALSE(reply.text);
    EXPECT_EQ(reply.failure, each.failure);
    EXPECT_EQ(reply.try_again, each.try_again);
    EXPECT_EQ(reply.charged, each.charged);
    EXPECT_EQ(reply.words.find("secret"), std::string::npos);
  }
}

TEST(OpenAisErrors, AnEmptyAccountIsNotAskedAgain) {
  const ModelReply reply =
      judged(reply_of(429, R"({"error":{"type":"insufficient_quota","code":"insufficient_quota"}})"));
  EXPECT_EQ(reply.failure, Failure::spend_limit);
  EXPECT_FALSE(reply.try_again);
  EXPECT_FALSE(reply.charged);
}

TEST(OpenAisReply, OfAnyBytesIsJudged) {
  for (const std::string& body : hostile_bodies()) {
    for (const int status : {200, 400, 429, 500}) {
      const ModelReply reply = judged(reply_of(status, body));
      EXPECT_FALSE(reply.text);
      EXPECT_FALSE(reply.usage);
      EXPECT_LE(reply.words.size(), 400U);
      (void)server().complaints_of_probe(reply_of(status, body), "m");
      EXPECT_EQ(OpenAi::first_model(reply_of(status, body)), "");
    }
  }
}

TEST(OpenAisProbe, ComplainsInWords) {
  const auto complaints = [](int status, const std::string& body) {
    return server().complaints_of_probe(reply_of(status, body), "qwen");
  };
  EXPECT_TRUE(complaints(200, R"({"data":[{"id":"x"},{"id":"qwen"}]})").empty());
  EXPECT_NE(complaints(200, R"({"data":[{"id":"qwen2"}]})").at(0).find("does not list"), std::string::npos);
  EXPECT_NE(complaints(401, "").at(0).find("unauthorised"), std::string::npos);
  EXPECT_EQ(OpenAi::first_model(reply_of(200, R"({"data":[{"id":"x"},{"id":"qwen"}]})")), "x");
}

}  // namespace
}  // namespace runneriq::advisor
