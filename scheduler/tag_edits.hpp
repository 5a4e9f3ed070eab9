// What people order done to runners' tags: the baseline put on or taken off, everything reset. Each
// edit is a GET, a PUT and a GET, like those of the action bridge; only our tags change.
#pragma once

#include "gitlab/runner_tags.hpp"
#include "scheduler/fleet.hpp"
#include "scheduler/lanes.hpp"
#include "scheduler/steering.hpp"

#include <functional>
#include <span>
#include <string>
#include <vector>

namespace runneriq::scheduler {

// What our tags of a runner shall be; the users' stay. Sorted.
// All lanes and runneriq:managed added; what else there is of ours stays.
std::vector<std::string> with_baseline(const gitlab::RunnerTags& now, const Lanes& lanes);
// Lanes, runneriq:managed and runneriq:steered taken off.
std::vector<std::string> without_baseline(const gitlab::RunnerTags& now, const Lanes& lanes);
// As at rest, whoever did what: all lanes on a managed or steered runner; no grant and no
// runneriq:steered on any.
std::vector<std::string> reset(const gitlab::RunnerTags& now, const Lanes& lanes);
// Nothing of ours.
std::vector<std::string> purged(const gitlab::RunnerTags& now);

struct TagEdit {
  enum class Kind {
    planned,    // differs, not written yet
    unchanged,  // is as it shall be
    done,       // written, and found to be so
    failed,     // not written, or it is not known whether
  };
  Kind kind = Kind::unchanged;
  RunnerKey runner;
  std::string description;
  std::vector<std::string> before, after;   // all tags, sorted
  std::vector<std::string> added, removed;  // the difference
  std::string why;                          // of a failed one, one sentence
};

struct EditedRunner {
  RunnerKey key;
  std::string description;
};

using NewTags = std::function<std::vector<std::string>(const RunnerKey&, const gitlab::RunnerTags&)>;

// Reads the runners, which are all of one GitLab, and says what there is to do. One that is to get more
// than kMostTags, or would refuse untagged jobs without having a tag, is failed.
std::vector<TagEdit> plan_edits(gitlab::RunnerTagAccess& access, std::span<const EditedRunner> runners,
                                const NewTags& wanted, Time deadline);

// Does it: each planned edit is computed anew from what the runner has now. Records the intent first
// and the outcome after, where there is a trail; `on_missing_record` says what an intent that cannot be
// written means.
enum class WithoutRecord { goes_on, is_refused };
struct EditOrder {
  std::string event;  // "lanes_installed", …
  std::string actor;  // "user:alice"
  AuditSink* audit = nullptr;
  WithoutRecord without_record = WithoutRecord::is_refused;
  Time at;
  Time deadline;
};
std::vector<TagEdit> apply_edits(gitlab::RunnerTagAccess& access, std::span<const TagEdit> planned,
                                 const NewTags& wanted, const EditOrder& order);

}  // namespace runneriq::scheduler
