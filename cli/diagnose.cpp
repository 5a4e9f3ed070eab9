#include "cli/commands.hpp"
#include "cli/diagnose_subject.hpp"
#include "cli/diagnosis_document.hpp"
#include "cli/diagnosis_text.hpp"
#include "cli/json_text.hpp"
#include "cli/progress.hpp"
#include "cli/reading.hpp"
#include "cli/shared_flags.hpp"
#include "cli/words.hpp"
#include "diagnosis/posting.hpp"
#include "platform/files.hpp"

#include <nlohmann/json.hpp>

#include <array>
#include <utility>

namespace runneriq::cli {
namespace {

using diagnosis::Diagnosis;
using diagnosis::PipelineDiagnosis;
using diagnosis::Posted;

constexpr std::array kFlags{
    FlagRow{"--log", "FILE|-", "Diagnose this log (- is standard input) instead of asking GitLab."},
    FlagRow{"--diff", "FILE", "With --log: what changed, as `git diff` prints it."},
    FlagRow{"--good", "FILE", "With --log: the log of the same job when it passed."},
    FlagRow{"--show-prompt", "", "Print exactly what a model would be sent, and send nothing."},
    FlagRow{"--post", "", "Write the note to the merge request, or bring it up to date."},
    FlagRow{"--create-issue", "", "Open an issue for each failed job, once per signature."},
    FlagRow{"--output", "text|json|markdown",
            "Print for people (default), for programs, or as the note would be."},
    FlagRow{"--project", "ID", "The project of the job, pipeline or merge request, an id or a full path.",
            "gitlab.project"},
};

// The last line of a log, as gitlab-runner writes it.
constexpr std::string_view kPassed = "Job succeeded";

constexpr std::string_view kNothingFailed =
    "This is the log of a job that passed: its last line is \"Job succeeded\".\n";
constexpr std::size_t kLargestLog = std::size_t{1} << 30, kLargestDiff = std::size_t{64} << 20;
constexpr std::size_t kLargestInput = std::size_t{100} << 20;

bool wants_markdown(const Invocation& invocation) {
  return invocation.value("--output") == "markdown";
}

// What a model would be sent, put together while the diagnosis is made.
struct Prompts {
  bool wanted = false;
  const DiagnosisPorts* ports = nullptr;
  std::string text;

