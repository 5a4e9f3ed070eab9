#include "config/yaml/yaml_json.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>

namespace runneriq::config {
namespace {

struct GoodCase {
  std::string name, yaml, json;
};
class YamlJson : public testing::TestWithParam<GoodCase> {};

TEST_P(YamlJson, GivesTheDocument) {
  const auto document = parse_yaml_json(GetParam().yaml);
  ASSERT_TRUE(document) << document.error().message;
  EXPECT_EQ(document->dump(), GetParam().json);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, YamlJson,
    testing::Values(
        GoodCase{"Empty", "", "null"}, GoodCase{"Scalar", "5\n", "5"},
        GoodCase{"List", "- a\n- 2\n", R"(["a",2])"},
        GoodCase{"Numbers", "a: 1\nb: -2.5\nc: 1e3\n", R"({"a":1,"b":-2.5,"c":1000.0})"},
        GoodCase{"NoNumbers", "a: 010\nb: 0x10\nc: 1_000\nd: .5\ne: +1\n",
                 R"({"a":"010","b":"0x10","c":"1_000","d":".5","e":"+1"})"},
        GoodCase{"Switches", "a: true\nb: false\nc: yes\nd: True\n",
                 R"({"a":true,"b":false,"c":"yes","d":"True"})"},
        GoodCase{"QuotedIsText", "a: \"5\"\nb: 'true'\nc: \"\"\n", R"({"a":"5","b":"true","c":""})"},
        GoodCase{"Missing", "a:\nb: ~\nc: null\n", R"({"a":null,"b":null,"c":null})"},
        GoodCase{"EmptyContainers", "a: []\nb: {}\nc: [[], {}]\n", R"({"a":[],"b":{},"c":[[],{}]})"},
        GoodCase{"Nested", "a:\n  - b: 1\n    c: [x, y]\n  - d:\n      e: f\ng: h\n",
                 R"({"a":[{"b":1,"c":["x","y"]},{"d":{"e":"f"}}],"g":"h"})"},
        GoodCase{"JsonItself", R"({"a": [1, {"b": "c"}], "d": null})", R"({"a":[1,{"b":"c"}],"d":null})"},
        GoodCase{"EmptyTop", "{}\n", "{}"}),
    [](const auto& one) { return one.param.name; });

struct BadCase {
  std::string name, yaml, message;
};
class YamlJsonRefused : public testing::TestWithParam<BadCase> {};

TEST_P(YamlJsonRefused, IsToldWithItsLine) {
  const auto document = parse_yaml_json(GetParam().yaml);
  ASSERT_FALSE(document);
  EXPECT_EQ(document.error().code, Errc::invalid_argument);
  EXPECT_EQ(document.error().message.substr(0, GetParam().message.size()), GetParam().message);
}

std::string repeated(std::string_view part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

INSTANTIATE_TEST_SUITE_P(
    Texts, YamlJsonRefused,
    testing::Values(
        BadCase{"Alias", "a: &x 1\nb: *x\n", "line 1: anchors ('&name') are not supported"},
        BadCase{"DuplicateKey", "a: 1\na: 2\n", "line 2: the key 'a' stands here for the second time"},
        BadCase{"SecondDocument", "a: 1\n---\nb: 1\n", "line 2: a second document"},
        BadCase{"Tag", "a: !!int 5\n", "line 1: the tag"},
        BadCase{"Deep", repeated("[", 17) + repeated("]", 17), "line 1: this is nested deeper"},
        BadCase{"Tab", "a:\n\tb: 1\n", "line 2: a tab indents"},
        BadCase{"OpenQuote", "a: \"x\n", "line 1: the quote that opens here"},
        BadCase{"NoUtf8", "a: \xFF\n", "line 1: a byte here is no text"},
        BadCase{"TooMany", repeated("- x\n", 10'001), "line 10001: the file has more than"},
        BadCase{"TooLong", "a: " + std::string(65 * 1024, 'x') + "\n", "line 1: this text is longer"},
        BadCase{"TooLarge", std::string((1 << 20) + 1, '#'), "line 1: the file is larger"}),
    [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace runneriq::config
