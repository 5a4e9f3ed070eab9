// The test reports of pipelines, as GitLab collects them from the JUnit files of their jobs, and the port
// through which they are read. Implemented in gitlab/rest.
#pragma once

#include "core/id.hpp"
#include "core/result.hpp"

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::gitlab {

enum class TestStatus { success, failed, error, skipped, unknown };
std::string_view to_text(TestStatus status);
TestStatus test_status(std::string_view text);  // unknown for what no version before this one knew

// Texts are valid UTF-8 of at most kLongestText bytes each.
struct TestCase {
  std::string suite = {};  // name of the job, without the "1/3" of a parallel one
  std::string classname = {};
  std::string name = {};
  TestStatus status = TestStatus::unknown;
};

struct TestReport {
  std::vector<TestCase> cases;  // in GitLab's order
  bool whole = true;            // false: there are more than kMostTestCases
};

inline constexpr std::size_t kLargestTestReport = std::size_t{30} << 20;  // bytes
inline constexpr std::size_t kMostTestCases = 50'000;

// GET /projects/:id/pipelines/:pipeline_id/test_report. Of cases with one suite, class and name the first
// counts, as GitLab itself has it within a file; cases without a name are left out. Error: corrupt, also for
// what has no `test_suites`.
Result<TestReport> parse_test_report(std::string_view json);

class TestReports {
 public:
  virtual ~TestReports() = default;
  // Those of the pipeline's latest jobs that have ended by now; none where no job has a report, or it has
  // expired with its artifacts. Errors: not_found, permission, timed_out, unavailable, corrupt,
  // invalid_argument (larger than kLargestTestReport).
  [[nodiscard]] virtual Result<TestReport> of_pipeline(ProjectId project, PipelineId pipeline) = 0;
};

}  // namespace runneriq::gitlab
