#include "alerting/alertmanager/alertmanager.hpp"

#include "alerting/message_text.hpp"
#include "core/json_text.hpp"
#include "core/printable.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>

namespace runneriq::alerting {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::size_t kLongestLabel = 200;        // characters
constexpr std::size_t kLongestAnnotation = 2000;  // bytes

std::string_view name_of(EventKind kind) {
  switch (kind) {
    case EventKind::job:
      return "JobFailed";
    case EventKind::pipeline:
      return "PipelineFailed";
    case EventKind::runner:
      return "RunnerOffline";
    case EventKind::stuck:
      return "JobStuck";
    case EventKind::lease:
      return "LeaseExpired";
    case EventKind::audit:
      return "AuditTrailBroken";
    case EventKind::budget:
      return "BudgetExceeded";
    case EventKind::other:
      break;
  }
  return "FleetCondition";
}

std::string hexadecimal(std::uint64_t number) {
  std::array<char, 16> digits{};
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number, 16).ptr;
  const std::string text(digits.data(), end);
  return std::string(16 - text.size(), '0') + text;
}

// Empty values are no labels there.
void add(Json& to, const char* name, std::string_view value, std::size_t longest) {
  if (!value.empty()) to[name] = cut_characters(printable(value, kLongestAnnotation), longest);
}

// Alertmanager refuses a whole request for one address that is none.
bool is_plain_url(std::string_view url) {
  constexpr std::string_view kOther = "\"<>\\^`{|}";
  return (url.starts_with("https://") || url.starts_with("http://")) && url.size() <= 2000 &&
         std::ranges::all_of(url, [&](char each) {
           return each > ' ' && each < '\x7f' && kOther.find(each) == std::string_view::npos;
         });
}

Json labels_of(const AlertEntry& alert, const Event& event) {
  Json labels{{"alertname", name_of(event.kind)}};
  add(labels, "project", event.project, kLongestLabel);
  add(labels, "ref", event.ref, kLongestLabel);
  add(labels, "job", event.name, kLongestLabel);
  add(labels, "stage", event.stage, kLongestLabel);
  labels["severity"] = to_text(alert.severity);
  labels["alert"] = hexadecimal(alert.alert);
  return labels;
}

Json annotations_of(const Notification& notification, const AlertEntry& alert, const Event& event) {
  Json all = Json::object();
  add(all, "summary", alert.headline.empty() ? event.failure_reason : alert.headline, kLongestAnnotation);
  add(all, "failures", std::to_string(alert.failures), kLongestAnnotation);
  add(all, "runner", event.runner, kLongestAnnotation);
  add(all, "user", event.user, kLongestAnnotation);
  add(all, "resolved", alert.why_resolved, kLongestAnnotation);
  add(all, "route", notification.route, kLongestAnnotation);
  add(all, "group", notification.group_words, kLongestAnnotation);
  add(all, "reason", to_text(notification.reason), kLongestAnnotation);
  return all;
}

Json alert_of(const Notification& notification, const AlertEntry& alert, Time now) {
  const Event event = alert.events.empty() ? Event{} : alert.events.back();
  const Time end = alert.firing ? now + Alertmanager::kOutlives : alert.resolved;
  Json document{{"labels", labels_of(alert, event)},
                {"annotations", annotations_of(notification, alert, event)},
                {"startsAt", runneriq::to_text(std::min(alert.since, end))},
                {"endsAt", runneriq::to_text(end)}};
  if (is_plain_url(event.url)) document["generatorURL"] = event.url;
  return document;
}

std::string without_last_slash(std::string url) {
  if (url.ends_with('/')) url.pop_back();
  return url;
}

}  // namespace

Alertmanager::Alertmanager(std::string url, Secret token)
    : url_(without_last_slash(std::move(url)) + "/api/v2/alerts"),
      bearer_(token.empty() ? Secret{} : Secret{"Bearer " + token.reveal()}) {}

Receiver::Call Alertmanager::call(const Notification& notification, const DeliveryContext& context) const {
  Json alerts = Json::array();
  for (const AlertEntry& each : notification.alerts)
    alerts.push_back(alert_of(notification, each, context.now));
  return WebCall{.url = url_,
                 .headers = {{"Content-Type", "application/json"}},
                 .secret_header = bearer_.empty() ? "" : "Authorization",
                 .secret = bearer_,
                 .body = json_line(alerts)};
}

DeliveryReply Alertmanager::judge(const WebReply& reply, Time now) const {
  return judge_status(reply, now);
}

}  // namespace runneriq::alerting
