#include "platform/host_load.hpp"

#include "platform/files.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <cstdint>
#include <string_view>

namespace runneriq::platform {
namespace {

constexpr std::size_t kLargestFile = std::size_t{64} << 10;

// The number that `text` begins with, after blanks.
std::optional<double> leading_number(std::string_view text) {
  text.remove_prefix(std::min(text.find_first_not_of(" \t"), text.size()));
  double value = 0;
  const auto [end, error] =
      std::from_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  if (error != std::errc{} || !(value >= 0) || !std::isfinite(value)) return {};
  return value;
}

// What follows `name` at the beginning of a line.
std::optional<double> number_after(std::string_view text, std::string_view name) {
  while (!text.empty()) {
    if (text.starts_with(name)) return leading_number(text.substr(name.size()));
    text.remove_prefix(std::min(text.find('\n'), text.size() - 1) + 1);
  }
  return {};
}

std::optional<double> fraction(std::optional<double> part, std::optional<double> whole) {
  if (!part || !whole || *whole <= 0) return {};
  return std::clamp(*part / *whole, 0.0, 1.0);
}

constexpr std::string_view kAllProcessors = "cpu ";
// Columns of proc(5): user, nice, system, idle, iowait, irq, softirq. What guests use is in user and nice.
constexpr std::array kBusyColumns{0U, 1U, 2U, 5U, 6U};
constexpr std::size_t kColumns = 7;

// The first seven numbers of `line`; none when there are fewer.
std::optional<std::array<std::int64_t, kColumns>> columns_of(std::string_view line) {
  std::array<std::int64_t, kColumns> columns{};
  for (std::int64_t& column : columns) {
    line.remove_prefix(std::min(line.find_first_not_of(' '), line.size()));
    const auto [end, error] = std::from_chars(line.data(), line.data() + line.size(), column);
    if (error != std::errc{} || column < 0) return {};
    line.remove_prefix(static_cast<std::size_t>(end - line.data()));
  }
  return columns;
}

std::string content_of(const std::string& path) {
  return read_file(path, kLargestFile).value_or("");
}

}  // namespace

int usable_processors() {
  cpu_set_t usable;
  if (::sched_getaffinity(0, sizeof usable, &usable) == 0) return std::max(CPU_COUNT(&usable), 1);
  return static_cast<int>(std::max(::sysconf(_SC_NPROCESSORS_ONLN), 1L));
}

std::optional<Duration> read_busy_time(const std::string& folder) {
  constexpr std::size_t kLargestStatistics = std::size_t{4} << 20;
  const std::string text = read_file(folder + "/stat", kLargestStatistics).value_or("");
  if (!text.starts_with(kAllProcessors)) return {};
  const auto columns = columns_of(std::string_view(text).substr(kAllProcessors.size()));
  const long ticks_per_second = ::sysconf(_SC_CLK_TCK);
  if (!columns || ticks_per_second <= 0) return {};
  std::int64_t ticks = 0;
  for (const auto column : kBusyColumns) ticks += (*columns)[column];
  return Duration{ticks * 1000 / ticks_per_second};
}

int online_processors() {
  return static_cast<int>(std::max(::sysconf(_SC_NPROCESSORS_ONLN), 1L));
}

HostLoad read_host_load(int processors, const std::string& folder) {
  const std::string memory = content_of(folder + "/meminfo");
  return {
      .load = fraction(leading_number(content_of(folder + "/loadavg")), processors),
      .memory_available = fraction(number_after(memory, "MemAvailable:"), number_after(memory, "MemTotal:")),
      .cpu_pressure = fraction(number_after(content_of(folder + "/pressure/cpu"), "some avg10="), 100.0)};
}

}  // namespace runneriq::platform
