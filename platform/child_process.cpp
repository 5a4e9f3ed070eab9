#include "platform/child_process.hpp"

#include "platform/files.hpp"
#include "platform/output_relay.hpp"
#include "platform/pidfd.hpp"
#include "platform/pipe.hpp"

#include <boost/process/child.hpp>
#include <boost/process/extend.hpp>
#include <boost/process/posix.hpp>
#include <fcntl.h>
#include <grp.h>
#include <linux/close_range.h>
#include <linux/keyctl.h>
#include <poll.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <utility>

namespace runneriq::platform {
namespace {

namespace bp = boost::process;
using Steady = std::chrono::steady_clock;

std::vector<char*> pointers_to(std::vector<std::string>& words) {
  std::vector<char*> pointers;
  pointers.reserve(words.size() + 1);
  for (std::string& word : words) pointers.push_back(word.data());
  pointers.push_back(nullptr);
  return pointers;
}

Result<std::string> find_program(const std::string& name, const std::string& path) {
  if (name.find('/') != std::string::npos) return name;
  for (std::size_t begin = 0; begin <= path.size();) {
    const std::size_t end = std::min(path.find(':', begin), path.size());
    std::string candidate = path.substr(begin, end - begin) + "/" + name;
    struct stat status {};
    if (end != begin && ::access(candidate.c_str(), X_OK) == 0 && ::stat(candidate.c_str(), &status) == 0 &&
        S_ISREG(status.st_mode)) {
      return candidate;
    }
    begin = end + 1;
  }
  return fail(Errc::not_found, "no program '" + name + "' in " + path);
}

// The step that failed in the child before its exec; the child is made by vfork() (a fork
// copies page tables and costs a stage a third of a millisecond), so what it writes here is seen.
struct Failure {
  const char* step = nullptr;
  int error = 0;
  int pid = 0;
};

// Everything that the child needs between vfork and exec, made ready before: there only calls
// that are safe after a vfork are allowed. Boost.Process calls the hooks.
class BeforeExec : public bp::extend::handler {
 public:
  BeforeExec(const ChildSpec& spec, const std::string& program, Failure& failure)
      : spec_(spec),
        program_(program),
        failure_(failure),
        argv_(spec.argv),
        environment_(spec.environment),
        parent_(::getpid()),
        null_(::open("/dev/null", O_RDWR | O_CLOEXEC)) {
    argv_pointers_ = pointers_to(argv_);
    environment_pointers_ = pointers_to(environment_);
    for (const std::string& folder : spec.cgroups) {
      UniqueFd procs{::open((folder + "/cgroup.procs").c_str(), O_WRONLY | O_CLOEXEC)};
      if (procs) cgroups_.push_back(std::move(procs));
    }
  }

  template <class Executor>
  void on_setup(Executor& executor) const {
    executor.exe = program_.c_str();
    executor.cmd_line = argv_pointers_.data();
    executor.env = const_cast<char**>(environment_pointers_.data());
  }

  template <class Executor>
  void on_exec_setup(Executor&) const {
    failure_.step = prepare();
    if (failure_.step == nullptr) return;
    failure_.error = errno;
    ::_exit(EXIT_FAILURE);
  }

  template <class Executor>
  void on_exec_error(Executor&, const std::error_code& error) const {
    failure_ = {"exec", error.value(), 0};
  }

  template <class Executor>
  void on_error(Executor& executor, const std::error_code& error) const {
    if (failure_.step == nullptr) failure_ = {"fork", error.value(), 0};
    failure_.pid = executor.pid;
  }

