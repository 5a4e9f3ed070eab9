#include "tests/simulation/disk.hpp"

#include <algorithm>

namespace runneriq::scheduler::sim {
namespace {

bool is_intent(const AuditEntry& entry) {
  return entry.event == "cut" || entry.event == "grant";
}

std::int64_t runner_of(const AuditEntry& entry) {
  const std::string name = "\"runner\":";
  const auto at = entry.document.find(name);
  return at == std::string::npos ? 0 : std::stoll(entry.document.substr(at + name.size()));
}

}  // namespace

Result<void> Disk::durable(const std::string& what, bool fails, const std::function<void()>& act) {
  effect_(what + (fails ? " fails" : ""), [&] {
    if (!fails) act();
  });
  if (fails) return fail(Errc::unavailable, "the disk is full");
  return {};
}

Result<SteeringMemory> Disk::load(Time now) {
  if (store_fails) return fail(Errc::unavailable, "the disk does not answer");
  SteeringMemory memory;
  if (!hides_leases) {
    for (auto [id, lease] : image.leases) {
      if (refreshes_leases) {
        lease.created = lease.renewed = now;
        lease.expires = now + std::chrono::minutes{5};
      }
      memory.leases.push_back(std::move(lease));
    }
  }
  for (const auto& [runner, rest] : image.at_rest) memory.at_rest.push_back(rest);
  memory.proposals = image.proposals;
  memory.trust = image.trust;
  memory.last_lease_id = image.last_lease;
  return memory;
}

Result<void> Disk::record(const LeaseChanges& changes, Time) {
  return durable("record leases", store_fails, [&] {
    if (forgets_leases) return;
    for (const auto* list : {&changes.made, &changes.renewed}) {
      for (const Lease& lease : *list) {
        image.leases[lease.id] = lease;
        true_renewals[lease.id] = true_time();
      }
    }
    for (const Lease& lease : changes.made) image.last_lease = std::max(image.last_lease, lease.id);
    for (const Lease& lease : changes.ended) image.leases.erase(lease.id);
    for (const RestState& rest : changes.at_rest) image.at_rest[rest.runner] = rest;
    for (const RunnerKey& runner : changes.forgotten) image.at_rest.erase(runner);
  });
}

Result<void> Disk::record(ProposalChanges& changes, Time) {
  return durable("record proposals", store_fails, [&] {
    for (Proposal& made : changes.made) {
      made.id = static_cast<std::int64_t>(image.proposals.size()) + 1;
      image.proposals.push_back(made);
    }
    for (const Proposal& changed : changes.changed) {
      const auto known = std::ranges::find(image.proposals, changed.id, &Proposal::id);
      if (known != image.proposals.end()) *known = changed;
    }
  });
}

Result<void> Disk::record(const TrustRecord& trust) {
  return durable("record trust", store_fails, [&] { image.trust = trust; });
}

Result<std::vector<Proposal>> Disk::proposals(Time) {
  if (store_fails) return fail(Errc::unavailable, "the disk does not answer");
  return image.proposals;
}

Result<std::vector<Pool>> Disk::pools(std::span<const Pool> seen_now, Time) {
  const auto done =
      durable("record pools", store_fails, [&] { image.pools.insert(seen_now.begin(), seen_now.end()); });
  if (!done) return fail(done.error());
  return std::vector<Pool>(image.pools.begin(), image.pools.end());
}

Result<void> Disk::append_all(std::span<const AuditEntry> entries) {
  return durable("append to audit", audit_fails, [&] {
    if (forgets_audit) return;
    for (const AuditEntry& entry : entries) {
      if (is_intent(entry)) ++intents[runner_of(entry)];
    }
  });
}

}  // namespace runneriq::scheduler::sim
