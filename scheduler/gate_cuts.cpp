#include "scheduler/gate_cuts.hpp"

#include "scheduler/gate_free_times.hpp"
#include "scheduler/gate_words.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <tuple>
#include <utility>

namespace runneriq::scheduler {
namespace {

// Of what may keep a runner open the later one is said.
int weight(OpenBecause reason) {
  constexpr std::array kLightestFirst{
      OpenBecause::nothing_waits,   OpenBecause::old_data,   OpenBecause::short_wait,  OpenBecause::phantom,
      OpenBecause::free_or_elastic, OpenBecause::left_alone, OpenBecause::not_approved};
  return static_cast<int>(std::find(kLightestFirst.begin(), kLightestFirst.end(), reason) -
                          kLightestFirst.begin());
}

bool may_be_cut_anew(const GatedRunner& runner) {
  return !runner.has_free_slot && !runner.is_elastic && !runner.gate->left_alone;
}

using WaitersOfLanes = std::vector<std::vector<const Waiter*>>;  // by rank

WaitersOfLanes by_rank(std::span<const Waiter> waiters, std::size_t lanes) {
  WaitersOfLanes by_rank(lanes);
  for (const Waiter& waiter : waiters) by_rank[waiter.rank].push_back(&waiter);
  return by_rank;
}

class Chooser {
 public:
  explicit Chooser(const CutGround& ground)
      : ground_(ground), undecided_(ground.fleet.nobody()), asked_(ground.fleet.nobody()) {
    choice_.open_because.assign(fleet().size(), OpenBecause::nothing_waits);
    for (std::size_t row = 0; row < fleet().size(); ++row) {
      if (const auto because = ground.kept_open[row]) {
        choice_.open_because[row] = *because;
      } else if (fleet().at(row).last_lane) {
        undecided_.add(row);
      }
    }
    find_causes_in_force();
  }

  CutChoice run() {
    const WaitersOfLanes waiters = by_rank(ground_.waiters, ground_.lanes.size());
    for (std::size_t lane = 0; lane < waiters.size(); ++lane) {
      if (waiters[lane].empty()) continue;
      begin(lane);
      offer_causes_in_force(lane);
      for (const Waiter* waiter : waiters[lane]) offer(*waiter);
      end();
    }
    return std::move(choice_);
  }

 private:
  [[nodiscard]] const GateFleet& fleet() const { return ground_.fleet; }
  [[nodiscard]] const PendingJob& job_of(const Waiter& waiter) const {
    return ground_.input.fleet.jobs[waiter.job];
  }

  void find_causes_in_force() {
    std::map<JobKey, const Waiter*> causes;
    undecided_.for_each([&](std::size_t row) {
      const GatedRunner& runner = fleet().at(row);
      if (runner.cut && runner.gate->cause) causes.emplace(*runner.gate->cause, nullptr);
    });
    if (causes.empty()) return;
    for (const Waiter& waiter : ground_.waiters) {
      const auto cause = causes.find(job_of(waiter).key);
      if (cause != causes.end()) cause->second = &waiter;
    }
    causes_ = std::move(causes);
  }

  // ---- one lane ---------------------------------------------------------------------------

  // Those for which something would be withheld after this lane.
  void begin(std::size_t lane) {
    asked_ = fleet().nobody();
    undecided_.for_each([&](std::size_t row) {
      if (*fleet().at(row).last_lane > lane) asked_.add(row);
    });
    refused_.clear();
  }

  void offer_causes_in_force(std::size_t lane) {
    RunnerSet rows = asked_;
    rows.for_each([&](std::size_t row) {
      const Waiter* const cause = cause_in_force(fleet().at(row));
      if (cause == nullptr || cause->rank != lane || cause->urge != Urge::acts) return;
      if (ground_.reach.counts_on(*cause).has(row)) offer(row, *cause);
    });
  }

  [[nodiscard]] const Waiter* cause_in_force(const GatedRunner& runner) const {
    if (!runner.cut || !runner.gate->cause) return nullptr;
    const auto found = causes_.find(*runner.gate->cause);
    return found == causes_.end() ? nullptr : found->second;
  }

  void offer(const Waiter& waiter) {
    say_of_all(ground_.reach.not_given(waiter), OpenBecause::phantom);
    RunnerSet rows = ground_.reach.counts_on(waiter);
    rows &= asked_;
    switch (waiter.urge) {
      case Urge::acts:
        return rows.for_each([&](std::size_t row) { offer(row, waiter); });
      case Urge::soon_anyway:
        return say_of_all(std::move(rows), OpenBecause::short_wait);
      case Urge::old_data:
        return say_of_all(std::move(rows), OpenBecause::old_data);
    }
  }