 private:
  // The name of the step that failed, with errno set; null when all is ready.
  const char* prepare() const {
    for (const UniqueFd& procs : cgroups_) (void)!::write(procs.get(), "0", 1);
    // A session of its own has no terminal: a job could type into ours.
    if (spec_.group == ProcessGroup::own && ::setsid() < 0) return "setsid";
    if (spec_.keyring == SessionKeyring::own) leave_keyring();
    if (!put(spec_.standard_input, STDIN_FILENO)) return "standard input";
    if (spec_.standard_output >= 0 && !put(spec_.standard_output, STDOUT_FILENO)) return "standard output";
    if (spec_.standard_error >= 0 && !put(spec_.standard_error, STDERR_FILENO)) return "standard error";
    // What our caller left open is not for the child. Kernels before 5.11 cannot.
    (void)::close_range(STDERR_FILENO + 1, ~0U, CLOSE_RANGE_CLOEXEC);
    for (const int fd : spec_.kept_open) {
      if (::fcntl(fd, F_SETFD, 0) != 0) return "keeping a descriptor open";
    }
    if (const char* failed = drop()) return failed;
    if (!spec_.working_directory.empty() && ::chdir(spec_.working_directory.c_str()) != 0) return "chdir";
    reset_signals();
    return die_with_parent();
  }

  bool put(int fd, int number) const { return ::dup2(fd >= 0 ? fd : null_.get(), number) >= 0; }

  // The session keyring is inherited whoever one becomes; the runner's and other jobs' keys are not
  // for this job. Kernels without keyrings have none to leave.
  static void leave_keyring() { ::syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, nullptr); }

  const char* drop() const {
    if (!spec_.drop_to) return nullptr;
    const Account& account = *spec_.drop_to;
    constexpr std::uint32_t kNoChange = UINT32_MAX;  // to setresuid(2) and setresgid(2)
    if (account.uid == kNoChange || account.gid == kNoChange) {
      errno = EINVAL;
      return "a user number that means no change";
    }
    if (::setgroups(account.groups.size(), account.groups.data()) != 0) return "setgroups";
    if (::setresgid(account.gid, account.gid, account.gid) != 0) return "setgid";
    if (::setresuid(account.uid, account.uid, account.uid) != 0) return "setuid";
    return nullptr;
  }

  static void reset_signals() {
    sigset_t none;
    sigemptyset(&none);
    ::sigprocmask(SIG_SETMASK, &none, nullptr);
    ::signal(SIGPIPE, SIG_DFL);
  }

  // After the change of user, which clears the setting.
  const char* die_with_parent() const {
    if (spec_.on_our_death == OnOurDeath::stay) return nullptr;
    if (::prctl(PR_SET_PDEATHSIG, SIGKILL) != 0) return "parent-death signal";
    if (::getppid() != parent_) ::_exit(EXIT_FAILURE);
    return nullptr;
  }

  const ChildSpec& spec_;
  const std::string& program_;
  Failure& failure_;
  std::vector<std::string> argv_, environment_;
  std::vector<char*> argv_pointers_, environment_pointers_;
  std::vector<UniqueFd> cgroups_;
  int parent_;
  UniqueFd null_;
};

ExitStatus status_of(int wait_status) {
  return WIFSIGNALED(wait_status) ? ExitStatus::killed_by(WTERMSIG(wait_status))
                                  : ExitStatus::exited(WEXITSTATUS(wait_status));
}

bool wait_readable(int fd, Duration limit) {
  pollfd wait{fd, POLLIN, 0};
  return ::poll(&wait, 1, static_cast<int>(limit.count())) > 0;
}

// A process that the kernel will not let go (stuck in I/O) must not hang the stage.
constexpr Duration kKillTakes = std::chrono::seconds{5};

// Kills what is left until it is gone.
void sweep(const ProcessTree& tree) {
  const auto end = Steady::now() + kKillTakes;
  for (Duration pause{0}; !tree.is_gone() && Steady::now() < end;
       pause = std::min(pause + Duration{1}, Duration{20})) {
    tree.signal_all(SIGKILL);
    wait_readable(-1, pause);
    reap_orphans(0);
  }
}

// Where the kernel (before 5.3) or a sandbox around us gives no pidfd.
constexpr Duration kPollWithoutPidfd = std::chrono::milliseconds{10};
constexpr Duration kPollWhileEnding = std::chrono::milliseconds{10};

bool has_ended(int pid) {
  siginfo_t ended{};
  return ::waitid(P_PID, static_cast<id_t>(pid), &ended, WEXITED | WNOHANG | WNOWAIT) != 0 ||
         ended.si_pid == pid;
}

void carry_output(const ProcessTree& tree) {
  if (tree.output != nullptr) tree.output->carry();
}

// A runner that reads nothing for so long is not coming back for the rest.
constexpr Duration kReaderPatience = std::chrono::seconds{10};
constexpr pollfd kNoWait{-1, 0, 0};

// Calls what is to be called each round of waiting.
class Rounds {
 public:
  explicit Rounds(const ProcessTree& tree) : tree_(tree), next_(Steady::now() + tree.round) {}

