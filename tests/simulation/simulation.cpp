#include "tests/simulation/simulation.hpp"

#include <algorithm>
#include <memory>
#include <utility>

namespace runneriq::scheduler::sim {
namespace {

using namespace std::chrono_literals;

constexpr int kTicksToDrain = 90;  // beside those for the work that there is

class Player {
 public:
  explicit Player(const Script& script) : script_(script) {
    world_.add_runner(1, {"docker"}, true);
    world_.add_runner(2, {"docker", "user-0"}, true);
    world_.add_runner(3, {"docker"}, true);
    world_.add_runner(4, {"docker", "gpu"}, true, false);
    world_.add_runner(5, {"gpu"}, true, false);
    world_.add_runner(6, {"docker"}, false);
    for (int i = 0; i < script.daemons; ++i) {
      daemons_.push_back(std::make_unique<Daemon>(world_, i, script.mutant));
      daemons_.back()->alone = script.daemons == 1;
    }
    world_.is_on_record = [this](RunnerId id) {
      const auto& rest = daemons_[0]->disk.image.at_rest;
      return std::ranges::any_of(rest, [&](const auto& entry) { return entry.first.runner == id; });
    };
    if (script.daemons > 1) {
      world_.has_one_daemon = false;
      world_.memory_lost();
      daemons_[0]->other_steps = [this] { nested(1); };
      daemons_[1]->other_steps = [this] { nested(0); };
    }
    if (script.mutant == Mutant::writes_in_advisory) daemons_[0]->set_mode(std::nullopt);
  }

  Played run() {
    for (const Event& event : script_.events) play(event);
    end();
    return {.violations = std::move(world_.violations),
            .trace = std::move(world_.trace),
            .effects = std::move(effects_),
            .counts = world_.counts};
  }

 private:
  Daemon& daemon(int number) { return *daemons_[static_cast<std::size_t>(number) % daemons_.size()]; }

  void nested(int number) {
    if (is_nested_) return;
    is_nested_ = true;
    (void)daemon(number).step(Look::fresh);
    is_nested_ = false;
  }

  void tick(int number, Look look) {
    world_.pass(kSweep);
    (void)daemon(number).step(look);
    effects_.push_back(daemon(number).effects());
  }

  void play(const Event& event) {
    Daemon& its = daemon(event.a);
    switch (event.what) {
      case What::job:
      case What::phantom_job:
        return world_.add_job(event.a == 6 ? std::nullopt : std::optional(event.a), event.b,
                              std::chrono::seconds{event.c}, event.what == What::phantom_job);
      case What::tick:
        return tick(event.a, static_cast<Look>(event.b));
      case What::pass:
        return world_.pass(std::chrono::seconds{event.a});
      case What::arm:
        return its.arms.push_back({event.b, static_cast<Fault>(event.c), event.d});
      case What::edit:
        return world_.edit(event.a, static_cast<Edit>(event.b), event.c);
      case What::jump:
        world_.note("the clock of daemon " + std::to_string(event.a) + " jumps by " +
                    std::to_string(event.b) + " s");
        its.set_clock(std::chrono::seconds{event.b});
        for (auto& [id, runner] : world_.runners) runner.left_alone_until.reset();
        return;
      case What::fleet:
        return change_fleet(event);
      case What::disk:
        (event.b < 2 ? its.disk.store_fails : its.disk.audit_fails) = event.b % 2 == 0;
        return;
      case What::token:
        world_.token_is_valid = event.a == 1;
        return;
      case What::kill_switch:
        its.killed_by_file = event.b == 1;
        return;
      case What::restart:
        return its.kill();
      case What::save_image:
        its.saved = its.disk.image;
        return;
      case What::old_image:
        return put_back(its, its.saved);
      case What::lose_state:
        return put_back(its, {});
      case What::mode:
        world_.note("mode " + std::to_string(event.b));
        if (event.b == 0) return its.set_mode(std::nullopt);
        return its.set_mode(event.b == 1 ? TrustMode::supervised : TrustMode::autonomous);
      case What::decide:
        return its.decide_proposals({.approve = event.b > 0,
                                     .standing = event.b == 2 ? std::optional<Duration>(1h) : std::nullopt,
                                     .by = "user:alice"});
      case What::stop:
        (void)its.revert_all();
        return;
    }
  }

  void put_back(Daemon& its, DiskImage image) {
    world_.note("the state file is put back or lost");
    its.kill();
    its.disk.image = std::move(image);
    world_.memory_lost();
    memory_was_lost_ = true;
  }

  void change_fleet(const Event& event) {
    const auto found = world_.runners.find(RunnerId{event.a});
    if (found == world_.runners.end()) return;
    SimRunner& runner = found->second;
    world_.note("runner " + std::to_string(event.a) + " changes: " + std::to_string(event.b));
    if (event.b < 2) runner.online = event.b == 1;
    if (event.b == 2 || event.b == 3) runner.paused = event.b == 2;
    if (event.b == 4) runner.gone = true;
    if (runner.gone) {
      for (SimJob& job : world_.jobs) {
        if (job.runner == runner.id) job.ends = world_.now;
      }
    }
  }

