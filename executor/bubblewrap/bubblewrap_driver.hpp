// Runs scripts in a sandbox of Linux namespaces made by bubblewrap: no root, no capability, no
// sight of other jobs, of our state or of the host's processes. See executor/sandbox.hpp.
#pragma once

#include "executor/bubblewrap/sandbox_layout.hpp"
#include "executor/driver.hpp"
#include "platform/termination.hpp"

#include <utility>

namespace runneriq::executor {

class BubblewrapDriver final : public Driver {
 public:
  // `options` and `termination` must outlive the driver.
  BubblewrapDriver(const BubblewrapOptions& options, HostFolders folders, platform::Termination& termination)
      : options_(options), folders_(std::move(folders)), termination_(termination) {}
  Result<ConfigAnswer> config(const JobPlan& plan) override;
  // Notes the sandbox's command line under "command".
  Result<void> prepare(JobPlan& plan) override;
  Result<StageEnd> run(const JobPlan& plan, const StageScript& script) override;
  Result<void> cleanup(const JobPlan& plan) override;

 private:
  const BubblewrapOptions& options_;
  HostFolders folders_;
  platform::Termination& termination_;
};

// Whether a sandbox can be made here as `account`: makes one and runs `true` in it.
// Error: why not, with the remedy.
Result<void> probe_bubblewrap(const BubblewrapOptions& options, const Account& account, bool drop_privileges);

}  // namespace runneriq::executor
