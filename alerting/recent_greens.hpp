// What passed lately, for failures that are heard of after it.
#pragma once

#include "alerting/event.hpp"
#include "alerting/kept_ring.hpp"
#include "core/time.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

namespace runneriq::alerting {

// A subject that passed.
struct Green {
  Time time{};
  std::int64_t job_id = 0;
  std::int64_t sha = 0;  // the first eight letters
  std::uint64_t subject = 0, commit = 0;
};

// "1a2b3c4d"; "" where none was told.
std::string short_sha(const Green& green);

class RecentGreens {
 public:
  Green passed(const Event& event, std::uint64_t subject, std::uint64_t commit);
  // The last pass, among the newest 4,000, of the subject after `time`.
  [[nodiscard]] std::optional<Green> of_subject(std::uint64_t subject, Time time) const;
  // That of the commit (not 0), at `time` or later.
  [[nodiscard]] std::optional<Green> of_commit(std::uint64_t commit, Time time) const;

  // restored() when all rows are there.
  KeptRing<5>& kept() { return kept_; }
  void restored();

 private:
  using Index = std::unordered_map<std::uint64_t, Green>;
  void know(const Green& green);
  void forget(const Green& green);

  Index subjects_, commits_;
  KeptRing<5> kept_{4'000};  // subject, commit, time, job, sha
};

}  // namespace runneriq::alerting
