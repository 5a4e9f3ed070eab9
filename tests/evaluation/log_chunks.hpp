// Failed logs of Travis CI with the block of lines that says why, labelled by people: LogChunks (Brandt et
// al., MSR 2020). Not part of this project: see tests/evaluation/recordings.hpp.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

namespace runneriq::evaluation {

inline const std::string kLogChunks = "logs/logchunks-dev-517.tar.xz";

// Rules and weights are made with the logs of the tuning part only. The projects of the check part, a third
// of all by their hash, tell how well they do on others.
enum class Part { tuning, check };

struct LabelledLog {
  std::string name, project, language;
  Part part = Part::tuning;
  std::int64_t first = 0, last = 0;  // labelled lines, 1-based, inclusive
  std::string chunk;                 // their text, cut at 3,000 characters
  std::string raw;
};

// Those whose label was found in the log, in order of their names. Throws when they cannot be read.
std::vector<LabelledLog> log_chunks();

}  // namespace runneriq::evaluation
