// What people write for a job, a pipeline or a merge request.
#include "cli/diagnose_subject.hpp"

#include <gtest/gtest.h>

#include <string>

namespace runneriq::cli {
namespace {

using Kind = DiagnoseSubject::Kind;

struct Written {
  const char* text;
  Kind kind;
  std::int64_t id;
  const char* address = "";
};

TEST(ASubject, IsReadAsItIsWritten) {
  const Written table[] = {
      {"123", Kind::job, 123},
      {"job/123", Kind::job, 123},
      {"pipeline/7", Kind::pipeline, 7},
      {"#7", Kind::pipeline, 7},
      {"mr/12", Kind::merge_request, 12},
      {"!12", Kind::merge_request, 12},
      {"9223372036854775807", Kind::job, INT64_MAX},
      {"https://gitlab.example/acme/shop/-/jobs/123", Kind::job, 123, "https://gitlab.example/acme/shop"},
      {"https://gitlab.example/acme/shop/-/jobs/123#L41", Kind::job, 123, "https://gitlab.example/acme/shop"},
      {"https://gitlab.example/acme/shop/-/jobs/123/raw", Kind::job, 123, "https://gitlab.example/acme/shop"},
      {"https://gitlab.example/acme/shop/-/pipelines/7?tab=x", Kind::pipeline, 7,
       "https://gitlab.example/acme/shop"},
      {"https://gitlab.example/acme/shop/-/pipelines/7/failures", Kind::pipeline, 7,
       "https://gitlab.example/acme/shop"},
      {"http://127.0.0.1:8080/gitlab/a/b/c/-/merge_requests/12/diffs", Kind::merge_request, 12,
       "http://127.0.0.1:8080/gitlab/a/b/c"},
      {"https://gitlab.example/acme/shop/-/merge_requests/12?from=/x/-/jobs/5", Kind::merge_request, 12,
       "https://gitlab.example/acme/shop"},
  };
  for (const Written& each : table) {
    const auto subject = parse_subject(each.text);
    ASSERT_TRUE(subject) << each.text << ": " << subject.error().message;
    EXPECT_EQ(subject->kind, each.kind) << each.text;
    EXPECT_EQ(subject->id, each.id) << each.text;
    EXPECT_EQ(subject->address, each.address);
  }
}

TEST(ASubject, IsRefusedWhereItIsNone) {
  for (const std::string text : {"",
                                 "0",
                                 "-1",
                                 "1x",
                                 " 1",
                                 "1 ",
                                 "abc",
                                 "job/",
                                 "job/x",
                                 "#",
                                 "!",
                                 "!0",
                                 "pipeline/-1",
                                 "mr/1.5",
                                 "99999999999999999999",
                                 "https://gitlab.example/",
                                 "https://gitlab.example/acme/shop",
                                 "https://gitlab.example/acme/shop/-/jobs/",
                                 "https://gitlab.example/acme/shop/-/jobs/x",
                                 "https://gitlab.example/acme/shop/-/issues/5",
                                 "ftp://gitlab.example/acme/shop/-/jobs/5",
                                 "https://gitlab.example/?x=/-/jobs/5",
                                 "1\n2"}) {
    const auto subject = parse_subject(text);
    ASSERT_FALSE(subject) << text;
    EXPECT_EQ(subject.error().code, Errc::invalid_argument) << text;
    EXPECT_EQ(subject.error().message.find('\n'), std::string::npos);
  }
}

}  // namespace
}  // namespace runneriq::cli
