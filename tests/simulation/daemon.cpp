#include "tests/simulation/daemon.hpp"

#include "core/tag_names.hpp"
#include "scheduler/advisor.hpp"
#include "scheduler/tick.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::scheduler::sim {
namespace {

using namespace std::chrono_literals;
constexpr Duration kCall = 20ms;

}  // namespace

Daemon::Daemon(World& world, int number, Mutant mutant)
    : disk([this](const std::string& what, const std::function<void()>& act) { effect(what, act); }),
      world_(world),
      number_(number),
      mutant_(mutant) {
  disk.true_time = [this] { return world_.now; };
  disk.forgets_leases = mutant == Mutant::forgets_intents;
  disk.forgets_audit = mutant == Mutant::audit_lies;
  disk.refreshes_leases = mutant == Mutant::leases_refreshed_at_start;
  disk.hides_leases = mutant == Mutant::no_sweep;
}

Moment Daemon::now() const {
  if (frozen_) return *frozen_;
  return {.wall = world_.now + wall_offset_, .steady = world_.now.time_since_epoch() + 1h};
}

void Daemon::set_clock(Duration by) {
  wall_offset_ += by;
  was_set_back_ = was_set_back_ || by < Duration::zero();
}

SteeringSettings Daemon::settings() const {
  SteeringSettings settings;
  settings.gate.phantom_after = mutant_ == Mutant::no_phantom_rule ? Duration{24h} : Duration{30s};
  settings.gate.most_cut = kMostCut;
  settings.cuts_per_minute = mutant_ == Mutant::no_budget ? 1000 : kCutsPerMinute;
  if (mutant_ == Mutant::no_left_alone) settings.leases.left_alone = Duration{};
  settings.trust.options.mode = mode_;
  settings.trust.execute = executes_ || mutant_ == Mutant::writes_in_advisory;
  settings.digest = [](std::string_view text) { return std::to_string(std::hash<std::string_view>{}(text)); };
  return settings;
}

void Daemon::start() {
  world_.note("daemon " + std::to_string(number_) + " starts");
  if (mutant_ == Mutant::clock_stands_still && !frozen_) frozen_ = now();
  if (disk.store_fails) world_.memory_lost();
  // What is on record knows no other clock: it may live for a TTL of this process.
  if (was_set_back_) bound_from_ = world_.now;
  changes_.clear();
  clean_in_a_row_ = 0;
  postponed_.clear();
  steering_ = std::make_unique<BridgeSteering>(
      settings(), BridgePorts{.gitlabs = {{GitLabUrl{std::string(kGitLab)}, this}},
                              .store = &disk,
                              .audit = &disk,
                              .now = [this] { return now(); },
                              .stopped_by_kill_switch = [this] { return killed_by_file; }});
}

void Daemon::set_mode(std::optional<TrustMode> mode) {
  executes_ = mode.has_value();
  mode_ = mode.value_or(TrustMode::autonomous);
  kill();
}

void Daemon::decide_proposals(Verdict verdict) {
  TrustTerms terms = settings().trust;
  for (Proposal& proposal : disk.image.proposals) {
    if (proposal.state != Proposal::State::open) continue;
    if (auto done = decided(proposal, verdict, terms, now().wall)) proposal = *done;
  }
}

// ---- effects ------------------------------------------------------------------------------

void Daemon::effect(const std::string& what, const std::function<void()>& act) {
  ++world_.counts.effects;
  strike(true);
  act();
  world_.check_users();
  world_.note("daemon " + std::to_string(number_) + " effect " + std::to_string(effect_) + ": " + what);
  strike(false);
  ++effect_;
  world_.pass(kCall);
}

void Daemon::strike(bool before) {
  for (std::size_t at = 0; at < arms.size(); ++at) {
    const Arm arm = arms[at];
    const bool after_only = arm.fault == Fault::crash_after;
    const bool any = arm.fault <= Fault::other_steps;
    if (!any || arm.effect != effect_ || before == after_only) continue;
    arms.erase(arms.begin() + static_cast<std::ptrdiff_t>(at--));
    disturbed_ = true;
    switch (arm.fault) {
      case Fault::stop:
        world_.note("daemon " + std::to_string(number_) + " is stopped for " + std::to_string(arm.number) +
                    " s");
        world_.pass(std::chrono::seconds{arm.number});
        break;
      case Fault::edit:
        world_.edit(arm.number / 100, static_cast<Edit>(arm.number / 10 % 10), arm.number % 10);
        break;
      case Fault::other_steps:
        if (other_steps) other_steps();
        break;
      default:
        throw Crash{};
    }
  }
}

std::optional<Arm> Daemon::take_arm(std::initializer_list<Fault> faults) {
  const auto found = std::ranges::find_if(arms, [&](const Arm& arm) {
    return arm.effect <= effect_ && std::ranges::find(faults, arm.fault) != faults.end();
  });
  if (found == arms.end()) return std::nullopt;
  const Arm arm = *found;
  arms.erase(found);
  disturbed_ = true;
  return arm;
}

// ---- a step -------------------------------------------------------------------------------

bool Daemon::run(const std::function<void()>& act) {
  effect_ = 0;
  ++steps_;
  ++world_.counts.steps;
  if (world_.now - last_step_ > kSweep + 5s) clean_in_a_row_ = 0;
  last_step_ = world_.now;
  disturbed_ = disk.store_fails || disk.audit_fails || !world_.token_is_valid || !world_.late.empty();
  const auto edits = world_.counts.edits;
  const auto late = world_.counts.late;
  try {
    if (!is_alive()) start();
    act();
  } catch (const Crash&) {
    world_.note("daemon " + std::to_string(number_) + " crashes");
    ++world_.counts.crashes;
    disturbed_ = true;
    kill();
  }
  arms.clear();
  disturbed_ = disturbed_ || edits != world_.counts.edits || late != world_.counts.late;
  return !disturbed_;
}

bool Daemon::step(Look look) {
  fresh_ = look == Look::fresh;
  const bool calm = run([&] {
    if (look == Look::nothing) {
      report_ = steering_->step_without_tick();
      return;
    }
    FleetSnapshot fleet = snapshot();
    FleetSnapshot newest = fleet;
    if (look == Look::stale && last_) {
      const Duration age = fleet.now - last_->now;
      fleet = *last_;
      for (FleetRunner& runner : fleet.runners) runner.age += age;
      for (PendingJob& job : fleet.jobs) job.age += age;
      fleet.now = newest.now;
    } else {
      last_ = std::move(newest);
    }
    if (look == Look::no_jobs) {
      fleet.jobs.clear();
      fleet.running.clear();
    }
    steering_->put_at_rest(fleet);
    RulesAdvisor advisor;
    Tick tick;
    tick.now = fleet.now;
    tick.decisions = decide(fleet, TickRules{}, Depth::full, advisor);
    tick.snapshot = std::move(fleet);
    report_ = steering_->step(tick);
  });
  if (calm) was_set_back_ = false;
  if (calm && alone && executes_) {
    for (const Lease& lease : report_.leases) {
      const auto on = world_.runners.find(lease.runner.runner);
      if (on != world_.runners.end()) judge_bound(on->second, lease);
    }
  }
  const bool clean = calm && fresh_ && alone && executes_;
  if (clean) leave_alone();
  clean_in_a_row_ = clean ? clean_in_a_row_ + 1 : 0;
  if (clean) judge_settled();
  return clean;
}

bool Daemon::revert_all() {
  fresh_ = false;
  const bool calm = run([&] { report_ = steering_->revert_all("the program ends"); });
  kill();
  return calm;
}

}  // namespace runneriq::scheduler::sim
