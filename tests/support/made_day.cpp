#include "tests/support/made_day.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <random>
#include <string_view>

namespace runneriq::alerting {
namespace {

using namespace std::chrono_literals;

constexpr std::array kProjects{"acme/shop", "acme/payment", "acme/search",  "acme/app",
                               "tools/ci",  "tools/images", "data/reports", "data/ingest"};
constexpr std::array kBranchesPerProject{"feature/", "fix/", "refactor/"};

struct JobKind {
  const char* name;
  const char* stage;
  Duration after;  // from the start of its pipeline to its end
};
constexpr JobKind kCompile{"compile", "build", 3min}, kUnit{"unit", "test", 8min},
    kIntegration{"integration", "test", 12min}, kEndToEnd{"e2e", "test", 15min}, kLint{"lint", "test", 5min},
    kAudit{"audit", "test", 6min}, kDeploy{"deploy-production", "deploy", 20min};
constexpr std::array kUsual{kCompile, kUnit, kIntegration, kEndToEnd, kLint};
constexpr std::array kMayBreak{kCompile, kUnit, kIntegration, kLint};

// A letter word for a number, so that signatures, which leave out numbers, stay apart.
std::string word_of(std::uint64_t number) {
  constexpr std::array kSyllables{"ba", "ke", "li", "mo", "nu", "ra", "se", "ti", "vo", "zu"};
  std::string word;
  for (int i = 0; i < 4; ++i, number /= 10) word += kSyllables[number % 10];
  return word;
}

std::string log_of(std::string_view headline) {
  return "$ make\n" + std::string{headline} +
         "\nUploading artifacts for failed job\nERROR: Job failed: exit code 1\n";
}

struct Pipeline {
  std::string project, ref, sha, source;
  std::int64_t id = 0;
  Time start{};
};

// One job is broken on a ref for some time.
struct Breakage {
  std::string project, ref, job;
  Time from{}, to{};
  int incident = 0;
  std::string log{};
  int retries = 0;
};

class DayMaker {
 public:
  explicit DayMaker(std::uint64_t seed) : random_(seed) {}

  MadeDay make() {
    choose_flaky_jobs();
    for (int day = 10; day >= 1; --day) past_day(kMadeDay - day * 24h);
    day_.history.swap(made_);
    plan_main();
    for (const char* project : kProjects) usual_day(project);
    lint_everywhere();
    broken_deploy();
    registry_outage();
    runner_offline();
    tell_first_from_others();
    tell_some_twice();
    fill_up();
    day_.events.swap(made_);
    for (auto* events : {&day_.history, &day_.events}) {
      std::ranges::stable_sort(*events, {}, &MadeEvent::told);
    }
    return std::move(day_);
  }

 private:
  int below(int end) { return static_cast<int>(random_() % static_cast<std::uint64_t>(end)); }
  bool chance(double share) { return std::uniform_real_distribution<double>{}(random_) < share; }
  Duration up_to(Duration most) {
    return Duration{static_cast<Duration::rep>(random_() % static_cast<std::uint64_t>(most.count()))};
  }
  Time working_hour(Time day) { return day + 7h + up_to(11h); }
  template <class Values>
  auto one_of(const Values& values) {
    return values[static_cast<std::size_t>(below(static_cast<int>(std::size(values))))];
  }
  std::vector<Time> pushes(Time day, int count) {
    std::vector<Time> times;
    for (int i = 0; i < count; ++i) times.push_back(working_hour(day));
    std::ranges::sort(times);
    return times;
  }

  Pipeline pipeline(std::string project, std::string ref, Time start,
                    std::string source = "merge_request_event") {
    const std::int64_t id = ++pipelines_;
    std::string sha = word_of(static_cast<std::uint64_t>(id)) + std::to_string(id * 7919);
    return {std::move(project), std::move(ref), std::move(sha), std::move(source), id, start};
  }

