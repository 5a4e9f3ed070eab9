#include "alerting/teams/teams.hpp"

#include "alerting/message_text.hpp"
#include "alerting/reply_words.hpp"
#include "alerting/secret_address.hpp"
#include "core/json_text.hpp"

#include <nlohmann/json.hpp>

#include <vector>

namespace runneriq::alerting {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kTitle = 500;  // characters

// "{{DATE(…)}}" and "{{TIME(…)}}" are read in every text of a card; between the braces a zero-width space
// ends that.
std::string literal(std::string_view text) {
  std::string shown;
  for (const char c : text) {
    if (c == '{' && shown.ends_with('{')) shown += "\u200B";
    shown += c;
  }
  return shown;
}

Json run_of(const Span& span) {
  Json run{{"type", "TextRun"}, {"text", literal(span.text)}};
  if (span.kind == Span::Kind::log) run["fontType"] = "Monospace";
  if (span.kind == Span::Kind::link) run["selectAction"] = {{"type", "Action.OpenUrl"}, {"url", span.url}};
  return run;
}

Json block_of(const Line& line) {
  Json runs = Json::array();
  for (const Span& span : joined_literally(line)) runs.push_back(run_of(span));
  return {{"type", "RichTextBlock"}, {"spacing", "Small"}, {"inlines", std::move(runs)}};
}

Json title_block(std::string_view title, bool fires) {
  const Json run{{"type", "TextRun"},
                 {"text", literal(cut_characters(title, kTitle))},
                 {"weight", "Bolder"},
                 {"size", "Medium"},
                 {"color", fires ? "Attention" : "Good"}};
  return {{"type", "RichTextBlock"}, {"inlines", Json::array({run})}};
}

std::string message_with(Json body) {
  const Json card{{"$schema", "http://adaptivecards.io/schemas/adaptive-card.json"},
                  {"type", "AdaptiveCard"},
                  {"version", "1.4"},
                  {"msteams", {{"width", "Full"}}},
                  {"body", std::move(body)}};
  const Json attachment{{"contentType", "application/vnd.microsoft.card.adaptive"}, {"content", card}};
  const Json message{{"type", "message"}, {"attachments", Json::array({attachment})}};
  return json_line(message);
}

// Lines that do not fit are left out before the last one.
std::string body_of(const MessageText& message, bool fires) {
  const Json title = title_block(message.title, fires);
  std::vector<std::size_t> lengths;
  Json blocks = Json::array();
  for (const Line& line : message.lines) {
    blocks.push_back(block_of(line));
    lengths.push_back(json_line(blocks.back()).size() + 1);
  }
  const Json mark = block_of({{.text = "…"}});
  const std::size_t used = message_with(Json::array({title})).size() + 1;
  const std::size_t kept = leading_lines(lengths, kTeamsBody - used, json_line(mark).size() + 1);
  Json body = Json::array({title});
  for (std::size_t at = 0; at < kept; ++at) body.push_back(std::move(blocks[at]));
  if (kept < lengths.size()) {
    body.push_back(mark);
    body.push_back(std::move(blocks.back()));
  }
  return message_with(std::move(body));
}

// {"error": {"code": "WorkflowNotFound", …}}
std::string error_code(const WebReply& reply) {
  const nlohmann::json answer = reply_object(reply.body);
  const auto error = answer.find("error");
  return error != answer.end() && error->is_object() ? text_member(*error, "code") : std::string{};
}

}  // namespace

Result<void> check(const TeamsSettings& settings) {
  return check_address(settings.secret, "the Teams receiver");
}

Receiver::Call Teams::call(const Notification& notification, const DeliveryContext& /*context*/) const {
  WebCall call;
  call.url = shown_address(settings_.secret);
  call.secret_url = settings_.secret;
  call.headers = {{"Content-Type", "application/json"}};
  call.body = body_of(message_text(notification), notification.firing > 0);
  return call;
}

DeliveryReply Teams::judge(const WebReply& reply, Time now) const {
  const DeliveryReply judged = judge_status(reply, now);
  if (judged.kind != DeliveryReply::Kind::delivered)
    return with_words(judged, error_code(reply), settings_.secret);
  if (!reply.body.starts_with("Webhook message delivery failed")) return judged;
  const bool throttled = reply.body.find("429") != std::string::npos;
  return {.kind = throttled ? DeliveryReply::Kind::throttled : DeliveryReply::Kind::later,
          .failure = throttled ? "rateLimited" : "contentError",
          .words = "Teams answered that the delivery failed",
          .wait = told_wait(reply)};
}

}  // namespace runneriq::alerting
