// Laws of everything that turns text into types: whatever the text, no crash, no exception,
// bounded answers; and what is printed reads back as itself.
#include "config/yaml/document.hpp"
#include "core/utf8.hpp"
#include "executor/job_plan.hpp"
#include "executor/options.hpp"
#include "gitlab/job_response.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq {
namespace {

constexpr std::uint32_t kSeed = 20'251'121;
constexpr std::size_t kLongestKept = 64 * 1024;

constexpr std::string_view kJobResponse =
    R"({"id":1001,"token":"s\u00e9\ud83d\ude00","job_info":{"name":"unit \"a\"",
"stage":"test","project_id":7,"pipeline_id":55,"time_in_queue_seconds":12.5e0},"git_info":{"ref":"main",
"ref_type":"tag","protected":null},"runner_info":{"timeout":600},"variables":[{"key":"CI_PROJECT_ID","value":"7"},
{"key":"CI_COMMIT_REF_PROTECTED","value":"true"}],"image":{"name":"debian","entrypoint":["/bin/sh","-c"]},
"services":[{"name":"pg","alias":"db","entrypoint":null,"command":["-c"]}],"features":{"a":[[],{},-0.5,true]}})";

constexpr std::string_view kConfiguration = R"(# A site's configuration
runneriq:
  executor:
    driver: bubblewrap
    slots: 2            # two at once
    pass_environment: [HTTP_PROXY, "NO_PROXY"]
    chain:
      run:
        - /opt/driver
        - 'it''s'
    bubblewrap: {network: off, read_only_paths: []}
    shell:
  analyzer:
    priority:
      branch_weights:
        "release/1.0": 90
        main: >-
          10
          0
)";

std::string job_plan() {
  executor::JobPlan plan;
  plan.attempt = AttemptId{"/tmp/x\xFF"};
  plan.environment = {"A=b", "C=\n"};
  plan.services = {{"pg", "db", {}, {"-c"}}};
  plan.admitted = Time{Duration{5}};
  return executor::to_json(plan);
}

// One generator per test; a failing round prints its number, the seed is fixed.
class ParsersLaws : public testing::Test {
 protected:
  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>{0, bound - 1}(random_);
  }
  char byte() { return static_cast<char>(below(256)); }

  std::string bytes(std::size_t longest) {
    std::string text(below(longest + 1), '\0');
    std::generate(text.begin(), text.end(), [this] { return byte(); });
    return text;
  }

  // Words of the language in any order: gets further into a parser than bytes do.
  std::string words(const std::vector<std::string_view>& vocabulary, std::size_t most) {
    std::string text;
    for (std::size_t count = below(most + 1); count > 0; --count)
      text += vocabulary[below(vocabulary.size())];
    return text;
  }

  std::string mutated(std::string text) {
    for (std::size_t changes = 1 + below(8); changes > 0 && !text.empty(); --changes) mutate_once(text);
    return text;
  }

 private:
  void mutate_once(std::string& text) {
    const std::size_t at = below(text.size());
    const std::size_t length = 1 + below(std::min<std::size_t>(16, text.size() - at));
    switch (below(5)) {
      case 0:
        text[at] = byte();
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, text.substr(below(text.size()), length));
        break;
      case 3:
        text.insert(at, 1, std::string_view("\"\\{}[]:,-'#&*!|>\n\t 0\x80\xE2\xF0")[below(23)]);
        break;
      default:
        std::swap(text[at], text[below(text.size())]);
    }
  }

  std::mt19937 random_{kSeed};
};

void expect_bounded(const gitlab::ParsedJobResponse& parsed) {
  const gitlab::JobResponse& job = parsed.job;
  for (const std::string* text : {&job.name, &job.stage, &job.project_path, &job.ref, &job.image}) {
    ASSERT_LE(text->size(), kLongestKept);
    ASSERT_TRUE(is_utf8(*text));
  }
  ASSERT_GE(job.id.value(), 0);
  ASSERT_LE(job.services.size(), 20U);
  ASSERT_LE(job.variables.size(), 16U);
  ASSERT_GE(job.queued.value_or(Duration{0}).count(), 0);
  ASSERT_GT(job.timeout.value_or(std::chrono::seconds{1}).count(), 0);
  ASSERT_TRUE(is_utf8(parsed.trouble.value_or("")));
  ASSERT_EQ(parsed.trouble.value_or("").find('\n'), std::string::npos);
}

