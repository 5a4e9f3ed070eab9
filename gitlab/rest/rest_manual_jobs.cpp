#include "gitlab/rest/rest_manual_jobs.hpp"

#include "gitlab/call_count.hpp"
#include "gitlab/replies.hpp"
#include "gitlab/rest/listing.hpp"
#include "gitlab/rest/project_list.hpp"
#include "gitlab/rest/sender_settings.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <utility>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;

constexpr Duration kBetweenReadings = 2min;
constexpr Duration kOldest = 31 * 24h;  // no deadline lasts longer
constexpr std::size_t kMostJobs = 500;  // of a project: five pages
constexpr std::size_t kMostProjects = 20;

std::string address_of(ProjectId project, JobId job) {
  return "/api/v4/projects/" + std::to_string(project.value()) + "/jobs/" + std::to_string(job.value());
}

Result<Job> job_in(ProjectId project, JobId asked, const Answer& answer) {
  const std::string title = "job " + std::to_string(asked.value());
  Result<Job> job = answer.body ? parse_job(*answer.body, project) : Result<Job>(fail(answer.body.error()));
  if (job && job->id != asked) job = fail(Errc::corrupt, "GitLab answered with another job");
  if (!job) return fail(std::move(job.error()).within(title));
  return job;
}

PlayOutcome outcome_of(ProjectId project, JobId asked, const Answer& answer) {
  using Kind = PlayOutcome::Kind;
  Result<Job> after = job_in(project, asked, answer);
  if (after && after->status != JobStatus::manual && after->status != JobStatus::unknown)
    return {.kind = Kind::applied, .status = after->status};
  if (after)
    return {.kind = Kind::unknown, .error = {Errc::corrupt, "GitLab answered with the job as it was"}};
  if (!answer.sent || answer.status == 429) return {.kind = Kind::not_now, .error = std::move(after.error())};
  const bool refused = answer.status >= 400 && answer.status < 500 && answer.status != 408;
  return {.kind = refused ? Kind::refused : Kind::unknown, .error = std::move(after.error())};
}

bool is_too_old(const Job& job, Time now) {
  return job.created_at && now - *job.created_at > kOldest;
}

// Of what is listed: whoever asks for one state may be given others.
std::vector<Job> worth_keeping(std::vector<Job> jobs, Time now) {
  std::erase_if(jobs, [&](const Job& job) {
    return job.status != JobStatus::manual || !job.created_at || is_too_old(job, now);
  });
  std::ranges::sort(jobs, {}, &Job::id);
  return jobs;
}

}  // namespace

struct RestManualJobs::State {
  State(RestSettings given, platform::HttpTransport& transport, CiReader read_ci)
      : settings(std::move(given)),
        base(settings.fleet.url),
        budget(settings.client.calls_per_minute, settings.poll_interval),
        sender(sender_settings(settings, Permit::reads_and_plays), base, transport, budget),
        projects(settings.fleet),
        marks(std::move(read_ci)) {}

  void open(Time deadline) { sender.open(deadline); }
  void run() { sender.run(); }
  void close() { add(count, sender.count()); }
  void read_all(Time now);
  void follow_projects();
  void ask_jobs(Time now);
  [[nodiscard]] std::vector<Job> all_jobs() const;
  [[nodiscard]] ManualReading reading() const;

  RestSettings settings;
  ApiBase base;
  CallBudget budget;
  Sender sender;
  ProjectList projects;
  PipelineMarks marks;
  std::map<ProjectId, Cached<std::vector<Job>>> known;
  std::map<ProjectId, Time> asked;
  std::optional<Time> last;
  CallCount count;
};

void RestManualJobs::State::read_all(Time now) {
  open(settings.now() + settings.client.tick_limit);
  projects.ask(sender, now);
  run();
  follow_projects();
  ask_jobs(now);
  run();
  const std::vector<Job> jobs = all_jobs();
  marks.forget_others(jobs);
  marks.ask_pipelines(jobs, sender, now);
  run();
  marks.ask_configurations(jobs, sender, now);
  run();
  close();
}

void RestManualJobs::State::follow_projects() {
  const auto is_gone = [this](const auto& entry) {
    return !std::ranges::binary_search(projects.projects(), entry.first, {}, &Project::id);
  };
  std::erase_if(known, is_gone);
  std::erase_if(asked, is_gone);
  for (const Project& project : projects.projects()) asked.try_emplace(project.id, Time::min());
}

