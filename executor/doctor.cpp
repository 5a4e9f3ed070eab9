#include "executor/doctor.hpp"

#include "core/joined.hpp"
#include "core/printable.hpp"
#include "executor/remedy.hpp"

#include <algorithm>
#include <iterator>
#include <string_view>
#include <utility>

namespace runneriq::executor {
namespace {

constexpr std::uint64_t kMiB = std::uint64_t{1} << 20;
constexpr std::uint64_t kLittleDisk = 1024 * kMiB;

Finding ok(std::string name, std::string what) {
  return {std::move(name), FindingStatus::ok, std::move(what), ""};
}

Finding skipped(std::string name, std::string what) {
  return {std::move(name), FindingStatus::skipped, std::move(what), ""};
}

Finding warn(std::string name, std::string what, std::string remedy) {
  return {std::move(name), FindingStatus::warn, std::move(what), std::move(remedy)};
}

Finding failed(std::string name, std::string what, std::string remedy) {
  return {std::move(name), FindingStatus::fail, std::move(what), std::move(remedy)};
}

std::string option(const HostFacts& facts, std::string_view key, std::string_view value) {
  return write_option(facts.config_file, key, value);
}

// Words of the system or of a program; often they begin with a path.
std::string told(std::string_view message) {
  return printable_path(message, 400);
}

std::string octal(std::uint32_t mode) {
  std::string digits;
  for (int shift = 6; shift >= 0; shift -= 3) digits += static_cast<char>('0' + ((mode >> shift) & 7U));
  return digits;
}

std::vector<Finding> configuration(const HostFacts& facts) {
  const std::string file = printable_path(facts.config_file);
  if (facts.config_problems.empty())
    return {ok("configuration", without_problems(file, facts.config_absent))};
  std::vector<Finding> findings;
  for (const std::string& problem : facts.config_problems) {
    findings.push_back(failed("configuration", told(problem) + "; the default is used instead",
                              "edit " + file + ", then run `runneriq-executor doctor` again"));
  }
  return findings;
}

// The distributions of these three call their packages the same.
std::string install(const HostFacts& facts, std::string_view package) {
  return std::string(facts.install).append(" ").append(package);
}

// A program that is there needs the kernel's leave; what a kernel does not know is passed over.
std::string bubblewrap_remedy(const HostFacts& facts) {
  if (!facts.bubblewrap_installed) return install(facts, "bubblewrap");
  return "sysctl -e -w user.max_user_namespaces=15000 kernel.unprivileged_userns_clone=1 "
         "kernel.apparmor_restrict_unprivileged_userns=0; in a container, its own host must permit it";
}

Finding shell_driver(const HostFacts& facts) {
  const std::string remedy =
      facts.bubblewrap.works ? option(facts, "executor.driver", "bubblewrap") : bubblewrap_remedy(facts);
  const bool is_said = facts.bubblewrap.works || facts.bubblewrap.detail == facts.driver_reason;
  const std::string why = is_said ? "" : "; bubblewrap: " + told(facts.bubblewrap.detail);
  return warn("driver",
              "the shell driver isolates nothing and is for trusted jobs only (" + told(facts.driver_reason) +
                  why + ")",
              remedy);
}

Finding driver(const HostFacts& facts) {
  const std::string name(to_text(facts.driver));
  if (facts.driver == DriverKind::shell) return shell_driver(facts);
  if (facts.driver == DriverKind::bubblewrap && !facts.bubblewrap.works) {
    return failed("driver", "bubblewrap is chosen and does not work: " + told(facts.bubblewrap.detail),
                  bubblewrap_remedy(facts));
  }
  if (facts.driver == DriverKind::automatic) {
    return failed(
        "driver", "no driver could be chosen, so jobs fail: " + told(facts.driver_reason),
        "run `runneriq-executor doctor` again, or " + option(facts, "executor.driver", "bubblewrap"));
  }
  return ok("driver", name + ": " + told(facts.driver_reason));
}

std::vector<Finding> namespaces(const HostFacts& facts) {
  const std::pair<const char*, const Probe*> kinds[]{{"user-namespaces", &facts.user_namespaces},
                                                     {"mount-namespaces", &facts.mount_namespaces},
                                                     {"pid-namespaces", &facts.pid_namespaces}};
  const bool needed = facts.driver == DriverKind::bubblewrap || facts.driver == DriverKind::podman;
  std::vector<Finding> findings;
  for (const auto& [name, probe] : kinds) {
    const std::string kind(name, std::string_view(name).find('-'));
    if (probe->works) {
      findings.push_back(ok(name, "an ordinary user can make them"));
    } else {
      const std::string what = "an ordinary user cannot make them: " + told(probe->detail);
      const std::string remedy =
          "sysctl -w user.max_" + (kind == "mount" ? "mnt" : kind) + "_namespaces=15000";
      findings.push_back(needed ? failed(name, what, remedy) : warn(name, what, remedy));
    }
  }
  return findings;
}

Finding podman(const HostFacts& facts) {
  if (facts.driver != DriverKind::podman) return skipped("podman", "another driver is in use");
  if (!facts.podman) return skipped("podman", "not looked at");
  if (facts.podman->works) {
    return ok("podman", told(facts.podman->detail) + "; git and gitlab-runner must be in the jobs' images");
  }
  return failed("podman", "podman does not work: " + told(facts.podman->detail), install(facts, "podman"));
}

Finding chain(const HostFacts& facts) {
  if (facts.driver != DriverKind::chain) return skipped("chain", "another driver is in use");
  if (facts.options.chain.run.empty()) {
    return failed("chain", "the chained driver has no run command",
                  option(facts, "executor.chain.run", "[/path/to/driver, run]"));
  }
  const std::string whom = facts.options.run_as.empty() ? "; it decides whom jobs run as"
                                                        : "; it is run as " + printable(facts.options.run_as);
  return ok("chain", "calls " + printable_path(facts.options.chain.run.front()) + whom);
}

Finding root_account(const HostFacts& facts) {
  if (facts.options.allow_root) {
    return warn("account", "jobs run as root (executor.allow_root)",
                option(facts, "executor.allow_root", "false"));
  }
  return failed("account", "jobs would run as root, which executor.allow_root forbids",
                option(facts, "executor.run_as", "nobody"));
}

// What executor.run_as takes for `account`.
std::string name_of(const Account& account) {
  return account.name.empty() ? std::to_string(account.uid) : printable(account.name);
}

bool is_number(std::string_view text) {
  return text.find_first_not_of("0123456789") == std::string_view::npos;
}

// Jobs run, but not as the user that was asked for.
Finding another_account(const HostFacts& facts) {
  const std::string& asked = facts.options.run_as;
  const std::string settle = option(facts, "executor.run_as", name_of(*facts.job_account));
  const bool may_be_missing = facts.is_root && asked != "root" && !is_number(asked);
  return warn(
      "account", told(facts.job_account_trouble),
      may_be_missing ? "useradd --system --create-home " + shell_word(asked) + ", or " + settle : settle);
}

Finding account(const HostFacts& facts) {
  if (!facts.job_account) {
    return failed("account", "no account for jobs: " + told(facts.job_account_trouble),
                  "useradd --system --create-home runneriq-job");
  }
  const Account& account = *facts.job_account;
  if (account.uid == 0) return root_account(facts);
  if (!facts.is_root && account.uid != facts.uid) {
    return failed("account", "only root can run jobs as " + name_of(account),
                  option(facts, "executor.run_as", std::to_string(facts.uid)));
  }
  if (!facts.job_account_trouble.empty()) return another_account(facts);
  return ok("account", (account.name.empty() ? "jobs run as user " : "jobs run as ") + name_of(account));
}

Finding no_cgroup(const HostFacts& facts) {
  const std::string what =
      "jobs get no cgroup: their processes are not bounded and their CPU time is not known";
  if (facts.options.cgroup_root != "auto") {
    return warn("cgroup", told(facts.options.cgroup_root) + " is no cgroup that can be written to; " + what,
                option(facts, "executor.cgroup_root", "auto"));
  }
  const std::string mend = facts.is_root ? "mount -o remount,rw /sys/fs/cgroup"
                                         : "run gitlab-runner as root, or give user " +
                                               std::to_string(facts.uid) + " a cgroup of its own";
  return warn("cgroup", what, mend + "; to do without, " + option(facts, "executor.cgroup_root", "off"));
}

// Jobs switch the controller on below `root` themselves, where the kernel and its parent let them.
std::string pids_remedy(const std::string& root) {
  const std::string top = "/sys/fs/cgroup";
  if (root == top) return "boot without cgroup_disable=pids on the kernel's command line";
  const std::string parent = root.substr(0, root.rfind('/'));
  if (parent == top)
    return "mkdir -p /sys/fs/cgroup/pids && mount -t cgroup -o pids pids /sys/fs/cgroup/pids";
  return "echo +pids > " + shell_word(parent + "/cgroup.subtree_control");
}

Finding cgroup(const HostFacts& facts) {
  if (facts.options.cgroup_root == "off") return skipped("cgroup", "switched off by executor.cgroup_root");
  if (facts.cgroup.roots.empty()) return no_cgroup(facts);
  const auto& controllers = facts.cgroup.controllers;
  const std::string where = printable_path(joined(facts.cgroup.roots, ", "));
  const bool bounds = std::ranges::find(controllers, "pids") != controllers.end();
  if (!bounds && facts.options.pids_limit > 0) {
    return warn("cgroup", "no pids controller below " + where + ": executor.pids_limit has no effect",
                pids_remedy(facts.cgroup.roots.front()));
  }
  return ok("cgroup", where + " with " + told(joined(controllers, ", ")));
}

bool uses_programs_of_the_host(DriverKind driver) {
  return driver != DriverKind::podman && driver != DriverKind::chain;
}

bool accounts_processor_time(const HostFacts& facts) {
  return uses_programs_of_the_host(facts.driver) && !facts.cgroup.roots.empty();
}

// What Linux 5.10 and later let only root read.
std::string counters_remedy(const HostFacts& facts) {
  return "echo 'SUBSYSTEM==\"powercap\", ACTION==\"add\", RUN+=\"/bin/chown " + std::to_string(facts.uid) +
         " %S%p/energy_uj\"' > /etc/udev/rules.d/60-runneriq-energy.rules && udevadm control --reload && "
         "udevadm trigger --action=add --subsystem-match=powercap; or run gitlab-runner as root";
}

// How jobs' energy is found; whatever it is, jobs run.
Finding energy(const HostFacts& facts) {
  const std::string reckoned = "jobs' energy is reckoned from their processor time";
  if (!accounts_processor_time(facts)) {
    return skipped("energy",
                   "jobs' processor time is not known here, and so not their energy: the scheduler "
                   "takes what jobs of their class need as a rule");
  }
  if (facts.options.energy.measure == EnergyMeasure::off) {
    return ok("energy", reckoned + " (executor.energy.measure is off)");
  }
  if (!facts.counters.domains.empty()) {
    return ok("energy", "jobs' energy is measured by the processors' counters: " +
                            told(joined(facts.counters.domains, ", ")));
  }
  if (!facts.counters.forbidden) return ok("energy", reckoned + ": " + told(facts.counters.trouble));
  return warn("energy",
              reckoned + ", since the processors' counters may not be read: " + told(facts.counters.trouble),
              counters_remedy(facts));
}

// Permission bits that an executor's own file or folder should not have.
Finding private_mode(std::string name, const std::string& path, std::uint32_t mode, std::uint32_t unwanted,
                     std::string what) {
  if ((mode & unwanted) == 0) return ok(std::move(name), std::move(what));
  const char* remedy = unwanted == 077U ? "chmod go= " : "chmod go-w ";
  return failed(std::move(name),
                printable_path(path) + " has mode " + octal(mode) + ": others may reach into it",
                remedy + shell_word(path));
}

Finding owned_mode(const HostFacts& facts, std::string name, const std::string& path, std::uint32_t owner,
                   std::uint32_t mode, std::uint32_t unwanted, std::string what) {
  if (owner != facts.uid && owner != 0) {
    return failed(std::move(name), printable_path(path) + " belongs to user " + std::to_string(owner),
                  "chown " + std::to_string(facts.uid) + " " + shell_word(path));
  }
  return private_mode(std::move(name), path, mode, unwanted, std::move(what));
}

Finding state_file(const HostFacts& facts) {
  const StateFileFacts& state = facts.state;
  const std::string named = "the state file " + printable_path(state.path);
  if (state.schema && *state.schema > state.newest_schema) {
    return failed("state-file", named + " was written by a later version; jobs run without admission",
                  "install that version, or set it aside: mv " + shell_word(state.path) + " " +
                      shell_word(state.path + ".later"));
  }
  if (!state.trouble.empty()) {
    const std::string folder = state.path.substr(0, state.path.rfind('/'));
    return failed("state-file", "the state file: " + told(state.trouble) + "; jobs run without admission",
                  "install -d -m 0755 -o " + std::to_string(facts.uid) + " " + shell_word(folder));
  }
  if (!state.exists) return ok("state-file", named + " will be made by the first job");
  const std::string schema = state.schema ? ", schema " + std::to_string(*state.schema) : "";
  return owned_mode(facts, "state-file", state.path, state.owner_uid, state.mode, 077, named + schema);
}

Finding folder(const HostFacts& facts, const FolderFacts& folder) {
  const std::string path = printable_path(folder.path);
  if (!folder.trouble.empty()) {
    return failed(folder.name, told(folder.trouble),
                  "install -d -m 0755 -o " + std::to_string(facts.uid) + " " + shell_word(folder.path));
  }
  if (folder.free_bytes && *folder.free_bytes < kLittleDisk) {
    return warn(folder.name, path + " has " + std::to_string(*folder.free_bytes / kMiB) + " MiB left",
                "du -xhd 2 " + shell_word(folder.path) + " | sort -h");
  }
  const std::string room =
      folder.free_bytes ? ", " + std::to_string(*folder.free_bytes / kLittleDisk) + " GiB free" : "";
  if (!folder.exists) return ok(folder.name, path + " will be made by the first job" + room);
  return owned_mode(facts, folder.name, folder.path, folder.owner_uid, folder.mode, 022, path + room);
}

// What the next job does, too.
std::string removal_of_leftovers(const std::string& jobs_dir) {
  return "for lease in " + shell_word(jobs_dir) +
         "/*.lease; do [ -d \"$(head -n 1 \"$lease\")\" ] || { rm -rf --one-file-system "
         "\"${lease%.lease}\" && rm \"$lease\"; }; done";
}

Finding leftovers(const HostFacts& facts) {
  const std::string where = printable_path(facts.leftovers.jobs_dir);
  if (!facts.leftovers.attempts) return skipped("leftovers", where + " cannot be looked into");
  const int attempts = *facts.leftovers.attempts;
  if (attempts == 0) return ok("leftovers", "no attempt that is over left a folder in " + where);
  return warn("leftovers",
              "private folders in " + where + " of attempts that are over: " + std::to_string(attempts),
              "the next job removes them; if they stay, type while no job runs: " +
                  removal_of_leftovers(facts.leftovers.jobs_dir));
}

// A program may say nothing when it is asked.
std::string version_of(const Probe& program) {
  return program.detail.empty() ? "found on executor.path; it tells no version" : told(program.detail);
}

Finding git(const HostFacts& facts) {
  if (!uses_programs_of_the_host(facts.driver)) return skipped("git", "jobs do not use the host's");
  if (facts.git.works) return ok("git", version_of(facts.git));
  return failed("git", "jobs find no git on executor.path: " + told(facts.git.detail), install(facts, "git"));
}

Finding gitlab_runner(const HostFacts& facts) {
  if (!uses_programs_of_the_host(facts.driver)) return skipped("gitlab-runner", "jobs do not use the host's");
  if (facts.gitlab_runner.works) return ok("gitlab-runner", version_of(facts.gitlab_runner));
  return warn(
      "gitlab-runner",
      "jobs find no gitlab-runner on executor.path: gitlab-runner skips their cache and artifacts, with one "
      "line in the job log",
      "ln -s \"$(command -v gitlab-runner)\" /usr/local/bin/gitlab-runner");
}

void append(std::vector<Finding>& findings, std::vector<Finding> more) {
  std::ranges::move(more, std::back_inserter(findings));
}

}  // namespace

std::vector<Finding> examine(const HostFacts& facts) {
  std::vector<Finding> findings = configuration(facts);
  findings.push_back(driver(facts));
  append(findings, namespaces(facts));
  findings.push_back(podman(facts));
  findings.push_back(chain(facts));
  findings.push_back(account(facts));
  findings.push_back(cgroup(facts));
  findings.push_back(energy(facts));
  findings.push_back(state_file(facts));
  for (const FolderFacts& place : facts.folders) findings.push_back(folder(facts, place));
  findings.push_back(leftovers(facts));
  findings.push_back(git(facts));
  findings.push_back(gitlab_runner(facts));
  append(findings, examine_runner(facts));
  append(findings, facts.tried);
  return findings;
}

}  // namespace runneriq::executor
