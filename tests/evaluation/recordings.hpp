// Recorded intensities and traces of jobs, as other projects have published them. They are not part of this
// project: the folder with them is named by RUNNERIQ_EVALUATION_DATA, else it is ../shared/data beside the
// sources, when that is there.
#pragma once

#include "carbon/series.hpp"
#include "core/time.hpp"

#include <gtest/gtest.h>

#include <filesystem>
#include <map>
#include <string>
#include <vector>

namespace runneriq::evaluation {

// A file within the folder. Empty when it is not there.
std::filesystem::path recording(const std::string& name);

inline const std::string kHourly2022 = "carbon/em_lca_hourly_2022_43zones.csv";
inline const std::string kHalfHourly2020 = "carbon/lets_wait_awhile_halfhourly_2020_DE_GB.csv";
inline const std::string kLinkerd = "traces/linkerd2_github_actions_jobs.csv";
inline const std::string kGaia = "traces/gaia_alibaba_pai_1k.csv";

using Intensities = std::map<carbon::ZoneKey, carbon::Series>;
Intensities hourly_2022();
Intensities half_hourly_2020();

struct RecordedJob {
  Time started;
  Duration length;
  double cpus = 1;
};
// Jobs that took time, oldest first; dates of 2020 are the same dates of 2022.
std::vector<RecordedJob> linkerd_jobs();
// `started` counts from `begin`.
std::vector<RecordedJob> gaia_jobs(Time begin);

// Skips all tests of a suite, by name, where files are missing.
class WithRecordings : public testing::Test {
 protected:
  void skip_without(const std::vector<std::string>& names);
};

}  // namespace runneriq::evaluation
