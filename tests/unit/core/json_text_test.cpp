#include "core/json_text.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace runneriq {
namespace {

using nlohmann::json;
using nlohmann::ordered_json;

TEST(JsonText, WhatIsNoUtf8BecomesAReplacementCharacter) {
  const json value{{"name", "caf\xE9"}};
  EXPECT_EQ(json_line(value), "{\"name\":\"caf\xEF\xBF\xBD\"}");
  EXPECT_EQ(ascii_json_line(value), R"({"name":"caf\ufffd"})");
}

TEST(JsonText, AsciiLeavesNothingThatATerminalObeys) {
  const json value{{"name", "\x1B[2Jnaïve\n"}};
  EXPECT_EQ(ascii_json_line(value), R"({"name":"\u001b[2Jna\u00efve\n"})");
  EXPECT_EQ(ascii_json_lines(value), "{\n  \"name\": \"\\u001b[2Jna\\u00efve\\n\"\n}\n");
}

TEST(JsonText, OrderedDocumentsKeepTheirOrder) {
  EXPECT_EQ(json_line(ordered_json{{"b", 1}, {"a", 2}}), R"({"b":1,"a":2})");
  EXPECT_EQ(json_line(json{{"b", 1}, {"a", 2}}), R"({"a":2,"b":1})");
  EXPECT_EQ(json_line(ordered_json_in(R"({"b":1,"a":2})")), R"({"b":1,"a":2})");
}

TEST(JsonText, WhatIsNoJsonIsDiscarded) {
  for (const std::string text : {"", "{", "{} {}", "{'a':1}", "[1,]", "\xFF", "nul"}) {
    EXPECT_TRUE(json_in(text).is_discarded()) << text;
    EXPECT_TRUE(ordered_json_in(text).is_discarded()) << text;
    EXPECT_TRUE(shallow_json_in(text, 9).is_discarded()) << text;
  }
  EXPECT_TRUE(json_in("null").is_null());
}

TEST(JsonText, WhatIsTooDeepIsDiscarded) {
  EXPECT_EQ(json_line(shallow_json_in("[[1]]", 2)), "[[1]]");
  EXPECT_TRUE(shallow_json_in("[[[1]]]", 2).is_discarded());
  EXPECT_TRUE(shallow_json_in(std::string(10'000'000, '['), 32).is_discarded());
}

}  // namespace
}  // namespace runneriq
