#include "apps/executor/host_facts.hpp"

#include "apps/executor/host.hpp"
#include "apps/executor/self_test.hpp"
#include "carbon/rapl/rapl.hpp"
#include "core/lines.hpp"
#include "core/path.hpp"
#include "executor/planning.hpp"
#include "executor/podman/podman_driver.hpp"
#include "executor/toml/runner_config.hpp"
#include "platform/accounts.hpp"
#include "platform/cgroup.hpp"
#include "platform/child_process.hpp"
#include "platform/files.hpp"
#include "platform/sqlite.hpp"
#include "scheduler/sqlite/schema.hpp"

#include <dirent.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <iterator>
#include <memory>
#include <utility>

namespace runneriq::app {
namespace {

using executor::FolderFacts;
using executor::HostFacts;
using executor::Probe;
using executor::StateFileFacts;

constexpr std::size_t kLargestFile = 1 << 20;
constexpr std::array kUnitFolders{"/etc/systemd/system", "/run/systemd/system", "/usr/lib/systemd/system",
                                  "/lib/systemd/system"};
constexpr const char* kUnit = "gitlab-runner.service";

std::string first_line(const std::string& text) {
  return text.substr(0, text.find('\n'));
}

// Runs `words` as jobs would find the program; works when it exits with 0.
Probe try_program(std::vector<std::string> words, const std::string& path) {
  platform::ChildSpec spec;
  spec.argv = std::move(words);
  spec.path = path;
  spec.environment = {"PATH=" + path, "HOME=/"};
  const auto ran = platform::run_to_end(spec, std::chrono::seconds{10});
  if (!ran) return {false, ran.error().message};
  return {ran->status.success(), first_line(ran->status.success() ? ran->output : ran->errors)};
}

// Namespaces of a kind can be made when the kernel has a quota for them above 0 and, for those
// who are not root, lets ordinary users have user namespaces.
Probe namespaces(const std::string& kind) {
  const std::string file = "/proc/sys/user/max_" + kind + "_namespaces";
  const auto quota = platform::read_file(file, kLargestFile);
  if (!quota) return {false, quota.error().message};
  if (*quota == "0\n") return {false, file + " is 0"};
  const auto switched = platform::read_file("/proc/sys/kernel/unprivileged_userns_clone", kLargestFile);
  if (switched && *switched == "0\n" && !platform::is_root()) {
    return {false, "kernel.unprivileged_userns_clone is 0"};
  }
  return {true, "quota " + first_line(*quota)};
}

// Of v2 the file says it, of v1 the name of the hierarchy's mount point.
std::string controllers_of(const std::string& root) {
  constexpr std::string_view kMounts = "/sys/fs/cgroup/";
  auto v2 = platform::read_file(root + "/cgroup.controllers", kLargestFile);
  if (v2) return std::move(*v2);
  if (!root.starts_with(kMounts)) return std::string(last_part(root));
  return root.substr(kMounts.size(), root.find('/', kMounts.size()) - kMounts.size());
}

std::vector<std::string> controllers_below(const std::vector<std::string>& roots) {
  std::vector<std::string> names;
  for (const std::string& root : roots) {
    std::ranges::move(executor::controller_names(controllers_of(root)), std::back_inserter(names));
  }
  return names;
}

std::string nearest_existing(std::string path) {
  while (path.size() > 1 && !platform::exists(path)) path = platform::parent_folder(path);
  return path;
}

std::string trouble_writing(const std::string& path) {
  const std::string there = nearest_existing(path);
  if (there != path && !platform::is_folder(there)) return there + " is not a folder";
  return platform::may_write(there) ? "" : "the current user may not write to " + there;
}

// The version of its tables. An older one is brought up to date by the next job, not by looking.
void read_schema(StateFileFacts& facts) {
  auto database = platform::Database::open(facts.path, platform::Database::Missing::is_error);
  auto version = database ? database->number("PRAGMA user_version") : fail(database.error());
  if (version) {
    facts.schema = static_cast<int>(*version);
  } else {
    facts.trouble = version.error().message;
  }
}

// Only looks: opening it through the store would make or upgrade it.
StateFileFacts state_file_facts(const std::string& path) {
  StateFileFacts facts;
  facts.path = path;
  facts.newest_schema = scheduler::kHostSchema;
  struct stat status {};
  facts.exists = ::stat(path.c_str(), &status) == 0;
  facts.trouble = trouble_writing(path);
  if (!facts.exists) return facts;
  facts.owner_uid = status.st_uid;
  facts.mode = status.st_mode & 07777;
  if (facts.trouble.empty()) read_schema(facts);
  return facts;
}

FolderFacts folder_facts(const std::string& name, const std::string& path) {
  FolderFacts facts;
  facts.name = name;
  facts.path = path;
  facts.trouble = trouble_writing(path);
  struct stat status {};
  facts.exists = ::stat(path.c_str(), &status) == 0;
  if (facts.exists) {
    facts.owner_uid = status.st_uid;
    facts.mode = status.st_mode & 07777;
  }
  struct statvfs disk {};
  if (::statvfs(nearest_existing(path).c_str(), &disk) == 0) {
    facts.free_bytes = static_cast<std::uint64_t>(disk.f_bavail) * disk.f_frsize;
  }
  return facts;
}

// Whether the attempt of a lease, the file that stands beside a private folder, is over.
bool is_leftover(const std::string& lease) {
  const auto text = platform::read_file(lease, kLargestFile);
  return text && !platform::is_folder(first_line(*text));
}

executor::LeftoverFacts leftover_facts(const std::string& jobs_dir) {
  executor::LeftoverFacts facts{jobs_dir, 0};
  if (!platform::exists(jobs_dir)) return facts;
  const std::unique_ptr<DIR, int (*)(DIR*)> stream{::opendir(jobs_dir.c_str()), &::closedir};
  if (!stream) return {jobs_dir, std::nullopt};
  while (const dirent* entry = ::readdir(stream.get())) {
    const std::string path = jobs_dir + "/" + entry->d_name;
    if (path.ends_with(".lease") && is_leftover(path)) ++*facts.attempts;
  }
  return facts;
}

void read_unit(const std::string& path, executor::UnitFacts& unit) {
  const auto text = platform::read_file(path, kLargestFile);
  if (!text) return;
  for (const std::string_view line : lines_of(*text)) {
    if (line.starts_with("KillMode=")) unit.kill_mode = line.substr(9);
    if (line.starts_with("KillSignal=")) unit.kill_signal = line.substr(11);
  }
}

std::optional<executor::UnitFacts> unit_facts() {
  for (const char* folder : kUnitFolders) {
    executor::UnitFacts unit{std::string(folder) + "/" + kUnit, "", ""};
    if (!platform::exists(unit.path)) continue;
    read_unit(unit.path, unit);
    const std::string drop_ins = std::string("/etc/systemd/system/") + kUnit + ".d";
    for (const std::string& name : platform::names_in(drop_ins)) {
      if (name.ends_with(".conf")) read_unit(drop_ins + "/" + name, unit);
    }
    return unit;
  }
  return std::nullopt;
}

std::string usual_runner_file(executor::EnvironmentBlock environment) {
  const std::string home(executor::find_in(environment, "HOME").value_or(""));
  return platform::is_root() ? "/etc/gitlab-runner/config.toml" : home + "/.gitlab-runner/config.toml";
}

void gather_driver(HostFacts& facts, executor::EnvironmentBlock environment, const JobUser& user) {
  const auto sandbox =
      executor::probe_bubblewrap(facts.options.bubblewrap, user.account, user.drop_privileges);
  Probe version = try_program({facts.options.bubblewrap.command, "--version"}, facts.options.path);
  facts.bubblewrap_installed = version.works;
  facts.bubblewrap = sandbox ? std::move(version) : Probe{false, sandbox.error().message};
  const auto choice = choose_driver(facts.options, user);
  facts.driver = choice ? choice->kind : executor::DriverKind::automatic;
  facts.driver_reason = choice ? choice->reason : choice.error().message;
  if (facts.driver == executor::DriverKind::podman) {
    const auto works =
        executor::probe_podman(facts.options.podman, environment, user.account, user.drop_privileges);
    facts.podman = works ? Probe{true, *works} : Probe{false, works.error().message};
  }
}

executor::CounterFacts counter_facts() {
  executor::CounterFacts facts;
  const auto counters = carbon::read_rapl();
  if (!counters) {
    facts.trouble = counters.error().message;
    facts.forbidden = counters.error().code == Errc::permission;
    return facts;
  }
  for (const carbon::RaplCounter& counter : *counters) facts.domains.push_back(counter.domain);
  return facts;
}

std::string_view install_command() {
  constexpr std::array<std::pair<const char*, std::string_view>, 4> kPackagers{
      {{"/usr/bin/apt-get", "apt-get install"},
       {"/usr/bin/dnf", "dnf install"},
       {"/usr/bin/yum", "yum install"},
       {"/usr/bin/zypper", "zypper install"}}};
  for (const auto& [program, words] : kPackagers) {
    if (platform::exists(program)) return words;
  }
  return HostFacts{}.install;
}

void gather_runner(HostFacts& facts) {
  auto runner = executor::read_runner_config(facts.runner_file);
  if (runner) {
    facts.runner = std::move(*runner);
  } else {
    facts.runner_trouble = runner.error().message;
  }
  facts.unit = unit_facts();
}

}  // namespace

std::string program_path() {
  char path[PATH_MAX];
  const ssize_t length = ::readlink("/proc/self/exe", path, sizeof path);
  return length > 0 ? std::string(path, static_cast<std::size_t>(length)) : "runneriq-executor";
}

HostFacts gather_facts(executor::EnvironmentBlock environment, const std::string& runner_file) {
  Settings settings = load_settings(environment);
  const JobUser user = job_user(settings.executor);
  const std::string state = state_file(environment);
  const auto roots = executor::host_roots(settings.executor, platform::parent_folder(state));

  HostFacts facts;
  facts.program = program_path();
  facts.config_file = settings.config_file;
  facts.config_absent = !platform::exists(settings.config_file);
  for (const config::Problem& problem : settings.problems) {
    facts.config_problems.push_back(problem.where + ": " + problem.message);
  }
  facts.options = std::move(settings.executor);
  gather_driver(facts, environment, user);
  facts.user_namespaces = namespaces("user");
  facts.mount_namespaces = namespaces("mnt");
  facts.pid_namespaces = namespaces("pid");
  facts.install = install_command();
  facts.is_root = platform::is_root();
  facts.uid = ::geteuid();
  facts.job_account = user.account;
  facts.job_account_trouble = user.warning;
  facts.cgroup.roots = platform::cgroup_roots(facts.options.cgroup_root);
  facts.cgroup.controllers = controllers_below(facts.cgroup.roots);
  facts.counters = counter_facts();
  facts.state = state_file_facts(state);
  facts.folders = {folder_facts("builds_dir", roots.builds), folder_facts("cache_dir", roots.cache),
                   folder_facts("jobs_dir", roots.jobs)};
  facts.leftovers = leftover_facts(roots.jobs);
  facts.git = try_program({"git", "--version"}, facts.options.path);
  facts.gitlab_runner = try_program({"gitlab-runner", "--version"}, facts.options.path);
  facts.runner_file = runner_file.empty() ? usual_runner_file(environment) : runner_file;
  gather_runner(facts);
  facts.tried = {self_test(facts.program, environment)};
  return facts;
}

}  // namespace runneriq::app
