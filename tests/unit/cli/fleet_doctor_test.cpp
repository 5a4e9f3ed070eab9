#include "cli/fleet_doctor.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace runneriq::cli {
namespace {

using executor::Finding;
using executor::FindingStatus;
using namespace std::chrono_literals;

const Time kNow = std::chrono::sys_days{std::chrono::year{2026} / 11 / 22};

gitlab::Runner runner(std::int64_t id, bool with_tags) {
  gitlab::Runner made;
  made.id = RunnerId{id};
  if (with_tags) made.traits = gitlab::RunnerTraits{};
  return made;
}

// A fleet in which nothing is wrong; each test spoils one thing.
FleetFacts good_fleet() {
  FleetFacts facts;
  facts.fleet.url = "https://gitlab.example.com";
  facts.token_variable = "GITLAB_TOKEN";
  facts.version = std::string("18.2.0");
  facts.token = gitlab::TokenFacts{"watch", {"read_api"}, true, kNow + std::chrono::days{100}};
  gitlab::FleetReading reading;
  reading.runners = {runner(1, true), runner(2, true)};
  reading.projects.resize(3);
  facts.reading = reading;
  return facts;
}

ProgramFacts good() {
  ProgramFacts facts;
  facts.now = kNow;
  facts.config_file = "/etc/runneriq/runneriq.yaml";
  facts.state_file = "/var/lib/runneriq/state.db";
  facts.fleets = {good_fleet()};
  return facts;
}

ProgramFacts with(FleetFacts fleet) {
  ProgramFacts facts = good();
  facts.fleets = {std::move(fleet)};
  return facts;
}

Finding found(const ProgramFacts& facts, std::string_view name) {
  const auto all = examine(facts);
  const auto match = std::find_if(all.begin(), all.end(), [&](const Finding& f) { return f.name == name; });
  return match == all.end() ? Finding{} : *match;
}

TEST(FleetDoctor, FindsNothingWrongWhereNothingIs) {
  for (const Finding& finding : examine(good())) {
    // Without managed runners there is nothing to say of lanes.
    const FindingStatus expected = finding.name == "lanes" ? FindingStatus::skipped : FindingStatus::ok;
    EXPECT_EQ(finding.status, expected) << finding.name << ": " << finding.what;
    EXPECT_EQ(finding.remedy, "") << finding.name;
  }
  EXPECT_EQ(found(good(), "gitlab").what, "https://gitlab.example.com is GitLab 18.2.0");
  EXPECT_EQ(found(good(), "projects").what, "3 projects visible, 0 jobs pending");
  EXPECT_EQ(found(good(), "runners").what, "2 runners visible");
  EXPECT_EQ(found(good(), "token.expiry").what, "the token expires on 2027-03-02");
}

TEST(FleetDoctor, WhatIsNotFineHasARemedy) {
  ProgramFacts facts = good();
  facts.problems = {{"/etc/runneriq/runneriq.yaml:3", "unknown option 'gitlab.ulr'"}};
  facts.state_error = Error{Errc::permission, "/var/lib/runneriq: Permission denied"};
  facts.audit = scheduler::AuditVerdict{scheduler::AuditVerdict::Kind::broken, 7, "broken at record 7"};
  facts.fleets[0].version = fail(Errc::permission, "401 Unauthorized");
  facts.fleets[0].token = fail(Errc::permission, "401 Unauthorized");
  facts.fleets[0].reading = fail(Errc::permission, "401 Unauthorized");
  int bad = 0;
  for (const Finding& finding : examine(facts)) {
    if (finding.status == FindingStatus::ok) continue;
    ++bad;
    EXPECT_NE(finding.remedy, "") << finding.name;
  }
  EXPECT_EQ(bad, 6);
}

TEST(FleetDoctor, AStateFileOfALaterVersionKeepsTheLoopFromStarting) {
  ProgramFacts facts = good();
  facts.state_error = Error{Errc::newer_schema, "schema 4 is newer than 3"};
  const auto all = examine(facts);
  const auto state = std::ranges::find(all, "state", &Finding::name);
  ASSERT_NE(state, all.end());
  EXPECT_EQ(state->status, FindingStatus::fail);
  EXPECT_NE(state->what.find("does not start"), std::string::npos);
  EXPECT_EQ(state->remedy.find("writable"), std::string::npos);
}

TEST(FleetDoctor, AGitLabOutOfReachIsOneFinding) {
  FleetFacts fleet = good_fleet();
  fleet.version = fail(Errc::unavailable, "GET https://gitlab.example.com: connection refused");
  fleet.token = fail(Errc::unavailable, "connection refused");
  fleet.reading = fail(Errc::unavailable, "connection refused");
  EXPECT_EQ(
      found(with(fleet), "gitlab").remedy,
      "check gitlab.url and whether this machine and user get through: curl -I https://gitlab.example.com");
  EXPECT_EQ(found(with(fleet), "token").name, "");
  EXPECT_EQ(found(with(fleet), "fleet").name, "");
}

TEST(FleetDoctor, ARefusedTokenAndAnUnknownCertificateHaveTheirOwnRemedies) {
  FleetFacts fleet = good_fleet();
  fleet.reading = fail(Errc::permission, "no");
  fleet.version = fail(Errc::permission, "401 Unauthorized");
  EXPECT_NE(found(with(fleet), "gitlab").remedy.find("new token"), std::string::npos);
  fleet.version = fail(Errc::permission, "SSL certificate problem: self-signed certificate");
  EXPECT_NE(found(with(fleet), "gitlab").remedy.find("gitlab.ca_file"), std::string::npos);
}

struct RemedyCase {
  std::string name;
  Error version, reading;
  std::string remedy;  // of the fleet
};
class FleetRemedy : public testing::TestWithParam<RemedyCase> {};

TEST_P(FleetRemedy, IsThatOfTheTrouble) {
  FleetFacts fleet = good_fleet();
  fleet.fleet.url = "http://gitlab.example.com:8080/git";
  fleet.reading = fail(GetParam().reading);
  if (GetParam().version.message != "") fleet.version = fail(GetParam().version);
  EXPECT_EQ(found(with(fleet), "fleet").remedy, GetParam().remedy);
}

const Error kSignIn{Errc::corrupt, "the answer is no JSON"};
const Error kMoved{Errc::invalid_argument,
                   "GET /api/v4/version: 301 Moved Permanently to "
                   "https://gitlab.example.com/git/api/v4/version"};
const Error kElsewhere{Errc::invalid_argument, "302 Found to https://sso.example.com/api/v4/version"};
const Error kRefused{Errc::permission, "403 Forbidden: insufficient_scope"};
const std::string kNewToken =
    "make a new token with the scope read_api and put it into GITLAB_TOKEN, or into "
    "/etc/runneriq/credentials/gitlab-token";
const std::string kFrontPage = "set gitlab.url to the address of GitLab's front page";

INSTANTIATE_TEST_SUITE_P(
    Of, FleetRemedy,
    testing::Values(RemedyCase{"ARefusedToken", kRefused, {Errc::permission, "401 Unauthorized"}, kNewToken},
                    RemedyCase{"ATokenWithoutTheScope", {}, kRefused, kNewToken},
                    RemedyCase{"ASignInPage", kSignIn, {Errc::not_found, "no JSON"}, kFrontPage},
                    RemedyCase{"HttpForHttps",
                               kMoved,
                               {Errc::not_found, kMoved.message},
                               "set gitlab.url to https://gitlab.example.com/git"},
                    RemedyCase{
                        "AnotherServer", kElsewhere, {Errc::not_found, kElsewhere.message}, kFrontPage},
                    RemedyCase{"NoSuchProject",
                               {},
                               {Errc::not_found, "404 Project Not Found"},
                               "set gitlab.project or gitlab.group to what the token may see"},
                    RemedyCase{"NoSuchProjectBehindABrokenPage",
                               {Errc::unavailable, "502"},
                               {Errc::not_found, "404 Project Not Found"},
                               "set gitlab.project or gitlab.group to what the token may see"}),
    [](const auto& given) { return given.param.name; });

TEST(FleetDoctor, WhatIsOldHasTheRemedyOfItsCause) {
  FleetFacts fleet = good_fleet();
  const auto remedy = [&](std::string why, Errc code) {
    fleet.reading->stale = {{.what = "jobs of project a/b", .why = std::move(why), .age = {}, .code = code}};
    return found(with(fleet), "fleet").remedy;
  };
  EXPECT_NE(remedy("over the budget of 60 calls a minute", Errc::unavailable).find("calls_per_minute"),
            std::string::npos);
  EXPECT_NE(remedy("GitLab allows no more calls until 2026-11-22T00:01:00Z", Errc::unavailable)
                .find("monitor.poll_interval"),
            std::string::npos);
  EXPECT_NE(remedy("403 Forbidden", Errc::permission).find("may read"), std::string::npos);
  EXPECT_NE(remedy("502 Bad Gateway", Errc::unavailable).find("proxies"), std::string::npos);
}

TEST(FleetDoctor, OnlyARefusalOfDetailsIsARoleThatIsTooLow) {
  FleetFacts fleet = good_fleet();
  fleet.reading->runners[1].traits.reset();
  const auto remedy = [&](Errc code) {
    fleet.reading->stale = {{.what = "details of runner 2", .why = "why", .age = {}, .code = code}};
    return found(with(fleet), "runners").remedy;
  };
  EXPECT_NE(remedy(Errc::permission).find("Maintainer"), std::string::npos);
  EXPECT_NE(remedy(Errc::not_found).find("Maintainer"), std::string::npos);
  EXPECT_EQ(remedy(Errc::unavailable), "mend what hinders their details from being read, as said below");
}

TEST(FleetDoctor, NoRunnersWhoseListFailedAreNoRoleThatIsTooLow) {
  FleetFacts fleet = good_fleet();
  fleet.reading->runners.clear();
  EXPECT_NE(found(with(fleet), "runners").remedy.find("Maintainer"), std::string::npos);
  fleet.reading->stale = {{.what = "the list of runners", .why = "502", .age = {}}};
  EXPECT_EQ(found(with(fleet), "runners").remedy,
            "mend what hinders their list from being read, as said below");
}

TEST(FleetDoctor, ATokenWithoutTheScopeIsNamed) {
  FleetFacts fleet = good_fleet();
  fleet.token = gitlab::TokenFacts{"watch", {"read_user", "read_registry"}, true, std::nullopt};
  const Finding scopes = found(with(fleet), "token.scopes");
  EXPECT_EQ(scopes.status, FindingStatus::fail);
  EXPECT_EQ(scopes.what, "the token lacks the scope read_api (it has: read_user, read_registry)");
  EXPECT_EQ(scopes.remedy,
            "make a token with the scope read_api and put it into GITLAB_TOKEN, or into "
            "/etc/runneriq/credentials/gitlab-token");
}

TEST(FleetDoctor, AReadingTokenIsEnoughToAdvise) {
  EXPECT_EQ(found(good(), "token.scopes").what,
            "scopes read_api: enough to advise; steering would need api or manage_runner");
  FleetFacts fleet = good_fleet();
  fleet.token->scopes = {"api"};
  EXPECT_EQ(found(with(fleet), "token.scopes").what, "scopes api");
}

TEST(FleetDoctor, ATokenThatEndsSoonIsAWarning) {
  FleetFacts fleet = good_fleet();
  fleet.token->expires_at = kNow + std::chrono::days{13};
  EXPECT_EQ(found(with(fleet), "token.expiry").status, FindingStatus::warn);
  fleet.token->expires_at = kNow + std::chrono::days{14};
  EXPECT_EQ(found(with(fleet), "token.expiry").status, FindingStatus::ok);
  fleet.token->active = false;
  EXPECT_EQ(found(with(fleet), "token.expiry").status, FindingStatus::fail);
}

TEST(FleetDoctor, WithoutATokenNothingElseIsJudged) {
  FleetFacts fleet = good_fleet();
  fleet.no_token = Error{Errc::invalid_argument, "no token for https://gitlab.example.com"};
  const auto all = examine(with(fleet));
  EXPECT_EQ(found(with(fleet), "token").status, FindingStatus::fail);
  EXPECT_EQ(found(with(fleet), "token").remedy,
            "put a token with the scope read_api into GITLAB_TOKEN, or into "
            "/etc/runneriq/credentials/gitlab-token");
  EXPECT_TRUE(std::none_of(all.begin(), all.end(), [](const Finding& f) { return f.name == "gitlab"; }));
}

TEST(FleetDoctor, RunnersWithoutReadableTagsAreAWarning) {
  FleetFacts fleet = good_fleet();
  fleet.reading->runners = {runner(1, true), runner(2, false)};
  EXPECT_EQ(found(with(fleet), "runners").what, "2 runners visible, tags readable of 1 only");
  EXPECT_EQ(found(with(fleet), "runners").status, FindingStatus::warn);
  fleet.reading->runners.clear();
  EXPECT_EQ(found(with(fleet), "runners").status, FindingStatus::fail);
}

TEST(FleetDoctor, SeveralFleetsAreToldApartByName) {
  ProgramFacts facts = good();
  FleetFacts second = good_fleet();
  second.fleet.name = "acme";
  second.no_token = Error{Errc::invalid_argument, "no token"};
  facts.fleets.push_back(second);
  EXPECT_EQ(found(facts, "gitlab").status, FindingStatus::ok);
  EXPECT_EQ(found(facts, "acme.token").status, FindingStatus::fail);
  EXPECT_TRUE(found(facts, "acme.token").remedy.ends_with("/gitlab-token-acme"));
}

TEST(FleetDoctor, AStateFileThatIsNotThereYetIsFine) {
  ProgramFacts facts = good();
  facts.state_absent = true;
  EXPECT_EQ(found(facts, "state").status, FindingStatus::ok);
  EXPECT_EQ(found(facts, "state").what, "/var/lib/runneriq/state.db is not there yet");
}

TEST(FleetDoctor, AConfigurationThatIsNotThereIsNotCalledRight) {
  ProgramFacts facts = good();
  EXPECT_EQ(found(facts, "configuration").what, "/etc/runneriq/runneriq.yaml is right");
  facts.config_absent = true;
  EXPECT_EQ(found(facts, "configuration").status, FindingStatus::ok);
  EXPECT_EQ(found(facts, "configuration").what, "/etc/runneriq/runneriq.yaml is not there, and need not be");
}

TEST(FleetDoctor, WithoutAFleetItSaysHowToNameOne) {
  ProgramFacts facts = good();
  facts.fleets.clear();
  EXPECT_EQ(found(facts, "gitlab").what, "no GitLab is configured");
  EXPECT_EQ(found(facts, "gitlab").remedy,
            "set gitlab.url in /etc/runneriq/runneriq.yaml and put a token into "
            "/etc/runneriq/credentials/gitlab-token; or export GITLAB_URL and GITLAB_TOKEN");
}

TEST(FleetDoctor, TextOfGitLabCannotImitateALine) {
  FleetFacts fleet = good_fleet();
  fleet.version = std::string("18\nok state fine\x1b[2J");
  const std::string what = found(with(fleet), "gitlab").what;
  EXPECT_EQ(what.find('\n'), std::string::npos);
  EXPECT_EQ(what.find('\x1b'), std::string::npos);
}

}  // namespace
}  // namespace runneriq::cli