  void end() {
    for (auto& [row, refused] : refused_) {
      if (!undecided_.has(row)) continue;
      say(row, OpenBecause::not_approved);
      choice_.unapproved.push_back(std::move(refused.first_cut));
    }
  }

  // ---- one runner -------------------------------------------------------------------------

  void offer(std::size_t row, const Waiter& waiter) {
    const GatedRunner& runner = fleet().at(row);
    const std::optional<std::size_t> lane = lane_to_cut_at(row, waiter.rank);
    if (!lane) {
      say(row, runner.gate->left_alone ? OpenBecause::left_alone : OpenBecause::free_or_elastic);
      return settle(row);
    }
    if (*lane >= *runner.last_lane) return settle(row);
    const Cut cut = cut_of(runner, waiter, *lane);
    if (!is_permitted(runner, cut)) return refuse(row, cut, waiter);
    choice_.cuts.push_back(with_reason(cut, waiter));
    settle(row);
  }

  // None: it would be a new cut where there must be none.
  [[nodiscard]] std::optional<std::size_t> lane_to_cut_at(std::size_t row, std::size_t rank) const {
    const GatedRunner& runner = fleet().at(row);
    const std::size_t wanted = std::max(rank, ground_.kept_lanes[row]);
    if (may_be_cut_anew(runner)) return wanted;
    return runner.cut ? std::optional{std::max(wanted, *runner.cut)} : std::nullopt;
  }

  [[nodiscard]] Cut cut_of(const GatedRunner& runner, const Waiter& waiter, std::size_t lane) const {
    return {.runner = runner.index,
            .lane = lane,
            .cause = job_of(waiter).key,
            .cause_class = waiter.job_class,
            .is_new = !runner.cut || lane < *runner.cut,
            .reason = {}};
  }

  [[nodiscard]] Cut with_reason(Cut cut, const Waiter& waiter) const {
    cut.reason = words_of_cut(job_of(waiter), waiter.job_class, ground_.lanes, waiter.rank, cut.lane);
    return cut;
  }

  [[nodiscard]] bool is_permitted(const GatedRunner& runner, const Cut& cut) const {
    return ground_.input.permitted && ground_.input.permitted({.runner = *runner.runner,
                                                               .tag = ground_.lanes.tag(cut.lane),
                                                               .job = cut.cause,
                                                               .job_class = cut.cause_class});
  }

  void refuse(std::size_t row, const Cut& cut, const Waiter& waiter) {
    const auto known = refused_.find(row);
    if (known == refused_.end()) {
      refused_.emplace(row, Refused{with_reason(cut, waiter), 1});
    } else if (++known->second.jobs >= kMostRefusals) {
      take_out(asked_, row);
    }
  }

  void settle(std::size_t row) {
    take_out(undecided_, row);
    take_out(asked_, row);
  }

  void take_out(RunnerSet& set, std::size_t row) const {
    RunnerSet one = fleet().nobody();
    one.add(row);
    set -= one;
  }

  // ---- reasons ----------------------------------------------------------------------------

  void say(std::size_t row, OpenBecause because) {
    OpenBecause& said = choice_.open_because[row];
    if (weight(because) > weight(said)) said = because;
  }

  void say_of_all(RunnerSet rows, OpenBecause because) {
    rows &= asked_;
    rows.for_each([&](std::size_t row) { say(row, because); });
  }

  struct Refused {
    Cut first_cut;
    int jobs = 0;  // that were tried
  };

  const CutGround& ground_;
  CutChoice choice_;
  RunnerSet undecided_;
  RunnerSet asked_;                         // in the lane that is gone through
  std::map<std::size_t, Refused> refused_;  // in this lane, by row
  std::map<JobKey, const Waiter*> causes_;  // of cuts in force; null: waits no more
};

}  // namespace

CutChoice choose_cuts(const CutGround& ground) {
  return Chooser{ground}.run();
}

void put_in_order(std::vector<Cut>& cuts, const FleetSnapshot& fleet) {
  const std::vector<Time> free = free_times(fleet);
  const auto importance = [&](const Cut& cut) {
    return std::tuple<std::size_t, bool, Time, const RunnerKey&>{cut.lane, cut.is_new, free[cut.runner],
                                                                 fleet.runners[cut.runner].key};
  };
  std::sort(cuts.begin(), cuts.end(),
            [&](const Cut& a, const Cut& b) { return importance(a) < importance(b); });
}

}  // namespace runneriq::scheduler
