// The rows of the tables of leases and of how runners are at rest.
#pragma once

#include "scheduler/leases.hpp"
#include "scheduler/sqlite/gitlab_numbers.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace runneriq::scheduler {

inline constexpr Duration kEndedLeaseKept = std::chrono::days{7};

// Rows that make no sense are left out, and named in `damaged`.
Result<std::vector<Lease>> leases_not_ended(platform::Database& database, const GitLabNumbers& gitlabs,
                                            std::vector<std::string>& damaged);
Result<std::vector<RestState>> rest_states(platform::Database& database, const GitLabNumbers& gitlabs,
                                           std::vector<std::string>& damaged);
Result<std::int64_t> last_lease_id(platform::Database& database);

Result<void> put_lease_changes(platform::Database& database, GitLabNumbers& gitlabs,
                               const LeaseChanges& changes, Time now);
Result<void> forget_old_leases(platform::Database& database, Time now, int most);

}  // namespace runneriq::scheduler
