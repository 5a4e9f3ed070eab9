#include "apps/runneriq/face_rules.hpp"

#include "platform/accounts.hpp"

#include <unistd.h>

#include <cstdint>
#include <string>
#include <utility>

namespace runneriq::app {
namespace {

// A user that is not there cannot ask.
std::vector<std::uint32_t> users_and_ourselves(const std::vector<std::string>& users) {
  std::vector<std::uint32_t> uids{::geteuid()};
  for (const std::string& user : users) {
    if (const auto account = platform::find_account(user)) uids.push_back(account->uid);
  }
  return uids;
}

service::GuardRules guard_rules(const ServiceOptions& options, Secret bearer) {
  const std::vector<std::uint32_t> approvers = users_and_ourselves(options.approvers);
  service::GuardRules rules{.uids = users_and_ourselves(options.users),
                            .gids = {},
                            .approvers = approvers,
                            .bearer = std::move(bearer),
                            .hosts = options.hosts};
  rules.uids.insert(rules.uids.end(), approvers.begin(), approvers.end());
  return rules;
}

Result<service::WebhookProof> proof_of(EnvironmentBlock environment) {
  service::WebhookSecrets secrets;
  auto token = webhook_token(environment);
  if (!token) return fail(std::move(token.error()));
  if (!token->empty()) secrets.tokens.push_back(std::move(*token));
  auto key = webhook_signing_key(environment);
  if (!key) return fail(std::move(key.error()));
  if (!key->empty()) secrets.signing_keys.push_back(std::move(*key));
  return service::WebhookProof::make(std::move(secrets));
}

std::vector<GitLabUrl> gitlabs_of(const Settings& settings) {
  std::vector<GitLabUrl> all;
  for (const gitlab::FleetOptions& fleet : gitlab::fleets(settings.gitlab)) all.emplace_back(fleet.url);
  return all;
}

}  // namespace

Result<FaceRules> face_rules(const Settings& settings, EnvironmentBlock environment) {
  auto bearer = service_token(environment);
  if (!bearer) return fail(std::move(bearer.error()));
  auto proof = proof_of(environment);
  if (!proof) return fail(std::move(proof.error()));
  return FaceRules{.guard = guard_rules(settings.service, std::move(*bearer)),
                   .proof = std::move(*proof),
                   .gitlabs = gitlabs_of(settings)};
}

}  // namespace runneriq::app
