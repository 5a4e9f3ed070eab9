// What /proc tells about processes.
#pragma once

#include "core/process_identity.hpp"
#include "core/result.hpp"

#include <string>
#include <vector>

namespace runneriq::platform {

using Pid = int;

// The identity of a running process. Error: not_found.
Result<ProcessIdentity> identify(Pid pid);

// Whether that very process still runs: same boot, same pid, same start; a zombie is dead.
bool is_alive(const ProcessIdentity& process);

// The process that called us on behalf of the runner: the nearest ancestor whose program is
// named gitlab-runner*, else our parent.
Result<ProcessIdentity> calling_runner();

// All living descendants of `root`, without `root`, parents before children.
std::vector<Pid> descendants(Pid root);

// Processes whose initial environment holds the entry "NAME=value" exactly.
std::vector<Pid> with_environment_entry(const std::string& entry);

// SIGKILL to those processes until none is left. Error: unavailable when some survive.
Result<void> end_processes_with(const std::string& entry);

}  // namespace runneriq::platform
