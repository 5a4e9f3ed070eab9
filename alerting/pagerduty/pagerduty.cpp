#include "alerting/pagerduty/pagerduty.hpp"

#include "alerting/message_text.hpp"
#include "alerting/reply_words.hpp"
#include "alerting/secret_address.hpp"
#include "alerting/subject_words.hpp"
#include "core/json_text.hpp"
#include "core/printable.hpp"

#include <nlohmann/json.hpp>

namespace runneriq::alerting {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kMostAlerts = 500;
constexpr std::size_t kFewAlerts = 50;
constexpr std::size_t kMostLinks = 10;

std::string line_of(const Line& line) {
  std::string text;
  for (const Span& span : line) text += span.text;
  return text;
}

Json links_of(const MessageText& message) {
  Json links = Json::array();
  for (const Line& line : message.lines) {
    for (const Span& span : line) {
      if (span.kind != Span::Kind::link || links.size() >= kMostLinks) continue;
      links.push_back({{"href", span.url}, {"text", span.text}});
    }
  }
  return links;
}

Json details_of(const Notification& notification, const MessageText& message) {
  Json lines = Json::array();
  for (const Line& line : message.lines) lines.push_back(line_of(line));
  return {{"firing", notification.firing}, {"resolved", notification.resolved}, {"text", std::move(lines)}};
}

// Members that are empty are left out: PagerDuty shows them.
void put(Json& object, const char* name, const std::string& text) {
  if (!text.empty()) object[name] = text;
}

const Event* first_firing(const Notification& notification) {
  for (const AlertEntry& alert : notification.alerts)
    if (alert.firing && !alert.events.empty()) return &alert.events.back();
  return nullptr;
}

void put_subject(Json& payload, const Event& event) {
  payload["source"] = event.project.empty() ? "GitLab" : shown(event.project);
  put(payload, "component", subject_of(event));
  put(payload, "group", shown(event.ref));
  put(payload, "class", shown(event.failure_reason));
}

Json payload_of(const Notification& notification, const MessageText& message) {
  Json payload{{"summary", cut_characters(message.title, kPagerDutySummary)},
               {"severity", to_text(notification.severity)},
               {"source", "GitLab"},
               {"timestamp", runneriq::to_text(notification.time)}};
  if (const Event* event = first_firing(notification)) put_subject(payload, *event);
  payload["custom_details"] = details_of(notification, message);
  return payload;
}

Json event_of(const Notification& notification, std::size_t most_alerts, const Secret& key) {
  Json event{{"routing_key", key.reveal()},
             {"event_action", notification.firing > 0 ? "trigger" : "resolve"},
             {"dedup_key", cut_characters(notification.group, kPagerDutyKey)}};
  const MessageText message = message_text(notification, most_alerts);
  event["payload"] = payload_of(notification, message);
  event["client"] = "RunnerIQ";
  if (Json links = links_of(message); !links.empty()) event["links"] = std::move(links);
  return event;
}

std::string body_of(const Notification& notification, const Secret& key) {
  std::string body = json_line(event_of(notification, kMostAlerts, key));
  if (body.size() <= kPagerDutyEvent) return body;
  Json shorter = event_of(notification, kFewAlerts, key);
  shorter["payload"]["custom_details"]["note"] =
      "All details would be longer than PagerDuty takes: only the first alerts are here.";
  return json_line(shorter);
}

// {"status": "invalid event", "message": "…", "errors": ["…"]}
std::string trouble_of(const nlohmann::json& answer) {
  std::string words = text_member(answer, "message");
  const auto errors = answer.find("errors");
  if (errors != answer.end() && errors->is_array() && !errors->empty() && errors->front().is_string())
    words += (words.empty() ? "" : ": ") + errors->front().get<std::string>();
  return words;
}

}  // namespace

Result<void> check(const PagerDutySettings& settings) {
  if (settings.secret.empty())
    return fail(Errc::invalid_argument, "the PagerDuty receiver has no secret: give its integration key");
  if (is_address(Secret{settings.url})) return {};
  return fail(Errc::invalid_argument,
              quoted_text(settings.url) + " is no address of PagerDuty: it begins with https://");
}

Receiver::Call PagerDuty::call(const Notification& notification, const DeliveryContext& /*context*/) const {
  WebCall call;
  call.url = settings_.url;
  call.headers = {{"Content-Type", "application/json"}};
  call.body = body_of(notification, settings_.secret);
  return call;
}

DeliveryReply PagerDuty::judge(const WebReply& reply, Time now) const {
  const nlohmann::json answer = reply_object(reply.body);
  DeliveryReply judged = judge_status(reply, now);
  if (judged.kind != DeliveryReply::Kind::delivered)
    return with_words(std::move(judged), trouble_of(answer), settings_.secret);
  if (reply.status == 202) return judged;
  return with_words(
      {.kind = DeliveryReply::Kind::later,
       .failure = "contentError",
       .words = "PagerDuty takes events with 202, this answer was " + std::to_string(reply.status)},
      trouble_of(answer), settings_.secret);
}

}  // namespace runneriq::alerting
