#pragma once

#include <cstdint>
#include <map>
#include <string>

namespace runneriq::gitlab::simulator {

// The calls so far, without those of the control interface.
struct CallLog {
  std::int64_t total = 0;
  std::int64_t mutating = 0;  // neither GET nor HEAD, no GraphQL query, not of the runner's own protocol
  std::map<std::string, std::int64_t> by_route;  // "GET /api/v4/runners/:id"
};

}  // namespace runneriq::gitlab::simulator
