// What the program does for diagnosis, and for the models that are asked.
#include "apps/runneriq/program.hpp"
#include "gitlab/rest/address.hpp"
#include "platform/files.hpp"

#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <iterator>
#include <utility>

namespace runneriq::app {
namespace {

constexpr std::size_t kDateLength = 10;  // of "2026-11-21T10:00:00Z"

// Whose address the page begins with; the first where none does.
const Watched& fleet_of(const std::vector<Watched>& fleets, std::string_view page) {
  const auto same = std::ranges::find_if(fleets, [page](const Watched& watched) {
    return page.starts_with(gitlab::ApiBase{watched.fleet.url}.url() + "/");
  });
  return same == fleets.end() ? fleets.front() : *same;
}

// Whether the folder is another user's: what this one made there, its owner could not write.
bool is_of_another(const std::string& folder) {
  struct stat facts {};
  return ::stat(folder.c_str(), &facts) == 0 && facts.st_uid != ::geteuid();
}

}  // namespace

// After a reload what waited is gone, and the next webhook of it comes by the new rules.
Result<void> Program::start_diagnoses() {
  using diagnosis::DiagnosisOptions;
  const DiagnosisOptions& options = loaded_->settings.diagnosis;
  diagnoses_ = std::shared_ptr<Diagnoses>{};
  if (options.post == DiagnosisOptions::Post::off && options.issues == DiagnosisOptions::Issues::off)
    return {};
  auto fleets = watched_fleets(loaded_->settings, environment_);
  if (!fleets) return fail(std::move(fleets.error()));
  auto started = Diagnoses::start({.advice = advice_parts(), .fleets = *std::move(fleets)});
  if (!started) return fail(std::move(started.error()));
  diagnoses_ = std::shared_ptr<Diagnoses>(*std::move(started));
  return {};
}

AdviceParts Program::advice_parts() {
  return {.settings = &loaded_->settings,
          .environment = environment_,
          .log = &log_,
          .path = advisor_path(),
          .stop_fd = termination_.signal_fd()};
}

// After a reload models are asked by the new rules, also those that a bad key had shut out. Without them
// rules decide.
Result<void> Program::start_advice() {
  advice_loop_.reset();
  if (loaded_->settings.assigner.mode == scheduler::DecisionMode::rules_only) return {};
  auto fleets = watched_fleets(loaded_->settings, environment_);
  if (!fleets) return fail(std::move(fleets.error()));
  auto started = AdviceLoop::start({.advice = advice_parts(), .fleets = *std::move(fleets)});
  if (started) {
    advice_loop_ = *std::move(started);
  } else {
    log_.write(LogLevel::warning, "advisor_unavailable", {{"why", started.error().message}});
  }
  return {};
}

void Program::keep_opinions(const scheduler::Tick& tick) {
  if (!advice_loop_) return;
  for (const scheduler::AuditEntry& opinion : advice_loop_->hear(tick)) {
    if (const auto kept = store_->append(opinion); !kept)
      log_.write(LogLevel::warning, "audit_failed", {{"why", kept.error().message}});
  }
}

service::DiagnosisFigures Program::diagnosis_figures() const {
  service::DiagnosisFigures figures;
  if (advice_loop_) figures.models["loop"] = advice_loop_->asked();
  const auto diagnoses = diagnoses_.load();
  if (!diagnoses) return figures;
  figures.diagnoses = diagnoses->counts();
  if (auto asked = diagnoses->asked()) figures.models["diagnosis"] = *std::move(asked);
  return figures;
}

// What would be sent can be shown without anybody to send it to.
Result<void> Program::open_triage(cli::DiagnosisPorts& ports) {
  const Settings& settings = loaded_->settings;
  const auto choice = provider_choice(settings.advisor, environment_);
  if (!choice) return fail(choice.error());
  const auto personal = personal_terms(settings.advisor, *choice);
  ports.prompt = [personal](const diagnosis::TriageQuestion& question) {
    return advisor::shown_prompt(advisor::triage_question(question, {.personal = personal}));
  };
  if (!settings.diagnosis.model || !choice->provider) return {};
  if (!platform::exists(advisor_path()) && is_of_another(platform::parent_folder(advisor_path()))) {
    log_.write(LogLevel::warning, "advisor_unavailable",
               {{"why", "there is no " + advisor_path() +
                            ", and it is not this user's to make: run it as the "
                            "user that runneriq runs as"}});
    return {};
  }
  auto advice = Advice::open(advice_parts());
  if (!advice) return fail(std::move(advice.error()));
  advice_ = *std::move(advice);
  ports.triage = &advice_->triage();
  ports.tokens = [this]() -> std::optional<cli::TokenUse> {
    const auto use = advice_->consultation().use({});
    if (!use) return std::nullopt;
    return cli::TokenUse{use->spent, advice_->consultation().terms().daily_tokens};
  };
  return {};
}

// `page`: of what is asked about; "" = on the first GitLab.
Result<cli::DiagnosisPorts> Program::open_diagnosis(cli::Session::DiagnosisReach reach,
                                                    std::string_view page) {
  using Reach = cli::Session::DiagnosisReach;
  if (!rules_) rules_.emplace();
  cli::DiagnosisPorts ports;
  ports.options = &loaded_->settings.diagnosis;
  ports.rules = &*rules_;
  if (auto opened = open_triage(ports); !opened) return fail(std::move(opened.error()));
  if (reach == Reach::offline) return ports;
  auto fleets = watched_fleets(loaded_->settings, environment_);
  if (!fleets) return fail(std::move(fleets.error()));
  auto gitlab = open_diagnosis_gitlab(fleet_of(*fleets, page), loaded_->settings, termination_.signal_fd(),
                                      reach == Reach::writes ? MayWrite::yes : MayWrite::no);
  if (!gitlab) return fail(std::move(gitlab.error()));
  diagnosis_gitlab_.emplace(*std::move(gitlab));
  ports.gitlab = diagnosis_gitlab_->url;
  ports.project = diagnosis_gitlab_->project;
  ports.pipelines = diagnosis_gitlab_->pipelines.get();
  ports.logs = diagnosis_gitlab_->logs.get();
  ports.discussions = diagnosis_gitlab_->discussions.get();
  ports.parse_ci = parse_merged_ci;
  return ports;
}

void Program::gather_advisor(cli::ProgramFacts& facts) {
  const Settings& settings = loaded_->settings;
  const auto choice = provider_choice(settings.advisor, environment_);
  cli::AdvisorFacts known;
  known.triage = settings.diagnosis.model;
  known.tie_breaks = settings.assigner.mode != scheduler::DecisionMode::rules_only;
  if (!choice || !choice->provider) {
    known.why = choice ? choice->why : choice.error().message;
    facts.advisor = std::move(known);
    return;
  }
  known.provider = to_text(*choice->provider);
  known.url = choice->url;
  known.limit = settings.assigner.daily_token_budget;
  known.complaints = advisor::complaints(settings.advisor, to_text(facts.now).substr(0, kDateLength));
  if (auto said = Advice::probe(advice_parts())) {
    std::ranges::move(*said, std::back_inserter(known.complaints));
  } else {
    known.complaints.push_back(said.error().message);
  }
  // Only who asks makes the file.
  if (platform::exists(advisor_path())) {
    const auto ledger = advisor::AdvisorState::open({.path = advisor_path()});
    const auto use = ledger ? (*ledger)->use(facts.now, {}) : Result<advisor::DayUse>(fail(ledger.error()));
    if (use) known.spent = use->spent;
    if (!use) known.ledger_trouble = use.error().message;
  }
  facts.advisor = std::move(known);
}

}  // namespace runneriq::app
