// Laws of what GitLab says: the matcher keeps its order, words and times read back as themselves,
// and no reply, whatever its bytes, breaks a parser.
#include "core/time.hpp"
#include "core/utf8.hpp"
#include "gitlab/graphql.hpp"
#include "gitlab/matcher.hpp"
#include "gitlab/replies.hpp"
#include "gitlab/web_address.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <array>
#include <random>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::gitlab {
namespace {

constexpr std::uint32_t kSeed = 20'261'122;

// One generator per test; a failing round prints its number, the seed is fixed.
class GitLabLaws : public testing::Test {
 protected:
  std::size_t below(std::size_t bound) {
    return std::uniform_int_distribution<std::size_t>{0, bound - 1}(random_);
  }
  bool coin() { return below(2) == 0; }

  std::vector<std::string> some_tags() {
    std::vector<std::string> tags;
    for (const char* tag : {"docker", "gpu", "linux", "runneriq:high"}) {
      if (coin()) tags.emplace_back(tag);
    }
    return tags;
  }

  RunnerTraits some_runner() {
    constexpr std::array kTypes{RunnerType::instance, RunnerType::group, RunnerType::project};
    RunnerTraits runner{.tags = some_tags(), .run_untagged = coin(), .protected_only = coin()};
    runner.type = kTypes[below(kTypes.size())];
    if (coin()) runner.projects = {ProjectId{1}};
    if (coin()) runner.groups = {"acme"};
    return runner;
  }

  JobTraits some_job() {
    return {.project = ProjectId{static_cast<std::int64_t>(below(3))},
            .project_path = std::array{"", "acme/shop", "other/shop"}[below(3)],
            .tags = some_tags(),
            .ref_protected = coin(),
            .takes_instance_runners = coin(),
            .takes_group_runners = coin()};
  }

  std::string mutated(std::string text) {
    for (std::size_t changes = 1 + below(6); changes > 0 && !text.empty(); --changes) mutate_once(text);
    return text;
  }

  std::mt19937 random_{kSeed};

