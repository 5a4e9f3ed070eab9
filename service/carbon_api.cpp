#include "service/carbon_api.hpp"

#include "carbon/ledger_document.hpp"
#include "carbon/summary_document.hpp"
#include "core/json_text.hpp"
#include "service/query.hpp"

#include <nlohmann/json.hpp>

#include <string>

namespace runneriq::service {
namespace {

using carbon::LedgerQuery;
using carbon::LedgerRow;
using nlohmann::json;
using platform::ServedReply;

constexpr std::int64_t kRowsShown = 100;
constexpr std::int64_t kMostRowsShown = 1000;

ServedReply reply_of(const json& document) {
  return json_reply(200, json_line(document));
}

template <class Kind>
Result<std::optional<Kind>> id_in(std::string_view query, std::string_view name) {
  const auto text = value_in(query, name);
  if (!text) return fail(text.error());
  if (!*text) return std::optional<Kind>{};
  const auto id = whole_number(name, **text, 1, INT64_MAX);
  if (!id) return fail(id.error());
  return std::optional{Kind{*id}};
}

// As since_in(), of another name.
Result<std::optional<Time>> until_in(std::string_view query, Time now) {
  const auto text = value_in(query, "until");
  if (!text) return fail(text.error());
  if (!*text) return std::optional<Time>{};
  if (const auto age = parse_duration(**text)) return std::optional{now - *age};
  const auto time = parse_time(**text);
  if (!time) return fail(time.error());
  return std::optional{*time};
}

Result<LedgerQuery> wanted_in(std::string_view query, Time now) {
  const auto since = since_in(query, now);
  if (!since) return fail(since.error());
  const auto until = until_in(query, now);
  if (!until) return fail(until.error());
  const auto project = id_in<ProjectId>(query, "project");
  if (!project) return fail(project.error());
  const auto pipeline = id_in<PipelineId>(query, "pipeline");
  if (!pipeline) return fail(pipeline.error());
  const auto job = id_in<JobId>(query, "job");
  if (!job) return fail(job.error());
  const auto limit = number_in(query, "limit", kRowsShown, 1, kMostRowsShown);
  if (!limit) return fail(limit.error());
  return LedgerQuery{.since = *since,
                     .until = *until,
                     .project = *project,
                     .pipeline = *pipeline,
                     .job = *job,
                     .most = static_cast<std::size_t>(*limit)};
}

ServedReply rows_reply(const CarbonArchive& archive, const LedgerQuery& wanted) {
  json rows = json::array();
  const auto slots = wanted.job ? carbon::SlotsShown::yes : carbon::SlotsShown::no;
  const auto done = archive.rows(wanted, [&](const LedgerRow& row) {
    rows.push_back(row_json(row, slots));
    return rows.size() < wanted.most;
  });
  return done ? reply_of({{"rows", std::move(rows)}}) : error_reply(done.error());
}

ServedReply summary_reply(const CarbonArchive& archive, const CarbonKnowledge& knowledge, Time now) {
  std::vector<LedgerRow> rows;
  const auto done = archive.rows({.since = carbon::summary_begin(now)}, [&](const LedgerRow& row) {
    rows.push_back(row);
    return true;
  });
  if (!done) return error_reply(done.error());
  std::vector<carbon::Deferral> deferrals;
  if (archive.deferrals) {
    auto kept = archive.deferrals();
    if (!kept) return error_reply(kept.error());
    deferrals = *std::move(kept);
  }
  return reply_of(carbon::summary_document(rows, deferrals, knowledge.state.options, now));
}

tl::unexpected<Error> no_ledger() {
  return fail(Errc::unavailable, "no state file keeps a ledger");
}

}  // namespace

std::optional<CarbonApi::Reply> CarbonApi::refusal() const {
  if (knowledge_ == nullptr) {
    return error_reply(503, "unavailable", "no tick has succeeded yet: see /readyz");
  }
  if (knowledge_->grid) return std::nullopt;
  return error_reply(404, "not_found",
                     "nothing is known of the grid: give runners a zone (carbon.zones), and see carbon.use");
}

CarbonApi::Reply CarbonApi::grid_now() const {
  if (auto refused = refusal()) return *std::move(refused);
  return reply_of(carbon::now_document(*knowledge_->grid, knowledge_->runners, knowledge_->state.options));
}

CarbonApi::Reply CarbonApi::forecast(std::string_view query) const {
  const auto hours = number_in(query, "hours", carbon::kForecastHours, 1, carbon::kMostForecastHours);
  if (!hours) return error_reply(hours.error());
  if (auto refused = refusal()) return *std::move(refused);
  return reply_of(
      carbon::forecast_document(*knowledge_->grid, static_cast<int>(*hours), knowledge_->state.options));
}

Result<CarbonApi::Work> CarbonApi::summary(Time now) const {
  if (!archive_.rows) return no_ledger();
  if (knowledge_ == nullptr) return fail(Errc::unavailable, "no tick has succeeded yet: see /readyz");
  return
      [archive = archive_, knowledge = knowledge_, now] { return summary_reply(archive, *knowledge, now); };
}

Result<CarbonApi::Work> CarbonApi::ledger(std::string_view query, Time now) const {
  auto wanted = wanted_in(query, now);
  if (!wanted) return fail(std::move(wanted.error()));
  if (!archive_.rows) return no_ledger();
  return [archive = archive_, wanted = *std::move(wanted)] { return rows_reply(archive, wanted); };
}

}  // namespace runneriq::service
