// What became of an event, and why: the answer to "why did I (not) get a message?".
#pragma once

#include "alerting/labels.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::alerting {

// Stored in state files: never renumber.
enum class Stage : int { intake = 0, flaky = 1, suppression = 2, grouping = 3, routing = 4 };
std::string_view to_text(Stage stage);

enum class Fate : int {
  waiting = 0,     // for its group's message, or for its retry: not decided yet
  sent = 1,        // in a message
  suppressed = 2,  // in none
};
std::string_view to_text(Fate fate);

// One stage's word on the event, in order; the last one decided.
struct Step {
  Stage stage = Stage::intake;
  std::string words;  // "no rule matches", "silence 4 of anna: until 2026-01-02T18:00:00Z: migration", …
};

struct Verdict {
  std::int64_t event = 0;  // its number, from 1, in the order in which events were taken
  Fate fate = Fate::waiting;
  Stage stage = Stage::intake;  // that decided
  std::string reason;           // its words
  std::vector<Step> steps;      // of all stages passed
  std::string group;            // "" = none
  std::string notification;     // id of the message that it is in; "" = none
};

}  // namespace runneriq::alerting
