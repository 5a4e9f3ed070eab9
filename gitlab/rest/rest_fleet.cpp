#include "gitlab/rest/rest_fleet.hpp"

#include "gitlab/rest/call_budget.hpp"
#include "gitlab/rest/hint_rules.hpp"
#include "gitlab/rest/jobs_elsewhere.hpp"
#include "gitlab/rest/known_project.hpp"
#include "gitlab/rest/listing.hpp"
#include "gitlab/rest/project_list.hpp"
#include "gitlab/rest/reading_repairs.hpp"
#include "gitlab/rest/runner_roll.hpp"
#include "gitlab/rest/sender_settings.hpp"
#include "gitlab/rest/trouble.hpp"
#include "gitlab/rest/turns.hpp"

#include <algorithm>
#include <limits>
#include <map>
#include <utility>

namespace runneriq::gitlab {
namespace {

using Topic = Surroundings::Topic;

constexpr int kMostHinted = 5;  // projects of one reading

std::string title(const Project& project) {
  return "project " + (project.path.empty() ? std::to_string(project.id.value()) : project.path);
}

}  // namespace

struct RestFleet::State {
  State(RestSettings given, platform::HttpTransport& transport)
      : settings(std::move(given)),
        base(settings.fleet.url),
        budget(settings.client.calls_per_minute, settings.poll_interval),
        sender(sender_settings(settings, Permit::reads_only), base, transport, budget),
        runners(settings.fleet, settings.client.graphql ? DetailsBy::graphql : DetailsBy::one_by_one),
        projects(settings.fleet),
        hints(settings.poll_interval),
        manual_refused(settings.client.graphql ? 2 : 1) {}

  void open(Time now);
  void read_lists(Time now);
  void follow_projects();
  void read_jobs_and_details(Time now);
  [[nodiscard]] std::vector<KnownProject*> known_of(std::span<const ProjectId> ids);
  [[nodiscard]] std::vector<ProjectId> strangers_of(std::span<const ProjectId> ids) const;
  void read_hinted_jobs(std::span<const ProjectId> changed, Time now);
  void read_surroundings(const std::vector<KnownProject*>& of, int most, Time now);
  void read_finished(Time now);
  [[nodiscard]] int wanted_calls(Time now) const;
  [[nodiscard]] int calls_to_spare(Time now);
  [[nodiscard]] std::optional<Error> ruin() const;
  [[nodiscard]] FleetReading reading(Time now);
  template <class T>
  Result<T> ask_alone(std::string path, Result<T> (*parse)(std::string_view));

