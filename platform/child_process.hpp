// Child processes: started with lesser rights, in groups of their own, watched until they and
// all that they started are gone. The only place that starts one.
#pragma once

#include "core/account.hpp"
#include "core/exit_status.hpp"
#include "core/result.hpp"
#include "core/time.hpp"
#include "platform/termination.hpp"
#include "platform/unique_fd.hpp"

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

namespace runneriq::platform {

enum class ProcessGroup { ours, own };  // own: in a session of its own, too
enum class OnOurDeath { stay, die };
enum class SessionKeyring { ours, own };

struct ChildSpec {
  std::vector<std::string> argv;  // argv[0]: a path, or a name to be found in `path`
  std::string path = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";
  std::vector<std::string> environment;  // "NAME=value"; complete
  std::string working_directory;         // "" = ours
  int standard_input = -1;               // −1 = /dev/null
  int standard_output = -1;              // −1 = ours
  int standard_error = -1;               // −1 = ours
  std::vector<int> kept_open;            // further descriptors, at the same number
  std::optional<Account> drop_to;        // becomes this user for good, groups included
  std::vector<std::string> cgroups;      // folders of cgroups to join first; what cannot be joined is skipped
  ProcessGroup group = ProcessGroup::own;
  OnOurDeath on_our_death = OnOurDeath::stay;
  SessionKeyring keyring = SessionKeyring::ours;  // own: a new one, without our keys
};

// Owns a running child; a child that is not waited for is killed at the end.
class Child {
 public:
  Child(Child&& other) noexcept;
  Child& operator=(Child&&) = delete;
  ~Child();
  [[nodiscard]] int pid() const { return pid_; }
  [[nodiscard]] int exit_fd() const { return pidfd_.get(); }  // readable once it has ended
  void signal(int number) const;
  // Ends at once when the child has ended, else waits. To be called once.
  ExitStatus wait();
  // Lets go of a child that cannot be killed; it is nobody's to wait for then.
  void abandon();

 private:
  friend Result<Child> start(const ChildSpec& spec);
  explicit Child(int pid);
  int pid_;
  UniqueFd pidfd_;
};

// Error: not_found, permission or unavailable, naming the program and what failed.
Result<Child> start(const ChildSpec& spec);

class OutputRelay;

// How to reach everything that a child started.
struct ProcessTree {
  std::function<void(int signal)> signal_all;  // SIGTERM or SIGKILL to every living member
  std::function<bool()> is_gone;               // no member but the child is left
  std::function<void()> while_ending = {};     // called every few milliseconds from SIGTERM on
  OutputRelay* output = nullptr;               // carried on while waiting, when there is one
  // Called after each `round` of waiting for the child, when set; must not take long.
  std::function<void()> each_round = {};
  Duration round = std::chrono::seconds{30};
};

struct Supervised {
  ExitStatus status;
  bool terminated = false;  // ended by us
};

// Waits for `child`. On a stop or when orphaned: SIGTERM to the tree, `grace` for it to end,
// then SIGKILL until nothing is left. When the child ended by itself, what it left behind is
// killed at once. Returns with the tree gone, or without what of it does not end even by SIGKILL.
Supervised supervise(Child& child, const ProcessTree& tree, Termination& termination, Duration grace);

// Runs a command to its end, killed with its group after `limit`; for short tools of ours.
struct Captured {
  ExitStatus status;
  std::string output;  // standard output, at most 1 MiB
  std::string errors;  // standard error, at most 64 KiB
};
// Error: as start(); timed_out.
Result<Captured> run_to_end(ChildSpec spec, Duration limit);

// Makes this process the parent of orphans among its descendants, so that none gets away.
void adopt_orphans();
// Collects the exit statuses of adopted orphans, never of `except`.
void reap_orphans(int except);
// Whether this process has no child left, alive or not yet collected. With adopted orphans
// that means: no descendant.
bool has_no_children();

}  // namespace runneriq::platform