  void call_when_due() {
    if (!tree_.each_round || Steady::now() < next_) return;
    tree_.each_round();
    next_ = Steady::now() + tree_.round;
  }

  // Until the next call is due, at most `limit`.
  [[nodiscard]] Duration left(Duration limit) const {
    if (!tree_.each_round) return limit;
    return std::clamp(std::chrono::ceil<Duration>(next_ - Steady::now()), Duration::zero(), limit);
  }

 private:
  const ProcessTree& tree_;
  Steady::time_point next_;
};

Duration poll_limit(const Child& child, std::optional<Steady::time_point> kill_at, const Rounds& rounds) {
  if (child.exit_fd() < 0) return kPollWithoutPidfd;
  if (!kill_at) return rounds.left(Duration{1000});
  const auto left = std::chrono::ceil<Duration>(*kill_at - Steady::now());
  return left > Duration::zero() ? std::min(left, kPollWhileEnding) : kPollWhileEnding;
}

// Waits a little for whatever comes first and carries output on; whether the child has ended.
bool poll_once(const Child& child, const ProcessTree& tree, const Termination& termination,
               std::optional<Steady::time_point> kill_at, const Rounds& rounds) {
  const auto output = tree.output != nullptr ? tree.output->waits() : std::array{kNoWait, kNoWait};
  std::array<pollfd, 5> waits{{{child.exit_fd(), POLLIN, 0},
                               {kill_at ? -1 : termination.signal_fd(), POLLIN, 0},
                               {kill_at ? -1 : termination.parent_fd(), POLLIN, 0},
                               output[0],
                               output[1]}};
  ::poll(waits.data(), waits.size(), static_cast<int>(poll_limit(child, kill_at, rounds).count()));
  carry_output(tree);
  return waits[0].revents != 0 || (child.exit_fd() < 0 && has_ended(child.pid()));
}

struct Awaited {
  std::optional<Steady::time_point> kill_at;  // the end of the grace, when the tree was told to end
  bool stuck = false;                         // the child does not end even by SIGKILL
};

// Waits until the child has ended, stopping its tree when told to.
Awaited await(const Child& child, const ProcessTree& tree, Termination& termination, Duration grace) {
  Awaited awaited;
  Rounds rounds{tree};
  while (true) {
    if (!awaited.kill_at && termination.happened()) {
      awaited.kill_at = Steady::now() + grace;
      tree.signal_all(SIGTERM);
    }
    const bool over = awaited.kill_at && Steady::now() >= *awaited.kill_at;
    if (over) tree.signal_all(SIGKILL);
    if (poll_once(child, tree, termination, awaited.kill_at, rounds)) return awaited;
    rounds.call_when_due();
    awaited.stuck = over && Steady::now() >= *awaited.kill_at + kKillTakes;
    if (awaited.stuck) return awaited;
    if (awaited.kill_at && tree.while_ending) tree.while_ending();
    reap_orphans(child.pid());
  }
}

// Others of the tree may still be in their own traps when the child has ended.
void linger(const ProcessTree& tree, Steady::time_point end) {
  while (!tree.is_gone() && Steady::now() < end) {
    wait_readable(-1, Duration{5});
    carry_output(tree);
    reap_orphans(0);
  }
}

// Reads what is there; false at the end of the file.
bool drain(int fd, std::string& into, std::size_t limit) {
  char block[16384];
  const ssize_t count = ::read(fd, block, sizeof block);
  if (count <= 0) return count < 0 && errno == EINTR;
  const std::size_t room = limit - std::min(limit, into.size());
  into.append(block, std::min(room, static_cast<std::size_t>(count)));
  return true;
}

}  // namespace

Child::Child(int pid) : pid_(pid), pidfd_(open_pidfd(pid)) {}

