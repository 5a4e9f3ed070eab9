#include "executor/config_toml.hpp"

#include "executor/runner_settings.hpp"
#include "executor/toml/runner_config.hpp"

#include <gtest/gtest.h>

namespace runneriq::executor {
namespace {

using namespace std::chrono_literals;

ConfigTomlRequest request(int slots, int reserve = 0) {
  return {"/usr/bin/runneriq-executor", slots, reserve, 10s};
}

RunnerSettings read_back(const ConfigTomlRequest& request) {
  const auto text = config_toml(request);
  if (!text) throw std::runtime_error(text.error().message);
  auto settings = parse_runner_config(*text);
  if (!settings) throw std::runtime_error(settings.error().message + "\n" + *text);
  return *settings;
}

TEST(ConfigToml, IsOneEntryThatCallsAllFourStages) {
  const RunnerSettings settings = read_back(request(4));
  EXPECT_EQ(settings.concurrent, 4);
  EXPECT_TRUE(settings.oddities.empty());
  ASSERT_EQ(settings.entries.size(), 1U);
  const RunnerEntry& entry = settings.entries[0];
  EXPECT_EQ(entry.limit, 4);
  EXPECT_EQ(entry.prepare_exec_timeout, 86400);
  EXPECT_EQ(entry.cleanup_exec_timeout, 300);
  EXPECT_EQ(entry.graceful_kill_timeout, 15);
  EXPECT_EQ(entry.force_kill_timeout, 10);
  EXPECT_TRUE(entry.unknown_custom_keys.empty());
  const char* stages[]{"config", "prepare", "run", "cleanup"};
  for (std::size_t i = 0; i < 4; ++i) {
    EXPECT_EQ(entry.commands[i].program, "/usr/bin/runneriq-executor");
    EXPECT_EQ(entry.commands[i].arguments, std::vector<std::string>{stages[i]});
  }
}

TEST(ConfigToml, SplitsTheSlotsWithAReserve) {
  const RunnerSettings settings = read_back(request(4, 1));
  EXPECT_EQ(settings.concurrent, 4);
  ASSERT_EQ(settings.entries.size(), 2U);
  EXPECT_EQ(settings.entries[0].limit, 3);
  EXPECT_EQ(settings.entries[1].limit, 1);
  EXPECT_NE(config_toml(request(4, 1))->find("runneriq:critical"), std::string::npos);
}

TEST(ConfigToml, LeavesTheNumbersToTheReaderWithoutSlots) {
  const RunnerSettings settings = read_back(request(0));
  EXPECT_FALSE(settings.concurrent);
  EXPECT_FALSE(settings.entries.at(0).limit);
}

TEST(ConfigToml, HoldsNoTokenAndNoAddress) {
  const std::string text = *config_toml(request(2, 1));
  for (const char* key : {"token", "url", "name"}) {
    for (std::size_t at = text.find(std::string(key) + " ="); at != std::string::npos;
         at = text.find(std::string(key) + " =", at + 1)) {
      EXPECT_EQ(text.substr(at - 2, 2), "# ") << text.substr(at, 40);
    }
  }
}

struct UsageCase {
  const char* name;
  int slots, reserve;
  const char* says;
};

class ConfigTomlUsage : public testing::TestWithParam<UsageCase> {};

TEST_P(ConfigTomlUsage, IsAnErrorThatSaysWhatToDo) {
  const auto text = config_toml(request(GetParam().slots, GetParam().reserve));
  ASSERT_FALSE(text);
  EXPECT_EQ(text.error().code, Errc::invalid_argument);
  EXPECT_NE(text.error().message.find(GetParam().says), std::string::npos) << text.error().message;
}

INSTANTIATE_TEST_SUITE_P(Usage, ConfigTomlUsage,
                         testing::Values(UsageCase{"ReserveWithoutSlots", 0, 1, "executor: {slots: N}"},
                                         UsageCase{"ReserveOfAll", 2, 2, "at most --reserve 1"},
                                         UsageCase{"ReserveOfMore", 2, 5, "at most --reserve 1"},
                                         UsageCase{"NegativeReserve", 2, -1, "negative"}),
                         [](const auto& param_info) { return param_info.param.name; });

TEST(ConfigToml, NeedsAnAbsoluteProgram) {
  EXPECT_FALSE(config_toml({"runneriq-executor", 2, 0, 10s}));
  EXPECT_FALSE(config_toml({"", 2, 0, 10s}));
}

TEST(ConfigToml, QuotesWhatAPathMayHold) {
  const std::string program = "/opt/a \"b\"\\c\n\x7f/runneriq-executor";
  ConfigTomlRequest odd = request(1);
  odd.program = program;
  EXPECT_EQ(read_back(odd).entries.at(0).commands[2].program, program);
}

TEST(GracefulKillTimeout, IsRoundedUp) {
  EXPECT_EQ(graceful_kill_timeout(1500ms), 7);
}

}  // namespace
}  // namespace runneriq::executor
