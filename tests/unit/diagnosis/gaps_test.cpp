// What a job's configuration lacks.
#include "diagnosis/gaps.hpp"

#include "config/yaml/ci_config_document.hpp"

#include <gtest/gtest.h>

namespace runneriq::diagnosis {
namespace {

std::optional<JobSettings> settings_in(std::string_view yaml, std::string_view job) {
  auto root = config::parse_ci_config(yaml);
  if (!root) {
    ADD_FAILURE() << root.error().message;
    return std::nullopt;
  }
  return settings_of(gitlab::CiConfig{*std::move(root)}, job);
}

struct Written {
  const char* yaml;
  const char* job;
  bool has_timeout, has_retry;
  const char* image;
};

TEST(SettingsOfAJob, AreItsOwnOrTheDefaults) {
  const Written table[] = {
      {"unit: {script: x}", "unit", false, false, ""},
      {"unit: {script: x, timeout: 5m, retry: 2, image: 'a:1'}", "unit", true, true, "a:1"},
      {"default: {timeout: 5m, retry: {max: 1}, image: {name: 'b:2', entrypoint: ['']}}\nunit: {script: x}",
       "unit", true, true, "b:2"},
      {"default: {image: 'b:2'}\nunit: {script: x, image: {name: 'c'}}", "unit", false, false, "c"},
      {"image: 'd:4'\nunit: {script: x}", "unit", false, false, "d:4"},
      {"unit: {script: x, parallel: 3}", "unit 2/3", false, false, ""},
      {"unit: {script: x, timeout: 1h}", "unit: [linux, '1']", true, false, ""},
      {"'unit 2/3': {script: x, retry: 1}\nunit: {script: x}", "unit 2/3", false, true, ""},
      {"timeout: {script: x}\nretry: {script: x}\nunit: {script: x}", "unit", false, false, ""},
      {"default: {image: &1 {name: 'e:5'}}\nunit: {script: x, image: *1}", "unit", false, false, "e:5"},
      {"first: &1 {script: x, timeout: 5m}\nunit: *1", "unit", true, false, ""},
      {"unit: {script: x, image: [a, b]}", "unit", false, false, ""},
  };
  for (const Written& each : table) {
    SCOPED_TRACE(each.yaml);
    const auto settings = settings_in(each.yaml, each.job);
    ASSERT_TRUE(settings);
    EXPECT_EQ(settings->has_timeout, each.has_timeout);
    EXPECT_EQ(settings->has_retry, each.has_retry);
    EXPECT_EQ(settings->image, each.image);
  }
}

TEST(SettingsOfAJob, ThereAreNoneOfWhatIsNoJob) {
  for (const char* job : {"other", "", "unit x/3", "unit/3", "deploy: [a]", "stages"}) {
    EXPECT_FALSE(settings_in("stages: [a]\nunit: {script: x}", job)) << job;
  }
}

struct Gap {
  FailureClass failure_class;
  JobSettings settings;
  const char* word;  // "" = none
};

TEST(AGap, IsOneOnlyWhereItWouldHaveHelped) {
  const Gap table[] = {
      {FailureClass::timeout, {}, "no timeout of its own"},
      {FailureClass::timeout, {.has_timeout = true}, ""},
      {FailureClass::network, {}, "no retry rule"},
      {FailureClass::registry, {.image = "a:1"}, "no retry rule"},
      {FailureClass::runner_system, {}, "no retry rule"},
      {FailureClass::infrastructure, {}, "no retry rule"},
      {FailureClass::network, {.has_retry = true}, ""},
      {FailureClass::environment, {.image = "python"}, "python is not pinned"},
      {FailureClass::environment, {.image = "python:latest"}, "not pinned"},
      {FailureClass::dependency, {.image = "registry:5000/python"}, "not pinned"},
      {FailureClass::dependency, {.image = "registry:5000/python:3.11"}, ""},
      {FailureClass::dependency, {.image = "python@sha256:00"}, ""},
      {FailureClass::dependency, {.image = "$IMAGE"}, ""},
      {FailureClass::dependency, {.image = ""}, ""},
      {FailureClass::test, {.image = "python"}, ""},
      {FailureClass::compile, {}, ""},
      {FailureClass::unknown, {.image = "python"}, ""},
  };
  for (const Gap& each : table) {
    SCOPED_TRACE(std::string(to_text(each.failure_class)) + " " + each.settings.image);
    const auto gaps = gaps_of(each.failure_class, each.settings);
    ASSERT_EQ(gaps.size(), *each.word == '\0' ? 0U : 1U);
    EXPECT_TRUE(gaps.empty() || gaps[0].find(each.word) != std::string::npos) << gaps[0];
  }
}

TEST(AGap, ShowsAnyImageOnOneLine) {
  const auto gaps = gaps_of(FailureClass::environment, {.image = "a\n/close\n" + std::string(900, 'x')});
  ASSERT_EQ(gaps.size(), 1U);
  EXPECT_EQ(gaps[0].find('\n'), std::string::npos);
  EXPECT_LT(gaps[0].size(), 300U);
}

}  // namespace
}  // namespace runneriq::diagnosis