  // ---- the end ----------------------------------------------------------------------------

  void end() {
    const std::size_t before = world_.violations.size();
    world_.token_is_valid = true;
    for (auto& one : daemons_) {
      one->arms.clear();
      one->disk.store_fails = one->disk.audit_fails = one->killed_by_file = false;
    }
    if (script_.daemons > 1) daemons_[1]->kill();
    world_.note("the trouble is over");
    const bool advisory = !daemon(0).executes();
    if (script_.ending == Ending::nobody_comes_back) {
      daemon(0).kill();
      drain([this] { world_.pass(kSweep); });
      return;
    }
    if (script_.ending == Ending::sweeps_blindly && !memory_was_lost_ && script_.daemons == 1 && !advisory)
      return end_blindly();
    if (advisory) {
      if (script_.mutant != Mutant::none) return;
      daemon(0).set_mode(TrustMode::autonomous);
    }
    drain([this] { tick(0, Look::fresh); });
    world_.cancel_pending();
    const auto sweeps = (kTtl + kSweep + kLongestCall) / kSweep + 1;
    for (int i = 0; i < sweeps; ++i) {
      tick(0, Look::fresh);
      if (world_.late.empty() && i > 2) break;
    }
    tick(0, Look::fresh);
    if (world_.violations.size() == before) check_at_rest(false);
  }

  // Only what the state file says is known of the fleet.
  void end_blindly() {
    daemon(0).kill();
    world_.cancel_pending();
    world_.pass(kTtl + kLongestCall);
    for (int i = 0; i < sweeps_until_over(); ++i) tick(0, Look::nothing);
    check_at_rest(true);
  }

  // A clock that was set back while nobody was there lets a lease live for a TTL of the next process: what is
  // on record knows no other clock.
  int sweeps_until_over() const {
    const bool set_back = std::ranges::any_of(
        script_.events, [](const Event& event) { return event.what == What::jump && event.b < 0; });
    return set_back ? static_cast<int>(kTtl / kSweep) + 2 : 3;
  }

  template <class Wait>
  void drain(Wait wait) {
    Duration work{};
    for (const SimJob& job : world_.jobs) work += job.length;
    const auto bound = kTicksToDrain + static_cast<int>(work / kSweep);
    for (int i = 0; i < bound && waits(); ++i) wait();
    if (!waits()) return;
    for (const SimJob& job : world_.jobs) {
      if (!job.runner && world_.could_be_taken_at_rest(job))
        world_.violate("nothing waits for ever", "job " + std::to_string(job.id.value()));
    }
  }

  bool waits() const {
    return std::ranges::any_of(
        world_.jobs, [&](const SimJob& job) { return !job.runner && world_.could_be_taken_at_rest(job); });
  }

  void check_at_rest(bool blindly) {
    for (const auto& [id, runner] : world_.runners) {
      if (runner.gone) continue;
      const TagSet ours = ours_but_marker(runner.tags);
      if (!is_marked(runner.tags) && (runner.unknowable || runner.rest.contains(ours))) continue;
      // What was released before a late call reached it is seen again as soon as there is a list of the
      // fleet.
      if (blindly && !world_.is_on_record(id)) continue;
      std::string all;
      for (const TagSet& rest : runner.rest) all += words(rest);
      world_.violate("at rest in the end", "runner " + std::to_string(id.value()) + " has " +
                                               words(runner.tags) + ", rest is one of " + all);
    }
    world_.check_users();
  }

  static std::string words(const TagSet& tags) { return sim::words(tags); }

  const Script& script_;
  World world_;
  std::vector<std::unique_ptr<Daemon>> daemons_;
  std::vector<int> effects_;
  bool is_nested_ = false;
  bool memory_was_lost_ = false;
};

}  // namespace

bool Played::breaks(const std::string& law) const {
  return std::ranges::find(violations, law, &Violation::law) != violations.end();
}

Played play(const Script& script) {
  return Player(script).run();
}

Script shrunk(Script script) {
  const Played first = play(script);
  if (first.violations.empty()) return script;
  const std::string law = first.violations.front().law;
  for (std::size_t piece = std::max<std::size_t>(script.events.size() / 2, 1); piece > 0;
       piece = piece == 1 ? 0 : piece / 2) {
    for (std::size_t at = 0; at < script.events.size();) {
      Script smaller = script;
      const auto from = smaller.events.begin() + static_cast<std::ptrdiff_t>(at);
      const auto count = std::min(piece, smaller.events.size() - at);
      smaller.events.erase(from, from + static_cast<std::ptrdiff_t>(count));
      if (play(smaller).breaks(law)) {
        script = std::move(smaller);
      } else {
        at += piece;
      }
    }
  }
  return script;
}

}  // namespace runneriq::scheduler::sim
