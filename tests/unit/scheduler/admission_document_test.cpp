#include "core/json_text.hpp"
#include "scheduler/admission_service.hpp"

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include <string>
#include <vector>

namespace runneriq::scheduler {
namespace {

using namespace std::chrono_literals;
using nlohmann::json;

const Time kNow{std::chrono::milliseconds{1'700'000'000'123}};
const JobKey kKey{GitLabUrl{"https://gitlab.example.com/a b"}, JobId{4711}};
const AttemptId kAttempt{"/tmp/custom&executor=1%/ü+"};

AdmissionQuestion question() {
  AdmissionQuestion made;
  made.host = {.host = "0f3a", .slots = 4, .runner = RunnerId{12}, .load = 0.25, .memory_available = 0.5};
  made.request = {
      .key = kKey,
      .attempt = kAttempt,
      .history = {GitLabUrl{"https://gitlab.example.com"}, ProjectId{7}, "deploy \"x\"\n", "prod"},
      .score = 92.5,
      .job_class = JobClass::critical,
      .queued_in_gitlab = 1234ms,
      .max_hold = 10min};
  return made;
}

AdmissionStanding standing() {
  return {.kind = AdmissionStanding::Kind::held,
          .position = 2,
          .queue_length = 5,
          .score = 71.5,
          .job_class = JobClass::high,
          .expected = 90500ms,
          .expected_start = kNow,
          .reason = "1 job ahead (CRITICAL deploy \\n, job 4711)",
          .version = 99};
}

OutcomeReport report() {
  JobOutcome outcome{.key = kKey,
                     .attempt = kAttempt,
                     .history = {kKey.gitlab, ProjectId{7}, "unit", "test"},
                     .job_class = JobClass::low,
                     .score = 10.5,
                     .queued_in_gitlab = 1s,
                     .held = 2s,
                     .ran = 3001ms,
                     .cpu = 4s,
                     .succeeded = false,
                     .exit_code = -9,
                     .failed_stage = "step_script",
                     .finished = kNow,
                     .energy = carbon::Energy{1234.5, carbon::EnergyMethod::rapl}};
  return {.host = {.host = "0f3a"}, .outcomes = {outcome}};
}

TEST(AdmissionDocument, AQuestionComesBackAsItWasWritten) {
  const auto read = parse_admission_question(to_json(question()));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(to_json(*read), to_json(question()));
  EXPECT_EQ(read->request.key, kKey);
  EXPECT_EQ(read->request.attempt, kAttempt);
  EXPECT_EQ(read->request.history.gitlab, GitLabUrl{"https://gitlab.example.com"});
  EXPECT_EQ(read->request.history.job_name, "deploy \"x\"\n");
  EXPECT_EQ(read->request.queued_in_gitlab, 1234ms);
  EXPECT_EQ(read->request.max_hold, 10min);
  EXPECT_EQ(read->request.job_class, JobClass::critical);
  EXPECT_EQ(read->host.runner, RunnerId{12});
  EXPECT_EQ(read->host.load, 0.25);
  EXPECT_EQ(read->host.memory_available, 0.5);
  EXPECT_FALSE(read->host.cpu_pressure);
}

TEST(AdmissionDocument, AStandingComesBackAsItWasWritten) {
  const auto read = parse_admission_standing(to_json(standing()));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(to_json(*read), to_json(standing()));
  EXPECT_EQ(read->kind, AdmissionStanding::Kind::held);
  EXPECT_EQ(read->position, 2U);
  EXPECT_EQ(read->queue_length, 5U);
  EXPECT_EQ(read->score, 71.5);
  EXPECT_EQ(read->job_class, JobClass::high);
  EXPECT_EQ(read->expected, 90500ms);
  EXPECT_EQ(read->expected_start, kNow);
  EXPECT_EQ(read->reason, standing().reason);
  EXPECT_EQ(read->version, 99);
}

TEST(AdmissionDocument, AReportComesBackAsItWasWritten) {
  const auto read = parse_outcome_report(to_json(report()));
  ASSERT_TRUE(read) << read.error().message;
  EXPECT_EQ(to_json(*read), to_json(report()));
  const JobOutcome& outcome = read->outcomes.at(0);
  EXPECT_EQ(outcome.ran, 3001ms);
  EXPECT_EQ(outcome.cpu, 4s);
  EXPECT_EQ(outcome.exit_code, -9);
  EXPECT_EQ(outcome.finished, kNow);
  EXPECT_EQ(outcome.history.gitlab, kKey.gitlab);
  EXPECT_EQ(outcome.energy, (carbon::Energy{1234.5, carbon::EnergyMethod::rapl}));
  OutcomeReport without = report();
  without.outcomes[0].energy.reset();
  EXPECT_FALSE(json_in(to_json(without)).at("/outcomes/0"_json_pointer).contains("energy"));
  EXPECT_FALSE(parse_outcome_report(to_json(without))->outcomes.at(0).energy);
}

TEST(AdmissionDocument, AnEnergyThatCannotBeIsLeftOutAndTheRestKept) {
  const json absurd[] = {nullptr,
                         "1234 J",
                         json::object(),
                         {{"joules", -1}, {"method", "rapl"}},
                         {{"joules", 1.1e9}, {"method", "rapl"}},
                         {{"joules", 1e308}, {"method", "cpu_model"}},
                         {{"joules", nullptr}, {"method", "rapl"}},
                         {{"joules", 5}, {"method", "guess"}},
                         {{"joules", 5}}};
  for (const json& energy : absurd) {
    json document = json_in(to_json(report()));
    document["outcomes"][0]["energy"] = energy;
    const auto read = parse_outcome_report(json_line(document));
    ASSERT_TRUE(read) << energy << ": " << read.error().message;
    EXPECT_FALSE(read->outcomes.at(0).energy) << energy;
    EXPECT_EQ(read->outcomes.at(0).ran, 3001ms);
  }
}

TEST(AdmissionDocument, TheNumberOfAcceptedOutcomesComesBack) {
  EXPECT_EQ(*parse_accepted(accepted_json(0)), 0U);
  EXPECT_EQ(*parse_accepted(accepted_json(100)), 100U);
  for (const char* bad :
       {"{}", "", "[]", R"({"accepted":101})", R"({"accepted":-1})", R"({"accepted":"1"})"}) {
    EXPECT_FALSE(parse_accepted(bad)) << bad;
  }
}

struct BadMember {
  std::string pointer;
  json value;  // discarded: the member is removed
};

json without_or_with(json document, const BadMember& bad) {
  const json::json_pointer place{bad.pointer};
  if (bad.value.is_discarded()) {
    document.at(place.parent_pointer()).erase(place.back());
  } else {
    document[place] = bad.value;
  }
  return document;
}

const json kAbsent(json::value_t::discarded);

template <class Read>
void expect_refused(const std::string& good, const std::vector<BadMember>& table, Read read) {
  ASSERT_TRUE(read(good));
  for (const BadMember& bad : table) {
    const std::string text = json_line(without_or_with(json_in(good), bad));
    const auto result = read(text);
    ASSERT_FALSE(result) << bad.pointer << " in " << text;
    EXPECT_EQ(result.error().code, Errc::invalid_argument);
    const std::string name = bad.pointer.substr(bad.pointer.rfind('/') + 1);
    EXPECT_NE(result.error().message.find(name), std::string::npos) << result.error().message;
  }
}

TEST(AdmissionDocument, ABadMemberOfAQuestionIsRefusedByName) {
  const std::vector<BadMember> table{{"/host", kAbsent},
                                     {"/host", "abc"},
                                     {"/host/host", kAbsent},
                                     {"/host/host", ""},
                                     {"/host/host", std::string(256, 'x')},
                                     {"/host/host", "two\nlines"},
                                     {"/host/slots", -1},
                                     {"/host/slots", 10001},
                                     {"/host/load", 1.5},
                                     {"/host/memory_available", "half"},
                                     {"/job", kAbsent},
                                     {"/job/gitlab", kAbsent},
                                     {"/job/gitlab", 7},
                                     {"/job/job", kAbsent},
                                     {"/job/job", -1},
                                     {"/job/job", 1e300},
                                     {"/job/attempt", kAbsent},
                                     {"/job/attempt", "relative"},
                                     {"/job/attempt", "/" + std::string(4095, 'x')},
                                     {"/job/name", std::string(2000, 'x')},
                                     {"/job/class", "URGENT"},
                                     {"/job/class", kAbsent},
                                     {"/job/score", 100.5},
                                     {"/job/score", kAbsent},
                                     {"/job/queued_seconds", -1},
                                     {"/job/max_hold_seconds", 1e12}};
  expect_refused(to_json(question()), table, parse_admission_question);
}

TEST(AdmissionDocument, ABadMemberOfAStandingIsRefusedByName) {
  const std::vector<BadMember> table{{"/standing", kAbsent},
                                     {"/standing", "granted"},
                                     {"/position", 0},
                                     {"/queue_length", 1},
                                     {"/score", kAbsent},
                                     {"/score", -1},
                                     {"/class", kAbsent},
                                     {"/version", kAbsent},
                                     {"/version", -1},
                                     {"/reason", std::string(1001, 'x')},
                                     {"/reason", "line\nRunnerIQ: another"},
                                     {"/reason", "\x1b[31m"},
                                     {"/expected_seconds", "soon"},
                                     {"/expected_start", "tomorrow"}};
  expect_refused(to_json(standing()), table, parse_admission_standing);
}

TEST(AdmissionDocument, ABadMemberOfAReportIsRefusedByName) {
  const std::vector<BadMember> table{{"/outcomes", kAbsent},
                                     {"/outcomes", 5},
                                     {"/outcomes/0/finished", kAbsent},
                                     {"/outcomes/0/succeeded", "yes"},
                                     {"/outcomes/0/exit_code", 1e10},
                                     {"/outcomes/0/energy/joules", "5"},
                                     {"/outcomes/0/energy/method", 0},
                                     {"/outcomes/0/attempt", "x"}};
  expect_refused(to_json(report()), table, parse_outcome_report);
}

TEST(AdmissionDocument, MembersOfLaterVersionsAreNoTrouble) {
  json later = json_in(to_json(question()));
  later["carbon"] = {{"zone", "DE"}};
  later["job"]["colour"] = 5;
  EXPECT_TRUE(parse_admission_question(json_line(later)));
}

TEST(AdmissionDocument, AHundredOutcomesAreAReportAndOneMoreIsNone) {
  OutcomeReport many = report();
  many.outcomes.resize(kMostOutcomes, many.outcomes[0]);
  EXPECT_EQ(parse_outcome_report(to_json(many))->outcomes.size(), kMostOutcomes);
  many.outcomes.push_back(many.outcomes[0]);
  EXPECT_FALSE(parse_outcome_report(to_json(many)));
}

TEST(AdmissionDocument, WhatIsNoJsonIsAnErrorAndNoCrash) {
  for (const std::string& text : {std::string(), std::string("{"), std::string("null"), std::string("[[[["),
                                  std::string(100'000, '['), std::string("\xff\xfe{}")}) {
    EXPECT_FALSE(parse_admission_question(text));
    EXPECT_FALSE(parse_admission_standing(text));
    EXPECT_FALSE(parse_outcome_report(text));
  }
}

TEST(AdmissionQuery, AKeyAndAPollComeBackAsTheyWereWritten) {
  const AdmissionPoll poll{{kKey, kAttempt}, 99, 30s};
  EXPECT_EQ(*parse_admission_query(to_query(poll)), poll);
  const auto key = parse_admission_query(to_query(poll.key));
  ASSERT_TRUE(key);
  EXPECT_EQ(key->key, poll.key);
  EXPECT_EQ(key->version, 0);
  EXPECT_EQ(key->wait, 0s);
}

TEST(AdmissionQuery, WhatNamesNoPlaceInTheQueueIsRefused) {
  const std::string good = "gitlab=https%3A%2F%2Fx&job=5&attempt=%2Ftmp%2Fa";
  ASSERT_TRUE(parse_admission_query(good));
  ASSERT_TRUE(parse_admission_query(good + "&later=5"));
  for (const std::string& bad :
       {std::string(), std::string("gitlab=x&job=5"), std::string("gitlab=x&attempt=%2Fa"),
        std::string("job=5&attempt=%2Fa"), std::string("gitlab=x&job=-5&attempt=%2Fa"),
        std::string("gitlab=x&job=5x&attempt=%2Fa"), std::string("gitlab=x&job=5&attempt=a"),
        std::string("gitlab=%2&job=5&attempt=%2Fa"), std::string("gitlab=%zz&job=5&attempt=%2Fa"),
        good + "&wait=31", good + "&wait=-1", good + "&version=x", std::string(20'000, 'a')}) {
    EXPECT_FALSE(parse_admission_query(bad)) << bad;
  }
}

}  // namespace
}  // namespace runneriq::scheduler
