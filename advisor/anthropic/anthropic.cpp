#include "advisor/anthropic/anthropic.hpp"

#include "advisor/reply_json.hpp"
#include "core/json_text.hpp"
#include "core/percent_encoding.hpp"
#include "core/printable.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace runneriq::advisor {
namespace {

using nlohmann::json;

std::optional<Usage> usage_of(const json& reply) {
  const json& usage = member(reply, "usage");
  const auto input = count_member(usage, "input_tokens");
  const auto output = count_member(usage, "output_tokens");
  if (!input || !output) return std::nullopt;
  return Usage{.input = *input + count_member(usage, "cache_creation_input_tokens").value_or(0) +
                        count_member(usage, "cache_read_input_tokens").value_or(0),
               .output = *output};
}

// The text of all blocks of text; none where a block is of a kind that is not known.
std::optional<std::string> text_of(const json& reply) {
  std::string text;
  const json& blocks = member(reply, "content");
  if (!blocks.is_array()) return std::nullopt;
  for (const json& block : blocks) {
    const std::string type = text_member(block, "type");
    if (type == "text") text += text_member(block, "text");
    if (type != "text" && type != "thinking" && type != "redacted_thinking") return std::nullopt;
  }
  return text.empty() ? std::nullopt : std::optional{text};
}

// What a whole reply without an answer is.
Failure failure_of(const std::string& stop_reason) {
  if (stop_reason == "refusal") return Failure::refused;
  if (stop_reason == "max_tokens" || stop_reason == "model_context_window_exceeded") return Failure::cut;
  return Failure::malformed;
}

std::string words_of(const json& reply, const std::string& stop_reason) {
  const std::string category = text_member(member(reply, "stop_details"), "category");
  return "stop reason " + quoted_text(stop_reason, 40) +
         (category.empty() ? "" : ", " + printable(category, 40));
}

// A limit that the customer has set is no mistake of the call.
bool is_spend_limit(const json& error) {
  const std::string code = text_member(member(error, "details"), "error_code");
  return code == "enforced_spend_limit_reached" || code == "contract_spend_limit_reached";
}

}  // namespace

Anthropic::Anthropic(std::string url, Secret key)
    : url_(url.empty() ? std::string(kAddress) : std::move(url)), key_(std::move(key)) {
  while (url_.ends_with('/')) url_.pop_back();
}

WireCall Anthropic::base(std::string method, std::string path) const {
  return {.method = std::move(method),
          .url = url_ + std::move(path),
          .headers = {{"anthropic-version", std::string(kVersion)}},
          .secret_header = "x-api-key",
          .secret = key_};
}

WireCall Anthropic::call(const Question& question, std::string_view model) const {
  const QuestionForm& form = form_of(question.kind);
  WireCall call = base("POST", "/v1/messages");
  call.headers.emplace_back("content-type", "application/json");
  json output{{"format", {{"type", "json_schema"}, {"schema", reply_object(form.schema)}}}};
  const auto known = known_model(model);
  if (known && known->has_effort) output["effort"] = "low";
  call.body = json_line(json{{"model", model},
                             {"max_tokens", form.most_output},
                             {"system", form.instructions},
                             {"messages", json::array({{{"role", "user"}, {"content", question.document}}})},
                             {"output_config", output}});
  return call;
}

ModelReply Anthropic::judge(const WireReply& reply, Time /*now*/) const {
  const json document = reply_object(reply.body);
  if (reply.status != 200) {
    const json& error = member(document, "error");
    ModelReply judged = failed_reply(reply, text_member(error, "type"));
    if (reply.status == 400 && is_spend_limit(error)) judged.failure = Failure::spend_limit;
    judged.request_id = header(reply, "request-id");
    return judged;
  }
  ModelReply judged{.usage = usage_of(document),
                    .model = text_member(document, "model"),
                    .request_id = std::string(header(reply, "request-id"))};
  const std::string stop_reason = text_member(document, "stop_reason");
  if (stop_reason == "end_turn") {
    judged.text = text_of(document);
    if (!judged.text) judged.words = "no block of text, or one of an unknown kind";
    return judged;
  }
  judged.failure = failure_of(stop_reason);
  judged.words = words_of(document, stop_reason);
  return judged;
}

WireCall Anthropic::probe(std::string_view model) const {
  return base("GET", "/v1/models/" + percent_encoded(model));
}

std::vector<std::string> Anthropic::complaints_of_probe(const WireReply& reply,
                                                        std::string_view model) const {
  const std::string name = printable(model, 60);
  if (reply.status == 404) return {"the provider does not know the model " + name + ": set another"};
  if (reply.status != 200) {
    const ModelReply judged = judge(reply, {});
    return {"the provider cannot be asked (" + std::string(to_text(judged.failure)) + "): " + judged.words};
  }
  const std::string deprecated = text_member(reply_object(reply.body), "deprecated_at");
  if (deprecated.empty()) return {};
  return {"the model " + name + " is deprecated since " + printable(deprecated, 40) + ": set another"};
}

}  // namespace runneriq::advisor