 private:
  void mutate_once(std::string& text) {
    const std::size_t at = below(text.size());
    const std::size_t length = 1 + below(std::min<std::size_t>(24, text.size() - at));
    switch (below(5)) {
      case 0:
        text[at] = static_cast<char>(below(256));
        break;
      case 1:
        text.erase(at, length);
        break;
      case 2:
        text.insert(at, text.substr(below(text.size()), length));
        break;
      case 3:
        text.insert(at, std::array{"null", "-1", "1e999", "[", "{", "\"", "\\ud800", "9223372036854775808",
                                   "\xFF", "true"}[below(10)]);
        break;
      default:
        std::swap(text[at], text[below(text.size())]);
    }
  }
};

std::vector<std::string> with(std::vector<std::string> tags, std::string tag) {
  tags.push_back(std::move(tag));
  std::sort(tags.begin(), tags.end());
  tags.erase(std::unique(tags.begin(), tags.end()), tags.end());
  return tags;
}

bool takes(const RunnerTraits& runner, const JobTraits& job) {
  return could_take(runner, job) == Match::takes;
}

TEST_F(GitLabLaws, ATagMoreOnARunnerNeverLosesAJob) {
  for (int round = 0; round < 20'000; ++round) {
    const RunnerTraits runner = some_runner();
    const JobTraits job = some_job();
    RunnerTraits richer = runner;
    richer.tags = with(runner.tags, coin() ? "gpu" : "zone:eu");
    ASSERT_TRUE(!takes(runner, job) || takes(richer, job)) << "round " << round;
  }
}

// Save that the first tag opens the job to runners that want some.
TEST_F(GitLabLaws, ATagMoreOnAJobNeverGainsARunner) {
  for (int round = 0; round < 20'000; ++round) {
    const RunnerTraits runner = some_runner();
    const JobTraits job = some_job();
    JobTraits pickier = job;
    pickier.tags = with(job.tags, coin() ? "gpu" : "zone:eu");
    if (job.tags.empty() && !runner.run_untagged) continue;
    ASSERT_TRUE(takes(runner, job) || !takes(runner, pickier)) << "round " << round;
  }
}

TEST_F(GitLabLaws, WhatIsProtectedMayRunWhereverItMightUnprotected) {
  for (int round = 0; round < 20'000; ++round) {
    RunnerTraits runner = some_runner();
    JobTraits job = some_job();
    job.ref_protected = false;
    const bool unprotected = takes(runner, job);
    job.ref_protected = true;
    const bool is_protected = takes(runner, job);
    ASSERT_TRUE(!unprotected || is_protected) << "round " << round;
    runner.protected_only = !runner.protected_only;
    ASSERT_EQ(takes(runner, job), is_protected) << "round " << round;
  }
}

TEST_F(GitLabLaws, WhatNobodyToldNeverTakesAJobAway) {
  for (int round = 0; round < 20'000; ++round) {
    const RunnerTraits runner = some_runner();
    const JobTraits job = some_job();
    RunnerTraits unknown = runner;
    unknown.projects.clear();
    unknown.groups.clear();
    ASSERT_TRUE(!takes(runner, job) || takes(unknown, job)) << "round " << round;
  }
}

TEST_F(GitLabLaws, EveryTimeReadsBackAsItself) {
  constexpr std::int64_t kEarliest = -62'167'219'200'000;  // the year 0
  constexpr std::int64_t kLatest = 253'402'300'799'999;    // the end of the year 9999
  std::uniform_int_distribution<std::int64_t> anywhen{kEarliest, kLatest};
  for (int round = 0; round < 50'000; ++round) {
    const Time time{Duration{round == 0 ? kEarliest : round == 1 ? kLatest : anywhen(random_)}};
    const auto read = parse_time(runneriq::to_text(time));
    ASSERT_TRUE(read) << runneriq::to_text(time);
    ASSERT_EQ(*read, time) << runneriq::to_text(time);
  }
}

TEST_F(GitLabLaws, AnyTextIsATimeOrAnError) {
  for (int round = 0; round < 50'000; ++round) {
    const auto time =
        parse_time(mutated(coin() ? "2025-03-01T03:00:00.123+02:00" : "2021-01-13 17:57:05 UTC"));
    if (time) {
      ASSERT_EQ(parse_time(runneriq::to_text(*time)).value(), *time) << "round " << round;
    } else {
      ASSERT_TRUE(is_utf8(time.error().message));
    }
  }
}

TEST_F(GitLabLaws, EveryAddressReadsBackAsItself) {
  for (int round = 0; round < 50'000; ++round) {
    const auto address = parse_web_address(mutated("https://gitlab.example.com:8443/code/gitlab/"));
    if (!address) continue;
    ASSERT_FALSE(address->ends_with('/')) << *address;
    ASSERT_EQ(parse_web_address(*address).value(), *address);
  }
}

constexpr std::string_view kRunners =
    R"([{"id":8,"description":"big","paused":false,"runner_type":"instance_type","online":null,"status":"online"},
{"id":9,"description":null,"paused":true,"is_shared":false,"runner_type":"group_type","online":true,"status":"paused"}])";
constexpr std::string_view kRunner =
    R"({"id":12,"description":"r","runner_type":"project_type","tag_list":["linux","docker"],"run_untagged":false,
"maximum_timeout":3600,"access_level":"ref_protected","contacted_at":"2025-03-01T03:00:00Z","projects":[{"id":9}],
"groups":[{"id":1,"web_url":"https://gitlab.example.com/groups/acme"}]})";
constexpr std::string_view kJobs =
    R"([{"id":101,"status":"pending","stage":"test","name":"unit","ref":"main","tag":false,"allow_failure":true,
"created_at":"2025-03-01T03:00:00.123Z","queued_duration":12.345,"duration":null,"user":{"id":5},
"pipeline":{"id":55,"project_id":7,"source":"push"},"runner":null,"tag_list":["a","b"]}])";
constexpr std::string_view kProjects =
    R"([{"id":7,"path_with_namespace":"acme/shop","default_branch":"main","archived":false,
"shared_runners_enabled":true,"group_runners_enabled":false}])";
constexpr std::string_view kRequests =
    R"([{"iid":12,"target_branch":"main","labels":["a",{"name":"b"}],"draft":true}])";
constexpr std::string_view kAnswer =
    R"({"data":{"project":{"runners":{"nodes":[{"id":"gid://gitlab/Ci::Runner/12","description":"big",
"runnerType":"PROJECT_TYPE","status":"ONLINE","paused":false,"tagList":["x"],"jobCount":2,"managers":{"count":3},
"projects":{"nodes":[{"id":"gid://gitlab/Project/9"}]}}],"pageInfo":{"hasNextPage":true,"endCursor":"abc"}},
"jobs":{"nodes":[{"id":"gid://gitlab/Ci::Build/1","manualJob":true}]}}},"errors":[]})";

