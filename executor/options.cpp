#include "executor/options.hpp"

#include "core/joined.hpp"
#include "core/option_rows.hpp"
#include "core/printable.hpp"

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>

namespace runneriq::executor {
namespace {

constexpr std::string_view kWholePrefix = "executor.";
constexpr Duration kLongestHold = std::chrono::hours{24};
constexpr Duration kShortestGrace = std::chrono::seconds{1};
// gitlab-runner gives up on a cancelled script after 300 s.
constexpr Duration kLongestGrace = std::chrono::seconds{290};
constexpr int kMostSlots = 10'000;
constexpr double kMostWattsPerCore = 1000;
constexpr int kMostPids = 4'194'304;  // the kernel's own limit
constexpr std::size_t kLongestPath = 4095;
constexpr std::size_t kLongestUser = 32;
constexpr std::size_t kLongestSocket = 107;  // sockaddr_un

constexpr std::string_view kDigits = "0123456789";
constexpr std::string_view kNameCharacters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_";
constexpr std::string_view kUserCharacters =
    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.-";

// What an option must be: nothing when `text` is fine, else what is expected instead.
using Expectation = std::optional<std::string_view>;
using Check = Expectation (*)(std::string_view text);

bool consists_of(std::string_view text, std::string_view characters) {
  return text.find_first_not_of(characters) == std::string_view::npos;
}

bool has_control_character(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte < 0x20 || byte == 0x7F;
  });
}

constexpr std::array kDrivers{
    Word<DriverKind>{"auto", DriverKind::automatic}, Word<DriverKind>{"bubblewrap", DriverKind::bubblewrap},
    Word<DriverKind>{"shell", DriverKind::shell}, Word<DriverKind>{"podman", DriverKind::podman},
    Word<DriverKind>{"chain", DriverKind::chain}};
constexpr std::array kNetworks{Word<Network>{"on", Network::on}, Word<Network>{"off", Network::off}};
constexpr std::array kUserNamespaces{Word<UserNamespaces>{"on", UserNamespaces::on},
                                     Word<UserNamespaces>{"off", UserNamespaces::off}};
constexpr std::array kPullPolicies{Word<PullPolicy>{"always", PullPolicy::always},
                                   Word<PullPolicy>{"if-not-present", PullPolicy::if_not_present},
                                   Word<PullPolicy>{"never", PullPolicy::never}};
constexpr std::array kEnergyMeasures{Word<EnergyMeasure>{"auto", EnergyMeasure::automatic},
                                     Word<EnergyMeasure>{"off", EnergyMeasure::off}};
constexpr std::array<std::string_view, 4> kShells{"bash", "sh", "pwsh", "powershell"};

// Absolute, and the same place however it is read: no "..", nothing that a log would garble.
bool is_plain_path(std::string_view path) {
  if (!path.starts_with('/') || path.size() > kLongestPath || has_control_character(path)) return false;
  return !path.ends_with("/..") && path.find("/../") == std::string_view::npos;
}

Expectation path_check(std::string_view text) {
  if (is_plain_path(text)) return std::nullopt;
  return "an absolute path without '..' and control characters, for example /srv/ci";
}

Expectation folder_check(std::string_view text) {
  return text.empty() ? std::nullopt : path_check(text);
}

Expectation socket_check(std::string_view text) {
  if (text.empty() || (is_plain_path(text) && text.size() <= kLongestSocket)) return std::nullopt;
  return "an absolute path of at most 107 bytes, without '..' and control characters";
}

Expectation search_path_check(std::string_view text) {
  constexpr std::string_view expected = "a list of absolute folders separated by ':', without '..'";
  while (true) {
    const std::size_t colon = text.find(':');
    if (!is_plain_path(text.substr(0, colon))) return expected;
    if (colon == std::string_view::npos) return std::nullopt;
    text.remove_prefix(colon + 1);
  }
}

Expectation program_check(std::string_view text) {
  const bool bare_name = text.find('/') == std::string_view::npos && !text.empty() &&
                         !text.starts_with('-') && text != "." && text != ".." &&
                         !has_control_character(text);
  if (bare_name || is_plain_path(text)) return std::nullopt;
  return "the name of a program on PATH or an absolute path without '..'";
}

Expectation user_check(std::string_view text) {
  const bool number = !text.empty() && consists_of(text, kDigits);
  const bool fits = number ? text.size() <= 10 && std::stoull(std::string(text)) < 4'294'967'295U
                           : text.size() <= kLongestUser && consists_of(text, kUserCharacters);
  if (fits && !text.starts_with('-')) return std::nullopt;
  return "a user's name or number";
}

