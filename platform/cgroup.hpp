// Control groups of one job: to account its CPU time, bound its processes and kill them all.
// Works with cgroup v2 and with the v1 controllers pids and cpuacct, whichever the host
// mounts; a host without any, or without permission, simply gives no cgroup.
#pragma once

#include "core/result.hpp"
#include "core/time.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::platform {

// The folders below which jobs get theirs: for "auto" every usable hierarchy under
// /sys/fs/cgroup, for a path that one, for "off" none. Only folders that can be written to.
std::vector<std::string> cgroup_roots(std::string_view configured);

// Makes <root>/runneriq/<name> in each root, with room for `pids_limit` processes and threads
// (0 = no bound) where the pids controller is there. Returns the folders made.
std::vector<std::string> make_cgroups(const std::vector<std::string>& roots, const std::string& name,
                                      int pids_limit);

// CPU time used by all processes that were ever in the groups. None where nothing accounts it.
std::optional<Duration> cpu_time(const std::vector<std::string>& folders);

// SIGKILL to every member.
void kill_cgroups(const std::vector<std::string>& folders);

// Kills every member and removes the folders. Error: unavailable, naming a folder that a
// process keeps busy.
Result<void> remove_cgroups(const std::vector<std::string>& folders);

}  // namespace runneriq::platform
