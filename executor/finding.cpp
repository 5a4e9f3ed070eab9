#include "executor/finding.hpp"

#include "core/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <utility>

namespace runneriq::executor {
namespace {

std::string_view mark(FindingStatus status) {
  switch (status) {
    case FindingStatus::ok:
      return "ok      ";
    case FindingStatus::warn:
      return "warning ";
    case FindingStatus::fail:
      return "FAILED  ";
    case FindingStatus::skipped:
      break;
  }
  return "skipped ";
}

auto counted(std::span<const Finding> findings, FindingStatus status) {
  return std::ranges::count(findings, status, &Finding::status);
}

}  // namespace

std::string_view to_text(FindingStatus status) {
  switch (status) {
    case FindingStatus::ok:
      return "ok";
    case FindingStatus::warn:
      return "warn";
    case FindingStatus::fail:
      return "fail";
    case FindingStatus::skipped:
      break;
  }
  return "skipped";
}

int exit_code(std::span<const Finding> findings) {
  return counted(findings, FindingStatus::fail) > 0 ? 1 : 0;
}

std::string as_text(std::span<const Finding> findings) {
  std::string text;
  for (const Finding& finding : findings) {
    text += std::string(mark(finding.status)) + finding.name + ": " + finding.what + "\n";
    if (!finding.remedy.empty()) text += "          -> " + finding.remedy + "\n";
  }
  return text + std::to_string(counted(findings, FindingStatus::fail)) + " failed, " +
         std::to_string(counted(findings, FindingStatus::warn)) + " warned, " +
         std::to_string(counted(findings, FindingStatus::ok)) + " fine\n";
}

std::string as_json(std::span<const Finding> findings) {
  nlohmann::ordered_json list = nlohmann::ordered_json::array();
  for (const Finding& finding : findings) {
    list.push_back({{"name", finding.name},
                    {"status", to_text(finding.status)},
                    {"what", finding.what},
                    {"remedy", finding.remedy}});
  }
  const nlohmann::ordered_json document{{"findings", std::move(list)},
                                        {"failed", counted(findings, FindingStatus::fail)},
                                        {"warned", counted(findings, FindingStatus::warn)}};
  return json_lines(document);
}

}  // namespace runneriq::executor
