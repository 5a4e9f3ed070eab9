// GitLab's own rule for which runner may take which job; the only copy of it. Used by the
// assigner, the gate and the simulator.
#pragma once

#include "core/id.hpp"
#include "gitlab/runner.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace runneriq::gitlab {

// What the matcher looks at in a job. Jobs with equal traits can be taken by the same runners.
struct JobTraits {
  ProjectId project = {};
  std::string project_path = {};       // "" = not told
  std::vector<std::string> tags = {};  // sorted, each once
  bool ref_protected = false;
  bool takes_instance_runners = true;
  bool takes_group_runners = true;
  friend auto operator<=>(const JobTraits&, const JobTraits&) = default;
  friend bool operator==(const JobTraits&, const JobTraits&) = default;
};

enum class Match {
  takes,
  tags_missing,      // the job asks for a tag that the runner has not
  untagged_refused,  // the job has no tags, the runner wants some
  ref_unprotected,   // the runner is for protected refs only
  out_of_scope,      // another project's or group's runner
};
std::string_view to_text(Match match);  // "the runner lacks a tag of the job", …

// Rails: Ci::Build#supported_runner?, Ci::Runner#matches_build?, Gitlab::Ci::Matching. Pausing
// and contact are no part of it. A scope that GitLab did not tell counts as fitting.
Match could_take(const RunnerTraits& runner, const JobTraits& job);

}  // namespace runneriq::gitlab
