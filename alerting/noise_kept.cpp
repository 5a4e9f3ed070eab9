// What outlives a restart.
#include "alerting/kept_alerts.hpp"
#include "alerting/noise_stages.hpp"
#include "alerting/verdict_words.hpp"
#include "core/json_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <utility>

namespace runneriq::alerting {
namespace {

constexpr std::string_view kAlert = "alert", kGroup = "group", kFlaky = "flaky", kCounter = "counter";
constexpr std::string_view kTotals = "totals", kEnd = "end ", kGreen = "green ";

std::optional<std::uint64_t> key_in(std::string_view text) {
  std::uint64_t key = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), key, 16);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return key;
}

// Either way, so that each is named once.
template <class Totals, class Visit>
void for_each_total(Totals& totals, Visit visit) {
  visit("events", totals.events);
  visit("failures", totals.failures);
  visit("passes", totals.passes);
  visit("others", totals.others);
  visit("notifications", totals.notifications);
  visit("sent", totals.sent);
  visit("waiting", totals.waiting);
  visit("resolved", totals.resolved);
  for (std::size_t stage = 0; stage < totals.suppressed.size(); ++stage)
    visit("suppressed_" + std::string(to_text(static_cast<Stage>(stage))), totals.suppressed.at(stage));
}

}  // namespace

std::vector<NoiseReduction::Kept> NoiseStages::take_changes() {
  std::vector<Kept> rows;
  const auto add = [&](std::string_view table, std::string key, std::string document) {
    rows.push_back({std::string(table), std::move(key), std::move(document)});
  };
  alerts_.take_changes([&](std::uint64_t key, const Alert* alert) {
    add(kAlert, hex(key), alert == nullptr ? "" : alert_document(*alert));
  });
  groups_.take_changes([&](std::uint64_t key, const AlertGroup* group) {
    add(kGroup, hex(key), group == nullptr ? "" : group_document(*group));
  });
  for (FlakyDetector::Kept& kept : detector_.take_changes())
    add(kFlaky, std::move(kept.key), std::move(kept.document));
  ends_.kept().take_changes([&](const std::string& row, std::string document) {
    add(kCounter, std::string(kEnd) + row, std::move(document));
  });
  greens_.kept().take_changes([&](const std::string& row, std::string document) {
    add(kCounter, std::string(kGreen) + row, std::move(document));
  });
  if (std::exchange(counters_changed_, false)) add(kCounter, std::string(kTotals), counters_document());
  return rows;
}

std::string NoiseStages::counters_document() const {
  nlohmann::json document{{"clock", clock_.time_since_epoch().count()}, {"inhibitions", inhibitions_}};
  for_each_total(totals_, [&](const std::string& name, std::int64_t value) { document[name] = value; });
  return json_line(document);
}

bool NoiseStages::restore_counters(const std::string& text) {
  const auto document = json_in(text);
  if (!document.is_object()) return false;
  bool is_whole = true;
  const auto read = [&](const std::string& name, std::int64_t& value) {
    const auto found = document.find(name);
    const bool is_there = found != document.end() && found->is_number_integer();
    if (is_there) value = found->get<std::int64_t>();
    is_whole = is_whole && is_there;
  };
  std::int64_t clock = 0;
  read("clock", clock);
  read("inhibitions", inhibitions_);
  for_each_total(totals_, read);
  clock_ = Time{Duration{clock}};
  return is_whole;
}

std::vector<std::string> NoiseStages::restore(const std::vector<Kept>& rows) {
  std::vector<std::string> corrupt;
  for (const Kept& row : rows) {
    if (!row.document.empty() && !restore_row(row))
      corrupt.push_back("the kept " + row.table + " " + row.key + " is corrupt: it is left out");
  }
  tie_all();
  return corrupt;
}

bool NoiseStages::restore_row(const Kept& row) {
  if (row.table == kFlaky) return detector_.restore(row.key, row.document).has_value();
  if (row.table == kCounter) {
    const std::string_view key = row.key;
    if (key == kTotals) return restore_counters(row.document);
    if (key.starts_with(kEnd)) return ends_.kept().restore(key.substr(kEnd.size()), row.document);
    return key.starts_with(kGreen) && greens_.kept().restore(key.substr(kGreen.size()), row.document);
  }
  const auto key = key_in(row.key);
  if (!key) return false;
  if (row.table == kAlert) {
    auto alert = parse_alert(*key, row.document);
    if (alert && alerts_.find(*key) == nullptr) alerts_.restore(*std::move(alert));
    return alert.has_value();
  }
  const auto kept = row.table == kGroup ? parse_group(*key, row.document) : std::nullopt;
  if (!kept) return false;
  const Route* const route = rules_.routes.find(kept->route);
  AlertGroup& group = groups_.add(*key, route != nullptr ? *route : rules_.routes.all().front());
  const Route* const its = group.route;
  group = kept->group;
  group.route = its;
  group.kept = true;
  if (route == nullptr) lost_routes_.push_back(*key);
  return true;
}

// What is said of an alert in one row, and follows for the others.
void NoiseStages::tie_all() {
  other_rules_until_ = totals_.events;
  ends_.restored();
  greens_.restored();
  std::vector<Alert*> all;
  for (const std::uint64_t key : alerts_.all()) all.push_back(alerts_.find(key));
  std::ranges::sort(all, {}, [](const Alert* alert) { return std::pair{alert->first_heard, alert->began}; });
  for (Alert* const alert : all) tie(*alert);
  for (const std::uint64_t key : std::exchange(lost_routes_, {})) renew_routes({{key, ""}});
  for (const std::uint64_t key : groups_.all()) {
    AlertGroup& group = *groups_.find(key);
    if (group.members == 0 && group.counted == 0 && !closes_at(group)) {
      close_if_empty(group);
    } else {
      reschedule(group);
    }
  }
  renew_inhibitors();
}

void NoiseStages::tie(Alert& alert) {
  untold_ += alert.held.size();
  for (const Membership& membership : alert.memberships) {
    AlertGroup* group = groups_.find(membership.group);
    if (group == nullptr) group = &groups_.add(membership.group, route_for(alert));
    group->alerts.push_back(alert.key);
    ++group->members;
    group->untold += static_cast<int>(membership.untold.size());
    untold_ += membership.untold.size();
    const bool has_news = !membership.untold.empty() || membership.green;
    if (has_news && !group->news_at) news(*group, membership.not_before);
  }
  Alert* const by = alert.hiding ? alerts_.find(alert.hiding->by) : nullptr;
  if (by != nullptr) by->hides.push_back(alert.key);
  if (alert.inhibits != 0 && alert.has_untold() && !alert.was_told()) restore_young(alert);
  reschedule(alert);
}

}  // namespace runneriq::alerting
