#include "alerting/options.hpp"

#include "alerting/label_list.hpp"
#include "alerting/named_rows.hpp"
#include "core/named_rows.hpp"
#include "core/option_rows.hpp"

#include <array>
#include <iterator>
#include <utility>

namespace runneriq::alerting {
namespace {

using namespace std::chrono_literals;
using std::chrono::days;

constexpr std::array kUses{Word<AlertingOptions::Use>{"off", AlertingOptions::Use::off},
                           Word<AlertingOptions::Use>{"auto", AlertingOptions::Use::automatic}};
constexpr int kMostJobsOfAnOutage = 4096;  // as many as OutageWatch remembers

Result<std::string> parse_receiver_name(std::string_view text) {
  if (auto checked = check_name(text); !checked) return fail(std::move(checked.error()));
  return std::string(text);
}

Result<std::string> parse_time_of_day(std::string_view text) {
  if (const auto minute = parse_minute_of_day(text); !minute) return fail(minute.error());
  return std::string(text);
}

Option labels_row(Option option, std::vector<Label>& field) {
  option.set = [&field](std::string_view text) -> Result<void> {
    auto labels = parse_labels(text);
    if (!labels) return fail(std::move(labels.error()));
    field = *std::move(labels);
    return {};
  };
  option.show = [&field] { return to_text(field); };
  return option;
}

Option branches_row(std::vector<std::string>& branches) {
  return list_row(row("alerting.default_branches", "list of branches",
                      "Default branches of projects whose events do not tell theirs."),
                  branches, [&branches](std::string_view text) -> Result<void> {
                    if (text.empty() || !parse_words(text)) return not_expected(text, "the name of a branch");
                    branches.emplace_back(text);
                    return {};
                  });
}

Options use_rows(AlertingOptions& options) {
  return {
      word_row(
          row("alerting.use", "off | auto",
              "auto: failures are told as soon as the loop runs, without receivers to the log; off: never."),
          options.use, kUses),
      text_row(row("alerting.default_receiver", "name of a receiver",
                   "Who is told where no route says it; one that is not configured is the log."),
               options.default_receiver, parse_receiver_name),
      branches_row(options.default_branches),
      switch_row(row("alerting.read_logs", "true | false",
                     "Read the end of a failed job's log, so that the same failure is known again."),
                 options.read_logs),
      switch_row(row("alerting.read_reports", "true | false", "Read GitLab's test reports, for flaky tests."),
                 options.read_reports),
  };
}

Options time_rows(AlertingOptions& options) {
  const std::string grouping = "alerting.grouping.";
  return {
      labels_row(row(grouping + "by", "labels with commas, or none",
                     "Failures that agree in these labels share a message."),
                 options.group_by),
      duration_row(
          row(grouping + "wait", "duration from 0s to 1d",
              "How long a new group waits for more before it is told; what is critical does not wait."),
          options.wait, 0s, 24h),
      duration_row(row(grouping + "interval", "duration from 1s to 7d",
                       "Time between two messages of a group that has news."),
                   options.interval, 1s, days{7}),
      duration_row(row(grouping + "repeat", "duration from 1m to 30d",
                       "Time until a group that still fails is told again without news."),
                   options.repeat, 1min, days{30}),
      duration_row(row("alerting.cooldown", "duration from 0s to 30d",
                       "How long the same signature is not told anew, unless it was fixed in between."),
                   options.cooldown, 0s, days{30}),
      text_row(row("alerting.digest_at", "time of the day", "When digests are sent, for example 08:00."),
               options.digest_at, parse_time_of_day),
      text_row(
          row("alerting.time_zone", "time zone",
              "The clock of digests and of active hours that name no zone, for example Europe/Copenhagen."),
          options.time_zone, parse_words),
  };
}

Options flaky_rows(FlakyTerms& flaky) {
  const std::string under = "alerting.flaky.";
  return {
      switch_row(
          row(under + "enabled", "true | false", "Hold back failures of jobs that are known to be flaky."),
          flaky.enabled),
      decimal_row(row(under + "threshold", "number 0..1",
                      "A job is flaky once the lower 5 % bound of its flip rate exceeds this."),
                  flaky.threshold, 0, 1),
      whole_row(row(under + "least_flips", "whole number 1..1000",
                    "Flips (failed, then passed on the same commit) that must stand behind it."),
                flaky.least_flips, 1, 1000),
      duration_row(
          row(under + "half_life", "duration from 1h to 365d", "Time after which a flip counts only half."),
          flaky.half_life, 1h, days{365}),
      duration_row(row(under + "recovery", "duration from 1h to 365d",
                       "Time without a flip after which a job counts as steady again."),
                   flaky.recovery, 1h, days{365}),
      duration_row(row(under + "hold", "duration from 0s to 1d",
                       "How long the failure of a flaky job waits for its retry."),
                   flaky.hold, 0s, 24h),
      whole_row(row(under + "broken_after", "whole number 1..100",
                    "Failed attempts on one commit, or commits in a row, that are no flake."),
                flaky.broken_after, 1, 100),
  };
}

Options outage_rows(OutageTerms& outages) {
  const std::string under = "alerting.outage.";
  return {
      duration_row(row(under + "window", "duration from 1m to 1d",
                       "In which time many failures together are an outage of the infrastructure."),
                   outages.window, 1min, 24h),
      percent_row(row(under + "share_percent", "number 0..100", "Share of the jobs in it that have failed."),
                  outages.share),
      whole_row(row(under + "least", "whole number 1..4096", "Least jobs that ended in it."), outages.least,
                1, kMostJobsOfAnOutage),
      whole_row(row(under + "least_kinds", "whole number 1..1000", "Least different jobs that failed in it."),
                outages.least_kinds, 1, 1000),
  };
}

Options inhibition_rows(InhibitionTerms& inhibition) {
  const std::string under = "alerting.inhibit.";
  return {
      switch_row(
          row(under + "runner", "true | false", "A runner that is offline hides the failures of its jobs."),
          inhibition.runner),
      switch_row(row(under + "default_branch", "true | false",
                     "A job that is red on the default branch hides the same job on merge requests."),
                 inhibition.default_branch),
      switch_row(row(under + "upstream", "true | false",
                     "A failed job hides those of later stages of its pipeline, and the pipeline's failure."),
                 inhibition.upstream),
  };
}

void append(Options& rows, Options more) {
  rows.insert(rows.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

Options option_rows(AlertingOptions& options) {
  Options rows = use_rows(options);
  append(rows, receiver_rows(options.receivers));
  append(rows, route_rows(options.routes));
  append(rows, suppression_rows(options.suppress));
  append(rows, severity_rows(options.severities));
  append(rows, time_rows(options));
  append(rows, flaky_rows(options.flaky));
  append(rows, outage_rows(options.outages));
  append(rows, inhibition_rows(options.inhibition));
  return rows;
}

}  // namespace runneriq::alerting
