// The routes of the API: what is served, what comes in and what goes out. The one table that the
// dispatcher, the OpenAPI document and the metrics go by.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::service {

enum class Operation {
  submit_admission,
  poll_admission,
  leave_admission,
  report_outcomes,
  show_queue,
  show_runners,
  show_decisions,
  show_leases,
  show_audit,
  show_approvals,
  decide_approval,
  show_carbon_now,
  show_carbon_forecast,
  show_carbon_summary,
  show_carbon_ledger,
  receive_webhook,
  show_health,
  show_readiness,
  show_metrics,
  show_openapi,
};
inline constexpr std::size_t kOperations = 20;

struct RouteReply {
  int status = 200;
  std::string_view schema;  // of the OpenAPI document; "" = no body
  std::string_view media = "application/json";
};

struct Route {
  Operation operation;
  std::string_view method;
  std::string_view path;  // "/api/v1/approvals/{id}"
  std::string_view summary;
  std::vector<std::string_view> parameters;  // of the OpenAPI document
  std::string_view body_schema;              // "" = none
  std::vector<RouteReply> replies;           // beside those that every route may give
};

// In the order of Operation.
std::span<const Route> routes();
// "submitAdmission".
std::string_view name_of(Operation operation);

struct RouteMatch {
  const Route* route = nullptr;  // null: no such path, or not with this method
  std::string_view segment;      // what stands for "{id}"
  std::string allow;             // methods of the path, for 405; "" = no such path
};
RouteMatch match(std::string_view method, std::string_view path);

}  // namespace runneriq::service
