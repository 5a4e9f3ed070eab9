#include "alerting/webhook/webhook.hpp"

#include "core/json_text.hpp"
#include "platform/base64.hpp"
#include "platform/keyed_digest.hpp"

#include <nlohmann/json.hpp>

#include <chrono>

namespace runneriq::alerting {
namespace {

constexpr std::string_view kPrefix = "whsec_";
constexpr std::size_t kLeastKey = 24, kLargestKey = 64;  // bytes
constexpr std::size_t kMostKeys = 4;
constexpr std::string_view kBlanks = " \t\r\n";

Result<Secret> key_of(std::string_view text) {
  if (text.starts_with(kPrefix)) {
    auto bytes = platform::from_base64(text.substr(kPrefix.size()));
    if (bytes && bytes->size() >= kLeastKey && bytes->size() <= kLargestKey) return Secret{std::move(*bytes)};
  }
  return fail(Errc::invalid_argument,
              "a key for signatures is written as whsec_ and the base64 of 24 to 64 random bytes");
}

std::string body_of(const Notification& notification) {
  nlohmann::ordered_json document{{"version", 1}};
  document.update(notification_document(notification));
  return json_line(document);
}

}  // namespace

Result<Webhook> Webhook::make(std::string url, const Secret& keys) {
  std::vector<Secret> known;
  std::string_view rest = keys.reveal();
  for (std::size_t at = rest.find_first_not_of(kBlanks); at != std::string_view::npos;
       at = rest.find_first_not_of(kBlanks)) {
    rest.remove_prefix(at);
    const std::size_t end = std::min(rest.find_first_of(kBlanks), rest.size());
    auto key = key_of(rest.substr(0, end));
    if (!key) return fail(std::move(key.error()));
    known.push_back(std::move(*key));
    rest.remove_prefix(end);
  }
  if (known.size() > kMostKeys) return fail(Errc::invalid_argument, "at most four keys can sign a webhook");
  return Webhook{std::move(url), std::move(known)};
}

std::string Webhook::signatures(std::string_view content) const {
  std::string all;
  for (const Secret& key : keys_) {
    all += (all.empty() ? "v1," : " v1,") + platform::to_base64(platform::hmac_sha256(key.reveal(), content));
  }
  return all;
}

Receiver::Call Webhook::call(const Notification& notification, const DeliveryContext& context) const {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(context.now).time_since_epoch().count();
  const std::string stamp = std::to_string(seconds);
  WebCall call{.url = url_, .body = body_of(notification)};
  call.headers = {
      {"Content-Type", "application/json"}, {"webhook-id", notification.id}, {"webhook-timestamp", stamp}};
  if (keys_.empty()) return call;
  call.headers.emplace_back("webhook-signature", signatures(notification.id + "." + stamp + "." + call.body));
  return call;
}

DeliveryReply Webhook::judge(const WebReply& reply, Time now) const {
  return judge_status(reply, now);
}

}  // namespace runneriq::alerting
