// When a hint is worth a small reading, and when a whole one.
#pragma once

#include "core/id.hpp"
#include "core/time.hpp"

#include <map>
#include <optional>
#include <span>

namespace runneriq::gitlab {

class HintRules {
 public:
  explicit HintRules(Duration poll_interval) : poll_(poll_interval) {}

  // A whole reading was made.
  void note_whole(Time now);
  // Whether the last whole reading is younger than two polls.
  [[nodiscard]] bool is_fresh(Time now) const;
  // When the next one is expected.
  [[nodiscard]] Duration until_poll(Time now) const;

  // Whether to read all anew, as there may be projects that were never seen: for each of these once in
  // ten minutes, at most once a poll, since most are another fleet's. Counts as done.
  bool looks_for(std::span<const ProjectId> strangers, Time now);
  // Whether the list of runners is too old to go on with: one minute, half of the time after which a
  // runner counts as not heard of. Counts as done.
  bool takes_runners(Time now);

 private:
  Duration poll_;
  std::optional<Time> whole_at_, runners_at_, looked_at_;
  std::map<ProjectId, Time> looked_for_;
};

}  // namespace runneriq::gitlab
