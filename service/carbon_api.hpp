// The answers of /api/v1/carbon: the same documents as the command line's.
#pragma once

#include "carbon/store.hpp"
#include "service/carbon_knowledge.hpp"
#include "service/exchange.hpp"

#include <functional>
#include <memory>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq::service {

// Called on the reading thread; empty: 503.
struct CarbonArchive {
  // As LedgerStore::read.
  std::function<Result<void>(const carbon::LedgerQuery& query,
                             const std::function<bool(const carbon::LedgerRow&)>& take)>
      rows;
  std::function<Result<std::vector<carbon::Deferral>>()> deferrals;
};

class CarbonApi {
 public:
  using Reply = platform::ServedReply;
  // Work for the reading thread. Error: the query is wrong, or there is nothing to read.
  using Work = std::function<Reply()>;

  explicit CarbonApi(CarbonArchive archive) : archive_(std::move(archive)) {}

  void learn(std::shared_ptr<const CarbonKnowledge> knowledge) { knowledge_ = std::move(knowledge); }
  // Null before the first tick.
  [[nodiscard]] const CarbonKnowledge* knowledge() const { return knowledge_.get(); }

  [[nodiscard]] Reply grid_now() const;
  [[nodiscard]] Reply forecast(std::string_view query) const;
  [[nodiscard]] Result<Work> summary(Time now) const;
  [[nodiscard]] Result<Work> ledger(std::string_view query, Time now) const;

 private:
  // Why nothing of the grid can be shown; nothing where it can.
  [[nodiscard]] std::optional<Reply> refusal() const;

  CarbonArchive archive_;
  std::shared_ptr<const CarbonKnowledge> knowledge_;
};

}  // namespace runneriq::service
