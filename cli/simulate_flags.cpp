#include "cli/simulate_flags.hpp"

#include "cli/shared_flags.hpp"
#include "core/option.hpp"
#include "core/printable.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace runneriq::cli {
namespace {

using simulation::Arrivals;
using simulation::Policy;

constexpr std::array kFlags{
    kOutputFlag,
    FlagRow{"--load", "LIST", "Work that comes per slot, such as 0.8 (default) or 0.7,0.8,0.9,0.95."},
    FlagRow{"--arrivals", "poisson|batches|pipelines|diurnal|day",
            "How jobs come: singly (default), in pipelines of six on average, of exactly six, singly with a "
            "swing of 60 % over the day, or as the working days of a team with 200 jobs each."},
    FlagRow{"--jobs", "N", "Jobs of each seed; 20000 unless told."},
    FlagRow{"--seeds", "N", "Simulate with so many seeds; 4 unless told."},
    FlagRow{"--first-seed", "N", "The first of them; 1 unless told. The same seed gives the same jobs."},
    FlagRow{"--trace", "FILE",
            "Take the jobs from a CSV file with the columns arrived, duration, class and, if there are, "
            "expected, lane, pipeline, pool."},
    FlagRow{"--hosts", "N", "Runners; 10 unless told."},
    FlagRow{"--slots", "N", "Slots of each runner; 1 unless told."},
    FlagRow{"--window", "N", "Jobs that a host accepts beyond its slots and orders itself; 0 unless told."},
    FlagRow{"--special", "N",
            "So many of the runners have a tag that a tenth of the jobs ask for; they also take the others."},
    FlagRow{"--policy", "LIST",
            "What to compare: fifo (GitLab alone), strict (by class, at once), gate; all unless told."},
    FlagRow{"--lanes", "N", "Lanes below critical and high, by expected duration; 3 unless told."},
    FlagRow{"--per-pipeline", "", "One lane for all jobs of a pipeline, by its expected work."},
    FlagRow{"--unlaned", "SHARE", "Share of the jobs below HIGH without a lane, 0 to 1."},
    FlagRow{"--phantoms", "N", "Critical jobs that GitLab gives to nobody, each pending for 4 hours."},
    FlagRow{"--reaction", "DURATION", "From an event to its effect in GitLab; 15s unless told."},
    FlagRow{"--no-webhooks", "", "Events are only found by polls; the reaction comes on top."},
    FlagRow{"--poll", "DURATION", "Of the scheduler; 30s unless told."},
    FlagRow{"--runner-poll", "DURATION", "Of each runner; 3s unless told."},
    FlagRow{"--cuts-per-minute", "N", "Write budget; 30 unless told. Two thirds of it may be cut at once."},
    FlagRow{"--with-assigner", "",
            "Decide with analyzer and assigner in each tick, as the daemon does; several times slower."},
    FlagRow{"--plot", "FILE", "Draw the waits by class as SVG."},
};

// ---- values -------------------------------------------------------------------------------

// Takes what a flag says, remembers the first that is wrong and then takes no more.
class Values {
 public:
  explicit Values(const Invocation& invocation) : invocation_(invocation) {}

  void whole(std::string_view flag, int lowest, int highest, int& target) {
    take(
        flag, [&](std::string_view text) { return parse_whole(text, lowest, highest); }, target);
  }
  void decimal(std::string_view flag, double lowest, double highest, double& target) {
    take(
        flag, [&](std::string_view text) { return parse_decimal(text, lowest, highest); }, target);
  }
  void duration(std::string_view flag, Duration lowest, Duration& target) {
    take(
        flag, [&](std::string_view text) { return duration_from(text, lowest); }, target);
  }
  template <class Parse, class Target>
  void take(std::string_view flag, const Parse& parse, Target& target) {
    if (error_ || !invocation_.has(flag)) return;
    auto value = parse(invocation_.value(flag));
    if (!value) {
      error_ = std::move(value.error()).within(flag);
    } else {
      target = std::move(*value);
    }
  }
  [[nodiscard]] const std::optional<Error>& error() const { return error_; }

 private:
  static Result<Duration> duration_from(std::string_view text, Duration lowest) {
    constexpr Duration kLongest = std::chrono::hours{24};
    const auto duration = parse_duration(text);
    if (!duration || (*duration >= lowest && *duration <= kLongest)) return duration;
    return fail(Errc::invalid_argument, "a duration from " + runneriq::to_text(lowest) +
                                            " to 24h is expected, not " + quoted_text(text));
  }

