// What a job's configuration lacks that would have helped. Pure.
#pragma once

#include "diagnosis/failure_class.hpp"
#include "gitlab/ci_config.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

// Of a job, with what `default:` says.
struct JobSettings {
  bool has_timeout = false, has_retry = false;
  std::string image = {};  // "" = none is written
};

// `config`: as GitLab merges it, without `extends` and `include`. `job` may be one of a parallel job ("unit
// 1/3", "unit: [a, b]"). None: it is not there.
std::optional<JobSettings> settings_of(const gitlab::CiConfig& config, std::string_view job);

// Sentences with the remedy; none where nothing of it would have helped with such a failure.
std::vector<std::string> gaps_of(FailureClass failure_class, const JobSettings& settings);

}  // namespace runneriq::diagnosis
