#include "cli/lane_doctor.hpp"

#include "cli/words.hpp"
#include "core/joined.hpp"
#include "core/tag_names.hpp"

#include <algorithm>
#include <map>
#include <set>

namespace runneriq::cli {
namespace {

using executor::Finding;
using executor::FindingStatus;
using gitlab::FleetReading;
using gitlab::Runner;

constexpr std::size_t kMostNamed = 5;

bool carries(const Runner& runner, std::string_view tag) {
  return runner.traits && std::ranges::find(runner.traits->tags, tag) != runner.traits->tags.end();
}

std::string id_of(const Runner& runner) {
  return std::to_string(runner.id.value());
}

std::string named(const std::vector<std::string>& names) {
  if (names.size() <= kMostNamed) return joined(names, ", ");
  const std::vector<std::string> first{names.begin(), names.begin() + kMostNamed};
  return joined(first, ", ") + " and " + std::to_string(names.size() - kMostNamed) + " more";
}

// The tags that a person gave the runner.
std::vector<std::string> users_tags(const Runner& runner) {
  std::vector<std::string> tags;
  if (!runner.traits) return tags;
  std::ranges::remove_copy_if(runner.traits->tags, std::back_inserter(tags), is_ours);
  return tags;
}

std::vector<const Runner*> with_tag(const FleetReading& reading, std::string_view tag) {
  std::vector<const Runner*> some;
  for (const Runner& runner : reading.runners) {
    if (carries(runner, tag)) some.push_back(&runner);
  }
  return some;
}

// Why it cannot be told which tags no runner has; "" = it can.
std::string blindness(const FleetReading& reading) {
  if (reading.runners.empty() || !reading.runners_current) return "the list of runners is not readable";
  const auto unread = std::ranges::count_if(reading.runners, [](const Runner& r) { return !r.traits; });
  return unread == 0 ? "" : "the tags of " + counted(unread, "runner") + " are not readable";
}

Finding managed(const FleetReading& reading, const std::vector<const Runner*>& runners,
                const std::string& host) {
  if (const std::string why = blindness(reading); runners.empty() && !why.empty()) {
    return {"lanes", FindingStatus::skipped,
            "whether runners of " + host + " are steered cannot be told: " + why, ""};
  }
  if (runners.empty()) {
    return {"lanes", FindingStatus::skipped,
            "none of " + counted(static_cast<std::int64_t>(reading.runners.size()), "runner") + " of " +
                host + " is steered",
            ""};
  }
  return {"lanes", FindingStatus::ok,
          std::to_string(runners.size()) + " of " +
              counted(static_cast<std::int64_t>(reading.runners.size()), "runner") + " of " + host +
              " may be steered",
          ""};
}

void lacking_lanes(std::vector<Finding>& all, const std::vector<const Runner*>& runners,
                   const scheduler::Lanes& lanes) {
  std::vector<std::string> ids;
  for (const Runner* runner : runners) {
    const bool lacks =
        std::ranges::any_of(lanes.tags(), [&](const auto& tag) { return !carries(*runner, tag); });
    if (lacks && !carries(*runner, kSteeredTag)) ids.push_back(id_of(*runner));
  }
  if (ids.empty()) return;
  all.push_back({"lanes.missing", FindingStatus::warn,
                 "managed runners lack lanes though nothing is leased there: " + named(ids),
                 "`runneriq lanes install " + joined(ids, " ") + "`, or leave them so on purpose"});
}

void left_behind(std::vector<Finding>& all, const FleetReading& reading) {
  std::vector<std::string> ids;
  for (const Runner* runner : with_tag(reading, kSteeredTag)) {
    if (!carries(*runner, kManagedTag)) ids.push_back(id_of(*runner));
  }
  if (ids.empty()) return;
  all.push_back({"lanes.left-behind", FindingStatus::warn,
                 "runners that are not managed carry runneriq:steered: " + named(ids),
                 "`runneriq revert-expired` puts them back to rest"});
}

// Runners with the same tags of their users as a managed one, which serve the same jobs unsteered.
void newcomers(std::vector<Finding>& all, const FleetReading& reading,
               const std::vector<const Runner*>& runners) {
  std::set<std::vector<std::string>> pools;
  for (const Runner* runner : runners) pools.insert(users_tags(*runner));
  std::vector<std::string> ids;
  for (const Runner& runner : reading.runners) {
    if (runner.traits && !carries(runner, kManagedTag) && pools.contains(users_tags(runner))) {
      ids.push_back(id_of(runner));
    }
  }
  if (ids.empty()) return;
  all.push_back({"lanes.newcomers", FindingStatus::warn,
                 "runners with the tags of managed ones are not managed: " + named(ids),
                 "`runneriq lanes install " + joined(ids, " ") + "`"});
}

// Tags of ours that pending jobs ask for, with the jobs.
std::map<std::string, std::vector<std::string>> asked_for(const FleetReading& reading) {
  std::map<std::string, std::vector<std::string>> jobs;
  for (const gitlab::Job& job : reading.pending) {
    for (const std::string& tag : job.tags) {
      if (is_ours(tag)) jobs[tag].push_back(std::to_string(job.id.value()));
    }
  }
  return jobs;
}

void unserved(std::vector<Finding>& all, const FleetReading& reading, const scheduler::Lanes& lanes) {
  for (const auto& [tag, jobs] : asked_for(reading)) {
    if (!with_tag(reading, tag).empty()) continue;
    if (const std::string why = blindness(reading); !why.empty()) {
      all.push_back({is_grant(tag) ? "lanes.grant" : "lanes.unserved", FindingStatus::skipped,
                     "whether a runner has the tag " + on_one_line(tag) + " cannot be told: " + why, ""});
      continue;
    }
    const std::string what =
        "no runner has the tag " + on_one_line(tag) + " that jobs ask for: " + named(jobs);
    if (is_grant(tag)) {
      all.push_back({"lanes.grant", FindingStatus::warn, what,
                     "give it to one runner for good, or such jobs wait whenever nobody grants it"});
    } else {
      all.push_back({"lanes.unserved", FindingStatus::fail, what,
                     lanes.with_tag(tag) ? "`runneriq lanes install`, or take the tag off the jobs"
                                         : "gate.lanes does not name it: correct the job's tags"});
    }
  }
}

}  // namespace

std::vector<Finding> examine_lanes(const FleetReading& reading, const scheduler::Lanes& lanes,
                                   const std::string& host) {
  const std::vector<const Runner*> runners = with_tag(reading, kManagedTag);
  std::vector<Finding> all{managed(reading, runners, host)};
  lacking_lanes(all, runners, lanes);
  left_behind(all, reading);
  newcomers(all, reading, runners);
  unserved(all, reading, lanes);
  return all;
}

}  // namespace runneriq::cli
