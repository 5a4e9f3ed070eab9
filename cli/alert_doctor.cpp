#include "cli/alert_doctor.hpp"

#include "cli/credentials.hpp"
#include "cli/words.hpp"
#include "core/printable.hpp"

#include <algorithm>
#include <map>
#include <utility>

namespace runneriq::cli {
namespace {

using alerting::OutboxMessage;
using alerting::ReceiverType;
using executor::Finding;
using executor::FindingStatus;

constexpr Duration kSlow = std::chrono::minutes{15};

Finding finding(std::string name, FindingStatus status, std::string what, std::string remedy = "") {
  return {std::move(name), status, std::move(what), std::move(remedy)};
}

std::string shown(const std::string& name) {
  return printable(name, 60);
}

std::string counted_messages(std::size_t count) {
  return (count >= AlertFacts::kMostLooked ? "at least " : "") +
         counted(static_cast<std::int64_t>(count), "message");
}

// ---- receivers ------------------------------------------------------------------------------------

std::string remedy_for(const AlertFacts::KnownReceiver& receiver) {
  if (receiver.trouble->code == Errc::unavailable) return "mend what is named";
  return "put its secret into " + receiver.secret_variable + ", or into " + std::string(kCredentials) +
         "receiver-" + shown(receiver.options.name);
}

Finding receiver_finding(const AlertFacts::KnownReceiver& receiver) {
  const std::string name = shown(receiver.options.name);
  if (receiver.trouble) {
    return finding("alerting.receiver." + name, FindingStatus::fail,
                   "receiver " + name + " cannot be used: " + printable_path(receiver.trouble->message, 400),
                   remedy_for(receiver) + "; then restart the service that runs the loop");
  }
  return finding("alerting.receiver." + name, FindingStatus::ok,
                 "receiver " + name + " is of type " + std::string(to_text(receiver.options.type)));
}

void receivers(std::vector<Finding>& all, const AlertFacts& facts) {
  if (facts.options->receivers.empty()) {
    all.push_back(finding("alerting.receivers", FindingStatus::skipped,
                          "none is configured: only the log tells of failures",
                          "set alerting.receivers.<name>.type and alerting.default_receiver"));
    return;
  }
  std::ranges::transform(facts.receivers, std::back_inserter(all), receiver_finding);
}

void webhooks(std::vector<Finding>& all, const AlertFacts& facts) {
  if (facts.webhooks) {
    all.push_back(finding("alerting.webhook", FindingStatus::ok,
                          "a secret is known: with --listen failures are told when GitLab calls"));
    return;
  }
  all.push_back(finding("alerting.webhook", FindingStatus::skipped,
                        "no secret is known: failures wait for the next poll",
                        std::string(kCredentials) + "webhook-token, --listen, a GitLab webhook"));
}

// ---- messages -------------------------------------------------------------------------------------

std::string waiting_text(const std::vector<const OutboxMessage*>& waiting, Time now) {
  Time oldest = waiting.front()->since;
  std::string trouble;
  for (const OutboxMessage* message : waiting) {
    oldest = std::min(oldest, message->since);
    if (trouble.empty()) trouble = message->trouble;
  }
  return counted_messages(waiting.size()) + (waiting.size() == 1 ? " waits" : " wait") + ", the oldest for " +
         to_reading(now - oldest) +
         (trouble.empty() ? ", and none was tried" : ": " + printable_path(trouble, 300));
}

bool is_orphan(const AlertFacts& facts, const std::string& receiver) {
  return std::ranges::find(facts.orphans, receiver) != facts.orphans.end();
}

void queue(std::vector<Finding>& all, const AlertFacts& facts) {
  std::map<std::string, std::vector<const OutboxMessage*>> waiting;
  for (const OutboxMessage& message : facts.queued) {
    const std::string& receiver = message.notification.receiver;
    if (facts.now - message.since > kSlow && !is_orphan(facts, receiver))
      waiting[receiver].push_back(&message);
  }
  for (const auto& [receiver, messages] : waiting) {
    const bool tried =
        std::ranges::any_of(messages, [](const OutboxMessage* message) { return message->attempts > 0; });
    all.push_back(finding("alerting.queue." + shown(receiver), FindingStatus::warn,
                          "for receiver " + shown(receiver) + " " + waiting_text(messages, facts.now),
                          tried ? "mend what is named: they are tried for a day, then they are dead"
                                : "see that `runneriq run` runs: only the loop sends"));
  }
}

void orphans(std::vector<Finding>& all, const AlertFacts& facts) {
  for (const std::string& receiver : facts.orphans) {
    all.push_back(finding("alerting.orphans." + shown(receiver), FindingStatus::warn,
                          "messages wait for receiver " + shown(receiver) + ", which is not configured",
                          "set alerting.receivers." + shown(receiver) + " again: then they are sent"));
  }
}

void dead_letters(std::vector<Finding>& all, const AlertFacts& facts) {
  if (facts.dead.empty()) return;
  const OutboxMessage& newest = *std::ranges::max_element(facts.dead, {}, &OutboxMessage::number);
  all.push_back(
      finding("alerting.dead", FindingStatus::warn,
              counted_messages(facts.dead.size()) + " could not be delivered; the last one, for " +
                  shown(newest.notification.receiver) + ": " + printable_path(newest.trouble, 300),
              "see `runneriq alerts outbox --state dead`, then `runneriq alerts outbox resend all`"));
}

void file(std::vector<Finding>& all, const AlertFacts& facts) {
  if (!facts.file_error) return;
  all.push_back(finding("alerting.file", FindingStatus::fail,
                        printable_path(facts.file_error->message, 400) + "; nothing is told",
                        "make " + printable_path(facts.file) + " readable and writable for runneriq"));
}

}  // namespace

std::vector<Finding> examine_alerts(const AlertFacts& facts) {
  if (facts.options->use == alerting::AlertingOptions::Use::off)
    return {finding("alerting", FindingStatus::skipped, "alerting is off", "set alerting.use to auto")};
  std::vector<Finding> all;
  receivers(all, facts);
  webhooks(all, facts);
  file(all, facts);
  queue(all, facts);
  orphans(all, facts);
  dead_letters(all, facts);
  return all;
}

}  // namespace runneriq::cli
