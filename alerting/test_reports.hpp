// What test reports said of ends of jobs that are still to come.
#pragma once

#include "alerting/event.hpp"

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <unordered_map>

namespace runneriq::alerting {

class TestReports {
 public:
  struct Failed {
    int tests = 0;
    int flaky = 0;  // of them
  };
  void failed(const Event& job, bool is_flaky);
  // Of the job's end (GitLab, project, pipeline, name and commit), which is then forgotten; none = no test of
  // it has failed, or none was told among the last 4,000 ends.
  std::optional<Failed> take(const Event& job);

 private:
  std::unordered_map<std::uint64_t, Failed> ends_;
  std::deque<std::uint64_t> order_;  // oldest first; some may be taken already
};

}  // namespace runneriq::alerting
