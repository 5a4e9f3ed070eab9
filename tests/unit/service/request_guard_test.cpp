#include "service/request_guard.hpp"

#include <gtest/gtest.h>

namespace runneriq::service {
namespace {

using platform::HttpHeader;
using platform::PeerCredentials;
using platform::ServedConnection;
using platform::ServedRequest;
using Kind = ServedConnection::Kind;

constexpr int kServed = 0;

const ServedConnection kLocal{.kind = Kind::tcp, .loopback = true};
const ServedConnection kRemote{.kind = Kind::tcp, .loopback = false};
const ServedConnection kTls{.kind = Kind::tls, .loopback = false};

ServedConnection by(std::uint32_t uid, std::uint32_t gid = 5000, std::vector<std::uint32_t> groups = {}) {
  return {.kind = Kind::unix_socket,
          .loopback = false,
          .peer = PeerCredentials{.uid = uid, .gid = gid, .pid = 1, .groups = std::move(groups)}};
}

GuardRules rules() {
  return {.uids = {990},
          .gids = {991},
          .approvers = {992},
          .bearer = Secret("s3cret"),
          .hosts = {"RunnerIQ.example.com", "[fd00::1]"}};
}

struct GuardCase {
  const char* name;
  ServedConnection connection;
  std::vector<HttpHeader> headers;
  int status;  // of the refusal
  RouteAccess access = RouteAccess::caller;
  std::string target = "/api/v1/queue";
};

const HttpHeader kHost{"host", "localhost:8080"};
const HttpHeader kBearer{"authorization", "Bearer s3cret"};

class Guard : public testing::TestWithParam<GuardCase> {};

TEST_P(Guard, ServesOrRefuses) {
  const GuardCase& each = GetParam();
  const auto refusal = refusal_of({.method = "GET",
                                   .target = each.target,
                                   .headers = each.headers,
                                   .body = "",
                                   .connection = each.connection},
                                  each.access, rules());
  EXPECT_EQ(refusal ? refusal->status : kServed, each.status) << (refusal ? refusal->reason : "served");
}

std::string name_of(const testing::TestParamInfo<GuardCase>& each) {
  return each.param.name;
}

INSTANTIATE_TEST_SUITE_P(
    Approvers, Guard,
    testing::Values(
        GuardCase{"Root", by(0), {}, kServed, RouteAccess::approver},
        GuardCase{"Approver", by(992), {}, kServed, RouteAccess::approver},
        GuardCase{"UserOfTheService", by(990), {}, 403, RouteAccess::approver},
        GuardCase{"GroupOfTheService", by(4711, 991), {}, 403, RouteAccess::approver},
        GuardCase{"TokenOverTcp", kLocal, {kHost, kBearer}, 403, RouteAccess::approver},
        GuardCase{
            "TokenOverTls", kTls, {{"host", "runneriq.example.com"}, kBearer}, 403, RouteAccess::approver}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    OfUnixPeers, Guard,
    testing::Values(GuardCase{"Root", by(0), {}, kServed}, GuardCase{"AUserOnTheList", by(990), {}, kServed},
                    GuardCase{"AnotherUser", by(1000), {}, 403},
                    GuardCase{"AUserWhoseNumberIsAGroups", by(991), {}, 403},
                    GuardCase{"AGroupOnTheList", by(1000, 991), {}, kServed},
                    GuardCase{"AGroupWhoseNumberIsAUsers", by(1000, 990), {}, 403},
                    GuardCase{"AFurtherGroup", by(1000, 5000, {4, 991}), {}, kServed},
                    GuardCase{"AFurtherOtherGroup", by(1000, 5000, {4, 990}), {}, 403},
                    GuardCase{"RootsGroupIsNotRoot", by(1000, 0, {0}), {}, 403},
                    GuardCase{"NobodyKnowsWho", {.kind = Kind::unix_socket}, {}, 403},
                    GuardCase{"ATokenIsNoUser", by(1000), {kBearer}, 403},
                    GuardCase{"AnyHost", by(990), {{"host", "evil.example"}}, kServed},
                    GuardCase{"APage", by(990), {{"origin", "http://localhost"}}, 403},
                    GuardCase{"AProbeByAnybody", by(1000), {}, kServed, RouteAccess::open}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    OfTokens, Guard,
    testing::Values(
        GuardCase{"TheRightOne", kLocal, {kHost, kBearer}, kServed},
        GuardCase{"TheRightOneOverTls", kTls, {kHost, kBearer}, kServed},
        GuardCase{"InAnotherCase", kLocal, {kHost, {"authorization", "bearer s3cret"}}, kServed},
        GuardCase{"None", kLocal, {kHost}, 401},
        GuardCase{"AWrongOne", kLocal, {kHost, {"authorization", "Bearer s3cres"}}, 401},
        GuardCase{"AShorterOne", kLocal, {kHost, {"authorization", "Bearer s3cre"}}, 401},
        GuardCase{"ALongerOne", kLocal, {kHost, {"authorization", "Bearer s3crett"}}, 401},
        GuardCase{"AnEmptyOne", kLocal, {kHost, {"authorization", "Bearer "}}, 401},
        GuardCase{"AnotherScheme", kLocal, {kHost, {"authorization", "Basic s3cret"}}, 401},
        GuardCase{"NoScheme", kLocal, {kHost, {"authorization", "s3cret"}}, 401},
        GuardCase{"TwoOfThem", kLocal, {kHost, kBearer, kBearer}, 400},
        GuardCase{"FromAnotherMachineWithoutTls", kRemote, {kHost, kBearer}, 403},
        GuardCase{"AProbeWithoutOne", kLocal, {kHost}, kServed, RouteAccess::open},
        GuardCase{"AWebhookWithoutOne", kTls, {kHost}, kServed, RouteAccess::own_secret},
        GuardCase{"AWebhookFromAnotherMachineWithoutTls", kRemote, {kHost}, 403, RouteAccess::own_secret}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    OfHosts, Guard,
    testing::Values(
        GuardCase{"None", kLocal, {kBearer}, 400},
        GuardCase{"AnEmptyOne", kLocal, {{"host", ""}, kBearer}, 400},
        GuardCase{"TwoOfThem", kLocal, {kHost, {"host", "evil.example"}, kBearer}, 400},
        GuardCase{"LoopbackByNumber", kLocal, {{"host", "127.0.0.1"}, kBearer}, kServed},
        GuardCase{"LoopbackOfVersionSix", kLocal, {{"host", "[::1]:443"}, kBearer}, kServed},
        GuardCase{"Capitals", kLocal, {{"host", "LocalHost"}, kBearer}, kServed},
        GuardCase{"ADotAtTheEnd", kLocal, {{"host", "localhost.:80"}, kBearer}, kServed},
        GuardCase{"AConfiguredName", kTls, {{"host", "runneriq.example.com:8443"}, kBearer}, kServed},
        GuardCase{"AConfiguredAddress", kTls, {{"host", "[fd00::1]"}, kBearer}, kServed},
        GuardCase{"AnotherName", kLocal, {{"host", "evil.example"}, kBearer}, 403},
        GuardCase{"AnotherNameForAProbe", kLocal, {{"host", "evil.example"}}, 403, RouteAccess::open},
        GuardCase{
            "AnotherNameForAWebhook", kLocal, {{"host", "hooks.example"}}, kServed, RouteAccess::own_secret},
        GuardCase{"ANameThatBeginsLikeOurs", kLocal, {{"host", "localhost.evil.example"}, kBearer}, 403},
        GuardCase{"ANameThatEndsLikeOurs", kLocal, {{"host", "evil-localhost"}, kBearer}, 403},
        GuardCase{"AUserBeforeIt", kLocal, {{"host", "localhost:x@evil.example"}, kBearer}, 403},
        GuardCase{"ABracketLeftOpen", kLocal, {{"host", "[::1"}, kBearer}, 403},
        GuardCase{"APortOfLetters", kLocal, {{"host", "localhost:http"}, kBearer}, 403},
        GuardCase{"AnotherAddress", kLocal, {{"host", "[::2]"}, kBearer}, 403}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    OfPages, Guard,
    testing::Values(
        GuardCase{"OurOwn", kLocal, {kHost, kBearer, {"origin", "http://localhost:8080"}}, kServed},
        GuardCase{"OurOwnOverTls", kTls, {kHost, kBearer, {"origin", "https://LOCALHOST:8080"}}, kServed},
        GuardCase{"OurOwnWithoutTls", kTls, {kHost, kBearer, {"origin", "http://localhost:8080"}}, 403},
        GuardCase{"AnotherPort", kLocal, {kHost, kBearer, {"origin", "http://localhost:3000"}}, 403},
        GuardCase{"AnotherSite", kLocal, {kHost, kBearer, {"origin", "https://evil.example"}}, 403},
        GuardCase{"NoneAtAll", kLocal, {kHost, kBearer, {"origin", "null"}}, 403},
        GuardCase{"AnEmptyOne", kLocal, {kHost, kBearer, {"origin", ""}}, 403},
        GuardCase{"AnotherSiteForAWebhook",
                  kTls,
                  {kHost, {"origin", "https://evil.example"}},
                  403,
                  RouteAccess::own_secret},
        GuardCase{
            "TheBrowserSaysSameOrigin", kLocal, {kHost, kBearer, {"sec-fetch-site", "same-origin"}}, kServed},
        GuardCase{"TheBrowserSaysTyped", kLocal, {kHost, kBearer, {"sec-fetch-site", "none"}}, kServed},
        GuardCase{"TheBrowserSaysCrossSite", kLocal, {kHost, kBearer, {"sec-fetch-site", "cross-site"}}, 403},
        GuardCase{"TheBrowserSaysSameSite", kLocal, {kHost, kBearer, {"sec-fetch-site", "same-site"}}, 403},
        GuardCase{
            "CrossSiteForAProbe", kLocal, {kHost, {"sec-fetch-site", "cross-site"}}, 403, RouteAccess::open}),
    name_of);

INSTANTIATE_TEST_SUITE_P(
    OfTargets, Guard,
    testing::Values(
        GuardCase{"OfAProxy", kLocal, {kHost, kBearer}, 400, RouteAccess::caller, "http://evil.example/"},
        GuardCase{"OfOptions", kLocal, {kHost, kBearer}, 400, RouteAccess::caller, "*"},
        GuardCase{"OfNothing", kLocal, {kHost, kBearer}, 400, RouteAccess::caller, ""}),
    name_of);

TEST(RequestGuard, WithoutATokenNobodyCallsOverTcp) {
  for (const char* const sent : {"Bearer ", "Bearer x", "bearer"}) {
    const auto refusal = refusal_of({.method = "GET",
                                     .target = "/",
                                     .headers = {kHost, {"authorization", sent}},
                                     .body = "",
                                     .connection = kTls},
                                    RouteAccess::caller, {});
    ASSERT_TRUE(refusal) << sent;
    EXPECT_EQ(refusal->status, 401);
  }
}

TEST(RequestGuard, AReasonShowsNoTokenAndAReplyNoReason) {
  const auto refusal = refusal_of({.method = "GET",
                                   .target = "/",
                                   .headers = {kHost, {"authorization", "Bearer wr0ng"}},
                                   .body = "",
                                   .connection = kLocal},
                                  RouteAccess::caller, rules());
  ASSERT_TRUE(refusal);
  EXPECT_EQ(refusal->reason.find("wr0ng"), std::string::npos);
  EXPECT_EQ(refusal->reason.find("s3cret"), std::string::npos);
  const auto reply = reply_to(*refusal);
  EXPECT_EQ(reply.status, 401);
  EXPECT_NE(reply.body.find(R"("code":"refused")"), std::string::npos) << reply.body;
  EXPECT_EQ(reply.body.find("token"), std::string::npos) << reply.body;
}

}  // namespace
}  // namespace runneriq::service
