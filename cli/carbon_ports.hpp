// What the commands `carbon …` share: opening what they read, and saying that there is nothing yet.
#pragma once

#include "cli/session.hpp"

namespace runneriq::cli {

// Errors are never GitLab's: see tell_carbon().
Result<CarbonPorts> carbon_ports(Session& session);

// Tells `error` and how to exit for it; never Exit::gitlab.
Exit tell_carbon(Session& session, const Error& error);

// The runners of the fleet; what hinders their reading is told, and there are none then.
std::vector<carbon::PlacedRunner> runners_of(Session& session, const CarbonPorts& ports);

// Rows of the ledger that `query` asks for; none without a ledger.
Result<std::vector<carbon::LedgerRow>> rows_of(const CarbonPorts& ports, const carbon::LedgerQuery& query);

// For people, where no state file has a ledger; with a line end.
std::string no_ledger_text();

}  // namespace runneriq::cli