void expect_bounded(const Result<std::vector<config::DocumentEntry>>& entries) {
  if (!entries) {
    ASSERT_TRUE(is_utf8(entries.error().message));
    ASSERT_EQ(entries.error().message.find('\n'), std::string::npos);
    ASSERT_TRUE(entries.error().message.starts_with("line "));
    return;
  }
  ASSERT_LE(entries->size(), 10'000U);
  for (const config::DocumentEntry& entry : *entries) {
    ASSERT_GE(entry.line, 1);
    ASSERT_FALSE(entry.path.empty());
    ASSERT_LE(entry.path.size(), 16U);
    ASSERT_LE(entry.text.size(), kLongestKept);
  }
}

void try_job_response(std::string_view text) {
  expect_bounded(gitlab::parse_job_response(text));
}
void try_document(std::string_view text) {
  expect_bounded(config::parse_yaml_document(text));
}
void try_plan(std::string_view text) {
  const auto plan = executor::parse_job_plan(text);
  ASSERT_TRUE(!plan || executor::parse_job_plan(executor::to_json(*plan)));
}

const std::vector<std::string_view> kJsonWords{"{",
                                               "}",
                                               "[",
                                               "]",
                                               ":",
                                               ",",
                                               " ",
                                               "\"",
                                               "\\",
                                               "\"id\"",
                                               "\"job_info\"",
                                               "\"variables\"",
                                               "\"key\"",
                                               "\"value\"",
                                               "\"services\"",
                                               "\"CI_PROJECT_ID\"",
                                               "\"image\"",
                                               "\"entrypoint\"",
                                               "\"name\"",
                                               "1",
                                               "-",
                                               "1e999",
                                               "null",
                                               "true",
                                               "\\u",
                                               "\\ud83d",
                                               "\xFF",
                                               "\xE2\x82\xAC",
                                               "{\"variables\":[{\"key\":\"CI_PROJECT_ID\",\"value\":"};
const std::vector<std::string_view> kYamlWords{"runneriq:", "\n",
                                               "\n  ",      "\n    ",
                                               "  ",        " ",
                                               "- ",        ": ",
                                               ":",         "a",
                                               "b: ",       "&x ",
                                               "*x",        "!!str ",
                                               "!t ",       "|",
                                               ">",         "'",
                                               "\"",        "[",
                                               "]",         "{",
                                               "}",         ",",
                                               "? ",        "# ",
                                               "---",       "\n---\n",
                                               "...",       "%YAML 1.2\n",
                                               "~",         "<<: ",
                                               "\t",        "\\",
                                               "@",         "`",
                                               "\xC3\xA9",  "runneriq:\n  executor:\n    "};

TEST_F(ParsersLaws, RandomBytesAreReadOrRefused) {
  for (int round = 0; round < 3'000; ++round) {
    SCOPED_TRACE("seed " + std::to_string(kSeed) + ", round " + std::to_string(round));
    const std::string text = bytes(300);
    ASSERT_NO_FATAL_FAILURE(try_job_response(text));
    ASSERT_NO_FATAL_FAILURE(try_document(text));
    ASSERT_NO_FATAL_FAILURE(try_plan(text));
  }
}

TEST_F(ParsersLaws, RandomWordsAreReadOrRefused) {
  for (int round = 0; round < 10'000; ++round) {
    SCOPED_TRACE("seed " + std::to_string(kSeed) + ", round " + std::to_string(round));
    const std::string json = words(kJsonWords, 40);
    const std::string yaml = words(kYamlWords, 40);
    ASSERT_NO_FATAL_FAILURE(try_job_response(json)) << json;
    ASSERT_NO_FATAL_FAILURE(try_plan(json)) << json;
    ASSERT_NO_FATAL_FAILURE(try_document(yaml)) << yaml;
  }
}

TEST_F(ParsersLaws, MutatedDocumentsAreReadOrRefused) {
  const std::string plan = job_plan();
  for (int round = 0; round < 5'000; ++round) {
    SCOPED_TRACE("seed " + std::to_string(kSeed) + ", round " + std::to_string(round));
    const std::string json = mutated(std::string(kJobResponse));
    const std::string yaml = mutated(std::string(kConfiguration));
    ASSERT_NO_FATAL_FAILURE(try_job_response(json)) << json;
    ASSERT_NO_FATAL_FAILURE(try_document(yaml)) << yaml;
    ASSERT_NO_FATAL_FAILURE(try_plan(mutated(plan)));
  }
}

TEST_F(ParsersLaws, TruncatedDocumentsAreReadOrRefused) {
  const std::string plan = job_plan();
  const std::pair<std::string_view, void (*)(std::string_view)> documents[] = {
      {kJobResponse, try_job_response}, {kConfiguration, try_document}, {plan, try_plan}};
  for (const auto& [text, attempt] : documents) {
    for (std::size_t length = 0; length <= text.size(); ++length) {
      SCOPED_TRACE(length);
      ASSERT_NO_FATAL_FAILURE(attempt(text.substr(0, length)));
    }
  }
}

TEST_F(ParsersLaws, TheWholeDocumentsAreRead) {
  EXPECT_EQ(gitlab::parse_job_response(kJobResponse).trouble, std::nullopt);
  const auto entries = config::parse_yaml_document(kConfiguration);
  ASSERT_TRUE(entries) << entries.error().message;
  EXPECT_EQ(entries->size(), 11U);
  EXPECT_TRUE(executor::parse_job_plan(job_plan()));
}

// A string of any bytes comes through the screen as valid text, and valid text within the
// limit as itself.
TEST_F(ParsersLaws, NamesComeThroughAsText) {
  for (int round = 0; round < 2'000; ++round) {
    SCOPED_TRACE("seed " + std::to_string(kSeed) + ", round " + std::to_string(round));
    std::string name = bytes(60);
    std::erase_if(name, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == '"' || c == '\\'; });
    const auto parsed = gitlab::parse_job_response(R"({"job_info":{"name":")" + name + R"("},"id":5})");
    ASSERT_EQ(parsed.trouble, std::nullopt);
    ASSERT_TRUE(is_utf8(parsed.job.name));
    ASSERT_EQ(parsed.job.id, JobId{5});
    ASSERT_TRUE(!is_utf8(name) || parsed.job.name == name);
  }
}

