// Questions that are asked one at a time, each with the time and the retries of a reading.
#pragma once

#include "gitlab/rest/rest_fleet.hpp"
#include "gitlab/rest/sender.hpp"

namespace runneriq::gitlab {

class SingleCalls {
 public:
  // Reads only. `transport` must outlive this.
  SingleCalls(RestSettings settings, platform::HttpTransport& transport);
  [[nodiscard]] Answer ask(Question question);
  // Since the start.
  [[nodiscard]] const CallCount& count() const { return count_; }

 private:
  RestSettings settings_;
  ApiBase base_;
  CallBudget budget_;
  Sender sender_;
  CallCount count_;
};

}  // namespace runneriq::gitlab
