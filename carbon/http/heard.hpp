// What providers have told this process, for when the store cannot say it.
#pragma once

#include "carbon/fetching.hpp"
#include "carbon/outlook.hpp"

#include <map>
#include <optional>
#include <utility>
#include <vector>

namespace runneriq::carbon {

class Heard {
 public:
  // What a provider tells again replaces what it told. Samples older than 28 days go.
  void add(const ChannelKey& key, Want want, const ProviderAnswer& answer, Time now);
  // Forgets all, and takes over what was kept elsewhere.
  void replace(std::vector<ZoneRecord> records);
  // Whether `answer` is a forecast that was made before the one that is known, as caches tell it. One from
  // ahead of `now` is nothing to compare with.
  [[nodiscard]] bool knows_younger(const ChannelKey& key, const ProviderAnswer& answer, Time now) const;
  [[nodiscard]] std::vector<ZoneRecord> records() const;

 private:
  using Key = std::pair<ChannelKey, Basis>;
  std::map<Key, ZoneRecord> records_;
};

}  // namespace runneriq::carbon