Expectation shell_check(std::string_view text) {
  if (text.empty() || std::find(kShells.begin(), kShells.end(), text) != kShells.end()) return std::nullopt;
  return "one of bash, sh, pwsh, powershell";
}

Expectation cgroup_check(std::string_view text) {
  if (text == "auto" || text == "off" || is_plain_path(text)) return std::nullopt;
  return "auto, off or the absolute path of a cgroup without '..'";
}

Expectation variable_name_check(std::string_view text) {
  const bool starts_well = !text.empty() && !consists_of(text.substr(0, 1), kDigits);
  if (starts_well && consists_of(text, kNameCharacters)) return std::nullopt;
  return "the name of a variable: letters, digits and '_', not a digit first";
}

Expectation image_check(std::string_view text) {
  const bool one_word = text.find(' ') == std::string_view::npos && !has_control_character(text);
  if (!text.empty() && one_word && !text.starts_with('-')) return std::nullopt;
  return "the name of an image, for example docker.io/library/debian:12";
}

Expectation argument_check(std::string_view text) {
  if (!text.empty() && !has_control_character(text)) return std::nullopt;
  return "an argument: some text without control characters";
}

// The makers of rows, one per kind of field. `field` must outlive the row.

Option row(std::string_view name, std::string_view value, std::string_view help) {
  return runneriq::row(std::string(kWholePrefix) + std::string(name), std::string(value), std::string(help));
}

Option text_row(Option option, std::string& field, Check check) {
  option.set = [&field, check](std::string_view text) -> Result<void> {
    if (const Expectation expected = check(text)) return not_expected(text, *expected);
    field = text;
    return {};
  };
  option.show = [&field] { return field; };
  return option;
}

Option list_row(Option option, std::vector<std::string>& field, Check check) {
  option.set_entry = [&field, check](std::string_view entry, std::string_view text) -> Result<void> {
    if (entry.empty() || !consists_of(entry, kDigits)) {
      return fail(Errc::invalid_argument,
                  quoted_text(entry) + " names an entry, but this is a list: write '- value' lines");
    }
    if (const Expectation expected = check(text)) return not_expected(text, *expected);
    field.emplace_back(text);
    return {};
  };
  option.clear = [&field] { field.clear(); };
  option.show = [&field] { return joined(field, ","); };
  return option;
}

void add_general_rows(Options& rows, ExecutorOptions& o) {
  rows.push_back(word_row(row("driver", "auto | bubblewrap | shell | podman | chain",
                              "What isolates the jobs; auto takes bubblewrap where it works, else shell."),
                          o.driver, kDrivers));
  rows.push_back(whole_row(row("slots", "number from 0 to 10000",
                               "Jobs that run at the same time on this host; 0 means no limit."),
                           o.slots, 0, kMostSlots));
  rows.push_back(duration_row(row("max_hold", "duration up to 24h",
                                  "The longest that a job is held for others; then it runs all the same."),
                              o.max_hold, Duration::zero(), kLongestHold));
  rows.push_back(duration_row(row("kill_grace", "duration from 1s to 290s",
                                  "The time that a cancelled job has from SIGTERM to SIGKILL."),
                              o.kill_grace, kShortestGrace, kLongestGrace));
  rows.push_back(
      text_row(row("run_as", "user name or number",
                   "Whom jobs run as when the executor is root; by default the first that exists of "
                   "gitlab-runner, runneriq-job and nobody."),
               o.run_as, user_check));
  rows.push_back(
      switch_row(row("allow_root", "true | false", "Whether jobs may run as root."), o.allow_root));
  rows.push_back(text_row(row("socket", "absolute path",
                              "The socket of the scheduler service, which is asked who is next where there "
                              "is one; empty means never."),
                          o.socket, socket_check));
  rows.back().variable = "RUNNERIQ_SOCKET";
  rows.push_back(text_row(row("shell", "bash | sh | pwsh | powershell",
                              "The dialect of the scripts; by default as config.toml says."),
                          o.shell, shell_check));
}

