#include "carbon/http/heard.hpp"

#include <utility>

namespace runneriq::carbon {
namespace {

constexpr Duration kRemembered = std::chrono::hours{24 * 28};

std::vector<Step> joined(const Series& older, const std::vector<Step>& newer) {
  std::vector<Step> steps = older.steps();
  steps.insert(steps.end(), newer.begin(), newer.end());
  return steps;
}

}  // namespace

void Heard::add(const ChannelKey& key, Want want, const ProviderAnswer& answer, Time now) {
  ZoneRecord& record = records_[{key, answer.basis}];
  record.source = key.source;
  record.zone = key.zone;
  record.basis = answer.basis;
  if (want == Want::forecast) {
    record.forecast = Series{answer.steps};
    record.forecast_made = answer.made.value_or(now);
    return;
  }
  std::vector<Step> steps = joined(record.past, answer.steps);
  std::erase_if(steps, [now](const Step& step) { return step.to <= now - kRemembered; });
  record.past = Series{std::move(steps)};
  if (!record.past.empty()) record.latest = record.past.steps().back();
}

void Heard::replace(std::vector<ZoneRecord> records) {
  records_.clear();
  for (ZoneRecord& record : records) {
    records_[{{record.source, record.zone}, record.basis}] = std::move(record);
  }
}

bool Heard::knows_younger(const ChannelKey& key, const ProviderAnswer& answer, Time now) const {
  const auto known = records_.find({key, answer.basis});
  if (known == records_.end() || !answer.made) return false;
  const std::optional<Time> made = known->second.forecast_made;
  return made && *made > *answer.made && *made <= now;
}

std::vector<ZoneRecord> Heard::records() const {
  std::vector<ZoneRecord> all;
  for (const auto& [key, record] : records_) all.push_back(record);
  return all;
}

}  // namespace runneriq::carbon
