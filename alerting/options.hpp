// What can be said of alerting in the configuration, and the rows of the option table for it.
#pragma once

#include "alerting/noise_reduction.hpp"
#include "core/option.hpp"

#include <string>
#include <vector>

namespace runneriq::alerting {

enum class ReceiverType { log, slack, pagerduty, teams, discord, email, webhook, gitlab, alertmanager };
std::string_view to_text(ReceiverType type);

// Its secret (address, token, key or password) is never here: RUNNERIQ_RECEIVER_<NAME>, else the credential
// receiver-<name>.
struct ReceiverOptions {
  std::string name;
  ReceiverType type = ReceiverType::log;
  std::string url{};      // of what has no secret address: "https://alertmanager:9093", "smtp://mail:587"
  std::string to{};       // channel, project, or mail addresses with commas
  std::string from{};     // mail address
  std::string user{};     // for SMTP
  std::string note_on{};  // gitlab: "issue" (one per group), or the iid of an issue that gets notes
  bool send_resolved = true;
  // Its secret is an address: no option, but told by the program, which knows the secrets, before
  // complaints().
  bool has_secret_address = false;
};

// As configured, "" = inherited; `group_by` and `digest` are right, the rest is checked when all is read.
struct RouteText {
  std::string name, under, match, receiver, group_by, active, digest;
  bool go_on = false;
  std::optional<Duration> wait, interval, repeat;
};
struct RuleText {
  std::string name, match;
  bool enabled = true;
  Severity severity = Severity::warning;  // of alerting.severities
};

struct AlertingOptions {
  enum class Use { off, automatic } use = Use::automatic;  // auto: as soon as the loop runs
  std::vector<ReceiverOptions> receivers;
  std::string default_receiver = "default";  // a receiver of that name that is not configured is of type log
  std::vector<RouteText> routes;
  std::vector<RuleText> suppress;  // after the defaults, which can be switched off by name
  std::vector<RuleText> severities;
  std::vector<std::string> default_branches = {"main", "master"};
  std::vector<Label> group_by = {Label::signature};
  Duration wait = std::chrono::minutes{15}, interval = std::chrono::minutes{15},
           repeat = std::chrono::hours{4};
  Duration cooldown = std::chrono::hours{4};
  FlakyTerms flaky;
  OutageTerms outages;
  InhibitionTerms inhibition;
  std::string digest_at = "08:00";
  std::string time_zone = "UTC";
  bool read_logs = true;     // the end of a failed job's log, for its signature
  bool read_reports = true;  // GitLab's test reports, for flaky tests
};

// alerting.*; `options` must outlive the rows.
Options option_rows(AlertingOptions& options);

// The rules that follow from options. Error: the first of complaints().
Result<NoiseRules> rules_of(const AlertingOptions& options, const scheduler::PriorityRules& priority,
                            const TimeZones& zones);
// One sentence for each thing that the rows cannot see by themselves, with the key: a matcher that is none, a
// route whose parent or receiver does not exist, a receiver without what its type needs, a time zone that is
// none, two receivers whose secrets would share a variable.
std::vector<std::string> complaints(const AlertingOptions& options, const TimeZones& zones);

}  // namespace runneriq::alerting
