#include "alerting/label_values.hpp"
#include "cli/alerts_parts.hpp"
#include "cli/commands.hpp"
#include "cli/json_text.hpp"
#include "cli/numbers.hpp"
#include "cli/reading.hpp"
#include "cli/shared_flags.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"
#include "core/joined.hpp"
#include "core/option.hpp"
#include "core/printable.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>
#include <string>
#include <utility>

namespace runneriq::cli {
namespace {

using alerting::Classified;
using alerting::Event;
using alerting::Label;
using alerting::Route;
using nlohmann::json;

constexpr std::array kFlags{kOutputFlag};

json route_document(const Route& route) {
  json labels = json::array();
  for (const Label label : route.group_by) labels.push_back(to_text(label));
  constexpr std::array<std::string_view, 3> kDigests{"none", "daily", "weekly"};
  return {{"route", route.path},
          {"receiver", route.receiver},
          {"group_by", std::move(labels)},
          {"wait_s", route.wait.count() / 1000},
          {"interval_s", route.interval.count() / 1000},
          {"repeat_s", route.repeat.count() / 1000},
          {"active", route.active.text()},
          {"digest", kDigests.at(static_cast<std::size_t>(route.digest))}};
}

std::string route_table(const std::vector<const Route*>& routes) {
  std::vector<Row> rows;
  for (const Route* route : routes) {
    std::vector<std::string> labels;
    for (const Label label : route->group_by) labels.emplace_back(to_text(label));
    rows.push_back({{on_one_line(route->path)},
                    {on_one_line(route->receiver)},
                    {joined(labels, ", ")},
                    {to_text(route->wait)},
                    {to_text(route->interval)},
                    {route->active.is_always() ? "always" : on_one_line(route->active.text())}});
  }
  return table_text({{"ROUTE", Align::left, Cut::start},
                     {"RECEIVER", Align::left, Cut::end},
                     {"GROUPED BY", Align::left, Cut::end},
                     {"WAIT", Align::right},
                     {"INTERVAL", Align::right},
                     {"ACTIVE", Align::left, Cut::end}},
                    rows);
}

// ---- test: labels in, receivers out ------------------------------------------------------------

// Labels that are found out about an event, and can be told outright, too.
struct Told {
  Event event;
  std::vector<Label> labels;  // all that are told
  std::optional<scheduler::JobClass> job_class;
  std::optional<alerting::Severity> severity;
  std::optional<std::string> signature;
  std::optional<bool> default_branch;
};

Result<void> put_switch(bool& into, std::string_view value) {
  const auto on = parse_switch(value);
  if (!on) return fail(on.error());
  into = *on;
  return {};
}

template <class Parse, class Into>
Result<void> put_parsed(Into& into, Parse parse, std::string_view value) {
  auto parsed = parse(value);
  if (!parsed) return fail(std::move(parsed.error()));
  into = *std::move(parsed);
  return {};
}

Result<void> put(Told& told, Label label, std::string_view value) {
  Event& event = told.event;
  switch (label) {
    case Label::project:
      event.project = value;
      break;
    case Label::ref:
      event.ref = value;
      break;
    case Label::stage:
      event.stage = value;
      break;
    case Label::job:
      event.name = value;
      break;
    case Label::source:
      event.source = value;
      break;
    case Label::failure_reason:
      event.failure_reason = value;
      break;
    case Label::allow_failure:
      return put_switch(event.allow_failure, value);
    case Label::job_class:
      return put_parsed(told.job_class, scheduler::parse_job_class, value);
    case Label::user:
      event.user = value;
      break;
    case Label::kind:
      event.kind_word = value;
      event.kind = alerting::event_kind(value);
      break;
    case Label::runner:
      event.runner = value;
      break;
    case Label::severity:
      return put_parsed(told.severity, alerting::parse_severity, value);
    case Label::signature:
      told.signature = value;
      break;
    case Label::sha:
      event.sha = value;
      break;
    case Label::pipeline:
      return put_parsed(
          event.pipeline_id, [](std::string_view text) { return parse_id("pipeline", text); }, value);
    case Label::gitlab:
      event.gitlab = value;
      break;
    case Label::merge_request:
      if (value == "true") event.source = "merge_request_event";
      break;
    case Label::default_branch:
      told.default_branch = value == "true";
      break;
  }
  return {};
}

// A failure has one value of each label.
Result<void> put_once(Told& told, Label label, std::string_view value) {
  if (std::ranges::find(told.labels, label) != told.labels.end()) {
    return fail(Errc::invalid_argument,
                "label '" + std::string(to_text(label)) + "' is told twice: tell it once");
  }
  told.labels.push_back(label);
  const auto known = alerting::value_of_label(label, std::string(value));
  if (!known) return fail(known.error());
  return put(told, label, *known);
}

Result<void> put(Told& told, std::string_view word) {
  const std::size_t equals = word.find('=');
  if (equals == std::string_view::npos)
    return fail(Errc::invalid_argument, quoted_text(word) + " is no label: write LABEL=VALUE");
  const std::string_view name = word.substr(0, equals);
  if (const auto label = alerting::label_of(name)) return put_once(told, *label, word.substr(equals + 1));
  const auto meant = alerting::nearest_label(name);
  return fail(Errc::invalid_argument,
              quoted_text(name) + " is no label of an event" +
                  (meant ? ": did you mean '" + std::string(to_text(*meant)) + "'?" : ""));
}

Result<Told> told_by(const Invocation& invocation) {
  Told told;
  told.event.status = "failed";
  for (std::size_t at = 1; at < invocation.arguments.size(); ++at) {
    if (auto done = put(told, invocation.arguments[at]); !done) return fail(std::move(done.error()));
  }
  // No ref has the name of a blank.
  if (told.default_branch) told.event.default_branch = *told.default_branch ? told.event.ref : " ";
  return told;
}

// What is told outright stands before what is found out, and the rules for severities see it.
Classified classified_of(alerting::ClassifierRules rules, Told told) {
  const std::vector<alerting::SeverityRule> severities = std::exchange(rules.severities, {});
  Classified classified = alerting::Classifier{std::move(rules)}.classify(std::move(told.event));
  if (told.default_branch) classified.on_default_branch = *told.default_branch;
  if (told.signature) classified.signature = *std::move(told.signature);
  if (told.job_class) classified.job_class = *told.job_class;
  if (told.job_class == scheduler::JobClass::critical && !classified.event.allow_failure)
    classified.severity = alerting::Severity::critical;
  const auto rule = std::ranges::find_if(severities, [&](const alerting::SeverityRule& one) {
    return one.match.match(alerting::LabelValues{classified});
  });
  if (rule != severities.end()) classified.severity = rule->severity;
  if (told.severity) classified.severity = *told.severity;
  return classified;
}

std::string suppressed_by(const AlertPorts& ports, const alerting::LabelValues& labels) {
  for (const alerting::SuppressionRule& rule : ports.rules.suppression) {
    if (rule.enabled && rule.match.match(labels)) return rule.name;
  }
  return "";
}

// What a failure would meet.
struct Fortune {
  Classified classified;
  std::vector<const Route*> routes;
  std::string rule;  // of suppression; "" = none
  [[nodiscard]] bool at_once() const { return classified.severity == alerting::Severity::critical; }
};

Fortune fortune_of(const AlertPorts& ports, Classified classified) {
  const alerting::LabelValues labels{classified};
  std::vector<const Route*> routes = ports.rules.routes.match(labels);
  std::string rule = suppressed_by(ports, labels);
  return {.classified = std::move(classified), .routes = std::move(routes), .rule = std::move(rule)};
}

json fortune_document(const Fortune& fortune) {
  json all = json::array(), receivers = json::array();
  for (const Route* route : fortune.routes) {
    all.push_back(route_document(*route));
    receivers.push_back(route->receiver);
  }
  return {{"severity", to_text(fortune.classified.severity)},
          {"class", scheduler::to_text(fortune.classified.job_class)},
          {"at_once", fortune.at_once()},
          {"receivers", std::move(receivers)},
          {"routes", std::move(all)},
          {"suppressed_by", fortune.rule}};
}

std::string fortune_text(const Fortune& fortune) {
  std::string text = "severity " + std::string(to_text(fortune.classified.severity)) + ", class " +
                     std::string(scheduler::to_text(fortune.classified.job_class)) + "\n" +
                     route_table(fortune.routes);
  if (!fortune.rule.empty()) {
    return text + wrapped("", "But nothing is sent: the rule " + on_one_line(fortune.rule) +
                                  " of alerting.suppress matches.");
  }
  return fortune.at_once() ? text + "It is told at once: what is critical waits for no window.\n" : text;
}

Result<Exit> test(Session& session, const Invocation& invocation, const AlertPorts& ports) {
  auto told = told_by(invocation);
  if (!told) return fail(std::move(told.error()));
  const Fortune fortune = fortune_of(ports, classified_of(ports.rules.classifier, *std::move(told)));
  session.out.result(wants_json(invocation) ? pretty(fortune_document(fortune)) : fortune_text(fortune));
  return Exit::fine;
}

Result<Exit> show(Session& session, const Invocation& invocation, const AlertPorts& ports) {
  if (auto right = takes_no_more(invocation); !right) return fail(std::move(right.error()));
  std::vector<const Route*> routes;
  json all = json::array();
  for (const Route& route : ports.rules.routes.all()) {
    routes.push_back(&route);
    all.push_back(route_document(route));
  }
  session.out.result(wants_json(invocation) ? pretty({{"routes", std::move(all)}}) : route_table(routes));
  return Exit::fine;
}

Exit routes(Session& session, const Invocation& invocation) {
  const std::string what = invocation.arguments.empty() ? "show" : invocation.arguments.front();
  return with_alerts(session, Session::AlertFile::as_it_is, [&](AlertPorts& ports) -> Result<Exit> {
    if (what == "show") return show(session, invocation, ports);
    if (what == "test") return test(session, invocation, ports);
    return fail(Errc::invalid_argument, "alerts routes takes show or test, not " + quoted_text(what));
  });
}

}  // namespace

CommandRow alerts_routes_command() {
  return {
      .name = "alerts routes",
      .arguments = "[show|test...]",
      .summary = "Show the tree of routes, or which receivers a failure would reach.",
      .text =
          "`alerts routes test LABEL=VALUE...` takes what a failure would have: project, ref, stage, "
          "job, source, failure_reason, allow_failure, user, kind, runner. Class and severity follow from "
          "them as they would in earnest, unless they are told: `class=CRITICAL`, which makes it critical, "
          "or "
          "`severity=error`.",
      .flags = kFlags,
      .run = routes};
}

}  // namespace runneriq::cli
