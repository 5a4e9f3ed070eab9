// The fleet gate: which lanes to withhold from which runner, so that its next free slot goes to
// the job that should go first (architecture.md section 2). Pure; the only maker of a GatePlan.
#pragma once

#include "scheduler/fleet.hpp"
#include "scheduler/lanes.hpp"
#include "scheduler/tick.hpp"

#include <cstddef>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::scheduler {

struct GateOptions {
  Lanes lanes;
  // A duration lane whose waiting job is expected to start within this sets no cut.
  Duration short_wait = std::chrono::seconds{30};
  // A cut runner with a free slot for so long, while what the cut waits for still waits, is opened.
  Duration phantom_after = std::chrono::seconds{30};
  // Older data than this starts and renews no cut: two polls.
  Duration oldest_data = std::chrono::seconds{60};
  // Ids or patterns of descriptions of runners whose capacity grows with demand; those with
  // several managers count as such anyway.
  std::vector<std::string> elastic;
  // At most so many runners are cut at once, over all GitLabs.
  std::size_t most_cut = 20;
};

// What the gate is told of a runner beside the snapshot.
struct GateRunner {
  bool managed = false;              // carries runneriq:managed
  std::vector<std::string> at_rest;  // its tags when nothing is withheld or granted; sorted
  std::optional<std::size_t> cut;    // in force: the lanes after this one are withheld
  std::optional<JobKey> cause;       // of the cut in force
  bool left_alone = false;           // a person has just changed our tags there: no new cut
};

// What a matcher of GitLab's saw in the jobs of the last 7 days, without the lanes and grants.
struct Pool {
  GitLabUrl gitlab;
  gitlab::JobTraits traits;
  friend auto operator<=>(const Pool&, const Pool&) = default;
  friend bool operator==(const Pool&, const Pool&) = default;
};

// The traits of `job` without our tags.
Pool pool_of(const GitLabUrl& gitlab, const gitlab::JobTraits& job);

struct Cut {
  std::size_t runner = 0;  // index in the snapshot
  std::size_t lane = 0;    // the last lane that stays
  JobKey cause;
  JobClass cause_class = JobClass::low;
  bool is_new = false;  // or deeper than the one in force: counts against the write budget
  std::string reason;   // one sentence, printable: "CRITICAL deploy (job 4711) waits in lane critical"
};

// A tag of the grant kind for the runner that the assigner chose.
struct Grant {
  std::size_t runner = 0;
  std::string tag;
  JobKey job;
  JobClass job_class = JobClass::low;
  std::string reason;
};

enum class OpenBecause {
  not_managed,
  covers_a_pool,    // the open runner of one
  nothing_waits,    // or only in its last lane
  short_wait,       // what waits is expected to start within short_wait
  free_or_elastic,  // would have been cut anew, but has a free slot or grows
  phantom,          // what waits is not given to it
  old_data,         // of the runner or of all that waits
  not_in_contact,   // offline, paused, silent, details unknown
  left_alone,       // a person has changed our tags there
  not_approved,     // see `unapproved`
  most_are_cut,     // GateOptions::most_cut
};
std::string_view to_text(OpenBecause reason);  // "not_managed", …

struct GatePlan {
  // By importance, for when writes are scarce: earlier lanes first, then the runner that is expected
  // to fall free first; cuts in force that go on stand before new ones of the same lane.
  std::vector<Cut> cuts;
  std::vector<Grant> grants;
  std::vector<Cut> unapproved;  // would have been made, had they been permitted
  std::vector<Grant> unapproved_grants;
  std::vector<std::size_t> open_runners;  // of the pools; ascending
  std::vector<OpenBecause> open_because;  // per runner of the snapshot; nothing to say for cut ones
  std::vector<std::string> sentences;     // what a person should know: a phantom found, a pool without cover
};

// Whether an action may be made now; see trust.hpp.
struct GateAction {
  const FleetRunner& runner;
  std::string_view tag;  // of the lane that the cut is for, or the granted one
  const JobKey& job;
  JobClass job_class;
};
using Permitted = std::function<bool(const GateAction&)>;

struct GateInput {
  const FleetSnapshot& fleet;
  const Decisions& decisions;
  std::span<const GateRunner> runners;  // one per runner of the snapshot
  std::span<const Pool> pools;          // of the last 7 days, each once; those of the pending jobs are added
  Permitted permitted;
};

// What the gate remembers from one plan to the next; may be lost at any time.
struct GateMemory {
  std::map<RunnerKey, Time> free_since;             // of cut runners with a free slot
  std::set<std::pair<RunnerKey, JobKey>> phantoms;  // pairs that GitLab does not bring together
  std::set<RunnerKey> open;                         // of the pools, so that they stay the same
};

// - A job counts by its gate rank: the later of its tag's lane and the lane that its class permits;
//   the class is the one before escalation. Jobs without a lane cut nothing.
// - A runner's cut is the first permitted rank of a fresh pending job that it could take with its
//   tags at rest; where that is its last lane, it is open.
// - While a job waits that not all managed runners of its GitLab could take, only such jobs set the
//   duration cuts of the runners that could; critical and high always count.
// - The holder of a resource for which a job of an earlier rank waits (Decisions::holders) keeps its
//   own lane open on the runners that could take it.
// - One open runner per pool among those that carry all lanes at rest, are managed and in contact:
//   few runners in all, and those that were open before where they serve. A pool that only one runner
//   serves thereby is never cut.
GatePlan plan_gate(const GateInput& input, const GateOptions& options, GateMemory& memory);

}  // namespace runneriq::scheduler
