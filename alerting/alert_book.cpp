#include "alerting/alert_book.hpp"

#include <algorithm>

namespace runneriq::alerting {

Alert* AlertBook::find(std::uint64_t key) {
  const auto known = alerts_.find(key);
  return known == alerts_.end() ? nullptr : &known->second;
}

Alert& AlertBook::add(std::uint64_t key, std::uint64_t subject) {
  Alert& alert = alerts_[key];
  alert.key = key;
  alert.subject = subject;
  alert.kept = changed_.contains(key);  // removed since the last row of it
  subjects_.emplace(subject, key);
  return alert;
}

Alert& AlertBook::restore(Alert alert) {
  Alert& known = add(alert.key, alert.subject);
  known = std::move(alert);
  known.kept = true;
  index_again(known);
  return known;
}

void AlertBook::remove(Alert& alert) {
  const std::uint64_t key = alert.key;
  erase(subjects_, alert.subject, key);
  for (const std::uint64_t commit : alert.commits) erase(commits_, commit, key);
  if (alert.kept) {
    changed_.insert(key);
  } else {
    changed_.erase(key);
  }
  alerts_.erase(key);
}

std::vector<std::uint64_t> AlertBook::of_subject(std::uint64_t subject) const {
  return found(subjects_, subject);
}

std::vector<std::uint64_t> AlertBook::of_commit(std::uint64_t commit) const {
  return found(commits_, commit);
}

std::vector<std::uint64_t> AlertBook::all() const {
  std::vector<std::uint64_t> keys;
  keys.reserve(alerts_.size());
  for (const auto& [key, alert] : alerts_) keys.push_back(key);
  std::ranges::sort(keys);
  return keys;
}

void AlertBook::index(Alert& alert, std::uint64_t commit) {
  if (commit == 0 || std::ranges::find(alert.commits, commit) != alert.commits.end()) return;
  alert.commits.push_back(commit);
  commits_.emplace(commit, alert.key);
}

void AlertBook::index_again(Alert& alert) {
  for (const std::uint64_t commit : alert.commits) erase(commits_, commit, alert.key);
  alert.commits.clear();
  index(alert, alert.commit);
  for (const Pending& pending : alert.held) index(alert, pending.commit);
  if (alert.hiding) index(alert, alert.hiding->newest.commit);
  for (const Membership& membership : alert.memberships)
    for (const Pending& pending : membership.untold) index(alert, pending.commit);
}

std::vector<std::uint64_t> AlertBook::found(const Index& index, std::uint64_t key) {
  std::vector<std::uint64_t> alerts;
  const auto [first, last] = index.equal_range(key);
  for (auto one = first; one != last; ++one) alerts.push_back(one->second);
  std::ranges::sort(alerts);
  return alerts;
}

void AlertBook::erase(Index& index, std::uint64_t key, std::uint64_t alert) {
  const auto [first, last] = index.equal_range(key);
  const auto one = std::find_if(first, last, [&](const auto& entry) { return entry.second == alert; });
  if (one != last) index.erase(one);
}

}  // namespace runneriq::alerting
