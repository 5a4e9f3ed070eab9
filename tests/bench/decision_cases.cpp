#include "tests/bench/decision_cases.hpp"

#include "core/tag_names.hpp"
#include "scheduler/gate.hpp"
#include "scheduler/tick.hpp"

#include <algorithm>
#include <cstdint>
#include <memory>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;

// Where results go, so that no compiler leaves the work out.
volatile std::size_t made = 0;

class FleetMaker {
 public:
  explicit FleetMaker(Size size) : size_(size) {}

  FleetSnapshot make() {
    FleetSnapshot fleet;
    fleet.now = Time{std::chrono::sys_days{std::chrono::year{2025} / 3 / 1}};
    for (std::size_t i = 0; i < size_.runners; ++i) fleet.runners.push_back(runner(i));
    fleet.histories.push_back({.estimate = estimate({}), .fleet_average = {}, .by_runner = {}});
    for (std::size_t i = 0; i < histories(); ++i) fleet.histories.push_back(history(fleet));
    for (std::size_t i = 0; i < size_.jobs; ++i) fleet.jobs.push_back(job(i));
    for (std::size_t i = 0; i < size_.projects; ++i) fleet.scores[{gitlab_, project(i)}] = scores();
    return fleet;
  }

 private:
  // One per project and job name, but no more than there are jobs.
  [[nodiscard]] std::size_t histories() const { return std::min(size_.projects * 5, size_.jobs); }
  std::size_t below(std::size_t end) { return random_() % end; }
  static ProjectId project(std::size_t number) { return ProjectId{static_cast<std::int64_t>(number) + 1}; }
  static std::string path(std::size_t project) {
    return "group-" + std::to_string(project % 20) + "/project-" + std::to_string(project);
  }
  std::string tag() { return "tag-" + std::to_string(below(size_.tags)); }

  std::vector<std::string> tags(std::size_t count) {
    std::vector<std::string> tags;
    for (std::size_t i = 0; i < count; ++i) tags.push_back(tag());
    std::sort(tags.begin(), tags.end());
    tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
    return tags;
  }

  FleetRunner runner(std::size_t index) {
    FleetRunner runner;
    runner.key = {gitlab_, RunnerId{static_cast<std::int64_t>(index) + 1}};
    runner.description = "docker-host-" + std::to_string(index);
    runner.status = gitlab::RunnerStatus::online;
    runner.paused = below(50) == 0;
    runner.max_jobs = static_cast<int>(1 + below(8));
    runner.active_jobs = static_cast<int>(below(static_cast<std::size_t>(runner.max_jobs) + 1));
    runner.traits.tags = tags(5);
    runner.traits.type = gitlab::RunnerType::instance;
    if (index % 4 == 1) {
      runner.traits.type = gitlab::RunnerType::group;
      runner.traits.groups = {"group-" + std::to_string(below(20))};
    } else if (index % 4 == 2) {
      runner.traits.type = gitlab::RunnerType::project;
      runner.traits.projects = {project(below(size_.projects))};
    }
    runner.reliability = 0.9 + 0.01 * static_cast<double>(below(10));
    return runner;
  }

  JobHistory history(const FleetSnapshot& fleet) {
    const Duration median = 10s + std::chrono::seconds{below(900)};
    JobHistory history;
    history.estimate = {.median = median, .p90 = 2 * median, .basis = EstimateBasis::job};
    history.fleet_average = median;
    std::vector<std::size_t> seen;
    for (int i = 0; i < 20; ++i) seen.push_back(below(fleet.runners.size()));
    std::sort(seen.begin(), seen.end());
    seen.erase(std::unique(seen.begin(), seen.end()), seen.end());
    for (const std::size_t runner : seen) {
      history.by_runner.emplace_back(fleet.runners[runner].key, median + std::chrono::seconds{below(60)});
    }
    return history;
  }

