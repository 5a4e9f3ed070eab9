#include "alerting/message_text.hpp"

#include "alerting/subject_words.hpp"
#include "core/printable.hpp"

#include <algorithm>
#include <string_view>

namespace runneriq::alerting {
namespace {

constexpr std::size_t kLongestText = 500;  // bytes, of headlines and words of groups
constexpr std::size_t kLongestUrl = 1000;

Span ours(std::string text) {
  return {.text = std::move(text)};
}

Span theirs(std::string_view text) {
  return {.kind = Span::Kind::theirs, .text = shown(text)};
}

std::string to_the_second(Time time) {
  return runneriq::to_text(Time(std::chrono::floor<std::chrono::seconds>(time)));
}

// Only what leads to our own GitLab over HTTP, and needs no escape in any format.
bool is_own_page(const Event& event) {
  constexpr std::string_view kPlain =
      "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._~:/?#@!$&+,;=%";
  const std::string_view url = event.url;
  const bool web = url.starts_with("https://") || url.starts_with("http://");
  if (!web || url.size() > kLongestUrl || url.find_first_not_of(kPlain) != std::string_view::npos)
    return false;
  const std::size_t host = url.find("//") + 2;
  const std::string_view authority = url.substr(host, url.find_first_of("/?#", host) - host);
  if (authority.empty() || authority.find('@') != std::string_view::npos) return false;
  std::string_view base = event.gitlab;
  while (base.ends_with('/')) base.remove_suffix(1);
  return base.empty() || (url.starts_with(base) && url.substr(base.size()).starts_with('/'));
}

std::string link_text(const Event& event) {
  if (event.job_id > 0) return "job " + std::to_string(event.job_id);
  if (event.pipeline_id > 0) return "pipeline " + std::to_string(event.pipeline_id);
  return "details";
}

void add(Line& line, std::string_view before, std::string_view value, std::string_view after = {}) {
  if (value.empty()) return;
  line.push_back(ours(std::string(before)));
  line.push_back(theirs(value));
  if (!after.empty()) line.push_back(ours(std::string(after)));
}

void add_subject(Line& line, const Event& event, bool firing) {
  const KindWords& words = words_of(event.kind);
  if (!words.noun.empty()) line.push_back(ours(std::string(words.noun) + " "));
  line.push_back({.kind = Span::Kind::theirs, .text = subject_of(event)});
  if (firing) line.push_back(ours(" " + std::string(words.failed)));
  add(line, " in ", event.project);
  add(line, " on ", event.ref);
  add(line, " (stage ", event.stage, ")");
}

// "• lint failed in acme/shop on main (stage test): job 1234"
Line head_of(const AlertEntry& alert) {
  Line line{ours(alert.firing ? "• " : "✓ ")};
  if (alert.events.empty()) {
    line.push_back(ours(alert.firing ? "an alert that was told before" : "an alert that was told before: "));
    if (!alert.firing) line.push_back(theirs(alert.why_resolved));
    return line;
  }
  const Event& event = alert.events.back();
  add_subject(line, event, alert.firing);
  if (!alert.firing) add(line, ": ", alert.why_resolved);
  if (!is_own_page(event)) return line;
  line.push_back(ours(alert.firing ? ": " : ", "));
  line.push_back({.kind = Span::Kind::link, .text = link_text(event), .url = event.url});
  return line;
}

std::string times(int failures) {
  return failures <= 1 ? "once" : std::to_string(failures) + " times";
}

std::string span_of_time(const AlertEntry& alert, Time now) {
  if (!alert.firing)
    return "it failed " + times(alert.failures) + " in " + to_reading(alert.resolved - alert.since);
  return "since " + to_the_second(alert.since) + " (" + to_reading(now - alert.since) + "), failed " +
         times(alert.failures);
}

// "since 2026-01-02T03:04:05Z (25 min), failed 3 times, started by anna, at 1a2b3c4d, script_failure"
Line facts_of(const AlertEntry& alert, Time now) {
  constexpr std::size_t kShortSha = 8;
  Line line{ours("  " + span_of_time(alert, now))};
  if (alert.events.empty() || !alert.firing) return line;
  const Event& event = alert.events.back();
  add(line, ", started by ", event.user);
  add(line, ", at commit ", std::string_view(event.sha).substr(0, kShortSha));
  add(line, ", reason ", event.failure_reason);
  if (event.kind != EventKind::runner) add(line, ", on runner ", event.runner);
  if (event.allow_failure) line.push_back(ours(", allowed to fail"));
  return line;
}

void add_alert(std::vector<Line>& lines, const AlertEntry& alert, Time now) {
  lines.push_back(head_of(alert));
  lines.push_back(facts_of(alert, now));
  if (!alert.firing) return;
  if (!alert.headline.empty())
    lines.push_back({{.kind = Span::Kind::log, .text = printable(alert.headline, kLongestText)}});
  if (alert.was_flaky) lines.push_back({ours("  it had been flaky, but did not pass on retry this time")});
}

Time oldest_firing(const Notification& notification) {
  Time oldest = notification.time;
  for (const AlertEntry& alert : notification.alerts)
    if (alert.firing) oldest = std::min(oldest, alert.since);
  return oldest;
}

Line summary_of(const Notification& notification) {
  const int resolved = std::max(notification.resolved, 0);
  if (notification.firing <= 0)
    return {ours(resolved == 1 ? "The alert is resolved."
                               : "All " + std::to_string(resolved) + " alerts are resolved.")};
  const Time oldest = oldest_firing(notification);
  std::string text = counted(notification.firing, "alert fires", "alerts fire") + ", the oldest since " +
                     to_the_second(oldest) + " (" + to_reading(notification.time - oldest) + ")";
  if (resolved > 0) text += "; " + counted(resolved, "is", "are") + " resolved";
  return {ours(text + ".")};
}

void add_left_out(std::vector<Line>& lines, const Notification& notification, std::size_t told) {
  const long long group = static_cast<long long>(notification.firing) + notification.resolved;
  const long long all = std::max(group, static_cast<long long>(notification.alerts.size()));
  const long long left = all - static_cast<long long>(told);
  if (left > 0)
    lines.push_back({ours("… and " + counted(left, "more alert", "more alerts") + " of this group.")});
  if (notification.more > 0)
    lines.push_back({ours(counted(notification.more, "more failure was", "more failures were") +
                          " only counted: too many at once.")});
}

std::string_view why(Reason reason) {
  switch (reason) {
    case Reason::first:
      return "Sent because this group began to fire";
    case Reason::new_member:
      return "Sent because the group has a new alert";
    case Reason::resolved:
      return "Sent because alerts of the group are resolved";
    case Reason::repeat:
      return "Sent again because the group still fires";
    case Reason::digest:
      return "Sent because the digest is due";
  }
  return "";
}

Line why_sent(const Notification& notification) {
  Line line{ours(std::string(why(notification.reason)))};
  add(line, "; route ", notification.route);
  if (notification.group_words.empty()) return line;
  line.push_back(ours("; group "));
  line.push_back({.kind = Span::Kind::theirs, .text = printable(notification.group_words, kLongestText)});
  return line;
}

std::string plain_of(const MessageText& message) {
  std::string text = message.title;
  for (const Line& line : message.lines) {
    text += '\n';
    for (const Span& span : line) {
      if (span.kind == Span::Kind::log) text += "  > ";
      text += span.text;
      if (span.kind == Span::Kind::link) text += " " + span.url;
    }
  }
  return text + "\n";
}

}  // namespace

MessageText message_text(const Notification& notification, std::size_t most_alerts) {
  MessageText message{.title = title_of(notification), .lines = {summary_of(notification)}, .plain = {}};
  const std::size_t told = std::min(most_alerts, notification.alerts.size());
  for (std::size_t at = 0; at < told; ++at)
    add_alert(message.lines, notification.alerts[at], notification.time);
  add_left_out(message.lines, notification, told);
  message.lines.push_back(why_sent(notification));
  message.plain = plain_of(message);
  return message;
}

Line joined_literally(const Line& line) {
  const auto is_text = [](const Span& span) {
    return span.kind == Span::Kind::ours || span.kind == Span::Kind::theirs;
  };
  Line joined;
  for (const Span& span : line) {
    if (!joined.empty() && is_text(joined.back()) && is_text(span))
      joined.back().text += span.text;
    else
      joined.push_back(span);
  }
  return joined;
}

}  // namespace runneriq::alerting
