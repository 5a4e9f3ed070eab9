// Alerts and groups as they are kept over a restart: JSON.
#pragma once

#include "alerting/alert.hpp"
#include "alerting/alert_group.hpp"

#include <optional>
#include <string>
#include <string_view>

namespace runneriq::alerting {

// All of it but its key, and what it hides.
std::string alert_document(const Alert& alert);
// None: it is corrupt.
std::optional<Alert> parse_alert(std::uint64_t key, std::string_view document);

// A group as it was kept, with the path of its route.
struct KeptGroup {
  AlertGroup group;
  std::string route;
};
std::string group_document(const AlertGroup& group);
std::optional<KeptGroup> parse_group(std::uint64_t key, std::string_view document);

}  // namespace runneriq::alerting
