#include "alerting/message_text.hpp"
#include "cli/alerts_parts.hpp"
#include "cli/commands.hpp"
#include "cli/json_text.hpp"
#include "cli/reading.hpp"
#include "cli/shared_flags.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <string>

namespace runneriq::cli {
namespace {

using alerting::MessageState;
using alerting::OutboxMessage;

constexpr std::array kFlags{kOutputFlag};

std::string state_text(const OutboxMessage& message) {
  std::string text{to_text(message.state)};
  if (message.delivered) text += " at " + runneriq::to_text(*message.delivered);
  if (message.state == MessageState::queued && message.attempts > 0)
    text += ", next attempt at " + runneriq::to_text(message.not_before);
  if (message.attempts > 0) text += ", attempts: " + std::to_string(message.attempts);
  return message.trouble.empty() ? text : text + ": " + message.trouble;
}

std::string text_of(const OutboxMessage& message) {
  const alerting::Notification& notification = message.notification;
  return alerting::message_text(notification).plain + "\n" +
         wrapped("message   ", std::to_string(message.number) + ", id " + on_one_line(notification.id) +
                                   ", of " + runneriq::to_text(notification.time)) +
         wrapped("reason    ", to_text(notification.reason)) +
         wrapped("receiver  ",
                 on_one_line(notification.receiver) + ", by route " + on_one_line(notification.route)) +
         wrapped("state     ", on_one_line(state_text(message)));
}

Exit show(Session& session, const Invocation& invocation) {
  return with_alerts(session, Session::AlertFile::as_it_is, [&](AlertPorts& ports) -> Result<Exit> {
    if (ports.store == nullptr) return fail(nothing_recorded());
    const auto message = ports.store->message(invocation.arguments.front());
    if (!message) return fail(message.error());
    session.out.result(wants_json(invocation) ? pretty(message_document(*message)) : text_of(*message));
    return Exit::fine;
  });
}

}  // namespace

CommandRow alerts_show_command() {
  return {.name = "alerts show",
          .arguments = "MESSAGE",
          .summary = "Show a message as it was sent, and what became of it.",
          .text = "MESSAGE is its id or its number in `alerts outbox`.",
          .flags = kFlags,
          .run = show};
}

}  // namespace runneriq::cli
