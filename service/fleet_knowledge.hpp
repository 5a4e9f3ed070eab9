// What the fleet's loop knows of single jobs, kept a while longer than a tick shows them: a job that a
// host has accepted is pending no more.
#pragma once

#include "carbon/deferral.hpp"
#include "scheduler/admission_book.hpp"
#include "scheduler/fleet_watch.hpp"

#include <cstddef>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <tuple>
#include <vector>

namespace runneriq::service {

// What is taken from one tick.
struct TickKnowledge {
  struct Pending {
    scheduler::JobKey key;
    scheduler::HistoryKey history;
    scheduler::KnownJob known;
  };
  Time now;
  bool whole = false;  // all of it was read in this tick or lately: what is missing has ended
  std::vector<Pending> pending;
  std::vector<scheduler::JobKey> running;
  std::shared_ptr<const carbon::GridOutlook> grid = {};  // null: carbon is off
  std::map<scheduler::RunnerKey, carbon::ZoneKey> zones = {};
  std::set<scheduler::JobKey> waited_for = {};  // others wait for a resource that these hold
  // By which LOW and MEDIUM jobs wait for cleaner power; none = they do not.
  std::optional<carbon::DeferralTerms> green = {};
};
TickKnowledge knowledge_of(const scheduler::Tick& tick);

inline constexpr Duration kKnownFor = std::chrono::hours{2};  // after a job was last pending or running
inline constexpr Duration kGridTrusted = std::chrono::minutes{15};
inline constexpr std::size_t kMostNames = 20'000;  // of jobs whose duration is remembered

class FleetKnowledge {
 public:
  // Gives the jobs that were seen running before and are neither pending nor running now.
  std::vector<scheduler::JobKey> learn(const TickKnowledge& tick);
  // By the job itself, else only the expected duration, by project and name.
  [[nodiscard]] std::optional<scheduler::KnownJob> of(const scheduler::AdmissionRequest& request) const;
  // Cleaner power that a job should wait for where it was accepted: not when others wait for it, and not by
  // what was known longer than kGridTrusted ago.
  [[nodiscard]] std::optional<scheduler::GreenWait> green_wait(const scheduler::Booking& booking,
                                                               std::optional<Duration> expected,
                                                               Time now) const;

 private:
  struct Job {
    scheduler::KnownJob known;
    bool scored = false;
    bool seen_running = false;
    Time last_seen;
  };
  using Name = std::tuple<GitLabUrl, ProjectId, std::string>;

  std::map<scheduler::JobKey, Job> jobs_;
  std::map<Name, scheduler::DurationEstimate> by_name_;
  std::shared_ptr<const carbon::GridOutlook> grid_;
  std::map<scheduler::RunnerKey, carbon::ZoneKey> zones_;
  std::set<scheduler::JobKey> waited_for_;
  std::optional<carbon::DeferralTerms> green_;
};

}  // namespace runneriq::service
