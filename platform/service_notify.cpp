#include "platform/service_notify.hpp"

#include "core/printable.hpp"
#include "platform/files.hpp"
#include "platform/unique_fd.hpp"

#include <sys/socket.h>
#include <sys/un.h>
#include <time.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstddef>
#include <cstdint>

namespace runneriq::platform {
namespace {

std::optional<std::int64_t> whole_number(std::string_view text) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size()) return {};
  return value;
}

std::string status_line(std::string_view status) {
  return "STATUS=" + printable_path(status, 1024);
}

// MONOTONIC_USEC is of CLOCK_MONOTONIC, which moment() is not.
std::string monotonic_line() {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const std::int64_t microseconds = std::int64_t{now.tv_sec} * 1'000'000 + now.tv_nsec / 1000;
  return "MONOTONIC_USEC=" + std::to_string(microseconds);
}

}  // namespace

Result<void> ServiceNotify::ready(std::string_view status) const {
  return send("READY=1\n" + status_line(status));
}

Result<void> ServiceNotify::reloading() const {
  return send("RELOADING=1\n" + monotonic_line());
}

Result<void> ServiceNotify::stopping() const {
  return send("STOPPING=1");
}

Result<void> ServiceNotify::status(std::string_view status) const {
  return send(status_line(status));
}

Result<void> ServiceNotify::alive() const {
  return send("WATCHDOG=1");
}

std::optional<Duration> ServiceNotify::alive_interval() const {
  const auto limit = whole_number(environment_.watchdog_usec);
  const bool ours =
      environment_.watchdog_pid.empty() || whole_number(environment_.watchdog_pid) == ::getpid();
  if (!limit || *limit <= 0 || !ours) return {};
  return std::chrono::ceil<Duration>(std::chrono::microseconds{*limit / 2});
}

Result<void> ServiceNotify::send(const std::string& text) const {
  const std::string& name = environment_.notify_socket;
  if (name.empty()) return {};
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  if ((name.front() != '/' && name.front() != '@') || name.size() >= sizeof to.sun_path) {
    return fail(Errc::invalid_argument,
                "NOTIFY_SOCKET must be a path or begin with '@', got " + quoted_text(name));
  }
  name.copy(to.sun_path, name.size());
  if (name.front() == '@') to.sun_path[0] = '\0';
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name.size());
  const UniqueFd fd{::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)};
  if (::sendto(fd.get(), text.data(), text.size(), MSG_NOSIGNAL | MSG_DONTWAIT,
               reinterpret_cast<const sockaddr*>(&to), size) < 0) {
    return fail(system_error("cannot notify the service manager at " + printable_path(name), errno));
  }
  return {};
}

}  // namespace runneriq::platform
