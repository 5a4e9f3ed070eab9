// Runs scripts as ordinary processes of the job's user: a process group and a clean
// environment of their own, nothing more. For trusted jobs: they see what that user sees.
#pragma once

#include "executor/driver.hpp"
#include "platform/termination.hpp"

namespace runneriq::executor {

class ShellDriver final : public Driver {
 public:
  explicit ShellDriver(platform::Termination& termination) : termination_(termination) {}
  Result<ConfigAnswer> config(const JobPlan& plan) override;
  Result<void> prepare(JobPlan& plan) override;
  Result<StageEnd> run(const JobPlan& plan, const StageScript& script) override;
  Result<void> cleanup(const JobPlan& plan) override;

 private:
  platform::Termination& termination_;
};

}  // namespace runneriq::executor
