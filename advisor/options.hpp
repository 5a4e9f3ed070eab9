// What can be said of the advisor in the configuration. The mode and the budget are scheduler's rows
// (assigner.decision_engine.*).
#pragma once

#include "advisor/models.hpp"
#include "core/option.hpp"

#include <string>
#include <string_view>
#include <vector>

namespace runneriq::advisor {

struct AdvisorOptions {
  // automatic: anthropic where ANTHROPIC_API_KEY is set, else openai where `url` is, else none.
  enum class Provider { automatic, none, anthropic, openai } provider = Provider::automatic;
  std::string url{};  // base address, for another than the provider's own: "http://127.0.0.1:11434/v1"
  std::string tie_break_model{};  // "" = kDefaultModel, or the first that a local server lists
  std::string triage_model{};     // "" = as tie_break_model
  double project_share = 0.5;     // 0.01..1, of the day's budget
  enum class Personal {
    automatic,
    keep,
    redact
  } personal = Personal::automatic;  // automatic: keep for loopback only
};
Options option_rows(AdvisorOptions& options);
// Whether the host of an http or https address is this one: localhost, 127.x.x.x, [::1].
bool is_loopback(std::string_view url);
// One sentence each for what the rows cannot see: an openai without url, a model that is retired at `today`
// (YYYY-MM-DD; "" = not asked), an address that is not https and not loopback.
std::vector<std::string> complaints(const AdvisorOptions& options, std::string_view today = {});

}  // namespace runneriq::advisor
