#include "executor/doctor.hpp"

#include "config/yaml/document.hpp"
#include "core/json_text.hpp"
#include "executor/config_toml.hpp"
#include "executor/toml/runner_config.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <algorithm>
#include <functional>
#include <regex>
#include <span>
#include <string>
#include <vector>

namespace runneriq::executor {
namespace {

using namespace std::chrono_literals;

RunnerSettings good_settings(int slots) {
  return parse_runner_config(*config_toml({"/usr/bin/runneriq-executor", slots, 0, 10s})).value();
}

// A host with nothing to complain about.
HostFacts good_host() {
  HostFacts facts;
  facts.program = "/usr/bin/runneriq-executor";
  facts.config_file = "/etc/runneriq/runneriq.yaml";
  facts.options.slots = 2;
  facts.driver = DriverKind::bubblewrap;
  facts.driver_reason = "a sandbox could be made";
  facts.bubblewrap = {true, "bubblewrap 0.8.0"};
  facts.user_namespaces = facts.mount_namespaces = facts.pid_namespaces = {true, ""};
  facts.is_root = true;
  facts.job_account = Account{"gitlab-runner", 998, 998, {}, "/home/gitlab-runner"};
  facts.cgroup = {{"/sys/fs/cgroup"}, {"pids", "cpuacct"}};
  facts.state = {"/var/lib/runneriq-executor/host.db", true, "", 1, 1, 0, 0600};
  facts.folders = {
      {"builds_dir", "/var/lib/runneriq-executor/builds", true, "", 0, 0755, std::uint64_t{50} << 30}};
  facts.leftovers = {"/var/lib/runneriq-executor/jobs", 0};
  facts.git = {true, "git version 2.39.5"};
  facts.gitlab_runner = {true, "/usr/bin/gitlab-runner"};
  facts.runner_file = "/etc/gitlab-runner/config.toml";
  facts.runner = good_settings(2);
  facts.unit = UnitFacts{"/etc/systemd/system/gitlab-runner.service", "mixed", "SIGQUIT"};
  return facts;
}

std::string described(const Finding& finding) {
  return std::string(to_text(finding.status)) + " " + finding.name + ": " + finding.what + " -> " +
         finding.remedy;
}

TEST(Doctor, FindsNothingOnAGoodHost) {
  const auto findings = examine(good_host());
  for (const Finding& finding : findings) {
    EXPECT_NE(finding.status, FindingStatus::fail) << described(finding);
    EXPECT_NE(finding.status, FindingStatus::warn) << described(finding);
  }
  EXPECT_EQ(exit_code(findings), 0);
}

TEST(Doctor, FindsNothingInTheReserveThatItWrites) {
  HostFacts facts = good_host();
  facts.runner = parse_runner_config(*config_toml({facts.program, 2, 1, 10s})).value();
  for (const Finding& finding : examine_runner(facts)) {
    EXPECT_EQ(finding.status, FindingStatus::ok) << described(finding);
  }
}

struct Case {
  const char* name;
  std::function<void(HostFacts&)> change;
  const char* finding;
  FindingStatus status;
  const char* remedy;  // a part of it
};

RunnerEntry& entry(HostFacts& facts) {
  return facts.runner->entries.at(0);
}

class DoctorFinds : public testing::TestWithParam<Case> {};

TEST_P(DoctorFinds, WithItsRemedy) {
  HostFacts facts = good_host();
  GetParam().change(facts);
  const auto findings = examine(facts);
  std::string others;
  for (const Finding& finding : findings) {
    if (finding.name == GetParam().finding && finding.status == GetParam().status) {
      EXPECT_NE(finding.remedy.find(GetParam().remedy), std::string::npos) << described(finding);
      EXPECT_EQ(exit_code(findings), finding.status == FindingStatus::fail ? 1 : 0);
      return;
    }
    others += described(finding) + "\n";
  }
  FAIL() << "not found among\n" << others;
}

constexpr auto kWarn = FindingStatus::warn;
constexpr auto kFail = FindingStatus::fail;
constexpr auto kOk = FindingStatus::ok;
constexpr auto kSkipped = FindingStatus::skipped;

const Case kEnergy[]{
    {"CountersThatAreRead",
     [](HostFacts& f) {
       f.counters.domains = {"package-0", "dram"};
     },
     "energy", kOk, ""},
    {"NoCounters", [](HostFacts& f) { f.counters.trouble = "no energy counters"; }, "energy", kOk, ""},
    {"CountersThatMayNotBeRead",
     [](HostFacts& f) {
       f.uid = 998;
       f.counters = {{}, "cannot open energy_uj: Permission denied", true};
       f.state.owner_uid = f.folders[0].owner_uid = 998;
     },
     "energy", kWarn, "RUN+=\"/bin/chown 998 %S%p/energy_uj\""},
    {"CountersThatMayNotBeReadAndNeedNot",
     [](HostFacts& f) {
       f.counters.forbidden = true;
       f.options.energy.measure = EnergyMeasure::off;
     },
     "energy", kOk, ""},
    {"JobsWithoutCgroup",
     [](HostFacts& f) {
       f.cgroup.roots.clear();
       f.counters.domains = {"package-0"};
     },
     "energy", kSkipped, ""},
    {"JobsInContainers",
     [](HostFacts& f) {
       f.driver = DriverKind::podman;
       f.counters.domains = {"package-0"};
     },
     "energy", kSkipped, ""},
};

const Case kHost[]{
    {"ABadConfiguration", [](HostFacts& f) { f.config_problems = {"line 3: unknown option 'slot'"}; },
     "configuration", kFail, "edit /etc/runneriq/runneriq.yaml, then run `runneriq-executor doctor` again"},
    {"TheShellDriver", [](HostFacts& f) { f.driver = DriverKind::shell; }, "driver", kWarn,
     "below `runneriq:` in /etc/runneriq/runneriq.yaml write `executor: {driver: bubblewrap}`"},
    {"TheShellDriverWithoutBubblewrap",
     [](HostFacts& f) {
       f.driver = DriverKind::shell;
       f.bubblewrap = {false, "no program 'bwrap'"};
     },
     "driver", kWarn, "apt-get install bubblewrap"},
    {"BubblewrapOnAnRpmHost",
     [](HostFacts& f) {
       f.bubblewrap = {false, "no program 'bwrap'"};
       f.install = "dnf install";
     },
     "driver", kFail, "dnf install bubblewrap"},
    {"BubblewrapThatDoesNotWork", [](HostFacts& f) { f.bubblewrap.works = false; }, "driver", kFail,
     "apt-get install bubblewrap"},
    {"BubblewrapThatMayMakeNoSandbox",
     [](HostFacts& f) {
       f.bubblewrap.works = false;
       f.bubblewrap_installed = true;
     },
     "driver", kFail, "sysctl -e -w user.max_user_namespaces=15000"},
    {"TheShellDriverSinceBubblewrapMayMakeNoSandbox",
     [](HostFacts& f) {
       f.driver = DriverKind::shell;
       f.bubblewrap = {false, "no permission"};
       f.bubblewrap_installed = true;
     },
     "driver", kWarn, "kernel.apparmor_restrict_unprivileged_userns=0"},
    {"NoUserNamespaces",
     [](HostFacts& f) {
       f.user_namespaces = {false, "EPERM"};
     },
     "user-namespaces", kFail, "sysctl -w user.max_user_namespaces=15000"},
    {"NoMountNamespaces",
     [](HostFacts& f) {
       f.mount_namespaces = {false, "ENOSPC"};
     },
     "mount-namespaces", kFail, "sysctl -w user.max_mnt_namespaces=15000"},
    {"NoPidNamespacesThatShellDoesNotNeed",
     [](HostFacts& f) {
       f.driver = DriverKind::shell;
       f.pid_namespaces = {false, "ENOSPC"};
     },
     "pid-namespaces", kWarn, "sysctl -w user.max_pid_namespaces=15000"},
    {"PodmanThatDoesNotWork",
     [](HostFacts& f) {
       f.driver = DriverKind::podman;
       f.podman = Probe{false, "no program 'podman'"};
     },
     "podman", kFail, "apt-get install podman"},
    {"PodmanWhoseImagesBringGit",
     [](HostFacts& f) {
       f.driver = DriverKind::podman;
       f.git.works = false;
     },
     "git", kSkipped, ""},
    {"AChainWithoutRun", [](HostFacts& f) { f.driver = DriverKind::chain; }, "chain", kFail,
     "`executor: {chain: {run: [/path/to/driver, run]}}`"},
    {"AChain",
     [](HostFacts& f) {
       f.driver = DriverKind::chain;
       f.options.chain.run = {"/opt/tart", "run"};
     },
     "chain", kOk, ""},
    {"NoAccount", [](HostFacts& f) { f.job_account.reset(); }, "account", kFail, "useradd --system"},
    {"JobsAsRoot",
     [](HostFacts& f) {
       f.job_account = Account{"root", 0, 0, {}, "/root"};
     },
     "account", kFail, "`executor: {run_as: nobody}`"},
    {"JobsAsRootThatIsAllowed",
     [](HostFacts& f) {
       f.job_account = Account{"root", 0, 0, {}, "/root"};
       f.options.allow_root = true;
     },
     "account", kWarn, "`executor: {allow_root: false}`"},
    {"AnAccountThatOnlyRootCanTake",
     [](HostFacts& f) {
       f.is_root = false;
       f.uid = 1000;
     },
     "account", kFail, "`executor: {run_as: 1000}`"},
    {"AnAccountThatIsUnknown",
     [](HostFacts& f) {
       f.options.run_as = "ci";
       f.job_account_trouble = "executor.run_as: no user 'ci'; jobs run as gitlab-runner";
     },
     "account", kWarn, "useradd --system --create-home ci, or below `runneriq:`"},
    {"AnAccountNumberThatIsUnknown",
     [](HostFacts& f) {
       f.options.run_as = "4711";
       f.job_account_trouble = "executor.run_as: no user '4711'; jobs run as gitlab-runner";
     },
     "account", kWarn, "`executor: {run_as: gitlab-runner}`"},
    {"AnAccountWithoutNameInsteadOfRoot",
     [](HostFacts& f) {
       f.options.run_as = "root";
       f.job_account = Account{"", 65534, 65534, {}, "/"};
       f.job_account_trouble = "executor.run_as: root needs executor.allow_root: true";
     },
     "account", kWarn, "`executor: {run_as: 65534}`"},
    {"AnAccountThatOnlyRootCanTakeAndIsNotTaken",
     [](HostFacts& f) {
       f.is_root = false;
       f.uid = 998;
       f.options.run_as = "ci";
       f.job_account_trouble = "executor.run_as: only root can run jobs as ci; jobs run as gitlab-runner";
     },
     "account", kWarn, "`executor: {run_as: gitlab-runner}`"},
    {"NoCgroup", [](HostFacts& f) { f.cgroup = {}; }, "cgroup", kWarn, "`executor: {cgroup_root: off}`"},
    {"NoCgroupWhereItWasAskedFor",
     [](HostFacts& f) {
       f.cgroup = {};
       f.options.cgroup_root = "/sys/fs/cgroup/none";
     },
     "cgroup", kWarn, "`executor: {cgroup_root: auto}`"},
    {"NoCgroupOnPurpose",
     [](HostFacts& f) {
       f.cgroup = {};
       f.options.cgroup_root = "off";
     },
     "cgroup", kSkipped, ""},
    {"NoPidsControllerAtTheTop", [](HostFacts& f) { f.cgroup.controllers = {"cpuacct"}; }, "cgroup", kWarn,
     "cgroup_disable=pids"},
    {"NoPidsControllerInADelegatedFolder",
     [](HostFacts& f) {
       f.cgroup = {{"/sys/fs/cgroup/ci jobs/own"}, {"cpu"}};
     },
     "cgroup", kWarn, "echo +pids > '/sys/fs/cgroup/ci jobs/cgroup.subtree_control'"},
    {"NoPidsControllerBesideTheOldHierarchies",
     [](HostFacts& f) {
       f.cgroup = {{"/sys/fs/cgroup/unified", "/sys/fs/cgroup/cpuacct"}, {"hugetlb", "cpu", "cpuacct"}};
     },
     "cgroup", kWarn, "mount -t cgroup -o pids pids /sys/fs/cgroup/pids"},
    {"NoPidsControllerThatNobodyNeeds",
     [](HostFacts& f) {
       f.cgroup.controllers = {"cpuacct"};
       f.options.pids_limit = 0;
     },
     "cgroup", kOk, ""},
    {"ThePidsControllerOfTheUnifiedHierarchy",
     [](HostFacts& f) {
       f.cgroup.controllers = controller_names("cpuset cpu io memory hugetlb pids rdma misc\n");
     },
     "cgroup", kOk, ""},
    {"WhatAttemptsLeft", [](HostFacts& f) { f.leftovers.attempts = 2; }, "leftovers", kWarn,
     "the next job removes them; if they stay, type while no job runs: for lease in "
     "/var/lib/runneriq-executor/jobs/*.lease; do"},
    {"AJobsFolderThatCannotBeSeen", [](HostFacts& f) { f.leftovers.attempts.reset(); }, "leftovers", kSkipped,
     ""},
    {"NoDriverThatCouldBeTried",
     [](HostFacts& f) {
       f.driver = DriverKind::automatic;
       f.driver_reason = "out of processes";
     },
     "driver", kFail, "`executor: {driver: bubblewrap}`"},
    {"AStateFileThatDoesNotOpen", [](HostFacts& f) { f.state.trouble = "permission denied"; }, "state-file",
     kFail, "install -d -m 0755 -o 0 /var/lib/runneriq-executor"},
    {"AStateFileOfALaterVersion", [](HostFacts& f) { f.state.schema = 9; }, "state-file", kFail,
     "mv /var/lib/runneriq-executor/host.db"},
    {"AStateFileThatOthersRead", [](HostFacts& f) { f.state.mode = 0644; }, "state-file", kFail,
     "chmod go= /var/lib/runneriq-executor/host.db"},
    {"AStateFileOfAnother", [](HostFacts& f) { f.state.owner_uid = 33; }, "state-file", kFail, "chown 0 "},
    {"NoStateFileYet",
     [](HostFacts& f) {
       f.state.exists = false;
       f.state.schema.reset();
     },
     "state-file", kOk, ""},
    {"AFolderThatCannotBeMade", [](HostFacts& f) { f.folders[0].trouble = "read-only"; }, "builds_dir", kFail,
     "install -d -m 0755 -o 0 /var/lib/runneriq-executor/builds"},
    {"AFolderThatAllMayWrite", [](HostFacts& f) { f.folders[0].mode = 0777; }, "builds_dir", kFail,
     "chmod go-w "},
    {"AFolderOfAnother", [](HostFacts& f) { f.folders[0].owner_uid = 33; }, "builds_dir", kFail, "chown 0 "},
    {"AFullDisk", [](HostFacts& f) { f.folders[0].free_bytes = 5 << 20; }, "builds_dir", kWarn, "du -xhd 2 "},
    {"APathThatAShellWouldSplit",
     [](HostFacts& f) {
       f.folders[0].path = "/srv/it's here";
       f.folders[0].mode = 0777;
     },
     "builds_dir", kFail, "chmod go-w '/srv/it'\\''s here'"},
    {"NoGit",
     [](HostFacts& f) {
       f.git = {false, "none"};
     },
     "git", kFail, "apt-get install git"},
    {"NoGitLabRunnerForJobs", [](HostFacts& f) { f.gitlab_runner.works = false; }, "gitlab-runner", kWarn,
     "ln -s \"$(command -v gitlab-runner)\""},
    {"WhatTheProgramTriedItself",
     [](HostFacts& f) {
       f.tried = {{"self-test", kFail, "no", "reinstall"}};
     },
     "self-test", kFail, "reinstall"},
};

const Case kRunner[]{
    {"NoConfigToml",
     [](HostFacts& f) {
       f.runner.reset();
       f.runner_trouble = "no such file";
     },
     "config.toml", kSkipped, "doctor --config-file /path/to/config.toml"},
    {"NoEntryOfOurs", [](HostFacts& f) { f.runner->entries.clear(); }, "config.toml", kWarn,
     "/usr/bin/runneriq-executor doctor --config-toml"},
    {"AValueOfTheWrongType", [](HostFacts& f) { f.runner->oddities = {"concurrent is not a whole number"}; },
     "config.toml", kFail, "edit /etc/gitlab-runner/config.toml"},
    {"AStageThatIsMissing", [](HostFacts& f) { entry(f).commands[0] = {}; }, "runner-1.config_exec", kFail,
     "`config_exec = \"/usr/bin/runneriq-executor\"` to [runners.custom]"},
    {"AStageOfAnotherDriver", [](HostFacts& f) { entry(f).commands[3].program = "/opt/tart"; },
     "runner-1.cleanup_exec", kFail, "cleanup_exec = \"/usr/bin/runneriq-executor\""},
    {"ARelativeProgram", [](HostFacts& f) { entry(f).commands[2].program = "runneriq-executor"; },
     "runner-1.run_exec", kWarn, "run_exec = \"/usr/bin/runneriq-executor\""},
    {"WrongArguments", [](HostFacts& f) { entry(f).commands[1].arguments = {"prepair"}; },
     "runner-1.prepare_args", kFail, "prepare_args = [\"prepare\"]"},
    {"NoArguments", [](HostFacts& f) { entry(f).commands[2].arguments = {}; }, "runner-1.run_args", kFail,
     "run_args = [\"run\"]"},
    {"AKeyFromTheProse", [](HostFacts& f) { entry(f).unknown_custom_keys = {"prepare_exec_args"}; },
     "runner-1.unknown-key", kWarn, "prepare_args = [\"prepare\"]"},
    {"NoLimit", [](HostFacts& f) { entry(f).limit = 0; }, "runner-1.limit", kWarn, "`limit = 2`"},
    {"AnEndlessLimit", [](HostFacts& f) { entry(f).limit = 4294967295; }, "runner-1.limit", kWarn,
     "`limit = 2`"},
    {"TheDefaultPrepareTimeout", [](HostFacts& f) { entry(f).prepare_exec_timeout.reset(); },
     "runner-1.prepare_exec_timeout", kWarn, "prepare_exec_timeout = 86400"},
    {"APrepareTimeoutWithinTheHold", [](HostFacts& f) { entry(f).prepare_exec_timeout = 600; },
     "runner-1.prepare_exec_timeout", kFail, "prepare_exec_timeout = 86400"},
    {"TheDefaultGracefulKill", [](HostFacts& f) { entry(f).graceful_kill_timeout.reset(); },
     "runner-1.graceful_kill_timeout", kWarn, "graceful_kill_timeout = 15"},
    {"AGracefulKillOfFiveMinutes", [](HostFacts& f) { entry(f).graceful_kill_timeout = 300; },
     "runner-1.graceful_kill_timeout", kWarn, "graceful_kill_timeout = 15"},
    {"AGracefulKillWithinOurGrace", [](HostFacts& f) { entry(f).graceful_kill_timeout = 10; },
     "runner-1.graceful_kill_timeout", kWarn, "graceful_kill_timeout = 15"},
    {"ALongForceKill", [](HostFacts& f) { entry(f).force_kill_timeout = 600; }, "runner-1.force_kill_timeout",
     kWarn, "force_kill_timeout = 10"},
    {"MoreRequestsThanJobs", [](HostFacts& f) { entry(f).request_concurrency = 9; },
     "runner-1.request_concurrency", kWarn, "request_concurrency = 2"},
    {"AStrictInterval", [](HostFacts& f) { entry(f).strict_check_interval = true; },
     "runner-1.strict_check_interval", kWarn, "strict_check_interval = false"},
    {"ATinyLog", [](HostFacts& f) { entry(f).output_limit = 8; }, "runner-1.output_limit", kWarn,
     "output_limit = 4096"},
    {"ImagesThatBubblewrapIgnores", [](HostFacts& f) { entry(f).has_docker_section = true; },
     "runner-1.images", kWarn, "`executor: {driver: podman}`"},
    {"ImagesThatTheShellIgnores",
     [](HostFacts& f) {
       entry(f).has_docker_section = true;
       f.driver = DriverKind::shell;
     },
     "runner-1.images", kWarn, "or leave this runner on its docker executor"},
    {"AnEndlessConcurrent", [](HostFacts& f) { f.runner->concurrent = 4294967295; }, "concurrent", kWarn,
     "concurrent = 2"},
    {"AWindowOnTwoSlots",
     [](HostFacts& f) {
       f.runner->concurrent = 3;
       entry(f).limit = 3;
     },
     "window", kWarn, "`concurrent = 2`"},
    {"ADeepWindow",
     [](HostFacts& f) {
       f.options.slots = 4;
       f.runner->concurrent = 9;
       entry(f).limit = 9;
     },
     "window", kWarn, "`concurrent = 4`"},
    {"AShallowWindowOnManySlots",
     [](HostFacts& f) {
       f.options.slots = 4;
       f.runner->concurrent = 8;
       entry(f).limit = 8;
     },
     "window", kOk, ""},
    {"NoSlotsAtAll", [](HostFacts& f) { f.options.slots = 0; }, "window", kOk, "`executor: {slots: 2}`"},
    {"AShutdownWithinOurGrace", [](HostFacts& f) { f.runner->shutdown_timeout = 20; }, "shutdown_timeout",
     kWarn, "`shutdown_timeout = 25`"},
    {"AUnitThatSignalsTheJob", [](HostFacts& f) { f.unit->kill_mode = ""; }, "unit", kWarn,
     "KillMode=mixed\\nKillSignal=SIGQUIT"},
    {"AUnitThatEndsJobs", [](HostFacts& f) { f.unit->kill_signal = "SIGTERM"; }, "unit", kWarn,
     "/etc/systemd/system/gitlab-runner.service.d/runneriq.conf"},
    {"NoUnit", [](HostFacts& f) { f.unit.reset(); }, "unit", kSkipped, ""},
};

const auto kName = [](const auto& tested) { return std::string(tested.param.name); };
INSTANTIATE_TEST_SUITE_P(Host, DoctorFinds, testing::ValuesIn(kHost), kName);
INSTANTIATE_TEST_SUITE_P(Energy, DoctorFinds, testing::ValuesIn(kEnergy), kName);
INSTANTIATE_TEST_SUITE_P(Runner, DoctorFinds, testing::ValuesIn(kRunner), kName);

TEST(Doctor, GivesARemedyForWhateverIsNotFine) {
  for (const auto& cases :
       {std::span<const Case>(kHost), std::span<const Case>(kEnergy), std::span<const Case>(kRunner)}) {
    for (const Case& one : cases) {
      HostFacts facts = good_host();
      one.change(facts);
      for (const Finding& finding : examine(facts)) {
        const bool fine = finding.status == kOk || finding.status == kSkipped;
        EXPECT_TRUE(fine || !finding.remedy.empty()) << one.name << ": " << described(finding);
      }
    }
  }
}

// The texts between backticks.
std::vector<std::string> quoted_texts(const std::string& remedy) {
  static const std::regex kQuoted("`([^`]*)`");
  std::vector<std::string> texts;
  for (std::sregex_iterator it(remedy.begin(), remedy.end(), kQuoted), end; it != end; ++it)
    texts.push_back((*it)[1]);
  return texts;
}

void expect_accepted(const std::string& document) {
  const auto entries = config::parse_yaml_document(document);
  ASSERT_TRUE(entries) << entries.error().message << "\n" << document;
  ASSERT_FALSE(entries->empty()) << document;
  EXPECT_EQ(entries->front().path.front(), "executor") << document;
  ExecutorOptions options;
  config::Configuration configuration{option_rows(options), {"executor"}};
  for (const config::Problem& problem : configuration.apply_document("f", *entries)) {
    ADD_FAILURE() << problem.message << "\n" << document;
  }
}

TEST(Doctor, GivesOptionsThatTheConfigurationFileAccepts) {
  int options_given = 0;
  for (const auto& cases : {std::span<const Case>(kHost), std::span<const Case>(kRunner)}) {
    for (const Case& one : cases) {
      HostFacts facts = good_host();
      one.change(facts);
      for (const Finding& finding : examine(facts)) {
        const std::size_t place = finding.remedy.find("below `runneriq:`");
        if (place == std::string::npos) continue;
        const auto texts = quoted_texts(finding.remedy.substr(place));
        ASSERT_EQ(texts.size(), 4U) << described(finding);
        ++options_given;
        expect_accepted("runneriq:\n  " + texts[1] + "\n");
        expect_accepted("runneriq:\n  " + texts[2] + "\n    max_hold: 3m\n    " + texts[3] + "\n");
      }
    }
  }
  EXPECT_GE(options_given, 10);
}

TEST(Doctor, ReadsEveryNotationOfControllers) {
  using Names = std::vector<std::string>;
  EXPECT_EQ(controller_names("cpuset cpu pids\n"), (Names{"cpuset", "cpu", "pids"}));
  EXPECT_EQ(controller_names("cpu,cpuacct"), (Names{"cpu", "cpuacct"}));
  EXPECT_EQ(controller_names("\n"), Names{});
}

TEST(Doctor, PrintsPathsSoThatTheyCanBePasted) {
  HostFacts facts = good_host();
  facts.driver = DriverKind::chain;
  facts.options.chain.run = {"/opt/tart", "run"};
  facts.config_problems = {"/etc/runneriq/runneriq.yaml:3: unknown option 'slot'"};
  facts.state.trouble = "/srv/x is not a folder";
  facts.folders[0].trouble = "/srv/x is not a folder";
  facts.runner.reset();
  facts.runner_trouble = "/etc/gitlab-runner/config.toml: no such file";
  for (const Finding& finding : examine(facts)) {
    EXPECT_EQ(described(finding).find("\\/"), std::string::npos) << described(finding);
  }
}

TEST(Doctor, EscapesControlCharactersOfPaths) {
  HostFacts facts = good_host();
  facts.config_file = facts.runner_file = facts.program = "/a\nb\x1b";
  facts.cgroup.roots = {"/a\nb\x1b"};
  facts.state.path = facts.folders[0].path = facts.leftovers.jobs_dir = facts.config_file;
  facts.state.mode = facts.folders[0].mode = 0777;
  facts.unit->path = "/a\nb\x1b";
  facts.leftovers.attempts = 1;
  facts.config_problems = {"x"};
  facts.driver = DriverKind::shell;
  entry(facts).limit = 0;
  facts.unit->kill_mode = "";
  for (const Finding& finding : examine(facts)) {
    EXPECT_EQ(described(finding).find_first_of("\n\x1b"), std::string::npos) << described(finding);
  }
}

Finding finding_of(const HostFacts& facts, std::string_view name) {
  const auto findings = examine(facts);
  const auto found = std::ranges::find(findings, name, &Finding::name);
  return found == findings.end() ? Finding{} : *found;
}

TEST(Doctor, SaysOneReasonOnce) {
  HostFacts facts = good_host();
  facts.driver = DriverKind::shell;
  facts.driver_reason = "no program 'bwrap'";
  facts.bubblewrap = {false, facts.driver_reason};
  EXPECT_EQ(finding_of(facts, "driver").what,
            "the shell driver isolates nothing and is for trusted jobs only (no program 'bwrap')");
}

TEST(Doctor, AProgramThatTellsNoVersionIsFoundAllTheSame) {
  HostFacts facts = good_host();
  facts.git.detail = facts.gitlab_runner.detail = "";
  for (const char* name : {"git", "gitlab-runner"}) {
    EXPECT_EQ(finding_of(facts, name).status, kOk);
    EXPECT_EQ(finding_of(facts, name).what, "found on executor.path; it tells no version");
  }
}

TEST(Doctor, SaysWhetherTheConfigurationIsThere) {
  HostFacts facts = good_host();
  EXPECT_EQ(finding_of(facts, "configuration").what, "/etc/runneriq/runneriq.yaml is right");
  facts.config_absent = true;
  EXPECT_EQ(finding_of(facts, "configuration").what,
            "/etc/runneriq/runneriq.yaml is not there, and need not be");
}

TEST(Doctor, SaysNothingOfImagesWhereTheyAreUsed) {
  HostFacts facts = good_host();
  entry(facts).has_docker_section = true;
  facts.driver = DriverKind::podman;
  for (const Finding& finding : examine_runner(facts)) EXPECT_NE(finding.name, "runner-1.images");
}

TEST(Doctor, LeavesEntriesOfOtherDriversAlone) {
  HostFacts facts = good_host();
  RunnerEntry other = entry(facts);
  other.number = 2;
  for (RunnerCommand& command : other.commands) command.program = "/opt/tart";
  facts.runner->entries.push_back(other);
  for (const Finding& finding : examine_runner(facts)) {
    EXPECT_FALSE(finding.name.starts_with("runner-2")) << described(finding);
  }
}

TEST(Doctor, ReadsAsText) {
  const Finding findings[]{{"git", kOk, "/usr/bin/git", ""},
                           {"driver", kFail, "none", "apt-get install bubblewrap"}};
  EXPECT_EQ(as_text(findings),
            "ok      git: /usr/bin/git\n"
            "FAILED  driver: none\n"
            "          -> apt-get install bubblewrap\n"
            "1 failed, 0 warned, 1 fine\n");
}

TEST(Doctor, ReadsAsJsonEvenWithBytesThatAreNoText) {
  const Finding findings[]{{"git", kWarn, "a\xff\"b", "x"}};
  const auto document = json_in(as_json(findings));
  EXPECT_EQ(document["findings"][0]["name"], "git");
  EXPECT_EQ(document["findings"][0]["status"], "warn");
  EXPECT_EQ(document["findings"][0]["remedy"], "x");
  EXPECT_EQ(document["failed"], 0);
  EXPECT_EQ(document["warned"], 1);
}

TEST(Doctor, NeverRepeatsForeignTextUnescaped) {
  HostFacts facts = good_host();
  entry(facts).unknown_custom_keys = {"a\n\x1b[31mb"};
  entry(facts).name = "x\ny";
  entry(facts).commands[1].arguments = {"\n/approve"};
  for (const Finding& finding : examine(facts)) {
    EXPECT_EQ(described(finding).find_first_of("\n\x1b"), std::string::npos) << described(finding);
  }
}

}  // namespace
}  // namespace runneriq::executor
