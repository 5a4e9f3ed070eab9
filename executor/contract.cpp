#include "executor/contract.hpp"

#include "core/option.hpp"

#include <algorithm>
#include <array>

namespace runneriq::executor {
namespace {

struct StageWord {
  std::string_view word;
  Stage stage;
};
constexpr std::array kStages{StageWord{"config", Stage::config}, StageWord{"prepare", Stage::prepare},
                             StageWord{"run", Stage::run}, StageWord{"cleanup", Stage::cleanup}};

// The sub-stages whose script the runner alone writes.
constexpr std::array<std::string_view, 10> kRunnersOwn{"prepare_script",
                                                       "get_sources",
                                                       "clear_worktree",
                                                       "restore_cache",
                                                       "download_artifacts",
                                                       "archive_cache",
                                                       "archive_cache_on_failure",
                                                       "upload_artifacts_on_success",
                                                       "upload_artifacts_on_failure",
                                                       "cleanup_file_variables"};

std::string text_in(EnvironmentBlock environment, std::string_view name) {
  return std::string{find_in(environment, name).value_or("")};
}

int exit_code_in(EnvironmentBlock environment, std::string_view name, int otherwise) {
  return parse_whole(find_in(environment, name).value_or(""), 1, 255).value_or(otherwise);
}

}  // namespace

std::optional<Stage> parse_stage(std::string_view word) {
  const auto found =
      std::find_if(kStages.begin(), kStages.end(), [&](const StageWord& row) { return row.word == word; });
  return found == kStages.end() ? std::nullopt : std::optional{found->stage};
}

std::string_view to_text(Stage stage) {
  const auto found =
      std::find_if(kStages.begin(), kStages.end(), [&](const StageWord& row) { return row.stage == stage; });
  return found->word;
}

std::optional<std::string_view> find_in(EnvironmentBlock environment, std::string_view name) {
  for (auto entry = environment.rbegin(); entry != environment.rend(); ++entry) {
    if (entry->size() > name.size() && entry->starts_with(name) && (*entry)[name.size()] == '=') {
      return entry->substr(name.size() + 1);
    }
  }
  return std::nullopt;
}

StageEnvironment stage_environment(EnvironmentBlock environment) {
  StageEnvironment stage;
  stage.attempt_dir = text_in(environment, "TMPDIR");
  while (stage.attempt_dir.ends_with('/')) stage.attempt_dir.pop_back();
  if (!stage.attempt_dir.starts_with('/') || stage.attempt_dir.ends_with("/.") ||
      stage.attempt_dir.ends_with("/..")) {
    stage.attempt_dir.clear();
  }
  stage.job_response_file = text_in(environment, "JOB_RESPONSE_FILE");
  stage.exit_code_file = text_in(environment, "BUILD_EXIT_CODE_FILE");
  stage.build_failure = exit_code_in(environment, "BUILD_FAILURE_EXIT_CODE", stage.build_failure);
  stage.system_failure = exit_code_in(environment, "SYSTEM_FAILURE_EXIT_CODE", stage.system_failure);
  return stage;
}

bool is_user_script(std::string_view sub_stage) {
  return std::find(kRunnersOwn.begin(), kRunnersOwn.end(), sub_stage) == kRunnersOwn.end();
}

bool decides_the_job(std::string_view sub_stage) {
  return sub_stage != "after_script" && sub_stage != "cleanup_file_variables";
}

}  // namespace runneriq::executor
