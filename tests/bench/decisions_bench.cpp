// How long one tick's decisions take, and how they grow. Run by ./dev bench, never by a test.
// Budgets: architecture.md section 10 (1,000 runners × 10,000 jobs: 250 ms of CPU, 150 MB; one job
// against 1,000 runners: 50 µs).
#include "core/tag_names.hpp"
#include "scheduler/gate.hpp"
#include "scheduler/tick.hpp"

#include <benchmark/benchmark.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <random>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;

struct Size {
  std::size_t runners, jobs;
  std::size_t tags = 40;  // different ones of the fleet; a runner has five of them
  std::size_t projects = 200;
};

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

// Not getrusage(): that begins with what the parent held when it started us.
double peak_megabytes() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word && word != "VmHWM:") {
  }
  double kilobytes = 0;
  status >> kilobytes;
  return kilobytes / 1024;
}

void run(benchmark::State& state, const FleetSnapshot& fleet) {
  const TickRules rules;
  RulesAdvisor advisor;
  Split split;
  for (auto step : state) {
    const Decisions decisions = decide(fleet, rules, Depth::full, advisor);
    split = decisions.split;
    benchmark::DoNotOptimize(decisions.jobs.data());
  }
  state.counters["direct"] = split.direct;
  state.counters["rules"] = split.rules;
  state.counters["advisor"] = split.advisor;
  state.counters["queued"] = split.queued;
  state.counters["peak_MB"] = peak_megabytes();
}

Size size_of(const benchmark::State& state) {
  return {.runners = static_cast<std::size_t>(state.range(0)),
          .jobs = static_cast<std::size_t>(state.range(1))};
}

void Tick(benchmark::State& state) {
  run(state, FleetMaker{size_of(state)}.make());
}
BENCHMARK(Tick)->Args({250, 2'500})->Args({500, 5'000})->Args({1'000, 10'000})->Unit(benchmark::kMillisecond);

// Every job with traits of its own: projects and tags are as many as jobs.
void TickWithDifferentTraits(benchmark::State& state) {
  Size size = size_of(state);
  size.projects = size.jobs;
  FleetSnapshot fleet = FleetMaker{size}.make();
  run(state, fleet);
}
BENCHMARK(TickWithDifferentTraits)->Args({1'000, 10'000})->Unit(benchmark::kMillisecond);

// Hardly any job has a runner, each for another reason.
void TickWithoutCandidates(benchmark::State& state) {
  Size size = size_of(state);
  size.projects = size.jobs;
  size.tags = 30'000;
  run(state, FleetMaker{size}.make());
}
BENCHMARK(TickWithoutCandidates)->Args({1'000, 10'000})->Unit(benchmark::kMillisecond);

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

void run_with_gate(benchmark::State& state, Size size, const Permitted& permitted) {
  const Gated of = gated(FleetMaker{size}.make());
  RulesAdvisor advisor;
  GateMemory memory;
  std::size_t cuts = 0, open = 0;
  for (auto step : state) {
    const Decisions decisions = decide(of.fleet, {}, Depth::full, advisor);
    const GatePlan plan = plan_gate({.fleet = of.fleet,
                                     .decisions = decisions,
                                     .runners = of.runners,
                                     .pools = {},
                                     .permitted = permitted},
                                    of.options, memory);
    cuts = plan.cuts.size();
    open = plan.open_runners.size();
  }
  state.counters["cuts"] = static_cast<double>(cuts);
  state.counters["open"] = static_cast<double>(open);
  state.counters["peak_MB"] = peak_megabytes();
}

bool yes(const GateAction&) {
  return true;
}
bool below_high(const GateAction& action) {
  return action.job_class > JobClass::high;
}

void TickWithGate(benchmark::State& state) {
  run_with_gate(state, size_of(state), yes);
}
BENCHMARK(TickWithGate)->Args({250, 2'500})->Args({1'000, 10'000})->Unit(benchmark::kMillisecond);

void TickWithGateUnapproved(benchmark::State& state) {
  run_with_gate(state, size_of(state), below_high);
}
BENCHMARK(TickWithGateUnapproved)->Args({1'000, 10'000})->Unit(benchmark::kMillisecond);

void TickWithGateAndDifferentTraits(benchmark::State& state) {
  Size size = size_of(state);
  size.projects = size.jobs;
  run_with_gate(state, size, yes);
}
BENCHMARK(TickWithGateAndDifferentTraits)->Args({1'000, 10'000})->Unit(benchmark::kMillisecond);

void OneJob(benchmark::State& state) {
  Size size = size_of(state);
  size.projects = 20;
  run(state, FleetMaker{size}.make());
}
BENCHMARK(OneJob)->Args({1'000, 1})->Unit(benchmark::kMicrosecond);

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

void TickWithCarbon(benchmark::State& state) {
  run(state, on_the_grid(FleetMaker{size_of(state)}.make()));
}
BENCHMARK(TickWithCarbon)->Args({250, 2'500})->Args({1'000, 10'000})->Unit(benchmark::kMillisecond);

void TickWithCarbonAndDifferentTraits(benchmark::State& state) {
  Size size = size_of(state);
  size.projects = size.jobs;
  run(state, on_the_grid(FleetMaker{size}.make()));
}
BENCHMARK(TickWithCarbonAndDifferentTraits)->Args({1'000, 10'000})->Unit(benchmark::kMillisecond);

void OneJobWithCarbon(benchmark::State& state) {
  Size size = size_of(state);
  size.projects = 20;
  run(state, on_the_grid(FleetMaker{size}.make()));
}
BENCHMARK(OneJobWithCarbon)->Args({1'000, 1})->Unit(benchmark::kMicrosecond);

void Analyze(benchmark::State& state) {
  const FleetSnapshot fleet = FleetMaker{size_of(state)}.make();
  const TickRules rules;
  RulesAdvisor advisor;
  for (auto step : state) {
    const Decisions decisions = decide(fleet, rules, Depth::analyze_only, advisor);
    benchmark::DoNotOptimize(decisions.jobs.data());
  }
}
BENCHMARK(Analyze)->Args({1'000, 10'000})->Unit(benchmark::kMillisecond);

}  // namespace
}  // namespace runneriq::scheduler

BENCHMARK_MAIN();
