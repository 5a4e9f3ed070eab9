#include "scheduler/assignment_words.hpp"

#include "core/joined.hpp"
#include "core/printable.hpp"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <vector>

namespace runneriq::scheduler {
namespace {

using gitlab::Match;

constexpr std::size_t kTagsNamed = 3;
constexpr int kMisfit = 3;

std::string one_decimal(double number) {
  char text[32];
  std::snprintf(text, sizeof text, "%.1f", number);
  return text;
}

std::string percent(double share) {
  return std::to_string(std::lround(share * 100)) + " %";
}

// One kind of runners that cannot take the job: the words for one of them and for several.
struct Kind {
  int count;
  std::string one, several;
};

std::string named(std::span<const std::string> tags) {
  std::vector<std::string> names;
  for (const std::string& tag : tags.first(std::min(tags.size(), kTagsNamed))) {
    names.push_back(printable(tag, 60));
  }
  if (tags.size() > kTagsNamed) names.emplace_back("…");
  return names.empty() ? "" : " (" + joined(names, ", ") + ")";
}

std::vector<Kind> kinds_of(const Exclusions& found, std::span<const std::string> lacking_tags) {
  const auto by = [&](Match match) { return found.by_match.at(static_cast<std::size_t>(match)); };
  const std::string tags = named(lacking_tags);
  return {
      {by(Match::tags_missing), "lacks a tag of the job" + tags, "lack a tag of the job" + tags},
      {by(Match::untagged_refused), "takes no jobs without tags", "take no jobs without tags"},
      {by(Match::ref_unprotected), "takes jobs of protected refs only", "take jobs of protected refs only"},
      {by(Match::out_of_scope), "does not serve the project", "do not serve the project"},
      {found.offline, "is offline", "are offline"},
      {found.paused, "is paused", "are paused"},
      {found.silent, "was not heard of lately", "were not heard of lately"},
      {found.unknown_traits, "has no details yet", "have no details yet"}};
}

}  // namespace

std::string no_candidate_words(const Exclusions& exclusions, std::span<const std::string> lacking_tags) {
  std::vector<std::string> parts;
  for (const Kind& kind : kinds_of(exclusions, lacking_tags)) {
    if (kind.count == 0) continue;
    std::string part = std::to_string(kind.count) + " ";
    if (parts.empty()) part += kind.count == 1 ? "runner " : "runners ";
    parts.push_back(part + (kind.count == 1 ? kind.one : kind.several));
  }
  if (parts.empty()) return "no runner can take it: none is known";
  return "no runner can take it: " + joined(parts, ", ");
}

std::string only_candidate_words(const FleetRunner& runner) {
  return title(runner) + " is the only one that can take it";
}

std::string contest_words(const Contest& contest) {
  const std::string better = title(*contest.better) + " scores " + one_decimal(contest.better_score);
  const std::string second = title(*contest.second);
  switch (contest.decided_by) {
    case DecidedBy::score:
      return better + "; " + second + " is " + percent(contest.margin) + " behind with " +
             one_decimal(contest.second_score);
    case DecidedBy::rounds_waiting:
      return better + "; " + second + " with " + one_decimal(contest.second_score) +
             " has the longer queue of jobs";
    case DecidedBy::speed_limit:
      return better + "; " + second + " with " + one_decimal(contest.second_score) + " would delay a " +
             std::string(to_text(contest.job_class)) + " job more than carbon may";
    case DecidedBy::known_carbon:
      return better + "; " + second + " scores alike, but nothing is known of its carbon";
    case DecidedBy::jobs_waiting:
      return better + "; " + second + " scores alike, but has more jobs waiting";
    case DecidedBy::id:
      break;
  }
  return better + "; " + second + " scores alike and has the higher id";
}

std::string waiting_words(int slots, int waiting_ahead) {
  std::string words =
      slots == 1 ? "; its only slot is taken" : "; all " + std::to_string(slots) + " slots are taken";
  if (waiting_ahead == 1) return words + ", 1 job waits ahead";
  if (waiting_ahead > 1) words += ", " + std::to_string(waiting_ahead) + " jobs wait ahead";
  return words;
}

std::string overload_words(const FleetRunner& runner, double load) {
  return "a CRITICAL job on an overloaded runner: " + title(runner) + " is at " +
         percent(std::min(load, 9.99)) + " load";
}

std::optional<std::string> misfit_words(const FleetRunner& runner, const JobHistory& history) {
  if (history.estimate.basis != EstimateBasis::job || history.estimate.p90 <= Duration::zero())
    return std::nullopt;
  const auto found =
      std::lower_bound(history.by_runner.begin(), history.by_runner.end(), runner.key,
                       [](const auto& entry, const RunnerKey& key) { return entry.first < key; });
  if (found == history.by_runner.end() || found->first != runner.key) return std::nullopt;
  if (found->second / kMisfit < history.estimate.p90) return std::nullopt;
  return "takes " + to_reading(found->second) + " on average on " + title(runner) +
         ", at least three times its p90 of " + to_reading(history.estimate.p90);
}

}  // namespace runneriq::scheduler
