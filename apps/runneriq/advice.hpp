// The advisor put together: provider, key, budget, and the questions that are asked beside the loop.
#pragma once

#include "advisor/consultation.hpp"
#include "advisor/sqlite/advisor_state.hpp"
#include "advisor/triage.hpp"
#include "apps/runneriq/settings.hpp"
#include "core/event_log.hpp"
#include "platform/http_client.hpp"

#include <memory>
#include <optional>
#include <string>

namespace runneriq::app {

struct AdviceParts {
  const Settings* settings = nullptr;  // only while it is opened
  EnvironmentBlock environment;
  EventLog* log = nullptr;  // must outlive this
  std::string path;         // of the ledger's file
  int stop_fd = -1;
};

// Who is asked, with what. None: nobody; `why` says how that can be changed.
struct ProviderChoice {
  std::optional<advisor::ProviderKind> provider{};
  Secret key{};
  std::string url{};  // "" = the provider's own
  std::string why{};
};
// Error: a credential that cannot be read, or is none.
Result<ProviderChoice> provider_choice(const advisor::AdvisorOptions& options, EnvironmentBlock environment);
// Whether what is personal is taken out of what is sent there.
diagnosis::RedactionTerms::Personal personal_terms(const advisor::AdvisorOptions& options,
                                                   const ProviderChoice& choice);
advisor::BudgetTerms budget_terms(const Settings& settings);

// A provider with its connection and its breaker; each thread that asks has one of its own.
class Advice {
 public:
  // Null: nobody is to be asked. Error: what hinders it.
  static Result<std::unique_ptr<Advice>> open(const AdviceParts& parts);

  [[nodiscard]] advisor::Consultation& consultation() { return *consultation_; }
  [[nodiscard]] diagnosis::Triage& triage() { return *triage_; }
  [[nodiscard]] const diagnosis::RedactionTerms& redaction() const { return redaction_; }
  // For doctor: what the provider says of key and models; without a ledger. Error: what hinders asking.
  static Result<std::vector<std::string>> probe(const AdviceParts& parts);

 private:
  Advice() = default;
  Result<void> connect(const AdviceParts& parts, const ProviderChoice& choice);
  Result<void> open_ledger(const std::string& path);
  [[nodiscard]] std::string default_model(Time deadline) const;
  void set_models(const advisor::AdvisorOptions& options);

  diagnosis::RedactionTerms redaction_;
  std::unique_ptr<platform::HttpClient> client_;
  std::unique_ptr<advisor::Wire> wire_;
  std::unique_ptr<advisor::Carrier> carrier_;
  std::unique_ptr<advisor::AdvisorState> ledger_;
  std::array<std::string, advisor::kQuestionKinds> models_;
  std::unique_ptr<advisor::Consultation> consultation_;
  std::unique_ptr<diagnosis::Triage> triage_;
};

}  // namespace runneriq::app
