// What is asked of the Messages API, and what comes of each of its replies.
#include "advisor/anthropic/anthropic.hpp"

#include "core/json_text.hpp"
#include "tests/support/provider_replies.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace runneriq::advisor {
namespace {

using nlohmann::json;

Anthropic provider() {
  return Anthropic{"", Secret{"sk-ant-secret"}};
}
ModelReply judged(const WireReply& reply) {
  return provider().judge(reply, {});
}
WireReply whole(const std::string& content, const std::string& stop_reason = "end_turn",
                const std::string& usage = R"({"input_tokens":900,"output_tokens":60})") {
  return reply_of(
      200, R"({"id":"msg_1","type":"message","role":"assistant","model":"claude-haiku-5-5","content":)" +
               content + R"(,"stop_reason":")" + stop_reason + R"(","usage":)" + usage + "}");
}
const std::string kText = R"([{"type":"text","text":"{\"choice\":\"A\"}"}])";

TEST(AnthropicsCall, HoldsFormDocumentAndSchemaAndNothingThatModelsRefuse) {
  const WireCall call =
      provider().call({.kind = QuestionKind::triage, .document = "{\"a\":\"\xFF\"}"}, "claude-haiku-5-5");
  EXPECT_EQ(call.method, "POST");
  EXPECT_EQ(call.url, "https://api.anthropic.com/v1/messages");
  EXPECT_EQ(call.secret_header, "x-api-key");
  EXPECT_EQ(call.secret.reveal(), "sk-ant-secret");
  EXPECT_EQ(call.body.find("sk-ant-secret"), std::string::npos);
  const json body = json_in(call.body);
  ASSERT_TRUE(body.is_object()) << "what is no UTF-8 does not break it";
  const QuestionForm& form = form_of(QuestionKind::triage);
  EXPECT_EQ(body.value("model", ""), "claude-haiku-5-5");
  EXPECT_EQ(body.value("max_tokens", 0), form.most_output);
  EXPECT_EQ(body.value("system", ""), form.instructions);
  ASSERT_EQ(body["messages"].size(), 1U);
  EXPECT_EQ(body["messages"][0]["role"], "user");
  EXPECT_EQ(body["output_config"]["format"]["type"], "json_schema");
  EXPECT_EQ(body["output_config"]["format"]["schema"], json_in(form.schema));
  for (const char* refused :
       {"temperature", "top_p", "top_k", "tools", "tool_choice", "stream", "thinking"}) {
    EXPECT_FALSE(body.contains(refused)) << refused;
  }
  bool versioned = false;
  for (const auto& [name, value] : call.headers)
    versioned = versioned || (name == "anthropic-version" && !value.empty());
  EXPECT_TRUE(versioned);
}

TEST(AnthropicsCall, SendsAnEffortOnlyToModelsThatTakeOne) {
  for (const Model& model : known_models()) {
    if (model.provider != ProviderKind::anthropic) continue;
    const json body = json_in(provider().call({.document = "{}"}, model.id).body);
    EXPECT_EQ(body["output_config"].contains("effort"), model.has_effort) << model.id;
  }
  const json body = json_in(provider().call({.document = "{}"}, "claude-of-tomorrow").body);
  EXPECT_FALSE(body["output_config"].contains("effort"));
}

TEST(AnthropicsCall, GoesToAnAddressWithOrWithoutASlash) {
  EXPECT_EQ((Anthropic{"https://proxy.example/ai//", Secret{""}}.call({}, "m").url),
            "https://proxy.example/ai/v1/messages");
  EXPECT_EQ(provider().probe("claude x/../y").url, "https://api.anthropic.com/v1/models/claude%20x%2F..%2Fy");
  EXPECT_EQ(provider().probe("m").method, "GET");
  EXPECT_TRUE(provider().probe("m").body.empty());
}

TEST(AnthropicsAnswer, IsTheTextOfAWholeReply) {
  const ModelReply reply = judged(whole(kText));
  ASSERT_TRUE(reply.text);
  EXPECT_EQ(*reply.text, R"({"choice":"A"})");
  EXPECT_EQ(reply.model, "claude-haiku-5-5");
  EXPECT_EQ(reply.request_id, "req_1");
  EXPECT_TRUE(reply.charged);
  ASSERT_TRUE(reply.usage);
  EXPECT_EQ(reply.usage->input, 900);
  EXPECT_EQ(reply.usage->output, 60);
}

TEST(AnthropicsAnswer, IsFoundBehindThoughtAndInParts) {
  for (
      const char* content :
      {R"([{"type":"thinking","thinking":"hm","signature":"x"},{"type":"text","text":"{\"choice\":\"A\"}"}])",
       R"([{"type":"redacted_thinking","data":"x"},{"type":"text","text":"{\"choice\":\"A\"}"}])",
       R"([{"type":"text","text":"{\"choice\":"},{"type":"text","text":"\"A\"}"}])"}) {
    const ModelReply reply = judged(whole(content));
    ASSERT_TRUE(reply.text) << content;
    EXPECT_EQ(*reply.text, R"({"choice":"A"})");
  }
}

TEST(AnthropicsAnswer, ThereIsNoneInWhatIsNotUnderstood) {
  for (const char* content :
       {"[]", "null", "7", "{}", R"("text")", "[null]", "[7]", R"([["x"]])", R"([{"type":"text"}])",
        R"([{"type":"text","text":7}])", R"([{"type":"text","text":""}])", R"([{"text":"x"}])",
        R"([{"type":"thinking","thinking":"x"}])",
        R"([{"type":"tool_use","id":"t","name":"shell","input":{"command":"rm"}}])",
        R"([{"type":"text","text":"x"},{"type":"of_tomorrow","text":"y"}])", R"([{"type":7,"text":"x"}])"}) {
    const ModelReply reply = judged(whole(content));
    EXPECT_FALSE(reply.text) << content;
    EXPECT_EQ(reply.failure, Failure::malformed) << content;
    EXPECT_FALSE(reply.try_again);
    EXPECT_TRUE(reply.usage) << "it was paid for";
  }
}

