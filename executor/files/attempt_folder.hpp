// The attempt's TMPDIR on disk.
#pragma once

#include "executor/attempt_files.hpp"
#include "executor/contract.hpp"
#include "platform/unique_fd.hpp"

namespace runneriq::executor {

class AttemptFolder final : public AttemptFiles, public StageLedger {
 public:
  explicit AttemptFolder(const StageEnvironment& environment) : environment_(environment) {}
  Result<JobPlan> read_plan() override;
  Result<void> write_plan(const JobPlan& plan) override;
  Result<StageScript> open_script(const std::string& path, std::string sub_stage) override;
  Result<void> report_exit_code(std::optional<int> code) override;
  Result<void> add(const StageRecord& record) override;
  std::vector<StageRecord> all() override;

 private:
  [[nodiscard]] std::string path_of(std::string_view name) const;

  StageEnvironment environment_;
  platform::UniqueFd script_;
};

}  // namespace runneriq::executor
