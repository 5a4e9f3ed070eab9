#include "executor/doctor.hpp"

#include "core/printable.hpp"

#include <nlohmann/json.hpp>

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

std::string option(const HostFacts& facts, std::string_view line) {
  return "write `" + std::string(line) + "` to " + facts.config_file;
}

// For a shell command that a person types.
std::string quoted(const std::string& path) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@";
  if (!path.empty() && path.find_first_not_of(kPlain) == std::string::npos) return path;
  std::string result = "'";
  for (const char c : path) result += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return result + "'";
}

std::string octal(std::uint32_t mode) {
  std::string digits;
  for (int shift = 6; shift >= 0; shift -= 3) digits += static_cast<char>('0' + ((mode >> shift) & 7U));
  return digits;
}

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::vector<Finding> configuration(const HostFacts& facts) {
  if (facts.config_problems.empty()) return {ok("configuration", facts.config_file + " is absent or right")};
  std::vector<Finding> findings;
  for (const std::string& problem : facts.config_problems) {
    findings.push_back(
        failed("configuration", printable(problem, 400) + "; the default is used instead",
               "edit " + facts.config_file + ", then type: " + facts.program + " config check"));
  }
  return findings;
}

Finding shell_driver(const HostFacts& facts) {
  const std::string remedy =
      facts.bubblewrap.works ? option(facts, "executor.driver: bubblewrap") : "apt-get install bubblewrap";
  const std::string why = facts.bubblewrap.works ? "" : "; bubblewrap: " + printable(facts.bubblewrap.detail);
  return warn(
      "driver",
      "the shell driver isolates nothing and is for trusted jobs only (" + facts.driver_reason + why + ")",
      remedy);
}

Finding driver(const HostFacts& facts) {
  const std::string name(to_text(facts.driver));
  if (facts.driver == DriverKind::shell) return shell_driver(facts);
  if (facts.driver == DriverKind::bubblewrap && !facts.bubblewrap.works) {
    return failed("driver", "bubblewrap is chosen and does not work: " + printable(facts.bubblewrap.detail),
                  "apt-get install bubblewrap");
  }
  return ok("driver", name + ": " + facts.driver_reason);
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
      const std::string what = "an ordinary user cannot make them: " + printable(probe->detail);
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
    return ok("podman",
              printable(facts.podman->detail) + "; git and gitlab-runner must be in the jobs' images");
  }
  return failed("podman", "podman does not work: " + printable(facts.podman->detail),
                "apt-get install podman");
}

Finding chain(const HostFacts& facts) {
  if (facts.driver != DriverKind::chain) return skipped("chain", "another driver is in use");
  if (facts.options.chain.run.empty()) {
    return failed("chain", "the chained driver has no run command",
                  option(facts, "executor.chain.run: [/path/to/driver, run]"));
  }
  const std::string whom = facts.options.run_as.empty() ? "; it decides whom jobs run as"
                                                        : "; it is run as " + printable(facts.options.run_as);
  return ok("chain", "calls " + printable(facts.options.chain.run.front()) + whom);
}

Finding root_account(const HostFacts& facts) {
  if (facts.options.allow_root) {
    return warn("account", "jobs run as root (executor.allow_root)",
                option(facts, "executor.allow_root: false"));
  }
  return failed("account", "jobs would run as root, which executor.allow_root forbids",
                option(facts, "executor.run_as: nobody"));
}

Finding account(const HostFacts& facts) {
  if (!facts.job_account) {
    return failed("account", "no account for jobs: " + printable(facts.job_account_trouble),
                  "useradd --system --create-home runneriq-job");
  }
  const Account& account = *facts.job_account;
  if (account.uid == 0) return root_account(facts);
  const std::string name =
      account.name.empty() ? "user " + std::to_string(account.uid) : printable(account.name);
  if (!facts.is_root && account.uid != facts.uid) {
    return failed("account", "only root can run jobs as " + name, option(facts, "executor.run_as: \"\""));
  }
  return ok("account", "jobs run as " + name);
}

Finding cgroup(const HostFacts& facts) {
  if (facts.options.cgroup_root == "off") return skipped("cgroup", "switched off by executor.cgroup_root");
  if (facts.cgroup.roots.empty()) {
    return warn(
        "cgroup", "jobs get no cgroup: their processes are not bounded and their CPU time is not known",
        option(facts, "executor.cgroup_root: /sys/fs/cgroup/FOLDER_OF_USER_" + std::to_string(facts.uid)));
  }
  const auto& controllers = facts.cgroup.controllers;
  const std::string where = joined(facts.cgroup.roots);
  if (std::ranges::find(controllers, "pids") == controllers.end()) {
    return warn("cgroup", "no pids controller below " + where + ": executor.pids_limit has no effect",
                "echo +pids > " + quoted(facts.cgroup.roots.front() + "/cgroup.subtree_control"));
  }
  return ok("cgroup", where + " with " + joined(controllers));
}

// Permission bits that an executor's own file or folder should not have.
Finding private_mode(std::string name, const std::string& path, std::uint32_t mode, std::uint32_t unwanted,
                     std::string what) {
  if ((mode & unwanted) == 0) return ok(std::move(name), std::move(what));
  const char* remedy = unwanted == 077U ? "chmod go= " : "chmod go-w ";
  return failed(std::move(name), path + " has mode " + octal(mode) + ": others may reach into it",
                remedy + quoted(path));
}

Finding owned_mode(const HostFacts& facts, std::string name, const std::string& path, std::uint32_t owner,
                   std::uint32_t mode, std::uint32_t unwanted, std::string what) {
  if (owner != facts.uid && owner != 0) {
    return failed(std::move(name), path + " belongs to user " + std::to_string(owner),
                  "chown " + std::to_string(facts.uid) + " " + quoted(path));
  }
  return private_mode(std::move(name), path, mode, unwanted, std::move(what));
}