struct Stopped {
  const char* reason;
  Failure failure;
};

TEST(AnthropicsAnswer, OnlyAnEndOfTurnIsOne) {
  const Stopped table[] = {{"refusal", Failure::refused},
                           {"max_tokens", Failure::cut},
                           {"model_context_window_exceeded", Failure::cut},
                           {"tool_use", Failure::malformed},
                           {"pause_turn", Failure::malformed},
                           {"stop_sequence", Failure::malformed},
                           {"of_tomorrow", Failure::malformed},
                           {"", Failure::malformed}};
  for (const Stopped& each : table) {
    const ModelReply reply = judged(whole(kText, each.reason));
    EXPECT_FALSE(reply.text) << each.reason;
    EXPECT_EQ(reply.failure, each.failure) << each.reason;
    EXPECT_FALSE(reply.try_again);
    EXPECT_TRUE(reply.usage);
    EXPECT_TRUE(reply.charged);
  }
  const auto refused = judged(reply_of(
      200,
      R"({"content":[],"stop_reason":"refusal","stop_details":{"category":"cyber\u001b[2J"},"usage":null})"));
  EXPECT_EQ(refused.failure, Failure::refused);
  EXPECT_NE(refused.words.find("cyber"), std::string::npos);
  EXPECT_EQ(refused.words.find('\x1B'), std::string::npos);
  EXPECT_FALSE(refused.usage);
}

TEST(AnthropicsUsage, CountsCachedTokensAndIsNoneWhereItIsNotTold) {
  const auto usage = [](const std::string& text) { return judged(whole(kText, "end_turn", text)).usage; };
  EXPECT_EQ(
      usage(
          R"({"input_tokens":1,"cache_creation_input_tokens":20,"cache_read_input_tokens":300,"output_tokens":5})")
          ->input,
      321);
  for (const char* none :
       {"null", "{}", "[]", "7", R"({"input_tokens":1})", R"({"output_tokens":1})",
        R"({"input_tokens":-1,"output_tokens":1})", R"({"input_tokens":"1","output_tokens":1})",
        R"({"input_tokens":1.5,"output_tokens":1})"}) {
    EXPECT_FALSE(usage(none)) << none;
  }
  EXPECT_LE(usage(R"({"input_tokens":18446744073709551615,"output_tokens":1})")->input, 1'000'000'000);
  EXPECT_TRUE(judged(whole(kText, "end_turn", "null")).text) << "the answer counts, the reserve stays spent";
}

TEST(AnthropicsErrors, AreJudgedByTheirStatus) {
  for (const StatusCase& each : status_cases()) {
    SCOPED_TRACE(each.status);
    const ModelReply reply = judged(
        reply_of(each.status,
                 R"({"type":"error","error":{"type":"some_error","message":"of \u0007 sk-ant-secret"}})"));
    EXPECT_FALSE(reply.text);
    EXPECT_EQ(reply.failure, each.failure);
    EXPECT_EQ(reply.try_again, each.try_again);
    EXPECT_EQ(reply.charged, each.charged);
    EXPECT_FALSE(reply.usage);
    EXPECT_EQ(reply.request_id, "req_1");
    EXPECT_NE(reply.words.find("HTTP " + std::to_string(each.status)), std::string::npos);
    EXPECT_NE(reply.words.find("some_error"), std::string::npos);
    EXPECT_EQ(reply.words.find("secret"), std::string::npos) << "messages may quote what was sent";
  }
}

TEST(AnthropicsErrors, ASpendLimitIsNoMistakeOfTheCall) {
  for (const char* code : {"enforced_spend_limit_reached", "contract_spend_limit_reached"}) {
    const ModelReply reply =
        judged(reply_of(400, R"({"error":{"type":"invalid_request_error","details":{"error_code":")" +
                                 std::string(code) + R"("}}})"));
    EXPECT_EQ(reply.failure, Failure::spend_limit);
    EXPECT_FALSE(reply.try_again);
    EXPECT_FALSE(reply.charged);
  }
  EXPECT_EQ(
      judged(reply_of(400, R"({"error":{"type":"invalid_request_error","details":{"error_code":"x"}}})"))
          .failure,
      Failure::invalid);
}

TEST(AnthropicsReply, OfAnyBytesIsJudged) {
  for (const std::string& body : hostile_bodies()) {
    for (const int status : {200, 400, 429, 500}) {
      const ModelReply reply = judged(reply_of(status, body));
      EXPECT_FALSE(reply.text);
      EXPECT_FALSE(reply.usage);
      EXPECT_LE(reply.words.size(), 400U);
    }
  }
}

TEST(AnthropicsProbe, ComplainsInWords) {
  const auto complaints = [](int status, const std::string& body) {
    return provider().complaints_of_probe(reply_of(status, body), "claude-x");
  };
  EXPECT_TRUE(complaints(200, R"({"id":"claude-x","deprecated_at":null})").empty());
  EXPECT_NE(complaints(200, R"({"deprecated_at":"2026-11-30"})").at(0).find("2026-11-30"), std::string::npos);
  EXPECT_NE(complaints(404, "").at(0).find("does not know the model claude-x"), std::string::npos);
  EXPECT_NE(complaints(401, "").at(0).find("unauthorised"), std::string::npos);
  EXPECT_NE(provider().complaints_of_probe({.trouble = WireReply::Trouble::late}, "m").at(0).find("late"),
            std::string::npos);
}

}  // namespace
}  // namespace runneriq::advisor
