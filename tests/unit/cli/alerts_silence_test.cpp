#include "tests/support/alert_commands.hpp"

#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace runneriq::cli {
namespace {

using namespace alerting;
using File = Session::AlertFile;

using Words = std::vector<std::string_view>;

struct SilenceCommand : AlertCommands {
  static Words add(Words words) {
    words.insert(words.begin(), {"alerts", "silence", "add"});
    return words;
  }
  // One that can be added, with these words more.
  static Words lint(const Words& more = {}) {
    Words words = add({"job=lint", "--for", "2h", "--comment", "migration"});
    words.insert(words.end(), more.begin(), more.end());
    return words;
  }
};

TEST_F(SilenceCommand, AddsOneFromNow) {
  const std::string text = run(lint());
  EXPECT_EQ(text,
            "Silence 1 hides job=\"lint\" from now until 2026-03-02T16:00:00Z; `runneriq alerts\n"
            "silence expire 1` ends it.\n");
  ASSERT_EQ(store.silenced.size(), 1U);
  EXPECT_EQ(store.silenced[0].start, at(hours{2}));
  EXPECT_EQ(store.silenced[0].end, at(hours{4}));
  EXPECT_EQ(store.silenced[0].author, "anna");
  EXPECT_EQ(store.silenced[0].comment, "migration");
  EXPECT_EQ(opened, std::vector<File>{File::make});
}

TEST_F(SilenceCommand, AddsOneOfSeveralMatchersForLater) {
  const auto document = run_json(add({"project=acme/shop", "ref=~release/.*", "--for", "1d", "--start",
                                      "2026-03-03T00:00:00Z", "--author", "bo", "--comment", "why"}));
  EXPECT_EQ(document["id"], 1);
  EXPECT_EQ(document["state"], "pending");
  EXPECT_EQ(document["match"], R"(project="acme/shop", ref=~"release/.*")");
  EXPECT_EQ(document["start"], "2026-03-03T00:00:00Z");
  EXPECT_EQ(document["end"], "2026-03-04T00:00:00Z");
  EXPECT_EQ(document["author"], "bo");
}

TEST_F(SilenceCommand, SaysWhatIsMissing) {
  EXPECT_TRUE(has(refused(add({"job=lint", "--comment", "why"})), "--for is needed: write --for 2h"));
  EXPECT_TRUE(has(refused(add({"job=lint", "--for", "2h"})), "--comment is needed: write --comment "));
  EXPECT_TRUE(has(refused(add({"--for", "2h", "--comment", "why"})), "would hide everything"));
  EXPECT_TRUE(has(refused(add({})), "--for is needed"));
  EXPECT_TRUE(opened.empty());
}

TEST_F(SilenceCommand, SaysWhatIsWrong) {
  const auto told = [&](std::string_view matcher, std::string_view lasts, std::string_view comment) {
    const std::string text = refused(add({matcher, "--for", lasts, "--comment", comment}));
    expect_tame();
    return text;
  };
  EXPECT_TRUE(has(told("jab=lint", "2h", "why"), "unknown label 'jab', did you mean job?"));
  EXPECT_TRUE(has(told("severity=critcal", "2h", "why"), "did you mean critical?"));
  EXPECT_TRUE(has(told("job", "2h", "why"), "job"));
  EXPECT_TRUE(has(told("job=~(", "2h", "why"), "("));
  EXPECT_NE(told("job=\x1b\xE2\x80\xAE,,", "2h", "why"), "");
  EXPECT_TRUE(has(told("job=lint", "soon", "why"), "--for: 'soon' is not a duration"));
  EXPECT_TRUE(has(told("job=lint", "\x1b", "why"), "--for: "));
  EXPECT_TRUE(has(told("job=lint", "0s", "why"), "must end after its start"));
  EXPECT_TRUE(has(told("job=lint", "91d", "why"), "may last 90d"));
  EXPECT_TRUE(has(told("job=lint", "2h", " "), "needs a comment"));
  EXPECT_TRUE(has(told("job=lint", "2h", std::string(501, 'x')), "501 bytes"));
  EXPECT_TRUE(has(refused(lint({"--start", "noon"})), "--start: "));
  EXPECT_TRUE(has(refused(lint({"--start", "2026-01-01T00:00:00Z"})), "is over: write a later one"));
  EXPECT_TRUE(store.silenced.empty());
  EXPECT_TRUE(opened.empty());
}

TEST_F(SilenceCommand, PreviewsWhatItWouldHide) {
  Stages stages;
  stages.take(failed("lint"));
  stages.take(failed("unit"));
  store.rows = stages.noise.take_changes();
  store.kept = {kept_of(1, failed("lint", -days{8}), Fate::sent), kept_of(2, failed("lint"), Fate::sent),
                kept_of(3, failed("lint"), Fate::sent), kept_of(4, failed("unit"), Fate::sent)};
  const std::string text = run(lint({"--preview"}));
  EXPECT_TRUE(has(text, "It would hide 1 of what fails now, and 2 failures of the last 7 days:\n")) << text;
  EXPECT_TRUE(has(text, "     2 lint in acme/shop on feature")) << text;
  EXPECT_FALSE(has(text, "unit")) << text;
  expect_fit();
  const auto document = run_json(lint({"--preview"}));
  EXPECT_EQ(document["firing"].size(), 1U);
  EXPECT_EQ(document["events"].size(), 2U);
  EXPECT_EQ(document["silence"]["match"], "job=\"lint\"");
  EXPECT_TRUE(store.silenced.empty());
  EXPECT_EQ(opened, std::vector<File>(2, File::as_it_is));
}

TEST_F(SilenceCommand, PreviewsTheMostFrequentOnes) {
  for (int i = 0; i < 25; ++i) {
    for (int times = 0; times <= (i == 24 ? 1 : 0); ++times)
      store.kept.push_back(kept_of(100 + 2 * i + times, failed("job-" + std::to_string(i)), Fate::sent));
  }
  const std::string text = run(add({"job=~job-.*", "--for", "2h", "--comment", "why", "--preview"}));
  const auto lines = lines_of(text);
  ASSERT_EQ(lines.size(), 23U) << text;
  EXPECT_TRUE(has(std::string(lines[2]), "job-24")) << text;
  EXPECT_EQ(lines.back(), "and 5 more");
}

TEST_F(SilenceCommand, PreviewsNothing) {
  const std::string nothing =
      "It would hide nothing that fails now, nor anything that failed in the last 7 days.\n";
  EXPECT_EQ(run(lint({"--preview"})), nothing);
  nothing_is_recorded();
  EXPECT_EQ(run(lint({"--preview"})), nothing);
  EXPECT_EQ(run_json(lint({"--preview"}))["events"].size(), 0U);
}

TEST_F(SilenceCommand, ListsThoseThatAreNotOver) {
  run(lint());
  run(add({"job=unit", "--for", "2h", "--comment", "later", "--start", "2026-03-03T00:00:00Z"}));
  store.silenced.push_back({.id = 3,
                            .match = matching("job=old"),
                            .start = at(),
                            .end = at(hours{2}),
                            .author = "bo",
                            .comment = "done",
                            .made = at()});
  const std::string text = run({"alerts", "silence", "list"});
  EXPECT_EQ(run({"alerts", "silence"}), text);
  EXPECT_TRUE(has(text, "active") && has(text, "pending")) << text;
  EXPECT_FALSE(has(text, "expired")) << text;
  EXPECT_TRUE(has(run({"alerts", "silence", "--all"}), "expired"));
  expect_fit();
  EXPECT_EQ(run_json({"alerts", "silence"})["silences"].size(), 2U);
  EXPECT_EQ(run_json({"alerts", "silence", "list", "--all"})["silences"][2]["state"], "expired");
}

TEST_F(SilenceCommand, ListsNothing) {
  EXPECT_EQ(run({"alerts", "silence"}), "Nothing is silenced.\n");
  nothing_is_recorded();
  EXPECT_EQ(run({"alerts", "silence"}), "Nothing is silenced.\n");
  EXPECT_EQ(run_json({"alerts", "silence"})["silences"].size(), 0U);
}

TEST_F(SilenceCommand, ExpiresOne) {
  run(lint());
  EXPECT_EQ(run({"alerts", "silence", "expire", "1"}), "Silence 1 is over.\n");
  EXPECT_EQ(store.silenced[0].end, at(hours{2}));
  EXPECT_TRUE(has(refused({"alerts", "silence", "expire", "1"}, Exit::no), "is over"));
  EXPECT_TRUE(has(refused({"alerts", "silence", "expire", "9"}, Exit::no), "9"));
  run(lint());
  EXPECT_EQ(run_json({"alerts", "silence", "expire", "2"}), (nlohmann::json{{"expired", 2}}));
}

TEST_F(SilenceCommand, RefusesOtherWords) {
  EXPECT_TRUE(has(refused({"alerts", "silence", "expire"}), "needs the ID of one silence"));
  EXPECT_TRUE(has(refused({"alerts", "silence", "expire", "1", "2"}), "needs the ID of one silence"));
  refused({"alerts", "silence", "expire", "one\x1b"});
  expect_tame();
  EXPECT_TRUE(has(refused({"alerts", "silence", "4"}), "takes list, add or expire, not '4'"));
  EXPECT_TRUE(has(refused({"alerts", "silence", "list", "4"}), "'alerts silence list' has no use for '4'"));
  nothing_is_recorded();
  EXPECT_TRUE(has(refused({"alerts", "silence", "expire", "1"}, Exit::no), "nothing is recorded yet"));
}

TEST_F(SilenceCommand, SaysWhatTheStoreSays) {
  store.outage = Error{Errc::unavailable, "alerts.db is locked"};
  EXPECT_EQ(refused(lint()), "runneriq: alerts.db is locked");
  EXPECT_EQ(refused(lint({"--preview"})), "runneriq: alerts.db is locked");
  EXPECT_EQ(refused({"alerts", "silence", "expire", "1"}), "runneriq: alerts.db is locked");
}

}  // namespace
}  // namespace runneriq::cli
