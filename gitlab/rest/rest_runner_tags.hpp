// Reads and writes runners' tags over GitLab's REST API: GET and PUT /runners/:id, six at a time. With
// rest_manual_jobs the only sender of calls that change anything in GitLab.
#pragma once

#include "gitlab/rest/rest_fleet.hpp"
#include "gitlab/runner_tags.hpp"
#include "platform/http_client.hpp"

#include <memory>
#include <span>
#include <vector>

namespace runneriq::gitlab {

class RestRunnerTags final : public RunnerTagAccess {
 public:
  // Of `settings` the address, the token, the limit of one call and the clock count; calls are not
  // held back by the budget, since a revert must not wait, but by what GitLab asks for (Retry-After).
  // `transport` must outlive this.
  RestRunnerTags(RestSettings settings, platform::HttpTransport& transport);
  ~RestRunnerTags() override;

  // As they are now. Error, too: corrupt, for tags that could not be written back as they are.
  [[nodiscard]] std::vector<Result<RunnerTags>> read(std::span<const RunnerId> runners,
                                                     Time deadline) override;
  // In their order; never made again, never redirected.
  [[nodiscard]] std::vector<WriteOutcome> write(std::span<const TagWrite> writes, Time deadline) override;

  // Since the start.
  [[nodiscard]] const CallCount& count() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace runneriq::gitlab
