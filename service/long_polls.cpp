#include "service/long_polls.hpp"

namespace runneriq::service {

using scheduler::AdmissionKey;

std::uint64_t LongPolls::add(const AdmissionKey& key, Poll poll, Time deadline) {
  const std::uint64_t id = ++last_;
  by_key_.emplace(key, id);
  by_deadline_.emplace(deadline, id);
  polls_.emplace(id, Waiting{key, std::move(poll), deadline});
  return id;
}

void LongPolls::drop(std::uint64_t id) {
  if (polls_.contains(id)) (void)remove(id);
}

LongPolls::Waiting LongPolls::remove(std::uint64_t id) {
  const auto place = polls_.find(id);
  Waiting waiting = std::move(place->second);
  polls_.erase(place);
  by_key_.erase({waiting.key, id});
  by_deadline_.erase({waiting.deadline, id});
  return waiting;
}

std::vector<LongPolls::Poll> LongPolls::take(const AdmissionKey& key) {
  std::vector<Poll> taken;
  for (auto each = by_key_.lower_bound({key, 0}); each != by_key_.end() && each->first == key;
       each = by_key_.lower_bound({key, 0})) {
    taken.push_back(remove(each->second).poll);
  }
  return taken;
}

std::vector<std::pair<AdmissionKey, LongPolls::Poll>> LongPolls::take_due(Time now) {
  std::vector<std::pair<AdmissionKey, Poll>> due;
  while (!by_deadline_.empty() && by_deadline_.begin()->first <= now) {
    Waiting waiting = remove(by_deadline_.begin()->second);
    due.emplace_back(std::move(waiting.key), std::move(waiting.poll));
  }
  return due;
}

}  // namespace runneriq::service
