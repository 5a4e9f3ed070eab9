#include "executor/chain_config.hpp"

#include "core/printable.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace runneriq::executor {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::string_view, 5> kOfTheContract{"TMPDIR", "BUILD_FAILURE_EXIT_CODE",
                                                         "SYSTEM_FAILURE_EXIT_CODE", "BUILD_EXIT_CODE_FILE",
                                                         "JOB_RESPONSE_FILE"};

// Null when the key is missing or null.
const Json* member(const Json& object, const char* key) {
  const auto found = object.find(key);
  return found == object.end() || found->is_null() ? nullptr : &*found;
}

tl::unexpected<Error> wrong_type(std::string_view key, std::string_view expected) {
  return fail(Errc::invalid_argument,
              "the chained driver's config: '" + printable(key) + "' is not " + std::string(expected));
}

Result<void> read_text(const Json& object, const char* key, std::optional<std::string>& into) {
  const Json* value = member(object, key);
  if (value == nullptr) return {};
  if (!value->is_string()) return wrong_type(key, "a string");
  into = value->get_ref<const std::string&>();
  return {};
}

Result<void> read_switch(const Json& object, const char* key, std::optional<bool>& into) {
  const Json* value = member(object, key);
  if (value == nullptr) return {};
  if (!value->is_boolean()) return wrong_type(key, "true or false");
  into = value->get<bool>();
  return {};
}

Result<void> read_driver(const Json& object, ConfigAnswer& answer) {
  const Json* driver = member(object, "driver");
  if (driver == nullptr) return {};
  if (!driver->is_object()) return wrong_type("driver", "an object");
  if (auto read = read_text(*driver, "name", answer.driver_name); !read) return read;
  return read_text(*driver, "version", answer.driver_version);
}

// None when an environment can hold the entry and it may be passed on.
std::optional<std::string> reason_to_ignore(const std::string& name, const std::string& value) {
  if (name.empty() || name.find('=') != std::string::npos || name.find('\0') != std::string::npos ||
      value.find('\0') != std::string::npos) {
    return "the chained driver's job_env holds '" + printable(name) + "', which no environment can hold";
  }
  if (std::ranges::find(kOfTheContract, name) == kOfTheContract.end()) return std::nullopt;
  return "the chained driver's job_env sets " + name +
         ", which belongs to gitlab-runner; it is left as it is";
}

Result<void> read_job_env(const Json& object, ChainedConfig& config) {
  const Json* job_env = member(object, "job_env");
  if (job_env == nullptr) return {};
  if (!job_env->is_object()) return wrong_type("job_env", "an object");
  for (const auto& [name, value] : job_env->items()) {
    if (!value.is_string()) return wrong_type("job_env." + name, "a string");
    const std::string& text = value.get_ref<const std::string&>();
    if (auto reason = reason_to_ignore(name, text)) {
      config.ignored.push_back(std::move(*reason));
    } else {
      config.answer.job_env[name] = text;
    }
  }
  return {};
}

Result<ChainedConfig> read(const Json& object) {
  ChainedConfig config;
  ConfigAnswer& answer = config.answer;
  const Result<void> steps[]{read_driver(object, answer),
                             read_text(object, "builds_dir", answer.builds_dir),
                             read_text(object, "cache_dir", answer.cache_dir),
                             read_text(object, "hostname", answer.hostname),
                             read_text(object, "shell", answer.shell),
                             read_switch(object, "builds_dir_is_shared", answer.builds_dir_is_shared),
                             read_job_env(object, config)};
  for (const Result<void>& step : steps) {
    if (!step) return fail(step.error());
  }
  return config;
}

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n") == std::string_view::npos;
}

}  // namespace

Result<ChainedConfig> parse_chained_config(std::string_view standard_output) {
  if (is_blank(standard_output)) return ChainedConfig{};
  if (standard_output.size() > kLargestChainedConfig) {
    return fail(Errc::invalid_argument, "the chained driver's config printed more than 1 MiB");
  }
  const Json document = Json::parse(standard_output, nullptr, false);
  if (document.is_discarded()) {
    return fail(Errc::invalid_argument,
                "the chained driver's config printed no JSON: '" + printable(standard_output, 80) + "'");
  }
  if (document.is_null()) return ChainedConfig{};
  if (!document.is_object())
    return fail(Errc::invalid_argument, "the chained driver's config printed no JSON object");
  return read(document);
}

int chained_exit_code(ExitStatus status, const StageEnvironment& stage) {
  if (status.success()) return 0;
  if (status == ExitStatus::exited(stage.build_failure)) return stage.build_failure;
  return stage.system_failure;
}

}  // namespace runneriq::executor