// Those whose turn was longest ago.
void RestManualJobs::State::ask_jobs(Time now) {
  std::vector<std::pair<Time, ProjectId>> turns;
  for (const auto& [project, when] : asked) turns.emplace_back(when, project);
  std::ranges::sort(turns);
  turns.resize(std::min(turns.size(), kMostProjects));
  for (const auto& [when, project] : turns) {
    asked[project] = now;
    Cached<std::vector<Job>>& list = known[project];
    if (!list.due(Duration{0}, now)) continue;
    read_pages<Job>(sender, {.path = "/api/v4/projects/" + std::to_string(project.value()) +
                                     "/jobs?scope%5B%5D=manual&per_page=100",
                             .parse = [id = project](std::string_view json) { return parse_jobs(json, id); },
                             .done =
                                 [&list, now](Listed<Job> listed) {
                                   if (listed.items)
                                     list.keep(worth_keeping(std::move(*listed.items), now), now);
                                   else if (listed.status == 403 || listed.status == 404)
                                     list.refuse(std::move(listed.items.error()), now);
                                   else
                                     list.miss(std::move(listed.items.error()), now);
                                 },
                             .enough =
                                 [now](const std::vector<Job>& so_far) {
                                   return so_far.size() >= kMostJobs ||
                                          (!so_far.empty() && is_too_old(so_far.back(), now));
                                 }});
  }
}

std::vector<Job> RestManualJobs::State::all_jobs() const {
  std::vector<Job> jobs;
  for (const auto& [project, list] : known) {
    if (list.value()) jobs.insert(jobs.end(), list.value()->begin(), list.value()->end());
  }
  std::ranges::sort(jobs, {}, &Job::id);
  return jobs;
}

ManualReading RestManualJobs::State::reading() const {
  ManualReading reading;
  for (const Project& project : projects.projects()) {
    const auto list = known.find(project.id);
    if (list == known.end() || !list->second.value()) continue;
    for (const Job& job : *list->second.value()) {
      const PipelineFacts* const facts = marks.facts(job);
      if (facts == nullptr) continue;
      reading.jobs.push_back({.job = job,
                              .project = project,
                              .pipeline_created = facts->created_at,
                              .variables = marks.variables(job)});
    }
    marks.report(project, reading.notes);
  }
  std::ranges::sort(reading.jobs, {}, [](const ManualJob& job) { return job.job.id; });
  return reading;
}

RestManualJobs::RestManualJobs(RestSettings settings, platform::HttpTransport& transport, CiReader read_ci)
    : state_(std::make_unique<State>(std::move(settings), transport, std::move(read_ci))) {}
RestManualJobs::~RestManualJobs() = default;

Result<ManualReading> RestManualJobs::read(Time now) {
  State& state = *state_;
  const bool due = !state.last || now < *state.last || now - *state.last >= kBetweenReadings;
  if (due) {
    state.last = now;
    state.read_all(now);
  }
  const auto& trouble = state.projects.list().trouble();
  if (state.projects.projects().empty() && trouble) return fail(*trouble);
  return state.reading();
}

Result<JobStatus> RestManualJobs::status(ProjectId project, JobId job, Time deadline) {
  Result<JobStatus> status = fail(Errc::unavailable, "not read");
  state_->open(deadline);
  state_->sender.ask(Question::get(address_of(project, job)).charged(CallBudget::Charge::exempt),
                     [&](const Answer& answer) {
                       Result<Job> now = job_in(project, job, answer);
                       if (now)
                         status = now->status;
                       else
                         status = fail(std::move(now.error()));
                     });
  state_->run();
  state_->close();
  return status;
}

PlayOutcome RestManualJobs::play(ProjectId project, JobId job, Time deadline) {
  PlayOutcome outcome;
  state_->open(deadline);
  state_->sender.ask(Question::play(project, job).charged(CallBudget::Charge::exempt),
                     [&](const Answer& answer) { outcome = outcome_of(project, job, answer); });
  state_->run();
  state_->close();
  return outcome;
}

const CallCount& RestManualJobs::count() const {
  return state_->count;
}

}  // namespace runneriq::gitlab