Finding state_file(const HostFacts& facts) {
  const StateFileFacts& state = facts.state;
  if (state.schema && *state.schema > state.newest_schema) {
    return failed(
        "state-file",
        "the state file " + state.path + " was written by a later version; jobs run without admission",
        "install that version, or set it aside: mv " + quoted(state.path) + " " +
            quoted(state.path + ".later"));
  }
  if (!state.trouble.empty()) {
    const std::string folder = state.path.substr(0, state.path.rfind('/'));
    return failed("state-file",
                  "the state file: " + printable(state.trouble, 400) + "; jobs run without admission",
                  "install -d -m 0755 -o " + std::to_string(facts.uid) + " " + quoted(folder));
  }
  if (!state.exists)
    return ok("state-file", "the state file " + state.path + " will be made by the first job");
  const std::string schema = state.schema ? ", schema " + std::to_string(*state.schema) : "";
  return owned_mode(facts, "state-file", state.path, state.owner_uid, state.mode, 077,
                    "the state file " + state.path + schema);
}

Finding folder(const HostFacts& facts, const FolderFacts& folder) {
  if (!folder.trouble.empty()) {
    return failed(folder.name, printable(folder.trouble, 400),
                  "install -d -m 0755 -o " + std::to_string(facts.uid) + " " + quoted(folder.path));
  }
  if (folder.free_bytes && *folder.free_bytes < kLittleDisk) {
    return warn(folder.name, folder.path + " has " + std::to_string(*folder.free_bytes / kMiB) + " MiB left",
                "du -xhd 2 " + quoted(folder.path) + " | sort -h");
  }
  const std::string room =
      folder.free_bytes ? ", " + std::to_string(*folder.free_bytes / kLittleDisk) + " GiB free" : "";
  if (!folder.exists) return ok(folder.name, folder.path + " will be made by the first job" + room);
  return owned_mode(facts, folder.name, folder.path, folder.owner_uid, folder.mode, 022, folder.path + room);
}

bool uses_programs_of_the_host(DriverKind driver) {
  return driver != DriverKind::podman && driver != DriverKind::chain;
}

Finding git(const HostFacts& facts) {
  if (!uses_programs_of_the_host(facts.driver)) return skipped("git", "jobs do not use the host's");
  if (facts.git.works) return ok("git", printable(facts.git.detail));
  return failed("git", "jobs find no git on executor.path: " + printable(facts.git.detail),
                "apt-get install git");
}

Finding gitlab_runner(const HostFacts& facts) {
  if (!uses_programs_of_the_host(facts.driver)) return skipped("gitlab-runner", "jobs do not use the host's");
  if (facts.gitlab_runner.works) return ok("gitlab-runner", printable(facts.gitlab_runner.detail));
  return warn(
      "gitlab-runner",
      "jobs find no gitlab-runner on executor.path: gitlab-runner skips their cache and artifacts, with one "
      "line in the job log",
      "ln -s \"$(command -v gitlab-runner)\" /usr/local/bin/gitlab-runner");
}

std::string_view mark(FindingStatus status) {
  switch (status) {
    case FindingStatus::ok:
      return "ok      ";
    case FindingStatus::warn:
      return "warning ";
    case FindingStatus::fail:
      return "FAILED  ";
    case FindingStatus::skipped:
      break;
  }
  return "skipped ";
}

auto counted(std::span<const Finding> findings, FindingStatus status) {
  return std::ranges::count(findings, status, &Finding::status);
}

void append(std::vector<Finding>& findings, std::vector<Finding> more) {
  std::ranges::move(more, std::back_inserter(findings));
}

}  // namespace

std::string_view to_text(FindingStatus status) {
  switch (status) {
    case FindingStatus::ok:
      return "ok";
    case FindingStatus::warn:
      return "warn";
    case FindingStatus::fail:
      return "fail";
    case FindingStatus::skipped:
      break;
  }
  return "skipped";
}

std::vector<Finding> examine(const HostFacts& facts) {
  std::vector<Finding> findings = configuration(facts);
  findings.push_back(driver(facts));
  append(findings, namespaces(facts));
  findings.push_back(podman(facts));
  findings.push_back(chain(facts));
  findings.push_back(account(facts));
  findings.push_back(cgroup(facts));
  findings.push_back(state_file(facts));
  for (const FolderFacts& place : facts.folders) findings.push_back(folder(facts, place));
  findings.push_back(git(facts));
  findings.push_back(gitlab_runner(facts));
  append(findings, examine_runner(facts));
  append(findings, facts.tried);
  return findings;
}

int exit_code(std::span<const Finding> findings) {
  return counted(findings, FindingStatus::fail) > 0 ? 1 : 0;
}

std::string as_text(std::span<const Finding> findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += std::string(mark(finding.status)) + finding.name + ": " + finding.what + "\n";
    if (!finding.remedy.empty()) text += "          -> " + finding.remedy + "\n";
  }
  return text + std::to_string(counted(findings, FindingStatus::fail)) + " failed, " +
         std::to_string(counted(findings, FindingStatus::warn)) + " warned, " +
         std::to_string(counted(findings, FindingStatus::ok)) + " fine\n";
}

std::string as_json(std::span<const Finding> findings) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Finding& finding : findings) {
    list.push_back({{"name", finding.name},
                    {"status", to_text(finding.status)},
                    {"what", finding.what},
                    {"remedy", finding.remedy}});
  }
  const nlohmann::ordered_json document{{"findings", std::move(list)},
                                        {"failed", counted(findings, FindingStatus::fail)},
                                        {"warned", counted(findings, FindingStatus::warn)}};
  return document.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

}  // namespace runneriq::executor