  // The end of a job; the caller adds what is special.
  MadeEvent& end(const Pipeline& of, const JobKind& job, Time time, Truth truth, int incident = -1) {
    Event event;
    event.time = time;
    event.project = of.project;
    event.ref = of.ref;
    event.sha = of.sha;
    event.pipeline_id = of.id;
    event.job_id = ++jobs_;
    event.name = job.name;
    event.stage = job.stage;
    event.status = truth == Truth::none ? "success" : "failed";
    event.failure_reason = truth == Truth::none ? "" : "script_failure";
    event.source = of.source;
    event.runner = "runner-" + std::to_string(below(12));
    event.default_branch = "main";
    made_.push_back({std::move(event), time + up_to(3s), truth, incident, false});
    if (incident >= 0) first_of(incident) = std::min(first_of(incident), time);
    return made_.back();
  }
  Time& first_of(int incident) { return day_.incidents[static_cast<std::size_t>(incident)].first; }
  // Of an incident the earliest failure is the real one.
  void tell_first_from_others() {
    std::set<int> seen;
    std::ranges::stable_sort(made_, {}, [](const MadeEvent& one) { return one.event.time; });
    for (MadeEvent& one : made_) {
      if (one.incident >= 0) one.truth = seen.insert(one.incident).second ? Truth::real : Truth::duplicate;
    }
  }
  int incident(std::string words, bool urgent = false) {
    day_.incidents.push_back({std::move(words), Time::max(), urgent});
    return static_cast<int>(day_.incidents.size()) - 1;
  }

  void choose_flaky_jobs() {
    while (flakiness_.size() < 14) {
      const JobKind job = one_of(std::array{kUnit, kIntegration, kEndToEnd});
      flakiness_.try_emplace({one_of(kProjects), job.name}, 0.03 + 0.02 * below(11));
    }
    for (const auto& [job, share] : flakiness_) day_.flaky_jobs.insert(job);
  }

  double flakiness(const std::string& project, const char* job) const {
    const auto found = flakiness_.find({project, job});
    return found == flakiness_.end() ? 0 : found->second;
  }

  // A job falls over, and is run again within minutes, until it passes.
  void flaky_job(const Pipeline& of, const JobKind& job, Time time) {
    const double share = flakiness(of.project, job.name);
    while (chance(share)) {
      MadeEvent& failure = end(of, job, time, Truth::flaky);
      if (!chance(0.2)) {
        failure.event.log_excerpt =
            log_of(std::string{job.name} + " of " + of.project + " timed out waiting for a reply");
      }
      time += 2min + up_to(6min);
    }
    end(of, job, time, Truth::none);
  }

  void past_day(Time day) {
    for (const char* project : kProjects) {
      for (const Time push : pushes(day, 10)) {
        const Pipeline of = pipeline(project, "main", push, "push");
        for (const JobKind& job : kUsual) flaky_job(of, job, push + job.after + up_to(2min));
      }
    }
  }

  // Seven jobs on the default branches break: three are repaired, one of them is of a flaky job.
  void plan_main() {
    for (int i = 0; i < 7; ++i) {
      const Time from = kMadeDay + 8h + up_to(6h);
      const bool repaired = i < 3;
      breakages_.push_back({.project = kProjects.at(static_cast<std::size_t>(i)),
                            .ref = "main",
                            .job = one_of(kMayBreak).name,
                            .from = from,
                            .to = repaired ? from + 3h : Time::max(),
                            .incident = -1});
      name(breakages_.back());
    }
    const auto& [project, job] = *std::next(day_.flaky_jobs.begin(), below(14));
    std::erase_if(breakages_, [&](const Breakage& one) { return one.project == project; });
    breakages_.push_back({project, "main", job, kMadeDay + 9h, Time::max(), -1, {}, 2});
    name(breakages_.back());
  }

  void name(Breakage& breakage) {
    breakage.incident = incident(breakage.job + " of " + breakage.project + " is broken on " + breakage.ref);
    breakage.log = log_of("error: undefined reference to " +
                          word_of(static_cast<std::uint64_t>(breakage.incident) * 37 + 11));
  }

