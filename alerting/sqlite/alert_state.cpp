#include "alerting/sqlite/alert_state.hpp"

#include "alerting/sqlite/alert_schema.hpp"
#include "alerting/sqlite/kept_events.hpp"
#include "alerting/sqlite/kept_messages.hpp"
#include "alerting/sqlite/kept_rows.hpp"
#include "alerting/sqlite/kept_silences.hpp"
#include "alerting/sqlite/message_claims.hpp"
#include "core/printable.hpp"

#include <algorithm>
#include <optional>
#include <utility>

namespace runneriq::alerting {

using platform::Database;

Result<AlertState> AlertState::open(AlertStateSettings settings) {
  auto file = platform::StateFile::open(alert_file(), std::move(settings.path), settings.patience);
  if (!file) return fail(std::move(file.error()));
  return AlertState{std::move(*file), settings.most_events};
}

// What `write` gives, once it is on disk.
template <class Value, class Write>
Result<Value> AlertState::change(Write write) {
  std::optional<Value> given;
  auto changed = file_.change([&](Database& database) -> Result<void> {
    Result<Value> value = write(database);
    if (!value) return fail(std::move(value.error()));
    given.emplace(std::move(*value));
    return {};
  });
  if (!changed) return fail(std::move(changed.error()));
  return std::move(*given);
}

// Without a lock where it can be; a file that was damaged or replaced is repaired on the other way.
template <class Value, class Read>
Result<Value> AlertState::look(Read find) {
  std::optional<Value> found;
  const auto looked = file_.look([&](Database& database) -> Result<void> {
    Result<Value> value = find(database);
    if (!value) return fail(std::move(value.error()));
    found.emplace(std::move(*value));
    return {};
  });
  if (looked) return std::move(*found);
  return change<Value>(find);
}

// ---- what the stages keep ------------------------------------------------------------------------

Result<void> AlertState::keep(const Round& round, Time now) {
  return file_.change([&](Database& database) -> Result<void> {
    if (auto put = put_events(database, round.events, now); !put) return put;
    if (auto put = put_messages(database, round.notifications, now); !put) return put;
    if (auto put = put_stage_rows(database, round.state); !put) return put;
    return round.events.empty() ? Result<void>{} : forget_old_events(database, most_events_, now);
  });
}

Result<std::vector<NoiseReduction::Kept>> AlertState::state() {
  return look<std::vector<NoiseReduction::Kept>>(stage_rows);
}

Result<std::vector<KeptEvent>> AlertState::events(const EventQuery& query) {
  return look<std::vector<KeptEvent>>([&](Database& database) { return find_events(database, query); });
}

// ---- silences ------------------------------------------------------------------------------------

Result<std::vector<Silence>> AlertState::silences() {
  auto stored = look<StoredSilences>(stored_silences);
  if (!stored) return fail(std::move(stored.error()));
  for (std::string& sentence : stored->unreadable) unreadable_silences_.insert(std::move(sentence));
  return std::move(stored->silences);
}

Result<std::int64_t> AlertState::add(const Silence& silence) {
  return change<std::int64_t>([&](Database& database) { return add_silence(database, silence); });
}

Result<void> AlertState::expire(std::int64_t silence, Time now) {
  const auto expiry =
      change<Expiry>([&](Database& database) { return expire_silence(database, silence, now); });
  if (!expiry) return fail(expiry.error());
  const std::string name = "silence " + std::to_string(silence);
  if (*expiry == Expiry::unknown) {
    return fail(Errc::not_found,
                name + " does not exist: 'runneriq alerts silence list' names those there are");
  }
  if (*expiry == Expiry::over) return fail(Errc::conflict, name + " is over already");
  return {};
}

Result<std::int64_t> AlertState::silence_revision() {
  return look<std::int64_t>(alerting::silence_revision);
}

// ---- messages ------------------------------------------------------------------------------------

Result<std::vector<OutboxMessage>> AlertState::messages(const MessageQuery& query) {
  return look<std::vector<OutboxMessage>>([&](Database& database) { return find_messages(database, query); });
}

Result<OutboxMessage> AlertState::message(std::string_view id) {
  auto found =
      look<std::optional<OutboxMessage>>([&](Database& database) { return find_message(database, id); });
  if (!found) return fail(std::move(found.error()));
  if (!*found) return fail(Errc::not_found, "no message has the id or number " + quoted_text(id));
  return std::move(**found);
}

Result<std::optional<OutboxMessage>> AlertState::claim(std::string_view receiver, std::string_view owner,
                                                       Time now, Duration claim) {
  return change<std::optional<OutboxMessage>>([&](Database& database) {
    return claim_message(database, {.receiver = receiver, .owner = owner, .now = now, .claim = claim});
  });
}

Result<void> AlertState::settle(std::int64_t number, std::string_view owner, const DeliveryReply& reply,
                                const NextStep& next, Time now) {
  const auto settled = change<bool>([&](Database& database) {
    return settle_message(database,
                          {.number = number, .owner = owner, .reply = reply, .next = next, .now = now});
  });
  if (!settled) return fail(settled.error());
  if (*settled) return {};
  return fail(Errc::conflict, "message " + std::to_string(number) + " is not claimed by " +
                                  quoted_text(owner) + " any more: what came of it is left to its owner");
}

Result<std::optional<Time>> AlertState::next_due(std::string_view receiver) {
  return look<std::optional<Time>>([&](Database& database) { return next_due_at(database, receiver); });
}

Result<int> AlertState::resend(std::int64_t number, Time now) {
  return change<int>([&](Database& database) { return queue_again(database, number, now); });
}

Result<std::vector<std::string>> AlertState::orphans(std::span<const std::string> known) {
  auto waiting = look<std::vector<std::string>>(waiting_receivers);
  if (!waiting) return waiting;
  std::erase_if(*waiting,
                [&](const std::string& one) { return std::ranges::find(known, one) != known.end(); });
  return waiting;
}

Result<void> AlertState::forget(Time now) {
  return file_.change([&](Database& database) -> Result<void> {
    if (auto gone = forget_old_events(database, most_events_, now); !gone) return gone;
    if (auto gone = forget_old_messages(database, now); !gone) return gone;
    return forget_old_silences(database, now);
  });
}

std::vector<std::string> AlertState::notices() const {
  std::vector<std::string> all = file_.notices();
  all.insert(all.end(), unreadable_silences_.begin(), unreadable_silences_.end());
  return all;
}

}  // namespace runneriq::alerting
