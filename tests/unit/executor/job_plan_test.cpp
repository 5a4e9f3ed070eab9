#include "executor/job_plan.hpp"

#include <gtest/gtest.h>

#include <string>

namespace runneriq::executor {
namespace {

using namespace std::chrono_literals;

JobPlan full_plan() {
  JobPlan plan;
  plan.driver = DriverKind::bubblewrap;
  plan.attempt = AttemptId{"/tmp/custom-executor1"};
  plan.key = {GitLabUrl{"https://gitlab.example.com"}, JobId{4711}};
  plan.history = {GitLabUrl{"https://gitlab.example.com"}, ProjectId{7}, "unit", "test"};
  plan.builds_dir = "/b/7/0";
  plan.cache_dir = "/c/7/open";
  plan.private_dir = "/j/1";
  plan.account = {"ci", 4'294'967'294U, 100, {4, 24}, "/home/ci"};
  plan.drop_privileges = true;
  plan.environment = {"PATH=/bin", "HOME=/j/1/home", "EMPTY=", "LINES=a\nb"};
  plan.kill_grace = 10s;
  plan.cgroups = {"/sys/fs/cgroup/r/1"};
  plan.driver_notes = {{"pod", {"p1", "p2"}}, {"none", {}}};
  plan.energy = {EnergyMeasure::off, {.idle_watts_per_core = 1.25, .full_watts_per_core = 5.5}};
  plan.image = "debian:12";
  plan.image_entrypoint = {"/bin/sh", "-c"};
  plan.services = {{"postgres:16", "db", {"/e"}, {"-c", "fsync=off"}}, {"redis", "", {}, {}}};
  plan.service_socket = "/run/s";
  plan.slots = 4;
  plan.runner = RunnerId{12};
  plan.service_given_up = true;
  plan.score = 87.5;
  plan.job_class = scheduler::JobClass::high;
  plan.queued_in_gitlab = 12'345ms;
  plan.held = 4s;
  plan.admitted = Time{1'700'000'000'123ms};
  return plan;
}

TEST(JobPlanText, KeepsEveryMember) {
  const JobPlan before = full_plan();
  const auto after = parse_job_plan(to_json(before));
  ASSERT_TRUE(after) << after.error().message;
  EXPECT_EQ(after->driver, before.driver);
  EXPECT_EQ(after->attempt, before.attempt);
  EXPECT_EQ(after->key, before.key);
  EXPECT_EQ(after->history.gitlab, before.history.gitlab);
  EXPECT_EQ(after->history.project, before.history.project);
  EXPECT_EQ(after->history.job_name, before.history.job_name);
  EXPECT_EQ(after->history.stage, before.history.stage);
  EXPECT_EQ(after->builds_dir, before.builds_dir);
  EXPECT_EQ(after->cache_dir, before.cache_dir);
  EXPECT_EQ(after->private_dir, before.private_dir);
  EXPECT_EQ(after->account, before.account);
  EXPECT_TRUE(after->drop_privileges);
  EXPECT_EQ(after->environment, before.environment);
  EXPECT_EQ(after->kill_grace, before.kill_grace);
  EXPECT_EQ(after->cgroups, before.cgroups);
  EXPECT_EQ(after->driver_notes, before.driver_notes);
  EXPECT_EQ(after->energy.measure, EnergyMeasure::off);
  EXPECT_EQ(after->energy.power.idle_watts_per_core, 1.25);
  EXPECT_EQ(after->energy.power.full_watts_per_core, 5.5);
  EXPECT_EQ(after->image, before.image);
  EXPECT_EQ(after->image_entrypoint, before.image_entrypoint);
  ASSERT_EQ(after->services.size(), 2U);
  EXPECT_EQ(after->services[0].name, "postgres:16");
  EXPECT_EQ(after->services[0].alias, "db");
  EXPECT_EQ(after->services[0].entrypoint, before.services[0].entrypoint);
  EXPECT_EQ(after->services[0].command, before.services[0].command);
  EXPECT_EQ(after->service_socket, "/run/s");
  EXPECT_EQ(after->slots, 4);
  EXPECT_EQ(after->runner, RunnerId{12});
  EXPECT_TRUE(after->service_given_up);
  EXPECT_EQ(after->score, before.score);
  EXPECT_EQ(after->job_class, before.job_class);
  EXPECT_EQ(after->queued_in_gitlab, before.queued_in_gitlab);
  EXPECT_EQ(after->held, before.held);
  EXPECT_EQ(after->admitted, before.admitted);
}

TEST(JobPlanText, KeepsBytesThatAreNoText) {
  JobPlan plan = full_plan();
  plan.attempt = AttemptId{"/tmp/\xFF\xFE"};
  plan.environment = {std::string("A=\xE2\x82\0z", 6)};
  plan.history.job_name = "bad \xC3 name \xED\xA0\x80";
  const auto after = parse_job_plan(to_json(plan));
  ASSERT_TRUE(after);
  EXPECT_EQ(after->attempt, plan.attempt);
  EXPECT_EQ(after->environment, plan.environment);
  EXPECT_EQ(after->history.job_name, plan.history.job_name);
}

TEST(JobPlanText, ANotesKeyThatIsNoTextDoesNotThrow) {
  JobPlan plan;
  plan.driver_notes = {{"k\xFF", {"v"}}};
  EXPECT_TRUE(parse_job_plan(to_json(plan)));
}

TEST(JobPlanText, MissingAndNullMembersKeepTheirDefaults) {
  for (const std::string_view json :
       {"{}", R"({"score":null,"account":null,"admitted":null,"unknown":{"a":1}})"}) {
    const auto plan = parse_job_plan(json);
    ASSERT_TRUE(plan) << json;
    EXPECT_EQ(plan->driver, DriverKind::shell);
    EXPECT_EQ(plan->job_class, scheduler::JobClass::low);
    EXPECT_EQ(plan->admitted, std::nullopt);
    EXPECT_TRUE(plan->environment.empty());
  }
}

struct BadPlan {
  std::string json;
  std::string told;
};

TEST(JobPlanText, WhatIsWrongIsTold) {
  const BadPlan cases[] = {{"", "no JSON object"},
                           {"[]", "no JSON object"},
                           {"{", "no JSON object"},
                           {R"({"builds_dir":5})", "'builds_dir'"},
                           {R"({"driver":"auto"})", "'driver'"},
                           {R"({"driver":"docker"})", "'driver'"},
                           {R"({"job_class":4})", "'job_class'"},
                           {R"({"job_class":-1})", "'job_class'"},
                           {R"({"account":{"uid":-1}})", "'account'"},
                           {R"({"account":{"uid":4294967296}})", "'account'"},
                           {R"({"account":{"groups":[1,"2"]}})", "'account'"},
                           {R"({"key":{"job":18446744073709551615}})", "'key'"},
                           {R"({"key":{"job":1.5}})", "'key'"},
                           {R"({"environment":{"A":"b"}})", "'environment'"},
                           {R"({"environment":[1]})", "'environment'"},
                           {R"({"attempt":{"bytes":"f"}})", "'attempt'"},
                           {R"({"attempt":{"bytes":"zz"}})", "'attempt'"},
                           {R"({"driver_notes":{"a":"b"}})", "'driver_notes'"},
                           {R"({"admitted":"now"})", "'admitted'"},
                           {R"({"score":"high"})", "'score'"},
                           {R"({"drop_privileges":1})", "'drop_privileges'"},
                           {std::string(1'000'000, '['), "nested too deeply"},
                           {std::string(5'000'000, ' '), "larger than 4 MiB"}};
  for (const BadPlan& one : cases) {
    SCOPED_TRACE(one.json.substr(0, 60));
    const auto plan = parse_job_plan(one.json);
    ASSERT_FALSE(plan);
    EXPECT_EQ(plan.error().code, Errc::invalid_argument);
    EXPECT_NE(plan.error().message.find(one.told), std::string::npos) << plan.error().message;
  }
}

TEST(JobPlanText, BracketsInTextAreNoNesting) {
  JobPlan plan;
  plan.history.job_name = "[[[[[[[[[[[[ \\\" [[[[[[[[[[[ {{{{{{{{{{";
  const auto after = parse_job_plan(to_json(plan));
  ASSERT_TRUE(after);
  EXPECT_EQ(after->history.job_name, plan.history.job_name);
}

}  // namespace
}  // namespace runneriq::executor
