// How fast logs are cleaned, matched and read, and the most memory that a log of 100 MB takes: for ./dev
// bench (tests/bench/reading.py).
//
//     diagnosis_reading_bench ROUNDS [LOG]...
//
// Prints a JSON object of lists, a value for each round: speeds in CPU time of a made log of 100 MB, and of
// these logs, or of another made one; the milliseconds of each of them.
#include "diagnosis/log_cleaner.hpp"
#include "diagnosis/read_log.hpp"

#include <sys/resource.h>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <ctime>
#include <fstream>
#include <map>
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

using Figures = std::map<std::string, std::vector<double>>;

void read_long_log(RuleBook& rules, Figures& figures) {
  const std::string piece = made_piece();
  std::size_t fed = 0;
  const double seconds = seconds_of([&] {
    LogReader reader{rules};
    for (; fed < kLongLog; fed += piece.size()) reader.feed(piece);
    if (std::move(reader).finish().lines.empty()) std::puts("nothing was found");
  });
  figures["long_MB_per_s"].push_back(megabytes(fed) / seconds);
}

// How much is in `logs`, and how fast each way takes all of it, one after the other.
void read_logs(const std::vector<std::string>& logs, RuleBook& rules, Figures& figures) {
  std::size_t bytes = 0;
  static volatile std::size_t found = 0;
  for (const std::string& log : logs) bytes += log.size();
  LogCleaner cleaner;
  const auto all_lines = [&](auto take) {
    return megabytes(bytes) / seconds_of([&] {
             for (const std::string& log : logs)
               each_line(log, [&](std::string_view line) { found = found + take(line); });
           });
  };
  figures["split_MB_per_s"].push_back(all_lines([](std::string_view line) { return line.size(); }));
  figures["clean_MB_per_s"].push_back(
      all_lines([&](std::string_view line) { return cleaner.clean(line).size(); }));
  figures["match_MB_per_s"].push_back(
      all_lines([&](std::string_view line) { return rules.match(cleaner.clean(line)).size(); }));
  double sum = 0;
  for (const std::string& log : logs) {
    const double seconds = seconds_of([&] { found = found + read_log(log, rules).lines.size(); });
    figures["log_ms"].push_back(seconds * 1e3);
    sum += seconds;
  }
  figures["read_MB_per_s"].push_back(megabytes(bytes) / sum);
}

void print(const Figures& figures) {
  const char* before = "{";
  for (const auto& [name, values] : figures) {
    std::printf("%s\"%s\": [", before, name.c_str());
    for (std::size_t i = 0; i < values.size(); ++i) std::printf("%s%.3f", i == 0 ? "" : ", ", values[i]);
    std::printf("]");
    before = ", ";
  }
  std::printf("}\n");
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
  if (count < 2) {
    std::fputs("usage: diagnosis_reading_bench ROUNDS [LOG]...\n", stderr);
    return 2;
  }
  RuleBook rules;
  Figures figures;
  const int rounds = std::atoi(arguments[1]);
  for (int round = 0; round < rounds; ++round) read_long_log(rules, figures);
  figures["peak_MB"].push_back(peak());
  std::vector<std::string> logs;
  for (int i = 2; i < count; ++i) logs.push_back(contents_of(arguments[i]));
  if (logs.empty()) {
    logs.emplace_back();
    for (int i = 0; i < 100; ++i) logs.back() += made_piece();
  }
  for (int round = 0; round < rounds; ++round) read_logs(logs, rules, figures);
  print(figures);
}
