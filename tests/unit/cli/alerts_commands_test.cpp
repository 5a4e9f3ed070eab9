#include "core/json_text.hpp"
#include "tests/support/alert_commands.hpp"
#include "tests/support/temporary_folder.hpp"

#include <gtest/gtest.h>

#include <fstream>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace runneriq::cli {
namespace {

using namespace alerting;
using File = Session::AlertFile;

using Words = std::vector<std::string_view>;

struct AlertsCommand : AlertCommands {
  // What the loop would have kept after these events.
  void happened(const std::vector<Event>& events) {
    Stages stages{ports.rules};
    for (const Event& event : events) stages.take(event);
    stages.noise.advance(fake.waiter.now());
    store.rows = stages.noise.take_changes();
  }
  void route(std::string name, std::string_view match, std::string receiver) {
    RouteOptions& added = routes.emplace_back();
    added.name = std::move(name);
    added.match = matching(match);
    added.receiver = std::move(receiver);
    ports.rules.routes = RouteTree::make(root_route(), routes).value();
  }

  std::vector<RouteOptions> routes;
};

// ---- all of them ---------------------------------------------------------------------------------

const std::vector<Words> kEachCommand{{"alerts", "list"},           {"alerts", "list", "--flaky"},
                                      {"alerts", "show", "1"},      {"alerts", "explain", "1"},
                                      {"alerts", "silence"},        {"alerts", "routes"},
                                      {"alerts", "routes", "test"}, {"alerts", "replay", "-"},
                                      {"alerts", "outbox"},         {"alerts", "digest"}};

TEST_F(AlertsCommand, NeedPortsAndARightConfiguration) {
  cannot_open = Error{Errc::corrupt, "alerts.db is no database\x1b[2J"};
  for (const Words& words : kEachCommand) {
    EXPECT_TRUE(has(refused(words), "alerts.db is no database")) << words[1];
    expect_tame();
  }
  cannot_open.reset();
  opened.clear();
  fake.session.problems = {{"runneriq.yaml:3", "no such key"}};
  for (const Words& words : kEachCommand) {
    EXPECT_EQ(refused(words), "runneriq: runneriq.yaml:3: no such key") << words[1];
  }
  EXPECT_TRUE(opened.empty());
}

TEST_F(AlertsCommand, MakeNoFile) {
  fake.session.read_standard_input = [](std::size_t) -> Result<std::string> { return std::string{}; };
  nothing_is_recorded();
  for (const Words& words : kEachCommand) {
    const bool one = words[1] == "show" || words[1] == "explain";
    run(words, one ? Exit::no : Exit::fine);
  }
  EXPECT_EQ(opened, std::vector<File>(kEachCommand.size(), File::as_it_is));
}

TEST_F(AlertsCommand, SayWhatTheStoreSays) {
  store.outage = Error{Errc::unavailable, "alerts.db is locked"};
  for (const Words& words : std::vector<Words>{{"alerts", "list"},
                                               {"alerts", "show", "1"},
                                               {"alerts", "explain", "1"},
                                               {"alerts", "silence", "list"},
                                               {"alerts", "outbox"},
                                               {"alerts", "digest"}}) {
    EXPECT_EQ(refused(words), "runneriq: alerts.db is locked") << words[1];
  }
}

TEST_F(AlertsCommand, NeverShowNamesRaw) {
  for (const std::string& name : wild_names()) {
    Event event = hostile_event(name);
    event.time = at();
    event.job_id = 7;
    happened({event});
    KeptEvent kept = kept_of(1, event, Fate::suppressed, Stage::suppression, name);
    kept.verdict.notification = "m1";
    kept.signature = name;
    store.kept = {kept};
    OutboxMessage message = message_of(1, MessageState::dead, name);
    message.notification.alerts.front().events = {event};
    message.notification.alerts.front().headline = name;
    message.notification.receiver = message.notification.route = message.notification.group_words = name;
    store.sent = {message};
    store.silenced = {{.id = 1,
                       .match = matching("job=lint"),
                       .start = at(),
                       .end = at(days{1}),
                       .author = name,
                       .comment = name,
                       .made = at()}};
    for (const Words& words : std::vector<Words>{
             {"alerts", "list"},
             {"alerts", "explain", "7"},
             {"alerts", "show", "1"},
             {"alerts", "silence"},
             {"alerts", "outbox"},
             {"alerts", "digest"},
             {"alerts", "silence", "add", "stage=~.*", "--preview", "--for", "2h", "--comment", "why"}}) {
      run(words);
      const bool is_table = words[1] == "list" || words[1] == "outbox" || words[1] == "silence";
      is_table ? expect_fit() : expect_tame();
      Words as_json = words;
      as_json.insert(as_json.end(), {"--output", "json"});
      run(as_json);
      expect_tame();
    }
  }
}

// ---- list ----------------------------------------------------------------------------------------

TEST_F(AlertsCommand, ListShowsWhatFiresWorstFirst) {
  Event deploy = failed("deploy", minutes{100});
  deploy.ref = "main";
  deploy.stage = "deploy";
  deploy.job_id = 77;
  happened({failed("lint"), failed("lint", minutes{5}), deploy});
  const std::string text = run({"alerts", "list"});
  const auto lines = lines_of(text);
  ASSERT_EQ(lines.size(), 3U) << text;
  EXPECT_TRUE(lines[1].starts_with(" 77 ") || lines[1].starts_with("  77 ")) << text;
  EXPECT_TRUE(has(text, "critical")) << text;
  EXPECT_TRUE(has(std::string(lines[1]), "told 20m ago")) << text;
  EXPECT_TRUE(has(std::string(lines[2]), "2h00m")) << text;
  EXPECT_TRUE(has(std::string(lines[2]), "lint in acme/shop on feature")) << text;
  expect_fit();
}

TEST_F(AlertsCommand, ListAsJson) {
  happened({failed("lint"), failed("lint", minutes{5})});
  const auto document = run_json({"alerts", "list"});
  ASSERT_EQ(document["alerts"].size(), 1U);
  const auto& alert = document["alerts"][0];
  EXPECT_EQ(alert["state"], "firing");
  EXPECT_EQ(alert["failures"], 2);
  EXPECT_EQ(alert["since"], "2026-03-02T12:00:00Z");
  EXPECT_EQ(alert["event"]["name"], "lint");
  EXPECT_EQ(alert["told"], "2026-03-02T12:15:00Z");
}

TEST_F(AlertsCommand, ListColoursSeverities) {
  happened({failed("lint")});
  fake.out.coloured = true;
  EXPECT_TRUE(has(run({"alerts", "list"}), "\x1b[33mwarning"));
}

TEST_F(AlertsCommand, ListSaysWhatCannotBeRead) {
  happened({failed("lint")});
  store.rows.push_back({"alert", "x\x1b", "{"});
  store.rows.push_back({std::string(kBegunTable), "fleet", "2026-03-02T12:00:00Z"});
  EXPECT_TRUE(has(run({"alerts", "list"}), "lint"));
  ASSERT_EQ(fake.out.talked.size(), 1U);
  expect_tame();
}

TEST_F(AlertsCommand, ListOfNothing) {
  EXPECT_EQ(run({"alerts", "list"}), "Nothing fires.\n");
  EXPECT_EQ(run({"alerts", "list", "--flaky"}), "No job is known to be flaky.\n");
  nothing_is_recorded();
  EXPECT_TRUE(has(run({"alerts", "list"}), "Nothing is recorded yet"));
  EXPECT_EQ(run_json({"alerts", "list"}),
            (nlohmann::json{{"alerts", nlohmann::json::array()}, {"flaky", nlohmann::json::array()}}));
}

TEST_F(AlertsCommand, ListOfFlakyJobs) {
  std::vector<Event> events;
  for (int i = 0; i < 30; ++i) {
    const std::string sha = "sha" + std::to_string(i);
    events.push_back(failed("unit", minutes{3 * i}, sha));
    events.push_back(passed("unit", minutes{3 * i + 1}, sha));
  }
  happened(events);
  const std::string text = run({"alerts", "list", "--flaky"});
  EXPECT_TRUE(has(text, "JOB OR TEST")) << text;
  EXPECT_TRUE(has(text, "unit")) << text;
  expect_fit();
  const auto document = run_json({"alerts", "list"});
  ASSERT_EQ(document["flaky"].size(), 1U);
  EXPECT_EQ(document["flaky"][0]["flips"], 30);
}

// ---- show and explain ----------------------------------------------------------------------------

TEST_F(AlertsCommand, ShowTellsAMessageAsItWasSentAndWhatBecameOfIt) {
  store.sent = {message_of(1, MessageState::delivered), message_of(2, MessageState::dead, "HTTP 404"),
                message_of(3, MessageState::queued, "HTTP 503")};
  store.sent[2].attempts = 2;
  const std::string delivered = run({"alerts", "show", "1"});
  EXPECT_TRUE(has(delivered, "lint failed in acme/shop on main")) << delivered;
  EXPECT_TRUE(has(delivered, "group signature=9c1f\n\nmessage   1")) << delivered;
  EXPECT_TRUE(has(delivered, "message   1, id m1, of 2026-03-02T12:00:00Z")) << delivered;
  EXPECT_TRUE(has(delivered, "receiver  team, by route root")) << delivered;
  EXPECT_TRUE(has(delivered, "state     delivered at 2026-03-02T12:00:02Z, attempts: 1")) << delivered;
  EXPECT_TRUE(has(run({"alerts", "show", "m2"}), "dead, attempts: 1: HTTP 404"));
  EXPECT_TRUE(
      has(run({"alerts", "show", "3"}), "queued, next attempt at 2026-03-02T12:00:00Z, attempts: 2:"));
}

TEST_F(AlertsCommand, ShowAsJson) {
  store.sent = {message_of(1, MessageState::delivered), message_of(2, MessageState::queued, "HTTP 503")};
  const auto delivered = run_json({"alerts", "show", "m1"});
  EXPECT_EQ(delivered["number"], 1);
  EXPECT_EQ(delivered["state"], "delivered");
  EXPECT_EQ(delivered["delivered"], "2026-03-02T12:00:02Z");
  EXPECT_TRUE(delivered["not_before"].is_null());
  EXPECT_EQ(delivered["alerts"].size(), 1U);
  const auto queued = run_json({"alerts", "show", "2"});
  EXPECT_EQ(queued["not_before"], "2026-03-02T12:00:00Z");
  EXPECT_EQ(queued["trouble"], "HTTP 503");
}

TEST_F(AlertsCommand, ShowOfAMessageThatIsNone) {
  EXPECT_TRUE(has(refused({"alerts", "show", "no\x1bsuch"}, Exit::no), "does not exist"));
  expect_tame();
  nothing_is_recorded();
  EXPECT_TRUE(has(refused({"alerts", "show", "1"}, Exit::no), "nothing is recorded yet"));
}

TEST_F(AlertsCommand, ExplainTellsEachStepAndTheMessage) {
  Event event = failed("lint");
  event.job_id = 1234;
  KeptEvent kept = kept_of(5, event, Fate::sent);
  kept.verdict.notification = "m1";
  store.kept = {kept};
  store.sent = {message_of(1, MessageState::delivered)};
  const std::string text = run({"alerts", "explain", "1234"});
  EXPECT_TRUE(has(text, "#5  lint in acme/shop on feature, 2026-03-02T12:00:00Z: sent\n")) << text;
  EXPECT_TRUE(has(text, "  intake       severity error")) << text;
  EXPECT_TRUE(has(text, "  routing      route root: receiver default\n")) << text;
  EXPECT_TRUE(has(text, "  delivery     message m1 (first) to team: delivered at 2026-03-02T12:00:02Z\n"))
      << text;
  EXPECT_EQ(run({"alerts", "explain", "#5"}), text);
  const auto document = run_json({"alerts", "explain", "1234"});
  ASSERT_EQ(document["events"].size(), 1U);
  EXPECT_EQ(document["events"][0]["fate"], "sent");
  EXPECT_EQ(document["events"][0]["steps"].size(), 2U);
  EXPECT_EQ(document["events"][0]["message"]["number"], 1);
}

TEST_F(AlertsCommand, ExplainOfAnEventInNoMessage) {
  Event event = failed("lint");
  event.job_id = 1234;
  store.kept = {kept_of(5, event, Fate::suppressed, Stage::flaky, "passed on the same commit"),
                kept_of(6, event, Fate::waiting)};
  store.kept[1].verdict.notification = "gone";
  const std::string text = run({"alerts", "explain", "1234"});
  EXPECT_LT(text.find("#6"), text.find("#5")) << text;
  EXPECT_FALSE(has(text, "delivery")) << text;
  EXPECT_TRUE(has(text, "  flaky        passed on the same commit\n")) << text;
  EXPECT_TRUE(run_json({"alerts", "explain", "1234"})["events"][0]["message"].is_null());
}

TEST_F(AlertsCommand, ExplainOfWhatIsNoEvent) {
  EXPECT_TRUE(has(refused({"alerts", "explain", "99"}, Exit::no), "no failure 99 is recorded"));
  EXPECT_TRUE(has(refused({"alerts", "explain", "#99"}, Exit::no), "no failure #99 is recorded"));
  for (const std::string_view bad : {"lint", "0", "#", "#x", "99999999999999999999", "\x1b"}) {
    refused({"alerts", "explain", bad});
    expect_tame();
  }
  nothing_is_recorded();
  EXPECT_TRUE(has(refused({"alerts", "explain", "99"}, Exit::no), "nothing is recorded yet"));
}

// ---- routes --------------------------------------------------------------------------------------

TEST_F(AlertsCommand, RoutesShowsTheTree) {
  route("web", "project=acme/web", "web");
  const std::string text = run({"alerts", "routes"});
  EXPECT_EQ(run({"alerts", "routes", "show"}), text);
  EXPECT_TRUE(has(text, "root/web")) << text;
  EXPECT_TRUE(has(text, "signature")) << text;
  EXPECT_TRUE(has(text, "15m")) << text;
  EXPECT_TRUE(has(text, "always")) << text;
  expect_fit();
  const auto document = run_json({"alerts", "routes"});
  ASSERT_EQ(document["routes"].size(), 2U);
  EXPECT_EQ(document["routes"][1]["route"], "root/web");
  EXPECT_EQ(document["routes"][1]["receiver"], "web");
  EXPECT_EQ(document["routes"][0]["wait_s"], 900);
  EXPECT_EQ(document["routes"][0]["repeat_s"], 4 * 3600);
  EXPECT_EQ(document["routes"][0]["digest"], "none");
}

TEST_F(AlertsCommand, RoutesTestGoesByEachLabel) {
  const std::vector<std::pair<std::string, std::string>> values{{"project", "acme/web"},
                                                                {"ref", "release/1"},
                                                                {"stage", "build"},
                                                                {"job", "compile"},
                                                                {"source", "schedule"},
                                                                {"failure_reason", "script_failure"},
                                                                {"allow_failure", "true"},
                                                                {"class", "HIGH"},
                                                                {"user", "anna"},
                                                                {"kind", "runner"},
                                                                {"runner", "build-7"},
                                                                {"severity", "info"},
                                                                {"signature", "00112233445566aa"},
                                                                {"sha", "1a2b"},
                                                                {"pipeline", "12"},
                                                                {"gitlab", "https://gitlab.example"},
                                                                {"merge_request", "true"},
                                                                {"default_branch", "true"}};
  ASSERT_EQ(values.size(), kLabelCount);
  ports.rules.suppression.clear();
  for (const auto& [label, value] : values) {
    routes.clear();
    route("one", label + "=\"" + value + "\"", "one");
    const std::string word = label + "=" + value;
    EXPECT_EQ(run_json({"alerts", "routes", "test", word})["receivers"], nlohmann::json{"one"}) << word;
    EXPECT_EQ(run_json({"alerts", "routes", "test", "ref=other"})["receivers"], nlohmann::json{"default"})
        << word;
  }
}

TEST_F(AlertsCommand, RoutesTestTellsTheDefaultBranchInAnyOrder) {
  route("ours", "default_branch=true", "ours");
  const auto receiver = [&](Words labels) {
    labels.insert(labels.begin(), {"alerts", "routes", "test"});
    return run_json(labels)["receivers"][0];
  };
  EXPECT_EQ(receiver({"default_branch=true", "ref=develop"}), "ours");
  EXPECT_EQ(receiver({"ref=develop", "default_branch=TRUE"}), "ours");
  EXPECT_EQ(receiver({"ref=main"}), "ours");
  EXPECT_EQ(receiver({"ref=main", "default_branch=false"}), "default");
  EXPECT_EQ(receiver({"ref=develop"}), "default");
  const auto job_class = [&](std::string_view word) {
    return run_json({"alerts", "routes", "test", "ref=trunk", "stage=test", "job=unit", word})["class"];
  };
  EXPECT_NE(job_class("default_branch=true"), job_class("default_branch=false"));
}

TEST_F(AlertsCommand, RoutesTestOfACriticalClassIsCriticalAndToldAtOnce) {
  const auto critical = run_json({"alerts", "routes", "test", "class=critical"});
  EXPECT_EQ(critical["class"], "CRITICAL");
  EXPECT_EQ(critical["severity"], "critical");
  EXPECT_EQ(critical["at_once"], true);
  const std::string text = run({"alerts", "routes", "test", "class=CRITICAL"});
  EXPECT_TRUE(has(text, "severity critical, class CRITICAL\n")) << text;
  EXPECT_TRUE(has(text, "told at once")) << text;
  const auto told = run_json({"alerts", "routes", "test", "class=CRITICAL", "severity=error"});
  EXPECT_EQ(told["severity"], "error");
  EXPECT_EQ(told["at_once"], false);
  EXPECT_EQ(run_json({"alerts", "routes", "test", "class=HIGH"})["severity"], "warning");
  EXPECT_FALSE(has(run({"alerts", "routes", "test", "class=HIGH"}), "at once"));
}

TEST_F(AlertsCommand, RoutesTestHeedsTheRulesForSeverities) {
  ports.rules.classifier.severities = {
      {.name = "grave", .match = matching("class=CRITICAL,severity=critical"), .severity = Severity::error}};
  EXPECT_EQ(run_json({"alerts", "routes", "test", "class=CRITICAL"})["severity"], "error");
  EXPECT_EQ(run_json({"alerts", "routes", "test", "severity=critical"})["severity"], "critical");
  EXPECT_EQ(run_json({"alerts", "routes", "test", "class=CRITICAL", "allow_failure=true"})["severity"],
            "info");
}

TEST_F(AlertsCommand, RoutesTestSaysWhichRuleHidesIt) {
  ports.rules.suppression = default_suppression();
  const std::string text = run({"alerts", "routes", "test", "ref=wip/x", "severity=critical"});
  EXPECT_TRUE(has(text, "But nothing is sent: the rule experimental of alerting.suppress")) << text;
  EXPECT_FALSE(has(text, "at once")) << text;
  EXPECT_EQ(run_json({"alerts", "routes", "test", "ref=wip/x"})["suppressed_by"], "experimental");
  ports.rules.suppression.front().enabled = false;
  EXPECT_EQ(run_json({"alerts", "routes", "test", "ref=wip/x"})["suppressed_by"], "");
}

TEST_F(AlertsCommand, RoutesTestRefusesWhatIsNoLabel) {
  const auto told = [&](std::string_view word) { return refused({"alerts", "routes", "test", word}); };
  EXPECT_TRUE(has(told("main"), "'main' is no label: write LABEL=VALUE"));
  EXPECT_TRUE(has(told("projct=x"), "did you mean 'project'?"));
  EXPECT_FALSE(has(told("colour=x"), "did you mean"));
  EXPECT_TRUE(has(told("severity=critcal"), "did you mean critical?"));
  EXPECT_TRUE(has(told("class=urgent"), "it is CRITICAL, HIGH, MEDIUM or LOW"));
  EXPECT_TRUE(has(told("allow_failure=perhaps"), "true or false"));
  EXPECT_TRUE(has(told("merge_request=yes"), "true or false"));
  EXPECT_TRUE(has(told("kind=runer"), "did you mean runner"));
  EXPECT_TRUE(has(told("pipeline=x"), "pipeline"));
  EXPECT_TRUE(has(told("="), "is no label"));
  told("\x1b\xE2\x80\xAE=\n");
  expect_tame();
}

TEST_F(AlertsCommand, RoutesTestRefusesALabelThatIsToldTwice) {
  EXPECT_EQ(refused({"alerts", "routes", "test", "ref=a", "ref=b"}),
            "runneriq: label 'ref' is told twice: tell it once");
  EXPECT_TRUE(has(refused({"alerts", "routes", "test", "job=a", "name=b"}), "label 'job' is told twice"));
}

TEST_F(AlertsCommand, RefuseArgumentsTheyDoNotTake) {
  EXPECT_TRUE(has(refused({"alerts", "routes", "try"}), "takes show or test, not 'try'"));
  EXPECT_TRUE(has(refused({"alerts", "outbox", "send"}), "takes list or resend, not 'send'"));
  EXPECT_TRUE(
      has(refused({"alerts", "routes", "show", "ref=a"}), "'alerts routes show' has no use for 'ref=a'"));
  EXPECT_TRUE(has(refused({"alerts", "outbox", "list", "1"}), "has no use for '1'"));
}

// ---- replay --------------------------------------------------------------------------------------

const std::string kHistory =
    R"({"time":"2026-03-02T12:00:00Z","name":"lint","status":"failed","ref":"feature","job_id":1})"
    "\n\n{ no json\n"
    R"({"time":"2026-03-02T12:01:00Z","name":"lint","status":"failed","ref":"wip/x","job_id":2})"
    "\n[1]\n";

TEST_F(AlertsCommand, ReplayOfAFile) {
  ports.rules.suppression = default_suppression();
  const TemporaryFolder folder;
  const std::string file = folder.path() + "/history.jsonl";
  std::ofstream{file} << kHistory;
  const std::string text = run({"alerts", "replay", file});
  EXPECT_TRUE(has(text, "2026-03-02T12:15:00Z") || has(text, "2026-03-02T12:01:00Z")) << text;
  EXPECT_TRUE(has(text, "2 events, 2 failures; 1 message telling of 1.")) << text;
  EXPECT_TRUE(has(text, "Left out: 1 (suppression 1).")) << text;
  expect_fit();
  ASSERT_EQ(fake.out.talked.size(), 2U);
  EXPECT_TRUE(fake.out.talked[0].starts_with("runneriq: line 3: ")) << fake.out.talked[0];
  EXPECT_TRUE(fake.out.talked[1].starts_with("runneriq: line 5: ")) << fake.out.talked[1];
  const auto document = run_json({"alerts", "replay", file});
  EXPECT_EQ(document["notifications"].size(), 1U);
  EXPECT_EQ(document["suppressed"][0]["stage"], "suppression");
  EXPECT_EQ(document["totals"]["bad_lines"], 2);
  EXPECT_EQ(document["problems"].size(), 2U);
  EXPECT_TRUE(fake.out.results.ends_with("}\n"));
  EXPECT_TRUE(has(refused({"alerts", "replay", file + ".none"}), ".none"));
}

TEST_F(AlertsCommand, ReplayOfStandardInput) {
  std::string input = kHistory;
  fake.session.read_standard_input = [&](std::size_t) -> Result<std::string> { return input; };
  EXPECT_TRUE(has(run({"alerts", "replay", "-"}), "2 events"));
  input.clear();
  EXPECT_EQ(run({"alerts", "replay", "-"}), "0 events, 0 failures; 0 messages telling of 0.\n");
  for (int i = 0; i < 22; ++i) input += "{\n";
  run({"alerts", "replay", "-"});
  ASSERT_EQ(fake.out.talked.size(), 21U);
  EXPECT_EQ(fake.out.talked.back(), "runneriq: 2 more lines that are no event");
  fake.session.read_standard_input = [](std::size_t) -> Result<std::string> {
    return fail(Errc::invalid_argument, "more than 4 GiB");
  };
  EXPECT_EQ(refused({"alerts", "replay", "-"}), "runneriq: more than 4 GiB");
}

TEST_F(AlertsCommand, ReplayNeverShowsNamesRaw) {
  std::string input;
  fake.session.read_standard_input = [&](std::size_t) -> Result<std::string> { return input; };
  for (const std::string& name : wild_names()) {
    const nlohmann::json line{{"time", "2026-03-02T12:00:00Z"},
                              {"status", "failed"},
                              {"name", name},
                              {"project", name},
                              {"ref", name}};
    input = json_line(line) + "\n{" + name + "\n";
    run({"alerts", "replay", "-"});
    expect_fit();
    run({"alerts", "replay", "-", "--output", "json"});
    expect_tame();
  }
}

// ---- outbox --------------------------------------------------------------------------------------

TEST_F(AlertsCommand, OutboxListsMessagesNewestFirst) {
  store.sent = {message_of(1, MessageState::delivered), message_of(2, MessageState::dead, "HTTP 404")};
  const std::string text = run({"alerts", "outbox"});
  const auto lines = lines_of(text);
  ASSERT_EQ(lines.size(), 3U);
  EXPECT_TRUE(has(std::string(lines[1]), "dead")) << text;
  EXPECT_TRUE(has(std::string(lines[1]), "HTTP 404")) << text;
  EXPECT_TRUE(has(std::string(lines[1]), "2h00m")) << text;
  EXPECT_TRUE(has(std::string(lines[2]), "delivered")) << text;
  expect_fit();
  const auto document = run_json({"alerts", "outbox", "list"});
  ASSERT_EQ(document["messages"].size(), 2U);
  EXPECT_EQ(document["messages"][0]["number"], 2);
}

TEST_F(AlertsCommand, OutboxNarrows) {
  store.sent = {message_of(1, MessageState::delivered), message_of(2, MessageState::dead)};
  EXPECT_EQ(run_json({"alerts", "outbox", "--state", "dead"})["messages"].size(), 1U);
  EXPECT_EQ(store.asked_messages.state, MessageState::dead);
  EXPECT_EQ(run({"alerts", "outbox", "--receiver", "nobody"}), "No such message.\n");
  EXPECT_EQ(run({"alerts", "outbox", "--since", "1h"}), "No such message.\n");
  EXPECT_EQ(store.asked_messages.since, at(hours{1}));
  EXPECT_TRUE(has(run({"alerts", "outbox", "--since", "2026-03-02T00:00:00Z"}), "team"));
  EXPECT_TRUE(has(refused({"alerts", "outbox", "--since", "yester\x1b"}), "--since takes a time"));
  expect_tame();
  store.sent.clear();
  EXPECT_EQ(run({"alerts", "outbox"}), "No message was made yet.\n");
  nothing_is_recorded();
  EXPECT_TRUE(has(run({"alerts", "outbox"}), "Nothing is recorded yet"));
  EXPECT_EQ(run_json({"alerts", "outbox"})["messages"].size(), 0U);
}

TEST_F(AlertsCommand, OutboxSendsDeadOnesAgain) {
  outbox.dead = 1;
  EXPECT_EQ(run({"alerts", "outbox", "resend", "2"}),
            "1 message queued again; the running loop sends them\n");
  EXPECT_EQ(outbox.resent, 2);
  outbox.dead = 3;
  EXPECT_EQ(run_json({"alerts", "outbox", "resend", "all"}), (nlohmann::json{{"queued", 3}}));
  EXPECT_EQ(outbox.resent, 0);
  outbox.dead = 0;
  EXPECT_EQ(run({"alerts", "outbox", "resend", "all"}),
            "0 messages queued again; the running loop sends them\n");
  EXPECT_TRUE(has(refused({"alerts", "outbox", "resend", "9"}, Exit::no), "message 9 is not dead"));
}

TEST_F(AlertsCommand, OutboxResendRefuses) {
  EXPECT_TRUE(has(refused({"alerts", "outbox", "resend"}), "needs the number of a dead message, or all"));
  EXPECT_TRUE(has(refused({"alerts", "outbox", "resend", "1", "2"}), "needs the number"));
  refused({"alerts", "outbox", "resend", "0"});
  refused({"alerts", "outbox", "resend", "x\x1b"});
  expect_tame();
  EXPECT_EQ(outbox.resent, std::nullopt);
  outbox.outage = Error{Errc::unavailable, "alerts.db is locked"};
  EXPECT_EQ(refused({"alerts", "outbox", "resend", "1"}), "runneriq: alerts.db is locked");
  nothing_is_recorded();
  EXPECT_TRUE(has(refused({"alerts", "outbox", "resend", "1"}, Exit::no), "nothing is recorded yet"));
}

// ---- digest --------------------------------------------------------------------------------------

TEST_F(AlertsCommand, DigestSumsUp) {
  store.kept = {kept_of(1, failed("lint", -days{3}), Fate::sent), kept_of(2, failed("lint"), Fate::sent),
                kept_of(3, failed("unit"), Fate::suppressed, Stage::flaky, "passed on the same commit"),
                kept_of(4, failed("unit"), Fate::waiting)};
  store.sent = {message_of(1, MessageState::delivered), message_of(2, MessageState::dead)};
  const std::string text = run({"alerts", "digest"});
  EXPECT_TRUE(has(text, "From 2026-03-01T14:00:00Z to 2026-03-02T14:00:00Z: 3 failures, of")) << text;
  EXPECT_TRUE(has(text, "1 not decided")) << text;
  EXPECT_TRUE(has(text, "2 messages, 1")) << text;
  EXPECT_TRUE(has(text, "Left out: 1 (flaky 1).")) << text;
  EXPECT_TRUE(has(text, "LEFT OUT BECAUSE")) << text;
  expect_fit();
  const auto weekly = run_json({"alerts", "digest", "--weekly"});
  EXPECT_EQ(weekly["from"], "2026-02-23T14:00:00Z");
  EXPECT_EQ(weekly["failures"], 4);
  EXPECT_EQ(run_json({"alerts", "digest"})["failures"], 3);
}

TEST_F(AlertsCommand, DigestOfNothing) {
  nothing_is_recorded();
  const std::string text = run({"alerts", "digest"});
  EXPECT_TRUE(has(text, "0 failures; 0 messages.")) << text;
  EXPECT_EQ(run_json({"alerts", "digest"})["failures"], 0);
}

}  // namespace
}  // namespace runneriq::cli
