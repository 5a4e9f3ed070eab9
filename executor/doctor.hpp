// `runneriq-executor doctor`: judges the facts of a host. Every finding that is not fine says
// what to write or to type. Pure.
#pragma once

#include "executor/finding.hpp"
#include "executor/host_facts.hpp"

#include <span>
#include <string>
#include <vector>

namespace runneriq::executor {

// All findings, in the order in which a person would mend them.
std::vector<Finding> examine(const HostFacts& facts);
// Those about gitlab-runner's config.toml and its unit; part of examine().
std::vector<Finding> examine_runner(const HostFacts& facts);

// 1 when anything failed, else 0.
int exit_code(std::span<const Finding> findings);

// One line per finding and, indented below it, its remedy; a count at the end.
std::string as_text(std::span<const Finding> findings);
// {"findings": [{"name", "status", "what", "remedy"}], "failed": N, "warned": N}
std::string as_json(std::span<const Finding> findings);

}  // namespace runneriq::executor
