#include "cli/simulate_document.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cmath>
#include <string>

namespace runneriq::cli {
namespace {

using nlohmann::json;
using simulation::Measures;
using simulation::Policy;
using simulation::Spread;

double seconds(Duration duration) {
  return static_cast<double>(duration.count()) / 1000;
}

// To so many decimals.
double rounded(double number, int decimals) {
  const double unit = std::pow(10.0, decimals);
  return std::round(number * unit) / unit;
}

// ---- parameters ---------------------------------------------------------------------------

json classes_document(const simulation::LoadModel& load) {
  json classes = json::array();
  for (const simulation::ClassLoad& row : load.classes) {
    classes.push_back({{"class", scheduler::to_text(row.job_class)},
                       {"share", row.share},
                       {"mean_seconds", seconds(row.mean)},
                       {"sigma", row.sigma}});
  }
  return classes;
}

json load_document(const SimulationRequest& request) {
  const simulation::LoadModel& load = request.scenario.load;
  if (!request.trace_file.empty()) return {{"trace", request.trace_file}};
  return {{"arrivals", to_text(load.arrivals)}, {"jobs", load.jobs},
          {"classes", classes_document(load)},  {"pipeline_jobs", load.pipeline_jobs},
          {"jobs_a_day", load.jobs_a_day},      {"estimate_error", load.estimate_error},
          {"special_share", load.special_share}};
}

json lanes_document(const simulation::LaneModel& model) {
  const scheduler::Lanes lanes = simulation::lanes_of(model);
  json names = json::array();
  for (std::size_t i = 0; i < lanes.size(); ++i) names.push_back(lanes.name(i));
  return {{"names", names},
          {"per", model.basis == simulation::LaneBasis::job ? "job" : "pipeline"},
          {"unlaned", model.unlaned}};
}

json steering_document(const simulation::SteeringModel& steering) {
  return {{"reaction_seconds", seconds(steering.reaction)},
          {"webhooks", steering.webhooks},
          {"acting_seconds", seconds(std::min(steering.acting, steering.reaction))},
          {"poll_seconds", seconds(steering.poll)},
          {"write_seconds", seconds(steering.write_time)},
          {"writes_at_once", steering.writes_at_once},
          {"cuts_per_minute", steering.cuts_per_minute},
          {"most_cut", steering.gate.most_cut},
          {"short_wait_seconds", seconds(steering.gate.short_wait)},
          {"phantom_after_seconds", seconds(steering.gate.phantom_after)},
          {"decisions", steering.deciding == simulation::Deciding::lean ? "lean" : "assigner"}};
}

json parameters_document(const SimulationRequest& request) {
  const simulation::FleetModel& fleet = request.scenario.fleet;
  return {{"load", load_document(request)},
          {"first_seed", request.seeds.first},
          {"seeds", request.seeds.count},
          {"fleet",
           {{"hosts", fleet.hosts},
            {"slots", fleet.slots},
            {"special_hosts", fleet.special_hosts},
            {"window", fleet.window},
            {"runner_poll_seconds", seconds(fleet.runner_poll)}}},
          {"lanes", lanes_document(request.scenario.lanes)},
          {"phantoms", request.scenario.phantoms},
          {"phantom_seconds", seconds(request.scenario.phantom_for)},
          {"steering", steering_document(request.scenario.steering)}};
}

// ---- results ------------------------------------------------------------------------------

json spread_document(const Spread& spread) {
  return {{"jobs", spread.count},          {"mean", rounded(spread.mean, 3)},
          {"p50", rounded(spread.p50, 3)}, {"p95", rounded(spread.p95, 3)},
          {"p99", rounded(spread.p99, 3)}, {"max", rounded(spread.max, 3)}};
}

json pipeline_document(const Spread& spread) {
  return {{"pipelines", spread.count}, {"mean", rounded(spread.mean, 3)}, {"p95", rounded(spread.p95, 3)}};
}

json waits_document(const Measures& measures) {
  json waits = json::object();
  for (const scheduler::JobClass job_class : scheduler::kJobClasses) {
    const Spread& spread = measures.wait_by_class[static_cast<std::size_t>(job_class)];
    if (spread.count > 0) waits[std::string(scheduler::to_text(job_class))] = spread_document(spread);
  }
  waits["all"] = spread_document(measures.wait);
  const Spread& special = measures.wait_by_pool[static_cast<std::size_t>(simulation::PoolKind::special)];
  if (special.count > 0) waits["special"] = spread_document(special);
  return waits;
}

json policy_document(Policy policy, const Measures& measures) {
  json document{{"policy", to_text(policy)},
                {"waits", waits_document(measures)},
                {"idle_share", rounded(measures.idle_share, 5)},
                {"idle_with_work_share", rounded(measures.idle_with_work_share, 6)},
                {"idle_with_work_slot_seconds_per_hour", rounded(measures.idle_with_work_seconds, 1)},
                {"writes_per_hour", rounded(measures.writes_per_hour, 1)},
                {"looks_per_hour", rounded(measures.looks_per_hour, 1)},
                {"refused_cuts", measures.refused_cuts},
                {"never_started", measures.never_started}};
  if (measures.pipeline.count > 0) document["pipeline_time"] = pipeline_document(measures.pipeline);
  return document;
}

void put_ratio(json& ratios, const std::string& name, double value, double of_fifo) {
  if (of_fifo > 0) ratios[name] = rounded(value / of_fifo, 3);
}

json ratios_document(const Measures& measures, const Measures& fifo) {
  json ratios = json::object();
  for (const scheduler::JobClass job_class : scheduler::kJobClasses) {
    const auto i = static_cast<std::size_t>(job_class);
    put_ratio(ratios, std::string(scheduler::to_text(job_class)), measures.wait_by_class[i].mean,
              fifo.wait_by_class[i].mean);
  }
  const auto special = static_cast<std::size_t>(simulation::PoolKind::special);
  put_ratio(ratios, "special", measures.wait_by_pool[special].mean, fifo.wait_by_pool[special].mean);
  put_ratio(ratios, "all", measures.wait.mean, fifo.wait.mean);
  put_ratio(ratios, "p95", measures.wait.p95, fifo.wait.p95);
  put_ratio(ratios, "p99", measures.wait.p99, fifo.wait.p99);
  put_ratio(ratios, "max", measures.wait.max, fifo.wait.max);
  put_ratio(ratios, "pipeline_time", measures.pipeline.mean, fifo.pipeline.mean);
  put_ratio(ratios, "pipeline_time_p95", measures.pipeline.p95, fifo.pipeline.p95);
  return ratios;
}

json result_document(const Compared& compared) {
  const auto fifo = std::ranges::find(compared, Policy::fifo, &Compared::value_type::first);
  json policies = json::array();
  for (const auto& [policy, measures] : compared) {
    json document = policy_document(policy, measures);
    if (fifo != compared.end()) document["to_fifo"] = ratios_document(measures, fifo->second);
    policies.push_back(std::move(document));
  }
  return {{"policies", std::move(policies)}};
}

bool has_load(const SimulationRequest& request) {
  return request.trace_file.empty() && request.scenario.load.arrivals != simulation::Arrivals::day;
}

}  // namespace

json simulation_document(const SimulationRequest& request, const std::vector<Compared>& by_load) {
  json results = json::array();
  for (std::size_t i = 0; i < by_load.size(); ++i) {
    json result = result_document(by_load[i]);
    if (has_load(request)) result["load"] = request.loads[i];
    results.push_back(std::move(result));
  }
  return {{"parameters", parameters_document(request)}, {"results", std::move(results)}};
}

}  // namespace runneriq::cli
