#include "cli/commands.hpp"
#include "cli/reading.hpp"
#include "cli/shared_flags.hpp"
#include "cli/tag_change.hpp"
#include "core/tag_names.hpp"
#include "scheduler/leases.hpp"

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace runneriq::cli {
namespace {

using scheduler::LeaseBook;
using scheduler::RunnerKey;

constexpr std::array kFlags{kOutputFlag};

// One look from outside the loop: there is no other moment to compare the clocks with.
Moment moment_of(const Session& session) {
  const Time now = session.waiter.now();
  return {.wall = now, .steady = now.time_since_epoch()};
}

// Without a state file, or with one that cannot be read, nothing counts as leased.
scheduler::SteeringMemory memory_of(Session& session) {
  auto store = session.steering_store();
  if (store) {
    if (auto memory = (*store)->load(session.waiter.now())) return std::move(*memory);
  }
  session.out.talk("runneriq: no leases are known here: whatever is steered is reverted");
  return {};
}

bool may_be_ours(const gitlab::Runner& runner) {
  if (!runner.traits) return true;
  const auto has = [&](std::string_view tag) {
    return std::ranges::find(runner.traits->tags, tag) != runner.traits->tags.end();
  };
  return has(kManagedTag) || has(kSteeredTag);
}

// What a runner goes back to; one with a live lease stays as it is, for whoever made that is alive.
scheduler::NewTags wanted_of(LeaseBook& book, const Moment& now) {
  return [&book, now](const RunnerKey& key, const gitlab::RunnerTags& tags) {
    std::vector<std::string> unchanged = tags.tags;
    std::ranges::sort(unchanged);
    if (!book.live_of(key, now).empty()) return unchanged;
    scheduler::LeaseChanges not_kept;
    (void)book.look(key, tags, now, not_kept);
    const auto write = book.target(key, tags, now);
    return write ? write->tags : unchanged;
  };
}

std::vector<ChosenRunners> steered_runners(const TagDesks& desks,
                                           const std::vector<gitlab::FleetReading>& readings,
                                           const std::vector<scheduler::Lease>& leases) {
  std::set<RunnerKey> leased;
  for (const scheduler::Lease& lease : leases) leased.insert(lease.runner);
  std::vector<ChosenRunners> chosen;
  for (std::size_t i = 0; i < readings.size(); ++i) {
    ChosenRunners some{desks.all()[i], {}};
    for (const gitlab::Runner& runner : readings[i].runners) {
      const RunnerKey key{readings[i].gitlab, runner.id};
      if (may_be_ours(runner) || leased.contains(key)) some.runners.push_back({key, runner.description});
    }
    chosen.push_back(std::move(some));
  }
  return chosen;
}

Exit revert(Session& session, const Invocation& invocation, TagDesks& desks) {
  const auto readings = read_all(desks, session.waiter.now());
  if (!readings) return tell(session, readings.error(), SourceRequest::Kind::gitlab);
  const Moment now = moment_of(session);
  scheduler::SteeringMemory memory = memory_of(session);
  const auto chosen = steered_runners(desks, *readings, memory.leases);
  LeaseBook book{
      desks.lanes(), {}, std::move(memory.leases), std::move(memory.at_rest), memory.last_lease_id};
  (void)book.pass_time(now);
  const TagChange change{.event = "reverted_from_outside",
                         .question = "",
                         .wanted = wanted_of(book, now),
                         .without_record = scheduler::WithoutRecord::goes_on,
                         .consent = TagChange::Consent::given,
                         .warning = ""};
  return change_tags(session, invocation, desks, chosen, change);
}

Exit run(Session& session, const Invocation& invocation) {
  if (const auto bad = refuse_bad_configuration(session)) return *bad;
  auto desks = session.open_tags();
  if (!desks) return tell(session, desks.error(), SourceRequest::Kind::gitlab);
  return revert(session, invocation, **desks);
}

}  // namespace

CommandRow revert_expired_command() {
  return {
      .name = "revert-expired",
      .arguments = "",
      .summary = "Undo what a loop that died has left on runners.",
      .text =
          "For a timer on the loop's own host: puts runners back to rest whose leases are over, and those "
          "that carry `runneriq:steered` without any lease in the state file. Runners with a live lease stay "
          "as they are. Without the loop's state file, as on another machine, every runner that is steered "
          "is put back, also what a live loop holds: use it there only once the loop is dead.",
      .flags = kFlags,
      .run = run};
}

}  // namespace runneriq::cli
