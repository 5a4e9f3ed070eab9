#include "alerting/label_list.hpp"
#include "alerting/named_rows.hpp"
#include "core/named_rows.hpp"
#include "core/option_rows.hpp"

#include <optional>

namespace runneriq::alerting {
namespace {

using namespace std::chrono_literals;

std::string shown_if_any(const std::optional<Duration>& duration) {
  return duration ? runneriq::to_text(*duration) : "";
}

auto within(Duration shortest, Duration longest) {
  return [shortest, longest](std::string_view text) -> Result<std::optional<Duration>> {
    const Result<Duration> duration = parse_duration(text);
    if (!duration) return fail(duration.error());
    if (*duration >= shortest && *duration <= longest) return std::optional{*duration};
    return not_expected(
        text, "a duration from " + runneriq::to_text(shortest) + " to " + runneriq::to_text(longest));
  };
}

Result<std::string> parse_named(std::string_view text) {
  if (auto checked = check_name(text); !checked) return fail(std::move(checked.error()));
  return std::string(text);
}

Result<std::string> parse_group_by(std::string_view text) {
  const auto labels = parse_labels(text);
  if (!labels) return fail(labels.error());
  return to_text(*labels);
}

Result<std::string> parse_digest(std::string_view text) {
  if (text == "none" || text == "daily" || text == "weekly") return std::string(text);
  return not_expected(text, "a period: write none, daily or weekly");
}

Options routing_rows(const std::string& under, std::vector<RouteText>& routes) {
  return {
      field_row(row(under + "under", "name of a route",
                    "For a route of that name: the route that it refines; else the root."),
                routes, &RouteText::under, parse_named),
      field_row(row(under + "match", "conditions on labels",
                    "For a route of that name: the failures that it takes, like project=\"acme/shop\", "
                    "stage!~\"test|lint\"; without conditions all."),
                routes, &RouteText::match, parse_words),
      field_row(row(under + "receiver", "name of a receiver",
                    "For a route of that name: who is told; else as the route above it."),
                routes, &RouteText::receiver, parse_named),
      switch_field_row(row(under + "continue", "true | false",
                           "For a route of that name: whether the routes after it are tried, too."),
                       routes, &RouteText::go_on),
  };
}

Options timing_rows(const std::string& under, std::vector<RouteText>& routes) {
  return {
      field_row(row(under + "group_by", "labels with commas, or none",
                    "For a route of that name: failures that agree in these labels share a message; none = "
                    "all of the route do."),
                routes, &RouteText::group_by, parse_group_by),
      field_row(row(under + "wait", "duration from 0s to 1d",
                    "For a route of that name: how long a new group waits for more before it is told."),
                routes, &RouteText::wait, within(0s, 24h), shown_if_any),
      field_row(row(under + "interval", "duration from 1s to 7d",
                    "For a route of that name: time between two messages of a group that has news."),
                routes, &RouteText::interval, within(1s, std::chrono::days{7}), shown_if_any),
      field_row(row(under + "repeat", "duration from 1m to 30d",
                    "For a route of that name: time until a group without news is told again."),
                routes, &RouteText::repeat, within(1min, std::chrono::days{30}), shown_if_any),
      field_row(row(under + "active", "hours of the week, or always",
                    "For a route of that name: when it may send, like Mon-Fri 08:00-18:00 "
                    "Europe/Berlin."),
                routes, &RouteText::active, parse_words),
      field_row(row(under + "digest", "none | daily | weekly",
                    "For a route of that name: its failures are told together once a day or week."),
                routes, &RouteText::digest, parse_digest),
  };
}

}  // namespace

Options route_rows(std::vector<RouteText>& routes) {
  const std::string under = "alerting.routes.*.";
  Options rows = routing_rows(under, routes);
  for (Option& option : timing_rows(under, routes)) rows.push_back(std::move(option));
  return rows;
}

Options suppression_rows(std::vector<RuleText>& rules) {
  const std::string under = "alerting.suppress.*.";
  return {
      field_row(row(under + "match", "conditions on labels",
                    "For a rule of that name: the failures that nobody is told of, like ref=~\"poc/.*\". "
                    "Shipped are `experimental` and `allow-failure`."),
                rules, &RuleText::match, parse_words),
      switch_field_row(row(under + "enabled", "true | false",
                           "For a rule of that name: whether it holds; the shipped ones, too."),
                       rules, &RuleText::enabled),
  };
}

Options severity_rows(std::vector<RuleText>& rules) {
  const std::string under = "alerting.severities.*.";
  return {
      field_row(row(under + "match", "conditions on labels",
                    "For a rule of that name: the failures that it is for; the first rule that matches "
                    "decides."),
                rules, &RuleText::match, parse_words),
      field_row(row(under + "severity", "critical | error | warning | info",
                    "For a rule of that name: how bad these failures are."),
                rules, &RuleText::severity, parse_severity,
                [](Severity severity) { return std::string(to_text(severity)); }),
  };
}

}  // namespace runneriq::alerting
