// Questions of executors for tests of the service.
#pragma once

#include "scheduler/admission_service.hpp"

#include <cstdint>
#include <string>

namespace runneriq::scheduler {

inline const GitLabUrl kAdmissionGitLab{"https://gitlab.example.com"};

inline AdmissionKey admission_key(std::int64_t job, const std::string& attempt = "") {
  return {{kAdmissionGitLab, JobId{job}}, AttemptId{"/tmp/attempt" + std::to_string(job) + attempt}};
}

inline AdmissionQuestion question_of(std::int64_t job, double score = 50, const std::string& host = "host-1",
                                     int slots = 1) {
  const AdmissionKey key = admission_key(job);
  AdmissionQuestion question;
  question.host.host = host;
  question.host.slots = slots;
  question.host.runner = RunnerId{7};
  question.request = {.key = key.job,
                      .attempt = key.attempt,
                      .history = {kAdmissionGitLab, ProjectId{1}, "job " + std::to_string(job), "test"},
                      .score = score,
                      .job_class = class_of_score(score),
                      .queued_in_gitlab = {},
                      .max_hold = std::chrono::minutes{10}};
  return question;
}

inline JobOutcome outcome_of(std::int64_t job, Time finished) {
  const AdmissionKey key = admission_key(job);
  JobOutcome outcome;
  outcome.key = key.job;
  outcome.attempt = key.attempt;
  outcome.history = {kAdmissionGitLab, ProjectId{1}, "job " + std::to_string(job), "test"};
  outcome.ran = std::chrono::seconds{90};
  outcome.succeeded = true;
  outcome.finished = finished;
  return outcome;
}

}  // namespace runneriq::scheduler
