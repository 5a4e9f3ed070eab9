#include "diagnosis/characters.hpp"
#include "diagnosis/log_reader_course.hpp"

#include <algorithm>
#include <array>
#include <charconv>

namespace runneriq::diagnosis {
namespace {

using Told = RanCommand::Told;

constexpr std::string_view kGroup = "##[group]Run ";
constexpr std::string_view kStatement = "The command \"";

// The number at the start of `text`.
std::optional<int> number_in(std::string_view text) {
  int number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end == text.data()) return std::nullopt;
  return number;
}

std::optional<int> number_behind(std::string_view text, std::string_view words) {
  const std::size_t at = text.rfind(words);
  return at == std::string_view::npos ? std::nullopt : number_in(text.substr(at + words.size()));
}

// How CI systems say with which code the command that ran last ended.
constexpr std::array<std::string_view, 7> kEnds{
    "##[error]Process completed with exit code ",  // GitHub Actions
    "##[error]Bash exited with code '",            // Azure Pipelines
    "##[error]PowerShell exited with code '",
    "ERROR: script returned exit code ",         // Jenkins
    "Exited with code exit status ",             // CircleCI
    "Command exited with code ",                 // AppVeyor
    "🚨 Error: The command exited with status ",  // Buildkite
};

std::optional<int> end_in(std::string_view text) {
  for (const std::string_view words : kEnds) {
    if (text.starts_with(words)) return number_in(text.substr(words.size()));
  }
  return std::nullopt;
}

// Of `The command "make" exited with 2.` and `… failed and exited with 2 during install.`, or of its last
// line.
std::optional<int> code_of_statement(std::string_view text) {
  if (!text.ends_with('.') || text.rfind("exited with ") == std::string_view::npos) return std::nullopt;
  if (text.rfind("\" exited with ") == std::string_view::npos &&
      text.rfind("\" failed and exited with ") == std::string_view::npos)
    return std::nullopt;
  return number_behind(text, "exited with ");
}

std::string_view command_of_statement(std::string_view text) {
  text.remove_prefix(kStatement.size());
  const std::size_t end = std::min(text.rfind("\" exited with "), text.rfind("\" failed and exited with "));
  return text.substr(0, end);
}

bool is_jenkins(std::string_view text) {
  constexpr std::array<std::string_view, 5> kStarts{
      "[Pipeline] ", "Building in workspace ", "Building remotely on ", "Started by ", "Running on Jenkins"};
  return std::ranges::any_of(kStarts, [&](std::string_view start) { return text.starts_with(start); });
}

}  // namespace

bool is_last_word(std::string_view line) {
  constexpr std::array<std::string_view, 10> kWords{"ERROR: Job failed",
                                                    "Job succeeded",
                                                    "WARNING: Job failed",
                                                    "Done. Your build exited with ",
                                                    "Your build has been stopped.",
                                                    "The build has been terminated",
                                                    "The job has been terminated",
                                                    "The job exceeded the maximum time limit for jobs",
                                                    "Finished: ",
                                                    "Command exited with code "};
  return std::ranges::any_of(kWords, [&](std::string_view word) { return line.starts_with(word); });
}

void JobCommands::take(const CourseLine& line, JobPhases& phases) {
  for (const LogMarker& marker : line.markers) take_marker(marker);
  if (line.text.empty()) return;
  traces_ = traces_ || is_jenkins(line.text) || (!any_text_ && line.text.starts_with("+ "));
  any_text_ = true;
  take_echo(line, phases);
  take_exit(line, phases);
}

void JobCommands::take_marker(const LogMarker& marker) {
  if (marker.kind == LogMarker::Kind::timer_start) timer_ = Timer::awaits_command;
  if (marker.kind == LogMarker::Kind::timer_end) timer_ = Timer::none;
}

// What a command of Travis prints is no command, whatever it looks like.
std::optional<Told> JobCommands::teller_of(const CourseLine& line, const JobPhases& phases) const {
  if (line.text.starts_with("$ ")) {
    if (line.is_echo) return Told::by_system;
    if (!phases.is_travis()) return Told::by_prompt;
    return timer_ == Timer::runs ? std::nullopt : std::optional{Told::by_system};
  }
  if (line.text.starts_with(kGroup)) return Told::by_system;
  if (traces_ && line.text.starts_with("+ ")) return Told::by_trace;
  return std::nullopt;
}

void JobCommands::take_echo(const CourseLine& line, JobPhases& phases) {
  const char first = line.text.front();
  if (first != '$' && first != '#' && first != '+') return;
  const auto told = teller_of(line, phases);
  if (!told || *told < best_) return;
  best_ = *told;
  if (timer_ == Timer::awaits_command) timer_ = Timer::runs;
  add(*told, line.text.substr(first == '#' ? kGroup.size() : 2), line);
}

void JobCommands::add(Told told, std::string_view text, const CourseLine& line) {
  if (next_ == std::numeric_limits<std::int32_t>::max()) return;
  running_ = next_++;
  bytes_ += text.size();
  all_.push_back({.told = told,
                  .serial = running_,
                  .ordinal = line.ordinal,
                  .number = line.number,
                  .text = std::string{text},
                  .exit_code = {}});
  while (all_.size() > kMost || bytes_ > kMostBytes) {
    bytes_ -= all_.front().text.size();
    all_.pop_front();
  }
}

// The command of an exit statement may have several lines.
void JobCommands::take_exit(const CourseLine& line, JobPhases& phases) {
  constexpr int kMostLines = 50;
  if (const auto code = end_in(line.text)) return end_command({}, *code, line, phases);
  if (line.text.starts_with(kStatement)) {
    statement_ = command_of_statement(line.text);
    statement_lines_ = kMostLines;
  }
  if (statement_lines_ == 0) return;
  --statement_lines_;
  if (const auto code = code_of_statement(line.text)) {
    end_command(statement_, *code, line, phases);
    statement_lines_ = 0;
  }
}

void JobCommands::end_command(std::string_view text, int code, const CourseLine& line, JobPhases& phases) {
  phases.command_has_ended(line.ordinal);
  if (code != 0) last_failure_ = code;
  if (all_.empty()) return;
  constexpr std::ptrdiff_t kFurthest = 64;  // commands back
  const auto end = all_.rbegin() + std::min(std::ssize(all_), kFurthest);
  const auto is_it = [&](const RanCommand& command) { return command.text == text; };
  auto found = text.empty() ? end : std::find_if(all_.rbegin(), end, is_it);
  if (found == end || found->exit_code) found = all_.rbegin();
  if (!found->exit_code) found->exit_code = code;
  if (code != 0) phases.script_has_begun(found->ordinal);
}

std::string JobCommands::finish(std::string_view last_words, const JobPhases& phases) {
  std::erase_if(all_, [&](const RanCommand& command) { return command.told < best_; });
  const std::string_view told = exit_code_in(last_words);
  if (!told.empty()) {
    const auto last = std::find_if(all_.rbegin(), all_.rend(), [&](const RanCommand& command) {
      return phases.part_of(command.ordinal) == LogPart::script;
    });
    const bool is_its_own = last != all_.rend() && !last->exit_code && !phases.script_has_passed();
    if (is_its_own) last->exit_code = number_in(told);
    return std::string{told};
  }
  if (last_failure_) return std::to_string(*last_failure_);
  const auto done = number_behind(last_words, "exited with ");
  return done ? std::to_string(*done) : "";
}

}  // namespace runneriq::diagnosis
