// POST /webhooks/gitlab: proves the sender, reads the event and hands on the hint. Nothing is decided by
// it: the API is read again first. So what is lost here is found by the next poll, and what is forged
// costs one.
#pragma once

#include "core/event_log.hpp"
#include "core/moment.hpp"
#include "gitlab/webhook.hpp"
#include "platform/http_server.hpp"
#include "service/delivery_memory.hpp"
#include "service/webhook_proof.hpp"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>

namespace runneriq::service {

class WebhookIntake {
 public:
  static constexpr std::size_t kLargestBody = std::size_t{4} << 20;  // pipelines with thousands of jobs

  // Gets each event of GitLab once, also of kinds that are `other`. Runs on the server's thread: it puts the
  // hint where another thread finds it, and wakes that.
  using Sink = std::function<void(gitlab::Webhook)>;

  // `log` has to outlive this.
  WebhookIntake(Sink sink, EventLog& log);

  // Where `proof` has no secret, webhooks are taken over a Unix socket only, and who may call there has been
  // asked before.
  // 200 for an event, of whatever kind, new or repeated; 401, 413; 400 for what is no JSON object. Never 5xx,
  // for which GitLab would switch the webhook off. Only on the server's thread.
  [[nodiscard]] platform::ServedReply receive(const platform::ServedRequest& request,
                                              const WebhookProof& proof, const Moment& now);

 private:
  [[nodiscard]] platform::ServedReply take(const platform::ServedRequest& request, bool is_signed,
                                           Duration now);
  void hand_on(gitlab::Webhook webhook);
  void complain(std::string_view missing, Duration now);

  Sink sink_;
  EventLog& log_;
  DeliveryMemory seen_;
  std::optional<Duration> complained_{};  // when a refusal was last logged
  std::int64_t refused_ = 0;              // since then
};

}  // namespace runneriq::service
