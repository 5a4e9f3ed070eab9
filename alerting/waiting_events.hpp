// Events that were heard of and have not passed the stages yet: bounded, so that what stops the stages cannot
// fill the memory. Pure; for one thread at a time.
#pragma once

#include "alerting/event.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <vector>

namespace runneriq::alerting {

struct TestEnd {
  std::string name;
  bool failed = false;
};

struct HeardEvent {
  Event event;
  std::vector<TestEnd> tests{};  // of the job, from GitLab's test report
  Time heard{};
  bool urgent = false;  // critical: goes before all others, and waits for nothing
};

class WaitingEvents {
 public:
  explicit WaitingEvents(std::size_t most) : most_(most) {}

  // Waits for evidence, unless it is urgent. Of more than `most` in all the oldest that passed is dropped,
  // else the oldest failure that is not urgent, else the oldest.
  void hear(HeardEvent event);
  // The oldest that waits for evidence.
  [[nodiscard]] std::optional<HeardEvent> take_for_evidence();
  // What came back from that.
  void put_ready(HeardEvent event);
  // All that is ready for the stages, urgent ones first, else in the order in which they became ready.
  [[nodiscard]] std::vector<HeardEvent> take_ready();

  [[nodiscard]] bool has_ready() const { return !urgent_.empty() || !ready_.empty(); }
  [[nodiscard]] std::size_t without_evidence() const { return ordinary_.size(); }
  [[nodiscard]] std::size_t size() const { return urgent_.size() + ordinary_.size() + ready_.size(); }
  // Since the start.
  [[nodiscard]] std::int64_t dropped() const { return dropped_; }

 private:
  void make_room();

  std::size_t most_;
  std::deque<HeardEvent> urgent_, ordinary_, ready_;
  std::int64_t dropped_ = 0;
};

}  // namespace runneriq::alerting
