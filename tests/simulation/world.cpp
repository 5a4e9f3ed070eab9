#include "tests/simulation/world.hpp"

#include "core/joined.hpp"
#include "core/tag_names.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace runneriq::scheduler::sim {
namespace {

using namespace std::chrono_literals;

constexpr Duration kRunnersAsk = 3s;
const std::array<std::string, 5> kLanes{"runneriq:critical", "runneriq:high", "runneriq:short",
                                        "runneriq:medium", "runneriq:long"};
const std::array<JobClass, 5> kClasses{JobClass::critical, JobClass::high, JobClass::medium, JobClass::medium,
                                       JobClass::low};
const std::string kGrant{"runneriq:preferred-gpu"};
const std::string kManaged{kManagedTag};
const std::string kMarker{kSteeredTag};

}  // namespace

Counts& Counts::operator+=(const Counts& more) {
  effects += more.effects;
  crashes += more.crashes;
  puts += more.puts;
  edits += more.edits;
  late += more.late;
  steps += more.steps;
  jobs_done += more.jobs_done;
  return *this;
}

// ---- tags ---------------------------------------------------------------------------------

const std::string& lane_tag(int lane) {
  return kLanes[static_cast<std::size_t>(lane) % kLanes.size()];
}
const std::string& grant_tag() {
  return kGrant;
}
TagSet all_lanes() {
  return {kLanes.begin(), kLanes.end()};
}
TagSet with_all_lanes(TagSet ours) {
  ours.insert(kLanes.begin(), kLanes.end());
  ours.insert(kManaged);
  return ours;
}
bool is_marked(const TagSet& tags) {
  return tags.contains(kMarker);
}
bool is_managed(const TagSet& tags) {
  return tags.contains(kManaged);
}
bool is_lane(const std::string& tag) {
  return std::ranges::find(kLanes, tag) != kLanes.end();
}
TagSet ours_but_marker(const TagSet& tags) {
  TagSet ours;
  for (const std::string& tag : tags) {
    if (tag.starts_with("runneriq:") && tag != kMarker) ours.insert(tag);
  }
  return ours;
}
TagSet without_ours(TagSet tags) {
  std::erase_if(tags, [](const std::string& tag) { return tag.starts_with("runneriq:"); });
  return tags;
}
bool takes(const SimRunner& runner, const TagSet& tags, const gitlab::JobTraits& job) {
  const gitlab::RunnerTraits traits{.tags = {tags.begin(), tags.end()},
                                    .run_untagged = runner.run_untagged,
                                    .type = gitlab::RunnerType::instance};
  return gitlab::could_take(traits, job) == gitlab::Match::takes;
}
std::string words(const TagSet& tags) {
  return "{" + joined(std::vector<std::string>(tags.begin(), tags.end()), " ") + "}";
}

// ---- the world ----------------------------------------------------------------------------

World::World() : now(std::chrono::sys_days{std::chrono::year{2025} / 3 / 1}) {}

void World::note(std::string what) {
  trace.push_back(runneriq::to_text(now).substr(11) + " " + std::move(what));
}

void World::violate(std::string law, std::string what) {
  note("VIOLATED " + law + ": " + what);
  violations.push_back({std::move(law), std::move(what)});
}

void World::add_runner(int id, TagSet users, bool managed, bool run_untagged) {
  SimRunner runner;
  runner.id = RunnerId{id};
  runner.tags = runner.users = users;
  runner.run_untagged = run_untagged;
  const TagSet ours = managed ? with_all_lanes({}) : TagSet{};
  runner.tags.insert(ours.begin(), ours.end());
  runner.rest = runner.ever = {ours};
  runners.emplace(runner.id, std::move(runner));
}

void World::add_job(std::optional<int> lane, int kind, Duration length, bool never_given) {
  TagSet tags;
  if (kind == 0) tags.insert("docker");
  if (kind == 1) tags.insert("gpu");
  const auto place = static_cast<std::size_t>(lane.value_or(4));
  if (lane && place < kLanes.size()) tags.insert(kLanes[place]);
  if (lane && place >= kLanes.size()) tags.insert({kGrant, "docker"});
  SimJob job{.id = JobId{next_job_++},
             .traits = {.project = ProjectId{1}, .tags = {tags.begin(), tags.end()}, .ref_protected = true},
             .wish = kClasses[std::min(place, kClasses.size() - 1)],
             .length = length,
             .created = now,
             .runner = {},
             .ends = {},
             .never_given = never_given};
  note("job " + std::to_string(job.id.value()) + " " + words(tags) + (never_given ? " never given" : ""));
  jobs.push_back(std::move(job));
}

int World::busy(RunnerId runner) const {
  return static_cast<int>(std::ranges::count(jobs, std::optional{runner}, &SimJob::runner));
}

bool World::has_pending() const {
  return std::ranges::any_of(jobs, [](const SimJob& job) { return !job.runner; });
}

