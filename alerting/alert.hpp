// A failing thing, as the stages know it.
#pragma once

#include "alerting/event_keys.hpp"
#include "alerting/packed_event.hpp"
#include "alerting/steps.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace runneriq::alerting {

// A failure whose fate is open, or may be opened again.
struct Pending {
  std::int64_t number = 0;
  PackedEvent event;
  Steps steps;
  Time time{};
  Time until{};                 // of one that waits for its retry
  std::uint64_t commit = 0;     // commit_key()
  bool was_hidden = false;      // by an inhibitor that is over
  bool told_elsewhere = false;  // by another route: its fate is sent
};

// An alert within a group.
struct Membership {
  std::uint64_t group = 0;
  std::optional<Time> told{};  // as failing, when last
  Severity told_severity = Severity::info;
  std::uint64_t message = 0;      // the one that told it
  bool again = false;             // has failed since it was told, within the cooldown
  bool green = false;             // was told, and is green since: to be told
  Time not_before{};              // of what was hidden: so that a rerun can pass meanwhile
  std::vector<Pending> untold{};  // oldest first
};

// While it lasts: what hides an alert.
struct Hiding {
  std::uint64_t by = 0;  // the alert that hides
  std::string words;
  std::string over;       // words for its end
  bool for_good = false;  // not told when `by` is green: what runs after that tells
  Pending newest;
};

struct Alert {
  std::uint64_t key = 0, subject = 0;  // alert_key(), subject_key()
  bool firing = true;
  bool told_once = false;  // since it began
  bool was_flaky = false;
  Severity severity = Severity::warning;  // of its last failure, as all of these
  Time since{}, last_failure{};           // as told by the events
  Time first_heard{}, heard{};            // by our clock
  Time resolved{};
  std::string why_resolved{};
  int failures = 0;
  std::int64_t began = 0;     // `inhibits` as it was at first
  std::int64_t inhibits = 0;  // order in which it became an inhibitor; 0 = it is none
  std::uint64_t commit = 0;   // of `latest`
  PackedEvent latest{};

  std::vector<Pending> held{};  // for their retry
  Time held_until{};
  std::unique_ptr<Hiding> hiding{};  // mostly none
  std::vector<Membership> memberships{};
  std::vector<std::uint64_t> hides{};  // alerts that this one hides

  std::optional<Time> scheduled{};       // in the timetable
  std::vector<std::uint64_t> commits{};  // under which it is in the index
  bool kept = false;                     // there is a row of it

  [[nodiscard]] bool was_told() const {
    for (const Membership& one : memberships)
      if (one.told || one.green) return true;
    return false;
  }
  [[nodiscard]] bool has_untold() const {
    for (const Membership& one : memberships)
      if (!one.untold.empty()) return true;
    return !held.empty();
  }
  // Nothing is to be done with it any more but to know that it is over.
  [[nodiscard]] bool is_over() const { return !firing && memberships.empty() && held.empty(); }
  Membership* membership(std::uint64_t group) {
    for (Membership& one : memberships)
      if (one.group == group) return &one;
    return nullptr;
  }
};

}  // namespace runneriq::alerting
