// A store of intensities in memory, which can be made to fail.
#pragma once

#include "carbon/store.hpp"

#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace runneriq::carbon {

class MemoryIntensityStore final : public IntensityStore {
 public:
  Result<std::vector<ZoneRecord>> records(Time now) override {
    if (unreadable) return fail(*unreadable);
    std::vector<ZoneRecord> all;
    for (const auto& [key, told] : told_) all.push_back(record(key, told, now));
    return all;
  }
  Result<std::vector<Channel>> channels() override {
    if (unreadable) return fail(*unreadable);
    std::vector<Channel> all;
    for (const auto& [key, channel] : channels_) all.push_back(channel);
    return all;
  }
  Result<void> keep(const ChannelKey& key, Want want, const ProviderAnswer& answer, Time now) override {
    if (unwritable) return fail(*unwritable);
    Told& told = told_[{key, answer.basis}];
    if (want == Want::forecast) {
      told.forecast = Series{answer.steps};
      told.made = answer.made.value_or(now);
      return {};
    }
    for (const Step& step : answer.steps) told.samples.insert_or_assign(step.from, step);
    return {};
  }
  Result<void> keep(const Channel& channel) override {
    if (unwritable) return fail(*unwritable);
    channels_.insert_or_assign(channel.key, channel);
    return {};
  }
  Result<Series> samples(const ZoneKey&, const Basis&, Time, Time) override { return Series{}; }

  std::optional<Error> unreadable, unwritable;

 private:
  struct Told {
    std::map<Time, Step> samples;
    Series forecast;
    std::optional<Time> made;
  };
  using Key = std::pair<ChannelKey, Basis>;

  static ZoneRecord record(const Key& key, const Told& told, Time now) {
    ZoneRecord made{.source = key.first.source, .zone = key.first.zone, .basis = key.second};
    std::vector<Step> past;
    for (const auto& [from, step] : told.samples) {
      if (step.to > now - std::chrono::hours{24 * 28}) past.push_back(step);
    }
    if (!past.empty()) made.latest = past.back();
    made.past = Series{std::move(past)};
    made.forecast = told.forecast;
    made.forecast_made = told.made;
    return made;
  }

  std::map<Key, Told> told_;
  std::map<ChannelKey, Channel> channels_;
};

}  // namespace runneriq::carbon
