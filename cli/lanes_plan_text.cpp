#include "cli/lanes_plan.hpp"
#include "cli/words.hpp"
#include "core/joined.hpp"
#include "core/printable.hpp"

#include <nlohmann/json.hpp>

#include <cmath>

namespace runneriq::cli {
namespace {

using scheduler::LaneRule;
using scheduler::LaneScope;

std::string share_text(const LaneRule& rule, std::size_t past_jobs) {
  if (past_jobs == 0) return "";
  const double percent = 100.0 * static_cast<double>(rule.past_jobs) / static_cast<double>(past_jobs);
  return "; " + std::to_string(std::lround(percent)) + " % of the fleet's last " +
         counted(static_cast<std::int64_t>(past_jobs), "job");
}

void add_line(std::string& text, const std::string& line) {
  text += "# " + on_one_line(line) + "\n";
}

void add_rules(std::string& text, const LaneProposal& proposal) {
  for (const LaneRule& rule : proposal.plan.rules) {
    add_line(text, rule.pipelines + ": " + std::string(proposal.lanes.name(rule.lane)) + " (" + rule.reason +
                       share_text(rule, proposal.past_jobs) + ")");
  }
}

void add_jobs(std::string& text, const LaneProposal& proposal) {
  for (const scheduler::PlannedJob& job : proposal.plan.jobs) {
    if (!job.lane) continue;
    add_line(text, "job " + quoted_text(job.name) + ": " + std::string(proposal.lanes.name(job.lane->lane)) +
                       " (" + job.lane->reason + ")");
  }
}

std::string_view unchecked(const LaneProposal& proposal) {
  if (proposal.runners_checked) return "";
  return "the runners were not checked: each runner that takes these jobs today must carry all lanes "
         "(`runneriq lanes install`), or jobs will wait for ever; with --project and a token they are";
}

std::string outcome(const LaneProposal& proposal) {
  if (!proposal.plan.refusals.empty()) return "no patch is proposed, for the reasons above";
  return proposal.patch.empty() ? "nothing is to be added: the lanes are there" : "";
}

std::vector<std::string> notes_of(const LaneProposal& proposal) {
  std::vector<std::string> notes = proposal.plan.notes;
  if (const auto note = unchecked(proposal); !note.empty()) notes.emplace_back(note);
  return notes;
}

nlohmann::json rule_document(const LaneRule& rule, const LaneProposal& proposal) {
  nlohmann::json document{
      {"if", rule.condition},  {"pipelines", rule.pipelines},      {"lane", proposal.lanes.name(rule.lane)},
      {"reason", rule.reason}, {"expected_work_seconds", nullptr}, {"share_of_jobs", nullptr}};
  if (rule.work) {
    document["expected_work_seconds"] = std::chrono::duration_cast<std::chrono::seconds>(*rule.work).count();
  }
  if (proposal.past_jobs > 0) {
    document["share_of_jobs"] = static_cast<double>(rule.past_jobs) / static_cast<double>(proposal.past_jobs);
  }
  return document;
}

nlohmann::json job_document(const scheduler::PlannedJob& job, const LaneProposal& proposal) {
  nlohmann::json document{{"name", job.name},
                          {"line", job.line > 0 ? nlohmann::json(job.line) : nlohmann::json(nullptr)},
                          {"tags", job.tags},
                          {"gets_lane", job.gets_lane}};
  if (job.lane) {
    document["lane"] = proposal.lanes.name(job.lane->lane);
    document["reason"] = job.lane->reason;
  }
  return document;
}

}  // namespace

Result<std::string> name_in_patch(std::string_view file) {
  while (file.starts_with("./")) file.remove_prefix(2);
  const bool outside =
      file.starts_with('/') || file.starts_with("../") || file.find("/../") != std::string_view::npos;
  if (outside) file.remove_prefix(file.rfind('/') + 1);
  if (!file.empty() && printable_path(file) == file && file.find_first_of("\"\\") == std::string_view::npos) {
    return std::string(file);
  }
  return fail(Errc::invalid_argument, "a patch cannot name the file " + quoted_text(file) + ": rename it");
}

std::string proposal_text(const LaneProposal& proposal) {
  std::string text;
  const bool per_job = proposal.plan.scope == LaneScope::job;
  if (!per_job && !proposal.plan.rules.empty()) {
    add_line(text, "One lane per pipeline, " + std::string(proposal.lanes.name(proposal.plan.default_lane)) +
                       " where no rule says more:");
  }
  add_rules(text, proposal);
  add_jobs(text, proposal);
  for (const std::string& note : notes_of(proposal)) add_line(text, "note: " + note);
  for (const std::string& refusal : proposal.plan.refusals) add_line(text, "refused: " + refusal);
  if (const std::string end = outcome(proposal); !end.empty()) add_line(text, end);
  return text + proposal.patch;
}

nlohmann::json proposal_document(const LaneProposal& proposal) {
  nlohmann::json rules = nlohmann::json::array();
  for (const LaneRule& rule : proposal.plan.rules) rules.push_back(rule_document(rule, proposal));
  nlohmann::json jobs = nlohmann::json::array();
  for (const scheduler::PlannedJob& job : proposal.plan.jobs) jobs.push_back(job_document(job, proposal));
  return {{"file", proposal.file},
          {"scope", proposal.plan.scope == LaneScope::job ? "job" : "pipeline"},
          {"default_lane", proposal.lanes.name(proposal.plan.default_lane)},
          {"rules", std::move(rules)},
          {"jobs", std::move(jobs)},
          {"notes", notes_of(proposal)},
          {"refusals", proposal.plan.refusals},
          {"runners_checked", proposal.runners_checked},
          {"patch", proposal.patch}};
}

}  // namespace runneriq::cli
