#include "service/webhook_proof.hpp"

#include "platform/base64.hpp"
#include "platform/keyed_digest.hpp"

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>

namespace runneriq::service {
namespace {

using platform::ServedRequest;

constexpr std::string_view kKeyPrefix = "whsec_";
constexpr std::string_view kSignaturePrefix = "v1,";
constexpr std::size_t kShortestKey = 16;
constexpr int kMostSignatures = 16;

Result<Secret> key_of(const Secret& text) {
  const std::string_view key = text.reveal();
  auto bytes =
      key.starts_with(kKeyPrefix) ? platform::from_base64(key.substr(kKeyPrefix.size())) : std::nullopt;
  if (!bytes || bytes->size() < kShortestKey) {
    return fail(Errc::invalid_argument,
                "a signing key of webhooks is 'whsec_' and at least 16 bytes in base64; copy it from the "
                "webhook's page "
                "in GitLab");
  }
  return Secret{std::move(*bytes)};
}

// Seconds since 1970; none for anything else.
std::optional<Time> time_of(std::string_view seconds) {
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(seconds.data(), seconds.data() + seconds.size(), value);
  constexpr std::int64_t kLatest = 253'402'300'799;  // the end of the year 9999
  if (error != std::errc{} || end != seconds.data() + seconds.size() || value < 0 || value > kLatest)
    return {};
  return Time{std::chrono::seconds{value}};
}

bool is_in_window(const ServedRequest& request, Time now) {
  const auto sent = time_of(request.header("webhook-timestamp"));
  return sent && *sent >= now - WebhookProof::kWindow && *sent <= now + WebhookProof::kWindow;
}

// What is signed; "" when the request has no id to be known by.
std::string signed_text(const ServedRequest& request) {
  const std::string_view id = request.header("webhook-id");
  if (id.empty() || id.size() > kLongestDeliveryId) return {};
  return std::string(id) + "." + std::string(request.header("webhook-timestamp")) + "." + request.body;
}

// One of "v1,<base64> v1,<base64> v1a,…".
bool is_among(std::string_view signatures, const std::string& expected) {
  bool found = false;
  for (int count = 0; count < kMostSignatures && !signatures.empty(); ++count) {
    const std::size_t end = std::min(signatures.find(' '), signatures.size());
    const std::string_view each = signatures.substr(0, end);
    found = (each.starts_with(kSignaturePrefix) &&
             platform::same_in_constant_time(each.substr(kSignaturePrefix.size()), expected)) ||
            found;
    signatures.remove_prefix(std::min(end + 1, signatures.size()));
  }
  return found;
}

}  // namespace

Result<WebhookProof> WebhookProof::make(WebhookSecrets secrets) {
  WebhookProof proof;
  for (const Secret& each : secrets.signing_keys) {
    auto key = key_of(each);
    if (!key) return fail(std::move(key.error()));
    proof.keys_.push_back(std::move(*key));
  }
  if (std::ranges::any_of(secrets.tokens, &Secret::empty)) {
    return fail(Errc::invalid_argument,
                "the secret token of webhooks is empty; set the one of the webhook in GitLab");
  }
  proof.tokens_ = std::move(secrets.tokens);
  return proof;
}

std::string_view WebhookProof::lacks(const ServedRequest& request, Time now) const {
  if (!tokens_.empty() && !has_token(request)) return "the right X-Gitlab-Token";
  if (!is_signed()) return "";
  if (!is_in_window(request, now)) return "a webhook-timestamp within 5 minutes of this machine's clock";
  return has_signature(request) ? "" : "a webhook-signature made with the right key";
}

bool WebhookProof::has_token(const ServedRequest& request) const {
  const std::string_view sent = request.header("x-gitlab-token");
  bool found = false;
  for (const Secret& each : tokens_) found = platform::same_in_constant_time(sent, each.reveal()) || found;
  return found;
}

bool WebhookProof::has_signature(const ServedRequest& request) const {
  const std::string text = signed_text(request);
  const std::string_view signatures = request.header("webhook-signature");
  if (text.empty() || signatures.empty()) return false;
  bool found = false;
  for (const Secret& each : keys_) {
    found = is_among(signatures, platform::to_base64(platform::hmac_sha256(each.reveal(), text))) || found;
  }
  return found;
}

}  // namespace runneriq::service
