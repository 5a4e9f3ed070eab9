#include "advisor/openai/openai.hpp"

#include "advisor/reply_json.hpp"
#include "core/json_text.hpp"
#include "core/printable.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace runneriq::advisor {
namespace {

using nlohmann::json;

std::optional<Usage> usage_of(const json& reply) {
  const json& usage = member(reply, "usage");
  const auto input = count_member(usage, "prompt_tokens");
  const auto output = count_member(usage, "completion_tokens");
  if (!input || !output) return std::nullopt;
  return Usage{*input, *output};
}

const json& first_choice(const json& reply) {
  static const json kNone = json::object();
  const json& choices = member(reply, "choices");
  return choices.is_array() && !choices.empty() ? choices.front() : kNone;
}

bool lists(const json& models, std::string_view model) {
  return models.is_array() &&
         std::ranges::any_of(models, [model](const json& one) { return text_member(one, "id") == model; });
}

}  // namespace

OpenAi::OpenAi(std::string url, Secret key) : url_(std::move(url)), key_(std::move(key)) {
  while (url_.ends_with('/')) url_.pop_back();
}

WireCall OpenAi::base(std::string method, std::string path) const {
  const bool has_key = !key_.empty();
  return {.method = std::move(method),
          .url = url_ + std::move(path),
          .secret_header = has_key ? "Authorization" : "",
          .secret_prefix = has_key ? "Bearer " : "",
          .secret = key_};
}

WireCall OpenAi::call(const Question& question, std::string_view model) const {
  const QuestionForm& form = form_of(question.kind);
  WireCall call = base("POST", "/chat/completions");
  call.headers.emplace_back("content-type", "application/json");
  const json schema{{"name", form.schema_name}, {"strict", true}, {"schema", reply_object(form.schema)}};
  const json document{{"model", model},
                      {"max_tokens", form.most_output},
                      {"messages", json::array({{{"role", "system"}, {"content", form.instructions}},
                                                {{"role", "user"}, {"content", question.document}}})},
                      {"response_format", {{"type", "json_schema"}, {"json_schema", schema}}}};
  call.body = json_line(document);
  return call;
}

ModelReply OpenAi::judge(const WireReply& reply, Time /*now*/) const {
  const json document = reply_object(reply.body);
  if (reply.status != 200) {
    const json& error = member(document, "error");
    ModelReply judged = failed_reply(reply, text_member(error, "type"));
    if (text_member(error, "code") == "insufficient_quota") {
      judged.failure = Failure::spend_limit;
      judged.try_again = false;
    }
    judged.request_id = header(reply, "x-request-id");
    return judged;
  }
  ModelReply judged{.usage = usage_of(document),
                    .model = text_member(document, "model"),
                    .request_id = std::string(header(reply, "x-request-id"))};
  const json& choice = first_choice(document);
  const json& message = member(choice, "message");
  const std::string finish = text_member(choice, "finish_reason");
  if (!text_member(message, "refusal").empty() || finish == "content_filter") {
    judged.failure = Failure::refused;
    judged.words = "the model refused";
  } else if (finish == "length") {
    judged.failure = Failure::cut;
    judged.words = "the answer was cut";
  } else if (finish == "stop" && !text_member(message, "content").empty()) {
    judged.text = text_member(message, "content");
  } else {
    judged.words = "no answer; finish reason " + quoted_text(finish, 40);
  }
  return judged;
}

WireCall OpenAi::probe(std::string_view /*model*/) const {
  return base("GET", "/models");
}

std::string OpenAi::first_model(const WireReply& reply) {
  const json document = reply_object(reply.body);
  const json& models = member(document, "data");
  return models.is_array() && !models.empty() ? text_member(models.front(), "id") : std::string{};
}

std::vector<std::string> OpenAi::complaints_of_probe(const WireReply& reply, std::string_view model) const {
  if (reply.status != 200) {
    const ModelReply judged = judge(reply, {});
    return {"the provider cannot be asked (" + std::string(to_text(judged.failure)) + "): " + judged.words};
  }
  if (lists(member(reply_object(reply.body), "data"), model)) return {};
  return {"the provider does not list the model " + printable(model, 60) + ": set another"};
}

}  // namespace runneriq::advisor
