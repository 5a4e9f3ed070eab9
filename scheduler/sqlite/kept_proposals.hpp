// The rows of the table of proposals, and the program's own standing.
#pragma once

#include "platform/sqlite.hpp"
#include "scheduler/trust.hpp"

#include <string>
#include <vector>

namespace runneriq::scheduler {

inline constexpr Duration kProposalKept = std::chrono::days{90};

// Open ones, approvals in force, and all that were decided in the last 90 days. Rows that make no sense are
// left out, and named in `damaged`.
Result<std::vector<Proposal>> kept_proposals(platform::Database& database, Time now,
                                             std::vector<std::string>& damaged);
// Gives it its id.
Result<void> put_new_proposal(platform::Database& database, Proposal& proposal);
// What another process has decided in the meantime stays: a person who comes too late is told (conflict), the
// program itself is not. Error: not_found.
Result<void> put_changed_proposal(platform::Database& database, const Proposal& proposal);
Result<void> forget_old_proposals(platform::Database& database, Time now, int most);

Result<TrustRecord> trust_record(platform::Database& database, std::vector<std::string>& damaged);
Result<void> put_trust_record(platform::Database& database, const TrustRecord& trust);

}  // namespace runneriq::scheduler
