#include "service/fleet_api.hpp"

#include "core/lower_case.hpp"
#include "gitlab/json_reader.hpp"
#include "service/openapi.hpp"
#include "service/prometheus_text.hpp"
#include "service/query.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <deque>
#include <utility>

namespace runneriq::service {
namespace {

using platform::ServedReply;
using platform::ServedRequest;
using scheduler::AuditRecord;
using scheduler::Verdict;

constexpr std::size_t kLargestQuestion = std::size_t{64} << 10;
constexpr std::size_t kLargestBody = std::size_t{1} << 20;
constexpr int kPollsUntilUnready = 3;
constexpr std::int64_t kAuditShown = 100;
constexpr std::int64_t kMostAuditShown = 1000;

ServedReply no_route(const RouteMatch& found, const ServedRequest& request) {
  if (found.allow.empty()) {
    return error_reply(404, "not_found",
                       "there is no " + std::string(path_of(request.target)) +
                           " here: /api/openapi.json lists what there is");
  }
  ServedReply reply =
      error_reply(405, "method_not_allowed", "this path takes " + found.allow + ", not " + request.method);
  reply.headers.push_back({"Allow", found.allow});
  return reply;
}

// Of a body where a route takes JSON. A type that is not said is taken for JSON.
bool says_json(const ServedRequest& request) {
  std::string type(request.header("content-type"));
  type = lower_case(std::string_view(type).substr(0, type.find(';')));
  while (type.ends_with(' ')) type.pop_back();
  return type.empty() || type == "application/json";
}

std::optional<ServedReply> refused_body(const Route& route, const ServedRequest& request) {
  const bool checked_elsewhere = route.operation == Operation::receive_webhook;
  if (route.body_schema.empty() || checked_elsewhere) return std::nullopt;
  const std::size_t largest =
      route.operation == Operation::submit_admission || route.operation == Operation::decide_approval
          ? kLargestQuestion
          : kLargestBody;
  if (request.body.size() > largest) {
    return error_reply(413, "too_large", "the body must have at most " + std::to_string(largest) + " bytes");
  }
  if (!says_json(request)) {
    return error_reply(415, "unsupported_media_type", "the body must be application/json");
  }
  return std::nullopt;
}

ServedReply reply_of(Result<std::string> document) {
  return document ? json_reply(200, std::move(*document)) : error_reply(document.error());
}

tl::unexpected<Error> bad_verdict(const std::string& why) {
  return fail(Errc::invalid_argument,
              R"(the verdict must be like {"verdict": "approve"|"reject", "standing": "2h"}: )" + why);
}

Result<Verdict> verdict_in(const std::string& body, std::string by) {
  const auto document = gitlab::read_object(body);
  if (!document) return bad_verdict(document.error().message);
  const std::string word = gitlab::text_in(*document, "verdict");
  if (word != "approve" && word != "reject") return bad_verdict("no verdict");
  Verdict verdict{.approve = word == "approve", .standing = std::nullopt, .by = std::move(by)};
  const auto& standing = gitlab::member(*document, "standing");
  if (standing.is_null()) return verdict;
  if (!standing.is_string() || !verdict.approve)
    return bad_verdict("standing is a duration, for an approval");
  const auto length = parse_duration(gitlab::text_in(*document, "standing"));
  if (!length) return bad_verdict(length.error().message);
  verdict.standing = *length;
  return verdict;
}

using AuditSource = decltype(ApiPorts::audit);

Result<std::string> newest_records(const AuditSource& source, Time since, std::size_t most) {
  std::deque<AuditRecord> newest;
  auto done = source([&](const AuditRecord& record) {
    if (record.entry.at < since) return true;
    newest.push_back(record);
    if (newest.size() > most) newest.pop_front();
    return true;
  });
  if (!done) return fail(std::move(done.error()));
  return audit_document(std::vector<AuditRecord>(newest.begin(), newest.end()));
}

AdmissionLine::Ports line_ports(const ApiPorts& ports) {
  return {.now = ports.now,
          .ledgers = ports.ledgers,
          .threads = ports.threads,
          .reports = ports.reports,
          .hint = ports.hint};
}

RouteAccess access_of(const Route* route) {
  if (route == nullptr) return RouteAccess::caller;
  switch (route->operation) {
    case Operation::receive_webhook:
      return RouteAccess::own_secret;
    case Operation::decide_approval:
      return RouteAccess::approver;
    case Operation::show_health:
    case Operation::show_readiness:
      return RouteAccess::open;
    default:
      return RouteAccess::caller;
  }
}

}  // namespace

FleetApi::FleetApi(ApiPorts ports, ApiSettings settings, std::vector<scheduler::Booking> kept)
    : ports_(std::move(ports)),
      settings_(std::move(settings)),
      line_(line_ports(ports_), std::move(kept)),
      carbon_(ports_.carbon) {}

// ---- the way of every request -------------------------------------------------------------

void FleetApi::serve(ServedRequest request, Answer answer,
                     std::function<void(std::function<void()>)> when_gone) {
  // A HEAD is a GET whose body the server keeps to itself.
  const std::string_view method = request.method == "HEAD" ? std::string_view{"GET"} : request.method;
  const RouteMatch found = match(method, path_of(request.target));
  const Route* route = found.route;
  Answer counted = [this, route, answer = std::move(answer)](ServedReply reply) {
    count(route, reply.status);
    answer(std::move(reply));
  };
  if (ports_.guard) {
    if (auto refused = ports_.guard(request, access_of(route))) return counted(std::move(*refused));
  }
  if (route == nullptr) return counted(no_route(found, request));
  if (auto refused = refused_body(*route, request)) return counted(std::move(*refused));
  std::string actor = ports_.actor ? ports_.actor(request) : "";
  const std::string segment(found.segment);
  Exchange exchange{std::move(request), std::move(actor), std::move(counted), std::move(when_gone)};
  dispatch(*route, exchange, segment);
}

void FleetApi::count(const Route* route, int status) {
  ++http_.requests[{route != nullptr ? std::optional{route->operation} : std::nullopt, status}];
}

void FleetApi::dispatch(const Route& route, Exchange& exchange, std::string_view segment) {
  switch (route.operation) {
    case Operation::submit_admission:
      return submit(exchange);
    case Operation::poll_admission:
      return poll(exchange);
    case Operation::leave_admission:
      return leave(exchange);
    case Operation::report_outcomes:
      return report(exchange);
    case Operation::show_queue:
      return show_document(exchange, documents_.queue);
    case Operation::show_runners:
      return show_document(exchange, documents_.runners);
    case Operation::show_decisions:
      return decisions(exchange);
    case Operation::show_leases:
      return show_document(exchange, documents_.leases);
    case Operation::show_audit:
      return audit(exchange);
    case Operation::show_approvals:
      return approvals(exchange);
    case Operation::decide_approval:
      return decide(exchange, segment);
    case Operation::show_carbon_now:
      return exchange.answer(carbon_.grid_now());
    case Operation::show_carbon_forecast:
      return exchange.answer(carbon_.forecast(query_of(exchange.request.target)));
    case Operation::show_carbon_summary:
      return answer_carbon(exchange, carbon_.summary(ports_.now()));
    case Operation::show_carbon_ledger:
      return answer_carbon(exchange, carbon_.ledger(query_of(exchange.request.target), ports_.now()));
    case Operation::receive_webhook:
      return webhook(exchange);
    case Operation::show_health:
      return exchange.answer(text_reply(200, "text/plain; charset=utf-8", "ok\n"));
    case Operation::show_readiness:
      return readiness(exchange);
    case Operation::show_metrics:
      return metrics(exchange);
    case Operation::show_openapi:
      return exchange.answer(json_reply(200, openapi_document()));
  }
}

void FleetApi::answer_later(Exchange& exchange, std::function<ServedReply()> work) {
  ports_.read([work = std::move(work), answer = exchange.answer, back = ports_.threads.come_back] {
    auto reply = std::make_shared<ServedReply>(work());
    back([reply, answer] { answer(std::move(*reply)); });
  });
}

// ---- executors ----------------------------------------------------------------------------

// An executor on this host speaks with a job's rights: what the host bears is for us to measure.
void FleetApi::correct_host(const Exchange& exchange, scheduler::HostReport& host) const {
  if (exchange.request.connection.kind != platform::ServedConnection::Kind::unix_socket) return;
  host.load = host.memory_available = host.cpu_pressure = std::nullopt;
  if (ports_.measure_host) ports_.measure_host(host);
}

void FleetApi::submit(Exchange& exchange) {
  auto question = scheduler::parse_admission_question(exchange.request.body);
  if (!question) return exchange.answer(error_reply(question.error()));
  correct_host(exchange, question->host);
  line_.submit(exchange, *question);
}

void FleetApi::poll(Exchange& exchange) {
  const auto poll = scheduler::parse_admission_query(query_of(exchange.request.target));
  if (!poll) return exchange.answer(error_reply(poll.error()));
  line_.poll(exchange, *poll);
}

void FleetApi::leave(Exchange& exchange) {
  const auto place = scheduler::parse_admission_query(query_of(exchange.request.target));
  if (!place) return exchange.answer(error_reply(place.error()));
  line_.leave(exchange, place->key);
}

void FleetApi::report(Exchange& exchange) {
  auto report = scheduler::parse_outcome_report(exchange.request.body);
  if (!report) return exchange.answer(error_reply(report.error()));
  correct_host(exchange, report->host);
  line_.report(exchange, *report);
}

// ---- people and their programs ------------------------------------------------------------

void FleetApi::show_document(Exchange& exchange, const std::string& document) const {
  if (!document.empty()) return exchange.answer(json_reply(200, document));
  exchange.answer(error_reply(503, "unavailable", "no tick has succeeded yet: see /readyz"));
}

void FleetApi::decisions(Exchange& exchange) {
  const std::string_view query = query_of(exchange.request.target);
  const auto job = value_in(query, "job");
  const auto gitlab = value_in(query, "gitlab");
  if (!job || !gitlab) return exchange.answer(error_reply((!job ? job : gitlab).error()));
  if (!*job) return show_document(exchange, documents_.decisions);
  const auto id = whole_number("job", **job, 1, INT64_MAX);
  if (!id) return exchange.answer(error_reply(id.error()));
  if (!ports_.decision)
    return exchange.answer(error_reply(503, "unavailable", "no state file keeps decisions"));
  answer_later(exchange, [source = ports_.decision, id = JobId{*id}, url = GitLabUrl{gitlab->value_or("")}] {
    return reply_of(source(url, id));
  });
}

void FleetApi::audit(Exchange& exchange) {
  const std::string_view query = query_of(exchange.request.target);
  const auto since = since_in(query, ports_.now());
  if (!since) return exchange.answer(error_reply(since.error()));
  const auto limit = number_in(query, "limit", kAuditShown, 1, kMostAuditShown);
  if (!limit) return exchange.answer(error_reply(limit.error()));
  if (!ports_.audit) return exchange.answer(error_reply(503, "unavailable", "no state file keeps a trail"));
  answer_later(exchange, [source = ports_.audit, from = *since, most = static_cast<std::size_t>(*limit)] {
    return reply_of(newest_records(source, from, most));
  });
}

void FleetApi::approvals(Exchange& exchange) {
  const auto all = number_in(query_of(exchange.request.target), "all", 0, 0, 1);
  if (!all) return exchange.answer(error_reply(all.error()));
  if (ports_.approvals == nullptr)
    return exchange.answer(error_reply(503, "unavailable", "no state file keeps approvals"));
  answer_later(
      exchange, [desk = ports_.approvals, shown = *all == 1 ? ApprovalsShown::all : ApprovalsShown::open] {
        const auto proposals = desk->proposals(shown);
        return proposals ? json_reply(200, approvals_document(*proposals)) : error_reply(proposals.error());
      });
}

void FleetApi::decide(Exchange& exchange, std::string_view segment) {
  const auto id = whole_number("the approval's id", segment, 1, INT64_MAX);
  if (!id) return exchange.answer(error_reply(id.error()));
  auto verdict = verdict_in(exchange.request.body, exchange.actor);
  if (!verdict) return exchange.answer(error_reply(verdict.error()));
  if (ports_.approvals == nullptr)
    return exchange.answer(error_reply(503, "unavailable", "no state file keeps approvals"));
  answer_later(exchange, [desk = ports_.approvals, id = *id, verdict = std::move(*verdict)] {
    const auto proposal = desk->decide(id, verdict);
    return proposal ? json_reply(200, approval_document(*proposal)) : error_reply(proposal.error());
  });
}

void FleetApi::answer_carbon(Exchange& exchange, Result<CarbonApi::Work> work) {
  if (!work) return exchange.answer(error_reply(work.error()));
  answer_later(exchange, *std::move(work));
}

void FleetApi::webhook(Exchange& exchange) {
  if (!ports_.webhook) {
    return exchange.answer(error_reply(404, "not_found", "no webhook secret is configured: none are taken"));
  }
  ServedReply reply = ports_.webhook(exchange.request);
  ++http_.webhooks[reply.status < 300 ? "taken" : reply.status < 500 ? "refused" : "failed"];
  exchange.answer(std::move(reply));
}

// ---- its own state ------------------------------------------------------------------------

std::string FleetApi::trouble() const {
  const Duration limit = settings_.poll_interval * kPollsUntilUnready;
  const std::string why = ticks_.trouble.empty() ? "" : ": " + ticks_.trouble;
  if (!ticks_.last) return "no tick has succeeded yet" + why;
  const Duration age = ports_.now() - ticks_.last->at;
  return age <= limit ? "" : "the last good tick was " + to_reading(age) + " ago" + why;
}

void FleetApi::readiness(Exchange& exchange) const {
  const std::string why = trouble();
  const auto last = ticks_.last ? std::optional{ticks_.last->at} : std::nullopt;
  exchange.answer(json_reply(why.empty() ? 200 : 503, readiness_document(last, why)));
}

void FleetApi::metrics(Exchange& exchange) const {
  const MetricsInput input{.ticks = ticks_,
                           .line = line_,
                           .http = http_,
                           .process = ports_.process ? ports_.process() : ProcessFigures{},
                           .version = settings_.version,
                           .carbon = carbon_.knowledge(),
                           .alerts = alerts_ ? &*alerts_ : nullptr,
                           .diagnoses = &diagnoses_};
  exchange.answer(text_reply(200, kPrometheusType, metrics_text(input)));
}

void FleetApi::show(FleetDocuments documents, TickFigures figures, const TickKnowledge& knowledge) {
  documents_ = std::move(documents);
  ticks_.add(std::move(figures));
  line_.learn(knowledge);
}

void FleetApi::show_carbon(std::shared_ptr<const CarbonKnowledge> knowledge) {
  carbon_.learn(std::move(knowledge));
}

void FleetApi::show_failure(const std::string& trouble) {
  ++ticks_.failed;
  ticks_.trouble = trouble;
}

}  // namespace runneriq::service
