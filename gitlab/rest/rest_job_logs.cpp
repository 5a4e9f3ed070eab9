#include "gitlab/rest/rest_job_logs.hpp"

#include "gitlab/rest/single_calls.hpp"

#include <algorithm>
#include <string>
#include <utility>

namespace runneriq::gitlab {
namespace {

// What a server that knows ranges says of one at the end of nothing.
constexpr int kNoSuchRange = 416;

std::string address_of(ProjectId project, JobId job) {
  return "/api/v4/projects/" + std::to_string(project.value()) + "/jobs/" + std::to_string(job.value()) +
         "/trace";
}

}  // namespace

struct RestJobLogs::State {
  SingleCalls calls;
};

RestJobLogs::RestJobLogs(RestSettings settings, platform::HttpTransport& transport)
    : state_(new State{.calls = {std::move(settings), transport}}) {}
RestJobLogs::~RestJobLogs() = default;

Result<std::string> RestJobLogs::tail(ProjectId project, JobId job, std::size_t bytes) {
  const std::size_t most = std::min(bytes, kLongestLogTail);
  if (most == 0) return std::string{};
  Answer answer = state_->calls.ask(Question::end_of(address_of(project, job), most));
  if (answer.status == kNoSuchRange) return std::string{};
  if (!answer.body)
    return fail(std::move(answer.body.error()).within("log of job " + std::to_string(job.value())));
  std::string log = *std::move(answer.body);
  if (log.size() > most) log.erase(0, log.size() - most);
  return log;
}

const CallCount& RestJobLogs::count() const {
  return state_->calls.count();
}

}  // namespace runneriq::gitlab