Child::Child(Child&& other) noexcept : pid_(std::exchange(other.pid_, 0)), pidfd_(std::move(other.pidfd_)) {}

Child::~Child() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  (void)wait();
}

void Child::signal(int number) const {
  if (pid_ > 0) ::kill(pid_, number);
}

void Child::abandon() {
  pid_ = 0;
}

ExitStatus Child::wait() {
  int status = 0;
  while (::waitpid(pid_, &status, 0) < 0 && errno == EINTR) {
  }
  pid_ = 0;
  return status_of(status);
}

Result<Child> start(const ChildSpec& spec) {
  const auto program = find_program(spec.argv.front(), spec.path);
  if (!program) return fail(program.error());
  std::error_code error;
  Failure failure;
  const BeforeExec before{spec, *program, failure};
  bp::child child(before, bp::posix::use_vfork, error);
  const int pid = failure.pid > 0 ? failure.pid : child.id();
  child.detach();
  if (failure.step == nullptr) return Child{pid};
  if (pid > 0) ::waitpid(pid, nullptr, 0);
  return fail(system_error("cannot start " + *program + " (" + failure.step + ")", failure.error));
}

Supervised supervise(Child& child, const ProcessTree& tree, Termination& termination, Duration grace) {
  const Awaited awaited = await(child, tree, termination, grace);
  if (awaited.stuck) child.abandon();
  const ExitStatus status = awaited.stuck ? ExitStatus::killed_by(SIGKILL) : child.wait();
  if (awaited.kill_at && !awaited.stuck) linger(tree, *awaited.kill_at);
  sweep(tree);
  if (tree.output != nullptr) tree.output->finish(kReaderPatience);
  return {status, awaited.kill_at.has_value()};
}

Result<Captured> run_to_end(ChildSpec spec, Duration limit) {
  auto output = make_pipe();
  if (!output) return fail(output.error());
  auto errors = make_pipe();
  if (!errors) return fail(errors.error());
  spec.standard_output = output->write.get();
  spec.standard_error = errors->write.get();
  auto child = start(spec);
  if (!child) return fail(child.error());
  output->write = UniqueFd{};
  errors->write = UniqueFd{};

  Captured captured{ExitStatus::exited(0), {}, {}};
  const auto end = Steady::now() + limit;
  bool output_open = true;
  bool errors_open = true;
  bool ended = false;
  while (output_open || errors_open || !ended) {
    auto left = std::chrono::ceil<Duration>(end - Steady::now());
    if (left <= Duration::zero()) {
      ::kill(-child->pid(), SIGKILL);
      return fail(Errc::timed_out, spec.argv.front() + " did not end within " + to_reading(limit));
    }
    std::array<pollfd, 3> waits{{{output_open ? output->read.get() : -1, POLLIN, 0},
                                 {errors_open ? errors->read.get() : -1, POLLIN, 0},
                                 {ended ? -1 : child->exit_fd(), POLLIN, 0}}};
    if (child->exit_fd() < 0) left = std::min(left, kPollWithoutPidfd);
    ::poll(waits.data(), waits.size(), static_cast<int>(left.count()));
    if (waits[0].revents != 0) output_open = drain(output->read.get(), captured.output, 1 << 20);
    if (waits[1].revents != 0) errors_open = drain(errors->read.get(), captured.errors, 64 << 10);
    ended = ended || waits[2].revents != 0 || (child->exit_fd() < 0 && has_ended(child->pid()));
  }
  captured.status = child->wait();
  return captured;
}

void adopt_orphans() {
  ::prctl(PR_SET_CHILD_SUBREAPER, 1);
}

void reap_orphans(int except) {
  siginfo_t ended{};
  while (true) {
    ended.si_pid = 0;
    if (::waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 || ended.si_pid == 0) return;
    if (ended.si_pid == except) return;
    ::waitpid(ended.si_pid, nullptr, WNOHANG);
  }
}

bool has_no_children() {
  siginfo_t ended{};
  return ::waitid(P_ALL, 0, &ended, WEXITED | WNOHANG | WNOWAIT) != 0 && errno == ECHILD;
}

}  // namespace runneriq::platform
