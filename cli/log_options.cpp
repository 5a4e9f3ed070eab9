#include "cli/log_options.hpp"

#include "core/option_rows.hpp"

#include <array>
#include <string>
#include <utility>

namespace runneriq::cli {
namespace {

constexpr int kMostKept = 100;

constexpr std::array kLevels{Word<LogLevel>{"debug", LogLevel::debug}, Word<LogLevel>{"info", LogLevel::info},
                             Word<LogLevel>{"warning", LogLevel::warning},
                             Word<LogLevel>{"error", LogLevel::error}};

constexpr std::array kForms{Word<platform::LogForm>{"auto", platform::LogForm::automatic},
                            Word<platform::LogForm>{"text", platform::LogForm::text},
                            Word<platform::LogForm>{"json", platform::LogForm::json},
                            Word<platform::LogForm>{"journal", platform::LogForm::journal}};

Option file_row(Option option, std::string& path) {
  option.set = [&path](std::string_view text) -> Result<void> {
    if (!text.empty() && !text.starts_with('/')) return not_expected(text, "an absolute path");
    path = text;
    return {};
  };
  option.show = [&path] { return path; };
  return option;
}

}  // namespace

Options option_rows(platform::LogSettings& settings) {
  Option level = word_row(row("log.level", "debug | info | warning | error", "The least of what is logged."),
                          settings.lowest, kLevels);
  return {
      std::move(level),
      word_row(
          row("log.format", "auto | text | json | journal",
              "The form of the log; auto is text on a terminal, journal under systemd, else JSON lines."),
          settings.form, kForms),
      file_row(row("log.file", "absolute path", "Where the log goes; by default to standard error."),
               settings.file),
      whole_row(row("log.kept_files", "number from 0 to 100",
                    "Full log files that are kept; each is full at 10 MiB."),
                settings.kept_files, 0, kMostKept),
  };
}

}  // namespace runneriq::cli
