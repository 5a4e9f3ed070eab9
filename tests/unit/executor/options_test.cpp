#include "executor/options.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <set>
#include <string>

namespace runneriq::executor {
namespace {

using namespace std::chrono_literals;

const Option& row_of(const Options& rows, std::string_view key) {
  return *std::find_if(rows.begin(), rows.end(), [&](const Option& row) { return row.key == key; });
}

TEST(OptionRows, AreCompleteAndNamedOnce) {
  ExecutorOptions options;
  std::set<std::string> keys;
  for (const Option& row : option_rows(options)) {
    SCOPED_TRACE(row.key);
    EXPECT_TRUE(keys.insert(row.key).second);
    EXPECT_TRUE(row.key.starts_with("executor."));
    EXPECT_FALSE(row.value.empty());
    EXPECT_TRUE(row.help.ends_with('.'));
    EXPECT_NE(static_cast<bool>(row.set), static_cast<bool>(row.set_entry));
    EXPECT_EQ(row.value.starts_with("list"), static_cast<bool>(row.set_entry));
    EXPECT_TRUE(row.show);
  }
  EXPECT_EQ(keys.size(), 31U);
}

TEST(OptionRows, EveryRowReadsBackWhatItShows) {
  ExecutorOptions options;
  for (const Option& row : option_rows(options)) {
    if (!row.set || row.show().empty()) continue;
    SCOPED_TRACE(row.key);
    const std::string before = row.show();
    EXPECT_TRUE(row.set(before));
    EXPECT_EQ(row.show(), before);
  }
}

TEST(OptionRows, SetTheirFields) {
  ExecutorOptions o;
  const Options rows = option_rows(o);
  const auto set = [&](std::string_view key, std::string_view text) {
    EXPECT_TRUE(row_of(rows, key).set(text)) << key;
  };
  set("executor.driver", "chain");
  set("executor.slots", "4");
  set("executor.max_hold", "5m");
  set("executor.kill_grace", "290s");
  set("executor.run_as", "ci");
  set("executor.allow_root", "yes");
  set("executor.socket", "/run/s");
  set("executor.builds_dir", "/b");
  set("executor.cache_dir", "/c");
  set("executor.jobs_dir", "/j");
  set("executor.shell", "sh");
  set("executor.path", "/bin:/usr/bin");
  set("executor.cgroup_root", "off");
  set("executor.pids_limit", "0");
  set("executor.bubblewrap.command", "/usr/bin/bwrap");
  set("executor.bubblewrap.network", "off");
  set("executor.bubblewrap.user_namespaces", "on");
  set("executor.podman.command", "podman-remote");
  set("executor.podman.default_image", "alpine");
  set("executor.podman.pull_policy", "never");
  set("executor.energy.measure", "off");
  set("executor.energy.idle_watts_per_core", "1.5");
  set("executor.energy.full_watts_per_core", "6");
  EXPECT_EQ(o.driver, DriverKind::chain);
  EXPECT_EQ(o.slots, 4);
  EXPECT_EQ(o.max_hold, 5min);
  EXPECT_EQ(o.kill_grace, 290s);
  EXPECT_EQ(o.run_as, "ci");
  EXPECT_TRUE(o.allow_root);
  EXPECT_EQ(o.socket, "/run/s");
  set("executor.socket", "");
  EXPECT_EQ(o.socket, "");
  EXPECT_EQ(o.builds_dir, "/b");
  EXPECT_EQ(o.cache_dir, "/c");
  EXPECT_EQ(o.jobs_dir, "/j");
  EXPECT_EQ(o.shell, "sh");
  EXPECT_EQ(o.path, "/bin:/usr/bin");
  EXPECT_EQ(o.cgroup_root, "off");
  EXPECT_EQ(o.pids_limit, 0);
  EXPECT_EQ(o.bubblewrap.command, "/usr/bin/bwrap");
  EXPECT_EQ(o.bubblewrap.network, Network::off);
  EXPECT_EQ(o.podman.command, "podman-remote");
  EXPECT_EQ(o.podman.default_image, "alpine");
  EXPECT_EQ(o.podman.pull_policy, PullPolicy::never);
  EXPECT_EQ(o.energy.measure, EnergyMeasure::off);
  EXPECT_EQ(o.energy.power.idle_watts_per_core, 1.5);
  EXPECT_EQ(o.energy.power.full_watts_per_core, 6);
  for (const char* bad : {"-0.1", "1000.5", "nan", "warm"}) {
    EXPECT_FALSE(row_of(rows, "executor.energy.idle_watts_per_core").set(bad)) << bad;
  }
}

struct ListCase {
  std::string key;
  std::vector<std::string> (*field)(const ExecutorOptions&);
};

TEST(OptionRows, ListsTakeEntriesInOrderAndAreCleared) {
  const ListCase cases[] = {
      {"executor.bubblewrap.read_only_paths",
       [](const ExecutorOptions& o) { return o.bubblewrap.read_only_paths; }},
      {"executor.bubblewrap.writable_paths",
       [](const ExecutorOptions& o) { return o.bubblewrap.writable_paths; }},
      {"executor.podman.run_arguments", [](const ExecutorOptions& o) { return o.podman.run_arguments; }},
      {"executor.chain.config", [](const ExecutorOptions& o) { return o.chain.config; }},
      {"executor.chain.prepare", [](const ExecutorOptions& o) { return o.chain.prepare; }},
      {"executor.chain.run", [](const ExecutorOptions& o) { return o.chain.run; }},
      {"executor.chain.cleanup", [](const ExecutorOptions& o) { return o.chain.cleanup; }}};
  for (const ListCase& one : cases) {
    SCOPED_TRACE(one.key);
    ExecutorOptions options;
    const Options rows = option_rows(options);
    const Option& row = row_of(rows, one.key);
    EXPECT_TRUE(row.set_entry("0", "/b"));
    EXPECT_TRUE(row.set_entry("1", "/a"));
    EXPECT_EQ(one.field(options), (std::vector<std::string>{"/b", "/a"}));
    EXPECT_EQ(row.show(), "/b,/a");
    EXPECT_FALSE(row.set_entry("name", "/c"));
    row.clear();
    EXPECT_TRUE(one.field(options).empty());
  }
}

TEST(OptionRows, EnvironmentNamesAreIdentifiers) {
  ExecutorOptions options;
  const Options rows = option_rows(options);
  const Option& row = row_of(rows, "executor.pass_environment");
  EXPECT_TRUE(row.set_entry("0", "HTTP_PROXY"));
  EXPECT_TRUE(row.set_entry("1", "_x9"));
  for (const std::string_view name : {"", "9a", "A=B", "A B", "A-B", "\xC3\xA9"}) {
    EXPECT_FALSE(row.set_entry("2", name)) << name;
  }
  EXPECT_EQ(options.pass_environment, (std::vector<std::string>{"HTTP_PROXY", "_x9"}));
}

struct BadCase {
  std::string key;
  std::string text;
  std::string expected;  // what the message says is allowed
};

class BadValue : public testing::TestWithParam<BadCase> {};

TEST_P(BadValue, IsRefusedNamedAndChangesNothing) {
  ExecutorOptions options;
  const Options rows = option_rows(options);
  const Option& row = row_of(rows, GetParam().key);
  const std::string before = row.show();
  const Result<void> result = row.set ? row.set(GetParam().text) : row.set_entry("0", GetParam().text);
  ASSERT_FALSE(result);
  EXPECT_EQ(result.error().code, Errc::invalid_argument);
  EXPECT_NE(result.error().message.find(GetParam().expected), std::string::npos) << result.error().message;
  EXPECT_NE(result.error().message.find('\''), std::string::npos) << result.error().message;
  EXPECT_EQ(result.error().message.find('\n'), std::string::npos);
  EXPECT_EQ(row.show(), before);
}

INSTANTIATE_TEST_SUITE_P(
    Options, BadValue,
    testing::Values(
        BadCase{"executor.driver", "docker", "one of auto | bubblewrap | shell | podman | chain"},
        BadCase{"executor.driver", "", "one of auto"}, BadCase{"executor.driver", "Shell", "'Shell'"},
        BadCase{"executor.slots", "-1", "0 to 10000"}, BadCase{"executor.slots", "10001", "0 to 10000"},
        BadCase{"executor.slots", "two", "'two'"}, BadCase{"executor.max_hold", "24h1m", "'24h1m'"},
        BadCase{"executor.max_hold", "25h", "from 0s to 1d"},
        BadCase{"executor.kill_grace", "0s", "from 1s to 290s"},
        BadCase{"executor.kill_grace", "291", "from 1s to 290s"},
        BadCase{"executor.kill_grace", "soon", "'soon'"},
        BadCase{"executor.run_as", "a b", "user's name or number"},
        BadCase{"executor.run_as", "-x", "user's name or number"},
        BadCase{"executor.run_as", "4294967295", "user's name or number"},
        BadCase{"executor.run_as", std::string(40, 'a'), "user's name or number"},
        BadCase{"executor.allow_root", "perhaps", "'perhaps'"},
        BadCase{"executor.socket", "runneriq.sock", "absolute path"},
        BadCase{"executor.socket", "/" + std::string(107, 'a'), "at most 107 bytes"},
        BadCase{"executor.builds_dir", "builds", "absolute path"},
        BadCase{"executor.builds_dir", "/a/../b", "'/a/../b'"},
        BadCase{"executor.cache_dir", "/a/..", "without '..'"},
        BadCase{"executor.jobs_dir", "/a\nb", "control characters"},
        BadCase{"executor.jobs_dir", "/" + std::string(4'096, 'a'), "absolute path"},
        BadCase{"executor.shell", "zsh", "one of bash, sh, pwsh, powershell"},
        BadCase{"executor.path", "", "absolute folders"},
        BadCase{"executor.path", "/bin:", "absolute folders"},
        BadCase{"executor.path", "/bin:.:/sbin", "absolute folders"},
        BadCase{"executor.path", "/bin:/a/../b", "absolute folders"},
        BadCase{"executor.cgroup_root", "cgroup", "auto, off or the absolute path"},
        BadCase{"executor.pids_limit", "4194305", "0 to 4194304"},
        BadCase{"executor.bubblewrap.command", "", "name of a program"},
        BadCase{"executor.bubblewrap.command", "./bwrap", "name of a program"},
        BadCase{"executor.bubblewrap.command", "-x", "name of a program"},
        BadCase{"executor.bubblewrap.network", "true", "one of on | off"},
        BadCase{"executor.bubblewrap.read_only_paths", "opt", "absolute path"},
        BadCase{"executor.bubblewrap.writable_paths", "/a/../../etc", "without '..'"},
        BadCase{"executor.podman.default_image", "--privileged", "name of an image"},
        BadCase{"executor.podman.default_image", "a b", "name of an image"},
        BadCase{"executor.podman.pull_policy", "sometimes", "if-not-present"},
        BadCase{"executor.podman.run_arguments", "", "an argument"},
        BadCase{"executor.chain.run", "a\nb", "an argument"}));

TEST(DriverKindText, NamesEveryKind) {
  EXPECT_EQ(to_text(DriverKind::automatic), "auto");
  EXPECT_EQ(to_text(DriverKind::bubblewrap), "bubblewrap");
  EXPECT_EQ(to_text(DriverKind::shell), "shell");
  EXPECT_EQ(to_text(DriverKind::podman), "podman");
  EXPECT_EQ(to_text(DriverKind::chain), "chain");
}

}  // namespace
}  // namespace runneriq::executor
