#include "simulation/host.hpp"

#include "core/tag_names.hpp"
#include "simulation/fleet_names.hpp"

#include <algorithm>
#include <variant>

namespace runneriq::simulation {
namespace {

// No hold ends by itself here: a job that ran without a slot would be capacity from nowhere.
constexpr Duration kNoBound = std::chrono::hours{24 * 3650};

bool takes(std::size_t host, const FleetModel& fleet) {
  return host + static_cast<std::size_t>(fleet.special_hosts) >= static_cast<std::size_t>(fleet.hosts);
}

}  // namespace

std::vector<std::string> tags_at_rest(const scheduler::Lanes& lanes, PoolKind pool) {
  std::vector<std::string> tags = lanes.tags();
  tags.emplace_back(kManagedTag);
  if (pool == PoolKind::special) tags.emplace_back(kSpecialTag);
  std::sort(tags.begin(), tags.end());
  return tags;
}

Host::Host(std::size_t index, const FleetModel& fleet, const scheduler::Lanes& lanes, Duration phase)
    : index_(index),
      takes_special_(takes(index, fleet)),
      window_(fleet.window),
      poll_(fleet.runner_poll),
      phase_(phase),
      lanes_(&lanes) {
  traits_.type = gitlab::RunnerType::instance;
  queue_.slots = fleet.slots;
  put_cut({});
}

Duration Host::poll_from(Duration now) const {
  if (poll_ == Duration::zero() || now <= phase_) return std::max(now, phase_);
  const auto polls = (now - phase_ + poll_ - Duration{1}) / poll_;
  return phase_ + polls * poll_;
}

Duration Host::poll_after(Duration now) const {
  return poll_ == Duration::zero() ? now : poll_from(now + Duration{1});
}

void Host::put_cut(std::optional<std::size_t> cut) {
  traits_.tags = tags_at_rest(*lanes_, takes_special_ ? PoolKind::special : PoolKind::general);
  if (!cut) return;
  std::erase_if(traits_.tags, [&](const std::string& tag) {
    const auto lane = lanes_->with_tag(tag);
    return lane && *lane > *cut;
  });
}

void Host::accept(std::size_t job, const SimulatedJob& facts, Duration now) {
  const Time moment = kBeginning + now;
  queue_.held.push_back({.key = job_key(job),
                         .attempt = {},
                         .job_name = {},
                         .score = 0,
                         .job_class = facts.job_class,
                         .queued_in_gitlab = now - facts.arrived,
                         .expected = facts.expected,
                         .arrived = moment,
                         .hold_until = moment + kNoBound});
}

void Host::finish(std::size_t job) {
  std::erase_if(queue_.running, [&](const auto& running) { return running.key == job_key(job); });
}

std::vector<std::size_t> Host::release(Duration now) {
  std::vector<std::size_t> released;
  const Time moment = kBeginning + now;
  for (const scheduler::HeldJob& held : scheduler::in_order(queue_.held, moment)) {
    if (!std::holds_alternative<scheduler::Granted>(scheduler::decide(queue_, held.key, moment))) break;
    std::erase_if(queue_.held, [&](const auto& other) { return other.key == held.key; });
    queue_.running.push_back({held.key, moment, {held.expected, held.expected, {}}});
    released.push_back(static_cast<std::size_t>(held.key.job.value() - 1));
  }
  return released;
}

}  // namespace runneriq::simulation
