#include "apps/runneriq/relay_routes.hpp"

#include "core/json_text.hpp"
#include "scheduler/admission_service.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <string_view>
#include <utility>

namespace runneriq::app {
namespace {

using platform::HostLoad;
using platform::ServedReply;
using platform::ServedRequest;
using Answer = std::variant<Forwarded, ServedReply>;

ServedReply no_such_route() {
  return json_error(404, "the relay forwards admissions and outcomes only");
}

void fill_in(scheduler::HostReport& host, const HostLoad& load) {
  host.load = load.load;
  host.memory_available = load.memory_available;
  host.cpu_pressure = load.cpu_pressure;
}

template <class Document>
Answer forwarded_document(Result<Document> document, std::string_view path,
                          const std::function<HostLoad()>& load) {
  if (!document) return json_error(400, document.error().message);
  fill_in(document->host, load());
  return Forwarded{"POST", std::string(path), scheduler::to_json(*document), kShortCall};
}

Answer forwarded_query(const ServedRequest& request, std::string_view query) {
  const auto poll = scheduler::parse_admission_query(query);
  if (!poll) return json_error(400, poll.error().message);
  const std::string path = std::string(scheduler::kAdmissionsPath) + "?";
  if (request.method == "DELETE") return Forwarded{"DELETE", path + to_query(poll->key), "", kShortCall};
  return Forwarded{"GET", path + to_query(*poll), "", poll->wait + kShortCall};
}

}  // namespace

std::variant<Forwarded, ServedReply> forwarded(const ServedRequest& request,
                                               const std::function<HostLoad()>& load) {
  const std::string_view target = request.target;
  const std::size_t mark = std::min(target.find('?'), target.size());
  const std::string_view path = target.substr(0, mark);
  const bool whole = mark == target.size();
  if (path == scheduler::kOutcomesPath && whole && request.method == "POST") {
    return forwarded_document(scheduler::parse_outcome_report(request.body), path, load);
  }
  if (path != scheduler::kAdmissionsPath) return no_such_route();
  if (whole && request.method == "POST") {
    return forwarded_document(scheduler::parse_admission_question(request.body), path, load);
  }
  if (request.method != "GET" && request.method != "DELETE") return no_such_route();
  return forwarded_query(request, target.substr(std::min(mark + 1, target.size())));
}

Forwarded probe() {
  const scheduler::AdmissionPoll nobody{{{GitLabUrl{"probe"}, JobId{}}, AttemptId{"/probe"}}, 0, {}};
  return {"GET", std::string(scheduler::kAdmissionsPath) + "?" + to_query(nobody), "", kShortCall};
}

bool is_answer(int status) {
  constexpr std::array kAnswers{200, 204, 400, 404, 413, 422};
  return std::ranges::find(kAnswers, status) != kAnswers.end();
}

ServedReply json_error(int status, std::string_view message) {
  const nlohmann::json body = {{"error", message}};
  return {.status = status, .headers = {{"content-type", "application/json"}}, .body = json_line(body)};
}

}  // namespace runneriq::app
