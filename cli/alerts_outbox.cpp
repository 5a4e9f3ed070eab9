#include "cli/alerts_parts.hpp"
#include "cli/commands.hpp"
#include "cli/json_text.hpp"
#include "cli/moments.hpp"
#include "cli/numbers.hpp"
#include "cli/reading.hpp"
#include "cli/shared_flags.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"
#include "core/printable.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <string>
#include <utility>

namespace runneriq::cli {
namespace {

using alerting::MessageState;
using alerting::OutboxMessage;
using nlohmann::json;

constexpr std::array kFlags{
    FlagRow{"--state", "queued|delivered|dead", "Only messages in this state."},
    FlagRow{"--receiver", "NAME", "Only messages to this receiver."},
    FlagRow{"--since", "TIME", "Only messages made from then on: an RFC 3339 time, or an age such as 2h."},
    kOutputFlag,
};

Result<alerting::MessageQuery> query_of(const Invocation& invocation, Time now) {
  const auto since = moment_at(invocation, "--since", now);
  if (!since) return fail(since.error());
  alerting::MessageQuery query{.receiver = std::string(invocation.value("--receiver")), .since = *since};
  for (const MessageState state : {MessageState::queued, MessageState::delivered, MessageState::dead}) {
    if (invocation.value("--state") == to_text(state)) query.state = state;
  }
  return query;
}

std::string what_of(const alerting::Notification& notification) {
  return std::string(to_text(notification.severity)) + ": " + subject_text(notification);
}

std::string table_of(const std::vector<OutboxMessage>& messages, Time now, Colour colour) {
  std::vector<Row> rows;
  for (const OutboxMessage& message : messages) {
    const alerting::Notification& notification = message.notification;
    rows.push_back({{std::to_string(message.number)},
                    {short_reading(now - notification.time)},
                    {on_one_line(notification.receiver)},
                    {std::string(to_text(notification.reason))},
                    {std::string(to_text(message.state))},
                    {what_of(notification), paint_of(notification.severity, colour)},
                    {on_one_line(message.trouble)}});
  }
  return table_text({{"NO", Align::right},
                     {"AGE", Align::right},
                     {"RECEIVER", Align::left, Cut::end},
                     {"REASON"},
                     {"STATE"},
                     {"WHAT", Align::left, Cut::end},
                     {"TROUBLE", Align::left, Cut::end}},
                    rows);
}

bool narrows(const Invocation& invocation) {
  return invocation.has("--state") || invocation.has("--receiver") || invocation.has("--since");
}

std::string text_of(Session& session, const Invocation& invocation, const AlertPorts& ports,
                    const std::vector<OutboxMessage>& messages) {
  if (ports.store == nullptr) return nothing_recorded_text();
  if (!messages.empty()) return table_of(messages, session.waiter.now(), colour_of(session));
  return narrows(invocation) ? "No such message.\n" : "No message was made yet.\n";
}

Result<Exit> list(Session& session, const Invocation& invocation, const AlertPorts& ports) {
  if (auto right = takes_no_more(invocation); !right) return fail(std::move(right.error()));
  const auto query = query_of(invocation, session.waiter.now());
  if (!query) return fail(query.error());
  std::vector<OutboxMessage> messages;
  if (ports.store != nullptr) {
    auto known = ports.store->messages(*query);
    if (!known) return fail(std::move(known.error()));
    messages = *std::move(known);
  }
  if (wants_json(invocation)) {
    json all = json::array();
    for (const OutboxMessage& message : messages) all.push_back(message_document(message));
    session.out.result(pretty({{"messages", std::move(all)}}));
  } else {
    session.out.result(text_of(session, invocation, ports, messages));
  }
  return Exit::fine;
}

Result<Exit> resend(Session& session, const Invocation& invocation, const AlertPorts& ports) {
  if (invocation.arguments.size() != 2)
    return fail(Errc::invalid_argument, "alerts outbox resend needs the number of a dead message, or all");
  std::int64_t number = 0;
  if (invocation.arguments[1] != "all") {
    const auto told = parse_id("alerts outbox resend", invocation.arguments[1]);
    if (!told) return fail(told.error());
    number = *told;
  }
  if (ports.outbox == nullptr) return fail(nothing_recorded());
  const auto count = ports.outbox->resend(number, session.waiter.now());
  if (!count) return fail(count.error());
  if (*count == 0 && number != 0)
    return fail(Errc::not_found,
                "message " + std::to_string(number) +
                    " is not dead: `runneriq alerts outbox --state dead` lists those that are");
  session.out.result(wants_json(invocation)
                         ? pretty({{"queued", *count}})
                         : counted(*count, "message") + " queued again; the running loop sends them\n");
  return Exit::fine;
}

Exit outbox(Session& session, const Invocation& invocation) {
  const std::string what = invocation.arguments.empty() ? "list" : invocation.arguments.front();
  return with_alerts(session, Session::AlertFile::as_it_is, [&](AlertPorts& ports) -> Result<Exit> {
    if (what == "list") return list(session, invocation, ports);
    if (what == "resend") return resend(session, invocation, ports);
    return fail(Errc::invalid_argument, "alerts outbox takes list or resend, not " + quoted_text(what));
  });
}

}  // namespace

CommandRow alerts_outbox_command() {
  return {
      .name = "alerts outbox",
      .arguments = "[list|resend...]",
      .summary = "List messages with what became of them, or send dead ones again.",
      .text =
          "A message is tried until its receiver takes it, for a day; one that its receiver refuses, or that "
          "is too old, is dead. `alerts outbox resend NUMBER` or `resend all` queues dead ones again.",
      .flags = kFlags,
      .run = outbox};
}

}  // namespace runneriq::cli