  RestSettings settings;
  ApiBase base;
  CallBudget budget;
  Sender sender;
  RunnerRoll runners;
  ProjectList projects;
  HintRules hints;
  JobsElsewhere elsewhere;
  Refusal manual_refused;
  Refusal holders_untold{2};
  std::map<ProjectId, KnownProject> known;
};

void RestFleet::State::open(Time now) {
  sender.open(settings.now() + std::min(settings.client.tick_limit,
                                        std::max<Duration>(settings.poll_interval, std::chrono::seconds{1})));
  for (auto& [id, project] : known) project.jobs.open();
  if (!settings.client.graphql) manual_refused.remember(now);
}

void RestFleet::State::read_lists(Time now) {
  const auto owner_before = projects.owner();
  runners.ask_list(sender, now);
  projects.ask(sender, now);
  if (owner_before) runners.ask_details(sender, *owner_before, now);
  sender.run();
  const auto owner = projects.owner();
  if (owner_before || !owner) return;
  runners.ask_details(sender, *owner, now);
  sender.run();
}

void RestFleet::State::follow_projects() {
  const Standing standing = settings.fleet.project.empty() ? Standing::one_of_many : Standing::only_one;
  std::erase_if(known, [this](const auto& entry) {
    return !std::ranges::binary_search(projects.projects(), entry.first, {}, &Project::id);
  });
  for (const Project& project : projects.projects()) {
    KnownProject& one =
        known.try_emplace(project.id, project.id, standing, manual_refused, holders_untold).first->second;
    one.path = project.path;
    one.title = title(project);
  }
}

// Calls that judging the pending jobs of the last reading would take.
int RestFleet::State::wanted_calls(Time now) const {
  int calls = 0;
  for (const auto& [id, project] : known) {
    for (const Topic topic : Surroundings::kTopics) calls += project.surroundings.due(topic, now) ? 1 : 0;
    calls += project.groups.due(now) ? 1 : 0;
    calls += project.jobs.finished_jobs_due(now) ? 1 : 0;
  }
  return calls;
}

// When there is not enough for all, jobs leave a quarter to the details of runners and both a
// quarter to the rest, so that each goes on.
void RestFleet::State::read_jobs_and_details(Time now) {
  std::vector<TurnTaker> takers;
  for (const auto& [id, project] : known) {
    // Of those that were never read nobody knows how busy they are: they go first.
    const bool busy = project.jobs.busy() || !project.jobs.read_at();
    if (project.jobs.open_jobs_due(now)) takers.push_back({id, busy, project.jobs.read_at()});
  }
  const int left = budget.left(settings.now());
  const int shared = left - std::min(wanted_calls(now), left / 4);
  int turns = std::max(1, shared - std::min(runners.old_details(now), left / 4));
  const int for_details = std::max(0, shared - std::min(turns, static_cast<int>(takers.size())));
  for (const ProjectId id : in_turn(std::move(takers))) {
    ProjectJobs& jobs = known.at(id).jobs;
    if (turns-- > 0)
      jobs.ask_open_jobs(sender, now);
    else
      jobs.leave_out(sender.shortage(), now);
  }
  runners.ask_single_details(sender, for_details, now);
  sender.run();
}

std::vector<KnownProject*> RestFleet::State::known_of(std::span<const ProjectId> ids) {
  std::vector<KnownProject*> ours;
  for (const ProjectId id : ids) {
    if (const auto found = known.find(id); found != known.end()) ours.push_back(&found->second);
  }
  return ours;
}

std::vector<ProjectId> RestFleet::State::strangers_of(std::span<const ProjectId> ids) const {
  std::vector<ProjectId> strangers;
  std::ranges::copy_if(ids, std::back_inserter(strangers),
                       [this](ProjectId id) { return !known.contains(id); });
  return strangers;
}

// Calls that the next poll will not need.
int RestFleet::State::calls_to_spare(Time now) {
  constexpr int kLists = 3;
  const int of_poll = kLists + static_cast<int>(known.size()) + wanted_calls(now);
  return budget.to_spare(of_poll, hints.until_poll(now), settings.now());
}

// With calls only that the next poll will not need. Projects without a turn stay as old as they are.
void RestFleet::State::read_hinted_jobs(std::span<const ProjectId> changed, Time now) {
  const int spare = calls_to_spare(now);
  if (spare > kMostHinted && hints.takes_runners(now)) {
    runners.ask_list(sender, now);
    if (const auto owner = projects.owner()) runners.ask_details(sender, *owner, now);
  }
  int turns = std::min(spare, kMostHinted);
  std::vector<TurnTaker> takers;
  for (const ProjectId id : changed) {
    const auto found = known.find(id);
    if (found == known.end() || found->second.jobs.refused()) continue;
    takers.push_back({id, found->second.jobs.busy(), found->second.jobs.read_at()});
  }
  for (const ProjectId id : in_turn(std::move(takers))) {
    if (turns-- > 0) known.at(id).jobs.ask_open_jobs(sender, now);
  }
  sender.run();
}

// At most so many questions.
void RestFleet::State::read_surroundings(const std::vector<KnownProject*>& of, int most, Time now) {
  for (KnownProject* const project : of) project->attend(now);
  for (const Topic topic : Surroundings::kTopics) {
    for (KnownProject* const project : of) {
      if (project->surroundings.due(topic, now) && most-- > 0) project->surroundings.ask(topic, sender, now);
    }
  }
  for (KnownProject* const project : of) {
    if (project->groups.due(now) && most-- > 0) project->groups.ask(sender, now);
  }
}

void RestFleet::State::read_finished(Time now) {
  std::vector<ProjectJobs*> due;
  for (auto& [id, project] : known) {
    if (project.jobs.finished_jobs_due(now)) due.push_back(&project.jobs);
  }
  std::ranges::stable_sort(
      due, {}, [](const ProjectJobs* jobs) { return jobs->finished_read_at().value_or(Time::min()); });
  for (ProjectJobs* jobs : due) jobs->ask_finished_jobs(sender, now);
  sender.run();
}

// Why there is nothing to go on with.
std::optional<Error> RestFleet::State::ruin() const {
  const bool no_such_group = !settings.fleet.group.empty() && projects.status() == 404;
  const bool only_runners = runners.list().value() && settings.fleet.project.empty() && !no_such_group;
  const bool jobs =
      std::ranges::any_of(known, [](const auto& entry) { return entry.second.jobs.read_at().has_value(); });
  const bool nothing = !projects.list().value() && !only_runners && !jobs;
  if (!nothing && !sender.token_refused()) return std::nullopt;
  Trouble trouble{runners.list_status(), runners.list().trouble().value_or(Error{})};
  const Trouble other{projects.status(), projects.list().trouble().value_or(Error{})};
  if (sender.token_refused() ? trouble.status != 401 && other.status == 401 : other.status == 404)
    trouble = other;
  // Of neither list after a hint.
  if (sender.token_refused() && trouble.status != 401)
    trouble = {401, {Errc::permission, "GitLab answers 401 Unauthorized"}};
  Error error = with_remedy(std::move(trouble), settings.fleet.url);
  if (error.code == Errc::corrupt || error.code == Errc::invalid_argument) error.code = Errc::not_found;
  return error;
}

FleetReading RestFleet::State::reading(Time now) {
  FleetReading reading;
  reading.gitlab = GitLabUrl{base.url()};
  reading.read_at = now;
  runners.report(reading);
  move_contacts(reading, sender.clock_ahead());
  projects.report(reading);
  if (!settings.fleet.group.empty() && !reading.projects.empty()) drop_runners_of_other_projects(reading);
  for (const auto& [id, project] : known) {
    project.jobs.report(project.title, reading);
    project.surroundings.report(project.title, reading);
    project.groups.report(project.title, project.jobs, reading);
  }
  for (Job& job : reading.pending) {
    const auto project = known.find(job.project);
    if (!job.manual && project != known.end()) job.manual = project->second.surroundings.manual(job.id);
  }
  for (auto* jobs : {&reading.pending, &reading.running, &reading.finished})
    std::ranges::sort(*jobs, {}, &Job::id);
  std::ranges::sort(reading.held_resources, {}, [](const HeldResource& held) { return held.waiter.id; });
  elsewhere.complete(reading);
  reading.calls = sender.count();
  return reading;
}

RestFleet::RestFleet(RestSettings settings, platform::HttpTransport& transport)
    : state_(std::make_unique<State>(std::move(settings), transport)) {}

RestFleet::~RestFleet() = default;

Result<FleetReading> RestFleet::read(Time now) {
  state_->open(now);
  state_->read_lists(now);
  state_->follow_projects();
  // The jobs of a project may be shown where the project itself is not.
  if (!state_->sender.token_refused()) state_->read_jobs_and_details(now);
  if (auto error = state_->ruin()) return fail(std::move(*error));
  std::vector<KnownProject*> all;
  for (auto& [id, project] : state_->known) all.push_back(&project);
  state_->read_surroundings(all, std::numeric_limits<int>::max(), now);
  state_->read_finished(now);
  FleetReading reading = state_->reading(now);
  state_->hints.note_whole(now);
  return reading;
}

Result<FleetReading> RestFleet::read_hinted(Time now, std::span<const ProjectId> changed) {
  if (!state_->hints.is_fresh(now)) return read(now);
  if (state_->hints.looks_for(state_->strangers_of(changed), now)) {
    state_->projects.doubt();
    return read(now);
  }
  state_->open(now);
  state_->read_hinted_jobs(changed, now);
  if (auto error = state_->ruin()) return fail(std::move(*error));
  state_->read_surroundings(state_->known_of(changed), state_->calls_to_spare(now), now);
  state_->sender.run();
  return state_->reading(now);
}

template <class T>
Result<T> RestFleet::State::ask_alone(std::string path, Result<T> (*parse)(std::string_view)) {
  Result<T> result = fail(Errc::unavailable, "no answer");
  sender.open(settings.now() + settings.client.tick_limit);
  read_one<T>(sender, Question::get(std::move(path)).charged(CallBudget::Charge::exempt), parse,
              [&](int status, Result<T> value) {
                result = std::move(value);
                if (!result) result = fail(with_remedy({status, result.error()}, settings.fleet.url));
              });
  sender.run();
  return result;
}

Result<TokenFacts> RestFleet::token() {
  return state_->ask_alone("/api/v4/personal_access_tokens/self", parse_token);
}

Result<std::string> RestFleet::version() {
  return state_->ask_alone("/api/v4/version", parse_version);
}

}  // namespace runneriq::gitlab
