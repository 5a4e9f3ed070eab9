#include "diagnosis/templates.hpp"

#include "diagnosis/failure_class.hpp"

#include <gtest/gtest.h>

#include <set>
#include <string>

namespace runneriq::diagnosis {
namespace {

TEST(Templates, KnowLinesWhateverChangesFromRunToRun) {
  Templates templates;
  EXPECT_TRUE(templates.empty());
  EXPECT_FALSE(templates.knows(""));
  templates.add("Downloaded 12345 packages in 12.5s from https://a.example/x");
  EXPECT_FALSE(templates.empty());
  EXPECT_TRUE(templates.knows("Downloaded 54321 packages in 1.2s from https://b.example/y"));
  EXPECT_FALSE(templates.knows("Uploaded 12345 packages in 12.5s from https://a.example/x"));
}

TEST(Templates, TakeAllLinesOfALog) {
  ReadLog log;
  log.lines.resize(2);
  log.lines[0].text = "one line";
  log.lines[1].text = "another line";
  Templates templates;
  templates.add(log);
  EXPECT_TRUE(templates.knows("one line"));
  EXPECT_TRUE(templates.knows("another line"));
  EXPECT_FALSE(templates.knows("a third line"));
}

TEST(Templates, AreBounded) {
  const auto name = [](std::size_t i) {  // of letters alone: digits would be taken out
    std::string text = "line ";
    for (; i > 0; i /= 20) text += static_cast<char>('g' + i % 20);
    return text;
  };
  Templates templates;
  for (std::size_t i = 1; i <= Templates::kMost + 1; ++i) templates.add(name(i));
  EXPECT_TRUE(templates.knows(name(1)));
  EXPECT_TRUE(templates.knows(name(Templates::kMost)));
  EXPECT_FALSE(templates.knows(name(Templates::kMost + 1)));
}

TEST(FailureClass, IsReadAsItIsWritten) {
  std::set<std::string_view> names;
  for (const FailureClass each : failure_classes()) {
    EXPECT_EQ(failure_class(to_text(each)), each);
    names.insert(to_text(each));
  }
  EXPECT_EQ(names.size(), kFailureClasses);
  EXPECT_EQ(to_text(FailureClass::runner_system), "runner_system");
  EXPECT_EQ(failure_classes().back(), FailureClass::unknown);
  EXPECT_FALSE(failure_class("Compile"));
  EXPECT_FALSE(failure_class(""));
}

}  // namespace
}  // namespace runneriq::diagnosis
