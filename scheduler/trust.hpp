// How far RunnerIQ may act by itself: modes, approvals, evidence. Pure.
#pragma once

#include "core/moment.hpp"
#include "scheduler/audit.hpp"
#include "scheduler/fleet.hpp"
#include "scheduler/fleet_options.hpp"
#include "scheduler/gate.hpp"
#include "scheduler/leases.hpp"

#include <cstdint>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::scheduler {

// One thing that may be approved: lanes cut on runners, or a tag granted, for the sake of a job; or the start
// of a manual job.
struct Action {
  enum class Kind : int {
    cut = 0,
    grant = 1,
    promotion = 2,
    play = 3
  };  // stored in state files: never renumber
  Kind kind = Kind::cut;
  GitLabUrl gitlab = {};
  std::string tag = {};  // of the last lane that stays, or the granted one; "" for a promotion or a play
  JobKey job = {};
  JobClass job_class = JobClass::low;
  std::vector<RunnerKey> runners = {};  // sorted
  std::string reason = {};              // printable
};
std::string_view to_text(Action::Kind kind);  // "cut", "grant", "promotion", "play"

// Of everything in it that a person sees but `reason`: an approval holds for exactly this.
std::string digest_of(const Action& action, const Digest& digest);

struct Proposal {
  enum class State : int { open = 0, approved = 1, rejected = 2, expired = 3, superseded = 4 };
  std::int64_t id = 0;  // what a person types
  Action action = {};
  std::string digest = {};
  Time created = {};
  Time expires = {};  // of the proposal while open, of the approval from then on
  State state = State::open;
  std::string decided_by = {};  // "user:alice"
  std::optional<Time> decided = {};
  // A standing approval holds for every job's sake, for this lane on these runners, until `expires`.
  bool standing = false;
  // Runners for which a one-time approval has been used.
  std::set<RunnerKey> used = {};
};
std::string_view to_text(Proposal::State state);

// Standing of the program's own trust, kept in the state file.
struct TrustRecord {
  std::optional<TrustMode> demoted_to = {};  // no higher than this, whatever is configured
  std::string demoted_because = {};
  std::optional<Time> demoted_at = {};
  std::optional<Time> last_failed_revert = {};
};

struct TrustTerms {
  TrustOptions options;
  bool execute = false;  // --execute
  Duration proposal_life = std::chrono::minutes{30};
  Duration approval_life = std::chrono::minutes{30};
  Duration longest_standing = std::chrono::hours{24 * 30};
};

// What is in force: without --execute advisory; with it at least supervised, at most what is configured,
// and never more than the record permits.
TrustMode mode_in_force(const TrustTerms& terms, const TrustRecord& record);

// Whether an action may be made now, with the open approvals; which one covers it (0 = none needed).
struct Permission {
  bool granted = false;
  std::int64_t approval = 0;
};
// A one-time approval covers each of its runners once: for as long as what was made with it goes on. The
// live leases tell; without them it is taken to go on until the approval expires.
using LiveLeases = std::optional<std::span<const Lease>>;
Permission permission(const GateAction& action, Action::Kind kind, const TrustTerms& terms, TrustMode mode,
                      std::span<const Proposal> proposals, Time now, const LiveLeases& leases = {});

// The same for the start of a manual job. The approval is used up by being acted on: see used_up().
Permission permission_to_play(const JobKey& job, JobClass job_class, const TrustTerms& terms, TrustMode mode,
                              std::span<const Proposal> proposals, Time now);
// An approval that was acted on, and so is over.
Proposal used_up(Proposal approval, Time now);

// What the plan could not do for want of approval, as actions: one per lane and job, or grant.
std::vector<Action> actions_to_propose(const GatePlan& plan, const FleetSnapshot& fleet, const Lanes& lanes);

// New proposals, and changes of those there are (expired, superseded by one for more runners).
struct ProposalChanges {
  std::vector<Proposal> made;  // ids are given by who stores them
  std::vector<Proposal> changed;
};
ProposalChanges propose(std::vector<Action> wanted, std::span<const Proposal> known, const TrustTerms& terms,
                        const Digest& digest, Time now);

// What a person decides. Errors: invalid_argument (not open any more, standing for a promotion or a play, too
// long).
struct Verdict {
  bool approve = true;
  std::optional<Duration> standing;
  std::string by;
};
Result<Proposal> decided(Proposal proposal, const Verdict& verdict, const TrustTerms& terms, Time now);

// Evidence for a promotion: at least 50 supervised actions decided by people, the lower end of
// the 95 % interval of the approved share (Wilson) at least 0.9, no failed revert for 7 days.
struct Evidence {
  int approved = 0, rejected = 0;
  double approved_share_low = 0;  // 0..1
  bool reverts_are_sound = true;
  bool enough = false;
  std::string words;  // one sentence
};
Evidence evidence(std::span<const Proposal> proposals, const TrustRecord& record, Time now);
double wilson_low(int successes, int trials);  // 0 for no trials

// What of trust a person is to be asked for: after a loss to have it back as configured; else, when the
// evidence is enough in supervised mode, to let RunnerIQ act by itself, which the person then configures.
// None else.
std::optional<Action> promotion_to_propose(const TrustTerms& terms, const TrustRecord& record,
                                           std::span<const Proposal> proposals, Time now);
// The record once a person has approved to have lost trust back; else as it was.
TrustRecord restored(TrustRecord record, std::span<const Proposal> proposals);

// What takes trust away: one step down. Gives the changed record.
enum class Breach {
  revert_failed,     // a change of ours outlived its lease by a sweep, with GitLab reachable
  user_tags_differ,  // after a write of ours users' tags were not as read before
  audit_unwritable,
  audit_broken,
  token_lost_scope,
};
std::string_view to_text(Breach breach);
TrustRecord demoted(TrustRecord record, TrustMode in_force, Breach breach, Time now);

}  // namespace runneriq::scheduler
