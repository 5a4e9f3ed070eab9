#include "simulation/trace.hpp"

#include "core/joined.hpp"
#include "core/lines.hpp"
#include "core/option.hpp"
#include "core/printable.hpp"
#include "core/tag_names.hpp"
#include "core/trimmed.hpp"
#include "simulation/fleet_names.hpp"

#include <algorithm>
#include <array>
#include <cmath>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::simulation {
namespace {

constexpr double kMostSeconds = 315'360'000'000.0;  // ten thousand years
constexpr std::array<std::string_view, 7> kColumns{"arrived", "duration", "class", "expected",
                                                   "lane",    "pipeline", "pool"};
constexpr std::size_t kNeeded = 3;
constexpr std::string_view kBlanks = " \t\r";

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  for (;;) {
    const std::size_t end = std::min(line.find(','), line.size());
    fields.push_back(trimmed(line.substr(0, end), kBlanks));
    if (end == line.size()) return fields;
    line.remove_prefix(end + 1);
  }
}

tl::unexpected<Error> wrong(std::string what) {
  return fail(Errc::invalid_argument, std::move(what));
}

// ---- columns ------------------------------------------------------------------------------

using Places = std::map<std::string_view, std::size_t>;

std::string column_list() {
  const std::vector<std::string> names(kColumns.begin(), kColumns.end());
  return joined(names, ", ");
}

Result<Places> places_of(std::string_view titles) {
  Places places;
  for (const std::string_view title : fields_of(titles)) {
    const auto known = std::find(kColumns.begin(), kColumns.end(), title);
    if (known == kColumns.end()) {
      return wrong("no column is called " + quoted_text(title) + "; there are: " + column_list());
    }
    if (!places.try_emplace(*known, places.size()).second) {
      return wrong("the column " + quoted_text(title) + " is there twice");
    }
  }
  for (std::size_t i = 0; i < kNeeded; ++i) {
    if (!places.contains(kColumns[i]))
      return wrong("the column '" + std::string(kColumns[i]) + "' is missing");
  }
  return places;
}

// ---- fields -------------------------------------------------------------------------------

Duration from_seconds(double seconds) {
  return Duration{std::llround(seconds * 1000)};
}

// Since 1970, or since whatever the trace counts from.
Result<Duration> arrival_of(std::string_view text) {
  if (const auto time = parse_time(text)) return time->time_since_epoch();
  const auto seconds = parse_decimal(text, 0, kMostSeconds);
  if (!seconds) return wrong("'arrived' is seconds or an RFC 3339 time, not " + quoted_text(text));
  return from_seconds(*seconds);
}

Result<Duration> duration_of(std::string_view column, std::string_view text) {
  if (const auto seconds = parse_decimal(text, 0, 315'360'000)) {
    return std::max(Duration{1}, from_seconds(*seconds));
  }
  const auto duration = parse_duration(text);
  if (duration) return std::max(Duration{1}, *duration);
  return wrong("'" + std::string(column) + "' is seconds or a duration such as 10m, not " +
               quoted_text(text));
}

Result<std::int64_t> pipeline_of(std::string_view text) {
  const auto number = parse_decimal(text, 0, 9e15);
  if (!number || *number != std::floor(*number)) {
    return wrong("'pipeline' is a whole number, not " + quoted_text(text));
  }
  return static_cast<std::int64_t>(*number);
}

Result<PoolKind> pool_of(std::string_view text) {
  if (text.empty()) return PoolKind::general;
  if (text == kSpecialTag) return PoolKind::special;
  return wrong("'pool' is special or empty, not " + quoted_text(text));
}

Result<std::optional<std::size_t>> lane_of(std::string_view text, const scheduler::Lanes& lanes) {
  if (text.empty()) return std::optional<std::size_t>{};
  const auto lane = lanes.with_tag(std::string(kTagPrefix) + std::string(text));
  if (lane) return std::optional<std::size_t>{*lane};
  std::vector<std::string> names;
  for (std::size_t i = 0; i < lanes.size(); ++i) names.emplace_back(lanes.name(i));
  return wrong("no lane is called " + quoted_text(text) + "; there are: " + joined(names, ", "));
}

class Row {
 public:
  Row(const Places& places, std::vector<std::string_view> fields)
      : places_(places), fields_(std::move(fields)) {}
  [[nodiscard]] bool has(std::string_view column) const { return places_.contains(column); }
  // "" without the column.
  [[nodiscard]] std::string_view at(std::string_view column) const {
    const auto place = places_.find(column);
    return place == places_.end() ? std::string_view{} : fields_[place->second];
  }

 private:
  const Places& places_;
  std::vector<std::string_view> fields_;
};

// Puts a field's value there, or gives why it cannot be.
template <class Value, class Target>
std::optional<Error> put(Result<Value> value, Target& target) {
  if (!value) return std::move(value.error());
  target = std::move(*value);
  return {};
}

Result<SimulatedJob> job_of(const Row& row, std::int64_t number, const scheduler::Lanes& lanes) {
  SimulatedJob job;
  job.pipeline = -number;  // its own, unless told
  std::optional<Error> error = put(arrival_of(row.at("arrived")), job.arrived);
  if (!error) error = put(duration_of("duration", row.at("duration")), job.length);
  if (!error) error = put(scheduler::parse_job_class(row.at("class")), job.job_class);
  if (!error) error = put(pool_of(row.at("pool")), job.pool);
  if (!error) error = put(lane_of(row.at("lane"), lanes), job.lane);
  if (!error && !row.at("pipeline").empty()) error = put(pipeline_of(row.at("pipeline")), job.pipeline);
  job.expected = job.length;
  if (!error && !row.at("expected").empty()) {
    error = put(duration_of("expected", row.at("expected")), job.expected);
  }
  if (error) return fail(std::move(*error));
  return job;
}

Result<Trace> jobs_of(const std::vector<std::string_view>& lines, const scheduler::Lanes& lanes) {
  if (lines.empty()) return wrong("the trace is empty; its first line names the columns: " + column_list());
  const auto at_line = [](std::size_t line) { return "line " + std::to_string(line + 1); };
  const auto places = places_of(lines.front());
  if (!places) return fail(Error{places.error()}.within(at_line(0)));
  Trace trace{.jobs = {}, .has_lanes = places->contains("lane")};
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (trimmed(lines[i], kBlanks).empty()) continue;
    auto fields = fields_of(lines[i]);
    if (fields.size() != places->size()) {
      return wrong(at_line(i) + ": " + std::to_string(fields.size()) + " fields, but the first line names " +
                   std::to_string(places->size()));
    }
    auto job = job_of(Row{*places, std::move(fields)}, static_cast<std::int64_t>(i), lanes);
    if (!job) return fail(std::move(job.error()).within(at_line(i)));
    trace.jobs.push_back(*job);
  }
  return trace;
}

}  // namespace

Result<Trace> read_trace(std::string_view csv, const scheduler::Lanes& lanes) {
  Result<Trace> trace = jobs_of(lines_of(csv), lanes);
  if (!trace) return trace;
  if (trace->jobs.empty()) return wrong("the trace has no jobs");
  std::stable_sort(trace->jobs.begin(), trace->jobs.end(),
                   [](const auto& a, const auto& b) { return a.arrived < b.arrived; });
  const Duration first = trace->jobs.front().arrived;
  for (SimulatedJob& job : trace->jobs) job.arrived -= first;
  return trace;
}

}  // namespace runneriq::simulation
