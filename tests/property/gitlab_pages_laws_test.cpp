// Whatever bytes come as an answer: it is read or refused, within the bounds of its header.
#include "gitlab/discussion_pages.hpp"
#include "gitlab/pipeline_pages.hpp"
#include "gitlab/webhook.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>

namespace runneriq::gitlab {
namespace {

const std::array<std::string, 6> kAnswers{
    R"({"id": 31, "project_id": 7, "sha": "abc", "ref": "refs/merge-requests/3/head", "status": "failed",
        "yaml_errors": "a\nb", "web_url": "https://h/p", "created_at": "2025-03-01T10:00:00.000Z"})",
    R"([{"id": 5, "iid": 5, "name": "unit", "key": "A", "value": "secret-value", "masked": true,
         "pipeline": {"id": 31, "sha": "abc"}, "body": "note", "author": {"id": 4}, "state": "opened"}])",
    R"({"commit": {"id": "c2"}, "commits": [{"id": "c1"}, {"id": "c2"}], "compare_timeout": false,
        "diffs": [{"old_path": "a", "new_path": "b", "diff": "@@ -1,2 +1 @@\n a\n-b\n", "collapsed": false}]})",
    R"({"iid": 3, "state": "opened", "labels": ["x", {"name": "y"}], "sha": "abc", "head_pipeline": {"id": 31},
        "source_project_id": 8, "target_project_id": 7, "description": "mark", "id": 4, "username": "bot"})",
    R"({"valid": false, "errors": ["\ud83d\ude00"], "warnings": ["w"], "body": "x", "id": 9})",
    R"({"object_kind": "note", "object_attributes": {"id": 55, "note": "diagnose", "system": false},
        "user": {"id": 10, "username": "project_7_bot_1"}, "project_id": 7, "merge_request": {"iid": 12}})"};

void read_all(std::string_view json) {
  (void)parse_project_page(json).has_value();
  (void)parse_pipeline_page(json).has_value();
  (void)parse_pipelines(json).has_value();
  (void)parse_pipeline_job(json).has_value();
  (void)parse_merge_request_page(json).has_value();
  (void)parse_merge_request_pages(json).has_value();
  (void)parse_ci_check(json).has_value();
  (void)parse_own_user(json).has_value();
  (void)parse_note(json).has_value();
  (void)parse_issue(json).has_value();
  if (auto jobs = parse_pipeline_jobs(json)) {
    EXPECT_LE(in_order_of_attempts(*jobs).size(), kMostPipelineJobs);
  }
  if (const auto variables = parse_project_variables(json)) {
    for (const auto& one : *variables) EXPECT_FALSE(one.id.empty());
  }
  if (const auto changes = parse_comparison(json)) {
    EXPECT_LE(changes->files.size(), kMostDiffFiles);
    EXPECT_LE(changes->commits.size(), kMostCommits);
    for (const FileDiff& file : changes->files) {
      EXPECT_FALSE(file.new_path.empty() || file.old_path.empty());
      EXPECT_TRUE(file.hunks.empty() || file.hunks.starts_with("@@ "));
    }
  }
  if (auto notes = parse_notes(json)) {
    for (const Note& one : notes_of(*notes, UserId{4}, "note")) EXPECT_EQ(one.author, UserId{4});
  }
  if (auto issues = parse_issues(json)) (void)issue_of(*issues, UserId{4}, "mark");
  (void)parse_webhook(json, "").has_value();
}

TEST(AnyAnswer, ThatIsCutAnywhereIsReadOrRefused) {
  for (const std::string& answer : kAnswers) {
    for (std::size_t length = 0; length <= answer.size(); ++length) read_all(answer.substr(0, length));
  }
}

TEST(AnyAnswer, WithBytesThatAreOthersIsReadOrRefused) {
  std::mt19937 random(1);
  for (int round = 0; round < 4'000; ++round) {
    std::string answer = kAnswers[random() % kAnswers.size()];
    for (unsigned changes = 1 + random() % 4; changes > 0; --changes)
      answer[random() % answer.size()] = static_cast<char>(random() % 256);
    read_all(answer);
  }
}

TEST(AnyAnswer, OfOtherKindsInPlaceOfItsMembersIsReadOrRefused) {
  for (const std::string value :
       {"null", "7", "-1", "\"x\"", "[]", "{}", "[[]]", "true", "1e999", "[null]"}) {
    for (const std::string member :
         {"diffs", "commits", "commit", "labels", "head_pipeline", "yaml_errors", "errors", "author",
          "pipeline", "body", "value", "user", "object_attributes"}) {
      const std::string object =
          R"({"id": 1, "iid": 1, "key": "k", "valid": true, "object_kind": "note", ")" + member +
          "\": " + value + "}";
      read_all(object);
      read_all("[" + object + "]");
    }
  }
}

TEST(AnyName, IsWithinATitleAndHasALongestWordOfItsOwn) {
  std::mt19937 random(1);
  for (int round = 0; round < 2'000; ++round) {
    std::string text(random() % 600, ' ');
    for (char& c : text) c = static_cast<char>(random() % 256);
    EXPECT_TRUE(text.starts_with(within_a_title(text)));
    EXPECT_NE(text.find(longest_word(text)), std::string::npos);
    (void)is_name_of_bot(text);
  }
}

}  // namespace
}  // namespace runneriq::gitlab
