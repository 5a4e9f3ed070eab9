#include "simulation/dispatch.hpp"

#include "simulation/gate_desk.hpp"
#include "simulation/host.hpp"
#include "simulation/meter.hpp"
#include "simulation/random.hpp"
#include "simulation/waiting_jobs.hpp"

#include <algorithm>
#include <queue>
#include <tuple>
#include <vector>

namespace runneriq::simulation {
namespace {

constexpr std::uint64_t kPhaseStream = 21;

// In the order in which events of one moment happen.
enum class What { end, arrival, phantom_leaves, write, runner_poll, look, poll };

struct Event {
  Duration at{};
  What what{};
  std::uint64_t number = 0;  // of equal ones the older first
  std::size_t subject = 0;   // job or host
  std::optional<std::size_t> cut = {};

  friend bool operator>(const Event& a, const Event& b) {
    return std::tie(a.at, a.what, a.number) > std::tie(b.at, b.what, b.number);
  }
};

class Run {
 public:
  Run(const Jobs& jobs, const Rules& rules, Policy policy, std::uint64_t seed, const WriteWatch& watch)
      : jobs_(jobs), rules_(rules), policy_(policy), watch_(watch), waiting_(jobs, rules.lanes, policy) {
    make_hosts(seed);
    if (policy == Policy::gate) desk_.emplace(jobs, rules.lanes, rules.fleet, rules.steering);
    outcome_.jobs.resize(jobs.size());
    left_ = static_cast<std::size_t>(
        std::count_if(jobs.begin(), jobs.end(), [](const auto& job) { return !job.phantom_for; }));
  }

  RunOutcome go() {
    if (jobs_.empty()) return outcome_;
    meter_.begin(jobs_.front().arrived);
    await_arrival();
    while (left_ > 0 && !events_.empty()) {
      const Event event = events_.top();
      events_.pop();
      meter_.advance(event.at, standing_);
      handle(event);
    }
    return finished();
  }

 private:
  void make_hosts(std::uint64_t seed) {
    Random random{seed, kPhaseStream};
    FleetModel fleet = rules_.fleet;
    if (policy_ == Policy::strict) fleet.runner_poll = Duration::zero();
    for (std::size_t i = 0; i < static_cast<std::size_t>(fleet.hosts); ++i) {
      hosts_.emplace_back(i, fleet, rules_.lanes, some_of(random, fleet.runner_poll));
      count_free(hosts_.back(), fleet.slots);
    }
    standing_.slots = fleet.hosts * fleet.slots;
    written_.resize(hosts_.size());
    phase_ = some_of(random, rules_.steering.poll);
  }

  static Duration some_of(Random& random, Duration whole) {
    return whole > Duration::zero()
               ? Duration{static_cast<std::int64_t>(random.below(static_cast<std::uint64_t>(whole.count())))}
               : Duration::zero();
  }

  void put(Duration at, What what, std::size_t subject, std::optional<std::size_t> cut = {}) {
    events_.push({at, what, ++events_so_far_, subject, cut});
  }

  void handle(const Event& event) {
    now_ = event.at;
    switch (event.what) {
      case What::arrival:
        return arrive(event.subject);
      case What::end:
        return end(event.subject);
      case What::phantom_leaves:
        return leave(event.subject);
      case What::write:
        return write(hosts_[event.subject], event.cut);
      case What::runner_poll:
        return poll(hosts_[event.subject]);
      case What::look:
        look_is_due_ = false;
        return look();
      case What::poll:
        poll_is_due_ = false;
        await_look();
        if (!desk_->is_idle()) await_poll();
    }
  }

  // ---- jobs -----------------------------------------------------------------------------

  void await_arrival() {
    if (arrived_ < jobs_.size()) put(jobs_[arrived_].arrived, What::arrival, arrived_);
  }

  void arrive(std::size_t job) {
    ++arrived_;
    await_arrival();
    if (desk_) desk_->arrived(job);
    if (jobs_[job].phantom_for) {
      put(now_ + *jobs_[job].phantom_for, What::phantom_leaves, job);
    } else {
      waiting_.add(job);
      count_waiting(job, 1);
      for (Host& host : hosts_) await_runner_poll(host, host.poll_from(now_));
    }
    hint();
  }

  void leave(std::size_t job) {
    if (desk_) desk_->gone(job);
    hint();
  }

  void end(std::size_t job) {
    Host& host = hosts_[outcome_.jobs[job].host];
    outcome_.jobs[job].finished = now_;
    --left_;
    host.finish(job);
    count_free(host, 1);
    if (desk_) desk_->ended(job, host.index());
    start_released(host);
    await_runner_poll(host, host.poll_from(now_));
  }

