#include "platform/cgroup.hpp"

#include "core/lines.hpp"
#include "platform/files.hpp"

#include <fcntl.h>
#include <linux/magic.h>
#include <poll.h>
#include <sys/stat.h>
#include <sys/vfs.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <charconv>
#include <csignal>
#include <memory>

namespace runneriq::platform {
namespace {

constexpr std::size_t kFileBytes = 1 << 20;
// v2 as systemd mounts it alone or beside v1, then the v1 controllers that serve us.
constexpr std::array kUsualRoots{"/sys/fs/cgroup", "/sys/fs/cgroup/unified", "/sys/fs/cgroup/pids",
                                 "/sys/fs/cgroup/cpuacct"};

// A cgroup file system and not, for example, the tmpfs that v1 hierarchies are mounted in,
// where making a folder would do nothing.
bool is_cgroup(const std::string& folder) {
  struct statfs status {};
  if (::statfs(folder.c_str(), &status) != 0) return false;
  const auto type = static_cast<unsigned long>(status.f_type);
  return type == CGROUP2_SUPER_MAGIC || type == CGROUP_SUPER_MAGIC;
}

bool write_text(const std::string& path, std::string_view text) {
  const UniqueFd fd{::open(path.c_str(), O_WRONLY | O_CLOEXEC)};
  return fd && ::write(fd.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
}

std::optional<long long> number_after(const std::string& text, std::string_view label) {
  const std::size_t at = text.find(label);
  if (at == std::string::npos) return std::nullopt;
  long long number = 0;
  const char* begin = text.data() + at + label.size();
  const auto parsed = std::from_chars(begin, text.data() + text.size(), number);
  if (parsed.ec != std::errc{}) return std::nullopt;
  return number;
}

std::optional<Duration> cpu_time_of(const std::string& folder) {
  if (const auto v2 = read_file(folder + "/cpu.stat", kFileBytes)) {
    if (const auto micros = number_after(*v2, "usage_usec ")) {
      return std::chrono::duration_cast<Duration>(std::chrono::microseconds{*micros});
    }
  }
  if (const auto v1 = read_file(folder + "/cpuacct.usage", kFileBytes)) {
    if (const auto nanos = number_after(*v1, "")) {
      return std::chrono::duration_cast<Duration>(std::chrono::nanoseconds{*nanos});
    }
  }
  return std::nullopt;
}

void kill_members(const std::string& folder) {
  if (write_text(folder + "/cgroup.kill", "1")) return;
  const std::string members = read_file(folder + "/cgroup.procs", kFileBytes).value_or("");
  for (const std::string_view line : lines_of(members)) {
    int pid = 0;
    std::from_chars(line.data(), line.data() + line.size(), pid);
    if (pid > 0) ::kill(pid, SIGKILL);
  }
}

// The groups that a job made below its own, deepest first, then the folder itself.
void remove_below(const std::string& folder, int depth) {
  constexpr int kDeepest = 32;
  if (depth > kDeepest) return;
  for (const std::string& name : names_in(folder)) {
    std::string inner = folder;
    inner.append("/").append(name);
    if (!is_folder(inner)) continue;
    kill_members(inner);
    remove_below(inner, depth + 1);
    ::rmdir(inner.c_str());
  }
}

Result<void> remove_one(const std::string& folder) {
  constexpr int kTries = 100;
  for (int round = 0; round < kTries; ++round) {
    if (::rmdir(folder.c_str()) == 0 || errno == ENOENT) return {};
    if (errno != EBUSY) return fail(system_error("cannot remove the cgroup " + folder, errno));
    kill_members(folder);
    remove_below(folder, 0);
    ::poll(nullptr, 0, std::min(round, 20));
  }
  return fail(Errc::unavailable, "the cgroup " + folder +
                                     " stays busy after SIGKILL: a process in it is stuck in the kernel; the "
                                     "next job tries to remove it again");
}

}  // namespace

std::vector<std::string> cgroup_roots(std::string_view configured) {
  if (configured == "off") return {};
  std::vector<std::string> candidates{std::string(configured)};
  if (configured == "auto") candidates.assign(kUsualRoots.begin(), kUsualRoots.end());
  std::erase_if(candidates, [](const std::string& root) { return !is_cgroup(root) || !may_write(root); });
  return candidates;
}

std::vector<std::string> make_cgroups(const std::vector<std::string>& roots, const std::string& name,
                                      int pids_limit) {
  std::vector<std::string> made;
  for (const std::string& root : roots) {
    const std::string ours = root + "/runneriq";
    if (::mkdir(ours.c_str(), 0755) != 0 && errno != EEXIST) continue;
    // v2 gives a controller to children only where their parent passes it on; absent ones stay absent.
    write_text(root + "/cgroup.subtree_control", "+pids");
    write_text(ours + "/cgroup.subtree_control", "+pids");
    std::string folder = ours;
    folder.append("/").append(name);
    if (::mkdir(folder.c_str(), 0755) != 0 && errno != EEXIST) continue;
    if (pids_limit > 0) write_text(folder + "/pids.max", std::to_string(pids_limit));
    made.push_back(std::move(folder));
  }
  return made;
}

std::optional<Duration> cpu_time(const std::vector<std::string>& folders) {
  for (const std::string& folder : folders) {
    if (const auto used = cpu_time_of(folder)) return used;
  }
  return std::nullopt;
}

void kill_cgroups(const std::vector<std::string>& folders) {
  for (const std::string& folder : folders) kill_members(folder);
}

Result<void> remove_cgroups(const std::vector<std::string>& folders) {
  Result<void> outcome;
  for (const std::string& folder : folders) {
    if (auto removed = remove_one(folder); !removed && outcome) outcome = removed;
  }
  return outcome;
}

}  // namespace runneriq::platform
