// Failures that another, present failure explains. Pure.
#pragma once

#include "alerting/labels.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace runneriq::alerting {

struct InhibitionTerms {
  bool runner = true;          // a runner that is offline hides the failures of its jobs
  bool default_branch = true;  // a job red on the default branch hides the same job red on merge requests
  bool upstream = true;  // a failed job hides those of later stages of its pipeline; a job, its pipeline
};

// What hides something, as long as it lasts.
struct Inhibitor {
  enum class Kind { runner, default_branch, upstream, pipeline } kind = Kind::runner;
  std::uint64_t alert = 0;  // the one that hides
  std::string words;  // "runner build-7 is offline", "the same job is red on main", "job build of pipeline 12
                      // failed before"
};

// The failing alerts, as far as they may hide others. What is critical is never hidden. By kind:
// - runner: EventKind::runner failing with the same runner (where it tells none: name), and GitLab, hides job
//   failures of that runner that ended up to 5 min before it was seen offline, or later. Where ids are told
//   they have to agree, and what the job's script has decided is not hidden.
// - default_branch: same GitLab, project, name and kind (job or pipeline), firing on the default branch,
//   hides those of merge requests, unless both are signed by their logs and differ.
// - upstream: same GitLab, project and pipeline_id (not 0), failed no later, in a stage that comes before by
// the
//   usual names (.pre, prepare, build, test, package, staging, deploy, .post and their like; those of one
//   rank hide nothing of each other, nor do others). Neither may be allowed to fail.
// - pipeline: a failing job of a pipeline that is not allowed to fail hides the failure of the pipeline.
//
// Bounded to 50,000 entries: of one runner, job or pipeline 32, of one stage of a pipeline 4, of one alert 8,
// of which the newest pipelines count. What has found no room hides nothing. All calls take constant time on
// average.
class InhibitorBook {
 public:
  explicit InhibitorBook(InhibitionTerms terms) : terms_(terms) {}
  void fires(std::uint64_t alert, const Classified& of);
  void resolves(std::uint64_t alert);
  // The first kind above that applies; never an alert itself.
  [[nodiscard]] std::optional<Inhibitor> inhibitor_of(const Classified& event) const;

 private:
  // What of an alert is needed to hide another, and to say so.
  struct Facts {
    std::string place;  // GitLab and project; of a runner the GitLab alone
    std::string name;   // of the job, or the runner
    std::string stage;
    std::int64_t runner_id = 0;
    std::string ref, signature;       // on the default branch; no signature that is not of the log
    std::vector<std::uint64_t> keys;  // of its places in members_
  };
  struct Member {
    std::uint64_t alert;
    std::int64_t pipeline;  // 0 = stands for no pipeline
    Time time;              // of the first failure
  };
  using Members = std::vector<Member>;

  static Facts facts_of(const Classified& of);
  void add(std::uint64_t key, std::uint64_t alert, const Classified& of, std::int64_t pipeline);
  void drop(std::uint64_t key, std::uint64_t alert);
  void drop_oldest_pipeline(std::uint64_t alert, Facts& known);
  [[nodiscard]] bool has_room(const Members& members, const Classified& of, std::int64_t pipeline) const;
  [[nodiscard]] const Members& members(std::uint64_t key) const;
  [[nodiscard]] const Facts& facts(const Member& member) const { return facts_.at(member.alert); }
  [[nodiscard]] std::optional<Inhibitor> by_runner(const Event& event) const;
  [[nodiscard]] std::optional<Inhibitor> by_default_branch(const Classified& event) const;
  [[nodiscard]] std::optional<Inhibitor> by_upstream(const Event& event) const;
  [[nodiscard]] std::optional<Inhibitor> by_job(const Event& pipeline) const;
  template <class Hides>
  [[nodiscard]] const Member* earliest(std::uint64_t key, Hides hides) const;

  InhibitionTerms terms_;
  std::unordered_map<std::uint64_t, Facts> facts_;      // by alert
  std::unordered_map<std::uint64_t, Members> members_;  // by hash of runner, job or pipeline
  std::size_t entries_ = 0;                             // in members_
};

}  // namespace runneriq::alerting
