#include "service/webhook_intake.hpp"

#include "service/exchange.hpp"

#include <exception>
#include <string>
#include <utility>

namespace runneriq::service {
namespace {

using platform::ServedReply;
using platform::ServedRequest;

// A signed delivery can come again as long as its time is in the window: from one end of it to the other.
constexpr Duration kRemembered = 2 * WebhookProof::kWindow;
constexpr std::size_t kMostRemembered = 16'384;
constexpr Duration kBetweenComplaints = std::chrono::minutes{1};
constexpr std::string_view kNoSecret = "a secret: none is configured here";

std::string_view remedy_for(std::string_view missing) {
  if (missing == kNoSecret)
    return "configure the secret token or the signing key of the webhook, or use a Unix socket";
  return "set the same secret in the webhook's settings in GitLab and here";
}

std::string_view unproven(const ServedRequest& request, const WebhookProof& proof, Time now) {
  if (proof.is_configured()) return proof.lacks(request, now);
  const bool is_unix = request.connection.kind == platform::ServedConnection::Kind::unix_socket;
  return is_unix ? std::string_view{} : kNoSecret;
}

}  // namespace

WebhookIntake::WebhookIntake(Sink sink, EventLog& log)
    : sink_(std::move(sink)), log_(log), seen_(kRemembered, kMostRemembered) {}

ServedReply WebhookIntake::receive(const ServedRequest& request, const WebhookProof& proof,
                                   const Moment& now) {
  if (request.body.size() > kLargestBody)
    return error_reply(413, "too_large",
                       "the body must have at most " + std::to_string(kLargestBody) + " bytes");
  if (const std::string_view missing = unproven(request, proof, now.wall); !missing.empty()) {
    complain(missing, now.steady);
    return error_reply(401, "refused", "refused: the service's log says why (event webhook_refused)");
  }
  return take(request, proof.is_signed(), now.steady);
}

ServedReply WebhookIntake::take(const ServedRequest& request, bool is_signed, Duration now) {
  auto webhook = gitlab::parse_webhook(request.body, request.header("x-gitlab-instance"));
  if (!webhook) return error_reply(400, "invalid_argument", "the body must be a JSON object");
  // Of a signed delivery only webhook-id is signed; GitLab's Idempotency-Key is the same.
  const std::string_view id = request.header(is_signed ? "webhook-id" : "idempotency-key");
  const bool is_new = id.empty() || id.size() > kLongestDeliveryId || seen_.take(std::string(id), now);
  if (is_new) hand_on(std::move(*webhook));
  return text_reply(200, "text/plain; charset=utf-8", is_new ? "taken\n" : "known\n");
}

void WebhookIntake::hand_on(gitlab::Webhook webhook) {
  try {
    sink_(std::move(webhook));
  } catch (const std::exception& error) {
    log_.write(LogLevel::error, "webhook_lost", {{"reason", std::string(error.what())}});
  }
}

// Anybody can send what is refused: the log hears of it once a minute.
void WebhookIntake::complain(std::string_view missing, Duration now) {
  ++refused_;
  if (complained_ && now - *complained_ < kBetweenComplaints) return;
  log_.write(
      LogLevel::warning, "webhook_refused",
      {{"lacks", std::string(missing)}, {"remedy", std::string(remedy_for(missing))}, {"count", refused_}});
  complained_ = now;
  refused_ = 0;
}

}  // namespace runneriq::service
