// CPU time and memory of one benchmark of the decisions, for ./dev bench (tests/bench/decisions.py).
//
//   decisions_bench CASE RUNNERS JOBS SECONDS
//
// Decides again and again for about SECONDS and prints a JSON object: "seconds" of CPU each time, one after
// the other; "fleet_MB" and "peak_MB", the most memory so far with the fleet made and with all decided.
#include "tests/bench/decision_cases.hpp"

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::scheduler {
namespace {

// Not getrusage(): that begins with what the parent held when it started us.
double peak_megabytes() {
  std::ifstream status("/proc/self/status");
  std::string word;
  while (status >> word && word != "VmHWM:") {
  }
  double kilobytes = 0;
  status >> kilobytes;
  return kilobytes / 1024;
}

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

// The first time of all is not counted.
std::vector<double> times_of(const std::function<void()>& decide, double seconds) {
  decide();
  std::vector<double> times;
  for (double now = cpu_seconds(), end = now + seconds; now < end || times.empty();) {
    decide();
    const double then = cpu_seconds();
    times.push_back(then - now);
    now = then;
  }
  return times;
}

void measure(const DecisionCase& of, Size size, double seconds) {
  const std::function<void()> decide = of.prepare(size);
  const double fleet = peak_megabytes();
  const std::vector<double> times = times_of(decide, seconds);
  std::printf("{\"seconds\": [");
  for (std::size_t i = 0; i < times.size(); ++i) std::printf("%s%.9f", i == 0 ? "" : ", ", times[i]);
  std::printf("], \"fleet_MB\": %.2f, \"peak_MB\": %.2f}\n", fleet, peak_megabytes());
}

}  // namespace
}  // namespace runneriq::scheduler

int main(int count, char** arguments) {
  using namespace runneriq::scheduler;
  const std::span<const DecisionCase> cases = decision_cases();
  const auto of = std::find_if(cases.begin(), cases.end(), [&](const DecisionCase& one) {
    return count == 5 && std::string_view{one.name} == arguments[1];
  });
  if (of == cases.end()) {
    std::fputs("usage: decisions_bench CASE RUNNERS JOBS SECONDS\n", stderr);
    return 2;
  }
  const auto number = [&](int at) { return std::strtoull(arguments[at], nullptr, 10); };
  measure(*of, {.runners = number(2), .jobs = number(3)}, std::strtod(arguments[4], nullptr));
}
