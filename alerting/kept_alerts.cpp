#include "alerting/kept_alerts.hpp"

#include "alerting/event_document.hpp"
#include "core/json_text.hpp"

#include <nlohmann/json.hpp>

#include <stdexcept>

namespace runneriq::alerting {
namespace {

using Json = nlohmann::ordered_json;

// ---- values; reading throws a Json::exception or std::out_of_range, caught below -----------

std::int64_t kept(Time time) {
  return time.time_since_epoch().count();
}

Time time_in(const Json& document, const char* name) {
  return Time{Duration{document.at(name).get<std::int64_t>()}};
}

void put(Json& document, const char* name, const std::optional<Time>& time) {
  if (time) document[name] = kept(*time);
}

std::optional<Time> optional_time(const Json& document, const char* name) {
  return document.contains(name) ? std::optional{time_in(document, name)} : std::nullopt;
}

template <class Enum>
Enum enum_in(const Json& document, const char* name, Enum last) {
  const int value = document.at(name).get<int>();
  if (value < 0 || value > static_cast<int>(last)) throw std::out_of_range(name);
  return static_cast<Enum>(value);
}

template <class Value>
Value value_in(const Json& document, const char* name) {
  return document.at(name).get<Value>();
}

// ---- events -------------------------------------------------------------------------------

Json document_of(const PackedEvent& packed) {
  const Classified of = packed.unpacked();
  return {{"event", event_document(of.event)},         {"class", static_cast<int>(of.job_class)},
          {"severity", static_cast<int>(of.severity)}, {"production", of.production},
          {"on_default_branch", of.on_default_branch}, {"signature", of.signature},
          {"signed_by_log", of.signed_by_log},         {"headline", of.headline}};
}

PackedEvent packed_in(const Json& document) {
  Result<Event> event = parse_event(json_line(document.at("event")), Time{});
  if (!event) throw std::out_of_range("event");
  const Classified of{.event = *std::move(event),
                      .outcome = Outcome::failed,
                      .job_class = enum_in(document, "class", scheduler::JobClass::low),
                      .severity = enum_in(document, "severity", Severity::info),
                      .production = value_in<bool>(document, "production"),
                      .on_default_branch = value_in<bool>(document, "on_default_branch"),
                      .signature = value_in<std::string>(document, "signature"),
                      .signed_by_log = value_in<bool>(document, "signed_by_log"),
                      .headline = value_in<std::string>(document, "headline")};
  return {of, kLongestExcerpt};
}

// The alert's last failure is written once.
Json document_of(const Pending& pending, const Alert& alert) {
  Json document{{"number", pending.number},
                {"steps", pending.steps.kept()},
                {"time", kept(pending.time)},
                {"until", kept(pending.until)},
                {"commit", pending.commit},
                {"was_hidden", pending.was_hidden},
                {"told_elsewhere", pending.told_elsewhere}};
  if (!pending.event.is_same(alert.latest)) document["event"] = document_of(pending.event);
  return document;
}

Pending pending_in(const Json& document, const Alert& alert) {
  return {.number = value_in<std::int64_t>(document, "number"),
          .event = document.contains("event") ? packed_in(document.at("event")) : alert.latest,
          .steps = Steps{value_in<std::string>(document, "steps")},
          .time = time_in(document, "time"),
          .until = time_in(document, "until"),
          .commit = value_in<std::uint64_t>(document, "commit"),
          .was_hidden = value_in<bool>(document, "was_hidden"),
          .told_elsewhere = value_in<bool>(document, "told_elsewhere")};
}

Json documents_of(const std::vector<Pending>& all, const Alert& alert) {
  Json documents = Json::array();
  for (const Pending& pending : all) documents.push_back(document_of(pending, alert));
  return documents;
}

std::vector<Pending> pendings_in(const Json& documents, const Alert& alert) {
  std::vector<Pending> all;
  for (const Json& document : documents) all.push_back(pending_in(document, alert));
  return all;
}

// ---- alerts -------------------------------------------------------------------------------

Json document_of(const Membership& membership, const Alert& alert) {
  Json document{
      {"group", membership.group},     {"told_severity", static_cast<int>(membership.told_severity)},
      {"message", membership.message}, {"again", membership.again},
      {"green", membership.green},     {"untold", documents_of(membership.untold, alert)}};
  document["not_before"] = kept(membership.not_before);
  put(document, "told", membership.told);
  return document;
}

Membership membership_in(const Json& document, const Alert& alert) {
  return {.group = value_in<std::uint64_t>(document, "group"),
          .told = optional_time(document, "told"),
          .told_severity = enum_in(document, "told_severity", Severity::info),
          .message = value_in<std::uint64_t>(document, "message"),
          .again = value_in<bool>(document, "again"),
          .green = value_in<bool>(document, "green"),
          .not_before = time_in(document, "not_before"),
          .untold = pendings_in(document.at("untold"), alert)};
}

Json document_of(const Hiding& hiding, const Alert& alert) {
  return {{"by", hiding.by},
          {"words", hiding.words},
          {"over", hiding.over},
          {"for_good", hiding.for_good},
          {"newest", document_of(hiding.newest, alert)}};
}

Hiding hiding_in(const Json& document, const Alert& alert) {
  return {value_in<std::uint64_t>(document, "by"), value_in<std::string>(document, "words"),
          value_in<std::string>(document, "over"), value_in<bool>(document, "for_good"),
          pending_in(document.at("newest"), alert)};
}

Alert alert_in(std::uint64_t key, const Json& document) {
  Alert alert{.key = key,
              .subject = value_in<std::uint64_t>(document, "subject"),
              .firing = value_in<bool>(document, "firing"),
              .told_once = value_in<bool>(document, "told_once"),
              .was_flaky = value_in<bool>(document, "was_flaky"),
              .severity = enum_in(document, "severity", Severity::info),
              .since = time_in(document, "since"),
              .last_failure = time_in(document, "last_failure"),
              .first_heard = time_in(document, "first_heard"),
              .heard = time_in(document, "heard"),
              .resolved = time_in(document, "resolved"),
              .why_resolved = value_in<std::string>(document, "why_resolved"),
              .failures = value_in<int>(document, "failures"),
              .began = value_in<std::int64_t>(document, "began"),
              .inhibits = value_in<std::int64_t>(document, "inhibits"),
              .commit = value_in<std::uint64_t>(document, "commit"),
              .latest = packed_in(document.at("latest"))};
  alert.held = pendings_in(document.at("held"), alert);
  if (document.contains("hiding"))
    alert.hiding = std::make_unique<Hiding>(hiding_in(document.at("hiding"), alert));
  for (const Json& one : document.at("memberships")) alert.memberships.push_back(membership_in(one, alert));
  return alert;
}

KeptGroup group_in(std::uint64_t key, const Json& document) {
  KeptGroup group{{.key = key,
                   .route = nullptr,
                   .words = value_in<std::string>(document, "words"),
                   .critical = value_in<bool>(document, "critical")},
                  value_in<std::string>(document, "route")};
  group.group.counted = value_in<int>(document, "counted");
  group.group.messages = value_in<int>(document, "messages");
  group.group.last_message = optional_time(document, "last_message");
  group.group.burst_start = time_in(document, "burst_start");
  group.group.burst = value_in<int>(document, "burst");
  group.group.news_at = optional_time(document, "news_at");
  group.group.repeat_at = optional_time(document, "repeat_at");
  return group;
}

template <class Read>
auto read(std::string_view text, Read read_document) -> std::optional<decltype(read_document(Json{}))> {
  try {
    return read_document(Json::parse(text));
  } catch (const Json::exception&) {
    return std::nullopt;
  } catch (const std::out_of_range&) {
    return std::nullopt;
  }
}

}  // namespace

std::string alert_document(const Alert& alert) {
  Json document{{"subject", alert.subject},
                {"firing", alert.firing},
                {"told_once", alert.told_once},
                {"was_flaky", alert.was_flaky},
                {"severity", static_cast<int>(alert.severity)},
                {"since", kept(alert.since)},
                {"last_failure", kept(alert.last_failure)},
                {"first_heard", kept(alert.first_heard)},
                {"heard", kept(alert.heard)},
                {"resolved", kept(alert.resolved)},
                {"why_resolved", alert.why_resolved},
                {"failures", alert.failures},
                {"began", alert.began},
                {"inhibits", alert.inhibits},
                {"commit", alert.commit},
                {"latest", document_of(alert.latest)},
                {"held", documents_of(alert.held, alert)},
                {"memberships", Json::array()}};
  if (alert.hiding) document["hiding"] = document_of(*alert.hiding, alert);
  for (const Membership& one : alert.memberships) document["memberships"].push_back(document_of(one, alert));
  return json_line(document);
}

std::optional<Alert> parse_alert(std::uint64_t key, std::string_view document) {
  return read(document, [&](const Json& json) { return alert_in(key, json); });
}

std::string group_document(const AlertGroup& group) {
  Json document{{"route", group.route->path}, {"words", group.words},
                {"critical", group.critical}, {"counted", group.counted},
                {"messages", group.messages}, {"burst_start", kept(group.burst_start)},
                {"burst", group.burst}};
  put(document, "last_message", group.last_message);
  put(document, "news_at", group.news_at);
  put(document, "repeat_at", group.repeat_at);
  return json_line(document);
}

std::optional<KeptGroup> parse_group(std::uint64_t key, std::string_view document) {
  return read(document, [&](const Json& json) { return group_in(key, json); });
}

}  // namespace runneriq::alerting