  void start_released(Host& host) {
    for (const std::size_t job : host.release(now_)) {
      outcome_.jobs[job].started = now_;
      count_waiting(job, -1);
      count_free(host, -1);
      put(now_ + jobs_[job].length, What::end, job);
    }
  }

  // ---- runners --------------------------------------------------------------------------

  // A poll that finds nothing changes nothing, so only those that do are events.
  void await_runner_poll(Host& host, Duration at) {
    if (host.poll_is_due || !host.asks_for_jobs() || !waiting_.next_for(host.traits())) return;
    host.poll_is_due = true;
    put(at, What::runner_poll, host.index());
  }

  void poll(Host& host) {
    host.poll_is_due = false;
    const auto job = waiting_.next_for(host.traits());
    if (!job) return;
    take(host, *job);
    await_runner_poll(host, host.poll_after(now_));
  }

  void take(Host& host, std::size_t job) {
    waiting_.remove(job);
    outcome_.jobs[job].host = host.index();
    outcome_.jobs[job].cut = written_[host.index()].cut;
    host.accept(job, jobs_[job], now_);
    if (desk_) desk_->taken(job, host.index(), now_);
    start_released(host);
    hint();
  }

  // ---- the gate -------------------------------------------------------------------------

  void hint() {
    if (!desk_) return;
    await_poll();
    if (rules_.steering.webhooks) await_look();
  }

  void await_look() {
    if (look_is_due_) return;
    look_is_due_ = true;
    put(now_ + rules_.steering.reaction - acting(), What::look, 0);
  }

  [[nodiscard]] Duration acting() const { return std::min(rules_.steering.acting, rules_.steering.reaction); }

  void await_poll() {
    if (poll_is_due_) return;
    poll_is_due_ = true;
    const Duration every = rules_.steering.poll;
    const auto polls = now_ < phase_ ? 0 : (now_ - phase_) / every + 1;
    put(phase_ + polls * every, What::poll, 0);
  }

  void look() {
    const SteeringModel& steering = rules_.steering;
    ++outcome_.totals.looks;
    const Duration first = now_ + acting();
    std::size_t number = 0;
    for (const CutWrite& write : desk_->look(now_)) {
      const auto round = static_cast<std::int64_t>(number++ / steering.writes_at_once);
      Written& of = written_[write.host];
      of.last = std::max(of.last, first + round * steering.write_time);
      put(of.last, What::write, write.host, write.cut);
    }
  }

  void write(Host& host, std::optional<std::size_t> cut) {
    ++outcome_.totals.writes;
    host.put_cut(cut);
    written_[host.index()].cut = cut;
    if (watch_) watch_(now_, host.index(), cut);
    await_runner_poll(host, host.poll_from(now_));
  }

  // ---- sums -----------------------------------------------------------------------------

  void count_free(const Host& host, int slots) {
    (host.takes_special() ? standing_.free_special : standing_.free_general) += slots;
  }
  void count_waiting(std::size_t job, int jobs) {
    std::size_t& count =
        jobs_[job].pool == PoolKind::special ? standing_.waiting_special : standing_.waiting_general;
    count = static_cast<std::size_t>(static_cast<std::int64_t>(count) + jobs);
  }

  RunOutcome finished() {
    RunTotals totals = meter_.totals();
    totals.writes = outcome_.totals.writes;
    totals.looks = outcome_.totals.looks;
    totals.refused_cuts = desk_ ? desk_->refused_cuts() : 0;
    outcome_.totals = totals;
    return std::move(outcome_);
  }

  struct Written {
    Duration last{};  // when the last write to it takes effect
    std::optional<std::size_t> cut;
  };

  const Jobs& jobs_;
  const Rules& rules_;
  Policy policy_;
  const WriteWatch& watch_;
  WaitingJobs waiting_;
  std::vector<Host> hosts_;
  std::vector<Written> written_;  // by host
  std::optional<GateDesk> desk_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  std::uint64_t events_so_far_ = 0;
  Duration now_{}, phase_{};
  std::size_t arrived_ = 0, left_ = 0;
  bool look_is_due_ = false, poll_is_due_ = false;
  Standing standing_;
  Meter meter_;
  RunOutcome outcome_;
};

}  // namespace

RunOutcome dispatch(const Jobs& jobs, const Rules& rules, Policy policy, std::uint64_t seed,
                    const WriteWatch& watch) {
  return Run{jobs, rules, policy, seed, watch}.go();
}

}  // namespace runneriq::simulation
