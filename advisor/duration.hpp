// Whether a job that runs three times as long as usual is expected to, given the change. Pure.
#pragma once

#include "advisor/consultation.hpp"
#include "core/time.hpp"

#include <string>
#include <vector>

namespace runneriq::advisor {

struct DurationCase {
  std::string project{}, job_name{}, stage{};
  Duration running{}, usual{};               // usual: the p90 of its earlier runs
  std::vector<std::string> changed_files{};  // paths, at most 50 are told
  std::int64_t added = 0, removed = 0;       // lines
};
enum class Expectation { expected, unexpected, unsure };
struct DurationOpinion {
  Expectation expectation = Expectation::unsure;
  std::string reason, model;  // the model's
  std::int64_t tokens = 0;
};
Question duration_question(const DurationCase& duration);
Result<DurationOpinion> opinion_of(Consultation& consultation, const DurationCase& duration);

}  // namespace runneriq::advisor
