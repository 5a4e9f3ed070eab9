// Whose turn it is when not all can be read.
#pragma once

#include "core/id.hpp"
#include "core/time.hpp"

#include <optional>
#include <vector>

namespace runneriq::gitlab {

struct TurnTaker {
  ProjectId project;
  bool busy = false;            // had pending or running jobs when last read
  std::optional<Time> read_at;  // none = never
};

// All of them in the order of their turn: three busy ones, then an idle one, and so on; among
// their like the longest unread first. So the idle ones, too, are read some time.
std::vector<ProjectId> in_turn(std::vector<TurnTaker> takers);

}  // namespace runneriq::gitlab
