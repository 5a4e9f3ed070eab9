#include "alerting/routing.hpp"

#include <gtest/gtest.h>

#include <algorithm>
#include <string>
#include <vector>

namespace runneriq::alerting {
namespace {

using namespace std::chrono_literals;

Route root() {
  Route made;
  made.receiver = "default";
  made.group_by = {Label::signature};
  made.wait = 15min;
  made.interval = 15min;
  made.repeat = 4h;
  return made;
}

RouteOptions route(std::string name, std::string under, std::string_view match, bool go_on = false) {
  RouteOptions made;
  made.name = std::move(name);
  made.under = std::move(under);
  made.match = Matchers::parse(match).value();
  made.go_on = go_on;
  return made;
}

RouteTree tree(std::vector<RouteOptions> routes) {
  return RouteTree::make(root(), std::move(routes)).value();
}

Classified failure(std::string project, std::string stage = "test", std::string ref = "main") {
  Classified of;
  of.event.project = std::move(project);
  of.event.stage = std::move(stage);
  of.event.ref = std::move(ref);
  return of;
}

std::string paths(const RouteTree& tree, const Classified& of) {
  std::string text;
  for (const Route* matched : tree.match(LabelValues{of})) text += (text.empty() ? "" : " ") + matched->path;
  return text;
}

TEST(Routes, TheRootTakesWhatNobodyWants) {
  EXPECT_EQ(paths(RouteTree{}, failure("a")), "root");
  EXPECT_EQ(RouteTree{}.all().front().receiver, "default");
  EXPECT_EQ(paths(tree({}), failure("a")), "root");
  EXPECT_EQ(paths(tree({route("shop", "", "project=shop")}), failure("a")), "root");
}

TEST(Routes, TheFirstChildThatMatchesTakesIt) {
  const RouteTree made = tree({route("tests", "", "stage=test"), route("shop", "", "project=shop")});
  EXPECT_EQ(paths(made, failure("shop")), "root/tests");
  EXPECT_EQ(paths(made, failure("shop", "deploy")), "root/shop");
}

TEST(Routes, ContinueTriesTheSiblingsBehindIt) {
  const RouteTree made = tree({route("log", "", "", true), route("shop", "", "project=shop", true),
                               route("tests", "", "stage=test"), route("never", "", "stage=test")});
  EXPECT_EQ(paths(made, failure("shop")), "root/log root/shop root/tests");
  EXPECT_EQ(paths(made, failure("a")), "root/log root/tests");
  EXPECT_EQ(paths(made, failure("a", "build")), "root/log");
}

TEST(Routes, GoDeepBeforeTheyGoOn) {
  const RouteTree made = tree({route("db", "prod", "stage=deploy"), route("prod", "root", "ref=main", true),
                               route("db2", "db", ""), route("rest", "", "")});
  EXPECT_EQ(paths(made, failure("a", "deploy")), "root/prod/db/db2 root/rest");
  EXPECT_EQ(paths(made, failure("a", "test")), "root/prod root/rest");
  EXPECT_EQ(paths(made, failure("a", "test", "x")), "root/rest");
  std::string order;
  for (const Route& one : made.all()) order += one.path + " ";
  EXPECT_EQ(order, "root root/prod root/prod/db root/prod/db/db2 root/rest ");
}

TEST(Routes, InheritWhatTheyDoNotSay) {
  RouteOptions parent = route("prod", "", "ref=main");
  parent.receiver = "pager";
  parent.wait = 0min;
  parent.digest = DigestPeriod::daily;
  RouteOptions child = route("db", "prod", "stage=deploy");
  child.group_by = std::vector<Label>{};
  child.repeat = 1h;
  const RouteTree made = tree({parent, child});
  const Route* found = made.find("root/prod/db");
  ASSERT_NE(found, nullptr);
  EXPECT_EQ(found->receiver, "pager");
  EXPECT_EQ(found->wait, 0min);
  EXPECT_EQ(found->interval, 15min);
  EXPECT_EQ(found->repeat, 1h);
  EXPECT_EQ(found->digest, DigestPeriod::daily);
  EXPECT_TRUE(found->group_by.empty());
  EXPECT_EQ(made.find("root/prod")->group_by, std::vector{Label::signature});
  EXPECT_EQ(made.find("root/db"), nullptr);
  EXPECT_EQ(made.find("root")->receiver, "default");
}

// The routes that are found by a value and those that are tried one by one keep their order.
TEST(Routes, ManyOfOneLabelKeepTheirOrder) {
  std::vector<RouteOptions> routes;
  for (int i = 0; i < 200; ++i) {
    const std::string number = std::to_string(i);
    const std::string match = i % 100 == 99   ? "project=~p3"
                              : i % 100 == 49 ? "ref=~main"
                                              : "project=p" + std::to_string(i % 40);
    routes.push_back(route("r" + number, "", match, true));
  }
  const RouteTree made = tree(std::move(routes));
  EXPECT_EQ(paths(made, failure("p3")),
            "root/r3 root/r43 root/r49 root/r83 root/r99 root/r123 root/r149 root/r163 "
            "root/r199");
  EXPECT_EQ(paths(made, failure("p3", "test", "x")),
            "root/r3 root/r43 root/r83 root/r99 root/r123 root/r163 root/r199");
  EXPECT_EQ(paths(made, failure("", "test", "x")), "root");
}

TEST(Routes, OneValueIsNotTheWholeCondition) {
  const RouteTree made = tree({route("a", "", "project=shop, stage=deploy"), route("b", "", "project=shop"),
                               route("none", "", "project=\"\"")});
  EXPECT_EQ(paths(made, failure("shop")), "root/b");
  EXPECT_EQ(paths(made, failure("shop", "deploy")), "root/a");
  EXPECT_EQ(paths(made, failure("")), "root/none");
}

struct BadTree {
  std::string name, words;
  std::vector<RouteOptions> routes;
};
class RefusedTree : public testing::TestWithParam<BadTree> {};

TEST_P(RefusedTree, IsToldWhy) {
  const auto made = RouteTree::make(root(), GetParam().routes);
  ASSERT_FALSE(made);
  EXPECT_EQ(made.error().code, Errc::invalid_argument);
  EXPECT_NE(made.error().message.find(GetParam().words), std::string::npos) << made.error().message;
}

std::vector<RouteOptions> row_of(int count, bool chained) {
  std::vector<RouteOptions> routes;
  for (int i = 0; i < count; ++i) {
    const std::string under = chained && i > 0 ? "r" + std::to_string(i - 1) : "";
    routes.push_back(route("r" + std::to_string(i), under, ""));
  }
  return routes;
}

INSTANTIATE_TEST_SUITE_P(
    Routes, RefusedTree,
    testing::Values(BadTree{"UnderNothing", "'nobody'", {route("a", "nobody", "")}},
                    BadTree{
                        "TwoOfOneName", "two routes are named 'a'", {route("a", "", ""), route("a", "", "")}},
                    BadTree{"NamedRoot", "two routes are named 'root'", {route("root", "", "")}},
                    BadTree{"UnderItself", "'a' is under itself", {route("a", "a", "")}},
                    BadTree{"InACircle",
                            "'b' is under itself",
                            {route("a", "", ""), route("b", "c", ""), route("c", "b", "")}},
                    BadTree{"TooMany", "501 routes", row_of(501, false)},
                    BadTree{"TooDeep", "20 routes deep", row_of(21, true)}),
    [](const auto& given) { return given.param.name; });

TEST(Routes, ReachTheirLimits) {
  EXPECT_TRUE(RouteTree::make(root(), row_of(500, false)));
  const RouteTree deep = tree(row_of(20, true));
  EXPECT_EQ(std::ranges::count(paths(deep, failure("a")), '/'), 20);
}

TEST(Routes, OutliveTheirMove) {
  RouteTree first = tree({route("shop", "", "project=shop")});
  const RouteTree moved = std::move(first);
  EXPECT_EQ(paths(moved, failure("shop")), "root/shop");
}

}  // namespace
}  // namespace runneriq::alerting
