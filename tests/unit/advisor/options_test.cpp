#include "advisor/options.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace runneriq::advisor {
namespace {

struct Case {
  std::string key, text, expected;  // the value then shown, or the error
};

class AdvisorRows : public testing::Test {
 protected:
  std::string set(std::string_view key, std::string_view text) {
    const auto found = std::ranges::find(rows, key, &Option::key);
    const auto done = found->set(text);
    return done ? found->show() : done.error().message;
  }
  AdvisorOptions options;
  Options rows = option_rows(options);
};

TEST_F(AdvisorRows, TakeWhatIsRightAndNameWhatIsWrong) {
  const std::string kUrl = "is not an http or https address without a user, a query or blanks";
  for (const auto& [key, text, expected] :
       std::vector<Case>{{"provider", "openai", "openai"},
                         {"provider", "claude", "'claude' is not one of auto | none | anthropic | openai"},
                         {"url", "http://127.0.0.1:11434/v1/", "http://127.0.0.1:11434/v1"},
                         {"url", "", ""},
                         {"url", "ftp://host", "'ftp://host' " + kUrl},
                         {"url", "http://", "'http://' " + kUrl},
                         {"url", "https:///v1", "'https:///v1' " + kUrl},
                         {"url", "http://localhost@evil.example", "'http://localhost@evil.example' " + kUrl},
                         {"url", "https://a.example/?key=1", "'https://a.example/?key=1' " + kUrl},
                         {"url", "https://a.example/x y", "'https://a.example/x y' " + kUrl},
                         {"tie_break_model", "meta-llama/Llama-3.1:8b", "meta-llama/Llama-3.1:8b"},
                         {"tie_break_model", "a model", "'a model' is not the id of a model"},
                         {"triage_model", "", ""},
                         {"project_share", "0.25", "0.25"},
                         {"project_share", "0", "'0' is not a number from 0.01 to 1"},
                         {"personal", "redact", "redact"},
                         {"personal", "yes", "'yes' is not one of auto | keep | redact"}}) {
    EXPECT_EQ(set("advisor." + key, text), expected);
  }
}

TEST_F(AdvisorRows, AskNobodyElseByDefault) {
  EXPECT_EQ(options.provider, AdvisorOptions::Provider::automatic);
  EXPECT_EQ(set("advisor.personal", "auto"), "auto");
  EXPECT_TRUE(complaints(options, "2030-01-01").empty());
}

TEST(AdvisorComplaints, NameAProviderWithoutAddress) {
  EXPECT_EQ(complaints({.provider = AdvisorOptions::Provider::openai}),
            std::vector<std::string>{"advisor.provider: openai needs advisor.url"});
}

TEST(AdvisorComplaints, NameARetiredModelFromItsDayOn) {
  const AdvisorOptions options{.tie_break_model = "claude-sonnet-4-5",
                               .triage_model = "claude-sonnet-4-5-20250929"};
  EXPECT_TRUE(complaints(options, "2026-11-29").empty());
  EXPECT_TRUE(complaints(options).empty());
  const auto found = complaints(options, "2026-11-30");
  ASSERT_EQ(found.size(), 2U);
  EXPECT_EQ(found[0],
            "advisor.tie_break_model: 'claude-sonnet-4-5' is retired since 2026-11-30; use "
            "claude-haiku-5-5, say");
  EXPECT_TRUE(found[1].starts_with("advisor.triage_model: 'claude-sonnet-4-5-20250929' is retired"));
}

TEST(AdvisorComplaints, NameAnAddressThatCanBeReadOnTheWay) {
  for (const char* fine : {"https://gateway.example/v1", "http://127.0.0.1:8000", "http://127.1.2.3/v1",
                           "http://localhost:11434/v1", "http://LOCALHOST", "http://[::1]:8000/v1"}) {
    EXPECT_TRUE(complaints({.url = fine}).empty()) << fine;
  }
  for (const char* open :
       {"http://gateway.example/v1", "http://localhost.evil.example", "http://127.0.0.1.evil.example",
        "http://127.0.0.evil", "http://127.0.0", "http://1270.0.1", "http://[::2]", "http://[::1].evil"}) {
    EXPECT_EQ(complaints({.url = open}).size(), 1U) << open;
  }
}

TEST(Loopback, IsOfTheHostOnly) {
  EXPECT_TRUE(is_loopback("https://localhost"));
  EXPECT_FALSE(is_loopback("https://api.example/localhost"));
  EXPECT_FALSE(is_loopback("localhost"));
  EXPECT_FALSE(is_loopback(""));
}

}  // namespace
}  // namespace runneriq::advisor
