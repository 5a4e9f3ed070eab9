#include "cli/tag_change.hpp"

#include "cli/json_text.hpp"
#include "cli/reading.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"
#include "core/joined.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace runneriq::cli {
namespace {

using nlohmann::json;
using scheduler::EditedRunner;
using scheduler::TagEdit;

// For all calls of one command; a person waits.
constexpr Duration kLimit = std::chrono::minutes{5};

struct DeskEdits {
  const ChosenRunners* chosen;
  std::vector<TagEdit> edits;
};

std::string name_of(const TagEdit& edit) {
  const std::string id = "runner " + std::to_string(edit.runner.runner.value());
  return edit.description.empty() ? id : id + " (" + on_one_line(edit.description) + ")";
}

std::string signed_tags(const std::vector<std::string>& tags, std::string_view sign) {
  std::string text;
  for (const std::string& tag : tags) text += " " + std::string(sign) + on_one_line(tag);
  return text;
}

std::string edit_text(const TagEdit& edit) {
  const std::string changes = signed_tags(edit.added, "+") + signed_tags(edit.removed, "-");
  const std::string start = name_of(edit) + ":";
  switch (edit.kind) {
    case TagEdit::Kind::planned:
      return wrapped(start + " ", "would change," + changes);
    case TagEdit::Kind::done:
      return wrapped(start + " ", "done," + changes);
    case TagEdit::Kind::failed:
      return wrapped(start + " ", "not changed: " + on_one_line(edit.why));
    case TagEdit::Kind::unchanged:
      break;
  }
  return start + " is so already\n";
}

std::string_view to_text(TagEdit::Kind kind) {
  constexpr std::array<std::string_view, 4> kTexts{"planned", "unchanged", "done", "failed"};
  return kTexts.at(static_cast<std::size_t>(kind));
}

json edit_document(const TagEdit& edit) {
  json document{{"runner_id", edit.runner.runner.value()},
                {"gitlab", edit.runner.gitlab.value()},
                {"runner", edit.description},
                {"state", to_text(edit.kind)},
                {"added", edit.added},
                {"removed", edit.removed}};
  if (!edit.why.empty()) document["why"] = edit.why;
  return document;
}

int count(const std::vector<DeskEdits>& all, TagEdit::Kind kind) {
  std::ptrdiff_t number = 0;
  for (const DeskEdits& desk : all) number += std::ranges::count(desk.edits, kind, &TagEdit::kind);
  return static_cast<int>(number);
}

std::string edits_text(const std::vector<DeskEdits>& all) {
  std::string text;
  for (const DeskEdits& desk : all) {
    for (const TagEdit& edit : desk.edits) text += edit_text(edit);
  }
  return text;
}

// What was found to be right needs no word before the question.
std::string plan_text(const std::vector<DeskEdits>& all) {
  std::string text;
  for (const DeskEdits& desk : all) {
    for (const TagEdit& edit : desk.edits) {
      if (edit.kind != TagEdit::Kind::unchanged) text += edit_text(edit);
    }
  }
  return text;
}

// Who talks ends the line.
std::string without_end(std::string text) {
  if (text.ends_with('\n')) text.pop_back();
  return text;
}

json edits_document(const std::vector<DeskEdits>& all) {
  json list = json::array();
  for (const DeskEdits& desk : all) {
    for (const TagEdit& edit : desk.edits) list.push_back(edit_document(edit));
  }
  return {{"runners", std::move(list)}};
}

std::vector<DeskEdits> plan(const std::vector<ChosenRunners>& chosen, const TagChange& change,
                            Time deadline) {
  std::vector<DeskEdits> all;
  for (const ChosenRunners& some : chosen) {
    all.push_back({&some, plan_edits(*some.desk.access, some.runners, change.wanted, deadline)});
  }
  return all;
}

// What was planned becomes what was done; the rest stays as it was found.
void apply(Session& session, TagDesks& desks, std::vector<DeskEdits>& all, const TagChange& change) {
  const Time now = session.waiter.now();
  const scheduler::EditOrder order{
      .event = change.event,
      .actor = session.actor,
      .audit = desks.audit(),
      .without_record = desks.audit() == nullptr ? scheduler::WithoutRecord::goes_on : change.without_record,
      .at = now,
      .deadline = now + kLimit};
  for (DeskEdits& desk : all) {
    const auto applied = apply_edits(*desk.chosen->desk.access, desk.edits, change.wanted, order);
    std::erase_if(desk.edits, [](const TagEdit& edit) { return edit.kind == TagEdit::Kind::planned; });
    desk.edits.insert(desk.edits.end(), applied.begin(), applied.end());
    std::ranges::sort(desk.edits, {}, &TagEdit::runner);
  }
  if (desks.audit() == nullptr) {
    session.out.talk("runneriq: not in the audit trail, since no loop has made a state file here yet");
  }
}

// Whether it may be done; tells why not.
bool consents(Session& session, const Invocation& invocation, const TagChange& change) {
  if (!change.warning.empty()) session.out.talk(change.warning);
  if (invocation.has("--yes")) return true;
  if (change.consent == TagChange::Consent::given && change.warning.empty()) return true;
  const auto answer = session.ask ? session.ask(change.question) : std::nullopt;
  if (!answer) session.out.talk("runneriq: nothing is changed: say --yes where nobody can be asked");
  if (answer && !*answer) session.out.talk("runneriq: nothing is changed");
  return answer.value_or(false);
}

void show(Session& session, const Invocation& invocation, const std::vector<DeskEdits>& all) {
  session.out.result(wants_json(invocation) ? pretty(edits_document(all)) : edits_text(all));
}

Exit exit_of(const std::vector<DeskEdits>& all) {
  const int failed = count(all, TagEdit::Kind::failed);
  if (failed == 0) return Exit::fine;
  return count(all, TagEdit::Kind::done) + count(all, TagEdit::Kind::unchanged) > 0 ? Exit::no : Exit::gitlab;
}

bool is_called(const gitlab::Runner& runner, const std::string& name) {
  return std::to_string(runner.id.value()) == name || runner.description == name;
}

EditedRunner edited(const gitlab::FleetReading& reading, const gitlab::Runner& runner) {
  return {{reading.gitlab, runner.id}, runner.description};
}

}  // namespace

