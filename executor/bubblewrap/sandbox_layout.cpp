#include "executor/bubblewrap/sandbox_layout.hpp"

#include "platform/files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <climits>
#include <cstdlib>
#include <memory>

namespace runneriq::executor {
namespace {

using platform::exists;
using platform::is_folder;

constexpr std::array kSystem{"/usr",   "/bin",    "/sbin", "/lib", "/lib32",
                             "/lib64", "/libx32", "/etc",  "/opt", "/nix"};
// Configuration that may hold tokens; jobs often run as the very user that may read it.
constexpr std::array kSecrets{"/etc/gitlab-runner", "/etc/runneriq", "/etc/ssl/private"};

std::string link_target(const std::string& path) {
  char target[PATH_MAX];
  const ssize_t length = ::readlink(path.c_str(), target, sizeof target);
  return length > 0 ? std::string(target, static_cast<std::size_t>(length)) : std::string();
}

std::string real_path(const std::string& path) {
  const std::unique_ptr<char, void (*)(void*)> resolved{::realpath(path.c_str(), nullptr), &std::free};
  return resolved ? std::string(resolved.get()) : std::string();
}

bool is_within(const std::string& path, const std::string& folder) {
  return path == folder || path.starts_with(folder + "/");
}

std::vector<std::string> shown_paths(const Sandbox& sandbox) {
  std::vector<std::string> paths = sandbox.system;
  paths.insert(paths.end(), sandbox.read_only.begin(), sandbox.read_only.end());
  return paths;
}

// The paths inside at which `real`, a path without links, would be seen: a shown path may
// itself be a link to a folder that holds it.
std::vector<std::string> seen_at(const Sandbox& sandbox, const std::string& real) {
  std::vector<std::string> places;
  for (const std::string& shown : shown_paths(sandbox)) {
    const std::string folder = real_path(shown);
    if (!real.empty() && !folder.empty() && is_within(real, folder))
      places.push_back(shown + real.substr(folder.size()));
  }
  return places;
}

void show_system(Sandbox& sandbox, const std::string& path) {
  if (const std::string target = link_target(path); !target.empty()) {
    sandbox.links.emplace_back(target, path);
  } else if (exists(path)) {
    sandbox.system.push_back(path);
  }
}

void show(Sandbox& sandbox, const std::string& path) {
  if (exists(path) && seen_at(sandbox, path).empty()) sandbox.read_only.push_back(path);
}

void hide(Sandbox& sandbox, const std::string& path) {
  if (!is_folder(path)) return;
  for (std::string& place : seen_at(sandbox, real_path(path))) sandbox.hidden.push_back(std::move(place));
}

// What lies in a hidden folder is hidden with it.
void keep_outermost(std::vector<std::string>& folders) {
  const std::vector<std::string> all = folders;
  std::erase_if(folders, [&](const std::string& inner) {
    return std::ranges::any_of(
        all, [&](const std::string& outer) { return outer != inner && is_within(inner, outer); });
  });
  std::ranges::sort(folders);
  folders.erase(std::unique(folders.begin(), folders.end()), folders.end());
}

}  // namespace

Sandbox sandbox_for(const JobPlan& plan, const BubblewrapOptions& options, const HostFolders& folders) {
  Sandbox sandbox;
  sandbox.command = options.command;
  for (const char* path : kSystem) show_system(sandbox, path);
  show(sandbox, real_path("/etc/resolv.conf"));  // on many hosts a link into /run
  for (const std::string& path : options.read_only_paths) show(sandbox, path);
  for (const char* path : kSecrets) hide(sandbox, path);
  for (const std::string& path : {folders.state, folders.builds, folders.cache, folders.jobs}) {
    hide(sandbox, path);
  }
  keep_outermost(sandbox.hidden);
  sandbox.private_home = plan.private_dir + "/home";
  sandbox.private_tmp = plan.private_dir + "/tmp";
  sandbox.writable = {plan.builds_dir, plan.cache_dir};
  for (const std::string& path : options.writable_paths) {
    if (exists(path)) sandbox.writable.push_back(path);
  }
  return sandbox;
}

}  // namespace runneriq::executor
