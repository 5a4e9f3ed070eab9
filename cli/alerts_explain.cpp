#include "cli/alerts_parts.hpp"
#include "cli/commands.hpp"
#include "cli/json_text.hpp"
#include "cli/numbers.hpp"
#include "cli/reading.hpp"
#include "cli/shared_flags.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <string>
#include <utility>

namespace runneriq::cli {
namespace {

using alerting::KeptEvent;
using nlohmann::json;

constexpr std::array kFlags{kOutputFlag};

// The number of an event begins with '#', as it is printed.
Result<alerting::EventQuery> query_of(std::string_view text) {
  const bool numbered = text.starts_with('#');
  const auto id = parse_id("alerts explain", numbered ? text.substr(1) : text);
  if (!id) return fail(id.error());
  alerting::EventQuery query;
  (numbered ? query.number : query.job_id) = *id;
  return query;
}

// What became of the message that tells of the event; none where there is no message.
std::optional<alerting::OutboxMessage> message_of(const AlertPorts& ports, const KeptEvent& event) {
  if (event.verdict.notification.empty()) return std::nullopt;
  auto message = ports.store->message(event.verdict.notification);
  return message ? std::optional{*std::move(message)} : std::nullopt;
}

std::string message_words(const alerting::OutboxMessage& message) {
  std::string text = "message " + message.notification.id + " (" +
                     std::string(to_text(message.notification.reason)) + ") to " +
                     message.notification.receiver + ": " + std::string(to_text(message.state));
  if (message.delivered) text += " at " + runneriq::to_text(*message.delivered);
  return message.trouble.empty() ? text : text + ", " + message.trouble;
}

std::string text_of(const AlertPorts& ports, const KeptEvent& kept) {
  std::string text = wrapped("#" + std::to_string(kept.number) + "  ",
                             subject_text(kept.event) + ", " + runneriq::to_text(kept.event.time) + ": " +
                                 std::string(to_text(kept.verdict.fate)));
  for (const alerting::Step& step : kept.verdict.steps) {
    text += wrapped("  " + stage_text(step.stage) + "  ", on_one_line(step.words));
  }
  if (const auto message = message_of(ports, kept)) {
    text += wrapped("  delivery     ", on_one_line(message_words(*message)));
  }
  return text;
}

json document_of(const AlertPorts& ports, const KeptEvent& kept) {
  json document = kept_event_document(kept);
  const auto message = message_of(ports, kept);
  document["message"] = message ? message_document(*message) : json();
  return document;
}

Exit explain(Session& session, const Invocation& invocation) {
  return with_alerts(session, Session::AlertFile::as_it_is, [&](AlertPorts& ports) -> Result<Exit> {
    const auto query = query_of(invocation.arguments.front());
    if (!query) return fail(query.error());
    if (ports.store == nullptr) return fail(nothing_recorded());
    const auto events = ports.store->events(*query);
    if (!events) return fail(events.error());
    if (events->empty()) {
      return fail(Errc::not_found, "no failure " + invocation.arguments.front() +
                                       " is recorded: it passed, ended before RunnerIQ watched, or is older "
                                       "than 30 days");
    }
    std::string text;
    json list = json::array();
    for (const KeptEvent& kept : *events) {
      text += text_of(ports, kept);
      list.push_back(document_of(ports, kept));
    }
    session.out.result(wants_json(invocation) ? pretty({{"events", std::move(list)}}) : text);
    return Exit::fine;
  });
}

}  // namespace

CommandRow alerts_explain_command() {
  return {.name = "alerts explain",
          .arguments = "ID",
          .summary = "Say why a failure was told, or was not.",
          .text =
              "ID is a job's id, or the number of an event with a '#' before it. What each stage said of it "
              "(flaky, suppression, grouping, routing), and what became of the message.",
          .flags = kFlags,
          .run = explain};
}

}  // namespace runneriq::cli
