// One round of admission over the stored places: who is dead, where the asking job stands
// and what has to be written. Looks at nothing but its arguments and the life probe.
#pragma once

#include "scheduler/host_state.hpp"
#include "scheduler/sqlite/life.hpp"
#include "scheduler/sqlite/place.hpp"

#include <optional>
#include <vector>

namespace runneriq::scheduler {

struct Asking {
  const AdmissionRequest& request;
  ProcessIdentity runner;
  ProcessIdentity prepare;
  std::optional<DurationEstimate> expected;  // needed when the job is new here
  int slots = 0;
  Time now;
  Turn turn = Turn::own_order;
};

struct Round {
  Admission answer;
  bool slot_left_to_others = false;  // see AnswerInTurn
  Place own;                         // after this round
  bool own_changed = false;          // else nothing needs to be written
  std::vector<Place> ended;          // attempts that died: their places are kept for a while
  std::vector<JobKey> gone;          // places to be removed
};

Round play_round(const std::vector<Place>& places, const Asking& asking, const LifeProbe& life);

// The living as the pure decisions want them, for those who only look.
HostQueue living_queue(const std::vector<Place>& places, int slots, Time now, const LifeProbe& life);

}  // namespace runneriq::scheduler
