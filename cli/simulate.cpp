#include "cli/commands.hpp"
#include "cli/json_text.hpp"
#include "cli/reading.hpp"
#include "cli/session.hpp"
#include "cli/simulate_document.hpp"
#include "cli/simulate_flags.hpp"
#include "cli/simulate_text.hpp"
#include "cli/words.hpp"
#include "platform/files.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::cli {
namespace {

constexpr std::size_t kLargestTrace = std::size_t{512} << 20U;

Exit refuse(Session& session, const Error& error) {
  session.out.talk("runneriq: " + on_one_line(error.message));
  return Exit::usage;
}

Result<void> bring_trace(SimulationRequest& request) {
  if (request.trace_file.empty()) return {};
  const auto csv = platform::read_file(request.trace_file, kLargestTrace);
  if (!csv) return fail(csv.error());
  auto trace = simulation::read_trace(*csv, simulation::lanes_of(request.scenario.lanes));
  if (!trace) return fail(std::move(trace.error()).within(request.trace_file));
  const bool asks = std::ranges::any_of(
      trace->jobs, [](const auto& job) { return job.pool == simulation::PoolKind::special; });
  if (asks && request.scenario.fleet.special_hosts == 0) {
    return fail(Errc::invalid_argument, request.trace_file +
                                            ": has jobs of the pool 'special', but no host takes them; "
                                            "give --special");
  }
  request.scenario.trace = std::move(*trace);
  return {};
}

std::vector<Compared> simulated(Session& session, const SimulationRequest& request) {
  std::vector<Compared> by_load;
  simulation::Scenario scenario = request.scenario;
  for (const double load : request.loads) {
    scenario.load.load = load;
    const auto tell = [&](simulation::Policy policy, std::uint64_t seed) {
      if (!session.out.somebody_watches()) return;
      session.out.talk("simulating load " + std::to_string(load).substr(0, 4) + ", seed " +
                       std::to_string(seed) + ", " + std::string(to_text(policy)));
    };
    by_load.push_back(simulation::compare(scenario, request.policies, request.seeds, tell));
  }
  return by_load;
}

Exit simulate(Session& session, const Invocation& invocation) {
  auto request = simulation_of(invocation);
  if (!request) return refuse(session, request.error());
  if (const auto brought = bring_trace(*request); !brought) return refuse(session, brought.error());
  const nlohmann::json document = simulation_document(*request, simulated(session, *request));
  session.out.result(wants_json(invocation) ? pretty(document) : simulation_text(document));
  if (request->plot_file.empty()) return Exit::fine;
  const auto written = session.write_file(request->plot_file, simulation_svg(document));
  return written ? Exit::fine : refuse(session, written.error());
}

}  // namespace

CommandRow simulate_command() {
  return {
      .name = "simulate",
      .arguments = "",
      .summary = "Predict waits with and without the gate, on generated load or a trace.",
      .text =
          "Simulates a fleet of GitLab runners job by job: with GitLab's own dispatch, with an ideal strict "
          "priority, and with the gate, whose cuts are planned by the code that `run` uses. Prints the "
          "parameters, the waits by class, pipeline times, idle slots and writes. Reads no configuration "
          "and speaks to no GitLab. The same seeds give the same numbers.",
      .flags = simulate_flags(),
      .run = simulate};
}

}  // namespace runneriq::cli
