// `runneriq-executor doctor`: judges the facts of a host. Every finding that is not fine says
// what to write or to type. Pure.
#pragma once

#include "executor/finding.hpp"
#include "executor/host_facts.hpp"

#include <vector>

namespace runneriq::executor {

// All findings, in the order in which a person would mend them.
std::vector<Finding> examine(const HostFacts& facts);
// Those about gitlab-runner's config.toml and its unit; part of examine().
std::vector<Finding> examine_runner(const HostFacts& facts);

}  // namespace runneriq::executor