template <class Type>
bool has_positive_ids(const Result<std::vector<Type>>& list) {
  return !list || std::all_of(list->begin(), list->end(), [](const Type& one) { return one.id.value() > 0; });
}

bool is_set(const std::vector<std::string>& tags) {
  return std::is_sorted(tags.begin(), tags.end()) &&
         std::adjacent_find(tags.begin(), tags.end()) == tags.end() &&
         std::all_of(tags.begin(), tags.end(), is_utf8);
}

void expect_sound(const Runner& runner) {
  ASSERT_GT(runner.id.value(), 0);
  ASSERT_TRUE(is_utf8(runner.description));
  ASSERT_TRUE(is_set(runner.traits.value_or(RunnerTraits{}).tags));
  ASSERT_GT(runner.longest_timeout.value_or(std::chrono::seconds{1}).count(), 0);
}

void expect_sound(const Job& job) {
  ASSERT_GT(job.id.value(), 0);
  ASSERT_GE(job.project.value(), 0);
  ASSERT_TRUE(is_set(job.tags));
  for (const std::string* text :
       {&job.name, &job.stage, &job.ref, &job.pipeline_source, &job.failure_reason}) {
    ASSERT_TRUE(is_utf8(*text));
  }
  ASSERT_GE(job.ran.value_or(Duration{}).count(), 0);
  ASSERT_GE(job.queued.value_or(Duration{}).count(), 0);
}

template <class Type>
void expect_sound(const Result<std::vector<Type>>& list) {
  if (!list) {
    ASSERT_EQ(list.error().code, Errc::corrupt);
    return;
  }
  for (const Type& one : *list) expect_sound(one);
}

void try_all(std::string_view body) {
  expect_sound(parse_runners(body));
  if (const auto runner = parse_runner(body)) expect_sound(*runner);
  expect_sound(parse_jobs(body, ProjectId{3}));
  ASSERT_TRUE(has_positive_ids(parse_projects(body)));
  (void)parse_project(body);
  (void)parse_ref_patterns(body);
  (void)parse_members(body);
  (void)parse_merge_requests(body);
  (void)parse_token(body);
  (void)parse_version(body);
  const auto answer = parse_runners_answer(body, {RunnerOwner::Kind::project, "acme"});
  if (answer) expect_sound(Result<std::vector<Runner>>{answer->runners});
  (void)parse_manual_jobs_answer(body);
  const std::string words = error_words(body);
  ASSERT_LE(words.size(), 200U);
  ASSERT_TRUE(is_utf8(words));
  ASSERT_EQ(words.find('\n'), std::string::npos);
  ASSERT_LE(next_page(body).size(), body.size());
}

TEST_F(GitLabLaws, NoReplyBreaksAParser) {
  for (const std::string_view reply : {kRunners, kRunner, kJobs, kProjects, kRequests, kAnswer}) {
    ASSERT_NO_FATAL_FAILURE(try_all(reply));
    for (int round = 0; round < 2'000; ++round) {
      ASSERT_NO_FATAL_FAILURE(try_all(mutated(std::string(reply)))) << "round " << round;
    }
  }
}

TEST_F(GitLabLaws, NoPrefixOfAListIsAList) {
  for (const std::string_view reply : {kRunners, kJobs, kProjects, kRequests}) {
    for (std::size_t length = 0; length < reply.size(); ++length) {
      const std::string_view prefix = reply.substr(0, length);
      ASSERT_FALSE(parse_runners(prefix) || parse_jobs(prefix, {}) || parse_projects(prefix) ||
                   parse_merge_requests(prefix))
          << prefix;
    }
  }
}

TEST_F(GitLabLaws, NoLinkHeaderBreaksItsParser) {
  const std::string header =
      "<https://a/?page=1>; rel=\"prev\", <https://a/?page=3>; rel=\"next\"; title=\"a,b\"";
  for (int round = 0; round < 20'000; ++round) {
    const std::string text = mutated(header);
    const std::string page = next_page(text);
    ASSERT_TRUE(page.empty() || text.find("<" + page + ">") != std::string::npos) << text;
  }
}

}  // namespace
}  // namespace runneriq::gitlab
