#include "apps/runneriq/advice.hpp"

#include "advisor/anthropic/anthropic.hpp"
#include "advisor/http/http_carrier.hpp"
#include "advisor/openai/openai.hpp"
#include "core/version.hpp"
#include "platform/system_waiter.hpp"

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace runneriq::app {
namespace {

using advisor::AdvisorOptions;
using advisor::ProviderKind;
using advisor::QuestionKind;
using Personal = diagnosis::RedactionTerms::Personal;

constexpr Duration kProbeLimit = std::chrono::seconds{5};

ProviderChoice nobody(std::string why) {
  return {.why = std::move(why)};
}

Result<ProviderChoice> anthropic(const AdvisorOptions& options, EnvironmentBlock environment) {
  auto key = anthropic_key(environment);
  if (!key) return fail(std::move(key.error()));
  if (key->empty()) return nobody("set ANTHROPIC_API_KEY, or the credential anthropic-api-key");
  return ProviderChoice{.provider = ProviderKind::anthropic, .key = *std::move(key), .url = options.url};
}

Result<ProviderChoice> openai(const AdvisorOptions& options, EnvironmentBlock environment) {
  auto key = openai_key(environment);
  if (!key) return fail(std::move(key.error()));
  if (options.url.empty()) return nobody("set advisor.url");
  return ProviderChoice{.provider = ProviderKind::openai, .key = *std::move(key), .url = options.url};
}

std::unique_ptr<advisor::Wire> wire_of(const ProviderChoice& choice) {
  if (*choice.provider == ProviderKind::anthropic)
    return std::make_unique<advisor::Anthropic>(choice.url, choice.key);
  return std::make_unique<advisor::OpenAi>(choice.url, choice.key);
}

}  // namespace

Result<ProviderChoice> provider_choice(const AdvisorOptions& options, EnvironmentBlock environment) {
  using Provider = AdvisorOptions::Provider;
  switch (options.provider) {
    case Provider::none:
      return nobody("advisor.provider is none: auto asks whom a key or an address is given for");
    case Provider::anthropic:
      return anthropic(options, environment);
    case Provider::openai:
      return openai(options, environment);
    case Provider::automatic:
      break;
  }
  auto first = anthropic(options, environment);
  if (!first || first->provider) return first;
  if (!options.url.empty()) return openai(options, environment);
  return nobody("set ANTHROPIC_API_KEY, or advisor.url for a local server");
}

Personal personal_terms(const AdvisorOptions& options, const ProviderChoice& choice) {
  using Told = AdvisorOptions::Personal;
  if (options.personal == Told::keep) return Personal::keep;
  if (options.personal == Told::redact) return Personal::redact;
  return choice.provider && advisor::is_loopback(choice.url) ? Personal::keep : Personal::redact;
}

advisor::BudgetTerms budget_terms(const Settings& settings) {
  return {.daily_tokens = settings.assigner.daily_token_budget,
          .project_share = settings.advisor.project_share};
}

Result<std::unique_ptr<Advice>> Advice::open(const AdviceParts& parts) {
  const auto choice = provider_choice(parts.settings->advisor, parts.environment);
  if (!choice) return fail(choice.error());
  if (!choice->provider) return std::unique_ptr<Advice>{};
  std::unique_ptr<Advice> advice{new Advice};
  if (auto connected = advice->connect(parts, *choice); !connected) return fail(std::move(connected.error()));
  if (auto opened = advice->open_ledger(parts.path); !opened) return fail(std::move(opened.error()));
  advice->set_models(parts.settings->advisor);
  advice->consultation_ = std::make_unique<advisor::Consultation>(
      advisor::ConsultationPorts{
          .wire = *advice->wire_,
          .carrier = *advice->carrier_,
          .ledger = *advice->ledger_,
          .log = *parts.log,
          .clock = platform::wall_clock,
          .sleep_until = [fd = parts.stop_fd](Time when) { platform::sleep_until(when, fd); }},
      budget_terms(*parts.settings), advice->models_);
  advice->triage_ = std::make_unique<advisor::ModelTriage>(*advice->consultation_, advice->redaction_);
  return advice;
}

Result<void> Advice::connect(const AdviceParts& parts, const ProviderChoice& choice) {
  redaction_.personal = personal_terms(parts.settings->advisor, choice);
  auto client =
      platform::HttpClient::make({.user_agent = "runneriq/" RUNNERIQ_VERSION, .stop_fd = parts.stop_fd});
  if (!client) return fail(std::move(client.error()));
  client_ = *std::move(client);
  wire_ = wire_of(choice);
  carrier_ = std::make_unique<advisor::HttpCarrier>(*client_, platform::wall_clock);
  return {};
}

Result<void> Advice::open_ledger(const std::string& path) {
  auto ledger = advisor::AdvisorState::open({.path = path});
  if (!ledger) return fail(std::move(ledger.error()));
  ledger_ = *std::move(ledger);
  return {};
}

// A local server is asked which model it has.
std::string Advice::default_model(Time deadline) const {
  if (wire_->kind() == ProviderKind::anthropic) return std::string(advisor::kDefaultModel);
  return advisor::OpenAi::first_model(carrier_->carry(wire_->probe({}), deadline));
}

void Advice::set_models(const AdvisorOptions& options) {
  std::string model = options.tie_break_model;
  if (model.empty()) model = default_model(platform::wall_clock() + kProbeLimit);
  models_.fill(model);
  if (options.triage_model.empty()) return;
  models_.at(static_cast<std::size_t>(QuestionKind::triage)) = options.triage_model;
  models_.at(static_cast<std::size_t>(QuestionKind::duration)) = options.triage_model;
}

Result<std::vector<std::string>> Advice::probe(const AdviceParts& parts) {
  const auto choice = provider_choice(parts.settings->advisor, parts.environment);
  if (!choice) return fail(choice.error());
  std::vector<std::string> complaints;
  if (!choice->provider) return complaints;
  Advice advice;
  if (auto connected = advice.connect(parts, *choice); !connected) return fail(std::move(connected.error()));
  advice.set_models(parts.settings->advisor);
  for (const std::string& model : std::set<std::string>(advice.models_.begin(), advice.models_.end())) {
    const auto reply =
        advice.carrier_->carry(advice.wire_->probe(model), platform::wall_clock() + kProbeLimit);
    std::ranges::move(advice.wire_->complaints_of_probe(reply, model), std::back_inserter(complaints));
  }
  return complaints;
}

}  // namespace runneriq::app
