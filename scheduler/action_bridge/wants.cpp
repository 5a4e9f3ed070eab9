#include "scheduler/action_bridge/wants.hpp"

#include <algorithm>
#include <string>
#include <string_view>

namespace runneriq::scheduler {
namespace {

// The id of an action, the same for as long as it is wanted.
std::string decision_id(std::string_view kind, std::string_view tag, const JobKey& job) {
  return std::string(kind) + "/" + std::string(tag) + "/" + std::to_string(job.job.value());
}

class WantsMaker {
 public:
  WantsMaker(const FleetSnapshot& fleet, std::span<const GateRunner> runners, const LeaseBook& book,
             const Moment& now, std::size_t most_new)
      : fleet_(fleet), runners_(runners), book_(book), now_(now), most_new_(most_new) {}

  void add(const Cut& cut) {
    const RunnerKey& runner = fleet_.runners[cut.runner].key;
    const std::string& tag = book_.lanes().tag(cut.lane);
    if (cut.is_new && !begin({Action::Kind::cut, cut.runner, tag, cut.cause, cut.cause_class}))
      return keep(runner);
    wanted(runner, cut.reason, decision_id("cut", tag, cut.cause), cut.cause).withhold =
        lanes_after(cut.lane, runners_[cut.runner].at_rest);
  }

  void add(const Grant& grant) {
    const RunnerKey& runner = fleet_.runners[grant.runner].key;
    const bool is_new = !is_granted(runner, grant.tag);
    if (is_new && !begin({Action::Kind::grant, grant.runner, grant.tag, grant.job, grant.job_class})) return;
    auto& grants = wanted(runner, grant.reason, decision_id("grant", grant.tag, grant.job), grant.job).grant;
    if (std::ranges::find(grants, grant.tag) == grants.end()) grants.push_back(grant.tag);
  }

  Wants made;

 private:
  bool begin(NewAction action) {
    if (made.begun.size() >= most_new_) {
      ++made.left_over;
      return false;
    }
    made.begun.push_back(std::move(action));
    return true;
  }

  // What is in force goes on.
  void keep(const RunnerKey& runner) {
    for (const Lease& lease : book_.live_of(runner, now_)) {
      if (lease.kind != LeaseKind::withhold) continue;
      wanted(runner, lease.reason, lease.decision, lease.cause).withhold.push_back(lease.tag);
    }
  }

  Wanted& wanted(const RunnerKey& runner, const std::string& reason, std::string decision,
                 const JobKey& cause) {
    const auto known = std::ranges::find(made.wanted, runner, &Wanted::runner);
    if (known != made.wanted.end()) return *known;
    made.wanted.push_back({.runner = runner,
                           .withhold = {},
                           .grant = {},
                           .reason = reason,
                           .decision = std::move(decision),
                           .cause = cause});
    return made.wanted.back();
  }

  [[nodiscard]] std::vector<std::string> lanes_after(std::size_t lane,
                                                     std::span<const std::string> at_rest) const {
    std::vector<std::string> tags;
    for (std::size_t later = lane + 1; later < book_.lanes().size(); ++later) {
      const std::string& tag = book_.lanes().tag(later);
      if (std::ranges::find(at_rest, tag) != at_rest.end()) tags.push_back(tag);
    }
    return tags;
  }

  [[nodiscard]] bool is_granted(const RunnerKey& runner, const std::string& tag) const {
    return std::ranges::any_of(book_.live_of(runner, now_), [&](const Lease& lease) {
      return lease.kind == LeaseKind::grant && lease.tag == tag;
    });
  }

  const FleetSnapshot& fleet_;
  std::span<const GateRunner> runners_;
  const LeaseBook& book_;
  const Moment& now_;
  std::size_t most_new_;
};

}  // namespace

Wants wants_of(const GatePlan& plan, const FleetSnapshot& fleet, std::span<const GateRunner> runners,
               const LeaseBook& book, const Moment& now, std::size_t most_new) {
  WantsMaker maker(fleet, runners, book, now, most_new);
  for (const Cut& cut : plan.cuts) maker.add(cut);
  for (const Grant& grant : plan.grants) maker.add(grant);
  return std::move(maker.made);
}

}  // namespace runneriq::scheduler
