// Replies as JSON, all of it hostile.
#include "advisor/reply_json.hpp"

#include "core/json_text.hpp"
#include "tests/support/provider_replies.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace runneriq::advisor {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

std::string nested(int depth) {
  const auto count = static_cast<std::size_t>(depth);
  return "{\"a\":" + std::string(count, '[') + std::string(count, ']') + "}";
}

TEST(AReplysObject, IsEmptyForAllElse) {
  EXPECT_EQ(reply_object(R"({"a":1})"), json_in(R"({"a":1})"));
  EXPECT_FALSE(reply_object(nested(20)).empty());
  for (const std::string& body :
       {nested(64), nested(200'000), std::string("[1]"), std::string("x"), std::string()}) {
    EXPECT_TRUE(reply_object(body).is_object());
    EXPECT_TRUE(reply_object(body).empty());
  }
  for (const std::string& body : hostile_bodies()) EXPECT_TRUE(reply_object(body).is_object());
}

TEST(AMember, IsNothingWhereItIsAbsentOrOfAnotherType) {
  const json object = json_in(R"({"text":"x","number":7,"negative":-7,"real":7.0,"null":null,"list":[1]})");
  EXPECT_EQ(text_member(object, "text"), "x");
  EXPECT_EQ(text_member(object, "number"), "");
  EXPECT_EQ(text_member(object, "absent"), "");
  EXPECT_EQ(text_member(json(7), "text"), "");
  EXPECT_EQ(count_member(object, "number"), 7);
  EXPECT_FALSE(count_member(object, "negative"));
  EXPECT_FALSE(count_member(object, "real"));
  EXPECT_FALSE(count_member(object, "text"));
  EXPECT_FALSE(count_member(object, "absent"));
  EXPECT_TRUE(member(object, "null").is_null());
  EXPECT_TRUE(member(json::array(), "x").is_null());
  EXPECT_TRUE(member(member(object, "absent"), "deeper").is_null());
}

struct Wish {
  std::vector<std::pair<std::string, std::string>> headers;
  std::optional<Duration> wait;
};

TEST(AWait, IsAsAskedAndBounded) {
  const Wish table[] = {
      {{}, std::nullopt},
      {{{"retry-after", "7"}}, 7s},
      {{{"retry-after", "0"}}, 0s},
      {{{"retry-after-ms", "1500"}, {"retry-after", "7"}}, 1500ms},
      {{{"retry-after-ms", "soon"}, {"retry-after", "7"}}, 7s},
      {{{"retry-after", "-7"}}, std::nullopt},
      {{{"retry-after", "7 "}}, std::nullopt},
      {{{"retry-after", "7.5"}}, std::nullopt},
      {{{"retry-after", "99999999999999999999"}}, std::nullopt},
      {{{"retry-after", "999999999999"}}, 24h},
      {{{"retry-after-ms", "9223372036854775807"}}, 24h},
      {{{"retry-after", "7"}, {"retry-after", "9"}}, 7s},
  };
  for (const Wish& each : table) EXPECT_EQ(asked_wait(reply_of(429, "", each.headers)), each.wait);
  EXPECT_EQ(failed_reply(reply_of(429, "", {{"retry-after", "7"}}), "").wait, Duration{7s});
  EXPECT_FALSE(failed_reply(reply_of(429, ""), "").wait);
}

TEST(AFailedReply, ObeysTheProvidersWishToBeAskedAgain) {
  const auto again = [](int status, const std::string& wish) {
    return failed_reply(reply_of(status, "", {{"x-should-retry", wish}}), "").try_again;
  };
  EXPECT_FALSE(again(500, "false"));
  EXPECT_TRUE(again(400, "true"));
  EXPECT_TRUE(again(500, "maybe"));
  EXPECT_FALSE(again(400, "maybe"));
}

struct Lost {
  WireReply::Trouble trouble;
  Failure failure;
  bool try_again;
};

TEST(AFailedReply, WithoutAnyReplyMayHaveBeenPaidFor) {
  using Trouble = WireReply::Trouble;
  const Lost table[] = {{Trouble::late, Failure::late, false},
                        {Trouble::unreachable, Failure::unreachable, true},
                        {Trouble::too_large, Failure::too_large, false},
                        {Trouble::stopped, Failure::stopped, false},
                        {Trouble::none, Failure::unreachable, true}};
  for (const Lost& each : table) {
    const ModelReply reply =
        failed_reply({.trouble = each.trouble, .trouble_words = "so it was\x1B[2J"}, "ignored");
    EXPECT_EQ(reply.failure, each.failure);
    EXPECT_EQ(reply.try_again, each.try_again);
    EXPECT_TRUE(reply.charged);
    EXPECT_TRUE(reply.words.starts_with("so it was")) << reply.words;
    EXPECT_EQ(reply.words.find('\x1B'), std::string::npos);
  }
}

}  // namespace
}  // namespace runneriq::advisor
