// One note per merge request, edited in place and resolved; one issue per signature.
#include "diagnosis/posting.hpp"

#include "tests/support/diagnosis_fakes.hpp"
#include "tests/support/note_maker.hpp"

#include <gtest/gtest.h>

namespace runneriq::diagnosis {
namespace {

using What = Posted::What;

PipelineDiagnosis failed(std::int64_t pipeline) {
  PipelineDiagnosis found = pipeline_with("x");
  found.pipeline.id = PipelineId{pipeline};
  return found;
}
PipelineDiagnosis passed(std::int64_t pipeline) {
  PipelineDiagnosis found = failed(pipeline);
  found.pipeline.status = "success";
  found.jobs.clear();
  return found;
}

struct Posting : testing::Test {
  MemoryDiscussions gitlab;
  PostingTerms terms{.words = {.opt_out_label = "runneriq::no-diagnosis"}, .issue_labels = {"ci", "failure"}};

  What note(const PipelineDiagnosis& found) {
    const auto posted = post_note(gitlab, found, terms);
    EXPECT_TRUE(posted) << posted.error().message;
    return posted ? posted->what : What::left_out;
  }
  What issue(const PipelineDiagnosis& found) {
    const auto posted = post_issue(gitlab, found, found.jobs[0], terms);
    EXPECT_TRUE(posted) << posted.error().message;
    return posted ? posted->what : What::left_out;
  }
};

TEST_F(Posting, OneNoteIsAddedEditedResolvedAndOpenedAgain) {
  EXPECT_EQ(note(failed(40)), What::added);
  EXPECT_EQ(note(failed(41)), What::edited);
  EXPECT_EQ(note_state(gitlab.notes.at(0).body)->pipeline, PipelineId{41});
  EXPECT_EQ(note(passed(42)), What::resolved);
  EXPECT_TRUE(gitlab.notes.at(0).body.find("Pipeline 41 had failed") != std::string::npos);
  EXPECT_EQ(note(passed(43)), What::unchanged);
  EXPECT_EQ(note(failed(44)), What::edited);
  EXPECT_EQ(gitlab.notes.size(), 1U);
}

TEST_F(Posting, OnlyTheMergeRequestsOwnPipelineResolves) {
  EXPECT_EQ(note(failed(40)), What::added);
  PipelineDiagnosis other = passed(42);
  other.merge_request->head_pipeline = PipelineId{43};
  EXPECT_EQ(note(other), What::left_out);
  PipelineDiagnosis child = passed(42);
  child.pipeline.source = "parent_pipeline";
  EXPECT_EQ(note(child), What::left_out);
  child.merge_request->head_pipeline = PipelineId{42};
  EXPECT_EQ(note(child), What::left_out);
  EXPECT_FALSE(note_state(gitlab.notes.at(0).body)->resolved);
  PipelineDiagnosis own = passed(42);
  own.merge_request->head_pipeline = PipelineId{42};
  EXPECT_EQ(note(own), What::resolved);
}

TEST_F(Posting, TheSameTwiceWritesOnce) {
  EXPECT_EQ(note(failed(40)), What::added);
  EXPECT_EQ(note(failed(40)), What::unchanged);
  EXPECT_EQ(gitlab.writes, 1);
}

TEST_F(Posting, AnOlderPipelineChangesNothing) {
  EXPECT_EQ(note(failed(40)), What::added);
  EXPECT_EQ(note(failed(39)), What::unchanged);
  EXPECT_EQ(note(passed(39)), What::unchanged);
  EXPECT_EQ(note(passed(40)), What::resolved) << "its job was retried";
  EXPECT_EQ(note(failed(39)), What::unchanged);
}

TEST_F(Posting, WhereThereIsNothingToSayNothingIsSaid) {
  EXPECT_EQ(note(passed(40)), What::left_out) << "no note to resolve";
  PipelineDiagnosis none = failed(40);
  none.jobs.clear();
  EXPECT_EQ(note(none), What::left_out);
  PipelineDiagnosis without = failed(40);
  without.merge_request.reset();
  EXPECT_EQ(note(without), What::left_out);
  EXPECT_EQ(gitlab.writes, 0);
}

TEST_F(Posting, AnOptOutLabelKeepsItAway) {
  PipelineDiagnosis unwanted = failed(40);
  unwanted.merge_request->labels = {"a", "runneriq::no-diagnosis"};
  const auto posted = post_note(gitlab, unwanted, terms);
  ASSERT_TRUE(posted);
  EXPECT_EQ(posted->what, What::left_out);
  EXPECT_NE(posted->why.find("runneriq::no-diagnosis"), std::string::npos);
  terms.words.opt_out_label = "";
  unwanted.merge_request->labels = {""};
  EXPECT_EQ(note(unwanted), What::added);
}

TEST_F(Posting, PipelinesThatPassedWithWarningsResolve) {
  EXPECT_EQ(note(failed(40)), What::added);
  PipelineDiagnosis warned = failed(41);
  warned.pipeline.status = "success";
  EXPECT_EQ(note(warned), What::resolved);
}

TEST_F(Posting, OfSeveralNotesTheOldestIsTheNote) {
  (void)gitlab.add_note({}, {}, note_markdown(failed(38), {}));
  (void)gitlab.add_note({}, {}, note_markdown(failed(39), {}));
  EXPECT_EQ(note(failed(40)), What::edited);
  EXPECT_EQ(note_state(gitlab.notes[0].body)->pipeline, PipelineId{40});
  EXPECT_EQ(note_state(gitlab.notes[1].body)->pipeline, PipelineId{39});
}

// What another part of ours wrote of a log may hold our mark, but does not begin with it.
TEST_F(Posting, ANoteThatOnlyQuotesTheMarkIsLeftAlone) {
  (void)gitlab.add_note({}, {}, "An alert:\n<!-- runneriq:diagnosis pipeline=900 failed -->\n");
  EXPECT_EQ(note(passed(40)), What::left_out);
  EXPECT_EQ(note(failed(40)), What::added);
  EXPECT_TRUE(gitlab.notes[0].body.starts_with("An alert"));
  EXPECT_EQ(note(failed(41)), What::edited);
  EXPECT_TRUE(gitlab.notes[0].body.starts_with("An alert"));
}

TEST_F(Posting, ErrorsOfGitLabAreHandedOn) {
  gitlab.outage = Error{Errc::unavailable, "503"};
  EXPECT_EQ(post_note(gitlab, failed(40), terms).error().code, Errc::unavailable);
  EXPECT_EQ(post_issue(gitlab, failed(40), failed(40).jobs[0], terms).error().code, Errc::unavailable);
  gitlab.outage.reset();
  gitlab.write_outage = Error{Errc::permission, "403"};
  EXPECT_EQ(post_note(gitlab, failed(40), terms).error().code, Errc::permission);
  EXPECT_EQ(post_issue(gitlab, failed(40), failed(40).jobs[0], terms).error().code, Errc::permission);
  gitlab.write_outage.reset();
  EXPECT_EQ(note(failed(40)), What::added);
  gitlab.write_outage = Error{Errc::timed_out, "slow"};
  EXPECT_EQ(post_note(gitlab, failed(41), terms).error().code, Errc::timed_out);
  EXPECT_EQ(gitlab.writes, 1);
}

TEST_F(Posting, OneIssueIsOpenedPerSignature) {
  EXPECT_EQ(issue(failed(40)), What::added);
  EXPECT_EQ(gitlab.last_labels, (std::vector<std::string>{"ci", "failure"}));
  const auto again = post_issue(gitlab, failed(41), failed(41).jobs[0], terms);
  ASSERT_TRUE(again);
  EXPECT_EQ(again->what, What::unchanged);
  EXPECT_EQ(again->page, "https://gitlab.example/acme/shop/-/issues/1");
  PipelineDiagnosis other = failed(42);
  other.jobs[0].diagnosis.signature = "fedcba9876543210";
  EXPECT_EQ(issue(other), What::added);
  gitlab.issues[1].state = "closed";
  EXPECT_EQ(issue(other), What::unchanged);
  EXPECT_EQ(gitlab.issues.size(), 2U);
}

TEST_F(Posting, ALogCannotKeepAnotherFailureFromHavingItsIssue) {
  PipelineDiagnosis forging = pipeline_with("runneriq-signature-fedcba9876543210");
  EXPECT_EQ(issue(forging), What::added);
  PipelineDiagnosis other = failed(42);
  other.jobs[0].diagnosis.signature = "fedcba9876543210";
  EXPECT_EQ(issue(other), What::added);
}

}  // namespace
}  // namespace runneriq::diagnosis
