#include "gitlab/project.hpp"

#include "gitlab/job_response.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab {
namespace {

const ProtectedRefs kRefs{.branches = {"main", "release/*"}, .tags = {"v*"}};

TEST(IsProtected, LooksForBranchesAmongBranchesAndForTagsAmongTags) {
  struct Row {
    const char* ref;
    bool is_tag;
    bool is_protected;
  };
  for (const Row& row : {Row{"main", false, true}, Row{"main", true, false}, Row{"v1.0", true, true},
                         Row{"v1.0", false, false}, Row{"release/1.0", false, true},
                         Row{"release/1/0", false, true}, Row{"release", false, false},
                         Row{"Main", false, false}, Row{"main2", false, false}, Row{"", false, false}}) {
    EXPECT_EQ(is_protected(row.ref, row.is_tag, kRefs), row.is_protected) << row.ref;
  }
  EXPECT_FALSE(is_protected("main", false, {}));
}

TEST(IsProtected, NeverTakesAMergeRequestForProtected) {
  const ProtectedRefs all{.branches = {"*"}, .tags = {"*"}};
  EXPECT_TRUE(is_protected("feature", false, all));
  EXPECT_FALSE(is_protected("refs/merge-requests/12/head", false, all));
  EXPECT_FALSE(is_protected("refs/merge-requests/12/merge", true, all));
  EXPECT_FALSE(is_protected("", true, all));
}

TEST(MergeRequestOfRef, ReadsTheNumber) {
  for (const char* ref :
       {"refs/merge-requests/12/head", "refs/merge-requests/12/merge", "refs/merge-requests/12/train"}) {
    EXPECT_EQ(merge_request_of_ref(ref), MergeRequestIid{12}) << ref;
    EXPECT_TRUE(is_merge_request_ref(ref));
  }
  EXPECT_EQ(merge_request_of_ref("refs/merge-requests/9223372036854775807/head"),
            MergeRequestIid{9'223'372'036'854'775'807});
}

TEST(MergeRequestOfRef, TakesNothingElse) {
  for (const char* ref :
       {"", "main", "refs/merge-requests/", "refs/merge-requests//head", "refs/merge-requests/12",
        "refs/merge-requests/12/", "refs/merge-requests/12/other", "refs/merge-requests/12/head/x",
        "refs/merge-requests/1x/head", "refs/merge-requests/-1/head", "refs/merge-requests/+1/head",
        "refs/merge-requests/0/head", "refs/merge-requests/9223372036854775808/head",
        "x/refs/merge-requests/1/head", "refs/merge-requests/ 1/head"}) {
    EXPECT_EQ(merge_request_of_ref(ref), std::nullopt) << ref;
    EXPECT_FALSE(is_merge_request_ref(ref));
  }
}

}  // namespace
}  // namespace runneriq::gitlab
