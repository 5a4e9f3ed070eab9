// The test reports of pipelines.
#include "gitlab/simulator/visit.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

// "unit" for "unit 2/3": the jobs of one name report together.
std::string_view suite_of(std::string_view job) {
  const std::size_t blank = job.rfind(' ');
  const std::size_t slash = job.rfind('/');
  if (blank == std::string_view::npos || slash == std::string_view::npos || slash < blank) return job;
  const auto is_number = [](std::string_view text) {
    return !text.empty() && text.find_first_not_of("0123456789") == std::string_view::npos;
  };
  const bool numbered =
      is_number(job.substr(blank + 1, slash - blank - 1)) && is_number(job.substr(slash + 1));
  return numbered ? job.substr(0, blank) : job;
}

json case_row(const SimulatedTest& test) {
  return {{"status", test.status},
          {"name", test.name},
          {"classname", test.classname},
          {"file", nullptr},
          {"execution_time", 0.1},
          {"system_output", test.status == "failed" ? json("failed: " + test.name) : json()},
          {"stack_trace", nullptr},
          {"recent_failures", nullptr}};
}

using Suites = std::map<std::string, std::vector<const SimulatedTest*>, std::less<>>;

// GitLab takes the first of two tests of one name.
void add_tests(const JobRecord& job, Suites& suites) {
  auto& suite = suites[std::string(suite_of(job.name))];
  for (const SimulatedTest& test : job.tests) {
    const auto is_same = [&](const SimulatedTest* known) {
      return known->name == test.name && known->classname == test.classname;
    };
    if (std::none_of(suite.begin(), suite.end(), is_same)) suite.push_back(&test);
  }
}

json suite_row(const std::string& name, const std::vector<const SimulatedTest*>& tests) {
  json row{{"name", name}, {"total_time", 0.1 * static_cast<double>(tests.size())}, {"suite_error", nullptr}};
  row["test_cases"] = json::array();
  for (const char* const word : {"success", "failed", "skipped", "error"}) {
    row[std::string(word) + "_count"] = std::count_if(
        tests.begin(), tests.end(), [&](const SimulatedTest* test) { return test->status == word; });
  }
  row["total_count"] = tests.size();
  for (const SimulatedTest* const test : tests) row["test_cases"].push_back(case_row(*test));
  return row;
}

// Of the latest attempts that have ended.
Suites suites_of(const World& world, const PipelineRecord& pipeline) {
  Suites suites;
  for (const JobId id : pipeline.jobs) {
    const JobRecord& job = world.jobs().at(id);
    const bool ended = job.status == JobStatus::success || job.status == JobStatus::failed;
    if (ended && !job.tests.empty() && !world.is_retried(job)) add_tests(job, suites);
  }
  return suites;
}

ServedReply test_report(Visit& visit) {
  const auto project = project_in(visit, kReporter);
  if (!project) return refusal(project.error());
  const auto pipeline = visit.world.pipelines().find(PipelineId{number_in(visit, 1)});
  if (pipeline == visit.world.pipelines().end() || pipeline->second.project != (*project)->id)
    return refusal(404, "404 Pipeline Not Found");
  json report{{"total_time", 0.0},  {"total_count", 0}, {"success_count", 0},          {"failed_count", 0},
              {"skipped_count", 0}, {"error_count", 0}, {"test_suites", json::array()}};
  for (const auto& [name, tests] : suites_of(visit.world, pipeline->second)) {
    json suite = suite_row(name, tests);
    for (const char* const count :
         {"total_count", "success_count", "failed_count", "skipped_count", "error_count"})
      report[count] = report[count].get<std::size_t>() + suite[count].get<std::size_t>();
    report["test_suites"].push_back(std::move(suite));
  }
  return json_reply(200, report);
}

constexpr std::array kRoutes{
    Route{"GET", "/api/v4/projects/:id/pipelines/:pipeline/test_report", Needs::read, test_report},
};

}  // namespace

std::span<const Route> test_report_routes() {
  return kRoutes;
}

}  // namespace runneriq::gitlab::simulator
