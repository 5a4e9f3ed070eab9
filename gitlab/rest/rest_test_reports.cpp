#include "gitlab/rest/rest_test_reports.hpp"

#include "gitlab/rest/single_calls.hpp"

#include <string>
#include <utility>

namespace runneriq::gitlab {
namespace {

std::string address_of(ProjectId project, PipelineId pipeline) {
  return "/api/v4/projects/" + std::to_string(project.value()) + "/pipelines/" +
         std::to_string(pipeline.value()) + "/test_report";
}

}  // namespace

struct RestTestReports::State {
  SingleCalls calls;
};

RestTestReports::RestTestReports(RestSettings settings, platform::HttpTransport& transport)
    : state_(new State{.calls = {std::move(settings), transport}}) {}
RestTestReports::~RestTestReports() = default;

Result<TestReport> RestTestReports::of_pipeline(ProjectId project, PipelineId pipeline) {
  const Answer answer =
      state_->calls.ask(Question::get(address_of(project, pipeline)).at_most(kLargestTestReport));
  Result<TestReport> report =
      answer.body ? parse_test_report(*answer.body) : Result<TestReport>(fail(answer.body.error()));
  if (!report)
    return fail(
        std::move(report.error()).within("test report of pipeline " + std::to_string(pipeline.value())));
  return report;
}

const CallCount& RestTestReports::count() const {
  return state_->calls.count();
}

}  // namespace runneriq::gitlab
