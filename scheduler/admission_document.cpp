// What executors and the service say to each other, as JSON.
#include "core/json_text.hpp"
#include "core/printable.hpp"
#include "gitlab/json_reader.hpp"
#include "scheduler/admission_service.hpp"
#include "scheduler/reported_energy.hpp"
#include "scheduler/snapshot_fields.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <limits>
#include <utility>

namespace runneriq::scheduler {
namespace {

using nlohmann::json;

constexpr std::size_t kLongestHost = 255;
constexpr std::size_t kLongestAttempt = 4095;  // of a path
constexpr std::size_t kLongestReason = 1000;
constexpr std::int64_t kMostSlots = 10'000;
constexpr std::int64_t kMostHeld = 1'000'000;
constexpr std::int64_t kHighest = std::numeric_limits<std::int64_t>::max();

// ---- writing -----------------------------------------------------------------------------------------

double seconds_of(Duration duration) {
  return std::chrono::duration<double>(duration).count();
}

template <class Value, class Write>
void put(json& object, const char* key, const std::optional<Value>& value, Write write) {
  if (value) object[key] = write(*value);
}

json host_json(const HostReport& host) {
  const auto as_is = [](double share) { return share; };
  json object = {{"host", host.host}, {"slots", host.slots}, {"runner", host.runner.value()}};
  put(object, "load", host.load, as_is);
  put(object, "memory_available", host.memory_available, as_is);
  put(object, "cpu_pressure", host.cpu_pressure, as_is);
  return object;
}

// The GitLab of a job's history is its own, but for a job whose id is not known.
json job_json(const JobKey& key, const AttemptId& attempt, const HistoryKey& history) {
  json object = {{"gitlab", key.gitlab.value()}, {"job", key.job.value()},
                 {"attempt", attempt.value()},   {"project", history.project.value()},
                 {"name", history.job_name},     {"stage", history.stage}};
  if (history.gitlab != key.gitlab) object["history_gitlab"] = history.gitlab.value();
  return object;
}

json energy_json(const carbon::Energy& energy) {
  return {{"joules", energy.joules}, {"method", carbon::to_text(energy.method)}};
}

json outcome_json(const JobOutcome& outcome) {
  json object = job_json(outcome.key, outcome.attempt, outcome.history);
  object["class"] = to_text(outcome.job_class);
  object["score"] = outcome.score;
  object["queued_seconds"] = seconds_of(outcome.queued_in_gitlab);
  object["held_seconds"] = seconds_of(outcome.held);
  object["ran_seconds"] = seconds_of(outcome.ran);
  put(object, "cpu_seconds", outcome.cpu, seconds_of);
  object["succeeded"] = outcome.succeeded;
  object["exit_code"] = outcome.exit_code;
  object["failed_stage"] = outcome.failed_stage;
  object["finished"] = runneriq::to_text(outcome.finished);
  put(object, "energy", outcome.energy, energy_json);
  return object;
}

// ---- reading -----------------------------------------------------------------------------------------

void demand(SnapshotFields& fields, std::string_view name) {
  if (!fields.has(name)) fields.complain(name, "is missing");
}

std::string text_within(SnapshotFields& fields, std::string_view name, std::size_t longest) {
  std::string text = fields.text(name);
  if (text.size() > longest) {
    fields.complain(
        name, "must have at most " + std::to_string(longest) + " bytes, got " + std::to_string(text.size()));
  }
  return text;
}

// Escapes that were made before stay as they are.
bool is_one_printable_line(std::string_view text) {
  std::string plain;
  std::ranges::copy_if(text, std::back_inserter(plain), [](char c) { return c != '\\'; });
  return printable_path(plain, plain.size()) == plain;
}

std::string line_within(SnapshotFields& fields, std::string_view name, std::size_t longest) {
  std::string line = text_within(fields, name, longest);
  if (!is_one_printable_line(line)) {
    fields.complain(name, "must be one printable line, got " + quoted_text(line));
  }
  return line;
}

Duration duration_in(SnapshotFields& fields, std::string_view name) {
  return fields.seconds(name).value_or(Duration::zero());
}

JobClass class_in(SnapshotFields& fields) {
  demand(fields, "class");
  const auto known = parse_job_class(fields.text("class"));
  if (known) return *known;
  fields.complain("class", known.error().message);
  return JobClass::low;
}

HostReport host_in(SnapshotFields& fields) {
  HostReport host;
  host.host = line_within(fields, "host", kLongestHost);
  if (host.host.empty()) fields.complain("host", "must name the host");
  host.slots = static_cast<int>(fields.number("slots", 0, 0, kMostSlots));
  host.runner = RunnerId{fields.number("runner", 0, 0, kHighest)};
  host.load = fields.share("load");
  host.memory_available = fields.share("memory_available");
  host.cpu_pressure = fields.share("cpu_pressure");
  return host;
}

HostReport host_of(SnapshotFields& fields) {
  HostReport host;
  demand(fields, "host");
  fields.one("host", [&](SnapshotFields& inner) { host = host_in(inner); });
  return host;
}

// Jobs and outcomes begin alike.
template <class Job>
void read_job(SnapshotFields& fields, Job& job) {
  for (const auto* name : {"gitlab", "job", "attempt"}) demand(fields, name);
  job.key.gitlab = GitLabUrl{text_within(fields, "gitlab", kLongestAttempt)};
  job.key.job = JobId{fields.number("job", 0, 0, kHighest)};
  job.attempt = AttemptId{text_within(fields, "attempt", kLongestAttempt)};
  if (!job.attempt.value().starts_with('/')) fields.complain("attempt", "must be an absolute path");
  job.history.gitlab = fields.has("history_gitlab")
                           ? GitLabUrl{text_within(fields, "history_gitlab", kLongestAttempt)}
                           : job.key.gitlab;
  job.history.project = ProjectId{fields.number("project", 0, 0, kHighest)};
  job.history.job_name = text_within(fields, "name", gitlab::kLongestText);
  job.history.stage = text_within(fields, "stage", gitlab::kLongestText);
  job.job_class = class_in(fields);
  demand(fields, "score");
  job.score = fields.real("score", 0, 0, 100);
  job.queued_in_gitlab = duration_in(fields, "queued_seconds");
}

AdmissionRequest request_in(SnapshotFields& fields) {
  AdmissionRequest request;
  read_job(fields, request);
  request.max_hold = duration_in(fields, "max_hold_seconds");
  return request;
}

// What cannot be is left out: the rest of the outcome is worth no less.
std::optional<carbon::Energy> energy_in(SnapshotFields& fields) {
  constexpr double kHighestNumber = std::numeric_limits<double>::max();
  std::optional<carbon::Energy> energy;
  if (!fields.is_object("energy")) return energy;
  fields.one("energy", [&](SnapshotFields& inner) {
    const double joules = inner.real("joules", -1, -kHighestNumber, kHighestNumber);
    energy = reported_energy(joules, inner.text("method"));
  });
  return energy;
}

JobOutcome outcome_in(SnapshotFields& fields) {
  constexpr std::int64_t kLowestCode = std::numeric_limits<int>::min();
  constexpr std::int64_t kHighestCode = std::numeric_limits<int>::max();
  JobOutcome outcome;
  read_job(fields, outcome);
  outcome.held = duration_in(fields, "held_seconds");
  outcome.ran = duration_in(fields, "ran_seconds");
  outcome.cpu = fields.seconds("cpu_seconds");
  demand(fields, "succeeded");
  outcome.succeeded = fields.flag("succeeded", false);
  outcome.exit_code = static_cast<int>(fields.number("exit_code", 0, kLowestCode, kHighestCode));
  outcome.failed_stage = text_within(fields, "failed_stage", gitlab::kLongestText);
  demand(fields, "finished");
  outcome.finished = fields.moment("finished").value_or(Time{});
  outcome.energy = energy_in(fields);
  return outcome;
}

AdmissionStanding::Kind kind_in(SnapshotFields& fields) {
  const std::string word = fields.text("standing");
  if (word == "held") return AdmissionStanding::Kind::held;
  if (word != "next") fields.complain("standing", "must be next or held, got " + quoted_text(word));
  return AdmissionStanding::Kind::next;
}

AdmissionStanding standing_in(SnapshotFields& fields) {
  AdmissionStanding standing;
  for (const auto* name : {"score", "version"}) demand(fields, name);
  standing.kind = kind_in(fields);
  standing.position = static_cast<std::size_t>(fields.number("position", 1, 1, kMostHeld));
  standing.queue_length =
      static_cast<std::size_t>(fields.number("queue_length", static_cast<std::int64_t>(standing.position),
                                             static_cast<std::int64_t>(standing.position), kMostHeld));
  standing.score = fields.real("score", 0, 0, 100);
  standing.job_class = class_in(fields);
  standing.expected = fields.seconds("expected_seconds");
  standing.expected_start = fields.moment("expected_start");
  standing.reason = line_within(fields, "reason", kLongestReason);
  standing.version = fields.number("version", 0, 0, kHighest);
  return standing;
}

OutcomeReport report_in(SnapshotFields& fields) {
  OutcomeReport report;
  report.host = host_of(fields);
  demand(fields, "outcomes");
  fields.each("outcomes", [&](SnapshotFields& inner) {
    if (report.outcomes.size() == kMostOutcomes) {
      return fields.complain("outcomes", "must have at most " + std::to_string(kMostOutcomes));
    }
    report.outcomes.push_back(outcome_in(inner));
  });
  return report;
}

template <class Read>
auto parse(std::string_view text, Read read) -> Result<decltype(read(std::declval<SnapshotFields&>()))> {
  const auto document = gitlab::read_object(text);
  if (!document) return fail(Errc::invalid_argument, document.error().message);
  SnapshotTrouble trouble;
  SnapshotFields fields{*document, "", trouble};
  auto value = read(fields);
  if (trouble.first) return fail(std::move(*trouble.first));
  return value;
}

}  // namespace

std::string to_json(const AdmissionQuestion& question) {
  const AdmissionRequest& request = question.request;
  json job = job_json(request.key, request.attempt, request.history);
  job["class"] = to_text(request.job_class);
  job["score"] = request.score;
  job["queued_seconds"] = seconds_of(request.queued_in_gitlab);
  job["max_hold_seconds"] = seconds_of(request.max_hold);
  return json_line(json{{"host", host_json(question.host)}, {"job", std::move(job)}});
}

std::string to_json(const AdmissionStanding& standing) {
  const bool held = standing.kind == AdmissionStanding::Kind::held;
  json object = {{"standing", held ? "held" : "next"},
                 {"position", standing.position},
                 {"queue_length", standing.queue_length},
                 {"score", standing.score},
                 {"class", to_text(standing.job_class)},
                 {"reason", standing.reason},
                 {"version", standing.version}};
  put(object, "expected_seconds", standing.expected, seconds_of);
  put(object, "expected_start", standing.expected_start, [](Time time) { return runneriq::to_text(time); });
  return json_line(object);
}

std::string to_json(const OutcomeReport& report) {
  json outcomes = json::array();
  for (const JobOutcome& outcome : report.outcomes) outcomes.push_back(outcome_json(outcome));
  return json_line(json{{"host", host_json(report.host)}, {"outcomes", std::move(outcomes)}});
}

std::string accepted_json(std::size_t accepted) {
  return json_line(json{{"accepted", accepted}});
}

Result<AdmissionQuestion> parse_admission_question(std::string_view text) {
  return parse(text, [](SnapshotFields& fields) {
    AdmissionQuestion question;
    question.host = host_of(fields);
    demand(fields, "job");
    fields.one("job", [&](SnapshotFields& inner) { question.request = request_in(inner); });
    return question;
  });
}

Result<AdmissionStanding> parse_admission_standing(std::string_view text) {
  return parse(text, standing_in);
}

Result<OutcomeReport> parse_outcome_report(std::string_view text) {
  return parse(text, report_in);
}

Result<std::size_t> parse_accepted(std::string_view text) {
  return parse(text, [](SnapshotFields& fields) {
    demand(fields, "accepted");
    return static_cast<std::size_t>(
        fields.number("accepted", 0, 0, static_cast<std::int64_t>(kMostOutcomes)));
  });
}

}  // namespace runneriq::scheduler
