// Facts about many keys (users, merge requests), each asked for on its own account.
#pragma once

#include "gitlab/rest/cached.hpp"

#include <algorithm>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::gitlab {

template <class Key, class Value>
class Lookup {
 public:
  explicit Lookup(Duration lifetime) : lifetime_(lifetime) {}

  // Those of `wanted` that have to be asked for, at most 100.
  [[nodiscard]] std::vector<Key> due(const std::set<Key>& wanted, Time now) const {
    constexpr std::size_t kMost = 100;
    std::vector<Key> keys;
    for (const Key& key : wanted) {
      const auto known = facts_.find(key);
      if (known == facts_.end() || known->second.due(lifetime_, now)) keys.push_back(key);
      if (keys.size() == kMost) break;
    }
    return keys;
  }

  void keep(const Key& key, Value value, Time now) { facts_[key].keep(std::move(value), now); }
  void miss(const std::vector<Key>& keys, const Error& why, Time now) {
    for (const Key& key : keys) facts_[key].miss(why, now);
  }
  void refuse(const std::vector<Key>& keys, const Error& why, Time now) {
    for (const Key& key : keys) facts_[key].refuse(why, now);
  }

  [[nodiscard]] const std::optional<Value>& value(const Key& key) const {
    static const std::optional<Value> kNone;
    const auto known = facts_.find(key);
    return known == facts_.end() ? kNone : known->second.value();
  }

  // One entry for all of `wanted` whose last try failed: the oldest.
  [[nodiscard]] std::optional<Stale> stale(const std::set<Key>& wanted, const std::string& what,
                                           Time now) const {
    std::optional<Stale> oldest;
    for (const Key& key : wanted) {
      const auto known = facts_.find(key);
      auto stale = known == facts_.end() ? std::nullopt : known->second.stale(what, now);
      if (stale && (!oldest || is_older(*stale, *oldest))) oldest = std::move(stale);
    }
    return oldest;
  }

  // Facts that nobody wants now stay for as long as they are good.
  void forget_old(const std::set<Key>& wanted, Time now) {
    std::erase_if(facts_, [&](const auto& fact) {
      return !wanted.contains(fact.first) && fact.second.due(lifetime_, now);
    });
  }

 private:
  static bool is_older(const Stale& a, const Stale& b) { return b.age && (!a.age || *a.age > *b.age); }

  Duration lifetime_;
  std::map<Key, Cached<Value>> facts_;
};

}  // namespace runneriq::gitlab
