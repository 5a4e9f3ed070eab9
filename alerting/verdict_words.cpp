#include "alerting/verdict_words.hpp"

#include "core/printable.hpp"

namespace runneriq::alerting {
namespace {

std::string counts(const FlakyVerdict& verdict) {
  return "fell over and passed again on " + std::to_string(verdict.flips) + " of " +
         std::to_string(verdict.runs) + " commits";
}

std::string flaky_words(const FlakyVerdict& verdict) {
  if (verdict.tests == 0) return "flaky: " + counts(verdict);
  if (verdict.tests == 1) return "flaky: the only test that failed is known to be";
  return "flaky: all " + std::to_string(verdict.tests) + " tests that failed are known to be";
}

}  // namespace

std::string hex(std::uint64_t key) {
  constexpr std::string_view kDigits = "0123456789abcdef";
  std::string text(16, '0');
  for (auto digit = text.rbegin(); digit != text.rend(); ++digit, key >>= 4U) *digit = kDigits[key & 15U];
  return text;
}

std::string taken_words(const Classified& event) {
  std::string words = "severity ";
  words += to_text(event.severity);
  words += ", class ";
  words += scheduler::to_text(event.job_class);
  words += ", signature ";
  words += event.signature;
  words += event.signed_by_log ? " of its log" : " of project, name and failure reason";
  return words;
}

std::string told_before_words(const Event& event, std::int64_t number) {
  const std::string what =
      event.job_id != 0 ? "the end of job " + std::to_string(event.job_id) : "this event";
  return what + " was told before (event " + std::to_string(number) + ")";
}

std::string old_words(Duration age, Duration oldest) {
  return "it is " + to_reading(age) + " old: what is older than " + to_reading(oldest) + " is no news";
}

std::string steady_words(const FlakyVerdict& verdict) {
  if (verdict.kind == FlakyVerdict::Kind::steady)
    return verdict.tests > 0 ? "a test failed that is not known to be flaky" : "not known to be flaky";
  if (verdict.kind == FlakyVerdict::Kind::broken)
    return "broken: it " + counts(verdict) + ", but now fails on every attempt";
  return flaky_words(verdict) + "; told all the same";
}

std::string held_words(const FlakyVerdict& verdict) {
  return flaky_words(verdict) + "; waits for its retry until " + runneriq::to_text(verdict.until);
}

std::string retried_words(const Green& green) {
  if (green.job_id == 0) return "passed on the same commit";
  return "passed on the same commit (job " + std::to_string(green.job_id) + ")";
}

std::string rule_words(const SuppressionRule& rule) {
  return "rule " + printable(rule.name) + ": " + printable(rule.match.text());
}

std::string silence_words(const Silence& silence) {
  return "silence " + std::to_string(silence.id) + " of " + printable(silence.author) + " until " +
         runneriq::to_text(silence.end) + ": " + printable(silence.comment, 500);
}

std::string over_words(const Inhibitor& inhibitor, const Event& hidden) {
  switch (inhibitor.kind) {
    case Inhibitor::Kind::runner:
      return "runner " + printable(hidden.runner) + " is online again";
    case Inhibitor::Kind::default_branch:
      return "the default branch is green again, or fails otherwise";
    case Inhibitor::Kind::upstream:
      return "the job before it is green again";
    case Inhibitor::Kind::pipeline:
      break;
  }
  return "the job that failed in it is green again";
}

std::string route_words(const Route& route) {
  return "route " + printable(route.path) + ": receiver " + printable(route.receiver);
}

std::string cooldown_words(Time told, std::uint64_t message, Time again) {
  return "cooldown: told at " + runneriq::to_text(told) + " in message " + hex(message) + "; again after " +
         runneriq::to_text(again);
}

std::string late_words(Time resolved) {
  return "heard of late: its failure was told, and is over since " + runneriq::to_text(resolved);
}

std::string green_words(const Green& green, bool same_commit) {
  if (same_commit) return "passed on the same commit";
  const std::string sha = short_sha(green);
  return sha.empty() ? "green again" : "green again at " + printable(sha);
}

}  // namespace runneriq::alerting
