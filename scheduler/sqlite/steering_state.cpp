#include "scheduler/sqlite/steering_state.hpp"

#include "scheduler/sqlite/fleet_schema.hpp"
#include "scheduler/sqlite/kept_leases.hpp"
#include "scheduler/sqlite/kept_proposals.hpp"
#include "scheduler/sqlite/known_pools.hpp"

namespace runneriq::scheduler {
namespace {

using platform::Database;

platform::StateFile::Work with_numbers(const std::function<Result<void>(Database&, GitLabNumbers&)>& work) {
  return [&work](Database& database) -> Result<void> {
    auto gitlabs = GitLabNumbers::read(database);
    if (!gitlabs) return fail(std::move(gitlabs.error()));
    return work(database, *gitlabs);
  };
}

template <class Value>
Result<void> read_into(Value& place, Result<Value> read) {
  if (!read) return fail(std::move(read.error()));
  place = std::move(*read);
  return {};
}

Result<void> read_memory(Database& database, const GitLabNumbers& gitlabs, Time now, SteeringMemory& memory,
                         std::vector<std::string>& damaged) {
  memory = {};
  damaged.clear();
  if (auto read = read_into(memory.leases, leases_not_ended(database, gitlabs, damaged)); !read) return read;
  if (auto read = read_into(memory.at_rest, rest_states(database, gitlabs, damaged)); !read) return read;
  if (auto read = read_into(memory.proposals, kept_proposals(database, now, damaged)); !read) return read;
  if (auto read = read_into(memory.trust, trust_record(database, damaged)); !read) return read;
  return read_into(memory.last_lease_id, last_lease_id(database));
}

Result<void> put_proposals(Database& database, ProposalChanges& changes, Time now) {
  for (const Proposal& proposal : changes.changed) {
    if (auto put = put_changed_proposal(database, proposal); !put) return put;
  }
  for (Proposal& proposal : changes.made) {
    if (auto put = put_new_proposal(database, proposal); !put) return put;
  }
  return forget_old_proposals(database, now, kPrunedPerCall);
}

}  // namespace

Result<SteeringState> SteeringState::open(FleetStateSettings settings) {
  auto file = platform::StateFile::open(fleet_file(), std::move(settings.path), settings.patience);
  if (!file) return fail(std::move(file.error()));
  return SteeringState{std::move(*file)};
}

// Without a lock where it can be; a file that was damaged or replaced is repaired on the other way.
Result<void> SteeringState::look(const View& view) {
  if (file_.look(with_numbers(view))) return {};
  return change(view);
}

Result<void> SteeringState::change(const View& work) {
  return file_.change(with_numbers(work));
}

std::vector<std::string> SteeringState::notices() const {
  std::vector<std::string> all = file_.notices();
  all.insert(all.end(), damaged_.begin(), damaged_.end());
  return all;
}

Result<SteeringMemory> SteeringState::load(Time now) {
  SteeringMemory memory;
  auto looked = look([&](Database& database, const GitLabNumbers& gitlabs) {
    return read_memory(database, gitlabs, now, memory, damaged_);
  });
  if (!looked) return fail(std::move(looked.error()));
  return memory;
}

Result<void> SteeringState::record(const LeaseChanges& changes, Time now) {
  if (changes.empty()) return {};
  return change([&](Database& database, GitLabNumbers& gitlabs) -> Result<void> {
    if (auto put = put_lease_changes(database, gitlabs, changes, now); !put) return put;
    return forget_old_leases(database, now, kPrunedPerCall);
  });
}

Result<void> SteeringState::record(ProposalChanges& changes, Time now) {
  if (changes.made.empty() && changes.changed.empty()) return {};
  ProposalChanges written = changes;
  auto recorded =
      change([&](Database& database, const GitLabNumbers&) { return put_proposals(database, written, now); });
  if (recorded) changes = std::move(written);
  return recorded;
}

Result<void> SteeringState::record(const TrustRecord& trust) {
  return change([&](Database& database, const GitLabNumbers&) { return put_trust_record(database, trust); });
}

Result<std::vector<Proposal>> SteeringState::proposals(Time now) {
  std::vector<Proposal> proposals;
  std::vector<std::string> damaged;
  auto looked = look([&](Database& database, const GitLabNumbers&) {
    return read_into(proposals, kept_proposals(database, now, damaged));
  });
  if (!looked) return fail(std::move(looked.error()));
  return proposals;
}

Result<std::vector<Pool>> SteeringState::pools(std::span<const Pool> seen_now, Time now) {
  std::vector<Pool> pools;
  auto changed = change([&](Database& database, GitLabNumbers& gitlabs) -> Result<void> {
    if (auto put = remember_pools(database, gitlabs, seen_now, now); !put) return put;
    if (auto done = forget_old_pools(database, now, kPrunedPerCall); !done) return done;
    return read_into(pools, known_pools(database, gitlabs, now));
  });
  if (!changed) return fail(std::move(changed.error()));
  return pools;
}

}  // namespace runneriq::scheduler
