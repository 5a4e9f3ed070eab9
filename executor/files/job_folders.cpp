#include "executor/files/job_folders.hpp"

#include "core/lines.hpp"
#include "core/path.hpp"
#include "platform/cgroup.hpp"
#include "platform/files.hpp"
#include "platform/process_table.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <string_view>

namespace runneriq::executor {
namespace {

constexpr std::uint32_t kPassable = 0711;  // others may go through, not look
constexpr std::uint32_t kOwnersOnly = 0700;
constexpr std::uint32_t kSticky = 01777;  // as programs expect of /tmp; its parent lets only the owner in
constexpr std::string_view kLeaseSuffix = ".lease";
constexpr std::size_t kLargestLease = 64 << 10;

Result<void> make_inside(const std::string& path, const Account& owner, std::uint32_t mode) {
  if (auto made = platform::make_folders(platform::parent_folder(path), kPassable); !made) return made;
  return platform::make_owned_folder(path, owner, mode);
}

// Beside a checkout that outlives its job stands whose it was last: project numbers are unique
// within one GitLab only, and what a job of an unprotected ref left in a checkout (a replaced
// object, a hook, a filter) must not meet one of a protected ref.
struct Origin {
  std::string gitlab;
  std::string trust;  // "protected" or "open"
};

std::string origin_file(const std::string& folder) {
  return folder + ".origin";
}

Origin origin_of(const JobPlan& plan) {
  return {plan.history.gitlab.value(), std::string(last_part(plan.cache_dir))};
}

std::string to_text(const Origin& origin) {
  return origin.gitlab + "\n" + origin.trust + "\n";
}

bool may_follow(const std::string& former, const Origin& origin) {
  return former == to_text(origin) || former == to_text({origin.gitlab, "protected"});
}

// Makes `folder` for the account; one of another user (executor.run_as has changed) is removed first.
Result<void> make_for(const Account& account, const std::string& folder) {
  struct stat status {};
  if (::lstat(folder.c_str(), &status) == 0 && status.st_uid != account.uid) {
    if (auto removed = platform::remove_tree(folder); !removed) return removed;
  }
  return make_inside(folder, account, kOwnersOnly);
}

// A checkout without a number is of no use to later jobs.
bool is_unnumbered(const JobPlan& plan) {
  return last_part(plan.builds_dir) == last_part(plan.private_dir);
}

// What a job left in the checkout that this one must not follow is removed first.
Result<void> make_checkout(const JobPlan& plan) {
  const std::string& folder = plan.builds_dir;
  if (is_unnumbered(plan)) return make_for(plan.account, folder);
  const Origin origin = origin_of(plan);
  const std::string former = platform::read_file(origin_file(folder), kLargestLease).value_or("");
  if (!may_follow(former, origin)) {
    if (auto removed = platform::remove_tree(folder); !removed) return removed;
  }
  if (auto made = make_for(plan.account, folder); !made) return made;
  if (former == to_text(origin)) return {};
  return platform::replace_file(origin_file(folder), to_text(origin));
}

Result<void> remove_unnumbered(const JobPlan& plan) {
  if (!is_unnumbered(plan)) return {};
  return platform::remove_tree(plan.builds_dir);
}

// Beside each private folder stands a lease: whose it is and which cgroups go with it, so that
// what a killed cleanup left is removed by the next job. One line each: TMPDIR, boot id, pid,
// start ticks, cgroups.
struct Lease {
  std::string attempt_dir;
  ProcessIdentity runner;
  std::vector<std::string> cgroups;
};

std::string to_text(const Lease& lease) {
  std::string text = lease.attempt_dir + "\n" + lease.runner.boot_id + "\n" +
                     std::to_string(lease.runner.pid) + "\n" + std::to_string(lease.runner.start_ticks) +
                     "\n";
  for (const std::string& folder : lease.cgroups) text += folder + "\n";
  return text;
}

std::optional<Lease> read_lease(const std::string& path) {
  const auto text = platform::read_file(path, kLargestLease);
  if (!text) return std::nullopt;
  const auto lines = lines_of(*text);
  if (lines.size() < 4) return std::nullopt;
  Lease lease{std::string(lines[0]), {std::string(lines[1]), 0, 0}, {lines.begin() + 4, lines.end()}};
  std::from_chars(lines[2].data(), lines[2].data() + lines[2].size(), lease.runner.pid);
  std::from_chars(lines[3].data(), lines[3].data() + lines[3].size(), lease.runner.start_ticks);
  return lease;
}

bool is_abandoned(const Lease& lease) {
  return !platform::is_folder(lease.attempt_dir) || !platform::is_alive(lease.runner);
}

Result<void> remove_leased(const std::string& lease_path, const std::vector<std::string>& cgroups) {
  auto ended = platform::remove_cgroups(cgroups);
  const std::string folder = lease_path.substr(0, lease_path.size() - kLeaseSuffix.size());
  if (auto removed = platform::remove_tree(folder); !removed) return removed;
  if (!ended) return ended;  // the lease stays, so that the next job tries again
  if (::unlink(lease_path.c_str()) != 0 && errno != ENOENT) {
    return fail(platform::system_error("cannot remove " + lease_path, errno));
  }
  return ended;
}

void remove_abandoned(const std::string& jobs_root) {
  for (const std::string& name : platform::names_in(jobs_root)) {
    if (!name.ends_with(kLeaseSuffix)) continue;
    std::string path = jobs_root;
    path.append("/").append(name);
    const auto lease = read_lease(path);
    // What cannot be removed now is tried again by the next job.
    if (lease && is_abandoned(*lease)) (void)remove_leased(path, lease->cgroups);
  }
}

std::string lease_path_of(const JobPlan& plan) {
  return plan.private_dir + std::string(kLeaseSuffix);
}

}  // namespace

Result<void> HostJobFolders::make(JobPlan& plan) {
  const std::string jobs_root = platform::parent_folder(plan.private_dir);
  if (auto made = platform::make_folders(jobs_root, kPassable); !made) return made;
  remove_abandoned(jobs_root);
  const auto roots = platform::cgroup_roots(options_.cgroup_root);
  plan.cgroups = platform::make_cgroups(roots, std::string(last_part(plan.private_dir)), options_.pids_limit);
  const Lease lease{plan.attempt.value(), platform::calling_runner().value_or(ProcessIdentity{}),
                    plan.cgroups};
  if (auto written = platform::replace_file(lease_path_of(plan), to_text(lease)); !written) return written;

  if (auto made = platform::make_owned_folder(plan.private_dir, plan.account, kOwnersOnly); !made)
    return made;
  if (auto made = platform::make_owned_folder(plan.private_dir + "/home", plan.account, kOwnersOnly); !made)
    return made;
  if (auto made = platform::make_owned_folder(plan.private_dir + "/tmp", plan.account, kSticky); !made)
    return made;
  if (auto made = make_for(plan.account, plan.cache_dir); !made) return made;
  return make_checkout(plan);
}

std::optional<Duration> HostJobFolders::cpu_time(const JobPlan& plan) {
  return platform::cpu_time(plan.cgroups);
}

// By the lease, which knows of cgroups also when a killed prepare never wrote them to the plan.
Result<void> HostJobFolders::remove_private(const JobPlan& plan) {
  const std::string path = lease_path_of(plan);
  const auto lease = read_lease(path);
  auto removed = remove_leased(path, lease ? lease->cgroups : plan.cgroups);
  auto unnumbered = remove_unnumbered(plan);
  return removed ? unnumbered : removed;
}

}  // namespace runneriq::executor
