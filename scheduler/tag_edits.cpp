#include "scheduler/tag_edits.hpp"

#include "core/json_text.hpp"
#include "core/tag_names.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <iterator>
#include <set>
#include <utility>

namespace runneriq::scheduler {
namespace {

using gitlab::RunnerTags;
using gitlab::TagWrite;
using gitlab::WriteOutcome;
using nlohmann::json;

bool has(const RunnerTags& runner, std::string_view tag) {
  return std::ranges::find(runner.tags, tag) != runner.tags.end();
}

std::vector<std::string> sorted(const std::set<std::string>& tags) {
  return {tags.begin(), tags.end()};
}

std::set<std::string> as_set(const std::vector<std::string>& tags) {
  return {tags.begin(), tags.end()};
}

std::vector<std::string> missing_from(const std::vector<std::string>& all,
                                      const std::vector<std::string>& some) {
  std::vector<std::string> missing;
  std::ranges::set_difference(all, some, std::back_inserter(missing));
  return missing;
}

// GitLab would refuse it, with words that say less.
std::string hindrance(const RunnerTags& runner, const std::vector<std::string>& after) {
  if (after.size() > gitlab::kMostTags) {
    return "the runner would have " + std::to_string(after.size()) + " tags, and GitLab takes at most " +
           std::to_string(gitlab::kMostTags);
  }
  if (after.empty() && !runner.run_untagged) {
    return "the runner would be without tags while it refuses untagged jobs: give it a tag of its own first";
  }
  return "";
}

TagEdit failed(TagEdit edit, std::string why) {
  edit.kind = TagEdit::Kind::failed;
  edit.why = std::move(why);
  return edit;
}

TagEdit planned(TagEdit edit, const RunnerTags& now, const NewTags& wanted) {
  edit.before = sorted(as_set(now.tags));
  edit.after = wanted(edit.runner, now);
  edit.added = missing_from(edit.after, edit.before);
  edit.removed = missing_from(edit.before, edit.after);
  edit.kind = edit.added.empty() && edit.removed.empty() ? TagEdit::Kind::unchanged : TagEdit::Kind::planned;
  if (edit.kind == TagEdit::Kind::unchanged) return edit;
  if (std::string why = hindrance(now, edit.after); !why.empty())
    return failed(std::move(edit), std::move(why));
  return edit;
}

std::vector<RunnerId> ids_of(std::span<const TagEdit> edits) {
  std::vector<RunnerId> ids;
  for (const TagEdit& edit : edits) ids.push_back(edit.runner.runner);
  return ids;
}

std::vector<TagEdit> read_and_plan(gitlab::RunnerTagAccess& access, std::vector<TagEdit> edits,
                                   const NewTags& wanted, Time deadline) {
  const auto read = access.read(ids_of(edits), deadline);
  for (std::size_t i = 0; i < edits.size(); ++i) {
    edits[i] = read[i] ? planned(std::move(edits[i]), *read[i], wanted)
                       : failed(std::move(edits[i]), read[i].error().message);
  }
  return edits;
}

json document_of(const TagEdit& edit) {
  return {{"gitlab", edit.runner.gitlab.value()},
          {"runner_id", edit.runner.runner.value()},
          {"runner", edit.description},
          {"added", edit.added},
          {"removed", edit.removed}};
}

AuditEntry entry(const EditOrder& order, std::string event, const json& document) {
  return {.at = order.at,
          .actor = order.actor,
          .trust = "person",
          .event = std::move(event),
          .document = ascii_json_line(document)};
}

bool is_planned(const TagEdit& edit) {
  return edit.kind == TagEdit::Kind::planned;
}

Result<void> record_intents(std::span<const TagEdit> edits, const EditOrder& order) {
  if (order.audit == nullptr) return fail(Errc::unavailable, "there is no audit trail");
  std::vector<AuditEntry> entries;
  for (const TagEdit& edit : edits) {
    if (is_planned(edit)) entries.push_back(entry(order, order.event, document_of(edit)));
  }
  return order.audit->append_all(entries);
}

std::string_view outcome_word(TagEdit::Kind kind) {
  return kind == TagEdit::Kind::done ? "done" : "failed";
}

// Trouble with it changes nothing any more: the intents tell what there is to look after.
void record_outcomes(std::span<const TagEdit> edits, const EditOrder& order) {
  if (order.audit == nullptr) return;
  std::vector<AuditEntry> entries;
  for (const TagEdit& edit : edits) {
    json document = document_of(edit);
    document["outcome"] = outcome_word(edit.kind);
    if (!edit.why.empty()) document["why"] = edit.why;
    entries.push_back(entry(order, order.event + "_outcome", document));
  }
  (void)order.audit->append_all(entries);
}

std::vector<TagWrite> writes_of(std::span<TagEdit* const> edits) {
  std::vector<TagWrite> writes;
  for (const TagEdit* edit : edits) writes.push_back({edit->runner.runner, edit->after});
  return writes;
}

// What GitLab says now, whatever it answered to the write.
void verify(gitlab::RunnerTagAccess& access, std::span<TagEdit* const> edits,
            const std::vector<WriteOutcome>& outcomes, const NewTags& wanted, Time deadline) {
  std::vector<RunnerId> ids;
  for (const TagEdit* edit : edits) ids.push_back(edit->runner.runner);
  const auto read = access.read(ids, deadline);
  for (std::size_t i = 0; i < edits.size(); ++i) {
    TagEdit& edit = *edits[i];
    const bool as_wanted = read[i] && sorted(as_set(read[i]->tags)) == wanted(edit.runner, *read[i]);
    if (as_wanted) {
      edit.kind = TagEdit::Kind::done;
    } else if (outcomes[i].kind != WriteOutcome::Kind::applied) {
      edit = failed(std::move(edit), outcomes[i].error.message);
    } else {
      edit = failed(std::move(edit), read[i] ? "somebody else changed its tags at the same time: try again"
                                             : "written, but not read back: " + read[i].error().message);
    }
  }
}

}  // namespace

std::vector<std::string> with_baseline(const RunnerTags& now, const Lanes& lanes) {
  std::set<std::string> tags = as_set(now.tags);
  tags.insert(lanes.tags().begin(), lanes.tags().end());
  tags.emplace(kManagedTag);
  return sorted(tags);
}

std::vector<std::string> without_baseline(const RunnerTags& now, const Lanes& lanes) {
  std::set<std::string> tags = as_set(now.tags);
  for (const std::string& lane : lanes.tags()) tags.erase(lane);
  tags.erase(std::string(kManagedTag));
  tags.erase(std::string(kSteeredTag));
  return sorted(tags);
}

std::vector<std::string> reset(const RunnerTags& now, const Lanes& lanes) {
  std::set<std::string> tags = as_set(now.tags);
  std::erase_if(tags, [](const std::string& tag) { return is_grant(tag) || tag == kSteeredTag; });
  if (has(now, kManagedTag) || has(now, kSteeredTag)) tags.insert(lanes.tags().begin(), lanes.tags().end());
  return sorted(tags);
}

std::vector<std::string> purged(const RunnerTags& now) {
  std::set<std::string> tags = as_set(now.tags);
  std::erase_if(tags, is_ours);
  return sorted(tags);
}

std::vector<TagEdit> plan_edits(gitlab::RunnerTagAccess& access, std::span<const EditedRunner> runners,
                                const NewTags& wanted, Time deadline) {
  std::vector<TagEdit> edits;
  for (const EditedRunner& runner : runners) {
    TagEdit edit;
    edit.runner = runner.key;
    edit.description = runner.description;
    edits.push_back(std::move(edit));
  }
  return read_and_plan(access, std::move(edits), wanted, deadline);
}

std::vector<TagEdit> apply_edits(gitlab::RunnerTagAccess& access, std::span<const TagEdit> planned,
                                 const NewTags& wanted, const EditOrder& order) {
  std::vector<TagEdit> edits;
  std::ranges::copy_if(planned, std::back_inserter(edits), is_planned);
  edits = read_and_plan(access, std::move(edits), wanted, order.deadline);
  const Result<void> recorded = record_intents(edits, order);
  std::vector<TagEdit*> writing;
  for (TagEdit& edit : edits) {
    if (!is_planned(edit)) continue;
    if (recorded || order.without_record == WithoutRecord::goes_on) {
      writing.push_back(&edit);
    } else {
      edit = failed(std::move(edit), "not written, as it could not be recorded: " + recorded.error().message);
    }
  }
  const auto outcomes = access.write(writes_of(writing), order.deadline);
  verify(access, writing, outcomes, wanted, order.deadline);
  record_outcomes(edits, order);
  return edits;
}

}  // namespace runneriq::scheduler
