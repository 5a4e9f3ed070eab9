#include "gitlab/json_reader.hpp"

#include "core/json_text.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace runneriq::gitlab {
namespace {

using namespace std::chrono_literals;
using Json = nlohmann::json;

std::string repeated(std::string_view text, std::size_t count) {
  std::string all;
  for (; count > 0; --count) all += text;
  return all;
}

std::string trouble_with_list(std::string_view json) {
  const auto done = read_list(json, [](const Json&) {});
  if (done) return "";
  EXPECT_EQ(done.error().code, Errc::corrupt);
  return done.error().message;
}

std::vector<std::string> elements_of(std::string_view json) {
  std::vector<std::string> elements;
  EXPECT_TRUE(read_list(json, [&](const Json& element) { elements.push_back(json_line(element)); }));
  return elements;
}

TEST(ReadList, HandsOverTheElementsInOrder) {
  EXPECT_EQ(elements_of(R"( [1, "a", null, {"b":[1,{"c":2}],"d":{}}, [[]], -0.5, true] )"),
            (std::vector<std::string>{"1", R"("a")", "null", R"({"b":[1,{"c":2}],"d":{}})", "[[]]", "-0.5",
                                      "true"}));
  EXPECT_TRUE(elements_of("[]").empty());
}

TEST(ReadList, LetsTheLastOfTwoMembersCount) {
  EXPECT_EQ(elements_of(R"([{"a":1,"a":{"b":1}},{"a":[1],"a":null}])"),
            (std::vector<std::string>{R"({"a":{"b":1}})", R"({"a":null})"}));
}

TEST(ReadList, ReplacesWhatIsNoUtf8) {
  EXPECT_EQ(elements_of("[\"a\xFF\", \"\\ud83d\"]"),
            (std::vector<std::string>{"\"a\xEF\xBF\xBD\"", "\"\xEF\xBF\xBD\""}));
}

TEST(ReadList, RefusesWhatIsNoList) {
  EXPECT_EQ(trouble_with_list(""), "the answer is empty");
  EXPECT_EQ(trouble_with_list(" \n"), "the answer is empty");
  EXPECT_EQ(trouble_with_list(R"({"message":"404"})"), "the answer is no JSON list");
  EXPECT_EQ(trouble_with_list("null"), "the answer is no JSON list");
  EXPECT_EQ(trouble_with_list("\"a\""), "the answer is no JSON list");
  EXPECT_EQ(trouble_with_list("<html>"), "the answer is no valid JSON at byte 1");
  EXPECT_EQ(trouble_with_list("[{},"), "the answer is cut off or no valid JSON at its end, byte 4");
  EXPECT_EQ(trouble_with_list("[{}] x {}"), "the answer is no valid JSON at byte 6");
  EXPECT_NE(trouble_with_list("[{}] x"), "");
  EXPECT_NE(trouble_with_list("[{}][]"), "");
  EXPECT_NE(trouble_with_list("[{} {}]"), "");
}

TEST(ReadList, StopsAtTooMuchDepth) {
  EXPECT_EQ(trouble_with_list(std::string(64, '[') + std::string(64, ']')), "");
  EXPECT_EQ(trouble_with_list(std::string(65, '[') + std::string(65, ']')),
            "the answer is nested deeper than 64 levels");
  EXPECT_EQ(trouble_with_list(std::string(1'000'000, '[')), "the answer is nested deeper than 64 levels");
  EXPECT_EQ(trouble_with_list("[" + repeated(R"({"a":)", 1'000'000)),
            "the answer is nested deeper than 64 levels");
}

TEST(ReadList, StopsAtTooManyElementsAndValues) {
  const std::string page = repeated("{\"a\":1},", 10'000);
  EXPECT_EQ(trouble_with_list("[" + page.substr(0, page.size() - 1) + "]"), "");
  EXPECT_EQ(trouble_with_list("[" + page + "1]"), "the answer has more than 10000 elements");
  EXPECT_EQ(trouble_with_list("[[" + repeated("1,", 249'998) + "1]]"), "");
  EXPECT_EQ(trouble_with_list("[[" + repeated("1,", 249'999) + "1]]"),
            "the answer holds more than 250000 values in one");
  // The bound is for one element, not for the list.
  EXPECT_EQ(trouble_with_list("[[" + repeated("1,", 200'000) + "1],[" + repeated("1,", 200'000) + "1]]"), "");
}

TEST(ReadObject, ReadsOneObject) {
  EXPECT_EQ(read_object(R"({"a":{"b":[1,2]}})")->dump(), R"({"a":{"b":[1,2]}})");
  for (const char* json : {"", "[]", "7", "{", "{}{}", "nul"}) EXPECT_FALSE(read_object(json)) << json;
  EXPECT_EQ(read_object("[]").error().message, "the answer is no JSON object");
}

TEST(ReadValue, ReadsAnything) {
  for (const char* json : {"{}", "[1,[2]]", "7", "\"a\"", "null", R"({"a":[]})"}) {
    ASSERT_TRUE(read_value(json)) << json;
    EXPECT_EQ(read_value(json)->dump(), json);
  }
  EXPECT_FALSE(read_value("Retry later"));
  EXPECT_FALSE(read_value(std::string(1'000'000, '[')));
}

TEST(Member, OfWhatIsNoObjectIsNull) {
  for (const char* json : {"null", "7", "[]", "\"a\"", "{}", R"({"a":null})"}) {
    EXPECT_TRUE(member(Json::parse(json), "a").is_null()) << json;
  }
}

TEST(IdIn, TakesPositiveWholeNumbersOf63Bits) {
  const auto id = [](std::string_view text) {
    return id_in(*read_object("{\"id\":" + std::string(text) + "}"), "id");
  };
  EXPECT_EQ(id("1"), 1);
  EXPECT_EQ(id("9223372036854775807"), 9'223'372'036'854'775'807);
  EXPECT_EQ(id("\"12\""), 12) << "some write numbers as texts";
  for (const char* text : {"0", "-1", "9223372036854775808", "18446744073709551615", "18446744073709551617",
                           "1e999", "1.0", "1.5", "1e3", "\"1x\"", "\"-1\"", "null", "true", "[1]", "{}"}) {
    EXPECT_EQ(id(text), 0) << text;
  }
}

TEST(Fields, ReadAsTheirDefaultsWhenOfAnotherKind) {
  const Json object =
      Json::parse(R"({"t":"a","n":5,"b":true,"d":"2025-03-01T03:00:00Z","null":null,"l":[]})");
  EXPECT_EQ(text_in(object, "t"), "a");
  EXPECT_EQ(switch_in(object, "b"), true);
  EXPECT_EQ(count_in(object, "n"), 5);
  EXPECT_EQ(time_in(object, "d"), Time{1'740'798'000s});
  for (const char* key : {"n", "b", "null", "l", "none"}) EXPECT_EQ(text_in(object, key), "") << key;
  for (const char* key : {"t", "n", "null", "l", "none"})
    EXPECT_EQ(switch_in(object, key), std::nullopt) << key;
  for (const char* key : {"t", "b", "null", "l", "none"})
    EXPECT_EQ(count_in(object, key), std::nullopt) << key;
  for (const char* key : {"t", "n", "null", "l", "none"})
    EXPECT_EQ(time_in(object, key), std::nullopt) << key;
  for (const char* key : {"n", "null", "none"}) EXPECT_EQ(texts_in(object, key), std::nullopt) << key;
}

TEST(SecondsIn, ReadsFractionsWithinTenYears) {
  const auto seconds = [](double value) { return seconds_in(Json{{"s", value}}, "s"); };
  EXPECT_EQ(seconds(12.5), 12'500ms);
  EXPECT_EQ(seconds(0), 0ms);
  EXPECT_EQ(seconds(0.0004), 0ms);
  EXPECT_EQ(seconds(-0.1), std::nullopt);
  EXPECT_EQ(seconds(1e300), std::nullopt);
  EXPECT_EQ(seconds_in(Json{{"s", 7}}, "s"), 7s);
  EXPECT_EQ(seconds_in(Json{{"s", nullptr}}, "s"), std::nullopt);
  EXPECT_EQ(seconds_in(Json{{"s", "7.5"}}, "s"), 7'500ms);
  for (const char* text : {"", "7 s", "nan", "inf", "-1"}) {
    EXPECT_EQ(seconds_in(Json{{"s", text}}, "s"), std::nullopt) << text;
  }
}

TEST(CountIn, TakesWhatAnIntHolds) {
  EXPECT_EQ(count_in(*read_object(R"({"n":2147483647})"), "n"), 2'147'483'647);
  EXPECT_EQ(count_in(*read_object(R"({"n":0})"), "n"), 0);
  for (const char* json : {R"({"n":2147483648})", R"({"n":-1})", R"({"n":1.5})"}) {
    EXPECT_EQ(count_in(*read_object(json), "n"), std::nullopt) << json;
  }
}

TEST(TextsIn, ReadsListsAndCommas) {
  using Texts = std::vector<std::string>;
  EXPECT_EQ(texts_in(Json::parse(R"({"t":["b"," a ","",null,7,"b"]})"), "t"), (Texts{"b", "a", "b"}));
  EXPECT_EQ(texts_in(Json::parse(R"({"t":"b, a,,runneriq:high ,"})"), "t"),
            (Texts{"b", "a", "runneriq:high"}));
  EXPECT_EQ(texts_in(Json::parse(R"({"t":""})"), "t"), Texts{});
  EXPECT_EQ(texts_in(Json::parse(R"({"t":[]})"), "t"), Texts{});
  EXPECT_EQ(as_set({"b", "a", "b"}), (Texts{"a", "b"}));
}

}  // namespace
}  // namespace runneriq::gitlab
