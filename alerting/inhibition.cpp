#include "alerting/inhibition.hpp"

#include "alerting/stable_hash.hpp"
#include "core/printable.hpp"

#include <algorithm>
#include <array>

namespace runneriq::alerting {
namespace {

constexpr std::size_t kMostEntries = 50'000;
constexpr std::size_t kMostOfOneKey = 32;
constexpr std::size_t kMostOfOneStage = 4;
constexpr std::size_t kMostOfOneAlert = 8;  // pipelines, and the one for its job
constexpr Duration kBeforeSeenOffline = std::chrono::minutes{5};

// Stages whose order the usual names tell. Those of one rank are often run whether the others fail or not.
struct StageRank {
  std::string_view stage;
  int rank;
};
constexpr std::array kStages{StageRank{".pre", 0},        StageRank{"prepare", 1}, StageRank{"setup", 1},
                             StageRank{"build", 2},       StageRank{"compile", 2}, StageRank{"lint", 3},
                             StageRank{"check", 3},       StageRank{"test", 3},    StageRank{"unit", 3},
                             StageRank{"integration", 3}, StageRank{"e2e", 3},     StageRank{"security", 3},
                             StageRank{"package", 4},     StageRank{"review", 5},  StageRank{"staging", 5},
                             StageRank{"deploy", 6},      StageRank{"release", 6}, StageRank{"publish", 6},
                             StageRank{"production", 6},  StageRank{".post", 7}};

std::string_view runner_of(const Event& event) {
  return event.kind == EventKind::runner && event.runner.empty() ? event.name : event.runner;
}

std::uint64_t word(auto choice) {
  return static_cast<std::uint64_t>(choice);
}

std::uint64_t runner_key(const Event& event) {
  return StableHash{word(Inhibitor::Kind::runner)}.add(event.gitlab).add(runner_of(event)).value();
}

std::uint64_t job_key(const Event& event) {
  return StableHash{word(Inhibitor::Kind::default_branch)}
      .add(word(event.kind))
      .add(event.gitlab)
      .add(event.project)
      .add(event.name)
      .value();
}

std::uint64_t pipeline_key(const Event& event) {
  return StableHash{word(Inhibitor::Kind::pipeline)}
      .add(event.gitlab)
      .add(event.project)
      .add(word(event.pipeline_id))
      .value();
}

// GitLab and project as one text; no address holds a blank.
std::string place_of(const Event& event) {
  return event.kind == EventKind::runner ? event.gitlab : event.gitlab + ' ' + event.project;
}

bool is_at(std::string_view place, const Event& event) {
  return place.size() == event.gitlab.size() + 1 + event.project.size() && place.starts_with(event.gitlab) &&
         place.ends_with(event.project);
}

bool is_subject_of_branch(const Event& event) {
  return event.kind == EventKind::job || event.kind == EventKind::pipeline;
}

// It came from the runner, which was not offline then. Only who tells the runner's id tells reasons reliably.
bool is_verdict_of_script(const Event& event) {
  return event.runner_id != 0 && event.failure_reason == "script_failure";
}

// Whether a job of stage `first` can be the reason for one of stage `then`.
bool may_precede(std::string_view first, std::string_view then) {
  const auto one = std::ranges::find(kStages, first, &StageRank::stage);
  const auto other = std::ranges::find(kStages, then, &StageRank::stage);
  return one != kStages.end() && other != kStages.end() && one->rank < other->rank;
}

}  // namespace

void InhibitorBook::fires(std::uint64_t alert, const Classified& of) {
  const Event& event = of.event;
  if (event.kind == EventKind::runner) {
    if (terms_.runner && !runner_of(event).empty()) add(runner_key(event), alert, of, 0);
    return;
  }
  if (!is_subject_of_branch(event)) return;
  if (terms_.default_branch && of.on_default_branch && !is_of_merge_request(event)) {
    add(job_key(event), alert, of, 0);
  }
  if (terms_.upstream && event.kind == EventKind::job && event.pipeline_id != 0 && !event.allow_failure) {
    add(pipeline_key(event), alert, of, event.pipeline_id);
  }
}

InhibitorBook::Facts InhibitorBook::facts_of(const Classified& of) {
  const Event& event = of.event;
  Facts made;
  made.place = place_of(event);
  made.name = event.kind == EventKind::runner ? runner_of(event) : event.name;
  made.stage = event.stage;
  made.runner_id = event.runner_id;
  if (!of.on_default_branch) return made;
  made.ref = event.ref;
  if (of.signed_by_log) made.signature = of.signature;
  return made;
}

// An alert that fires again keeps the time of its first failure there.
void InhibitorBook::add(std::uint64_t key, std::uint64_t alert, const Classified& of, std::int64_t pipeline) {
  Members& all = members_[key];
  const auto same = std::ranges::find(all, alert, &Member::alert);
  if (same != all.end()) {
    same->time = std::min(same->time, of.event.time);
    return;
  }
  Facts& known = facts_[alert];
  if (known.keys.size() == kMostOfOneAlert) drop_oldest_pipeline(alert, known);
  if (has_room(all, of, pipeline)) {
    if (known.keys.empty()) known = facts_of(of);
    all.push_back({alert, pipeline, of.event.time});
    known.keys.push_back(key);
    ++entries_;
  }
  if (known.keys.empty()) facts_.erase(alert);
  if (all.empty()) members_.erase(key);
}

bool InhibitorBook::has_room(const Members& members, const Classified& of, std::int64_t pipeline) const {
  if (entries_ >= kMostEntries || members.size() >= kMostOfOneKey) return false;
  if (pipeline == 0) return true;
  const auto of_stage = std::ranges::count_if(
      members, [&](const Member& member) { return facts(member).stage == of.event.stage; });
  return static_cast<std::size_t>(of_stage) < kMostOfOneStage;
}

void InhibitorBook::drop(std::uint64_t key, std::uint64_t alert) {
  const auto found = members_.find(key);
  if (found == members_.end()) return;
  entries_ -= std::erase_if(found->second, [&](const Member& member) { return member.alert == alert; });
  if (found->second.empty()) members_.erase(found);
}

// Keys stand in the order in which they were taken.
void InhibitorBook::drop_oldest_pipeline(std::uint64_t alert, Facts& known) {
  const auto oldest =
      std::ranges::find_if(known.keys, [&](std::uint64_t key) { return members(key).front().pipeline != 0; });
  if (oldest == known.keys.end()) return;
  drop(*oldest, alert);
  known.keys.erase(oldest);
}

void InhibitorBook::resolves(std::uint64_t alert) {
  const auto known = facts_.find(alert);
  if (known == facts_.end()) return;
  for (const std::uint64_t key : known->second.keys) drop(key, alert);
  facts_.erase(known);
}

const InhibitorBook::Members& InhibitorBook::members(std::uint64_t key) const {
  static const Members kNone;
  const auto found = members_.find(key);
  return found == members_.end() ? kNone : found->second;
}

template <class Hides>
const InhibitorBook::Member* InhibitorBook::earliest(std::uint64_t key, Hides hides) const {
  const Member* first = nullptr;
  for (const Member& member : members(key)) {
    if ((first == nullptr || member.time < first->time) && hides(member, facts(member))) first = &member;
  }
  return first;
}

std::optional<Inhibitor> InhibitorBook::inhibitor_of(const Classified& event) const {
  if (event.severity == Severity::critical || facts_.empty()) return std::nullopt;
  const Event& what = event.event;
  if (what.kind == EventKind::job) {
    if (auto runner = by_runner(what)) return runner;
  }
  if (is_subject_of_branch(what)) {
    if (auto branch = by_default_branch(event)) return branch;
  }
  if (what.kind == EventKind::job) return by_upstream(what);
  return what.kind == EventKind::pipeline ? by_job(what) : std::nullopt;
}

std::optional<Inhibitor> InhibitorBook::by_runner(const Event& event) const {
  if (!terms_.runner || event.runner.empty() || is_verdict_of_script(event)) return std::nullopt;
  const Member* member = earliest(runner_key(event), [&](const Member& one, const Facts& runner) {
    const bool another = runner.runner_id != 0 && event.runner_id != 0 && runner.runner_id != event.runner_id;
    return runner.name == event.runner && !another && runner.place == event.gitlab &&
           event.time >= one.time - kBeforeSeenOffline;
  });
  if (member == nullptr) return std::nullopt;
  return Inhibitor{Inhibitor::Kind::runner, member->alert,
                   "runner " + printable(facts(*member).name) + " is offline"};
}

std::optional<Inhibitor> InhibitorBook::by_default_branch(const Classified& event) const {
  if (!terms_.default_branch || !is_of_merge_request(event.event)) return std::nullopt;
  const Member* member = earliest(job_key(event.event), [&](const Member& one, const Facts& red) {
    const bool other_reason =
        event.signed_by_log && !red.signature.empty() && red.signature != event.signature;
    return one.pipeline == 0 && red.name == event.event.name && is_at(red.place, event.event) &&
           !other_reason;
  });
  if (member == nullptr) return std::nullopt;
  const std::string_view what = event.event.kind == EventKind::job ? "the same job" : "the pipeline";
  return Inhibitor{Inhibitor::Kind::default_branch, member->alert,
                   std::string(what) + " is red on " + printable(facts(*member).ref)};
}

std::optional<Inhibitor> InhibitorBook::by_upstream(const Event& event) const {
  if (!terms_.upstream || event.pipeline_id == 0 || event.allow_failure) return std::nullopt;
  const Member* member = earliest(pipeline_key(event), [&](const Member& one, const Facts& job) {
    return one.pipeline == event.pipeline_id && is_at(job.place, event) && one.time <= event.time &&
           may_precede(job.stage, event.stage);
  });
  if (member == nullptr) return std::nullopt;
  return Inhibitor{Inhibitor::Kind::upstream, member->alert,
                   "job " + printable(facts(*member).name) + " of pipeline " +
                       std::to_string(event.pipeline_id) + " failed before"};
}

std::optional<Inhibitor> InhibitorBook::by_job(const Event& pipeline) const {
  if (!terms_.upstream || pipeline.pipeline_id == 0) return std::nullopt;
  const Member* member = earliest(pipeline_key(pipeline), [&](const Member& one, const Facts& job) {
    return one.pipeline == pipeline.pipeline_id && is_at(job.place, pipeline);
  });
  if (member == nullptr) return std::nullopt;
  return Inhibitor{Inhibitor::Kind::pipeline, member->alert,
                   "job " + printable(facts(*member).name) + " of pipeline " +
                       std::to_string(pipeline.pipeline_id) + " failed"};
}

}  // namespace runneriq::alerting
