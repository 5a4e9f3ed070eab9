#include "apps/executor/self_test.hpp"

#include "core/printable.hpp"
#include "platform/child_process.hpp"
#include "platform/files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <vector>

namespace runneriq::app {
namespace {

using executor::Finding;
using executor::FindingStatus;

constexpr std::string_view kScript =
    "#!/usr/bin/env bash\ncd \"$HOME\" && touch \"$TMPDIR/probe\" && exit 42\n";
constexpr int kExpectedCode = 42;
constexpr std::string_view kJob =
    R"({"id":1,"job_info":{"name":"self-test","stage":"test","project_id":1},"git_info":{"ref":"main"}})";

// A folder in /tmp that is removed at the end.
class Workbench {
 public:
  Workbench() {
    char path[] = "/tmp/runneriq-doctor-XXXXXX";
    if (::mkdtemp(path) != nullptr) path_ = path;
    ::chmod(path_.c_str(), 0711);  // jobs run as another user below it
  }
  Workbench(const Workbench&) = delete;
  Workbench& operator=(const Workbench&) = delete;
  ~Workbench() {
    if (!path_.empty()) (void)platform::remove_tree(path_);
  }
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
};

struct Call {
  std::vector<std::string> words;
  int expected = 0;
};

class SelfTest {
 public:
  SelfTest(std::string program, executor::EnvironmentBlock environment) : program_(std::move(program)) {
    for (const std::string_view entry : environment) {
      if (!entry.starts_with("RUNNERIQ_STATE=") && !entry.starts_with("TMPDIR="))
        environment_.emplace_back(entry);
    }
    const std::string attempt = bench_.path() + "/attempt";
    environment_.push_back("RUNNERIQ_STATE=" + bench_.path() + "/state/host.db");
    for (const char* name : {"BUILDS", "CACHE", "JOBS"}) {
      environment_.push_back("RUNNERIQ_EXECUTOR_" + std::string(name) + "_DIR=" + bench_.path() + "/" + name);
    }
    environment_.push_back("TMPDIR=" + attempt);
    environment_.push_back("JOB_RESPONSE_FILE=" + attempt + "/response.json");
    environment_.push_back("BUILD_EXIT_CODE_FILE=" + attempt + "/build_exit_code");
    script_ = attempt + "/script";
  }

  Result<void> run() {
    const std::string attempt = bench_.path() + "/attempt";
    if (auto made = platform::make_folders(attempt, 0700); !made) return made;
    if (auto made = platform::replace_file(attempt + "/response.json", kJob); !made) return made;
    if (auto made = platform::replace_file(script_, kScript); !made) return made;
    const std::vector<Call> calls{
        {{"config"}, 0}, {{"prepare"}, 0}, {{"run", script_, "build_script"}, 1}, {{"cleanup"}, 0}};
    Result<void> outcome;
    for (const Call& call : calls) {  // cleanup is due in any case
      if (auto done = stage(call); !done && outcome) outcome = done;
    }
    if (outcome && exit_code_ != std::to_string(kExpectedCode) + "\n") {
      return fail(Errc::unavailable,
                  "the script's exit code came back as '" + printable(exit_code_) + "', not 42");
    }
    return outcome;
  }

 private:
  Result<void> stage(const Call& call) {
    platform::ChildSpec spec;
    spec.argv = {program_};
    spec.argv.insert(spec.argv.end(), call.words.begin(), call.words.end());
    spec.environment = environment_;
    const auto ran = platform::run_to_end(spec, std::chrono::seconds{30});
    if (!ran) return fail(ran.error());
    if (call.words.front() == "run") {
      exit_code_ = platform::read_file(bench_.path() + "/attempt/build_exit_code", 64).value_or("");
    }
    if (ran->status == ExitStatus::exited(call.expected)) return {};
    return fail(Errc::unavailable, call.words.front() + " ended with " +
                                       std::to_string(ran->status.shell_code()) + ": " +
                                       printable(ran->output + ran->errors, 400));
  }

  Workbench bench_;
  std::string program_;
  std::vector<std::string> environment_;
  std::string script_;
  std::string exit_code_;
};

}  // namespace

Finding self_test(const std::string& program, executor::EnvironmentBlock environment) {
  const auto passed = SelfTest{program, environment}.run();
  if (passed) {
    return {"self-test", FindingStatus::ok, "a job went through config, prepare, run and cleanup", ""};
  }
  return {"self-test", FindingStatus::fail, "a test job failed: " + passed.error().message,
          "mend the findings above first, then run `runneriq-executor doctor` again"};
}

}  // namespace runneriq::app
