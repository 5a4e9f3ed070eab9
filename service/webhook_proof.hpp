// Whether a webhook is from a GitLab that knows our secret.
#pragma once

#include "core/result.hpp"
#include "core/secret.hpp"
#include "core/time.hpp"
#include "platform/http_server.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::service {

// A delivery's id; GitLab's are UUIDs.
inline constexpr std::size_t kLongestDeliveryId = 256;

// Several of a kind are alternatives, so that one can follow another without a gap.
struct WebhookSecrets {
  std::vector<Secret> tokens{};        // what GitLab sends as X-Gitlab-Token
  std::vector<Secret> signing_keys{};  // "whsec_" and at least 16 bytes in base64 (Standard Webhooks)
};

class WebhookProof {
 public:
  // How far a signed time may be from ours, either way.
  static constexpr Duration kWindow = std::chrono::minutes{5};

  // Error: invalid_argument for an empty token or a key of another form; it shows neither.
  static Result<WebhookProof> make(WebhookSecrets secrets);

  // Whether anything is configured: else there is nothing to prove.
  [[nodiscard]] bool is_configured() const { return !tokens_.empty() || is_signed(); }
  [[nodiscard]] bool is_signed() const { return !keys_.empty(); }
  // What is missing in `request`: "" when it shows a token where any is configured, and a signature over
  // the raw body within the window where any key is.
  [[nodiscard]] std::string_view lacks(const platform::ServedRequest& request, Time now) const;

 private:
  [[nodiscard]] bool has_token(const platform::ServedRequest& request) const;
  [[nodiscard]] bool has_signature(const platform::ServedRequest& request) const;

  std::vector<Secret> tokens_;
  std::vector<Secret> keys_;  // raw bytes
};

}  // namespace runneriq::service