bool World::could_be_taken_at_rest(const SimJob& job) const {
  return !job.never_given && std::ranges::any_of(runners, [&](const auto& entry) {
    const SimRunner& runner = entry.second;
    if (runner.gone || runner.paused || !runner.online) return false;
    return std::ranges::all_of(runner.rest, [&](const TagSet& rest) {
      return takes(runner, united(runner.users, rest), job.traits);
    });
  });
}

void World::cancel_pending() {
  std::erase_if(jobs, [](const SimJob& job) { return !job.runner; });
}

// ---- time ---------------------------------------------------------------------------------

void World::pass(Duration time) {
  const Time target = now + time;
  while (now < target) {
    const auto since = now.time_since_epoch() % kRunnersAsk;
    now = std::min(target, now + (kRunnersAsk - since));
    deliver();
    if (now.time_since_epoch() % kRunnersAsk == Duration::zero()) dispatch();
  }
}

void World::deliver() {
  if (late.empty()) return;
  std::vector<Put> due;
  std::erase_if(late, [&](const Put& put) {
    if (put.arrives <= now) due.push_back(put);
    return put.arrives <= now;
  });
  for (const Put& put : due) arrive(put, true);
}

void World::dispatch() {
  const auto before = jobs.size();
  std::erase_if(jobs, [&](const SimJob& job) { return job.runner && job.ends <= now; });
  counts.jobs_done += static_cast<long>(before - jobs.size());
  if (!has_pending()) {
    for (auto& [id, runner] : runners) runner.idle_since.reset();
    return;
  }
  for (auto& [id, runner] : runners) {
    if (runner.gone || runner.paused || !runner.online || busy(id) >= runner.slots) continue;
    const auto taken = std::ranges::find_if(jobs, [&](const SimJob& job) {
      return !job.runner && !job.never_given && takes(runner, runner.tags, job.traits);
    });
    if (taken == jobs.end()) continue;
    taken->runner = id;
    taken->ends = now + taken->length;
    note("runner " + std::to_string(id.value()) + " takes job " + std::to_string(taken->id.value()));
  }
  mark_idle();
}

// A runner idles by our doing: it has a free slot, and would have taken a job with its tags at rest.
void World::mark_idle() {
  for (auto& [id, runner] : runners) {
    const bool may = !runner.gone && !runner.paused && runner.online && is_marked(runner.tags) &&
                     busy(id) < runner.slots && runner.rest.size() == 1;
    const bool idles = may && std::ranges::any_of(jobs, [&, &one = runner](const SimJob& job) {
                         return !job.runner && !job.never_given &&
                                takes(one, united(one.users, *one.rest.begin()), job.traits);
                       });
    if (!idles) {
      runner.idle_since.reset();
    } else if (!runner.idle_since) {
      runner.idle_since = now;
    }
  }
}

// ---- calls --------------------------------------------------------------------------------

void World::arrive(const Put& put, bool is_late) {
  SimRunner& runner = runners.at(put.runner);
  if (runner.gone || put.tags.size() > 50 || (put.tags.empty() && !runner.run_untagged)) return;
  note(std::string(is_late ? "late, " : "") + "PUT of runner " + std::to_string(put.runner.value()) + ": " +
       words(runner.tags) + " becomes " + words(put.tags));
  const bool edited_since = runner.version != put.version;
  if (edited_since) {
    const TagSet users = without_ours(put.tags);
    if (users != runner.users) ++runner.version;
    runner.users = users;
    runner.ever.insert(runner.rest.begin(), runner.rest.end());
  }
  runner.tags = put.tags;
  if (edited_since) {
    runner.vague = true;
    widen(runner);
  }
  check_users();
}

// ---- pools --------------------------------------------------------------------------------

std::set<std::string> World::pools_without_open_runner() const {
  std::set<gitlab::JobTraits> pools;
  for (const SimJob& job : jobs) {
    if (job.runner) continue;
    gitlab::JobTraits traits = job.traits;
    std::erase_if(traits.tags, [](const std::string& tag) { return tag.starts_with("runneriq:"); });
    pools.insert(std::move(traits));
  }
  std::set<std::string> bare;
  for (gitlab::JobTraits pool : pools) {
    pool.tags.insert(pool.tags.end(), kLanes.begin(), kLanes.end());
    std::ranges::sort(pool.tags);
    bool any = false;
    bool open = false;
    for (const auto& [id, runner] : runners) {
      if (runner.gone || runner.paused || !runner.online || !is_managed(runner.tags)) continue;
      open = open || takes(runner, runner.tags, pool);
      any =
          any || (runner.rest.size() == 1 && takes(runner, united(runner.users, *runner.rest.begin()), pool));
    }
    if (any && !open) bare.insert(joined(pool.tags, " "));
  }
  return bare;
}

}  // namespace runneriq::scheduler::sim
