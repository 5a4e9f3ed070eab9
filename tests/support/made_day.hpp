// A day of a company's pipelines of which it is known what each failure is worth: 2,000 failures, the passes
// beside them, and ten days before it. The same for the same seed.
#pragma once

#include "alerting/event.hpp"

#include <cstddef>
#include <cstdint>
#include <set>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::alerting {

inline const Time kMadeDay{std::chrono::sys_days{std::chrono::year{2026} / 3 / 3}};
inline constexpr std::size_t kMadeFailures = 2'000;

// What a failure is worth to somebody who waits for news.
enum class Truth {
  none,       // it passed
  flaky,      // passes when it is run again, without a change
  real,       // the first of an incident
  duplicate,  // another of the same incident, or the same end told twice
  expected,   // on an experimental branch, or allowed to fail
};

struct MadeEvent {
  Event event;
  Time told{};  // when it is heard of
  Truth truth = Truth::none;
  int incident = -1;   // index; −1 = of none
  bool again = false;  // told before
};

// Something broke, and somebody has to know.
struct Incident {
  std::string words;
  Time first{};  // failure; the maximum where it has none yet
  bool urgent = false;
};

struct MadeDay {
  std::vector<MadeEvent> history;  // of the ten days before, in the order of `told`
  std::vector<MadeEvent> events;   // of the day, in the order of `told`
  std::vector<Incident> incidents;
  std::set<std::pair<std::string, std::string>> flaky_jobs;  // project, name
};

MadeDay make_day(std::uint64_t seed);

}  // namespace runneriq::alerting
