// One note per merge request, edited in place; one issue per signature. Pure but for the port.
#pragma once

#include "diagnosis/report.hpp"
#include "gitlab/discussions.hpp"

#include <string>
#include <vector>

namespace runneriq::diagnosis {

struct PostingTerms {
  ReportWords words{};
  std::vector<std::string> issue_labels{};
};

struct Posted {
  enum class What {
    added,      // a note or issue that was not there
    edited,     // the note tells of this pipeline now
    resolved,   // the note says that it is over
    unchanged,  // it said so already, or tells of a newer pipeline
    left_out,   // nothing to say, nowhere to say it, or not wanted: see `why`
  };
  What what = What::left_out;
  std::string why{};
  std::string page{};  // of an issue
};
std::string_view to_text(Posted::What what);

// The note for a pipeline that ended, failed or not. A pipeline that is older than what the note tells of
// changes nothing; one without a merge request, or whose merge request bears the opt-out label, has no note.
// Only the merge request's head pipeline, as far as GitLab tells it, says that it is over.
// Of several notes of ours the oldest is the note. Errors: as gitlab::Discussions; after `unavailable` the
// note may be there.
Result<Posted> post_note(gitlab::Discussions& discussions, const PipelineDiagnosis& found,
                         const PostingTerms& terms);

// Unless there is one for the signature already, open or closed.
Result<Posted> post_issue(gitlab::Discussions& discussions, const PipelineDiagnosis& found,
                          const DiagnosedJob& job, const PostingTerms& terms);

}  // namespace runneriq::diagnosis
