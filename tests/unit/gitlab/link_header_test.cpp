#include "gitlab/replies.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab {
namespace {

TEST(NextPage, ReadsGitLabsHeader) {
  EXPECT_EQ(
      next_page("<https://gitlab.example.com/api/v4/projects/7/jobs?cursor=eyJpZCI6IjEifQ&per_page=100>; "
                "rel=\"next\""),
      "https://gitlab.example.com/api/v4/projects/7/jobs?cursor=eyJpZCI6IjEifQ&per_page=100");
  EXPECT_EQ(next_page("<https://a/?page=1>; rel=\"prev\", <https://a/?page=3>; rel=\"next\", "
                      "<https://a/?page=1>; rel=\"first\", <https://a/?page=9>; rel=\"last\""),
            "https://a/?page=3");
}

TEST(NextPage, ReadsEveryFormOfRfc8288) {
  for (const char* header :
       {"<https://a/>;rel=next", "<https://a/>; rel = \"next\"", "<https://a/> ; REL=NEXT",
        "<https://a/>; title=\"x, <y>; rel=prev\"; rel=next", "<https://a/>; rel=\"last next\"",
        "<https://a/>; title=\"a\\\"b\"; rel=next", "<https://a/>; flag; rel=next",
        "<https://b/>; rel=prev , <https://a/>; rel=next", "<https://a/>;rel=next;",
        " <https://a/>\t;\trel=next"}) {
    EXPECT_EQ(next_page(header), "https://a/") << header;
  }
  EXPECT_EQ(next_page("<https://a/?x=1,2;3>; rel=next"), "https://a/?x=1,2;3");
}

TEST(NextPage, IsEmptyWhereThereIsNone) {
  for (const char* header : {"", "<https://a/>", "<https://a/>; rel=prev", "<https://a/>; rel=prev; rel=next",
                             "<https://a/>; rel=\"nextpage\"", "<https://a/; rel=next",
                             "https://a/; rel=next", "<https://a/> rel=next", "<https://a/>; relx=next",
                             "<https://a/>; rel=\"prev", "<", ">", ";", "\"", "<>"}) {
    EXPECT_EQ(next_page(header), "") << header;
  }
}

}  // namespace
}  // namespace runneriq::gitlab
