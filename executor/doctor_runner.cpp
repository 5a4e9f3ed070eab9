// The doctor's findings about gitlab-runner: config.toml and the systemd unit. The rules come
// from gitlab-runner 19.4 (executors/custom, commands/multi.go).
#include "core/joined.hpp"
#include "core/path.hpp"
#include "core/printable.hpp"
#include "executor/config_toml.hpp"
#include "executor/contract.hpp"
#include "executor/doctor.hpp"
#include "executor/remedy.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

namespace runneriq::executor {
namespace {

constexpr std::int64_t kMostConcurrent = 10'000;  // beyond it nobody means a number of jobs
constexpr std::int64_t kDefaultPrepareTimeout = 3600;
constexpr std::int64_t kDefaultGracefulKill = 600;
constexpr std::int64_t kDefaultForceKill = 10;
constexpr std::int64_t kDefaultShutdown = 30;
constexpr std::int64_t kCancelPatience = 300;  // gitlab-runner waits this long for a cancelled script
constexpr std::int64_t kLittleLog = 64;        // KiB
constexpr std::int64_t kDefaultLog = 4096;     // KiB

constexpr std::array kStages{Stage::config, Stage::prepare, Stage::run, Stage::cleanup};

// The findings of one [[runners]] entry.
class EntryFindings {
 public:
  EntryFindings(const HostFacts& facts, const RunnerEntry& entry) : facts_(facts), entry_(entry) {}

  void ok(std::string_view check, std::string what) { add(check, FindingStatus::ok, std::move(what), ""); }
  void warn(std::string_view check, std::string what, const std::string& line) {
    add(check, FindingStatus::warn, std::move(what), in_entry(line));
  }
  void failed(std::string_view check, std::string what, const std::string& line) {
    add(check, FindingStatus::fail, std::move(what), in_entry(line));
  }
  void warn_in_custom(std::string_view check, std::string what, const std::string& line) {
    add(check, FindingStatus::warn, std::move(what), in_custom(line));
  }
  void failed_in_custom(std::string_view check, std::string what, const std::string& line) {
    add(check, FindingStatus::fail, std::move(what), in_custom(line));
  }

  void warn_with_remedy(std::string_view check, std::string what, std::string remedy) {
    add(check, FindingStatus::warn, std::move(what), std::move(remedy));
  }

  const HostFacts& facts() const { return facts_; }
  const RunnerEntry& entry() const { return entry_; }
  std::vector<Finding> take() { return std::move(findings_); }

 private:
  void add(std::string_view check, FindingStatus status, std::string what, std::string remedy) {
    findings_.push_back({"runner-" + std::to_string(entry_.number) + "." + std::string(check), status,
                         std::move(what), std::move(remedy)});
  }
  std::string place() const {
    return entry_.name.empty() ? "entry " + std::to_string(entry_.number)
                               : "'" + printable(entry_.name) + "'";
  }
  std::string in_entry(const std::string& line) const {
    return "write `" + line + "` to [[runners]] " + place() + " in " + printable_path(facts_.runner_file);
  }
  std::string in_custom(const std::string& line) const {
    return "write `" + line + "` to [runners.custom] of " + place() + " in " +
           printable_path(facts_.runner_file);
  }

