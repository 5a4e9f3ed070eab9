// What the stages give between two commits, as one round. Pure.
#pragma once

#include "alerting/store.hpp"

#include <map>
#include <vector>

namespace runneriq::alerting {

class RoundBook final : public NoiseSink {
 public:
  void decided(const Verdict& verdict, const Classified* event) override;
  void notify(const Notification& notification) override;

  // A row beside those of the stages.
  void keep_row(NoiseReduction::Kept row);
  // With the rows of `noise` that have changed. A round that could not be kept is part of the next one, where
  // a later fate of an event, or state of a row, replaces the earlier one.
  [[nodiscard]] const Round& round(NoiseReduction& noise);
  void kept();
  [[nodiscard]] bool empty() const { return events_.empty() && round_.notifications.empty(); }
  // While the store fails: messages are never given up, of events more than this the oldest fates are.
  static constexpr std::size_t kMostEvents = 20'000;

 private:
  std::map<std::int64_t, KeptEvent> events_;  // by number
  std::map<std::pair<std::string, std::string>, std::string> rows_;
  Round round_;
};

}  // namespace runneriq::alerting
