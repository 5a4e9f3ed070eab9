#include "alerting/recent_greens.hpp"

#include <cstring>

namespace runneriq::alerting {
namespace {

KeptRing<5>::Entry entry_of(const Green& green) {
  return {static_cast<std::int64_t>(green.subject), static_cast<std::int64_t>(green.commit),
          green.time.time_since_epoch().count(), green.job_id, green.sha};
}

Green green_of(const KeptRing<5>::Entry& entry) {
  return {Time{Duration{entry[2]}}, entry[3], entry[4], static_cast<std::uint64_t>(entry[0]),
          static_cast<std::uint64_t>(entry[1])};
}

template <class Index>
std::optional<Green> find(const Index& index, std::uint64_t key, Time time) {
  const auto found = index.find(key);
  if (found == index.end() || found->second.time < time) return std::nullopt;
  return found->second;
}

}  // namespace

std::string short_sha(const Green& green) {
  std::string sha(sizeof green.sha, '\0');
  std::memcpy(sha.data(), &green.sha, sha.size());
  sha.resize(sha.find('\0') == std::string::npos ? sha.size() : sha.find('\0'));
  return sha;
}

Green RecentGreens::passed(const Event& event, std::uint64_t subject, std::uint64_t commit) {
  Green green{event.time, event.job_id, 0, subject, commit};
  std::memcpy(&green.sha, event.sha.data(), std::min(event.sha.size(), sizeof green.sha));
  if (const auto out = kept_.add(entry_of(green))) forget(green_of(*out));
  know(green);
  return green;
}

// The later one stays, whatever the order in which they are heard of.
void RecentGreens::know(const Green& green) {
  for (auto [index, key] : {std::pair{&subjects_, green.subject}, std::pair{&commits_, green.commit}}) {
    if (key == 0) continue;
    const auto [known, is_new] = index->try_emplace(key, green);
    if (!is_new && known->second.time <= green.time) known->second = green;
  }
}

void RecentGreens::forget(const Green& green) {
  for (auto [index, key] : {std::pair{&subjects_, green.subject}, std::pair{&commits_, green.commit}}) {
    const auto known = index->find(key);
    if (known != index->end() && known->second.time == green.time) index->erase(known);
  }
}

std::optional<Green> RecentGreens::of_subject(std::uint64_t subject, Time time) const {
  return find(subjects_, subject, time + Duration{1});
}

std::optional<Green> RecentGreens::of_commit(std::uint64_t commit, Time time) const {
  return commit == 0 ? std::nullopt : find(commits_, commit, time);
}

void RecentGreens::restored() {
  kept_.for_each([this](const auto& entry) {
    if (entry[0] != 0) know(green_of(entry));
  });
}

}  // namespace runneriq::alerting
