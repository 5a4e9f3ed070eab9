#include "executor/files/attempt_folder.hpp"

#include "core/printable.hpp"
#include "executor/interpreter.hpp"
#include "platform/files.hpp"

#include <fcntl.h>
#include <sys/stat.h>

#include <cerrno>

namespace runneriq::executor {
namespace {

constexpr std::size_t kLargestPlan = 4 << 20;
constexpr std::size_t kMostRecords = 1 << 20;  // bytes

}  // namespace

std::string AttemptFolder::path_of(std::string_view name) const {
  return environment_.attempt_dir + "/" + std::string(name);
}

Result<JobPlan> AttemptFolder::read_plan() {
  if (environment_.attempt_dir.empty()) return fail(Errc::not_found, "TMPDIR is not set to an absolute path");
  auto text = platform::read_file(path_of(kPlanFile), kLargestPlan);
  if (!text) return fail(text.error());
  auto plan = parse_job_plan(*text);
  if (!plan) return fail(Error(plan.error()).within(path_of(kPlanFile)));
  return plan;
}

Result<void> AttemptFolder::write_plan(const JobPlan& plan) {
  return platform::replace_file(path_of(kPlanFile), to_json(plan));
}

Result<StageScript> AttemptFolder::open_script(const std::string& path, std::string sub_stage) {
  script_ = platform::UniqueFd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!script_) return fail(platform::system_error("cannot open the script " + printable_path(path), errno));
  struct stat status {};
  if (::fstat(script_.get(), &status) != 0 || !S_ISREG(status.st_mode)) {
    return fail(Errc::invalid_argument, "the script " + printable_path(path) + " is not a regular file");
  }
  char start[128];
  const ssize_t count = ::pread(script_.get(), start, sizeof start, 0);
  if (count < 0) return fail(platform::system_error("cannot read the script " + printable_path(path), errno));
  const std::string_view text(start, static_cast<std::size_t>(count));
  return StageScript{path, std::move(sub_stage), script_.get(),
                     interpreter_for(path, text.substr(0, text.find('\n')))};
}

Result<void> AttemptFolder::report_exit_code(std::optional<int> code) {
  const std::string& path = environment_.exit_code_file;
  if (path.empty()) return {};
  if (code) return platform::replace_file(path, std::to_string(*code) + "\n");
  if (::unlink(path.c_str()) != 0 && errno != ENOENT) {
    return fail(platform::system_error("cannot remove the old exit code in " + path, errno));
  }
  return {};
}

Result<void> AttemptFolder::add(const StageRecord& record) {
  return platform::append_to_file(path_of(kStageRecords), to_line(record));
}

std::vector<StageRecord> AttemptFolder::all() {
  return parse_stage_records(platform::read_file(path_of(kStageRecords), kMostRecords).value_or(""));
}

}  // namespace runneriq::executor
