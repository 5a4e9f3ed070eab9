// Rows of the ledger as JSON documents that the command line and the service share, and the check that an
// auditor would make of them. Pure.
#pragma once

#include "carbon/ledger.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <vector>

namespace runneriq::carbon {

enum class SlotsShown { no, yes };

// {"gitlab", "job_id", "project_id", "pipeline_id", "runner_id", "name", "zone", "home_zone", "submitted",
// "started", "finished", "joules", "energy_method", "pue", "basis", "grams", "at_home_at_submit",
// "at_home_at_start", "fifo", "saved": {"time", "place", "total", "against_fifo"}, "decision": {…} or null,
// "restated": […], "slots": […] where they are shown}. Grams, and null for what is not known.
nlohmann::json row_json(const LedgerRow& row, SlotsShown slots);

// What is wrong with a row, by what stands in it: its slots leave a gap, do not add up to its grams, or give
// other grams than its energy and PUE do. Sentences; none = the row is sound.
std::vector<std::string> faults_of(const LedgerRow& row);

// Whether two sums of grams are the same but for rounding.
bool same_grams(double one, double other);

}  // namespace runneriq::carbon
