// Leases: the only way a tag changes. A lease is one bounded change of one of our tags on one
// runner, and everything that is not leased goes back to rest. Pure state; the laws are those of
// architecture.md section 6.
#pragma once

#include "core/moment.hpp"
#include "gitlab/runner_tags.hpp"
#include "scheduler/fleet.hpp"
#include "scheduler/lanes.hpp"
#include "scheduler/lease_tags.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::scheduler {

// Stored in state files: never renumber.
enum class LeaseKind : int { withhold = 0, grant = 1 };
std::string_view to_text(LeaseKind kind);  // "withhold", "grant"

struct Lease {
  std::int64_t id = 0;  // grows; never used again while the state file survives
  RunnerKey runner = {};
  std::string tag = {};
  LeaseKind kind = LeaseKind::withhold;
  std::string reason = {};    // one sentence, printable
  std::string decision = {};  // id of the action that it belongs to: all leases of one cut share it
  JobKey cause = {};          // the job for whose sake
  Time created = {}, renewed = {}, expires = {};
};

// How a runner of ours stands when nothing is leased.
struct RestState {
  RunnerKey runner = {};
  std::vector<std::string> ours = {};  // the runneriq: tags it carries at rest; sorted, with runneriq:managed
  std::optional<Time> left_alone_until = {};  // a person changed our tags there: nothing new before
  friend bool operator==(const RestState&, const RestState&) = default;
};

struct LeaseTerms {
  Duration ttl = std::chrono::minutes{5};
  Duration renew_after = std::chrono::minutes{2};  // of its life
  // After a write a runner is read in each sweep for so long: a call that was given up may still arrive.
  Duration watch_after_write = std::chrono::minutes{6};
  Duration left_alone = std::chrono::minutes{15};
  // The wall clock may be set by so much before every lease is ended.
  Duration tolerated_jump = std::chrono::seconds{5};
};

// What is wanted of a runner: which tags to withhold and which to grant.
struct Wanted {
  RunnerKey runner = {};
  std::vector<std::string> withhold = {}, grant = {};
  std::string reason = {};
  std::string decision = {};
  JobKey cause = {};
};

// What must be durable before the first byte of a PUT that follows from it.
struct LeaseChanges {
  std::vector<Lease> made = {};
  std::vector<Lease> renewed = {};
  std::vector<Lease> ended = {};                // `reason` still says why it was made
  std::vector<std::string> ended_because = {};  // one per ended lease, one sentence
  std::vector<RestState> at_rest = {};          // new or changed
  std::vector<RunnerKey> forgotten = {};        // released or gone: no longer ours
  [[nodiscard]] bool empty() const {
    return made.empty() && renewed.empty() && ended.empty() && at_rest.empty() && forgotten.empty();
  }
};

// What a look at a runner's tags says.
struct Seen {
  enum class Kind {
    as_expected,
    to_be_written,        // it differs from what the leases say, and by our own doing
    changed_by_a_person,  // one of our tags: that wins, its leases have ended
    released,             // runneriq:managed is gone: what we changed goes back, then it is no longer ours
    not_ours,             // nothing to do with us
  };
  Kind kind = Kind::not_ours;
  std::vector<std::string> added = {}, removed = {};  // of our tags, by the person
};

class LeaseBook {
 public:
  // `leases` and `at_rest` as the state file had them; a lease that lies in the future, or longer
  // than a TTL, is ended at the first look.
  LeaseBook(Lanes lanes, LeaseTerms terms, std::vector<Lease> leases = {},
            std::vector<RestState> at_rest = {}, std::int64_t last_id = 0);

  // To be called first in every step: ends what is over, and everything when the clock has jumped.
  LeaseChanges pass_time(const Moment& now);

  // Makes the live leases of the runners be what is wanted: missing ones are made, those that are due
  // renewed, others ended. Runners that are not in `wanted` keep none. Not for runners that are left alone.
  LeaseChanges want(std::span<const Wanted> wanted, const Moment& now);
  // Every lease of one runner, or of all: a revert.
  LeaseChanges end(const RunnerKey& runner, std::string_view why);
  LeaseChanges end_all(std::string_view why);
  // What was made could not be recorded: as if it had never been wanted, or renewed. What ended stays
  // ended; that and what is known of rest stands in the changes of the next pass_time() again.
  void take_back(const LeaseChanges& not_recorded);

  // What GitLab says of a runner now. The first look at one takes it to rest with all lanes if it carries
  // runneriq:managed (there may have been a state file before). Fills `changes`.
  Seen look(const RunnerKey& runner, const gitlab::RunnerTags& tags, const Moment& now,
            LeaseChanges& changes);
  // The tags to be written to a runner that was read as `tags`; none when they are equal as sets, when it
  // is none of ours, or when the write would leave an untagged-refusing runner without tags or pass
  // kMostTags. Users' tags are those of `tags`, ours as the live leases have them.
  [[nodiscard]] std::optional<gitlab::TagWrite> target(const RunnerKey& runner,
                                                       const gitlab::RunnerTags& tags,
                                                       const Moment& now) const;
  // Why there is no target although the runner differs from what the leases say: one sentence, else "".
  [[nodiscard]] std::string why_no_target(const RunnerKey& runner, const gitlab::RunnerTags& tags,
                                          const Moment& now) const;
  // Whether a write to that target takes nothing but steps back: it may be made without any record.
  [[nodiscard]] bool is_revert(const RunnerKey& runner, const gitlab::RunnerTags& tags,
                               const gitlab::TagWrite& write) const;
  // The part of target() that only steps back: leases that are not on the runner yet do not count. None
  // where there is nothing to step back from.
  [[nodiscard]] std::optional<gitlab::TagWrite> steps_back(const RunnerKey& runner,
                                                           const gitlab::RunnerTags& tags,
                                                           const Moment& now) const;
  // A write has left, by default to target(); the runner stays under watch.
  void has_written(const RunnerKey& runner, const Moment& now);
  void has_written(const RunnerKey& runner, const gitlab::TagWrite& write, const Moment& now);
  // The runner is deleted, or not to be seen any more.
  LeaseChanges forget(const RunnerKey& runner);

