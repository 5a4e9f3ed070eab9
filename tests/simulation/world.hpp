// The world around the writer, on a virtual clock: a GitLab that gives jobs to runners by its own rule,
// people who change tags, and calls that arrive late. It knows what people want and so judges what the
// writer does; no code of the writer is used for that.
//
// The model of rest. What people last wanted of our tags on a runner, by the rule of the marker:
// - an edit of a runner without runneriq:steered counts as it stands, lanes and grants alike;
// - under the marker missing lanes and grants are the writer's and go back; a tag that is not of rest and
//   no grant counts; what the marker covered counts when a person removes the marker;
// - without runneriq:managed nothing of the runner is ours; given it anew it is at rest with all lanes.
// Where nobody can know (an edit between GET and PUT's arrival, a lost or an old state file, two daemons,
// edits that nobody looked at in between) several answers are right.
#pragma once

#include "core/id.hpp"
#include "core/time.hpp"
#include "gitlab/matcher.hpp"
#include "scheduler/job_class.hpp"
#include "scheduler/lease_tags.hpp"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace runneriq::scheduler::sim {

struct Violation {
  std::string law;  // a short name, the same for all breaches of it
  std::string what;
};

enum class Edit {
  add_users_tag,
  remove_users_tag,
  remove_lane,
  add_lane,
  remove_managed,
  add_managed,
  remove_marker,
  add_grant,
  remove_grant,
  add_other,  // of our prefix, neither lane nor grant
};
inline constexpr int kEdits = 10;

struct SimRunner {
  RunnerId id;
  TagSet tags;  // as GitLab has them
  bool run_untagged = true;
  bool online = true, paused = false, gone = false;
  int slots = 1;
  // What people want.
  TagSet users;
  std::set<TagSet> rest, ever;  // of our tags, without the marker
  std::uint64_t version = 1;    // of edits, and of late arrivals that changed users' tags
  std::uint64_t looked = 0;     // the version that a daemon read last
  bool vague = false;           // memories differ from here on
  // Several daemons, and the marker removed by hand: what one withholds another takes for rest.
  bool unknowable = false;
  std::optional<Time> idle_since;
  bool edited_under_marker = false;      // so that nobody can take it for a late write; not settled yet
  std::optional<Time> left_alone_until;  // nothing new is to be withheld or granted
};

struct SimJob {
  JobId id;
  gitlab::JobTraits traits;
  JobClass wish = JobClass::low;
  Duration length{};
  Time created;
  std::optional<RunnerId> runner;
  Time ends;
  bool never_given = false;  // GitLab has its reasons
};

struct Put {
  int daemon = 0;
  RunnerId runner;
  TagSet tags;
  TagSet read;  // the GET that it rests on
  std::uint64_t version = 0;
  Time arrives;
};

struct Counts {
  long effects = 0, crashes = 0, puts = 0, edits = 0, late = 0, steps = 0, jobs_done = 0;
  Counts& operator+=(const Counts& more);
};

class World {
 public:
  World();

  Time now;
  std::map<RunnerId, SimRunner> runners;
  std::vector<SimJob> jobs;  // by id; pending and running
  std::vector<Put> late;
  bool token_is_valid = true;
  std::vector<Violation> violations;
  std::vector<std::string> trace;
  Counts counts;
  bool has_one_daemon = true;
  std::function<bool(RunnerId)> is_on_record = [](RunnerId) { return false; };  // in a state file

  void add_runner(int id, TagSet users, bool managed, bool run_untagged = true);
  void add_job(std::optional<int> lane, int kind, Duration length, bool never_given = false);
  void pass(Duration time);
  void edit(int runner, Edit edit, int which);
  void arrive(const Put& put, bool is_late);
  void memory_lost();     // of any daemon
  void cancel_pending();  // jobs
  void settled();         // a daemon with the only memory has seen and settled everything

  void violate(std::string law, std::string what);
  void note(std::string what);
  void check_users();

  [[nodiscard]] int busy(RunnerId runner) const;
  [[nodiscard]] bool has_pending() const;
  [[nodiscard]] bool could_be_taken_at_rest(const SimJob& job) const;
  // Of the pools of pending jobs, those that some runner in contact could serve in all lanes and none does.
  [[nodiscard]] std::set<std::string> pools_without_open_runner() const;

 private:
  void dispatch();
  void mark_idle();
  void deliver();
  void count_edit(SimRunner& runner, const TagSet& before);
  void widen(SimRunner& runner);

  std::int64_t next_job_ = 1;
};

const std::string& lane_tag(int lane);  // 0 is the first; numbers wrap
const std::string& grant_tag();
TagSet all_lanes();
TagSet with_all_lanes(TagSet ours);  // managed, too
TagSet ours_but_marker(const TagSet& tags);
bool is_marked(const TagSet& tags);
bool is_managed(const TagSet& tags);
bool is_lane(const std::string& tag);
TagSet without_ours(TagSet tags);
bool takes(const SimRunner& runner, const TagSet& tags, const gitlab::JobTraits& job);
std::string words(const TagSet& tags);

}  // namespace runneriq::scheduler::sim
