#include "cli/lanes_plan.hpp"

#include "cli/commands.hpp"
#include "cli/json_text.hpp"
#include "cli/progress.hpp"
#include "cli/reading.hpp"
#include "cli/shared_flags.hpp"
#include "cli/words.hpp"
#include "platform/files.hpp"
#include "scheduler/read_history.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace runneriq::cli {
namespace {

constexpr std::array kFlags{
    FlagRow{"--per-job", "", "Propose a lane for each job instead of one for the pipeline."},
    kProjectFlag,
    kOutputFlag,
};

constexpr std::size_t kLargestFile = std::size_t{2} << 20;

struct CiFile {
  std::string text;
  gitlab::CiConfig config;
};

Result<gitlab::CiConfig> parsed(const CiPorts& ports, std::string_view text, const std::string& name) {
  auto root = ports.parse(text);
  if (!root) return fail(std::move(root.error()).within(name));
  return gitlab::CiConfig{std::move(*root)};
}

Result<CiFile> read_ci_file(const CiPorts& ports, const std::string& path) {
  auto text = platform::read_file(path, kLargestFile);
  if (!text) return fail(Errc::invalid_argument, text.error().message);
  auto config = parsed(ports, *text, path);
  if (!config) return fail(std::move(config.error()));
  return CiFile{std::move(*text), std::move(*config)};
}

// What GitLab says of the project; nothing where it is not asked or does not answer.
struct Surroundings {
  std::optional<gitlab::CiConfig> merged;
  std::vector<gitlab::FleetReading> readings;
  std::optional<gitlab::Project> project;
  std::vector<std::string> notes;
};

void read_merged(const CiPorts& ports, Surroundings& all) {
  auto yaml = ports.merged_ci_config();
  auto merged = yaml ? parsed(ports, *yaml, "the merged configuration")
                     : Result<gitlab::CiConfig>(fail(std::move(yaml.error())));
  if (merged) {
    all.merged = std::move(*merged);
  } else {
    all.notes.push_back("included files are not seen: " + merged.error().message);
  }
}

void read_fleet(Session& session, const CiPorts& ports, Surroundings& all) {
  auto desks = session.open_tags();
  auto reading = desks && !(*desks)->all().empty()
                     ? (*desks)->all().front().reader->read(session.waiter.now())
                     : Result<gitlab::FleetReading>(fail(desks ? Error{} : desks.error()));
  if (!reading) {
    all.notes.push_back("the fleet could not be read: " + reading.error().message);
    return;
  }
  for (const gitlab::Project& project : reading->projects) {
    const bool named = project.path == ports.project || std::to_string(project.id.value()) == ports.project;
    if (named) all.project = project;
  }
  all.readings.push_back(std::move(*reading));
}

Surroundings read_surroundings(Session& session, const CiPorts& ports) {
  Surroundings all;
  if (ports.project.empty()) return all;
  const Progress progress{session.out, "reading GitLab …"};
  read_merged(ports, all);
  read_fleet(session, ports, all);
  return all;
}

// Of the jobs in the file and of those that ran before.
scheduler::PipelineHistory history_of(const CiPorts& ports, const CiFile& file, const Surroundings& around) {
  if (!around.project) return {};
  const ProjectId project = around.project->id;
  scheduler::PipelineHistory history = scheduler::pipeline_history(around.readings, project);
  std::vector<scheduler::HistoryKey> keys;
  for (const gitlab::CiJob& job : (around.merged ? *around.merged : file.config).jobs()) {
    keys.push_back({around.readings.front().gitlab, project, job.name, job.stage});
  }
  const scheduler::ReadHistory read{around.readings};
  const auto known = ports.durations(keys);
  for (std::size_t at = 0; at < keys.size(); ++at) {
    scheduler::JobHistory of_job = read.of(keys[at]);
    if (known) of_job = scheduler::better_founded((*known)[at], std::move(of_job));
    if (of_job.estimate.basis == scheduler::EstimateBasis::job) {
      history.medians[keys[at].job_name] = of_job.estimate.median;
    }
  }
  return history;
}

void check_runners(LaneProposal& proposal, const Surroundings& around) {
  if (!around.project || !around.readings.front().runners_current) return;
  const gitlab::Project& project = *around.project;
  scheduler::check_reach(proposal.plan, around.readings.front().runners,
                         {.project = project.id,
                          .project_path = project.path,
                          .takes_instance_runners = project.takes_instance_runners,
                          .takes_group_runners = project.takes_group_runners},
                         proposal.lanes);
  proposal.runners_checked = true;
}

// The edited file is read again: what is proposed must say what the file said, lanes apart.
void prove(LaneProposal& proposal, const CiPorts& ports, const CiFile& file) {
  const std::string after = scheduler::edited(file.text, proposal.plan.edits);
  const auto config = parsed(ports, after, "the edited file");
  const Result<void> same = config ? scheduler::only_lanes_differ(file.config, *config, proposal.plan)
                                   : Result<void>(fail(config.error()));
  if (!same) proposal.plan.refusals.push_back(same.error().message);
}

Result<LaneProposal> propose(Session& session, const Invocation& invocation) {
  const std::string& path = invocation.arguments.front();
  const auto name = name_in_patch(path);
  if (!name) return fail(name.error());
  const CiPorts ports = session.open_ci();
  const auto file = read_ci_file(ports, path);
  if (!file) return fail(file.error());
  const Surroundings around = read_surroundings(session, ports);
  const scheduler::PipelineHistory history = history_of(ports, *file, around);
  LaneProposal proposal{
      .file = path, .plan = {}, .lanes = ports.lanes, .past_jobs = history.jobs.size(), .patch = {}};
  proposal.plan = scheduler::plan_lanes(
      {.text = file->text,
       .file = &file->config,
       .merged = around.merged ? &*around.merged : nullptr,
       .scope = invocation.has("--per-job") ? scheduler::LaneScope::job : scheduler::LaneScope::pipeline,
       .terms = {.lanes = &ports.lanes, .rules = &ports.rules},
       .history = &history});
  proposal.plan.notes.insert(proposal.plan.notes.end(), around.notes.begin(), around.notes.end());
  check_runners(proposal, around);
  prove(proposal, ports, *file);
  if (proposal.plan.refusals.empty()) {
    proposal.patch = scheduler::unified_diff(*name, file->text, proposal.plan.edits);
  }
  return proposal;
}

Exit plan(Session& session, const Invocation& invocation) {
  if (const auto bad = refuse_bad_configuration(session)) return *bad;
  if (invocation.arguments.size() != 1) {
    session.out.talk("runneriq: lanes plan takes one file, such as .gitlab-ci.yml");
    return Exit::usage;
  }
  const auto proposal = propose(session, invocation);
  if (!proposal) {
    session.out.talk("runneriq: " + on_one_line(proposal.error().message));
    return Exit::usage;
  }
  session.out.result(wants_json(invocation) ? pretty(proposal_document(*proposal))
                                            : proposal_text(*proposal));
  return proposal->plan.refusals.empty() ? Exit::fine : Exit::no;
}

}  // namespace

CommandRow lanes_plan_command() {
  return {
      .name = "lanes plan",
      .arguments = "FILE",
      .summary = "Propose the lanes of a .gitlab-ci.yml as a patch.",
      .text =
          "Reads a `.gitlab-ci.yml` and prints what would give each pipeline one lane: a variable with its "
          "default, rules of `workflow` that set it, and the lane's tag for the jobs. Production goes by "
          "class, merge requests and other branches by the work that history expects of them. The reasons "
          "stand in front as lines that begin with `#`; the whole can be piped into `git apply` or "
          "`patch -p1`. Comments and formatting stay as they are. With `--project` and a token GitLab is "
          "asked for included files, history and runners, and a lane that would change which runners can "
          "take a job is refused with exit code 1; without them it says what to check. Nothing is written "
          "anywhere.",
      .flags = kFlags,
      .run = plan};
}

}  // namespace runneriq::cli
