// Webhooks out: Pipeline Hook, Job Hook and Note Hook.
#pragma once

#include "core/id.hpp"
#include "core/secret.hpp"
#include "core/time.hpp"
#include "gitlab/simulator/world.hpp"
#include "platform/http_client.hpp"

#include <nlohmann/json_fwd.hpp>

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::gitlab::simulator {

struct Hook {
  std::int64_t id = 0;
  ProjectId project{};
  std::string url{};
  Secret token{};
  Secret signing_token{};  // "whsec_" and the base64 of 32 bytes
  bool pipeline_events = false;
  bool job_events = false;
  bool note_events = false;
  Time created_at{};
};

struct HookDelivery {
  std::string url{};
  std::string event{};  // "Pipeline Hook", "Job Hook", "Note Hook"
  Secret token{};
  Secret signing_token{};
  std::string instance{};    // address of this GitLab
  std::string key{};         // Idempotency-Key, webhook-id
  std::string hook_uuid{};   // of the hook
  std::string event_uuid{};  // of what has happened: all hooks that are told of it share it
  std::string body{};
};

// Whether it is one: "whsec_" and the base64 of 32 bytes.
bool is_signing_token(std::string_view text);

// All headers but the one of the token. The signature is that of Standard Webhooks: v1 is the
// HMAC-SHA256 of "id.timestamp.body".
std::vector<platform::HttpHeader> headers_of(const HookDelivery& delivery, Time now);

class Hooks {
 public:
  const Hook& add(Hook hook);
  bool remove(ProjectId project, std::int64_t id);
  [[nodiscard]] std::vector<Hook> of(ProjectId project) const;
  [[nodiscard]] bool none() const { return hooks_.empty(); }
  // Writes what the hooks of the job's project are told of its new status.
  void tell(const World& world, const JobRecord& job, const std::string& base);
  void tell(const World& world, const MergeRequestRecord& merge_request, const NoteRecord& note,
            World::NoteChange change, const std::string& base);
  std::vector<HookDelivery> take_deliveries();

 private:
  void deliver(const Hook& hook, HookDelivery delivery, const nlohmann::json& body);

  std::vector<Hook> hooks_;
  std::vector<HookDelivery> deliveries_;
  std::int64_t last_id_ = 0;
  std::int64_t delivered_ = 0;
  std::int64_t told_ = 0;
};

}  // namespace runneriq::gitlab::simulator
