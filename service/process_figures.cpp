#include "service/process_figures.hpp"

#include "platform/files.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <charconv>
#include <string_view>

namespace runneriq::service {
namespace {

double seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

double cpu_seconds() {
  rusage usage{};
  if (::getrusage(RUSAGE_SELF, &usage) != 0) return 0;
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

// The second number of statm: pages that are resident.
double resident_bytes() {
  const auto statm = platform::read_file("/proc/self/statm", 4096);
  if (!statm) return 0;
  const std::string_view text = *statm;
  const std::size_t blank = text.find(' ');
  if (blank == std::string_view::npos) return 0;
  long pages = 0;
  std::from_chars(text.data() + blank + 1, text.data() + text.size(), pages);
  return static_cast<double>(pages) * static_cast<double>(::sysconf(_SC_PAGESIZE));
}

}  // namespace

ProcessFigures figures_of_this_process() {
  return {.resident_bytes = resident_bytes(), .cpu_seconds = cpu_seconds()};
}

}  // namespace runneriq::service
