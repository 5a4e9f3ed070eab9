// What would have been believed of the grid at a moment of a recording, and what was true.
#pragma once

#include "carbon/outlook.hpp"
#include "tests/evaluation/recordings.hpp"

#include <optional>
#include <vector>

namespace runneriq::evaluation {

// All intensities of these zones are known in advance, as by a forecast without error.
class PerfectForecast {
 public:
  PerfectForecast(const Intensities& truth, const std::vector<carbon::ZoneKey>& zones);
  carbon::GridOutlook at(Time now, Duration horizon);

 private:
  std::vector<carbon::ZoneKey> zones_;
  std::vector<carbon::ZoneRecord> records_;
};

// Nothing is known but the samples of `days` days up to `age` before now; no forecast.
class PastSamples {
 public:
  PastSamples(const Intensities& truth, const std::vector<carbon::ZoneKey>& zones, Duration age);
  carbon::GridOutlook at(Time now, Duration horizon);

 private:
  void look(Time newest);

  const Intensities& truth_;
  std::vector<carbon::ZoneKey> zones_;
  Duration age_;
  std::optional<Time> newest_;
  std::vector<carbon::ZoneRecord> records_;
};

// Grams of a load of one kilowatt within [from, to).
double grams(const carbon::Series& truth, Time from, Time to);

}  // namespace runneriq::evaluation
