#include "gitlab/rest/address.hpp"

#include "core/percent_encoding.hpp"
#include "gitlab/rest/page_trail.hpp"
#include "gitlab/rest/turns.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;

TEST(PercentEncoded, LeavesOnlyWhatIsNeverSpecial) {
  EXPECT_EQ(percent_encoded("acme/web shop"), "acme%2Fweb%20shop");
  EXPECT_EQ(percent_encoded("aZ09-._~"), "aZ09-._~");
  EXPECT_EQ(percent_encoded("[]?#&%\n\xC3\xA9"), "%5B%5D%3F%23%26%25%0A%C3%A9");
}

TEST(ApiBase, HasNoSlashAtItsEnd) {
  EXPECT_EQ(ApiBase{"https://h/git/"}.address("/api/v4/x"), "https://h/git/api/v4/x");
}

TEST(PathWithin, TakesAddressesOfTheSameGitLab) {
  const ApiBase base{"https://Git.example.com/lab"};
  for (const char* given :
       {"https://git.example.com/lab/api/v4/jobs?page=2",
        "HTTPS://GIT.example.com:443/lab/api/v4/jobs?page=2", "/lab/api/v4/jobs?page=2"}) {
    const auto path = base.path_within(given);
    ASSERT_TRUE(path) << given;
    EXPECT_EQ(*path, "/api/v4/jobs?page=2") << given;
  }
}

TEST(PathWithin, RefusesAllElse) {
  const ApiBase base{"https://git.example.com"};
  for (const char* given :
       {"", "jobs", "http://git.example.com/api/v4/jobs", "https://git.example.com:8443/api/v4/jobs",
        "https://git.example.com.evil.example/api/v4/jobs",
        "https://git.example.com@evil.example/api/v4/jobs", "https://evil.example/api/v4/jobs",
        "//evil.example/api/v4/jobs", "https://git.example.com/api/v5/jobs",
        "https://git.example.com/api/v4/../../admin", "https://git.example.com/api/v4/%2e%2E/x",
        "https://git.example.com/api/v4/jobs/..", "https://git.example.com/api/v4/jobs#here",
        "https://git.example.com/api/v4/jobs\r\nX: y", "https://git.example.com/api/v4/jobs\\x",
        "https://git.example.com"}) {
    const auto path = base.path_within(given);
    ASSERT_FALSE(path) << given;
    EXPECT_EQ(path.error().code, Errc::invalid_argument);
  }
}

std::string link_to(const std::string& path) {
  return "<https://h" + path + R"(>; rel="next")";
}

TEST(PageTrail, GoesFromPageToPage) {
  const ApiBase base{"https://h"};
  PageTrail trail{base, "/api/v4/jobs", 3};
  EXPECT_EQ(trail.next(link_to("/api/v4/jobs?page=2")).value(), "/api/v4/jobs?page=2");
  EXPECT_EQ(trail.next(R"(<https://h/api/v4/jobs?page=1>; rel="first")").value(), std::nullopt);
  EXPECT_EQ(trail.next("").value(), std::nullopt);
}

TEST(PageTrail, StaysAtOurAddressWhateverNameGitLabBelievesToHave) {
  const ApiBase base{"http://inner:8080/gitlab"};
  PageTrail trail{base, "/api/v4/jobs?per_page=100", 9};
  const auto next = [&](const std::string& address) {
    return trail.next("<" + address + R"(>; rel="next")");
  };
  EXPECT_EQ(next("https://git.example.com/api/v4/jobs?page=2").value(), "/api/v4/jobs?page=2");
  EXPECT_EQ(next("https://git.example.com/gitlab/api/v4/jobs?page=3").value(), "/api/v4/jobs?page=3");
  EXPECT_EQ(next("//git.example.com/api/v4/jobs?page=4").value(), "/api/v4/jobs?page=4");
  for (const char* given : {"https://git.example.com/api/v4/users?page=2", "https://git.example.com/?page=2",
                            "https://git.example.com/api/v4/jobs?page=5#x"}) {
    EXPECT_EQ(next(given).error().code, Errc::invalid_argument) << given;
  }
}

TEST(PageTrail, GoesByNumberWhereThereAreNoLinks) {
  const ApiBase base{"https://h"};
  PageTrail trail{base, "/api/v4/jobs?per_page=100", 9};
  EXPECT_EQ(trail.next("", "2").value(), "/api/v4/jobs?per_page=100&page=2");
  EXPECT_EQ(trail.next("", "").value(), std::nullopt);
  EXPECT_EQ(trail.next("", "2; x").value(), std::nullopt);
  EXPECT_EQ(trail.next(R"(<https://h/api/v4/jobs?page=1>; rel="first")", "3").value(), std::nullopt);
  EXPECT_EQ(trail.next("", "2").error().code, Errc::corrupt);
}

TEST(PageTrail, RefusesCircles) {
  const ApiBase base{"https://h"};
  PageTrail trail{base, "/api/v4/jobs", 10};
  ASSERT_TRUE(trail.next(link_to("/api/v4/jobs?page=2")));
  EXPECT_EQ(trail.next(link_to("/api/v4/jobs?page=2")).error().code, Errc::corrupt);
  EXPECT_EQ(trail.next(link_to("/api/v4/jobs")).error().code, Errc::corrupt);
}

TEST(PageTrail, EndsAtTheMostPages) {
  const ApiBase base{"https://h"};
  PageTrail trail{base, "/api/v4/jobs", 3};
  ASSERT_TRUE(trail.next(link_to("/api/v4/jobs?page=2")));
  ASSERT_TRUE(trail.next(link_to("/api/v4/jobs?page=3")));
  EXPECT_EQ(trail.next(link_to("/api/v4/jobs?page=4")).error().code, Errc::corrupt);
}

std::vector<std::int64_t> order(std::vector<TurnTaker> takers) {
  std::vector<std::int64_t> ids;
  for (const ProjectId id : in_turn(std::move(takers))) ids.push_back(id.value());
  return ids;
}

TEST(InTurn, TakesBusyOnesFirstAndAnIdleOneAfterEachThree) {
  std::vector<TurnTaker> takers;
  for (int id = 1; id <= 3; ++id) takers.push_back({ProjectId{id}, false, Time{1s}});
  for (int id = 4; id <= 8; ++id) takers.push_back({ProjectId{id}, true, Time{1s}});
  EXPECT_EQ(order(takers), (std::vector<std::int64_t>{4, 5, 6, 1, 7, 8, 2, 3}));
}

TEST(InTurn, TakesTheLongestUnreadFirst) {
  EXPECT_EQ(order({{ProjectId{1}, false, Time{9s}},
                   {ProjectId{2}, false, Time{3s}},
                   {ProjectId{3}, false, std::nullopt}}),
            (std::vector<std::int64_t>{3, 2, 1}));
  EXPECT_EQ(order({}), std::vector<std::int64_t>{});
}

}  // namespace
}  // namespace runneriq::gitlab
