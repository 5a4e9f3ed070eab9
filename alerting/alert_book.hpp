// All alerts that are known, by key, by subject and by commit.
#pragma once

#include "alerting/alert.hpp"

#include <cstddef>
#include <unordered_map>
#include <unordered_set>
#include <vector>

namespace runneriq::alerting {

class AlertBook {
 public:
  // Stays where it is until it is removed.
  [[nodiscard]] Alert* find(std::uint64_t key);
  [[nodiscard]] std::size_t size() const { return alerts_.size(); }
  Alert& add(std::uint64_t key, std::uint64_t subject);
  // As it was kept.
  Alert& restore(Alert alert);
  void remove(Alert& alert);

  // Keys, lowest first.
  [[nodiscard]] std::vector<std::uint64_t> of_subject(std::uint64_t subject) const;
  [[nodiscard]] std::vector<std::uint64_t> of_commit(std::uint64_t commit) const;
  [[nodiscard]] std::vector<std::uint64_t> all() const;
  // 0 is no commit.
  void index(Alert& alert, std::uint64_t commit);
  // Only those of what is still to be told stay in the index, and the latest.
  void index_again(Alert& alert);

  void changed(const Alert& alert) { changed_.insert(alert.key); }
  // `put(key, alert)`, the alert null where it is gone.
  template <class Put>
  void take_changes(Put put) {
    for (const std::uint64_t key : std::exchange(changed_, {})) {
      Alert* const alert = find(key);
      if (alert != nullptr) alert->kept = true;
      put(key, static_cast<const Alert*>(alert));
    }
  }

 private:
  using Index = std::unordered_multimap<std::uint64_t, std::uint64_t>;
  static std::vector<std::uint64_t> found(const Index& index, std::uint64_t key);
  static void erase(Index& index, std::uint64_t key, std::uint64_t alert);

  std::unordered_map<std::uint64_t, Alert> alerts_;
  Index subjects_, commits_;
  std::unordered_set<std::uint64_t> changed_;
};

}  // namespace runneriq::alerting
