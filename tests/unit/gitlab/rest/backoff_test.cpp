#include "gitlab/rest/backoff.hpp"

#include "platform/http_date.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;

constexpr Time kNow{std::chrono::sys_days{std::chrono::year{2025} / 3 / 1}};

platform::HttpReply with(std::string retry, std::string date = "") {
  platform::HttpReply reply{.status = 429, .headers = {{"retry-after", std::move(retry)}}, .body = {}};
  if (!date.empty()) reply.headers.push_back({"date", std::move(date)});
  return reply;
}

TEST(HttpDate, ReadsTheFormOfToday) {
  EXPECT_EQ(platform::parse_http_date("Sun, 06 Nov 1994 08:49:37 GMT"),
            Time{std::chrono::sys_days{std::chrono::year{1994} / 11 / 6} + 8h + 49min + 37s});
  EXPECT_EQ(platform::parse_http_date("Sat, 01 Mar 2025 00:00:00 GMT"), kNow);
}

TEST(HttpDate, RefusesAllElse) {
  for (const char* text : {"", "60", "Sun, 06 Now 1994 08:49:37 GMT", "Sun, 06 Nov 1994 08:49:37 CET",
                           "Sunday, 06-Nov-94 08:49:37 GMT", "Sun, 66 Nov 1994 08:49:37 GMT",
                           "Sun, 06 Nov 1994 08:49:3x GMT", "Sun, 06 Nov 1994 08:49:37 GMT "}) {
    EXPECT_EQ(platform::parse_http_date(text), std::nullopt) << text;
  }
}

TEST(RetryAfter, IsSecondsOrADate) {
  EXPECT_EQ(retry_after(with("0"), kNow), 0ms);
  EXPECT_EQ(retry_after(with("7"), kNow), 7s);
  EXPECT_EQ(retry_after(with("Sat, 01 Mar 2025 00:00:09 GMT"), kNow), 9s);
  EXPECT_EQ(retry_after(with("Fri, 28 Feb 2025 00:00:09 GMT"), kNow), 0s) << "it is over";
  EXPECT_EQ(retry_after(with("Sat, 01 Mar 2025 00:10:09 GMT", "Sat, 01 Mar 2025 00:10:00 GMT"), kNow), 9s)
      << "by GitLab's own clock";
}

TEST(RetryAfter, IsAnHourAtMost) {
  for (const char* text : {"86400", "99999999999999999999999", "Sat, 01 Mar 2036 00:00:09 GMT"}) {
    EXPECT_EQ(retry_after(with(text), kNow), 1h) << text;
  }
}

TEST(RetryAfter, IsNotThereWhenItSaysNothing) {
  for (const char* text : {"", "-3", "soon", "7s"})
    EXPECT_EQ(retry_after(with(text), kNow), std::nullopt) << text;
  EXPECT_EQ(retry_after({.status = 429, .headers = {}, .body = {}}, kNow), std::nullopt);
}

TEST(Backoff, DoublesUpToALimitAndKeepsAtLeastHalf) {
  EXPECT_EQ(backoff(1, 0), 500ms);
  EXPECT_EQ(backoff(2, 0), 1s);
  EXPECT_EQ(backoff(3, 0), 2s);
  EXPECT_EQ(backoff(40, 0), 30s);
  EXPECT_EQ(backoff(1, 1), 250ms);
  EXPECT_EQ(backoff(2, 0.5), 750ms);
  EXPECT_EQ(backoff(1, 17), 250ms);
  EXPECT_EQ(backoff(1, -3), 500ms);
}

TEST(MayPass, KnowsWhatCanBeOtherwiseLater) {
  for (const int status : {408, 429, 500, 502, 503, 504, 520}) {
    EXPECT_TRUE(may_pass(platform::HttpReply{.status = status, .headers = {}, .body = {}})) << status;
  }
  for (const int status : {301, 400, 401, 403, 404, 422, 501}) {
    EXPECT_FALSE(may_pass(platform::HttpReply{.status = status, .headers = {}, .body = {}})) << status;
  }
  for (const Errc code : {Errc::timed_out, Errc::unavailable}) EXPECT_TRUE(may_pass(fail(code, "")));
  for (const Errc code : {Errc::permission, Errc::invalid_argument}) EXPECT_FALSE(may_pass(fail(code, "")));
}

}  // namespace
}  // namespace runneriq::gitlab
