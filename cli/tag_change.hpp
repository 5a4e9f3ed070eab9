// What the commands share that change runners' tags by a person's order: which runners, what would
// change, whether it may be done, and how it went.
#pragma once

#include "cli/session.hpp"
#include "scheduler/tag_edits.hpp"

#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::cli {

// A change of one kind on the runners of all GitLabs.
struct TagChange {
  std::string event;     // of the audit trail: "lanes_installed"
  std::string question;  // "Change these 3 runners?"
  scheduler::NewTags wanted;
  scheduler::WithoutRecord without_record = scheduler::WithoutRecord::is_refused;
  enum class Consent { asked, given } consent = Consent::asked;
  // A word of warning before the question; that a `--yes` must overrule. "" = none.
  std::string warning;
};

// The runners to change, of one GitLab.
struct ChosenRunners {
  TagDesk desk;
  std::vector<scheduler::EditedRunner> runners;
};

// Those that the arguments name (an id or a description), or all. Error: not_found for a name that fits none.
Result<std::vector<ChosenRunners>> choose_runners(const TagDesks& desks,
                                                  const std::vector<gitlab::FleetReading>& readings,
                                                  const std::vector<std::string>& names);

// One reading of each GitLab.
Result<std::vector<gitlab::FleetReading>> read_all(const TagDesks& desks, Time now);

// Jobs that wait, run or have just ended and ask for one of `tags`: "job 4711 'deploy' of project 7".
std::vector<std::string> jobs_with(const std::vector<gitlab::FleetReading>& readings,
                                   const std::function<bool(std::string_view)>& tag);

// Shows what would change, asks, does it, tells how it went.
Exit change_tags(Session& session, const Invocation& invocation, TagDesks& desks,
                 const std::vector<ChosenRunners>& chosen, const TagChange& change);

}  // namespace runneriq::cli
