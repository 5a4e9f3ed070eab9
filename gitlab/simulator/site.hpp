// The whole simulated GitLab as one function from a request and the time to an answer.
#pragma once

#include "core/secret.hpp"
#include "gitlab/simulator/visit.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace runneriq::gitlab::simulator {

struct SiteSettings {
  Secret token;            // of an administrator
  double time_factor = 1;  // simulated seconds per second
  Time started{};          // real
};

class Site {
 public:
  // The scenario begins at `started` where it says no time of its own.
  Site(Scenario scenario, const SiteSettings& settings);
  Site(const Site&) = delete;
  Site& operator=(const Site&) = delete;

  Answered answer(const ServedRequest& request, Time real_now);
  // Lets happen what has become due.
  void move_to(Time real_now);
  [[nodiscard]] bool has_hooks() const { return !hooks_.none(); }
  std::vector<HookDelivery> take_deliveries() { return hooks_.take_deliveries(); }
  [[nodiscard]] const CallLog& calls() const { return calls_; }
  [[nodiscard]] const World& world() const { return world_; }

 private:
  ServedReply handled(Visit& visit, const Route* route);
  void count(const Route* route, const Call& call);
  // What nobody waits for any more is done after all.
  void do_late(const ServedRequest& request);
  Visit visit_of(const Call& call, Time real_now);

  SimulatedClock clock_;
  World world_;
  Tokens tokens_;
  Hooks hooks_;
  Faults faults_;
  CallLog calls_;
  std::string base_;  // as the last caller knew it
};

}  // namespace runneriq::gitlab::simulator
