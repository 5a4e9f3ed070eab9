#include "config/yaml/document.hpp"

#include <gtest/gtest.h>

#include <string>

namespace runneriq::config {
namespace {

std::string one_line(const DocumentEntry& entry) {
  std::string text = std::to_string(entry.line) + ":";
  for (const std::string& element : entry.path) text += " " + element;
  if (entry.kind == DocumentEntry::Kind::nothing) return text + " (nothing)";
  if (entry.kind == DocumentEntry::Kind::empty) return text + " (empty)";
  return text + " = " + entry.text;
}

struct DocumentCase {
  std::string name;
  std::string yaml;
  std::vector<std::string> entries;
};

class Document : public testing::TestWithParam<DocumentCase> {};

TEST_P(Document, GivesEntries) {
  const auto entries = parse_yaml_document(GetParam().yaml);
  ASSERT_TRUE(entries) << entries.error().message;
  std::vector<std::string> lines;
  for (const DocumentEntry& entry : *entries) lines.push_back(one_line(entry));
  EXPECT_EQ(lines, GetParam().entries);
}

INSTANTIATE_TEST_SUITE_P(
    Texts, Document,
    testing::Values(
        DocumentCase{"Empty", "", {}}, DocumentCase{"Comment", "# nothing here\n", {}},
        DocumentCase{"Marker", "---\n", {}}, DocumentCase{"TopKeyAlone", "runneriq:\n", {}},
        DocumentCase{"EmptyTopMapping", "runneriq: {}\n", {}}, DocumentCase{"EmptyMapping", "{}\n", {}},
        DocumentCase{"ByteOrderMark", "\xEF\xBB\xBFrunneriq:\n  a: b\n", {"2: a = b"}},
        DocumentCase{"WindowsLines", "runneriq:\r\n  a: b\r\n  c: d\r\n", {"2: a = b", "3: c = d"}},
        DocumentCase{
            "Sections",
            "runneriq:\n  executor:\n    slots: 2\n    bubblewrap:\n      network: off\n  other: x\n",
            {"3: executor slots = 2", "5: executor bubblewrap network = off", "6: other = x"}},
        DocumentCase{"ScalarsAsWritten",
                     "runneriq:\n  a: 010\n  b: yes\n  c: \"1.0\"\n  d: '~'\n  e: ''\n  f: 1e3\n",
                     {"2: a = 010", "3: b = yes", "4: c = 1.0", "5: d = ~", "6: e = ", "7: f = 1e3"}},
        DocumentCase{"Quotes",
                     "runneriq:\n  \xC3\xA9: 'it''s'\n  \"b\": \"a \\\" b\"\r\n  c: ''\n  d: x'y\"z\n  e: "
                     "\"two\n    lines\"\n",
                     {"2: \xC3\xA9 = it's", "3: b = a \" b", "4: c = ", "5: d = x'y\"z", "6: e = two lines"}},
        DocumentCase{
            "TabsThatIndentNothing", "runneriq:\n\t\n  a:\tb\n  c: d\te\n", {"3: a = b", "4: c = d\te"}},
        DocumentCase{"Lists",
                     "runneriq:\n  names:\n    - A\n    - B\n  flow: [x, y]\n",
                     {"3: names 0 = A", "4: names 1 = B", "5: flow 0 = x", "5: flow 1 = y"}},
        DocumentCase{"ListsOfMappings",
                     "runneriq:\n  r:\n    - a: 1\n      b: 2\n    - a: 3\n",
                     {"3: r 0 a = 1", "4: r 0 b = 2", "5: r 1 a = 3"}},
        DocumentCase{"KeysWithDots", "runneriq:\n  w:\n    \"release/1.0\": 9\n", {"3: w release/1.0 = 9"}},
        DocumentCase{
            "Nothing",
            "runneriq:\n  a:\n  b: ~\n  c: null\n  d: [x, ~]\n",
            {"2: a (nothing)", "3: b (nothing)", "4: c (nothing)", "5: d 0 = x", "5: d 1 (nothing)"}},
        DocumentCase{"NothingIsToldAtItsKey",
                     "runneriq:\n  a:\n\n# a comment\n  b: 1\n",
                     {"2: a (nothing)", "5: b = 1"}},
        DocumentCase{"EmptyContainers", "runneriq:\n  a: []\n  b: {}\n", {"2: a (empty)", "3: b (empty)"}},
        DocumentCase{"LongText", "runneriq:\n  a: |\n    x\n    y\n", {"2: a = x\ny\n"}},
        DocumentCase{"EndMarker", "runneriq:\n  a: b\n...\n", {"2: a = b"}}),
    [](const auto& one) { return one.param.name; });

struct RefusedCase {
  std::string name;
  std::string yaml;
  std::string message;  // its beginning
};

class Refused : public testing::TestWithParam<RefusedCase> {};

TEST_P(Refused, IsToldWithLineAndRemedy) {
  const auto entries = parse_yaml_document(GetParam().yaml);
  ASSERT_FALSE(entries);
  EXPECT_EQ(entries.error().code, Errc::invalid_argument);
  EXPECT_EQ(entries.error().message.substr(0, GetParam().message.size()), GetParam().message);
  EXPECT_EQ(entries.error().message.find('\n'), std::string::npos);
}

std::string repeated(std::string_view part, std::size_t times) {
  std::string text;
  for (std::size_t i = 0; i < times; ++i) text += part;
  return text;
}

INSTANTIATE_TEST_SUITE_P(
    Texts, Refused,
    testing::Values(
        RefusedCase{"Alias", "runneriq:\n  a: &x 1\n  b: *x\n",
                    "line 2: anchors ('&name') are not supported"},
        RefusedCase{"AnchorOnAMapping", "runneriq: &x\n  a: 1\n", "line 1: anchors"},
        RefusedCase{"AnchorOnNothing", "runneriq:\n  a: &x\n", "line 2: anchors"},
        RefusedCase{"AnchorOnAKey", "runneriq:\n  &x a: 1\n", "line 2: anchors"},
        RefusedCase{"UnknownAlias", "runneriq:\n  b: *x\n", "line 2: this is no valid YAML"},
        RefusedCase{"DuplicateKey", "runneriq:\n  a: 1\n  b: 2\n  a: 3\n",
                    "line 4: the key 'a' stands here for the second time, first in line 2: keep one of them"},
        RefusedCase{"DuplicateTopKey", "runneriq:\n  a: 1\nrunneriq:\n  b: 1\n",
                    "line 3: the key 'runneriq'"},
        RefusedCase{"SecondDocument", "runneriq:\n  a: 1\n---\nrunneriq:\n  b: 1\n",
                    "line 3: a second document begins here"},
        RefusedCase{"Tag", "runneriq:\n  a: !!int 5\n",
                    "line 2: the tag 'tag:yaml.org,2002:int' is not supported"},
        RefusedCase{"LocalTag", "runneriq: !mine\n  a: 5\n", "line 1: the tag '!mine'"},
        RefusedCase{"ListAsKey", "runneriq:\n  ? [a, b]\n  : 5\n",
                    "line 2: a list or mapping stands in the place of a key"},
        RefusedCase{"MissingKey", "runneriq:\n  : 5\n", "line 2: "},
        RefusedCase{"NoTopKey", "executor:\n  slots: 2\n",
                    "line 1: unknown top key 'executor': all settings stand indented below the one top key"},
        RefusedCase{"MisspeltTopKey", "runneriqq:\n  a: 2\n",
                    "line 1: unknown top key 'runneriqq', did you mean 'runneriq'?"},
        RefusedCase{"SecondTopKey", "runneriq:\n  a: 2\nother: 3\n", "line 3: unknown top key 'other'"},
        RefusedCase{"TopList", "- a\n", "line 1: the file is a list"},
        RefusedCase{"TopText", "just words\n", "line 1: settings stand as 'name: value' lines"},
        RefusedCase{"TextBelowTheTopKey", "runneriq: on\n", "line 1: settings stand as 'name: value' lines"},
        RefusedCase{"ListBelowTheTopKey", "runneriq:\n  - a\n", "line 2: 'runneriq:' holds a list"},
        RefusedCase{"EmptyListBelowTheTopKey", "runneriq: []\n", "line 1: 'runneriq:' holds a list"},
        RefusedCase{"Tab", "runneriq:\n\ta: 1\n", "line 2: a tab indents this line"},
        RefusedCase{"TabAfterSpaces", "runneriq:\n  a: 1\n  \tb: 1\n", "line 3: a tab indents this line"},
        RefusedCase{"UnclosedQuote", "runneriq:\n  a: \"x\n",
                    "line 2: the quote that opens here is never closed"},
        RefusedCase{"UnclosedQuoteSwallowsLines", "runneriq:\n  \xC3\xA9: 1\r\n  a: 'it''s\r\n  b: ''\n",
                    "line 3: the quote that opens here is never closed"},
        RefusedCase{"UnclosedQuoteWithEscapes", "runneriq:\n  a: \"x\\\"\n",
                    "line 2: the quote that opens here"},
        RefusedCase{"UnclosedQuoteAfterAByteOrderMark", "\xEF\xBB\xBFrunneriq:\n  a: \"x\n",
                    "line 2: the quote that opens here"},
        RefusedCase{"UnclosedFlow", "runneriq:\n  a: [1, 2\n", "line "},
        RefusedCase{"NoUtf8", "runneriq:\n  a: \xFF\n", "line 2: a byte here is no text in UTF-8"},
        RefusedCase{"Utf16", std::string("\xFF\xFEr\0u\0", 6), "line 1: a byte here is no text"},
        RefusedCase{"Nul", std::string("runneriq:\n  a: b\0\n", 18), "line 2: a byte here is no text"},
        RefusedCase{"EndOfTransmission", "runneriq:\n  a: 1\n\x04\n  b: 2\n",
                    "line 3: a byte here is no text"},
        RefusedCase{"HugeFile", "#" + std::string(1024 * 1024, 'x'), "line 1: the file is larger than 1 MiB"},
        RefusedCase{"LongScalar", "runneriq:\n  a: " + std::string(70'000, 'x') + "\n",
                    "line 2: this text is longer than 64 KiB"},
        RefusedCase{"LongKey", "runneriq:\n  ? " + std::string(70'000, 'x') + "\n  : 1\n",
                    "line 2: this text is longer than 64 KiB"},
        RefusedCase{"DeepFlow", "runneriq:\n  a: " + repeated("[", 20) + repeated("]", 20) + "\n",
                    "line 2: this is nested deeper than 16 levels"},
        RefusedCase{"DeepMappings",
                    "runneriq:\n  a: " + repeated("{a: ", 20) + "b" + repeated("}", 20) + "\n",
                    "line 2: this is nested deeper than 16 levels"},
        RefusedCase{"EndlessFlow", "runneriq:\n  a: " + repeated("[", 20'000) + "\n", "line 2: "},
        RefusedCase{"EndlessMappings", "runneriq:\n  a: " + repeated("{a: ", 20'000) + "\n", "line 2: "},
        RefusedCase{"ManyEntries", "runneriq:\n  a:\n" + repeated("    - x\n", 10'001),
                    "line 10003: the file has more than 10,000 values"}),
    [](const auto& one) { return one.param.name; });

TEST(ParseYamlDocument, TenThousandEntriesAreFine) {
  const auto entries = parse_yaml_document("runneriq:\n  a:\n" + repeated("    - x\n", 10'000));
  ASSERT_TRUE(entries) << entries.error().message;
  EXPECT_EQ(entries->size(), 10'000U);
}

TEST(ParseYamlDocument, SixteenLevelsAreFine) {
  const auto entries =
      parse_yaml_document("runneriq: {a: " + repeated("[", 14) + "x" + repeated("]", 14) + "}\n");
  ASSERT_TRUE(entries) << entries.error().message;
  ASSERT_EQ(entries->size(), 1U);
  EXPECT_EQ(entries->front().path.size(), 15U);
}

}  // namespace
}  // namespace runneriq::config
