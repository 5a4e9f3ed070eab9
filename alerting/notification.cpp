#include "alerting/notification.hpp"

#include "alerting/event_document.hpp"
#include "core/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <stdexcept>

namespace runneriq::alerting {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::array<std::string_view, 5> kReasons{"first", "new member", "resolved", "repeat", "digest"};

std::string hexadecimal(std::uint64_t key) {
  std::array<char, 16> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), key, 16);
  const std::string text(digits.data(), end);
  return std::string(digits.size() - text.size(), '0') + text;
}

// ---- writing ------------------------------------------------------------------------------

// What is said of the alert beside each of its events.
void put_alert(Json& document, const AlertEntry& entry) {
  document["alert"] = hexadecimal(entry.alert);
  document["state"] = entry.firing ? "firing" : "resolved";
  document["severity"] = to_text(entry.severity);
  document["since"] = runneriq::to_text(entry.since);
  if (entry.firing) return;
  document["resolved"] = runneriq::to_text(entry.resolved);
  document["why_resolved"] = entry.why_resolved;
}

// And what is said of it once.
void put_rest(Json& document, const AlertEntry& entry) {
  document["failures"] = entry.failures;
  if (!entry.headline.empty()) document["headline"] = entry.headline;
  if (entry.was_flaky) document["was_flaky"] = true;
  if (entry.told_before) document["told_before"] = true;
}

void put_entry(Json& alerts, const AlertEntry& entry) {
  const std::size_t elements = std::max<std::size_t>(entry.events.size(), 1);
  for (std::size_t i = 0; i < elements; ++i) {
    Json document = i < entry.events.size() ? event_document(entry.events[i]) : Json::object();
    put_alert(document, entry);
    if (i == 0) put_rest(document, entry);
    alerts.push_back(std::move(document));
  }
}

// ---- reading: throws a Json::exception or std::out_of_range, caught below ------------------

template <class Value>
Value value_in(const Json& document, const char* name) {
  return document.at(name).get<Value>();
}

template <class Value>
Value value_or(const Json& document, const char* name, Value otherwise) {
  return document.contains(name) ? value_in<Value>(document, name) : otherwise;
}

template <class Value>
Value checked(Result<Value> value) {
  if (!value) throw std::out_of_range(value.error().message);
  return *std::move(value);
}

Time time_in(const Json& document, const char* name) {
  return checked(parse_time(value_in<std::string>(document, name)));
}

Severity severity_in(const Json& document) {
  return checked(parse_severity(value_in<std::string>(document, "severity")));
}

Reason reason_in(const Json& document) {
  const auto* const found = std::ranges::find(kReasons, value_in<std::string>(document, "reason"));
  if (found == kReasons.end()) throw std::out_of_range("its reason is none");
  return static_cast<Reason>(found - kReasons.begin());
}

std::uint64_t alert_in(const Json& document) {
  const auto text = value_in<std::string>(document, "alert");
  std::uint64_t alert = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), alert, 16);
  if (error != std::errc{} || end != text.data() + text.size())
    throw std::out_of_range("an alert has no key");
  return alert;
}

AlertEntry entry_in(const Json& document) {
  const bool firing = value_in<std::string>(document, "state") == "firing";
  return {.alert = alert_in(document),
          .firing = firing,
          .severity = severity_in(document),
          .since = time_in(document, "since"),
          .resolved = firing ? Time{} : time_in(document, "resolved"),
          .why_resolved = value_or<std::string>(document, "why_resolved", ""),
          .failures = value_in<int>(document, "failures"),
          .events = {},
          .told_before = value_or(document, "told_before", false),
          .headline = value_or<std::string>(document, "headline", ""),
          .was_flaky = value_or(document, "was_flaky", false)};
}

// What is said once stands with the first event of an alert.
std::vector<AlertEntry> entries_in(const Json& alerts) {
  std::vector<AlertEntry> entries;
  for (const Json& document : alerts) {
    if (document.contains("failures")) entries.push_back(entry_in(document));
    if (entries.empty() || entries.back().alert != alert_in(document))
      throw std::out_of_range("an event is of no alert");
    if (!document.contains("time")) continue;
    const std::string event = json_line(document);
    entries.back().events.push_back(checked(parse_event(event, Time{})));
  }
  return entries;
}

Notification notification_in(const Json& document) {
  return {.id = value_in<std::string>(document, "id"),
          .time = time_in(document, "time"),
          .receiver = value_in<std::string>(document, "receiver"),
          .route = value_in<std::string>(document, "route"),
          .severity = severity_in(document),
          .reason = reason_in(document),
          .group = value_in<std::string>(document, "group"),
          .group_words = value_in<std::string>(document, "group_words"),
          .alerts = entries_in(document.at("alerts")),
          .more = value_in<int>(document, "more"),
          .firing = value_in<int>(document, "firing"),
          .resolved = value_in<int>(document, "resolved")};
}

tl::unexpected<Error> corrupt(std::string_view why) {
  return fail(Errc::corrupt, "this is no message as it is kept: " + std::string(why));
}

}  // namespace

std::string_view to_text(Reason reason) {
  return kReasons.at(static_cast<std::size_t>(reason));
}

nlohmann::ordered_json notification_document(const Notification& notification) {
  Json document{{"time", runneriq::to_text(notification.time)},
                {"receiver", notification.receiver},
                {"severity", to_text(notification.severity)},
                {"group", notification.group},
                {"alerts", Json::array()},
                {"reason", to_text(notification.reason)},
                {"id", notification.id},
                {"route", notification.route},
                {"group_words", notification.group_words},
                {"more", notification.more},
                {"firing", notification.firing},
                {"resolved", notification.resolved}};
  for (const AlertEntry& entry : notification.alerts) put_entry(document["alerts"], entry);
  return document;
}

Result<Notification> parse_notification(std::string_view json) {
  try {
    return notification_in(Json::parse(json));
  } catch (const Json::exception& error) {
    return corrupt(error.what());
  } catch (const std::out_of_range& error) {
    return corrupt(error.what());
  }
}

}  // namespace runneriq::alerting
