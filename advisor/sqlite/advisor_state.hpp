// The budget's ledger and remembered answers, on SQLite, in a file of their own beside the fleet's state.
#pragma once

#include "advisor/budget.hpp"
#include "platform/state_file.hpp"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace runneriq::advisor {

struct AdvisorStateSettings {
  std::string path = "/var/lib/runneriq/advisor.db";
  Duration patience = std::chrono::seconds{1};  // longest wait of a call for other processes
};

// From any thread; several processes may use one file. Errors: see StateFile.
class AdvisorState final : public BudgetLedger {
 public:
  static Result<std::unique_ptr<AdvisorState>> open(AdvisorStateSettings settings);

  [[nodiscard]] Result<std::int64_t> reserve(const BudgetTerms& terms, const Question& question,
                                             std::int64_t tokens, Time now) override;
  [[nodiscard]] Result<void> settle(std::int64_t reserve, std::int64_t tokens) override;
  [[nodiscard]] Result<DayUse> use(Time now, std::string_view project) override;
  [[nodiscard]] Result<std::optional<Remembered>> remembered(const Question& question, Time now) override;
  [[nodiscard]] Result<void> remember(const Question& question, const Remembered& answer, Time now) override;

  // What was done to the file so that it can be used, as sentences for the log.
  [[nodiscard]] const std::vector<std::string>& notices() const { return file_.notices(); }

 private:
  explicit AdvisorState(platform::StateFile file) : file_(std::move(file)) {}
  std::mutex mutex_;
  platform::StateFile file_;
};

}  // namespace runneriq::advisor
