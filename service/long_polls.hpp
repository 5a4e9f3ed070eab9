// Those who wait for a job's standing to change: a connection each, and no thread.
#pragma once

#include "scheduler/admission_service.hpp"
#include "service/exchange.hpp"

#include <cstddef>
#include <cstdint>
#include <map>
#include <set>
#include <utility>
#include <vector>

namespace runneriq::service {

class LongPolls {
 public:
  struct Poll {
    std::int64_t version = 0;  // that is known already
    Answer answer;
  };

  std::uint64_t add(const scheduler::AdmissionKey& key, Poll poll, Time deadline);
  // Its client is gone.
  void drop(std::uint64_t id);
  // Those of a job, which wait no more.
  std::vector<Poll> take(const scheduler::AdmissionKey& key);
  // Those whose time is over, with their jobs.
  std::vector<std::pair<scheduler::AdmissionKey, Poll>> take_due(Time now);
  [[nodiscard]] std::size_t size() const { return polls_.size(); }

 private:
  struct Waiting {
    scheduler::AdmissionKey key;
    Poll poll;
    Time deadline;
  };
  Waiting remove(std::uint64_t id);

  std::uint64_t last_ = 0;
  std::map<std::uint64_t, Waiting> polls_;
  std::set<std::pair<scheduler::AdmissionKey, std::uint64_t>> by_key_;
  std::set<std::pair<Time, std::uint64_t>> by_deadline_;
};

}  // namespace runneriq::service