  const Invocation& invocation_;
  std::optional<Error> error_;
};

std::vector<std::string_view> list_of(std::string_view text) {
  std::vector<std::string_view> items;
  for (;;) {
    const std::size_t end = std::min(text.find(','), text.size());
    items.push_back(text.substr(0, end));
    if (end == text.size()) return items;
    text.remove_prefix(end + 1);
  }
}

Result<std::vector<double>> loads_from(std::string_view text) {
  std::vector<double> loads;
  for (const std::string_view item : list_of(text)) {
    const auto load = parse_decimal(item, 0.01, 1.5);
    if (!load) return fail(load.error());
    loads.push_back(*load);
  }
  return loads;
}

Result<std::vector<Policy>> policies_from(std::string_view text) {
  std::vector<Policy> policies;
  for (const std::string_view item : list_of(text)) {
    const auto wanted = [&](Policy policy) { return to_text(policy) == item; };
    constexpr std::array kPolicies{Policy::fifo, Policy::strict, Policy::gate};
    const auto found = std::ranges::find_if(kPolicies, wanted);
    if (found == kPolicies.end()) {
      return fail(Errc::invalid_argument, "there are fifo, strict and gate, not " + quoted_text(item));
    }
    if (std::ranges::find(policies, *found) == policies.end()) policies.push_back(*found);
  }
  return policies;
}

Result<Arrivals> arrivals_from(std::string_view text) {
  for (const Arrivals arrivals :
       {Arrivals::poisson, Arrivals::batches, Arrivals::pipelines, Arrivals::diurnal, Arrivals::day}) {
    if (to_text(arrivals) == text) return arrivals;
  }
  return fail(Errc::invalid_argument, "unknown arrivals " + quoted_text(text));
}

// ---- parts --------------------------------------------------------------------------------

void take_load(Values& values, SimulationRequest& request) {
  simulation::LoadModel& load = request.scenario.load;
  load.jobs = 20'000;
  values.take("--arrivals", arrivals_from, load.arrivals);
  values.take("--load", loads_from, request.loads);
  values.whole("--jobs", 1, 10'000'000, load.jobs);
  values.whole("--seeds", 1, 1000, request.seeds.count);
  int first = 1;
  values.whole("--first-seed", 0, 1'000'000'000, first);
  request.seeds.first = static_cast<std::uint64_t>(first);
  values.decimal("--unlaned", 0, 1, request.scenario.lanes.unlaned);
  values.whole("--phantoms", 0, 1000, request.scenario.phantoms);
}

void take_fleet(Values& values, SimulationRequest& request) {
  simulation::FleetModel& fleet = request.scenario.fleet;
  values.whole("--hosts", 1, 10'000, fleet.hosts);
  values.whole("--slots", 1, 1000, fleet.slots);
  values.whole("--window", 0, 1000, fleet.window);
  values.whole("--special", 1, fleet.hosts, fleet.special_hosts);
  values.duration("--runner-poll", Duration::zero(), fleet.runner_poll);
  request.scenario.load.slots = fleet.hosts * fleet.slots;
  if (fleet.special_hosts > 0) request.scenario.load.special_share = 0.1;
}

void take_steering(Values& values, SimulationRequest& request) {
  simulation::SteeringModel& steering = request.scenario.steering;
  values.duration("--reaction", Duration::zero(), steering.reaction);
  values.duration("--poll", std::chrono::seconds{1}, steering.poll);
  int cuts = static_cast<int>(steering.cuts_per_minute);
  values.whole("--cuts-per-minute", 1, 10'000, cuts);
  steering.cuts_per_minute = static_cast<std::size_t>(cuts);
  steering.gate.most_cut = steering.cuts_per_minute * 2 / 3;
  values.whole("--lanes", 1, 40, request.scenario.lanes.duration_lanes);
  values.take("--policy", policies_from, request.policies);
}

void take_switches(const Invocation& invocation, SimulationRequest& request) {
  simulation::Scenario& scenario = request.scenario;
  scenario.steering.webhooks = !invocation.has("--no-webhooks");
  if (invocation.has("--with-assigner")) scenario.steering.deciding = simulation::Deciding::assigner;
  if (invocation.has("--per-pipeline")) scenario.lanes.basis = simulation::LaneBasis::pipeline;
  request.trace_file = invocation.value("--trace");
  request.plot_file = invocation.value("--plot");
}

std::optional<Error> contradiction(const Invocation& invocation) {
  constexpr std::array kOfGeneratedLoad{"--load", "--arrivals", "--jobs"};
  for (const std::string_view flag : kOfGeneratedLoad) {
    if (invocation.has("--trace") && invocation.has(flag)) {
      return Error{Errc::invalid_argument,
                   std::string(flag) + " is about generated load; --trace brings its own jobs"};
    }
  }
  if (invocation.value("--arrivals") == "day" && invocation.has("--load")) {
    return Error{Errc::invalid_argument,
                 "--load means nothing to --arrivals day, which brings 200 jobs a day"};
  }
  return {};
}

}  // namespace

std::span<const FlagRow> simulate_flags() {
  return kFlags;
}

std::string_view to_text(Arrivals arrivals) {
  switch (arrivals) {
    case Arrivals::poisson:
      return "poisson";
    case Arrivals::batches:
      return "batches";
    case Arrivals::pipelines:
      return "pipelines";
    case Arrivals::diurnal:
      return "diurnal";
    case Arrivals::day:
      return "day";
  }
  return "";
}

std::string_view to_text(Policy policy) {
  switch (policy) {
    case Policy::fifo:
      return "fifo";
    case Policy::strict:
      return "strict";
    case Policy::gate:
      return "gate";
  }
  return "";
}

Result<SimulationRequest> simulation_of(const Invocation& invocation) {
  if (auto error = contradiction(invocation)) return fail(std::move(*error));
  SimulationRequest request{.scenario = {},
                            .loads = {0.8},
                            .policies = {Policy::fifo, Policy::strict, Policy::gate},
                            .seeds = {},
                            .trace_file = {},
                            .plot_file = {}};
  Values values{invocation};
  take_load(values, request);
  take_fleet(values, request);
  take_steering(values, request);
  take_switches(invocation, request);
  if (values.error()) return fail(*values.error());
  return request;
}

}  // namespace runneriq::cli
