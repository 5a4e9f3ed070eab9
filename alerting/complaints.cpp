// From options to rules. What is wrong is said, left out, and the reading goes on, so that all complaints
// come at once.
#include "alerting/label_list.hpp"
#include "alerting/options.hpp"
#include "alerting/receiver_needs.hpp"
#include "core/printable.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::alerting {
namespace {

constexpr std::string_view kUtc = "UTC";

class RulesReader {
 public:
  RulesReader(const AlertingOptions& options, const TimeZones& zones) : options_(options), zones_(zones) {}

  NoiseRules read() {
    NoiseRules rules;
    complaints_ = receiver_complaints(options_.receivers);
    read_clock(rules);
    rules.classifier.default_branches = options_.default_branches;
    rules.classifier.severities = severities();
    rules.suppression = suppression();
    rules.routes = routes(rules.digest_zone);
    rules.flaky = options_.flaky;
    rules.outages = options_.outages;
    rules.inhibition = options_.inhibition;
    rules.cooldown = options_.cooldown;
    return rules;
  }
  [[nodiscard]] std::vector<std::string>& complaints() { return complaints_; }

 private:
  void complain(const std::string& key, const std::string& why) { complaints_.push_back(key + why); }

  template <class Value>
  Value value_of(const std::string& key, Result<Value> read, Value otherwise) {
    if (read) return *std::move(read);
    complain(key, ": " + read.error().message);
    return otherwise;
  }

  void read_clock(NoiseRules& rules) {
    rules.digest_minute =
        value_of("alerting.digest_at", parse_minute_of_day(options_.digest_at), rules.digest_minute);
    const auto known = zones_.offset(options_.time_zone, Time{});
    rules.digest_zone = known ? options_.time_zone : kUtc;
    if (!known) complain("alerting.time_zone", ": " + known.error().message);
  }

  Matchers matchers(const std::string& key, std::string_view text) {
    return value_of(key, Matchers::parse(text), Matchers{});
  }

  // Of a rule, which must not match everything by mistake.
  Matchers some_matchers(const std::string& rule, std::string_view text, std::string_view otherwise) {
    const std::size_t before = complaints_.size();
    Matchers read = matchers(rule + ".match", text);
    if (read.empty() && complaints_.size() == before) {
      complain(rule, " has no condition: give it one (" + rule + ".match) or " + std::string(otherwise));
    }
    return read;
  }

  std::vector<SeverityRule> severities() {
    std::vector<SeverityRule> rules;
    for (const RuleText& rule : options_.severities) {
      const std::string key = "alerting.severities." + rule.name;
      rules.push_back({rule.name, some_matchers(key, rule.match, "remove the rule"), rule.severity});
    }
    return rules;
  }

  std::vector<SuppressionRule> suppression() {
    std::vector<SuppressionRule> rules = default_suppression();
    for (const RuleText& text : options_.suppress) {
      const auto shipped = std::ranges::find(rules, text.name, &SuppressionRule::name);
      if (shipped == rules.end()) {
        rules.push_back(suppression_rule(text));
      } else if (text.match.empty()) {
        shipped->enabled = text.enabled;
      } else {
        *shipped = suppression_rule(text);
      }
    }
    return rules;
  }

  SuppressionRule suppression_rule(const RuleText& rule) {
    const std::string key = "alerting.suppress." + rule.name;
    return {rule.name, some_matchers(key, rule.match, "remove the rule, since it would hide every failure"),
            rule.enabled};
  }

  RouteTree routes(const std::string& zone) {
    std::vector<RouteOptions> read;
    for (const RouteText& text : options_.routes) read.push_back(route(text, zone));
    return value_of("alerting.routes", RouteTree::make(root(), std::move(read)), RouteTree{});
  }

  // A name that is told, and is nobody's, would send everything to the log.
  void check_default_receiver() {
    const std::string& name = options_.default_receiver;
    if (options_.receivers.empty() || name == AlertingOptions{}.default_receiver || is_configured(name))
      return;
    complain("alerting.default_receiver",
             " " + quoted_text(name) +
                 " is no receiver: name one of alerting.receivers, or leave it out "
                 "for the log");
  }

  [[nodiscard]] bool is_configured(const std::string& name) const {
    return std::ranges::find(options_.receivers, name, &ReceiverOptions::name) != options_.receivers.end();
  }

  [[nodiscard]] Route root() {
    check_default_receiver();
    Route made;
    made.receiver = options_.default_receiver;
    made.group_by = options_.group_by;
    made.wait = options_.wait;
    made.interval = options_.interval;
    made.repeat = options_.repeat;
    return made;
  }

  RouteOptions route(const RouteText& text, const std::string& zone) {
    const std::string key = "alerting.routes." + text.name;
    RouteOptions made;
    made.name = text.name;
    made.under = text.under;
    made.match = matchers(key + ".match", text.match);
    made.go_on = text.go_on;
    made.receiver = receiver(key, text.receiver);
    if (!text.group_by.empty()) made.group_by = value_of(key + ".group_by", parse_labels(text.group_by), {});
    made.wait = text.wait;
    made.interval = text.interval;
    made.repeat = text.repeat;
    if (!text.active.empty()) {
      made.active = value_of(key + ".active", ActiveTime::parse(text.active, zone, zones_), ActiveTime{});
    }
    made.digest = period(text.digest);
    return made;
  }

  std::optional<std::string> receiver(const std::string& route, const std::string& name) {
    if (name.empty()) return std::nullopt;
    if (name != options_.default_receiver && !is_configured(name)) {
      complain(route + ".receiver", " " + quoted_text(name) +
                                        " is no receiver: name one of alerting.receivers, or " +
                                        options_.default_receiver);
    }
    return name;
  }

  static std::optional<DigestPeriod> period(std::string_view word) {
    if (word.empty()) return std::nullopt;
    if (word == "daily") return DigestPeriod::daily;
    return word == "weekly" ? DigestPeriod::weekly : DigestPeriod::none;
  }

  const AlertingOptions& options_;
  const TimeZones& zones_;
  std::vector<std::string> complaints_;
};

}  // namespace

Result<NoiseRules> rules_of(const AlertingOptions& options, const scheduler::PriorityRules& priority,
                            const TimeZones& zones) {
  RulesReader reader{options, zones};
  NoiseRules rules = reader.read();
  if (!reader.complaints().empty()) {
    return fail(Errc::invalid_argument, std::move(reader.complaints().front()));
  }
  rules.classifier.priority = priority;
  return rules;
}

std::vector<std::string> complaints(const AlertingOptions& options, const TimeZones& zones) {
  RulesReader reader{options, zones};
  reader.read();
  return std::move(reader.complaints());
}

}  // namespace runneriq::alerting