void add_place_rows(Options& rows, ExecutorOptions& o) {
  rows.push_back(text_row(row("builds_dir", "absolute path",
                              "The root of the checkouts; by default builds/ beside the state file."),
                          o.builds_dir, folder_check));
  rows.push_back(text_row(row("cache_dir", "absolute path",
                              "The root of the local caches; by default cache/ beside the state file."),
                          o.cache_dir, folder_check));
  rows.push_back(
      text_row(row("jobs_dir", "absolute path",
                   "The root of the jobs' private home and /tmp; by default jobs/ beside the state file."),
               o.jobs_dir, folder_check));
  rows.push_back(text_row(row("path", "absolute folders separated by ':'", "The PATH of the jobs."), o.path,
                          search_path_check));
  rows.push_back(list_row(row("pass_environment", "list of variable names",
                              "Variables of gitlab-runner's own environment that jobs see too."),
                          o.pass_environment, variable_name_check));
  rows.push_back(text_row(row("cgroup_root", "auto | off | absolute path",
                              "The cgroup below which every job gets its own, where that is possible."),
                          o.cgroup_root, cgroup_check));
  rows.push_back(whole_row(row("pids_limit", "number from 0 to 4194304",
                               "Processes and threads of one job, where cgroups allow it; 0 means no limit."),
                           o.pids_limit, 0, kMostPids));
}

void add_driver_rows(Options& rows, ExecutorOptions& o) {
  rows.push_back(text_row(row("bubblewrap.command", "program", "The bubblewrap program."),
                          o.bubblewrap.command, program_check));
  rows.push_back(word_row(row("bubblewrap.network", "on | off",
                              "Off leaves the job's own scripts with the loopback interface only."),
                          o.bubblewrap.network, kNetworks));
  rows.push_back(
      word_row(row("bubblewrap.user_namespaces", "on | off",
                   "On lets jobs make namespaces of their own, as rootless containers in jobs need."),
               o.bubblewrap.user_namespaces, kUserNamespaces));
  rows.push_back(list_row(row("bubblewrap.read_only_paths", "list of absolute paths",
                              "Paths besides the system that jobs can read; missing ones are skipped."),
                          o.bubblewrap.read_only_paths, path_check));
  rows.push_back(list_row(row("bubblewrap.writable_paths", "list of absolute paths",
                              "Paths besides their own that jobs can write; missing ones are skipped."),
                          o.bubblewrap.writable_paths, path_check));
  rows.push_back(
      text_row(row("podman.command", "program", "The podman program."), o.podman.command, program_check));
  rows.push_back(text_row(row("podman.default_image", "image", "The image of jobs that name none."),
                          o.podman.default_image, image_check));
  rows.push_back(
      word_row(row("podman.pull_policy", "always | if-not-present | never", "When images are pulled."),
               o.podman.pull_policy, kPullPolicies));
  rows.push_back(list_row(row("podman.run_arguments", "list of arguments",
                              "Further arguments of `podman create`, one per entry."),
                          o.podman.run_arguments, argument_check));
}

void add_chain_rows(Options& rows, ChainOptions& chain) {
  rows.push_back(
      list_row(row("chain.config", "list: program and arguments",
                   "The config command of the custom executor behind this one; skipped when empty."),
               chain.config, argument_check));
  rows.push_back(
      list_row(row("chain.prepare", "list: program and arguments",
                   "The prepare command of the custom executor behind this one; skipped when empty."),
               chain.prepare, argument_check));
  rows.push_back(
      list_row(row("chain.run", "list: program and arguments",
                   "The run command of the custom executor behind this one; script and sub-stage follow."),
               chain.run, argument_check));
  rows.push_back(
      list_row(row("chain.cleanup", "list: program and arguments",
                   "The cleanup command of the custom executor behind this one; skipped when empty."),
               chain.cleanup, argument_check));
}

void add_energy_rows(Options& rows, EnergyOptions& energy) {
  rows.push_back(word_row(row("energy.measure", "auto | off",
                              "Auto reads the processors' energy counters where that is permitted; else, and "
                              "with off, a job's energy is reckoned from its processor time."),
                          energy.measure, kEnergyMeasures));
  rows.push_back(decimal_row(
      row("energy.idle_watts_per_core", "number from 0 to 1000",
          "Watts of this host at rest per logical processor; each slot carries an equal part of it."),
      energy.power.idle_watts_per_core, 0, kMostWattsPerCore));
  rows.push_back(decimal_row(row("energy.full_watts_per_core", "number from 0 to 1000",
                                 "Watts of this host at full load per logical processor."),
                             energy.power.full_watts_per_core, 0, kMostWattsPerCore));
}

}  // namespace

std::string_view to_text(DriverKind kind) {
  return word_of(kDrivers, kind);
}

Options option_rows(ExecutorOptions& options) {
  Options rows;
  add_general_rows(rows, options);
  add_place_rows(rows, options);
  add_driver_rows(rows, options);
  add_chain_rows(rows, options.chain);
  add_energy_rows(rows, options.energy);
  return rows;
}

}  // namespace runneriq::executor
