#include "cli/alerts_parts.hpp"

#include "alerting/event_document.hpp"
#include "alerting/notification.hpp"
#include "alerting/subject_words.hpp"
#include "alerting/verdict_words.hpp"
#include "cli/reading.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"
#include "core/printable.hpp"

#include <nlohmann/json.hpp>

#include <utility>

namespace runneriq::cli {
namespace {

using namespace alerting;
using nlohmann::json;

constexpr std::size_t kMostFlaky = 50;

// A question to what is kept takes no new event, so nothing comes out.
class Silent final : public NoiseSink {
 public:
  void decided(const alerting::Verdict&, const Classified*) override {}
  void notify(const Notification&) override {}
};

json moment(const std::optional<Time>& time) {
  return time ? json(runneriq::to_text(*time)) : json();
}

}  // namespace

Exit with_alerts(Session& session, Session::AlertFile file,
                 const std::function<Result<Exit>(AlertPorts& ports)>& work) {
  if (const auto refused = refuse_bad_configuration(session)) return *refused;
  auto ports = session.open_alerts(file);
  if (!ports) return tell(session, ports.error(), SourceRequest::Kind::snapshot);
  const Result<Exit> done = work(*ports);
  if (done) return *done;
  const Exit otherwise = tell(session, done.error(), SourceRequest::Kind::snapshot);
  const Errc code = done.error().code;
  return code == Errc::not_found || code == Errc::conflict ? Exit::no : otherwise;
}

Result<void> takes_no_more(const Invocation& invocation) {
  const auto& words = invocation.arguments;
  if (words.size() < 2) return {};
  return fail(Errc::invalid_argument, "'" + invocation.command + " " + words[0] + "' has no use for " +
                                          quoted_text(words[1]) + "; see `runneriq " + invocation.command +
                                          " --help`");
}

Result<KeptAlerts> kept_alerts(const AlertPorts& ports, Time now) {
  KeptAlerts kept;
  if (ports.store == nullptr) return kept;
  auto rows = ports.store->state();
  if (!rows) return fail(rows.error());
  std::erase_if(*rows, [](const NoiseReduction::Kept& row) { return row.table == kBegunTable; });
  Silent sink;
  NoiseReduction noise{ports.rules, *ports.zones, sink};
  kept.lost = noise.restore(*rows);
  kept.firing = noise.firing();
  kept.flaky = noise.flaky(kMostFlaky, now);
  return kept;
}

json firing_document(const NoiseReduction::Firing& firing) {
  return {{"alert", hex(firing.alert)},
          {"state", firing.hidden_by.empty() ? "firing" : "hidden"},
          {"severity", to_text(firing.latest.severity)},
          {"class", scheduler::to_text(firing.latest.job_class)},
          {"signature", firing.latest.signature},
          {"headline", firing.latest.headline},
          {"since", runneriq::to_text(firing.since)},
          {"failures", firing.failures},
          {"told", moment(firing.told)},
          {"hidden_by", firing.hidden_by},
          {"group", firing.group},
          {"event", event_document(firing.latest.event)}};
}

json flaky_document(const FlakyRecord& record) {
  return {{"subject", record.subject},
          {"flips", record.total_flips},
          {"runs", record.runs},
          {"since", runneriq::to_text(record.since)},
          {"last_flip", moment(record.last_flip)}};
}

json message_document(const OutboxMessage& message) {
  json document(notification_document(message.notification));
  document["number"] = message.number;
  document["state"] = to_text(message.state);
  document["attempts"] = message.attempts;
  document["not_before"] =
      message.state == MessageState::queued ? json(runneriq::to_text(message.not_before)) : json();
  document["trouble"] = message.trouble;
  document["failure"] = message.failure;
  document["delivered"] = moment(message.delivered);
  return document;
}

json silence_document(const Silence& silence, Time now) {
  return {{"id", silence.id},
          {"state", to_text(state_of(silence, now))},
          {"match", silence.match.text()},
          {"start", runneriq::to_text(silence.start)},
          {"end", runneriq::to_text(silence.end)},
          {"author", silence.author},
          {"comment", silence.comment}};
}

json kept_event_document(const KeptEvent& kept) {
  json steps = json::array();
  for (const Step& step : kept.verdict.steps) {
    steps.push_back({{"stage", to_text(step.stage)}, {"words", step.words}});
  }
  return {{"number", kept.number},
          {"event", event_document(kept.event)},
          {"severity", to_text(kept.severity)},
          {"signature", kept.signature},
          {"fate", to_text(kept.verdict.fate)},
          {"stage", to_text(kept.verdict.stage)},
          {"reason", kept.verdict.reason},
          {"steps", std::move(steps)},
          {"group", kept.verdict.group},
          {"notification", kept.verdict.notification}};
}

std::string subject_text(const Event& event) {
  const KindWords& words = words_of(event.kind);
  const std::string subject = subject_of(event);
  std::string text{words.noun};
  text += (text.empty() || subject.empty() ? "" : " ") + subject;
  if (text.empty()) text = to_text(event.kind);
  if (event.kind != EventKind::job) text += " " + std::string(words.failed);
  if (!event.project.empty()) text += " in " + shown(event.project);
  if (!event.ref.empty()) text += " on " + shown(event.ref);
  return text;
}

std::string subject_text(const Notification& notification) {
  if (notification.alerts.empty() || notification.alerts.front().events.empty())
    return on_one_line(notification.group_words);
  const std::string first = subject_text(notification.alerts.front().events.front());
  const std::size_t others = notification.alerts.size() - 1;
  return others == 0 ? first : first + ", and " + counted(static_cast<std::int64_t>(others), "other");
}

std::string left_out_text(const std::array<std::int64_t, 5>& by_stage) {
  std::string stages;
  std::int64_t all = 0;
  for (std::size_t stage = 0; stage < by_stage.size(); ++stage) {
    const std::int64_t count = by_stage.at(stage);
    if (count == 0) continue;
    all += count;
    stages += (stages.empty() ? "" : ", ") + std::string(to_text(static_cast<Stage>(stage))) + " " +
              std::to_string(count);
  }
  return all == 0 ? "" : wrapped("", "Left out: " + std::to_string(all) + " (" + stages + ").");
}

std::string stage_text(Stage stage) {
  std::string name{to_text(stage)};
  name.resize(to_text(Stage::suppression).size(), ' ');
  return name;
}

std::string_view paint_of(Severity severity, Colour colour) {
  if (colour == Colour::off || severity == Severity::info) return "";
  return severity == Severity::warning ? "\x1b[33m" : "\x1b[31m";
}

std::string nothing_recorded_text() {
  return "Nothing is recorded yet: alerts are kept while `runneriq run` watches.\n";
}

Error nothing_recorded() {
  return {Errc::not_found, "nothing is recorded yet: alerts are kept while `runneriq run` watches"};
}

}  // namespace runneriq::cli
