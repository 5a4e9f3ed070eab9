#include "executor/sandbox.hpp"

#include <initializer_list>

namespace runneriq::executor {
namespace {

void append(std::vector<std::string>& command, std::initializer_list<std::string> words) {
  command.insert(command.end(), words);
}

}  // namespace

std::vector<std::string> sandbox_command(const Sandbox& sandbox) {
  std::vector<std::string> command{sandbox.command};
  append(command,
         {"--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"});
  append(command, {"--die-with-parent", "--new-session", "--cap-drop", "ALL"});
  for (const std::string& path : sandbox.system) append(command, {"--ro-bind", path, path});
  for (const auto& [target, path] : sandbox.links) append(command, {"--symlink", target, path});
  append(command, {"--proc", "/proc", "--dev", "/dev"});
  append(command, {"--bind", sandbox.private_tmp, kSandboxTmp, "--bind", sandbox.private_tmp, "/var/tmp"});
  append(command, {"--dir", "/run"});
  for (const std::string& path : sandbox.read_only) append(command, {"--ro-bind", path, path});
  for (const std::string& path : sandbox.hidden) append(command, {"--tmpfs", path});
  append(command, {"--bind", sandbox.private_home, kSandboxHome});
  for (const std::string& path : sandbox.writable) append(command, {"--bind", path, path});
  for (const std::string& path : sandbox.hidden) append(command, {"--remount-ro", path});
  append(command, {"--remount-ro", "/"});
  return command;
}

}  // namespace runneriq::executor