TEST_F(ParsersLaws, EveryPlanReadsBackAsItself) {
  for (int round = 0; round < 1'000; ++round) {
    SCOPED_TRACE("seed " + std::to_string(kSeed) + ", round " + std::to_string(round));
    executor::JobPlan plan;
    plan.attempt = AttemptId{bytes(20)};
    plan.key = {GitLabUrl{bytes(20)}, JobId{static_cast<std::int64_t>(below(1U << 31U))}};
    plan.history.job_name = bytes(40);
    plan.account = {bytes(8), static_cast<std::uint32_t>(below(1ULL << 32U)), 0, {1, 2}, bytes(8)};
    plan.environment = {bytes(50), bytes(50), ""};
    plan.driver_notes["note"] = {bytes(10)};
    plan.services = {{bytes(10), bytes(10), {bytes(5)}, {}}};
    plan.score = static_cast<double>(below(1001)) / 10;
    plan.job_class = scheduler::kJobClasses[below(4)];
    plan.held = Duration{static_cast<std::int64_t>(below(1'000'000))};
    if (below(2) == 0) plan.admitted = Time{Duration{static_cast<std::int64_t>(below(1ULL << 41U))}};
    const auto after = executor::parse_job_plan(executor::to_json(plan));
    ASSERT_TRUE(after) << after.error().message;
    ASSERT_EQ(executor::to_json(*after), executor::to_json(plan));
    ASSERT_EQ(after->environment, plan.environment);
    ASSERT_EQ(after->attempt, plan.attempt);
    ASSERT_EQ(after->history.job_name, plan.history.job_name);
    ASSERT_EQ(after->account, plan.account);
  }
}

TEST_F(ParsersLaws, NoTextBreaksAnOption) {
  executor::ExecutorOptions options;
  config::Configuration configuration{executor::option_rows(options), {"executor"}};
  for (int round = 0; round < 3'000; ++round) {
    SCOPED_TRACE("seed " + std::to_string(kSeed) + ", round " + std::to_string(round));
    const Option& option = configuration.options()[below(configuration.options().size())];
    const std::string text = bytes(30);
    const std::string before = option.show();
    const Result<void> result = option.set ? option.set(text) : option.set_entry("0", text);
    if (result) continue;
    ASSERT_EQ(option.show(), before);
    ASSERT_TRUE(is_utf8(result.error().message));
    ASSERT_EQ(result.error().message.find('\n'), std::string::npos);
  }
}

TEST_F(ParsersLaws, ConfigurationsAreAppliedWhateverTheDocumentHolds) {
  for (int round = 0; round < 1'000; ++round) {
    SCOPED_TRACE("seed " + std::to_string(kSeed) + ", round " + std::to_string(round));
    const auto entries = config::parse_yaml_document(mutated(std::string(kConfiguration)));
    if (!entries) continue;
    executor::ExecutorOptions options;
    config::Configuration configuration{executor::option_rows(options), {"executor"}};
    for (const config::Problem& problem : configuration.apply_document("site.yaml", *entries)) {
      ASSERT_TRUE(problem.where.starts_with("site.yaml:"));
      ASSERT_TRUE(is_utf8(problem.message));
      ASSERT_EQ(problem.message.find('\n'), std::string::npos);
    }
    ASSERT_GE(options.slots, 0);
    ASSERT_GE(options.kill_grace, std::chrono::seconds{1});
  }
}

}  // namespace
}  // namespace runneriq
