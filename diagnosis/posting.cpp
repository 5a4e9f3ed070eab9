#include "diagnosis/posting.hpp"

#include <algorithm>

namespace runneriq::diagnosis {
namespace {

using What = Posted::What;

// What may hold a masked value is shown to nobody.
Error not_now(const PipelineDiagnosis& found) {
  return {Errc::unavailable, "nothing is posted: " + found.not_to_be_posted};
}

Posted left_out(std::string why) {
  return {.what = What::left_out, .why = std::move(why)};
}

bool is_unwanted(const gitlab::MergeRequestPage& merge_request, const PostingTerms& terms) {
  const std::string& label = terms.words.opt_out_label;
  return !label.empty() && std::ranges::find(merge_request.labels, label) != merge_request.labels.end();
}

// A note that tells of a newer pipeline, or has said this already.
bool is_settled(const NoteState& state, const gitlab::Pipeline& pipeline, bool passed) {
  if (state.pipeline.value() > pipeline.id.value()) return true;
  return passed && state.resolved;
}

// A child pipeline that passes says nothing of the jobs beside it, nor one that is not the latest.
bool may_resolve(const PipelineDiagnosis& found) {
  const PipelineId head = found.merge_request->head_pipeline;
  return found.pipeline.source != "parent_pipeline" && (head == PipelineId{} || head == found.pipeline.id);
}

Result<Posted> edit(gitlab::Discussions& discussions, const PipelineDiagnosis& found,
                    const gitlab::Note& note, const std::string& body, What what) {
  if (note.body == body) return Posted{.what = What::unchanged, .why = "the note says so already"};
  auto edited = discussions.edit_note(found.project.id, found.merge_request->iid, note.id, body);
  if (!edited) return fail(std::move(edited.error()));
  return Posted{.what = what};
}

}  // namespace

std::string_view to_text(Posted::What what) {
  switch (what) {
    case What::added:
      return "added";
    case What::edited:
      return "edited";
    case What::resolved:
      return "resolved";
    case What::unchanged:
      return "unchanged";
    case What::left_out:
      return "left out";
  }
  return "left out";
}

Result<Posted> post_note(gitlab::Discussions& discussions, const PipelineDiagnosis& found,
                         const PostingTerms& terms) {
  if (!found.not_to_be_posted.empty()) return fail(not_now(found));
  if (!found.merge_request) return left_out("the pipeline belongs to no merge request");
  if (is_unwanted(*found.merge_request, terms))
    return left_out("the merge request bears the label " + terms.words.opt_out_label);
  const bool passed = found.pipeline.status == "success";
  if (passed && !may_resolve(found)) return left_out("it is not the merge request's latest pipeline");
  const ProjectId project = found.project.id;
  const MergeRequestIid iid = found.merge_request->iid;
  auto notes = discussions.own_notes(project, iid, kNoteMark);
  if (!notes) return fail(std::move(notes.error()));
  if (!passed && found.jobs.empty()) return left_out("no job of the pipeline has failed");
  // What only quotes our mark is no note of ours.
  const auto ours = std::ranges::find_if(
      *notes, [](const gitlab::Note& note) { return note_state(note.body).has_value(); });
  if (ours == notes->end()) {
    if (passed) return left_out("there is no note to resolve");
    auto added = discussions.add_note(project, iid, note_markdown(found, terms.words));
    if (!added) return fail(std::move(added.error()));
    return Posted{.what = What::added};
  }
  const gitlab::Note& note = *ours;
  const NoteState state = *note_state(note.body);
  if (is_settled(state, found.pipeline, passed))
    return Posted{.what = What::unchanged, .why = "the note tells of a newer pipeline, or is resolved"};
  if (passed) return edit(discussions, found, note, resolved_markdown(found.pipeline, state), What::resolved);
  return edit(discussions, found, note, note_markdown(found, terms.words), What::edited);
}

Result<Posted> post_issue(gitlab::Discussions& discussions, const PipelineDiagnosis& found,
                          const DiagnosedJob& job, const PostingTerms& terms) {
  if (!found.not_to_be_posted.empty()) return fail(not_now(found));
  const std::string mark = issue_mark(job.diagnosis.signature);
  auto known = discussions.own_issue(found.project.id, mark);
  if (!known) return fail(std::move(known.error()));
  if (*known)
    return Posted{
        .what = What::unchanged, .why = "there is an issue for this failure", .page = (*known)->page};
  const IssueText text = issue_text(found, job);
  auto created = discussions.create_issue(found.project.id, text.title, text.description, terms.issue_labels);
  if (!created) return fail(std::move(created.error()));
  return Posted{.what = What::added, .why = {}, .page = created->page};
}

}  // namespace runneriq::diagnosis
