// The threads that bring messages from the outbox to their receivers: one for each, so that one that hangs
// holds up no other.
#pragma once

#include "alerting/http/delivery.hpp"
#include "apps/runneriq/alert_file.hpp"
#include "apps/runneriq/receiver_parts.hpp"
#include "platform/wake_up.hpp"

#include <condition_variable>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace runneriq::app {

class AlertDeliveries {
 public:
  // `path`: of the file with the outbox; `owner`: a name that no other process has. A receiver that cannot be
  // used is logged, and its messages wait for a better configuration.
  static Result<std::unique_ptr<AlertDeliveries>> start(const CourierParts& parts, const std::string& path,
                                                        const std::string& owner);
  ~AlertDeliveries();
  AlertDeliveries(const AlertDeliveries&) = delete;
  AlertDeliveries& operator=(const AlertDeliveries&) = delete;

  // There may be something to deliver. From any thread.
  void look();
  [[nodiscard]] std::map<std::string, alerting::DeliveryCounts> counts() const;

 private:
  struct Line;  // one receiver's
  AlertDeliveries() = default;
  void run(Line& line);

  std::optional<platform::WakeUp> stop_;
  mutable std::mutex guard_;  // of what follows
  std::condition_variable changed_;
  std::uint64_t looks_ = 0;
  bool stopped_ = false;
  std::vector<std::unique_ptr<Line>> lines_;
};

}  // namespace runneriq::app
