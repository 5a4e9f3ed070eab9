// How fast logs are cleaned, matched and read, and the most memory that a log of 100 MB takes. Run by ./dev
// bench, never by a test.
//
//     diagnosis_reading_bench [LOG]...
//
// Without logs, of a made one alone. Budgets: 100 MB/s of CPU time for cleaning and matching, 64 MB for the
// process, 20 ms for the median log.
#include "diagnosis/log_cleaner.hpp"
#include "diagnosis/read_log.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <ctime>
#include <fstream>
#include <sstream>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq::diagnosis {
namespace {

constexpr std::size_t kLongLog = 100'000'000;  // bytes

double cpu_seconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) / 1e9;
}

template <class Work>
double seconds_of(Work work) {
  const double start = cpu_seconds();
  work();
  return cpu_seconds() - start;
}

double megabytes(std::size_t bytes) {
  return static_cast<double>(bytes) / 1e6;
}

// The most that the process ever held, in MB.
double peak() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return static_cast<double>(usage.ru_maxrss) / 1024;
}

// About 64 kB as a build writes them: compiler lines, progress, colours, some complaints.
std::string made_piece() {
  std::string piece;
  for (int i = 0; piece.size() < std::size_t{64} << 10U; ++i) {
    const std::string number = std::to_string(i);
    piece += "[" + number + "/900] Building CXX object src/CMakeFiles/app.dir/part_" + number + ".cpp.o\n";
    if (i % 5 == 0)
      piece += "\x1B[32mPASS\x1B[0m tests/unit/part_" + number + ".test.js (1." + number + " s)\r\n";
    if (i % 7 == 0) piece += "downloading 10 %\rdownloading 60 %\rdownloading 100 %\n";
    if (i % 50 == 0) piece += "src/part_" + number + ".cpp:12:3: error: 'x' was not declared in this scope\n";
  }
  return piece;
}

template <class Take>
void each_line(std::string_view raw, Take take) {
  while (!raw.empty()) {
    const std::size_t end = std::min(raw.find('\n'), raw.size());
    take(raw.substr(0, end));
    raw.remove_prefix(std::min(end + 1, raw.size()));
  }
}

void print(const char* what, double value, const char* unit) {
  std::printf("%-52s%10.1f %s\n", what, value, unit);
}

void read_long_log(RuleBook& rules) {
  const std::string piece = made_piece();
  std::size_t fed = 0, kept = 0;
  const double seconds = seconds_of([&] {
    LogReader reader{rules};
    for (; fed < kLongLog; fed += piece.size()) reader.feed(piece);
    kept = std::move(reader).finish().lines.size();
  });
  print("a log of 100 MB: read", megabytes(fed) / seconds, "MB/s");
  print("a log of 100 MB: lines kept", static_cast<double>(kept), "");
  print("a log of 100 MB: peak of the process", peak(), "MB");
}

void read_logs(const std::vector<std::string>& logs, RuleBook& rules) {
  std::size_t bytes = 0, found = 0;
  for (const std::string& log : logs) bytes += log.size();
  LogCleaner cleaner;
  const auto all_lines = [&](auto take) {
    return seconds_of([&] {
      for (const std::string& log : logs)
        each_line(log, [&](std::string_view line) { found += take(cleaner.clean(line)); });
    });
  };
  print("cleaning", megabytes(bytes) / all_lines([](std::string_view line) { return line.size(); }), "MB/s");
  const auto match = [&](std::string_view line) { return rules.match(line).size(); };
  print("cleaning and matching", megabytes(bytes) / all_lines(match), "MB/s");
  std::vector<double> times;
  for (const std::string& log : logs)
    times.push_back(seconds_of([&] { found += read_log(log, rules).lines.size(); }));
  double sum = 0;
  for (const double time : times) sum += time;
  print("reading", megabytes(bytes) / sum, "MB/s");
  std::ranges::sort(times);
  print("reading: median log", times[times.size() / 2] * 1e3, "ms");
  print("reading: slowest log", times.back() * 1e3, "ms");
  if (found == 0) std::puts("nothing was found");
}

std::string contents_of(const char* path) {
  std::ostringstream contents;
  contents << std::ifstream{path, std::ios::binary}.rdbuf();
  return std::move(contents).str();
}

}  // namespace
}  // namespace runneriq::diagnosis

int main(int count, char** arguments) {
  using namespace runneriq::diagnosis;
  RuleBook rules;
  read_long_log(rules);
  std::vector<std::string> logs;
  for (int i = 1; i < count; ++i) logs.push_back(contents_of(arguments[i]));
  if (logs.empty()) {
    logs.emplace_back();
    for (int i = 0; i < 100; ++i) logs.back() += made_piece();
  }
  std::printf("%zu logs\n", logs.size());
  read_logs(logs, rules);
}