Result<std::vector<gitlab::FleetReading>> read_all(const TagDesks& desks, Time now) {
  std::vector<gitlab::FleetReading> readings;
  for (const TagDesk& desk : desks.all()) {
    auto reading = desk.reader->read(now);
    if (!reading) return fail(std::move(reading.error()));
    readings.push_back(std::move(*reading));
  }
  return readings;
}

Result<std::vector<ChosenRunners>> choose_runners(const TagDesks& desks,
                                                  const std::vector<gitlab::FleetReading>& readings,
                                                  const std::vector<std::string>& names) {
  std::set<std::string> found;
  std::vector<ChosenRunners> chosen;
  for (std::size_t i = 0; i < readings.size(); ++i) {
    ChosenRunners some{desks.all()[i], {}};
    for (const gitlab::Runner& runner : readings[i].runners) {
      const auto name =
          std::ranges::find_if(names, [&](const auto& each) { return is_called(runner, each); });
      if (name != names.end()) found.insert(*name);
      if (names.empty() || name != names.end()) some.runners.push_back(edited(readings[i], runner));
    }
    chosen.push_back(std::move(some));
  }
  for (const std::string& name : names) {
    if (found.contains(name)) continue;
    return fail(Errc::not_found, "no runner has the id or description " + on_one_line(name) +
                                     ": `runneriq status` lists them");
  }
  return chosen;
}

std::vector<std::string> jobs_with(const std::vector<gitlab::FleetReading>& readings,
                                   const std::function<bool(std::string_view)>& tag) {
  std::vector<std::string> jobs;
  for (const gitlab::FleetReading& reading : readings) {
    for (const auto* list : {&reading.pending, &reading.running, &reading.finished}) {
      for (const gitlab::Job& job : *list) {
        if (std::ranges::none_of(job.tags, tag)) continue;
        jobs.push_back("job " + std::to_string(job.id.value()) + " '" + on_one_line(job.name) +
                       "' of project " + std::to_string(job.project.value()));
      }
    }
  }
  return jobs;
}

Exit change_tags(Session& session, const Invocation& invocation, TagDesks& desks,
                 const std::vector<ChosenRunners>& chosen, const TagChange& change) {
  std::vector<DeskEdits> all = plan(chosen, change, session.waiter.now() + kLimit);
  const int planned = count(all, TagEdit::Kind::planned);
  if (planned > 0) {
    if (!wants_json(invocation)) session.out.talk(without_end(plan_text(all)));
    if (!consents(session, invocation, change)) {
      if (wants_json(invocation)) show(session, invocation, all);
      return Exit::no;
    }
    apply(session, desks, all, change);
  }
  show(session, invocation, all);
  return exit_of(all);
}

}  // namespace runneriq::cli
