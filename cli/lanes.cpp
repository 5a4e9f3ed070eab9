#include "cli/commands.hpp"
#include "cli/reading.hpp"
#include "cli/shared_flags.hpp"
#include "cli/tag_change.hpp"
#include "cli/words.hpp"
#include "core/joined.hpp"
#include "core/tag_names.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <vector>

namespace runneriq::cli {
namespace {

constexpr std::array kFlags{
    FlagRow{"--yes", "", "Do it without asking."},
    kProjectFlag,
    kGroupFlag,
    kOutputFlag,
};

constexpr std::size_t kMostNamed = 10;

// What a lane's absence would strand: GitLab gives such a job to no runner, and fails it after an hour.
std::string stranding(const std::vector<std::string>& jobs) {
  if (jobs.empty()) return "";
  std::vector<std::string> named{
      jobs.begin(), jobs.begin() + static_cast<std::ptrdiff_t>(std::min(jobs.size(), kMostNamed))};
  const std::string more =
      jobs.size() > kMostNamed ? " and " + std::to_string(jobs.size() - kMostNamed) + " more" : "";
  return "runneriq: " + counted(static_cast<std::int64_t>(jobs.size()), "job") +
         " among those that wait, run or have just ended asked for such a tag: " + joined(named, ", ") +
         more + ". The like of them would wait for ever once no runner has it.";
}

struct Fleet {
  std::unique_ptr<TagDesks> desks;
  std::vector<gitlab::FleetReading> readings;
  std::vector<ChosenRunners> chosen;
};

Result<Fleet> fleet_of(Session& session, const std::vector<std::string>& names) {
  auto desks = session.open_tags();
  if (!desks) return fail(std::move(desks.error()));
  auto readings = read_all(**desks, session.waiter.now());
  if (!readings) return fail(std::move(readings.error()));
  auto chosen = choose_runners(**desks, *readings, names);
  if (!chosen) return fail(std::move(chosen.error()));
  return Fleet{std::move(*desks), std::move(*readings), std::move(*chosen)};
}

Exit install(Session& session, const Invocation& invocation) {
  if (const auto bad = refuse_bad_configuration(session)) return *bad;
  auto fleet = fleet_of(session, invocation.arguments);
  if (!fleet) return tell(session, fleet.error(), SourceRequest::Kind::gitlab);
  const scheduler::Lanes lanes = fleet->desks->lanes();
  const TagChange change{
      .event = "lanes_installed",
      .question = "Give these runners the lanes, and let RunnerIQ restore them?",
      .wanted = [lanes](const scheduler::RunnerKey&,
                        const gitlab::RunnerTags& now) { return with_baseline(now, lanes); },
      .warning = ""};
  return change_tags(session, invocation, *fleet->desks, fleet->chosen, change);
}

Exit remove(Session& session, const Invocation& invocation) {
  if (const auto bad = refuse_bad_configuration(session)) return *bad;
  auto fleet = fleet_of(session, invocation.arguments);
  if (!fleet) return tell(session, fleet.error(), SourceRequest::Kind::gitlab);
  const scheduler::Lanes lanes = fleet->desks->lanes();
  const auto is_lane = [&](std::string_view tag) { return lanes.with_tag(tag).has_value(); };
  const TagChange change{
      .event = "lanes_removed",
      .question = "Take the lanes off these runners, and leave them alone from now on?",
      .wanted = [lanes](const scheduler::RunnerKey&,
                        const gitlab::RunnerTags& now) { return without_baseline(now, lanes); },
      .warning = stranding(jobs_with(fleet->readings, is_lane))};
  return change_tags(session, invocation, *fleet->desks, fleet->chosen, change);
}

constexpr std::array kResetFlags{
    FlagRow{"--purge", "", "Take every runneriq: tag off every runner, the lanes as well."},
    FlagRow{"--yes", "", "Do not ask, where --purge would."},
    kProjectFlag,
    kGroupFlag,
    kOutputFlag,
};

TagChange reset_change(const scheduler::Lanes& lanes) {
  return {.event = "tags_reset",
          .question = "",
          .wanted = [lanes](const scheduler::RunnerKey&,
                            const gitlab::RunnerTags& now) { return scheduler::reset(now, lanes); },
          .without_record = scheduler::WithoutRecord::goes_on,
          .consent = TagChange::Consent::given,
          .warning = ""};
}

TagChange purge_change(const std::vector<gitlab::FleetReading>& readings) {
  return {.event = "tags_purged",
          .question = "Take every runneriq: tag off these runners?",
          .wanted = [](const scheduler::RunnerKey&,
                       const gitlab::RunnerTags& now) { return scheduler::purged(now); },
          .without_record = scheduler::WithoutRecord::goes_on,
          .warning = stranding(jobs_with(readings, is_ours))};
}

Exit reset_tags(Session& session, const Invocation& invocation) {
  if (const auto bad = refuse_bad_configuration(session)) return *bad;
  auto fleet = fleet_of(session, {});
  if (!fleet) return tell(session, fleet.error(), SourceRequest::Kind::gitlab);
  const TagChange change =
      invocation.has("--purge") ? purge_change(fleet->readings) : reset_change(fleet->desks->lanes());
  return change_tags(session, invocation, *fleet->desks, fleet->chosen, change);
}

}  // namespace

CommandRow lanes_install_command() {
  return {.name = "lanes install",
          .arguments = "[RUNNER...]",
          .summary = "Give runners the lane tags and let RunnerIQ steer them.",
          .text =
              "Adds the lanes of `gate.lanes` and `runneriq:managed` to the runners that are named by id or "
              "description, or to all that the token shows. Shows what would change and asks; where nobody "
              "can be asked, `--yes` is needed. The users' own tags stay as they are. Done twice, it changes "
              "nothing.",
          .flags = kFlags,
          .run = install};
}

CommandRow lanes_remove_command() {
  return {
      .name = "lanes remove",
      .arguments = "[RUNNER...]",
      .summary = "Take the lane tags off runners, which RunnerIQ then leaves alone.",
      .text =
          "Removes the lanes and `runneriq:managed` from the runners that are named, or from all. Jobs that "
          "ask for a lane wait for ever once no runner has it: where some of the jobs that wait, run or "
          "have just ended did, they are named, and `--yes` is needed.",
      .flags = kFlags,
      .run = remove};
}

CommandRow reset_tags_command() {
  return {.name = "reset-tags",
          .arguments = "",
          .summary = "The emergency brake: give managed runners all their lanes back, at once.",
          .text =
              "Restores all lanes on managed runners and removes what was granted, with or without a state "
              "file, whether the loop runs or not. A loop that runs leaves these runners "
              "alone for 15 minutes; to keep it from steering, make the file that `gate.kill_switch` names. "
              "With `--purge` every `runneriq:` tag goes: jobs that ask for a lane would then wait for ever, "
              "so it names them and asks.",
          .flags = kResetFlags,
          .run = reset_tags};
}

}  // namespace runneriq::cli
