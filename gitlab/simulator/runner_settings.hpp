// What PUT /runners/:id may say, and GitLab's validation of it.
#pragma once

#include "gitlab/simulator/records.hpp"

#include <nlohmann/json_fwd.hpp>

#include <string>
#include <variant>

namespace runneriq::gitlab::simulator {

// 400 {"error": words}: a parameter of the wrong type.
struct BadParameter {
  std::string words;
};
// 400 {"message": {key: [words]}}: a record that GitLab refuses to keep.
struct InvalidRecord {
  std::string key;
  std::string words;
};

// The runner after the change. Absent keys stay untouched; tag_list is replaced as a whole.
std::variant<RunnerRecord, BadParameter, InvalidRecord> changed(RunnerRecord runner,
                                                                const nlohmann::json& settings);

}  // namespace runneriq::gitlab::simulator