  const HostFacts& facts_;
  const RunnerEntry& entry_;
  std::vector<Finding> findings_;
};

std::string seconds(std::int64_t count) {
  return std::to_string(count) + " s";
}

// As gitlab-runner reads timeouts: nothing, zero and less mean the default.
std::int64_t effective(std::optional<std::int64_t> value, std::int64_t otherwise) {
  return value.value_or(0) > 0 ? *value : otherwise;
}

bool is_ours(const std::string& program, const HostFacts& facts) {
  return program == facts.program || last_part(program) == "runneriq-executor";
}

bool calls_us(const RunnerEntry& entry, const HostFacts& facts) {
  return std::ranges::any_of(entry.commands,
                             [&](const RunnerCommand& c) { return is_ours(c.program, facts); });
}

std::string toml_list(std::vector<std::string> words) {
  for (std::string& word : words) word = toml_text(word);
  return "[" + joined(words, ", ") + "]";
}

void examine_stage(EntryFindings& out, Stage stage) {
  const std::string word(to_text(stage));
  const RunnerCommand& command = out.entry().commands.at(static_cast<std::size_t>(stage));
  const std::string check = word + "_exec";
  const std::string line = word + "_exec = " + toml_text(out.facts().program);
  if (command.program.empty()) {
    return out.failed_in_custom(check, check + " is missing: gitlab-runner skips the stage", line);
  }
  if (!is_ours(command.program, out.facts())) {
    return out.failed_in_custom(
        check, check + " calls " + printable_path(command.program) + " instead of RunnerIQ", line);
  }
  if (command.program.front() != '/') {
    out.warn_in_custom(check, check + " is looked up in gitlab-runner's own PATH", line);
  }
  if (command.arguments == std::vector{word})
    return out.ok(check, printable_path(command.program) + " " + word);
  out.failed_in_custom(word + "_args", word + "_args is " + printable(toml_list(command.arguments)),
                       word + "_args = " + toml_list({word}));
}

void examine_unknown_keys(EntryFindings& out) {
  for (const std::string& key : out.entry().unknown_custom_keys) {
    std::string line = "# " + printable(key) + " removed";
    for (const Stage stage : kStages) {
      const std::string word(to_text(stage));
      if (key == word + "_exec_args") line = word + "_args = " + toml_list({word});
    }
    out.warn_in_custom("unknown-key",
                       "'" + printable(key) + "' is no key of gitlab-runner, which skips it silently", line);
  }
}

void examine_limit(EntryFindings& out) {
  const std::int64_t limit = out.entry().limit.value_or(0);
  const int slots = out.facts().options.slots;
  if (limit > 0 && limit <= kMostConcurrent)
    return out.ok("limit", "at most " + std::to_string(limit) + " jobs");
  const std::int64_t concurrent = out.facts().runner->concurrent.value_or(1);
  const std::int64_t fitting = slots > 0 ? slots : std::clamp<std::int64_t>(concurrent, 1, kMostConcurrent);
  out.warn("limit", "no finite limit for this runner", "limit = " + std::to_string(fitting));
}

void examine_prepare_timeout(EntryFindings& out) {
  const std::int64_t timeout = effective(out.entry().prepare_exec_timeout, kDefaultPrepareTimeout);
  const std::int64_t max_hold = std::chrono::ceil<std::chrono::seconds>(out.facts().options.max_hold).count();
  const std::string line = "prepare_exec_timeout = " + std::to_string(kPrepareTimeout);
  if (timeout <= max_hold) {
    return out.failed_in_custom("prepare_exec_timeout",
                                "a job that is held for executor.max_hold (" + seconds(max_hold) +
                                    ") is ended and tried again after " + seconds(timeout),
                                line);
  }
  if (timeout < kPrepareTimeout) {
    return out.warn_in_custom("prepare_exec_timeout",
                              "a prepare of more than " + seconds(timeout) +
                                  " is ended and tried again, though the job's timeout may be longer",
                              line);
  }
  out.ok("prepare_exec_timeout", seconds(timeout));
}

void examine_graceful_kill(EntryFindings& out) {
  const std::int64_t timeout = effective(out.entry().graceful_kill_timeout, kDefaultGracefulKill);
  const Duration grace = out.facts().options.kill_grace;
  const std::string line = "graceful_kill_timeout = " + std::to_string(graceful_kill_timeout(grace));
  if (std::chrono::seconds{timeout} <= grace) {
    return out.warn_in_custom("graceful_kill_timeout",
                              "gitlab-runner kills the executor after " + seconds(timeout) +
                                  ", before executor.kill_grace (" + to_reading(grace) + ") is over",
                              line);
  }
  if (timeout >= kCancelPatience) {
    return out.warn_in_custom("graceful_kill_timeout",
                              seconds(timeout) +
                                  " is longer than the 300 s after which gitlab-runner starts the "
                                  "cleanup of a cancelled job",
                              line);
  }
  out.ok("graceful_kill_timeout", seconds(timeout));
}

void examine_force_kill(EntryFindings& out) {
  const std::int64_t timeout = effective(out.entry().force_kill_timeout, kDefaultForceKill);
  if (timeout <= 60) return out.ok("force_kill_timeout", seconds(timeout));
  out.warn_in_custom("force_kill_timeout",
                     "gitlab-runner waits " + seconds(timeout) + " for a killed executor",
                     "force_kill_timeout = " + std::to_string(kForceKillTimeout));
}

void examine_directories(EntryFindings& out) {
  const RunnerEntry& entry = out.entry();
  if (entry.builds_dir.empty() && entry.cache_dir.empty()) {
    return out.ok("directories", "builds_dir and cache_dir come from RunnerIQ's config stage");
  }
  out.ok("directories",
         "builds_dir and cache_dir of RunnerIQ's config stage count, not those of config.toml");
}

void examine_polling(EntryFindings& out) {
  const RunnerEntry& entry = out.entry();
  const std::int64_t requests = effective(entry.request_concurrency, 1);
  if (entry.limit.value_or(0) > 0 && requests > *entry.limit) {
    out.warn("request_concurrency",
             "more requests at once (" + std::to_string(requests) + ") than jobs allowed",
             "request_concurrency = " + std::to_string(*entry.limit));
  } else {
    out.ok("request_concurrency", std::to_string(requests));
  }
  if (entry.strict_check_interval.value_or(false)) {
    out.warn("strict_check_interval", "a free slot waits for the next check_interval",
             "strict_check_interval = false");
  } else {
    out.ok("strict_check_interval", "off");
  }
}

void examine_output_limit(EntryFindings& out) {
  const std::int64_t limit = effective(out.entry().output_limit, kDefaultLog);
  if (limit >= kLittleLog) return out.ok("output_limit", std::to_string(limit) + " KiB");
  out.warn("output_limit",
           "job logs are cut after " + std::to_string(limit) + " KiB, and the lines of a hold count",
           "output_limit = " + std::to_string(kDefaultLog));
}

// An entry that was one of the docker executor has jobs that name images.
void examine_images(EntryFindings& out) {
  const DriverKind driver = out.facts().driver;
  const bool ignores_images = driver == DriverKind::bubblewrap || driver == DriverKind::shell;
  if (!out.entry().has_docker_section || !ignores_images) return;
  out.warn_with_remedy("images",
                       "[runners.docker] does not count here, and the driver " +
                           std::string(to_text(driver)) + " ignores `image:` and `services:` of jobs",
                       write_option(out.facts().config_file, "executor.driver", "podman") +
                           ", or leave this runner on its docker executor");
}

std::vector<Finding> examine_entry(const HostFacts& facts, const RunnerEntry& entry) {
  EntryFindings out(facts, entry);
  for (const Stage stage : kStages) examine_stage(out, stage);
  examine_unknown_keys(out);
  examine_limit(out);
  examine_prepare_timeout(out);
  examine_graceful_kill(out);
  examine_force_kill(out);
  examine_directories(out);
  examine_polling(out);
  examine_output_limit(out);
  examine_images(out);
  return out.take();
}

// How many jobs RunnerIQ's entries accept at once.
std::int64_t accepted(const RunnerSettings& settings, const std::vector<const RunnerEntry*>& entries) {
  const std::int64_t concurrent = effective(settings.concurrent, 1);
  std::int64_t limits = 0;
  for (const RunnerEntry* entry : entries) {
    if (entry->limit.value_or(0) <= 0) return concurrent;
    limits += std::min(*entry->limit, kMostConcurrent * 10);
  }
  return std::min(concurrent, limits);
}

Finding window(const HostFacts& facts, std::int64_t accepts) {
  const int slots = facts.options.slots;
  const std::string jobs = std::to_string(accepts);
  if (slots == 0) {
    return {"window", FindingStatus::ok,
            "executor.slots is 0: up to " + jobs + " accepted jobs start at once and none is held",
            "to order them, " + write_option(facts.config_file, "executor.slots", jobs)};
  }
  const std::int64_t window = accepts - slots;
  const std::string numbers = jobs + " jobs accepted for " + std::to_string(slots) + " slots";
  if (window <= 0) return {"window", FindingStatus::ok, numbers + ": none is held", ""};
  if (slots > 2 && window <= slots) {
    return {"window", FindingStatus::ok,
            numbers + ": up to " + std::to_string(window) + " are held and ordered", ""};
  }
  const std::string why =
      slots <= 2 ? "on so few slots that makes critical jobs slower, since other hosts cannot take them"
                 : "a deep window keeps jobs from hosts that are free";
  return {"window", FindingStatus::warn, numbers + ": " + why,
          "write `concurrent = " + std::to_string(slots) + "` to the top of " +
              printable_path(facts.runner_file)};
}

Finding concurrent(const HostFacts& facts) {
  const std::int64_t value = effective(facts.runner->concurrent, 1);
  if (value <= kMostConcurrent) return {"concurrent", FindingStatus::ok, std::to_string(value), ""};
  return {"concurrent", FindingStatus::warn, std::to_string(value) + " bounds nothing",
          "write `concurrent = " + std::to_string(std::max(facts.options.slots, 1)) + "` to the top of " +
              printable_path(facts.runner_file)};
}

Finding shutdown(const HostFacts& facts) {
  const std::int64_t timeout = effective(facts.runner->shutdown_timeout, kDefaultShutdown);
  const std::int64_t needed = graceful_kill_timeout(facts.options.kill_grace) + kForceKillTimeout;
  if (timeout >= needed) return {"shutdown_timeout", FindingStatus::ok, seconds(timeout), ""};
  return {"shutdown_timeout", FindingStatus::warn,
          "gitlab-runner gives up after " + seconds(timeout) +
              " when it is stopped, before jobs have ended and "
              "cleanup has run",
          "write `shutdown_timeout = " + std::to_string(needed) + "` to the top of " +
              printable_path(facts.runner_file)};
}

std::vector<Finding> unit(const HostFacts& facts) {
  if (!facts.unit)
    return {{"unit", FindingStatus::skipped, "no systemd unit of gitlab-runner is readable", ""}};
  const UnitFacts& unit = *facts.unit;
  const std::string mode = unit.kill_mode.empty() ? "control-group" : unit.kill_mode;
  const std::string signal = unit.kill_signal.empty() ? "SIGTERM" : unit.kill_signal;
  const std::string said = "KillMode=" + printable(mode) + ", KillSignal=" + printable(signal);
  if ((mode == "mixed" || mode == "process") && signal == "SIGQUIT")
    return {{"unit", FindingStatus::ok, said, ""}};
  const std::string why =
      mode == "mixed" || mode == "process"
          ? said + ": a stop ends running jobs instead of waiting for them"
          : said + ": a stop signals the executor itself, and gitlab-runner starts prepare again";
  const std::string folder = shell_word("/etc/systemd/system/" + std::string(last_part(unit.path)) + ".d");
  return {{"unit", FindingStatus::warn, why,
           "mkdir -p " + folder +
               " && printf '[Service]\\nKillMode=mixed\\nKillSignal=SIGQUIT\\nTimeoutStopSec=7200\\n' > " +
               folder + "/runneriq.conf && systemctl daemon-reload"}};
}

std::vector<Finding> no_settings(const HostFacts& facts) {
  return {{"config.toml", FindingStatus::skipped, printable_path(facts.runner_trouble, 400),
           shell_word(facts.program) + " doctor --config-file /path/to/config.toml"}};
}

}  // namespace

std::vector<Finding> examine_runner(const HostFacts& facts) {
  std::vector<Finding> findings;
  const auto append = [&](std::vector<Finding> more) {
    std::ranges::move(more, std::back_inserter(findings));
  };
  if (!facts.runner) {
    append(no_settings(facts));
    append(unit(facts));
    return findings;
  }
  for (const std::string& oddity : facts.runner->oddities) {
    findings.push_back({"config.toml", FindingStatus::fail, printable_path(oddity, 400),
                        "edit " + printable_path(facts.runner_file)});
  }
  std::vector<const RunnerEntry*> ours;
  for (const RunnerEntry& entry : facts.runner->entries) {
    if (calls_us(entry, facts)) ours.push_back(&entry);
  }
  if (ours.empty()) {
    findings.push_back({"config.toml", FindingStatus::warn,
                        "no [[runners]] entry in " + printable_path(facts.runner_file) + " calls RunnerIQ",
                        shell_word(facts.program) + " doctor --config-toml"});
    append(unit(facts));
    return findings;
  }
  findings.push_back({"config.toml", FindingStatus::ok,
                      std::to_string(ours.size()) + " of " +
                          std::to_string(facts.runner->entries.size() +
                                         static_cast<std::size_t>(facts.runner->other_entries)) +
                          " [[runners]] entries call RunnerIQ",
                      ""});
  findings.push_back(concurrent(facts));
  findings.push_back(window(facts, accepted(*facts.runner, ours)));
  findings.push_back(shutdown(facts));
  for (const RunnerEntry* entry : ours) append(examine_entry(facts, *entry));
  append(unit(facts));
  return findings;
}

}  // namespace runneriq::executor
