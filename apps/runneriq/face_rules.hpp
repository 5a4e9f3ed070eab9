// Whom the HTTP face serves, as configured.
#pragma once

#include "apps/runneriq/settings.hpp"
#include "core/id.hpp"
#include "service/request_guard.hpp"
#include "service/webhook_proof.hpp"

#include <vector>

namespace runneriq::app {

struct FaceRules {
  service::GuardRules guard;
  service::WebhookProof proof;
  std::vector<GitLabUrl> gitlabs;  // whose webhooks are heeded
};

// Error: a secret of another form, or one that cannot be read.
Result<FaceRules> face_rules(const Settings& settings, EnvironmentBlock environment);

}  // namespace runneriq::app
