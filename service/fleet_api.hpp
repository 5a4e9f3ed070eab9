// The API: from a request to its answer. Lives on the server's thread; knows no socket.
#pragma once

#include "scheduler/audit.hpp"
#include "scheduler/trust.hpp"
#include "service/admission_line.hpp"
#include "service/carbon_api.hpp"
#include "service/exchange.hpp"
#include "service/fleet_documents.hpp"
#include "service/request_guard.hpp"
#include "service/routes.hpp"
#include "service/service_metrics.hpp"
#include "service/tick_figures.hpp"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::service {

enum class ApprovalsShown { open, all };

// Proposals, as people see and decide them. Called on the reading thread.
class ApprovalDesk {
 public:
  virtual ~ApprovalDesk() = default;
  [[nodiscard]] virtual Result<std::vector<scheduler::Proposal>> proposals(ApprovalsShown shown) = 0;
  // Durable and in the trail when it returns. Errors: not_found; conflict (not open any more);
  // invalid_argument (what cannot be standing, or not for so long).
  [[nodiscard]] virtual Result<scheduler::Proposal> decide(std::int64_t id,
                                                           const scheduler::Verdict& verdict) = 0;
};

struct ApiPorts {
  std::function<Time()> now;
  Threads threads;
  // Off the server's thread, for what may take longer; not a thread that commits.
  Run read;
  Ledgers ledgers;
  HostReports* reports = nullptr;  // not null

  // Answers who may not ask; none = go on. Empty function: everybody may.
  std::function<std::optional<platform::ServedReply>(const platform::ServedRequest&, RouteAccess)> guard;
  // For audit records.
  std::function<std::string(const platform::ServedRequest&)> actor;
  // Load, memory and pressure of this host, for those that ask over a Unix socket.
  std::function<void(scheduler::HostReport&)> measure_host;
  // Has its callers prove themselves. Empty: no webhooks are taken.
  std::function<platform::ServedReply(const platform::ServedRequest&)> webhook;
  std::function<void(const GitLabUrl&, ProjectId)> hint;

  // On the reading thread; null or empty: 503.
  ApprovalDesk* approvals = nullptr;
  // The latest decision about a job as JSON, whatever GitLab when it is empty. Error: not_found.
  std::function<Result<std::string>(const GitLabUrl&, JobId)> decision;
  // All records in order, until `take` returns false.
  std::function<Result<void>(const std::function<bool(const scheduler::AuditRecord&)>& take)> audit;
  CarbonArchive carbon = {};
  std::function<ProcessFigures()> process;
};

struct ApiSettings {
  Duration poll_interval = std::chrono::seconds{30};
  std::string version;
};

class FleetApi {
 public:
  FleetApi(ApiPorts ports, ApiSettings settings, std::vector<scheduler::Booking> kept);

  void serve(platform::ServedRequest request, Answer answer,
             std::function<void(std::function<void()>)> when_gone);

  // Of the loop, brought to this thread.
  void show(FleetDocuments documents, TickFigures figures, const TickKnowledge& knowledge);
  void show_carbon(std::shared_ptr<const CarbonKnowledge> knowledge);
  void show_alerts(std::optional<AlertFigures> figures) { alerts_ = std::move(figures); }
  void show_diagnoses(DiagnosisFigures figures) { diagnoses_ = std::move(figures); }
  void show_failure(const std::string& trouble);
  void expect_ticks_every(Duration interval) { settings_.poll_interval = interval; }
  // See AdmissionLine.
  void answer_due() { line_.answer_due(); }
  void pass_time() { line_.pass_time(); }

 private:
  void dispatch(const Route& route, Exchange& exchange, std::string_view segment);
  void submit(Exchange& exchange);
  void poll(Exchange& exchange);
  void leave(Exchange& exchange);
  void report(Exchange& exchange);
  void show_document(Exchange& exchange, const std::string& document) const;
  void decisions(Exchange& exchange);
  void audit(Exchange& exchange);
  void approvals(Exchange& exchange);
  void decide(Exchange& exchange, std::string_view id);
  // At once where it is an error.
  void answer_carbon(Exchange& exchange, Result<CarbonApi::Work> work);
  void webhook(Exchange& exchange);
  void readiness(Exchange& exchange) const;
  void metrics(Exchange& exchange) const;
  // `work` on the reading thread; its reply is given on this one.
  void answer_later(Exchange& exchange, std::function<platform::ServedReply()> work);
  void count(const Route* route, int status);
  [[nodiscard]] std::string trouble() const;
  void correct_host(const Exchange& exchange, scheduler::HostReport& host) const;

  ApiPorts ports_;
  ApiSettings settings_;
  AdmissionLine line_;
  CarbonApi carbon_;
  FleetDocuments documents_;  // empty before the first tick
  TickTotals ticks_;
  HttpCounts http_;
  std::optional<AlertFigures> alerts_;  // none: alerting is off
  DiagnosisFigures diagnoses_;
};

}  // namespace runneriq::service
