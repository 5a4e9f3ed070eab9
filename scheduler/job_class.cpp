#include "scheduler/job_class.hpp"

#include "core/printable.hpp"

#include <algorithm>
#include <string>

namespace runneriq::scheduler {
namespace {

using std::chrono::minutes;

char upper_case(char c) {
  return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
}

bool same_word(std::string_view text, std::string_view upper) {
  return std::equal(text.begin(), text.end(), upper.begin(), upper.end(),
                    [](char a, char b) { return upper_case(a) == b; });
}

}  // namespace

std::string_view to_text(JobClass job_class) {
  switch (job_class) {
    case JobClass::critical:
      return "CRITICAL";
    case JobClass::high:
      return "HIGH";
    case JobClass::medium:
      return "MEDIUM";
    case JobClass::low:
      return "LOW";
  }
  return "LOW";
}

Result<JobClass> parse_job_class(std::string_view text) {
  for (const JobClass job_class : kJobClasses) {
    if (same_word(text, to_text(job_class))) return job_class;
  }
  return fail(Errc::invalid_argument,
              "'" + printable(text, 80) + "' is no class; expected CRITICAL, HIGH, MEDIUM or LOW");
}

JobClass class_of_score(double score) {
  if (score >= 90) return JobClass::critical;
  if (score >= 70) return JobClass::high;
  if (score >= 55) return JobClass::medium;
  return JobClass::low;
}

JobClass escalated(JobClass job_class, Duration waited) {
  if (job_class == JobClass::low && waited >= minutes{5}) job_class = JobClass::medium;
  if (job_class == JobClass::medium && waited >= minutes{20}) job_class = JobClass::high;
  if (job_class == JobClass::high && waited >= kCriticalAfter) job_class = JobClass::critical;
  return job_class;
}

}  // namespace runneriq::scheduler
