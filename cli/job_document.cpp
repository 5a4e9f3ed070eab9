#include "cli/job_document.hpp"

#include <nlohmann/json.hpp>

#include <cmath>
#include <optional>

namespace runneriq::cli {
namespace {

using nlohmann::json;
using scheduler::Assignment;
using scheduler::FleetRunner;
using scheduler::JobDecision;
using scheduler::PendingJob;
using scheduler::RunnerScore;
using scheduler::Tick;

double rounded(double number, int decimals) {
  const double scale = std::pow(10, decimals);
  return std::round(number * scale) / scale;
}

json priority_factors(const std::vector<scheduler::Factor>& factors) {
  json list = json::array();
  for (const scheduler::Factor& factor : factors) {
    list.push_back({{"name", factor.name}, {"points", rounded(factor.points, 2)}, {"reason", factor.reason}});
  }
  return list;
}

json runner_factors(const RunnerScore& score) {
  json list = json::array();
  for (const scheduler::ScoredFactor& factor : score.factors) {
    list.push_back({{"name", scheduler::to_text(factor.factor)},
                    {"value", rounded(factor.value, 2)},
                    {"weight", rounded(factor.weight, 4)},
                    {"points", rounded(factor.points, 2)}});
  }
  return list;
}

json runner_up(const Tick& tick, const Assignment& assignment) {
  if (!assignment.runner_up) return nullptr;
  const FleetRunner& runner = tick.snapshot.runners[assignment.runner_up->runner];
  return {{"runner_id", runner.key.runner.value()},
          {"runner", runner.description},
          {"score", assignment.runner_up->score},
          {"factors", runner_factors(*assignment.runner_up)}};
}

json number_or_null(std::optional<double> number, int decimals) {
  return number ? json(rounded(*number, decimals)) : json(nullptr);
}

std::optional<double> g_per_kwh(const std::optional<carbon::Intensity>& intensity) {
  return intensity ? std::optional{intensity->g_per_kwh()} : std::nullopt;
}

// What the job would bring on a runner; null where nothing is known.
json intensity_document(const std::optional<carbon::Intensity>& intensity, double grams) {
  return {{"g_per_kwh", number_or_null(g_per_kwh(intensity), 2)},
          {"grams", number_or_null(intensity ? std::optional{grams} : std::nullopt, 6)}};
}

json runner_carbon(const Tick& tick, const scheduler::RunnerCarbon& carbon) {
  const scheduler::CarbonSource source = scheduler::carbon_source(tick.snapshot, carbon.runner);
  json document = intensity_document(carbon.intensity, carbon.grams);
  document["runner_id"] = tick.snapshot.runners[carbon.runner].key.runner.value();
  document["zone"] = source.zone.value();
  document["rung"] = carbon::to_text(source.rung);
  document["source"] = source.source;
  document["age_seconds"] = seconds_of(source.age);
  document["estimated"] = source.estimated;
  return document;
}

json candidates_carbon(const Tick& tick, const scheduler::AssignmentCarbon& carbon) {
  json list = json::array();
  for (const scheduler::RunnerCarbon& candidate : carbon.candidates) {
    list.push_back(runner_carbon(tick, candidate));
  }
  return list;
}

// That of the chosen runner, with what it is compared to; null where nothing is known.
json carbon_document(const Tick& tick, const std::optional<scheduler::AssignmentCarbon>& carbon) {
  if (!carbon || !tick.snapshot.carbon) return nullptr;
  json document = runner_carbon(tick, carbon->chosen);
  document["basis"] = carbon::to_text(tick.snapshot.carbon->basis);
  document["runner_up"] = carbon->runner_up ? runner_carbon(tick, *carbon->runner_up) : json(nullptr);
  document["candidates"] = candidates_carbon(tick, *carbon);
  document["further_candidates"] = carbon->further_candidates;
  document["fifo"] = intensity_document(carbon->fifo.intensity, carbon->fifo.grams);
  document["fifo"]["known"] = carbon->fifo.known;
  document["saved_percent"] = number_or_null(carbon->saved_percent, 1);
  return document;
}

void add_chosen(json& document, const Tick& tick, const RunnerScore& chosen) {
  const FleetRunner& runner = tick.snapshot.runners[chosen.runner];
  document["runner_id"] = runner.key.runner.value();
  document["runner"] = runner.description;
  document["score"] = chosen.score;
  document["factors"] = runner_factors(chosen);
}

}  // namespace

json job_document(const Tick& tick, const JobDecision& decision) {
  const PendingJob& job = tick.snapshot.jobs[decision.job];
  const scheduler::JobHistory& history = tick.snapshot.histories[job.history];
  return {{"id", job.key.job.value()},
          {"gitlab", job.key.gitlab.value()},
          {"project_id", job.project.value()},
          {"project", job.traits.project_path},
          {"pipeline_id", job.pipeline.value()},
          {"name", job.facts.name},
          {"stage", job.facts.stage},
          {"ref", job.facts.ref},
          {"protected", job.facts.ref_protected},
          {"tags", job.traits.tags},
          {"queued_seconds", seconds_of(job.queued)},
          {"expected_seconds", seconds_of(history.estimate.median)},
          {"score", decision.priority.score},
          {"class", scheduler::to_text(decision.job_class)},
          {"base_class", scheduler::to_text(decision.priority.job_class)},
          {"class_reasons", decision.class_reasons},
          {"factors", priority_factors(decision.priority.factors)},
          {"anomalies", decision.priority.anomalies}};
}

json assignment_document(const Tick& tick, const JobDecision& decision) {
  const PendingJob& job = tick.snapshot.jobs[decision.job];
  const Assignment& assignment = decision.assignment;
  json document{{"job_id", job.key.job.value()},
                {"gitlab", job.key.gitlab.value()},
                {"decision", assignment.chosen ? "assigned" : "queued"},
                {"path", scheduler::to_text(assignment.path)},
                {"score", nullptr},
                {"margin", rounded(assignment.margin, 4)},
                {"factors", json::array()},
                {"runner_up", runner_up(tick, assignment)},
                {"candidates", assignment.candidates},
                {"waits_for_slot", assignment.waits_for_slot},
                {"expected_start", time_or_null(decision.expected_start)},
                {"reason", assignment.reason},
                {"model", assignment.model.empty() ? json(nullptr) : json(assignment.model)},
                {"carbon", carbon_document(tick, assignment.carbon)},
                {"anomalies", assignment.anomalies}};
  if (assignment.chosen) add_chosen(document, tick, *assignment.chosen);
  return document;
}

json split_document(const scheduler::Split& split) {
  return {
      {"direct", split.direct}, {"rules", split.rules}, {"advisor", split.advisor}, {"queued", split.queued}};
}

json time_or_null(const std::optional<Time>& time) {
  return time ? json(to_text(*time)) : json(nullptr);
}

double seconds_of(Duration duration) {
  return std::round(static_cast<double>(duration.count()) / 100) / 10;
}

}  // namespace runneriq::cli
