#include "tests/evaluation/recordings.hpp"

#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdlib>
#include <fstream>
#include <sstream>
#include <stdexcept>
#include <utility>

namespace runneriq::evaluation {
namespace {

using carbon::Intensity;
using carbon::Series;
using carbon::Step;
using carbon::ZoneKey;

std::filesystem::path folder() {
  const char* const named = std::getenv("RUNNERIQ_EVALUATION_DATA");
  return named != nullptr ? std::filesystem::path{named}
                          : std::filesystem::path{RUNNERIQ_SOURCE_DIR} / ".." / "shared" / "data";
}

using Line = std::vector<std::string>;

Line split(const std::string& text) {
  Line cells;
  std::istringstream rest{text};
  for (std::string cell; std::getline(rest, cell, ',');) cells.push_back(cell);
  return cells;
}

// With the line of titles first.
std::vector<Line> lines_of(const std::string& name) {
  std::ifstream file{recording(name)};
  std::vector<Line> lines;
  for (std::string text; std::getline(file, text);) {
    if (!text.empty() && text.back() == '\r') text.pop_back();
    lines.push_back(split(text));
  }
  if (lines.size() < 2) throw std::runtime_error{name + ": no lines"};
  return lines;
}

Duration seconds(const std::string& text) {
  return Duration{std::llround(std::stod(text) * 1000)};
}

// Both files are in UTC; one says so.
Time time_of(const std::string& text) {
  const auto time = parse_time(text.back() == 'Z' ? text : text + "Z");
  if (!time) throw std::runtime_error{time.error().message};
  return *time;
}

using Steps = std::map<ZoneKey, std::vector<Step>>;

void add(Steps& steps, const std::string& zone, Time from, Duration length, const std::string& g_per_kwh) {
  if (g_per_kwh.empty()) return;
  if (const auto intensity = Intensity::of(std::stod(g_per_kwh))) {
    steps[ZoneKey{zone}].push_back({from, from + length, *intensity});
  }
}

Intensities series_of(Steps steps) {
  Intensities all;
  for (auto& [zone, list] : steps) all.emplace(zone, Series{std::move(list)});
  return all;
}

void sort_by_start(std::vector<RecordedJob>& jobs) {
  std::sort(jobs.begin(), jobs.end(), [](const RecordedJob& a, const RecordedJob& b) {
    return std::pair{a.started, a.length} < std::pair{b.started, b.length};
  });
}

}  // namespace

std::filesystem::path recording(const std::string& name) {
  const std::filesystem::path path = folder() / name;
  std::error_code error;
  return std::filesystem::is_regular_file(path, error) ? path : std::filesystem::path{};
}

Intensities hourly_2022() {
  const std::vector<Line> lines = lines_of(kHourly2022);
  Steps steps;
  for (std::size_t row = 1; row < lines.size(); ++row) {
    const Time from = time_of(lines[row].front());
    for (std::size_t i = 1; i < lines[row].size(); ++i) {
      add(steps, lines.front().at(i), from, std::chrono::hours{1}, lines[row][i]);
    }
  }
  return series_of(std::move(steps));
}

Intensities half_hourly_2020() {
  const std::vector<Line> lines = lines_of(kHalfHourly2020);
  Steps steps;
  for (std::size_t row = 1; row < lines.size(); ++row) {
    add(steps, lines[row].at(1), time_of(lines[row].at(0)), std::chrono::minutes{30}, lines[row].at(2));
  }
  return series_of(std::move(steps));
}

std::vector<RecordedJob> linkerd_jobs() {
  constexpr Duration kTwoYears = std::chrono::days{365 + 365};  // from May 2020 to May 2022
  const std::vector<Line> lines = lines_of(kLinkerd);
  std::vector<RecordedJob> jobs;
  for (std::size_t row = 1; row < lines.size(); ++row) {
    const Line& line = lines[row];
    const Duration length = seconds(line.at(line.size() - 2));
    if (length > Duration::zero()) jobs.push_back({Time{seconds(line.at(0))} + kTwoYears, length});
  }
  sort_by_start(jobs);
  return jobs;
}

std::vector<RecordedJob> gaia_jobs(Time begin) {
  const std::vector<Line> lines = lines_of(kGaia);
  std::vector<RecordedJob> jobs;
  for (std::size_t row = 1; row < lines.size(); ++row) {
    const Line& line = lines[row];
    jobs.push_back({begin + seconds(line.at(0)), seconds(line.at(1)), std::stod(line.at(2))});
  }
  sort_by_start(jobs);
  return jobs;
}

void WithRecordings::skip_without(const std::vector<std::string>& names) {
  for (const std::string& name : names) {
    if (recording(name).empty()) {
      GTEST_SKIP() << "no " << name << " in " << folder().lexically_normal().string()
                   << ": RUNNERIQ_EVALUATION_DATA names the folder with the recordings";
    }
  }
}

}  // namespace runneriq::evaluation
