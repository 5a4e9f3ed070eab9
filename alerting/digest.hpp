// A day or a week in one page: what failed, what was told, and what was left out and why. Pure.
#pragma once

#include "alerting/store.hpp"

#include <nlohmann/json_fwd.hpp>

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace runneriq::alerting {

struct DigestLine {
  std::string project, job;
  int failures = 0, told = 0;
  std::string reason;  // of the newest that was left out; "" where all were told
};

struct Digest {
  Time from{}, to{};
  std::int64_t failures = 0, told = 0, waiting = 0;
  std::array<std::int64_t, 5> left_out{};  // by Stage
  std::int64_t messages = 0, dead = 0;
  std::vector<DigestLine> most;  // the jobs that failed most often, at most 20
};

// Of what lies in [from, to).
Digest digest_of(std::span<const KeptEvent> events, std::span<const OutboxMessage> messages, Time from,
                 Time to);

nlohmann::ordered_json digest_document(const Digest& digest);

}  // namespace runneriq::alerting
