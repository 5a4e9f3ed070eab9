// One message to one receiver, before it is put into anybody's format.
#pragma once

#include "alerting/labels.hpp"
#include "core/result.hpp"
#include "core/time.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::alerting {

// Why a message is sent, as Alertmanager has it. Stored in state files: never renumber.
enum class Reason : int { first = 0, new_member = 1, resolved = 2, repeat = 3, digest = 4 };
std::string_view to_text(Reason reason);  // "first", "new member", "resolved", "repeat", "digest"

// A failing thing within a message: one job on one ref with one kind of failure, and what was seen of it.
struct AlertEntry {
  std::uint64_t alert = 0;
  bool firing = true;
  Severity severity = Severity::warning;
  Time since{};               // of the first failure
  Time resolved{};            // where it is not firing
  std::string why_resolved;   // "green again at 1a2b3c4d", "passed on the same commit"
  int failures = 1;           // seen of it, also those that are not listed
  std::vector<Event> events;  // that this message is the first to tell, oldest first; where there is none,
                              // its last failure
  bool told_before = false;   // that is so: `events` holds what was told, or suppressed, before
  std::string headline;       // of the log; "" = none
  bool was_flaky = false;     // and waited for a retry that did not come or failed
};

struct Notification {
  std::string id;  // unique for ever: a hash of group, receiver, reason and number
  Time time{};
  std::string receiver;
  std::string route;                      // its path
  Severity severity = Severity::warning;  // the worst of what fires; of all where nothing does
  Reason reason = Reason::first;
  std::string group;               // stable key of the group: 16 hexadecimal digits
  std::string group_words;         // "signature=9c1f…, severity=error", for people
  std::vector<AlertEntry> alerts;  // firing first, worst first
  int more = 0;                    // failures that were only counted: too many at once
  int firing = 0, resolved = 0;    // alerts of the group now, also those that are not in `alerts`
};

// {time, receiver, severity, group, alerts, reason, …}: `alerts` holds the events (event_document()), each
// with `alert`, `state` (firing or resolved) and `since`. parse reads all of it again. Error: corrupt.
nlohmann::ordered_json notification_document(const Notification& notification);
Result<Notification> parse_notification(std::string_view json);

}  // namespace runneriq::alerting
