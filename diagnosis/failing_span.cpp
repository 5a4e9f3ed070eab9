#include "diagnosis/failing_span.hpp"

#include <algorithm>
#include <optional>

namespace runneriq::diagnosis {
namespace {

// Behind the last line of the script, or of the log if it has none.
std::size_t end_of_script(const ReadLog& log) {
  std::size_t end = log.lines.size();
  while (end > 0 && log.lines[end - 1].part != LogPart::script) --end;
  return end == 0 ? log.lines.size() : end;
}

std::optional<std::size_t> first_told_command(const ReadLog& log) {
  for (std::size_t i = 0; i < log.commands.size(); ++i) {
    const LogCommand& command = log.commands[i];
    const bool is_afterwards =
        command.line < log.lines.size() && log.lines[command.line].part == LogPart::afterwards;
    if (!is_afterwards && command.exit_code.value_or(0) != 0) return i;
  }
  return std::nullopt;
}

std::optional<std::size_t> last_command(const ReadLog& log, std::size_t end) {
  for (std::size_t i = log.commands.size(); i > 0; --i) {
    if (log.commands[i - 1].line < end) return i - 1;
  }
  return std::nullopt;
}

std::size_t end_of_command(const ReadLog& log, std::size_t command, std::size_t limit) {
  const auto index = static_cast<std::int32_t>(command);
  std::size_t end = std::min(log.commands[command].line + 1, limit);
  for (std::size_t i = end; i < limit && log.lines[i].command <= index; ++i) {
    if (log.lines[i].command == index) end = i + 1;
  }
  return end;
}

std::optional<FailingSpan> failed_upload(const ReadLog& log) {
  const auto first = std::ranges::find(log.lines, LogPart::upload, &LogLine::part);
  if (first == log.lines.end()) return std::nullopt;
  const auto last =
      std::find_if(first, log.lines.end(), [](const LogLine& line) { return line.part != LogPart::upload; });
  return FailingSpan{.begin = static_cast<std::size_t>(first - log.lines.begin()),
                     .end = static_cast<std::size_t>(last - log.lines.begin()),
                     .told = true};
}

// gitlab-runner ends a script with the first command that fails, whatever that command printed before.
bool is_of_gitlab(const ReadLog& log) {
  return log.last_words.starts_with("ERROR: Job failed");
}

}  // namespace

FailingSpan failing_span(const ReadLog& log) {
  if (const auto upload = failed_upload(log)) return *upload;
  const std::size_t limit = end_of_script(log);
  const auto told = is_of_gitlab(log) ? last_command(log, limit) : first_told_command(log);
  const auto command = told ? told : last_command(log, limit);
  if (!command) return {.begin = 0, .end = limit};
  const std::size_t begin = std::min(log.commands[*command].line, log.lines.size());
  return {.begin = begin,
          .end = end_of_command(log, *command, log.lines.size()),
          .command = static_cast<std::int32_t>(*command),
          .told = told.has_value()};
}

}  // namespace runneriq::diagnosis