  PendingJob job(std::size_t index) {
    static const std::vector<std::string> kNames{"build", "unit tests", "deploy production", "lint",
                                                 "package: [amd64]"};
    static const std::vector<std::string> kStages{"build", "test", "deploy"};
    static const std::vector<std::string> kRefs{"main",
                                                "develop",
                                                "release/1.2",
                                                "hotfix/login",
                                                "feature/new-search-page",
                                                "refs/merge-requests/12/head"};
    const std::size_t number = below(size_.projects);
    PendingJob job;
    job.key = {gitlab_, JobId{static_cast<std::int64_t>(100'000 + index)}};
    job.project = project(number);
    job.facts.name = kNames[below(kNames.size())];
    job.facts.stage = kStages[below(kStages.size())];
    job.facts.ref = kRefs[below(kRefs.size())];
    job.facts.default_branch = "main";
    job.facts.role = kRoles[below(kRoles.size())];
    job.facts.ref_protected = below(2) == 0;
    job.traits.project = job.project;
    job.traits.project_path = path(number);
    job.traits.ref_protected = job.facts.ref_protected;
    job.traits.tags = tags(below(3));
    job.queued = std::chrono::seconds{below(3000)};
    job.history = 1 + (number * 5 + below(5)) % histories();
    return job;
  }

  ScoreHistory scores() {
    ScoreHistory history{.jobs = 200, .critical = static_cast<int>(below(80)), .scores = {}};
    for (int i = 0; i < 200; ++i) history.scores.push_back(0.5 * i);
    return history;
  }

  Size size_;
  GitLabUrl gitlab_{"https://gitlab.example.com"};
  std::mt19937_64 random_{4711};
};

Size with_project_per_job(Size size) {
  size.projects = size.jobs;
  return size;
}

std::function<void()> deciding(FleetSnapshot fleet, Depth depth = Depth::full) {
  return [fleet = std::make_shared<const FleetSnapshot>(std::move(fleet)), depth] {
    RulesAdvisor advisor;
    made = decide(*fleet, {}, depth, advisor).jobs.size();
  };
}

// ---- with the gate ------------------------------------------------------------------------

// All runners are managed, full or not, every job has a lane, and half of the cuts are in force.
struct Gated {
  FleetSnapshot fleet;
  std::vector<GateRunner> runners;
  GateOptions options;
};

void add_tags(std::vector<std::string>& tags, std::vector<std::string> more) {
  tags.insert(tags.end(), more.begin(), more.end());
  std::sort(tags.begin(), tags.end());
}

Gated gated(FleetSnapshot fleet) {
  Gated gated{.fleet = std::move(fleet), .runners = {}, .options = {}};
  gated.options.most_cut = gated.fleet.runners.size();
  const Lanes& lanes = gated.options.lanes;
  for (std::size_t i = 0; i < gated.fleet.jobs.size(); ++i) {
    add_tags(gated.fleet.jobs[i].traits.tags, {lanes.tag(i % lanes.size())});
  }
  for (FleetRunner& runner : gated.fleet.runners) {
    add_tags(runner.traits.tags, lanes.tags());
    add_tags(runner.traits.tags, {std::string(kManagedTag)});
    GateRunner gate{
        .managed = true, .at_rest = runner.traits.tags, .cut = {}, .cause = {}, .left_alone = false};
    if (runner.key.runner.value() % 2 == 0) gate.cut = 1, gate.cause = gated.fleet.jobs.front().key;
    gated.runners.push_back(std::move(gate));
  }
  return gated;
}

std::function<void()> deciding_with_gate(Size size, const Permitted& permitted) {
  const auto of = std::make_shared<const Gated>(gated(FleetMaker{size}.make()));
  return [of, permitted, memory = std::make_shared<GateMemory>()] {
    RulesAdvisor advisor;
    const Decisions decisions = decide(of->fleet, {}, Depth::full, advisor);
    made = plan_gate({.fleet = of->fleet,
                      .decisions = decisions,
                      .runners = of->runners,
                      .pools = {},
                      .permitted = permitted},
                     of->options, *memory)
               .cuts.size();
  };
}

bool yes(const GateAction&) {
  return true;
}
bool below_high(const GateAction& action) {
  return action.job_class > JobClass::high;
}

// ---- with carbon --------------------------------------------------------------------------

// A day of quarters of an hour, each with an intensity of its own.
carbon::Outlook outlook(const carbon::ZoneKey& zone, Time now) {
  carbon::Outlook outlook{
      .zone = zone, .basis = {}, .begin = now, .slots = {}, .sources = {"typical"}, .why = ""};
  for (int i = 0; i < 24 * 4; ++i) {
    const double g_per_kwh = 100 + 10 * static_cast<double>(zone.value().size()) + i;
    outlook.slots.push_back(
        {.intensity = carbon::Intensity::of(g_per_kwh), .rung = carbon::Rung::annual_mean});
  }
  return outlook;
}

// Every twelfth runner's zone is not known.
FleetSnapshot on_the_grid(FleetSnapshot fleet) {
  fleet.carbon = carbon::GridOutlook{.now = fleet.now, .basis = {}, .zones = {}, .notes = {}};
  for (std::size_t i = 0; i < fleet.runners.size(); ++i) {
    const carbon::ZoneKey zone{std::string(1 + i % 12, 'Z')};
    fleet.runners[i].zone = zone;
    if (i % 12 != 11) fleet.carbon->zones.try_emplace(zone, outlook(zone, fleet.now));
  }
  return fleet;
}

// ---- the cases ----------------------------------------------------------------------------

std::function<void()> tick(Size size) {
  return deciding(FleetMaker{size}.make());
}

// Every job with traits of its own: projects and tags are as many as jobs.
std::function<void()> tick_with_different_traits(Size size) {
  return tick(with_project_per_job(size));
}

// Hardly any job has a runner, each for another reason.
std::function<void()> tick_without_candidates(Size size) {
  size.tags = 30'000;
  return tick(with_project_per_job(size));
}

std::function<void()> tick_with_gate(Size size) {
  return deciding_with_gate(size, yes);
}

std::function<void()> tick_with_gate_unapproved(Size size) {
  return deciding_with_gate(size, below_high);
}

std::function<void()> tick_with_gate_and_different_traits(Size size) {
  return deciding_with_gate(with_project_per_job(size), yes);
}

std::function<void()> tick_with_carbon(Size size) {
  return deciding(on_the_grid(FleetMaker{size}.make()));
}

std::function<void()> tick_with_carbon_and_different_traits(Size size) {
  return tick_with_carbon(with_project_per_job(size));
}

std::function<void()> one_job(Size size) {
  size.projects = 20;
  return tick(size);
}

std::function<void()> one_job_with_carbon(Size size) {
  size.projects = 20;
  return tick_with_carbon(size);
}

std::function<void()> analyze(Size size) {
  return deciding(FleetMaker{size}.make(), Depth::analyze_only);
}

// The least that any pairing of jobs and runners costs: 64 tags of each compared as bits.
std::function<void()> pairs_alone(Size size) {
  std::mt19937_64 random{4711};
  std::vector<std::uint64_t> runners(size.runners), jobs(size.jobs);
  for (std::uint64_t& tags : runners) tags = random();
  for (std::uint64_t& tags : jobs) tags = std::uint64_t{1} << random() % 64;
  return [runners = std::move(runners), jobs = std::move(jobs)] {
    std::size_t pairs = 0;
    for (const std::uint64_t wanted : jobs) {
      for (const std::uint64_t tags : runners) pairs += (tags & wanted) == wanted ? 1 : 0;
    }
    made = pairs;
  };
}

constexpr DecisionCase kCases[] = {
    {"Tick", tick},
    {"TickWithDifferentTraits", tick_with_different_traits},
    {"TickWithoutCandidates", tick_without_candidates},
    {"TickWithGate", tick_with_gate},
    {"TickWithGateUnapproved", tick_with_gate_unapproved},
    {"TickWithGateAndDifferentTraits", tick_with_gate_and_different_traits},
    {"TickWithCarbon", tick_with_carbon},
    {"TickWithCarbonAndDifferentTraits", tick_with_carbon_and_different_traits},
    {"OneJob", one_job},
    {"OneJobWithCarbon", one_job_with_carbon},
    {"Analyze", analyze},
    {"PairsAlone", pairs_alone},
};

}  // namespace

std::span<const DecisionCase> decision_cases() {
  return kCases;
}

}  // namespace runneriq::scheduler
