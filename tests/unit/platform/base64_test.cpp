#include "platform/base64.hpp"

#include "platform/keyed_digest.hpp"

#include <gtest/gtest.h>

namespace runneriq::platform {
namespace {

// RFC 4648, section 10.
TEST(Base64, GivesTheExamplesOfItsStandardAndReadsThem) {
  const std::pair<std::string, std::string> examples[] = {{"", ""},
                                                          {"f", "Zg=="},
                                                          {"fo", "Zm8="},
                                                          {"foo", "Zm9v"},
                                                          {"foob", "Zm9vYg=="},
                                                          {"fooba", "Zm9vYmE="},
                                                          {"foobar", "Zm9vYmFy"},
                                                          {std::string("\xff\xfe\x00", 3), "//4A"}};
  for (const auto& [bytes, text] : examples) {
    EXPECT_EQ(to_base64(bytes), text);
    EXPECT_EQ(from_base64(text), bytes) << text;
  }
}

TEST(Base64, ReadsBackWhateverItWrote) {
  std::string bytes;
  for (int length = 0; length < 300; ++length) {
    EXPECT_EQ(from_base64(to_base64(bytes)), bytes);
    bytes += static_cast<char>(length * 7);
  }
}

TEST(Base64, ReadsOneTextOnlyForEachValue) {
  for (const char* const text :
       {"Zg", "Zg=", "Zg===", "Zh==", "Z", "Zm9v=", "Zm 9v", "Zm9v\n", "Zm9-", "====", "=Zg=", "Zg==Zg=="}) {
    EXPECT_EQ(from_base64(text), std::nullopt) << text;
  }
}

// RFC 4231, test cases 1, 2 and 6.
TEST(HmacSha256, GivesTheExamplesOfItsStandard) {
  EXPECT_EQ(to_base64(hmac_sha256(std::string(20, '\x0b'), "Hi There")),
            "sDRMYdjbOFNcqK/OrwvxK4gdwgDJgz2nJuk3bC4yz/c=");
  EXPECT_EQ(to_base64(hmac_sha256("Jefe", "what do ya want for nothing?")),
            "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=");
  EXPECT_EQ(to_base64(hmac_sha256(std::string(131, '\xaa'),
                                  "Test Using Larger Than Block-Size Key - Hash Key First")),
            "YOQxWR7gtn8Niiaqy/W3f44LxiE3KMUUBUYEDw7jf1Q=");
}

TEST(HmacSha256, WorksWithoutAKeyAndDoesNotRememberOne) {
  const std::string without = hmac_sha256("", "text");
  (void)hmac_sha256("key", "text");
  EXPECT_EQ(hmac_sha256("", "text"), without);
  EXPECT_EQ(hmac_sha256({}, "text"), without);
  EXPECT_EQ(without.size(), 32U);
}

TEST(SameInConstantTime, IsEquality) {
  EXPECT_TRUE(same_in_constant_time("", ""));
  EXPECT_TRUE(same_in_constant_time("abc", "abc"));
  EXPECT_FALSE(same_in_constant_time("abc", "abd"));
  EXPECT_FALSE(same_in_constant_time("abc", "ab"));
  EXPECT_FALSE(same_in_constant_time(std::string_view("a\0", 2), "a"));
}

}  // namespace
}  // namespace runneriq::platform
