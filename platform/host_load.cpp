#include "platform/host_load.hpp"

#include "platform/files.hpp"

#include <sched.h>
#include <unistd.h>

#include <algorithm>
#include <charconv>
#include <cmath>
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

std::string content_of(const std::string& path) {
  return read_file(path, kLargestFile).value_or("");
}

}  // namespace

int usable_processors() {
  cpu_set_t usable;
  if (::sched_getaffinity(0, sizeof usable, &usable) == 0) return std::max(CPU_COUNT(&usable), 1);
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