  std::function<void(const diagnosis::TriageQuestion&)> listener() {
    if (!wanted) return {};
    return [this](const diagnosis::TriageQuestion& question) { text += ports->prompt(question); };
  }
  [[nodiscard]] diagnosis::Triage* triage() const { return wanted ? nullptr : ports->triage; }
  // So that something is shown of every failure, however sure the rules are.
  [[nodiscard]] double ask_below() const { return wanted ? 1.01 : ports->options->ask_below; }
};

std::optional<TokenUse> tokens_of(const DiagnosisPorts& ports) {
  return ports.tokens ? ports.tokens() : std::nullopt;
}

// ---- a log in a file ------------------------------------------------------------------------------

Result<diagnosis::ReadLog> read_log_file(Session& session, DiagnosisPorts& ports, const std::string& path) {
  diagnosis::LogReader reader{*ports.rules};
  if (path == "-") {
    const auto text = session.read_standard_input(kLargestInput);
    if (!text) return fail(text.error());
    reader.feed(*text);
  } else {
    auto read =
        platform::read_pieces(path, kLargestLog, [&reader](std::string_view piece) { reader.feed(piece); });
    if (!read) return fail(Errc::invalid_argument, read.error().message);
  }
  return std::move(reader).finish();
}

// What stands beside the log, where it was given.
struct Offline {
  diagnosis::ReadLog log;
  std::optional<diagnosis::LogHistory> history;
  std::vector<diagnosis::ChangedFile> changes;
};

Result<Offline> read_offline(Session& session, DiagnosisPorts& ports, const Invocation& invocation) {
  Offline all;
  auto log = read_log_file(session, ports, std::string(invocation.value("--log")));
  if (!log) return fail(std::move(log.error()));
  all.log = *std::move(log);
  if (invocation.has("--good")) {
    const auto good = read_log_file(session, ports, std::string(invocation.value("--good")));
    if (!good) return fail(good.error());
    all.history.emplace().green.add(*good);
  }
  if (invocation.has("--diff")) {
    const auto diff = platform::read_file(std::string(invocation.value("--diff")), kLargestDiff);
    if (!diff) return fail(Errc::invalid_argument, diff.error().message);
    all.changes = diagnosis::changed_files(*diff);
  }
  return all;
}

std::string rendered(const Session& session, const Invocation& invocation, const DiagnosisPorts& ports,
                     const Diagnosis& diagnosis) {
  if (wants_json(invocation)) return pretty(diagnosis_document(diagnosis, tokens_of(ports)));
  if (wants_markdown(invocation)) return report_markdown(diagnosis);
  return diagnosis_text(diagnosis, colour_of(session));
}

Result<Exit> diagnose_file(Session& session, const Invocation& invocation) {
  auto ports = session.open_diagnosis(Session::DiagnosisReach::offline, {});
  if (!ports) return fail(std::move(ports.error()));
  const auto offline = read_offline(session, *ports, invocation);
  if (!offline) return fail(offline.error());
  if (offline->log.last_words == kPassed) {
    session.out.result(wants_json(invocation) ? pretty({{"passed", true}}) : std::string(kNothingFailed));
    return Exit::no;
  }
  Prompts prompts{.wanted = invocation.has("--show-prompt"), .ports = &*ports, .text = {}};
  const Diagnosis found =
      diagnosis::diagnose(offline->log, {.job = {},
                                         .history = offline->history ? &*offline->history : nullptr,
                                         .changes = offline->changes,
                                         .triage = prompts.triage(),
                                         .ask_below = prompts.ask_below(),
                                         .redaction = {.personal = ports->personal},
                                         .on_question = prompts.listener()});
  session.out.result(prompts.wanted ? prompts.text : rendered(session, invocation, *ports, found));
  return Exit::fine;
}

// ---- a job, pipeline or merge request -------------------------------------------------------------

// The project that the subject names by its page, else the configured one.
Result<std::string> project_of(const DiagnoseSubject& subject, const DiagnosisPorts& ports) {
  if (subject.address.empty()) {
    if (!ports.project.empty()) return ports.project;
    return fail(Errc::invalid_argument,
                "no project is named: give --project, or the address of the job's page");
  }
  const std::string_view page = subject.address;
  if (page.starts_with(ports.gitlab) && page.substr(ports.gitlab.size()).starts_with('/'))
    return std::string(page.substr(ports.gitlab.size() + 1));
  return fail(Errc::invalid_argument, on_one_line(page) + " is not on the configured GitLab " + ports.gitlab);
}

Result<PipelineDiagnosis> inquire(DiagnosisPorts& ports, const DiagnoseSubject& subject, Prompts& prompts) {
  const auto project = project_of(subject, ports);
  if (!project) return fail(project.error());
  diagnosis::Inquiry inquiry{{.pipelines = *ports.pipelines,
                              .logs = *ports.logs,
                              .rules = *ports.rules,
                              .parse_ci = ports.parse_ci,
                              .triage = prompts.triage()},
                             {.gitlab = ports.gitlab,
                              .most_jobs = static_cast<std::size_t>(ports.options->jobs),
                              .ask_below = prompts.ask_below(),
                              .personal = ports.personal,
                              .on_question = prompts.listener()}};
  switch (subject.kind) {
    case DiagnoseSubject::Kind::job:
      return inquiry.of_job(*project, JobId{subject.id});
    case DiagnoseSubject::Kind::pipeline:
      return inquiry.of_pipeline(*project, PipelineId{subject.id});
    case DiagnoseSubject::Kind::merge_request:
      break;
  }
  return inquiry.of_merge_request(*project, MergeRequestIid{subject.id});
}

std::string rendered(const Session& session, const Invocation& invocation, const DiagnosisPorts& ports,
                     const DiagnoseSubject& subject, const PipelineDiagnosis& found) {
  if (wants_markdown(invocation)) return report_markdown(found);
  if (!wants_json(invocation)) return diagnosis_text(found, colour_of(session));
  const bool is_one_job = subject.kind == DiagnoseSubject::Kind::job && found.jobs.size() == 1;
  return pretty(is_one_job ? diagnosis_document(found.jobs.front(), tokens_of(ports))
                           : diagnosis_document(found, tokens_of(ports)));
}

void tell(Session& session, std::string_view what, const Posted& posted) {
  std::string line = "runneriq: " + std::string(what) + ": " + std::string(to_text(posted.what));
  if (!posted.why.empty()) line += " (" + on_one_line(posted.why) + ")";
  if (!posted.page.empty()) line += " " + on_one_line(posted.page);
  session.out.talk(line);
}

Result<void> post(Session& session, const Invocation& invocation, DiagnosisPorts& ports,
                  const PipelineDiagnosis& found) {
  const diagnosis::PostingTerms terms{.words = {.opt_out_label = ports.options->opt_out_label},
                                      .issue_labels = ports.options->issue_labels};
  if (invocation.has("--post")) {
    const auto posted = post_note(*ports.discussions, found, terms);
    if (!posted) return fail(posted.error());
    tell(session, "note", *posted);
  }
  if (!invocation.has("--create-issue")) return {};
  for (const diagnosis::DiagnosedJob& job : found.jobs) {
    const auto posted = post_issue(*ports.discussions, found, job, terms);
    if (!posted) return fail(posted.error());
    tell(session, "issue", *posted);
  }
  return {};
}

Result<Exit> diagnose_subject(Session& session, const Invocation& invocation) {
  const auto subject = parse_subject(invocation.arguments.front());
  if (!subject) return fail(subject.error());
  const bool writes = invocation.has("--post") || invocation.has("--create-issue");
  auto ports = session.open_diagnosis(
      writes ? Session::DiagnosisReach::writes : Session::DiagnosisReach::reads, subject->address);
  if (!ports) return fail(std::move(ports.error()));
  Prompts prompts{.wanted = invocation.has("--show-prompt"), .ports = &*ports, .text = {}};
  const auto found = [&] {
    const Progress progress{session.out, "reading GitLab …"};
    return inquire(*ports, *subject, prompts);
  }();
  if (!found) return fail(found.error());
  session.out.result(prompts.wanted ? prompts.text : rendered(session, invocation, *ports, *subject, *found));
  if (!prompts.wanted) {
    if (auto posted = post(session, invocation, *ports, *found); !posted)
      return fail(std::move(posted.error()));
  }
  return found->jobs.empty() ? Exit::no : Exit::fine;
}

// ---- the command ----------------------------------------------------------------------------------

Result<void> check(const Invocation& invocation) {
  const bool offline = invocation.has("--log");
  const auto wrong = [](const char* words) { return fail(Errc::invalid_argument, words); };
  if (offline != invocation.arguments.empty())
    return wrong("diagnose takes a job, a pipeline or a merge request, or else --log FILE");
  if (offline && (invocation.has("--post") || invocation.has("--create-issue")))
    return wrong(
        "--post and --create-issue need a job, a pipeline or a merge request: a log alone belongs to none");
  if (!offline && (invocation.has("--diff") || invocation.has("--good")))
    return wrong("--diff and --good go with --log; of a job GitLab tells them");
  return {};
}

Exit diagnose(Session& session, const Invocation& invocation) {
  if (const auto bad = refuse_bad_configuration(session)) return *bad;
  if (const auto right = check(invocation); !right)
    return tell(session, right.error(), SourceRequest::Kind::gitlab);
  const auto done =
      invocation.has("--log") ? diagnose_file(session, invocation) : diagnose_subject(session, invocation);
  return done ? *done : tell(session, done.error(), SourceRequest::Kind::gitlab);
}

}  // namespace

CommandRow diagnose_command() {
  return {
      .name = "diagnose",
      .arguments = "[JOB|PIPELINE|MR]",
      .summary = "Say why a job failed: the lines that show it, the class, the change, what to do.",
      .text =
          "A plain number is a job; `pipeline/7` or `#7` is a pipeline, `mr/7` or `!7` a merge request with "
          "its newest pipeline; the address of such a page will do, too. Shown are at most 30 lines of a "
          "log, most telling first, with their numbers in the raw log; secrets are taken out. Rules decide; "
          "a model is asked only where they are unsure, `diagnosis.model` is true and a provider is "
          "configured, and its words are shown as its. Nothing is written anywhere but with `--post` or "
          "`--create-issue`. `--log` needs no GitLab and no token. Exit code 1: nothing has failed.",
      .flags = kFlags,
      .run = diagnose};
}

}  // namespace runneriq::cli
