// A pipeline's diagnosis in which all that others wrote is one text.
#pragma once

#include "diagnosis/inquiry.hpp"

#include <string>

namespace runneriq::diagnosis {

inline Diagnosis diagnosis_with(const std::string& text) {
  return {
      .failure_class = FailureClass::compile,
      .confidence = 0.92,
      .decided_by = text,
      .headline = text,
      .signature = "0123456789abcdef",
      .command = text,
      .exit_code = text,
      .evidence = {{.start_line = 3, .end_line = 5, .text = text, .why = text, .score = 0.9},
                   {.start_line = 9, .end_line = 9, .text = "x\n" + text + "\ny", .why = "", .score = 0.5}},
      .culprit =
          Culprit{.path = text, .line = 41, .symbol = text, .commit = text, .confidence = 0.9, .why = text},
      .suggestion = text,
      .gaps = {text},
      .model = TriageAnswer{.failure_class = FailureClass::test,
                            .confidence = 0.8,
                            .lines = {},
                            .reason = text,
                            .model = text,
                            .tokens = 1}};
}

inline PipelineDiagnosis pipeline_with(const std::string& text) {
  PipelineDiagnosis found;
  found.project = {.id = ProjectId{7}, .path = text, .default_branch = text, .page = text};
  found.pipeline = {.id = PipelineId{40},
                    .project = ProjectId{7},
                    .sha = text,
                    .ref = text,
                    .status = "failed",
                    .page = text};
  found.merge_request = gitlab::MergeRequestPage{.iid = MergeRequestIid{12}};
  found.jobs = {{.job = {.project = text, .name = text, .stage = text, .ref = text, .page = text},
                 .diagnosis = diagnosis_with(text),
                 .attempts = 2,
                 .allow_failure = true,
                 .trouble = text}};
  found.not_read = 3;
  found.troubles = {text};
  return found;
}

}  // namespace runneriq::diagnosis
