// Sends webhooks from a thread of its own, one after the other, so that no receiver holds up the
// simulator. Each once, as GitLab does.
#pragma once

#include "core/result.hpp"
#include "gitlab/simulator/hooks.hpp"
#include "platform/http_client.hpp"
#include "platform/unique_fd.hpp"

#include <condition_variable>
#include <deque>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

namespace runneriq::gitlab::simulator {

class HookSender {
 public:
  static Result<std::unique_ptr<HookSender>> start();
  ~HookSender();  // what has not been sent is dropped
  HookSender(const HookSender&) = delete;
  HookSender& operator=(const HookSender&) = delete;

  void send(std::vector<HookDelivery> deliveries);

 private:
  HookSender() = default;
  void work();
  void post(const HookDelivery& delivery);

  platform::UniqueFd stop_;  // readable when the thread should end
  std::unique_ptr<platform::HttpClient> client_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<HookDelivery> waiting_;
  bool ending_ = false;
  std::thread thread_;
};

}  // namespace runneriq::gitlab::simulator
