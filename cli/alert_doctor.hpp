// What `doctor` says of alerting: who cannot be told, what waits and what never arrived. Pure.
#pragma once

#include "alerting/options.hpp"
#include "alerting/store.hpp"
#include "executor/finding.hpp"

#include <optional>
#include <string>
#include <vector>

namespace runneriq::cli {

struct AlertFacts {
  // One that is configured, or the default one.
  struct KnownReceiver {
    alerting::ReceiverOptions options;
    std::string secret_variable;     // "RUNNERIQ_RECEIVER_OPS"
    std::optional<Error> trouble{};  // why it cannot be used
  };
  Time now{};
  const alerting::AlertingOptions* options = nullptr;  // not null
  std::vector<KnownReceiver> receivers{};
  bool webhooks = false;  // GitLab's are taken: their secret is known
  std::string file{};
  std::optional<Error> file_error{};
  // At most kMostLooked of each, the newest.
  static constexpr std::size_t kMostLooked = 200;
  std::vector<alerting::OutboxMessage> queued{}, dead{};
  std::vector<std::string> orphans{};  // receivers that are not known, but have messages queued
};

// Failures are receivers that cannot be used, and the file: somebody who is to be told is not.
std::vector<executor::Finding> examine_alerts(const AlertFacts& facts);

}  // namespace runneriq::cli