  void usual_day(const char* project) {
    for (const Time push : pushes(kMadeDay, 20)) run(pipeline(project, "main", push, "push"));
    for (int branch = 0; branch < 36; ++branch) {
      const std::string ref = one_of(kBranchesPerProject) + word_of(random_() % 10'000);
      const std::vector<Time> times = pushes(kMadeDay, 2 + below(3));
      if (branch < 10) break_branch(project, ref, times);
      for (const Time push : times) run(pipeline(project, ref, push));
    }
    for (int branch = 0; branch < 4; ++branch) experiment(project);
  }

  // A merge request breaks with one of its pushes, and is repaired by the next one or never.
  void break_branch(const char* project, const std::string& ref, const std::vector<Time>& times) {
    const auto bad = static_cast<std::size_t>(below(static_cast<int>(times.size())));
    const bool repaired = bad + 1 < times.size() && chance(0.7);
    breakages_.push_back({project,
                          ref,
                          one_of(kMayBreak).name,
                          times[bad],
                          repaired ? times[bad + 1] : Time::max(),
                          -1,
                          {},
                          chance(0.4) ? 1 : 0});
    name(breakages_.back());
  }

  const Breakage* breakage_of(const Pipeline& of, const JobKind& job) const {
    const auto found = std::ranges::find_if(breakages_, [&](const Breakage& one) {
      return one.project == of.project && one.ref == of.ref && one.job == job.name && one.from <= of.start &&
             of.start < one.to;
    });
    return found == breakages_.end() ? nullptr : &*found;
  }

  void run(const Pipeline& of) {
    bool green = true;
    for (const JobKind& job : kUsual) {
      const Time time = of.start + job.after + up_to(2min);
      if (const Breakage* const breakage = breakage_of(of, job)) {
        fail(of, job, time, *breakage);
        green = false;
        if (job.name == std::string_view{"compile"}) return;  // the rest never starts
      } else {
        flaky_job(of, job, time);
      }
    }
    const Time time = of.start + kAudit.after + up_to(2min);
    end(of, kAudit, time, chance(0.3) ? Truth::expected : Truth::none).event.allow_failure = true;
    if (green && of.ref == "main") end(of, kDeploy, of.start + kDeploy.after + 30min, Truth::none);
  }

  void fail(const Pipeline& of, const JobKind& job, Time time, const Breakage& breakage) {
    for (int attempt = 0; attempt <= breakage.retries; ++attempt, time += 3min + up_to(9min)) {
      end(of, job, time, Truth::real, breakage.incident).event.log_excerpt = breakage.log;
    }
  }

  void experiment(const char* project) {
    const std::string ref =
        one_of(std::array{"experimental/", "spike/", "wip/"}) + word_of(random_() % 10'000);
    for (const Time push : pushes(kMadeDay, 2)) {
      const Pipeline of = pipeline(project, ref, push, "push");
      for (const JobKind& job : kUsual) {
        end(of, job, push + job.after, chance(0.6) ? Truth::expected : Truth::none);
      }
    }
  }

  // A new linter finds the same in ten merge requests.
  void lint_everywhere() {
    const int found = incident("lint fails the same way in ten merge requests");
    for (int i = 0; i < 10; ++i) {
      const Pipeline of = pipeline("acme/shop", "feature/lint-" + word_of(static_cast<std::uint64_t>(i)),
                                   kMadeDay + 10h + i * 3min);
      end(of, kLint, of.start + kLint.after, Truth::real, found).event.log_excerpt = log_of(
          "src/cart_" + std::to_string(i) + ".py:" + std::to_string(10 + i) + ": error: unused import");
    }
  }

  void broken_deploy() {
    const int broken = incident("the deployment of acme/payment is broken", true);
    const Pipeline of = pipeline("acme/payment", "main", working_hour(kMadeDay), "push");
    end(of, kDeploy, of.start + kDeploy.after, Truth::real, broken).event.log_excerpt =
        log_of("Error: UPGRADE FAILED: another operation is in progress");
  }

  // For some minutes hardly a job can pull its image; then all of them are run again.
  void registry_outage() {
    const int outage = incident("the registry is out of order");
    const Time from = kMadeDay + 11h + up_to(4h), to = from + 5min + up_to(7min);
    for (int i = 0; i < 10; ++i)
      run(pipeline(one_of(kProjects), "fix/" + word_of(random_() % 10'000), from - 3min));
    // What is broken itself stays apart: what failed before it in its pipeline would explain it.
    std::set<std::int64_t> broken;
    for (const MadeEvent& one : made_) {
      if (one.incident >= 0) broken.insert(one.event.pipeline_id);
    }
    const std::size_t count = made_.size();
    for (std::size_t i = 0; i < count; ++i) {
      if (broken.contains(made_[i].event.pipeline_id)) continue;
      const bool is_hit = made_[i].truth == Truth::none && made_[i].event.kind == EventKind::job &&
                          made_[i].event.time >= from && made_[i].event.time < to && chance(0.92);
      if (is_hit) hit(i, outage, to + 10min + up_to(20min));
    }
  }
  void hit(std::size_t index, int outage, Time again) {
    MadeEvent passed = made_[index];
    MadeEvent& failed = made_[index];
    failed.incident = outage;
    failed.event.status = "failed";
    failed.event.failure_reason = "script_failure";
    failed.event.log_excerpt =
        log_of("ERROR: failed to pull image registry.example.com/base: 503 Service Unavailable");
    first_of(outage) = std::min(first_of(outage), failed.event.time);
    passed.event.job_id = ++jobs_;
    passed.event.time = passed.told = again;
    made_.push_back(std::move(passed));
  }

  void runner_offline() {
    const int offline = incident("runner-12 is offline");
    const Time from = kMadeDay + 15h + up_to(2h);
    condition("runner_offline", from, offline);
    for (int i = 0; i < 40; ++i) {
      const Pipeline of = pipeline(one_of(kProjects), "fix/" + word_of(random_() % 10'000), from);
      const JobKind job = one_of(kUsual);
      MadeEvent& failure = end(of, job, from + 1s + up_to(15min), Truth::real, offline);
      failure.event.failure_reason = "runner_system_failure";
      failure.event.runner = "runner-12";
      end(of, job, from + 30min + up_to(10min), Truth::none);
    }
    condition("runner_online", from + 25min, -1);
  }

  void condition(const char* word, Time time, int incident) {
    Event event;
    event.time = time;
    event.kind = EventKind::runner;
    event.kind_word = word;
    event.name = event.runner = "runner-12";
    made_.push_back({std::move(event), time, Truth::none, incident, false});
    if (incident >= 0) first_of(incident) = std::min(first_of(incident), time);
  }

  // A webhook that is sent again, and a poll that finds what a webhook has told.
  void tell_some_twice() {
    const std::size_t count = made_.size();
    for (std::size_t i = 0; i < count; ++i) {
      if (made_[i].event.kind != EventKind::job || !chance(0.12)) continue;
      MadeEvent copy = made_[i];
      copy.told += 1s + up_to(5min);
      copy.again = true;
      if (copy.truth != Truth::none) copy.truth = Truth::duplicate;
      made_.push_back(std::move(copy));
    }
  }

  // To the number that is promised, with what is expected to fail.
  void fill_up() {
    const auto is_failure = [](const MadeEvent& one) { return one.truth != Truth::none; };
    auto failures = static_cast<std::size_t>(std::ranges::count_if(made_, is_failure));
    for (; failures < kMadeFailures; ++failures) {
      const Pipeline of =
          pipeline(one_of(kProjects), "wip/" + word_of(random_() % 100), working_hour(kMadeDay), "push");
      end(of, one_of(kUsual), of.start + 1min, Truth::expected);
    }
  }

  std::mt19937_64 random_;
  std::int64_t pipelines_ = 0, jobs_ = 0;
  MadeDay day_;
  std::vector<MadeEvent> made_;
  std::vector<Breakage> breakages_;
  std::map<std::pair<std::string, std::string>, double> flakiness_;
};

}  // namespace

MadeDay make_day(std::uint64_t seed) {
  return DayMaker{seed}.make();
}

}  // namespace runneriq::alerting