  // Runners to be read in this step: with a lease (live or just ended), not yet seen as they should be
  // since this process began, or just written to.
  [[nodiscard]] std::vector<RunnerKey> under_watch(const Moment& now) const;
  [[nodiscard]] bool is_live(const Lease& lease, const Moment& now) const;
  [[nodiscard]] std::vector<Lease> live(const Moment& now) const;
  [[nodiscard]] std::vector<Lease> live_of(const RunnerKey& runner, const Moment& now) const;
  // Of a runner that was looked at; null = never.
  [[nodiscard]] const RestState* at_rest(const RunnerKey& runner) const;
  // A person has just changed our tags there: nothing new is leased.
  [[nodiscard]] bool is_left_alone(const RunnerKey& runner, const Moment& now) const;
  [[nodiscard]] const Lanes& lanes() const { return lanes_; }
  [[nodiscard]] const LeaseTerms& terms() const { return terms_; }
  [[nodiscard]] std::int64_t last_id() const { return last_id_; }

 private:
  struct Term {
    Lease lease;
    std::optional<Duration> steady_end;  // none: read from the state file, no time has passed yet
  };
  struct Held {
    Term term;
    bool verified = false;  // has been seen on the runner by this process
    std::optional<Term> before_renewal;
  };
  struct Written {
    TagSet ours;
    Duration until;  // steady; may arrive so late
  };
  struct Memory {
    std::optional<TagSet> accounted_for;  // our tags as last seen, and explained
    std::vector<Written> written;         // with the marker
    std::optional<Duration> watched_until;
    bool to_be_seen = false;  // was not seen yet as it should be
    bool restoring =
        false;  // first seen without some lanes, and no marker: not on record until they are back
  };

  [[nodiscard]] bool is_live(const Term& term, const Moment& now) const;
  [[nodiscard]] bool is_admissible(const Lease& lease) const;
  [[nodiscard]] bool may_lease(const RunnerKey& runner, const Moment& now) const;
  [[nodiscard]] TagSet ours_wanted(const RunnerKey& runner, const Moment& now) const;
  [[nodiscard]] TagSet ours_with(const RunnerKey& runner, std::span<const Lease> leases) const;
  [[nodiscard]] std::optional<TagSet> tags_wanted(const RunnerKey& runner, const gitlab::RunnerTags& tags,
                                                  const Moment& now) const;
  [[nodiscard]] bool any_verified(const RunnerKey& runner, const Moment& now) const;
  [[nodiscard]] bool was_written(const RunnerKey& runner, const TagSet& ours, const Moment& now) const;

  void has_written_ours(const RunnerKey& runner, TagSet ours, const Moment& now);
  using WhyItEnds = std::function<std::string_view(const Held&)>;  // "" = it goes on
  void end_where(const RunnerKey& runner, const WhyItEnds& because, LeaseChanges& changes);
  [[nodiscard]] std::string_view why_it_is_over(const Term& term, const Moment& now) const;
  void want_of(const RunnerKey& runner, std::span<const Wanted* const> wanted, const Moment& now,
               LeaseChanges& changes);
  void want_tag(const Wanted& wanted, const std::string& tag, LeaseKind kind, const Moment& now,
                LeaseChanges& changes);
  void renew(Held& held, const Wanted& wanted, const Moment& now, LeaseChanges& changes);
  void make(Lease lease, const Moment& now, LeaseChanges& changes);
  void set_rest(RestState rest, LeaseChanges& changes);

  Seen look_at_managed(const RunnerKey& runner, const TagSet& seen, const Moment& now, LeaseChanges& changes);
  Seen look_at_released(const RunnerKey& runner, const TagSet& seen, LeaseChanges& changes);
  void take_to_rest(const RunnerKey& runner, const TagSet& seen, LeaseChanges& changes);
  Seen compare(const RunnerKey& runner, const TagSet& seen, const Moment& now, LeaseChanges& changes);
  Seen give_way(const RunnerKey& runner, const TagSet& seen, const TagSet& rest, const Moment& now,
                LeaseChanges& changes);
  LeaseChanges take_owed();

  Lanes lanes_;
  LeaseTerms terms_;
  std::int64_t last_id_ = 0;
  std::map<RunnerKey, std::vector<Held>> leases_;
  std::map<RunnerKey, RestState> at_rest_;
  std::map<RunnerKey, Memory> memories_;
  std::optional<Moment> last_;
  LeaseChanges owed_;  // not recorded yet
};

// The tags of a managed runner as they are at rest by the first look, without any memory: the users' as
// they are, all lanes, runneriq:managed; grants stay unless runneriq:steered says that they are leased.
std::vector<std::string> rest_without_memory(std::span<const std::string> tags, const Lanes& lanes);

}  // namespace runneriq::scheduler
