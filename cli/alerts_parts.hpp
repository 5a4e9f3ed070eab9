// What the commands `alerts …` share.
#pragma once

#include "alerting/noise_reduction.hpp"
#include "cli/session.hpp"
#include "cli/tick_text.hpp"

#include <nlohmann/json_fwd.hpp>

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::cli {

// Runs `work` with the ports; what hinders is told. What is not there, or is over already, is no fault of the
// command line: Exit::no.
Exit with_alerts(Session& session, Session::AlertFile file,
                 const std::function<Result<Exit>(AlertPorts& ports)>& work);

// Error: invalid_argument, for an argument behind the first, such as the "x" of `alerts silence list x`.
Result<void> takes_no_more(const Invocation& invocation);

// What fires now, as the loop has kept it.
struct KeptAlerts {
  std::vector<alerting::NoiseReduction::Firing> firing;
  std::vector<alerting::FlakyRecord> flaky;
  std::vector<std::string> lost;  // rows that cannot be read
};
Result<KeptAlerts> kept_alerts(const AlertPorts& ports, Time now);

nlohmann::json firing_document(const alerting::NoiseReduction::Firing& firing);
nlohmann::json flaky_document(const alerting::FlakyRecord& record);
nlohmann::json message_document(const alerting::OutboxMessage& message);
nlohmann::json silence_document(const alerting::Silence& silence, Time now);
nlohmann::json kept_event_document(const alerting::KeptEvent& event);

// "lint in acme/shop on main", "runner build-7 is offline". Printable.
std::string subject_text(const alerting::Event& event);
// Of the first in it: "lint in acme/shop on main, and 2 others". Printable.
std::string subject_text(const alerting::Notification& notification);
// "Left out: 3 (flaky 1, suppression 2).", by Stage, with a line end; "" where nothing was.
std::string left_out_text(const std::array<std::int64_t, 5>& by_stage);
// As wide as the longest of them.
std::string stage_text(alerting::Stage stage);
// The escape sequence for a severity; "" without colour.
std::string_view paint_of(alerting::Severity severity, Colour colour);

// For people, where no loop has kept anything; with a line end.
std::string nothing_recorded_text();
Error nothing_recorded();

}  // namespace runneriq::cli
