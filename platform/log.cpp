#include "platform/log.hpp"

#include "core/printable.hpp"
#include "platform/files.hpp"
#include "platform/log_line.hpp"
#include "platform/system_waiter.hpp"
#include "platform/unique_fd.hpp"

#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <spdlog/sinks/rotating_file_sink.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <mutex>
#include <utility>

namespace runneriq::platform {
namespace {

constexpr mode_t kMode = 0600;
constexpr int kReaderPatienceMs = 100;

bool is_journal() {
  const char* const stream = std::getenv("JOURNAL_STREAM");  // systemd.exec(5): "device:inode"
  struct stat found {};
  if (stream == nullptr || ::fstat(STDERR_FILENO, &found) != 0) return false;
  return std::to_string(found.st_dev) + ":" + std::to_string(found.st_ino) == stream;
}

LogForm form_of_stderr(LogForm asked) {
  if (asked != LogForm::automatic) return asked;
  if (::isatty(STDERR_FILENO) == 1) return LogForm::text;
  return is_journal() ? LogForm::journal : LogForm::json;
}

std::string line_of(const LogEvent& event, LogForm form) {
  if (form == LogForm::text) return text_line(event);
  return form == LogForm::journal ? journal_line(event) : json_line(event);
}

// Standard error, without ever waiting long for who reads it: what finds no room is dropped.
class StderrSink final : public spdlog::sinks::base_sink<std::mutex> {
 private:
  void sink_it_(const spdlog::details::log_msg& message) override {
    std::string line = torn_ ? "\n" : "";
    line.append(message.payload.data(), message.payload.size()).append("\n");
    for (std::size_t at = 0; at < line.size();) {
      const ssize_t written = write_some(std::string_view(line).substr(at));
      stuck_ = written <= 0;
      if (stuck_) return;
      at += static_cast<std::size_t>(written);
      torn_ = at < line.size();
    }
  }
  // A pipe that polls writable takes PIPE_BUF bytes without blocking.
  [[nodiscard]] ssize_t write_some(std::string_view text) const {
    pollfd waits{STDERR_FILENO, POLLOUT, 0};
    if (::poll(&waits, 1, stuck_ ? 0 : kReaderPatienceMs) != 1) return 0;
    return ::write(STDERR_FILENO, text.data(), std::min<std::size_t>(text.size(), PIPE_BUF));
  }
  void flush_() override {}

  bool stuck_ = false;  // the last line found no room
  bool torn_ = false;   // what was written last ended in the middle of its line
};

spdlog::file_event_handlers private_file() {
  spdlog::file_event_handlers handlers;
  handlers.after_open = [](const spdlog::filename_t&, std::FILE* file) { ::fchmod(::fileno(file), kMode); };
  handlers.before_open = [](const spdlog::filename_t& path) {
    const UniqueFd made = open_or_make(path, O_WRONLY | O_APPEND);
  };
  return handlers;
}

// A descriptor that is closed would become the next file's: the log would be written into it.
void keep_stderr_taken() {
  if (::fcntl(STDERR_FILENO, F_GETFD) >= 0) return;
  UniqueFd nowhere{::open("/dev/null", O_WRONLY)};
  if (nowhere.get() == STDERR_FILENO) {
    (void)nowhere.release();
  } else if (nowhere) {
    ::dup2(nowhere.get(), STDERR_FILENO);
  }
}

struct Outlet {
  LogLevel lowest = LogLevel::info;
  LogForm form = LogForm::json;
  std::shared_ptr<spdlog::logger> logger;
};

Outlet outlet(LogLevel lowest, LogForm form, spdlog::sink_ptr sink) {
  sink->set_pattern("%v");
  auto logger = std::make_shared<spdlog::logger>("runneriq", std::move(sink));
  logger->set_level(spdlog::level::trace);
  logger->flush_on(spdlog::level::trace);
  return {lowest, form, std::move(logger)};
}

class SpdlogEventLog final : public EventLog {
 public:
  SpdlogEventLog(std::vector<Outlet> outlets, std::string run)
      : outlets_(std::move(outlets)), run_(std::move(run)) {}

  void write(LogLevel level, std::string_view event, std::vector<LogField> fields) override {
    const LogEvent told{.time = wall_clock(), .level = level, .event = event, .run = run_, .fields = fields};
    for (const Outlet& each : outlets_) {
      if (level >= each.lowest) each.logger->log(spdlog::level::info, line_of(told, each.form));
    }
  }

 private:
  std::vector<Outlet> outlets_;
  std::string run_;
};

// A file that takes no more (a full disk) is told once on standard error; the program goes on.
void tell_failures(const Outlet& file, const Outlet& standard_error) {
  file.logger->set_error_handler([told = false, to = standard_error](const std::string& words) mutable {
    if (std::exchange(told, true)) return;
    const std::vector<LogField> fields{{"reason", words}};
    to.logger->log(spdlog::level::info, line_of({.time = wall_clock(),
                                                 .level = LogLevel::error,
                                                 .event = "log_not_written",
                                                 .run = {},
                                                 .fields = fields},
                                                to.form));
  });
}

// Only a regular file of our own: a device or a pipe must not be renamed when the log rotates, and
// what someone else has put in its place must not be written or given our mode.
Result<void> check_file(const std::string& path) {
  const std::string trouble = "cannot write the log " + printable_path(path);
  const UniqueFd probe = open_or_make(path, O_WRONLY | O_APPEND | O_NONBLOCK);
  if (!probe && errno == ELOOP) return fail(Errc::conflict, trouble + ": it is a symbolic link");
  if (!probe) return fail(system_error(trouble, errno));
  struct stat found {};
  if (::fstat(probe.get(), &found) != 0 || !S_ISREG(found.st_mode)) {
    return fail(Errc::unavailable, trouble + ": it is no regular file");
  }
  if (found.st_uid != owner_of_new_file(path).uid || found.st_nlink != 1) {
    return fail(Errc::conflict, trouble + ": it is another user's file, or has another name, too");
  }
  return {};
}

Result<Outlet> open_file(const LogSettings& settings) {
  if (auto writable = check_file(settings.file); !writable) return fail(std::move(writable.error()));
  try {
    return outlet(settings.lowest, LogForm::json,
                  std::make_shared<spdlog::sinks::rotating_file_sink_mt>(
                      settings.file, std::max<std::size_t>(settings.largest_file, 1), settings.kept_files,
                      false, private_file()));
  } catch (const spdlog::spdlog_ex& error) {
    return fail(Errc::unavailable,
                "cannot write the log " + printable_path(settings.file) + ": " + error.what());
  }
}

}  // namespace

Result<std::unique_ptr<EventLog>> open_log(const LogSettings& settings) {
  keep_stderr_taken();
  const LogLevel lowest = settings.file.empty() ? settings.lowest : LogLevel::error;
  std::vector<Outlet> outlets{outlet(lowest, form_of_stderr(settings.form), std::make_shared<StderrSink>())};
  if (!settings.file.empty()) {
    auto file = open_file(settings);
    if (!file) return fail(std::move(file.error()));
    tell_failures(*file, outlets.front());
    outlets.push_back(std::move(*file));
  }
  return std::make_unique<SpdlogEventLog>(std::move(outlets), settings.run);
}

}  // namespace runneriq::platform
