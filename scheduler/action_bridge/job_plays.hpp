// The one player of manual jobs: plans, asks for approval, and starts what is due, each job once.
#pragma once

#include "carbon/deferral.hpp"
#include "carbon/store.hpp"
#include "core/moment.hpp"
#include "gitlab/manual_jobs.hpp"
#include "scheduler/fleet_memory.hpp"
#include "scheduler/plays.hpp"
#include "scheduler/steering.hpp"

#include <functional>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <vector>

namespace runneriq::scheduler {

struct PlaySettings {
  carbon::DeferralOptions deferral;
  double watts = 6;  // of a job
  PriorityRules priority = PriorityRules::defaults();
  TrustTerms trust;
  Digest digest;                                    // SHA-256 in hexadecimal
  Duration round_limit = std::chrono::seconds{20};  // for the calls of one step
  // A call without an answer may arrive so late; a job that still waits then was not started by it.
  // One whose state the token may not read is given up after five times that.
  Duration arrives_within = std::chrono::minutes{2};
  Duration pause_after_refusal = std::chrono::minutes{15};
};

// Beside what reads and plays all may be missing.
struct PlayPorts {
  std::map<GitLabUrl, gitlab::ManualJobs*> gitlabs;  // not null
  carbon::DeferralStore* plans = nullptr;            // null: plans are kept in memory only
  SteeringStore* store = nullptr;                    // of approvals; null: nothing is started
  AuditSink* audit = nullptr;                        // as above
  FleetMemory* memory = nullptr;                     // of durations; null: nothing is known of them
  std::function<Moment()> now = {};
  std::function<bool()> stopped_by_kill_switch = {};  // the file is there: nothing is started
};

// - A start is recorded in the audit trail before its call leaves; it is one call, and what became of it is
//   recorded after. A call without an answer is not made again before the job's state has told.
// - Just before each call the job is read afresh: one that waits no more is left alone.
// - A planned job that GitLab's list no longer names is read singly and started in time.
// - Of those due in one zone only so many are started in a grid step as terms permit, whenever they were
//   planned for. Those that no later step could start in time go out in any case, a wave at each step().
// - Without --execute, in advisory mode, without state or trail, or with the kill-switch file nothing is
//   started. From trust's threshold on each start needs an approval, past the latest start, too.
class JobPlays final : public Plays {
 public:
  // What `ports` point to must outlive this.
  JobPlays(PlaySettings settings, PlayPorts ports);
  PlayReport step(const FleetSnapshot& fleet, TrustMode mode) override;

 private:
  // A call whose outcome is not known.
  struct Asked {
    PlayStep step;
    std::string decision;
    Duration since;  // steady
  };

  void load_plans();
  void read_proposals();
  void restore_given_back();
  void read_jobs(const FleetSnapshot& fleet);
  void judge(const GitLabUrl& gitlab, const gitlab::ManualReading& reading, const FleetSnapshot& fleet);
  [[nodiscard]] std::vector<JobHistory> histories_of(std::span<const HistoryKey> keys);
  void forget_over(const GitLabUrl& gitlab, const gitlab::ManualReading& reading);
  void follow_unlisted();
  [[nodiscard]] std::vector<JobKey> unlisted() const;
  [[nodiscard]] bool is_lost(const DeferredJob& job);
  void miss_unseen();
  void end(const JobKey& job);
  void settle_asked();
  [[nodiscard]] bool settle(const Asked& asked);
  [[nodiscard]] bool give_up(const Asked& asked, const Error& unreadable) const;
  void plan(const FleetSnapshot& fleet);
  void keep_plans();

  void play_due();
  [[nodiscard]] std::vector<const carbon::Deferral*> due() const;
  [[nodiscard]] std::string hindrance() const;
  [[nodiscard]] bool has_room(const carbon::Deferral& plan);
  void play(const DeferredJob& job, const carbon::Deferral& plan);
  // Whether it still waits to be started; if not, the step is filled.
  [[nodiscard]] bool still_waits(PlayStep& step);
  [[nodiscard]] bool use_up(std::int64_t approval, PlayStep& step);
  void settle_approval(std::int64_t approval, bool acted_on);
  void send(PlayStep& step, std::int64_t approval);
  void take_outcome(PlayStep& step, const std::string& decision, const gitlab::PlayOutcome& outcome);
  void warn_if_late(const PlayStep& step);
  void propose();

  [[nodiscard]] bool record(std::string_view event, const PlayStep& step, std::string_view decision);
  [[nodiscard]] Permission permission_for(const DeferredJob& job) const;
  [[nodiscard]] gitlab::ManualJobs& gitlab_of(const JobKey& job) const;
  [[nodiscard]] bool is_rejected(const JobKey& job) const;
  [[nodiscard]] bool is_out_of_play(const JobKey& job) const;
  [[nodiscard]] Moment now() const { return ports_.now(); }
  void say(std::string sentence);
  // The same of one job: once for as long as it waits.
  void say_of(const JobKey& job, std::string sentence);
  void say_left_out(std::vector<LeftOut> left_out);
  void forget_said();

  PlaySettings settings_;
  PlayPorts ports_;
  // ---- held ----
  bool loaded_ = false;
  std::vector<carbon::Deferral> plans_;
  std::optional<std::vector<carbon::Deferral>> kept_;  // plans as the store has them
  std::map<JobKey, DeferredJob> held_;                 // planned, as they were listed last
  std::set<JobKey> unseen_;                      // planned before this program's start, and not listed since
  JobKey read_last_;                             // of the unlisted ones
  std::map<std::int64_t, Proposal> given_back_;  // approvals that were not acted on after all
  carbon::Reservations started_;
  std::map<JobKey, Asked> asked_;
  std::set<JobKey> over_;                 // wait no more, although a list may still name them
  std::map<JobKey, Duration> refused_;    // not to be asked for again before then (steady)
  std::map<std::string, Duration> said_;  // when last (steady)
  std::map<JobKey, std::set<std::string>> said_of_;
  // ---- of this step ----
  PlayReport report_;
  TrustMode mode_ = TrustMode::advisory;
  bool proposals_known_ = false;
  bool sound_ = true;  // everything could be written down
  std::vector<Proposal> proposals_;
  std::map<JobKey, DeferredJob> jobs_;
  std::set<JobKey> waiting_;  // all manual jobs that were read, marked or not
  std::set<GitLabUrl> unread_;
  std::set<GitLabUrl> busy_;  // ask to wait
  int urgent_ = 0;            // started although their step was full
  Time deadline_;
};

}  // namespace runneriq::scheduler
