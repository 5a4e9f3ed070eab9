#include "scheduler/action_bridge/tag_round.hpp"

#include "core/joined.hpp"
#include "core/printable.hpp"
#include "core/tag_names.hpp"
#include "scheduler/action_bridge/bridge_records.hpp"
#include "scheduler/lease_tags.hpp"
#include "scheduler/steering.hpp"

#include <algorithm>
#include <iterator>
#include <utility>

namespace runneriq::scheduler {
namespace {

std::string name(const RunnerKey& runner) {
  return "runner " + std::to_string(runner.runner.value());
}

std::string listed(std::span<const std::string> tags) {
  return tags.empty() ? "none" : printable(joined(tags, ", "), 400);
}

TagSet users_of(const std::vector<std::string>& tags) {
  return user_tags(set_of(tags));
}

// But for runneriq:steered, which says nothing to people.
TagSet ours_of(const std::vector<std::string>& tags) {
  return without(our_tags(set_of(tags)), {std::string(kSteeredTag)});
}

}  // namespace

void TagRound::run(const GitLabUrl& gitlab, std::span<const RunnerId> runners) {
  read(gitlab, runners);
  record_looks();
  plan();
  const Subjects reverts = those_to(true);
  send(reverts);
  const bool all_back =
      std::ranges::all_of(reverts, [](const Subject* s) { return s->fate == Fate::applied; });
  all_open_ = all_open_ && all_back;
  change(those_to(false));
  verify();
  record_looks();
  close();
}

// ---- reading ------------------------------------------------------------------------------

void TagRound::read(const GitLabUrl& gitlab, std::span<const RunnerId> runners) {
  const auto all = access_.read(runners, deadline_);
  std::vector<Error> troubles;
  for (std::size_t at = 0; at < runners.size() && at < all.size(); ++at) {
    const RunnerKey key{gitlab, runners[at]};
    if (!all[at]) {
      take_unread(key, all[at].error(), troubles);
      continue;
    }
    look(key, *all[at]);
    subjects_.push_back(
        {.key = key, .before = *all[at], .write = {}, .trouble = {}, .step = {}, .decision = {}});
  }
  if (troubles.empty()) return;
  context_.round.sentences.push_back(
      "the tags of " + std::to_string(troubles.size()) +
      " runners could not be read, of the first: " + printable(troubles.front().message, 400));
}

void TagRound::take_unread(const RunnerKey& runner, const Error& error, std::vector<Error>& troubles) {
  if (error.code == Errc::not_found) {
    context_.round.gone.push_back(runner);
    return;
  }
  context_.round.unread.push_back(runner);
  troubles.push_back(error);
  if (context_.book.live_of(runner, now()).empty()) all_open_ = false;
  // What is owed counts only while GitLab can be reached.
  if (error.code == Errc::timed_out || error.code == Errc::unavailable) context_.memory.owed.erase(runner);
}

void TagRound::look(const RunnerKey& runner, const gitlab::RunnerTags& tags) {
  notice_late_write(runner, tags);
  const Seen seen = context_.book.look(runner, tags, now(), changes_);
  if (seen.kind == Seen::Kind::changed_by_a_person) note_person("changed_by_person", runner, seen);
  if (seen.kind == Seen::Kind::released) note_person("released", runner, seen);
}

void TagRound::note_person(std::string_view event, const RunnerKey& runner, const Seen& seen) {
  // The plan was made before: it may count on this runner as the open one of a pool.
  all_open_ = false;
  const bool released = event == "released";
  const std::string what =
      released ? "no longer carries runneriq:managed and is left alone from now on"
               : "was changed by a person, which counts from now on (added: " + listed(seen.added) +
                     "; removed: " + listed(seen.removed) + ")";
  context_.round.sentences.push_back(name(runner) + " " + what);
  const SteeringStep step{.kind = SteeringStep::Kind::planned,
                          .runner = runner,
                          .description = {},
                          .removed = seen.removed,
                          .added = seen.added,
                          .job = {},
                          .reason = name(runner) + " " + what};
  persons_.push_back(record_of(event, step, "", context_.mode, now().wall));
}

void TagRound::notice_late_write(const RunnerKey& runner, const gitlab::RunnerTags& tags) {
  auto& late_writes = context_.memory.late_writes;
  const auto late = late_writes.find(runner);
  if (late == late_writes.end()) return;
  const TagSet users = users_of(tags.tags);
  const bool undone = users != late->second.seen && users == late->second.users;
  late->second.seen = users;
  if (undone) {
    breach(Breach::user_tags_differ, "a late write of ours has put the users' tags of " + name(runner) +
                                         " back to " + listed(list_of(users)) + ": check them");
  }
  if (undone || now().steady > late->second.until) late_writes.erase(late);
}

void TagRound::record_looks() {
  const LeaseChanges changes = std::exchange(changes_, {});
  context_.memory.explain(changes);
  if (!changes.empty()) {
    if (context_.ports.store == nullptr) {
      sound_ = false;
    } else if (auto done = context_.ports.store->record(changes, now().wall); !done) {
      sound_ = false;
      context_.book.take_back(changes);
      context_.round.sentences.push_back("what was seen of runners could not be recorded: " +
                                         done.error().message);
    }
  }
  append(std::exchange(persons_, {}));
}

// ---- planning -----------------------------------------------------------------------------

void TagRound::plan() {
  for (Subject& subject : subjects_) {
    subject.write = context_.book.target(subject.key, subject.before, now());
    if (!subject.write) {
      refuse(subject);
      continue;
    }
    subject.reverts = context_.book.is_revert(subject.key, subject.before, *subject.write);
    if (!subject.reverts) step_back_first(subject);
    describe(subject);
  }
}

// What is given back must not wait for what may be changed, nor for its budget: that comes in a round after.
void TagRound::step_back_first(Subject& subject) {
  auto back = context_.book.steps_back(subject.key, subject.before, now());
  if (!back) return;
  subject.write = std::move(back);
  subject.reverts = true;
  context_.round.halfway.push_back(subject.key);
}

// It should be written, but what would be written GitLab does not take.
void TagRound::refuse(const Subject& subject) {
  std::string why = context_.book.why_no_target(subject.key, subject.before, now());
  if (why.empty()) return;
  context_.round.steps.push_back({.kind = SteeringStep::Kind::refused,
                                  .runner = subject.key,
                                  .description = {},
                                  .removed = {},
                                  .added = {},
                                  .job = {},
                                  .reason = std::move(why)});
}

void TagRound::describe(Subject& subject) {
  const TagSet before = ours_of(subject.before.tags);
  const TagSet after = ours_of(subject.write->tags);
  subject.step = {.kind = SteeringStep::Kind::planned,
                  .runner = subject.key,
                  .description = {},
                  .removed = list_of(without(before, after)),
                  .added = list_of(without(after, before)),
                  .job = {},
                  .reason = "no lease says otherwise"};
  const std::vector<Lease> leases = context_.book.live_of(subject.key, now());
  const auto over = context_.memory.over.find(subject.key);
  if (!leases.empty()) {
    subject.step.job = leases.front().cause;
    subject.step.reason = leases.front().reason;
    subject.decision = leases.front().decision;
  } else if (over != context_.memory.over.end()) {
    subject.step.job = over->second.job;
    subject.step.reason = over->second.because;
  }
}

TagRound::Subjects TagRound::those_to(bool revert) {
  Subjects chosen;
  for (Subject& subject : subjects_) {
    if (subject.write && subject.reverts == revert) chosen.push_back(&subject);
  }
  return chosen;
}

// ---- changing -----------------------------------------------------------------------------

void TagRound::change(Subjects subjects) {
  if (subjects.empty()) return;
  if (const std::string why = hindrance(); !why.empty()) return hold_back(subjects, why);
  subjects = within_budget(std::move(subjects));
  if (subjects.empty()) return;
  if (!announce(subjects)) return hold_back(subjects, "the intent could not be written to the audit trail");
  if (const std::string why = hindrance(); !why.empty()) return hold_back(subjects, why);
  subjects = still_wanted(subjects);
  if (context_.ports.budget != nullptr) {
    for (std::size_t at = 0; at < subjects.size(); ++at) context_.ports.budget->take(now());
  }
  send(subjects);
}

// Why nothing is to be changed now; "" = nothing hinders.
std::string TagRound::hindrance() {
  const BridgePorts& ports = context_.ports;
  if (context_.mode == TrustMode::advisory) return "only reverts are made now";
  if (ports.store == nullptr) return "there is no state file";
  if (ports.audit == nullptr) return "there is no audit trail";
  if (!sound_) return "not everything could be recorded";
  if (ports.stopped_by_kill_switch && ports.stopped_by_kill_switch()) return "the kill-switch file is there";
  if (!all_open_) return "another runner that should be open may not be";
  if (now().wall >= deadline_) return "the time of this round was over";
  return "";
}

TagRound::Subjects TagRound::within_budget(Subjects subjects) {
  if (context_.ports.budget == nullptr) return subjects;
  const auto left = static_cast<std::size_t>(context_.ports.budget->left(now()));
  if (subjects.size() <= left) return subjects;
  hold_back({subjects.begin() + static_cast<std::ptrdiff_t>(left), subjects.end()},
            "there were enough changes in this minute");
  subjects.resize(left);
  return subjects;
}

bool TagRound::announce(const Subjects& subjects) {
  std::vector<AuditEntry> intents;
  for (const Subject* subject : subjects) {
    intents.push_back(record_of(kind_of_change(subject->step), subject->step, subject->decision,
                                context_.mode, now().wall));
  }
  append(intents);
  return sound_;
}

// The disk took its time: what is sent has to be what the leases say at that moment.
TagRound::Subjects TagRound::still_wanted(const Subjects& subjects) {
  Subjects left;
  for (Subject* subject : subjects) {
    const auto target = context_.book.target(subject->key, subject->before, now());
    if (target && set_of(target->tags) == set_of(subject->write->tags)) {
      left.push_back(subject);
    } else {
      hold_back({subject}, "its lease has ended meanwhile");
    }
  }
  return left;
}

void TagRound::hold_back(const Subjects& subjects, const std::string& why) {
  for (Subject* subject : subjects) {
    subject->fate = Fate::held_back;
    subject->trouble = why;
  }
}

// ---- writing ------------------------------------------------------------------------------

void TagRound::send(const Subjects& subjects) {
  if (subjects.empty()) return;
  std::vector<gitlab::TagWrite> writes;
  for (const Subject* subject : subjects) writes.push_back(*subject->write);
  const auto outcomes = access_.write(writes, deadline_);
  for (std::size_t at = 0; at < subjects.size() && at < outcomes.size(); ++at) {
    take_outcome(*subjects[at], outcomes[at]);
  }
}

void TagRound::take_outcome(Subject& subject, const gitlab::WriteOutcome& outcome) {
  using Kind = gitlab::WriteOutcome::Kind;
  subject.fate = outcome.kind == Kind::applied   ? Fate::applied
                 : outcome.kind == Kind::refused ? Fate::refused
                                                 : Fate::unknown;
  subject.trouble = printable(outcome.error.message, 400);
  if (subject.fate == Fate::refused) {
    // Refused for want of time, nothing has left.
    if (outcome.error.code != Errc::timed_out) ++context_.round.writes;
    if (outcome.error.code == Errc::permission)
      breach(Breach::token_lost_scope, "GitLab refuses to change runners: " + subject.trouble);
    return;
  }
  ++context_.round.writes;
  context_.book.has_written(subject.key, *subject.write, now());
  if (subject.fate == Fate::applied) check_users_tags(subject, outcome.after);
}

void TagRound::check_users_tags(const Subject& subject, const gitlab::RunnerTags& after) {
  const TagSet sent = users_of(subject.before.tags);
  const TagSet found = users_of(after.tags);
  if (sent == found) return;
  breach(Breach::user_tags_differ, "after a write of ours the users' tags of " + name(subject.key) + " are " +
                                       listed(list_of(found)) + " where " + listed(list_of(sent)) +
                                       " were read before");
}

// ---- verifying ----------------------------------------------------------------------------

void TagRound::verify() {
  Subjects written;
  std::vector<RunnerId> ids;
  for (Subject& subject : subjects_) {
    if (subject.fate != Fate::applied && subject.fate != Fate::unknown) continue;
    written.push_back(&subject);
    ids.push_back(subject.key.runner);
  }
  if (ids.empty()) return;
  const auto all = access_.read(ids, deadline_);
  for (std::size_t at = 0; at < ids.size() && at < all.size(); ++at) take_verification(*written[at], all[at]);
}

void TagRound::take_verification(Subject& subject, const Result<gitlab::RunnerTags>& after) {
  const bool known = subject.fate == Fate::applied;
  if (after) {
    look(subject.key, *after);
    if (!known && our_tags(set_of(after->tags)) == our_tags(set_of(subject.write->tags)))
      subject.fate = Fate::applied;
  } else if (after.error().code == Errc::not_found) {
    context_.round.gone.push_back(subject.key);
  } else if (!known) {
    context_.round.unread.push_back(subject.key);
  }
  if (subject.fate != Fate::unknown) return;
  context_.memory.late_writes[subject.key] = {
      .users = users_of(subject.write->tags),
      .seen = users_of(after ? after->tags : subject.before.tags),
      .until = now().steady + context_.book.terms().watch_after_write};
}

// ---- telling ------------------------------------------------------------------------------

void TagRound::close() {
  std::vector<AuditEntry> outcomes;
  for (Subject& subject : subjects_) {
    keep_account(subject);
    if (subject.write) report(subject, outcomes);
  }
  append(outcomes);
}

void TagRound::keep_account(const Subject& subject) {
  auto& owed = context_.memory.owed;
  if (!subject.write || subject.fate == Fate::applied) {
    owed.erase(subject.key);
    if (subject.reverts) context_.memory.over.erase(subject.key);
    return;
  }
  context_.round.owed.push_back(subject.key);
  if (!subject.reverts) return;
  const Duration steady = now().steady;
  const auto since = owed.try_emplace(subject.key, steady).first;
  if (steady - since->second <= context_.ports.revert_limit) return;
  since->second = steady;
  breach(Breach::revert_failed, name(subject.key) + std::string(kNotAtRest) + subject.trouble);
}

void TagRound::report(Subject& subject, std::vector<AuditEntry>& entries) {
  SteeringStep& step = subject.step;
  std::string event;
  if (subject.fate == Fate::applied) {
    step.kind = subject.reverts ? SteeringStep::Kind::reverted : SteeringStep::Kind::applied;
    event = subject.reverts ? "reverted" : std::string(kind_of_change(step)) + "_applied";
  } else {
    const bool refused = subject.fate == Fate::refused;
    step.kind = refused ? SteeringStep::Kind::refused : SteeringStep::Kind::planned;
    step.reason += "; not done: " + subject.trouble;
    if (refused) event = "write_refused";
    if (subject.fate == Fate::unknown) event = "write_unknown";
  }
  if (!event.empty()) entries.push_back(record_of(event, step, subject.decision, context_.mode, now().wall));
  context_.round.steps.push_back(std::move(step));
}

void TagRound::append(std::span<const AuditEntry> entries) {
  if (entries.empty() || context_.ports.audit == nullptr) return;
  const auto done = context_.ports.audit->append_all(entries);
  if (done) return;
  sound_ = false;
  breach(Breach::audit_unwritable, "the audit trail cannot be written: " + done.error().message);
}

void TagRound::breach(Breach breach, std::string sentence) {
  auto& sentences = context_.round.sentences;
  if (std::ranges::find(sentences, sentence) == sentences.end()) sentences.push_back(std::move(sentence));
  auto& breaches = context_.round.breaches;
  if (std::ranges::find(breaches, breach) == breaches.end()) breaches.push_back(breach);
}

}  // namespace runneriq::scheduler
