// Reads a fleet over GitLab's REST and GraphQL APIs. Never changes anything there.
#pragma once

#include "core/secret.hpp"
#include "gitlab/fleet_reader.hpp"
#include "gitlab/options.hpp"
#include "gitlab/replies.hpp"
#include "platform/http_client.hpp"

#include <functional>
#include <memory>
#include <string>

namespace runneriq::gitlab {

struct RestSettings {
  FleetOptions fleet;
  ClientOptions client;
  Duration poll_interval = std::chrono::seconds{30};
  Secret token;
  std::function<Time()> now;       // the wall clock
  std::function<double()> jitter;  // 0..1, for back-off
  // Waits until then, or until the program is to stop; for retries within a reading. None: a call
  // that would have to wait is left to the next reading.
  std::function<void(Time)> wait_until = {};
};

// Asks by falling importance: runners and projects; jobs and details of runners; protected refs,
// roles, merge requests, what was started by hand, and who holds resource groups; finished jobs. Protected
// refs are read for pending jobs only: branches when one is on a branch, tags when one is on a tag. Keeps
// between readings what changes rarely (projects 10 min, protected refs 10 min, members 1 h, merge requests 2
// min, details 5 min or with each GraphQL answer), and the last good answer of everything else, for when
// GitLab does not answer.
class RestFleet final : public FleetReader {
 public:
  // `transport` must outlive this.
  RestFleet(RestSettings settings, platform::HttpTransport& transport);
  ~RestFleet() override;
  [[nodiscard]] Result<FleetReading> read(Time now) override;
  // Takes of the budget only what the next poll will not need, so it may leave projects as they were
  // read before (see jobs_age). Finished jobs are left to read().
  [[nodiscard]] Result<FleetReading> read_hinted(Time now, std::span<const ProjectId> changed) override;

  // For doctor.
  [[nodiscard]] Result<TokenFacts> token();
  [[nodiscard]] Result<std::string> version();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace runneriq::gitlab
