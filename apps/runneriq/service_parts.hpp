// The HTTP face of the loop: the service with its state, its secrets and its view of the fleet.
#pragma once

#include "apps/installation/installation.hpp"
#include "apps/runneriq/face_rules.hpp"
#include "apps/runneriq/settings.hpp"
#include "cli/session.hpp"
#include "core/event_log.hpp"
#include "gitlab/webhook.hpp"
#include "platform/system_waiter.hpp"
#include "service/alert_metrics.hpp"
#include "service/carbon_knowledge.hpp"
#include "service/diagnosis_metrics.hpp"

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace runneriq::app {

struct FaceParts {
  const Settings* settings = nullptr;  // only while it is opened
  EnvironmentBlock environment;
  std::function<std::shared_ptr<const FaceRules>()> rules;  // as of now; on the server's thread; never null
  EventLog* log = nullptr;                                  // must outlive the face, as must the waiter
  platform::SystemWaiter* waiter = nullptr;
  std::function<Duration()> poll_interval;  // as of now; on the loop's thread
  std::string state_path;                   // of the fleet's state file; the queue's stands beside it
  std::string run;
  std::string carbon_path;                       // of the file that carbon is kept in
  std::function<service::CarbonState()> carbon;  // as of now; on the loop's thread
  std::function<std::optional<service::AlertFigures>()>
      alerts;                                            // none: alerting is off; on the loop's thread
  std::function<service::DiagnosisFigures()> diagnoses;  // on the loop's thread
  std::function<void(const gitlab::Webhook&)>
      heard;  // each event of GitLab, on the server's thread; may be empty
};

// The options that only a start applies.
inline constexpr std::array<std::string_view, 2> kFaceFixed{"service.tls_certificate", "service.tls_key"};

// Listens on `listen`, or on the sockets that systemd has handed over. Error: invalid_argument (address, TLS,
// TCP without TLS beyond loopback, TCP without a token), else why it cannot listen.
Result<std::unique_ptr<cli::FleetFace>> open_face(const std::string& listen, const FaceParts& parts);

}  // namespace runneriq::app
