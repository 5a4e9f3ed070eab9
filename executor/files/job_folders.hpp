// Folders and cgroups of jobs on this host.
#pragma once

#include "executor/attempt_files.hpp"
#include "executor/options.hpp"

namespace runneriq::executor {

class HostJobFolders final : public JobFolders {
 public:
  explicit HostJobFolders(const ExecutorOptions& options) : options_(options) {}
  // Also removes what attempts left whose runner or TMPDIR is gone and that no cleanup undid.
  Result<void> make(JobPlan& plan) override;
  std::optional<Duration> cpu_time(const JobPlan& plan) override;
  Result<void> remove_private(const JobPlan& plan) override;

 private:
  const ExecutorOptions& options_;
};

}  // namespace runneriq::executor
