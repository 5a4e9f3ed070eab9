#include "platform/process_table.hpp"

#include "platform/files.hpp"

#include <poll.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <csignal>
#include <cstdlib>
#include <optional>
#include <string_view>

namespace runneriq::platform {
namespace {

constexpr std::size_t kStatBytes = 4096;
constexpr std::size_t kEnvironmentBytes = 4 << 20;

struct ProcessStat {
  char state = '?';
  Pid parent = 0;
  int threads = 0;
  std::uint64_t start_ticks = 0;

  // A process whose first thread has ended looks like a zombie, but its other threads run.
  [[nodiscard]] bool is_dead() const { return state == 'X' || (state == 'Z' && threads <= 1); }
};

template <class Number>
std::optional<Number> to_number(std::string_view text) {
  Number number{};
  const auto [end, ec] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (ec != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

std::vector<std::string_view> words_of(std::string_view text) {
  std::vector<std::string_view> words;
  while (!text.empty()) {
    const std::size_t end = text.find_first_of(" \n");
    if (end != 0) words.push_back(text.substr(0, end));
    if (end == std::string_view::npos) break;
    text.remove_prefix(end + 1);
  }
  return words;
}

// The program's name in field 2 may hold spaces and parentheses: the fields start after the last ')'.
std::optional<ProcessStat> read_stat(Pid pid) {
  const auto text = read_file("/proc/" + std::to_string(pid) + "/stat", kStatBytes);
  if (!text) return std::nullopt;
  const std::size_t close = text->rfind(')');
  if (close == std::string::npos) return std::nullopt;
  const auto words = words_of(std::string_view(*text).substr(close + 1));  // words[0] is field 3
  if (words.size() < 20) return std::nullopt;
  const auto parent = to_number<Pid>(words[1]);
  const auto threads = to_number<int>(words[17]);
  const auto start = to_number<std::uint64_t>(words[19]);
  if (!parent || !threads || !start) return std::nullopt;
  return ProcessStat{words[0].front(), *parent, *threads, *start};
}

const std::string& boot_id() {
  static const std::string id = [] {
    auto text = read_file("/proc/sys/kernel/random/boot_id", kStatBytes).value_or("");
    while (!text.empty() && text.back() == '\n') text.pop_back();
    return text;
  }();
  return id;
}

std::vector<Pid> all_pids() {
  std::vector<Pid> pids;
  for (const std::string& name : names_in("/proc")) {
    if (const auto pid = to_number<Pid>(name)) pids.push_back(*pid);
  }
  return pids;
}

std::string program_name(Pid pid) {
  char target[4096];
  const std::string link = "/proc/" + std::to_string(pid) + "/exe";
  const ssize_t length = ::readlink(link.c_str(), target, sizeof target);
  if (length <= 0) return {};
  const std::string_view path(target, static_cast<std::size_t>(length));
  return std::string(path.substr(path.rfind('/') + 1));
}

}  // namespace

Result<ProcessIdentity> identify(Pid pid) {
  const auto stat = read_stat(pid);
  if (!stat) return fail(Errc::not_found, "no process " + std::to_string(pid));
  return ProcessIdentity{boot_id(), pid, stat->start_ticks};
}

bool is_alive(const ProcessIdentity& process) {
  if (process.boot_id != boot_id()) return false;
  const auto stat = read_stat(static_cast<Pid>(process.pid));
  return stat && stat->start_ticks == process.start_ticks && !stat->is_dead();
}

Result<ProcessIdentity> calling_runner() {
  const Pid parent = ::getppid();
  for (Pid pid = parent; pid > 1;) {
    if (program_name(pid).starts_with("gitlab-runner")) return identify(pid);
    const auto stat = read_stat(pid);
    if (!stat) break;
    pid = stat->parent;
  }
  return identify(parent);
}

std::vector<Pid> descendants(Pid root) {
  std::vector<std::pair<Pid, Pid>> parent_of;  // (parent, pid)
  for (const Pid pid : all_pids()) {
    if (const auto stat = read_stat(pid); stat && !stat->is_dead()) parent_of.emplace_back(stat->parent, pid);
  }
  std::vector<Pid> found;
  std::vector<Pid> generation{root};
  while (!generation.empty()) {
    std::vector<Pid> next;
    for (const auto& [parent, pid] : parent_of) {
      if (std::ranges::find(generation, parent) != generation.end()) next.push_back(pid);
    }
    found.insert(found.end(), next.begin(), next.end());
    generation = std::move(next);
  }
  return found;
}

std::vector<Pid> with_environment_entry(const std::string& entry) {
  const std::string delimited = entry + '\0';
  std::vector<Pid> found;
  for (const Pid pid : all_pids()) {
    const auto block = read_file("/proc/" + std::to_string(pid) + "/environ", kEnvironmentBytes);
    if (block && (block->starts_with(delimited) || block->find('\0' + delimited) != std::string::npos)) {
      found.push_back(pid);
    }
  }
  return found;
}

Result<void> end_processes_with(const std::string& entry) {
  constexpr int kRounds = 100;  // one can be forking while we look
  for (int round = 0; round < kRounds; ++round) {
    const auto left = with_environment_entry(entry);
    if (left.empty()) return {};
    for (const Pid pid : left) ::kill(pid, SIGKILL);
    ::poll(nullptr, 0, std::min(round, 20));
  }
  return fail(Errc::unavailable, "processes survive SIGKILL; look for " + entry + " in /proc/*/environ");
}

}  // namespace runneriq::platform
