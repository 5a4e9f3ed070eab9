// What a job may see and change in a bubblewrap sandbox, and the command line that makes it so.
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace runneriq::executor {

// Paths as the job sees them; all absolute.
inline constexpr const char* kSandboxHome =
    "/runneriq/home";  // no host has that: nothing configured can cover it
inline constexpr const char* kSandboxTmp = "/tmp";

struct Sandbox {
  std::string command = "bwrap";
  std::vector<std::pair<std::string, std::string>> links;  // target, path: /bin -> usr/bin
  std::vector<std::string> system;        // read-only; what else the host has does not exist inside
  std::vector<std::string> read_only;     // further paths that the configuration names
  std::vector<std::string> hidden;        // folders within those, shown empty: secrets, other jobs, our state
  std::string private_home, private_tmp;  // on the host
  std::vector<std::string> writable;      // this job's builds and cache folders, at the same path
};

// The arguments up to, not including, the program to run. User, PID, IPC, UTS and mount
// namespaces of its own, no capability, no new privileges (bubblewrap always sets that), a
// session without a terminal, dying with us. Order matters: a private /tmp must not cover a path below it
// that is to be seen; what is hidden comes after what is shown and before what is writable, and is closed
// after it, since that may lie inside.
std::vector<std::string> sandbox_command(const Sandbox& sandbox);

}  // namespace runneriq::executor
