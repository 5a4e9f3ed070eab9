#include "gitlab/hook_origins.hpp"

#include <gtest/gtest.h>

namespace runneriq::gitlab {
namespace {

const std::string kEast = "https://east.example.com", kWest = "https://10.0.0.5/gitlab";

FleetReading reading(const std::string& gitlab, std::int64_t project, std::string path) {
  FleetReading made;
  made.gitlab = GitLabUrl{gitlab};
  made.projects.push_back({});
  made.projects[0].id = ProjectId{project};
  made.projects[0].path = std::move(path);
  return made;
}

Webhook hook(std::string instance, std::int64_t project, std::string path) {
  return {.instance = std::move(instance), .project = ProjectId{project}, .project_path = std::move(path)};
}

class Origins : public testing::Test {
 protected:
  HookOrigins origins;
  Origins() {
    origins.watch({kEast, kWest});
    origins.heard(reading(kEast, 1, "acme/shop"));
    origins.heard(reading(kWest, 1, "lab/tools"));
    origins.heard(reading(kWest, 2, "lab/docs"));
  }
};

TEST_F(Origins, AreTheNamedOneWhereItIsWatched) {
  EXPECT_EQ(origins.of(hook(kEast, 9, "lab/tools")), kEast);
}

TEST_F(Origins, AreElseTheOneWithThatProject) {
  EXPECT_EQ(origins.of(hook("https://west.example.com", 1, "lab/tools")), kWest);
  EXPECT_EQ(origins.of(hook("https://west.example.com", 2, "lab/docs")), kWest);
  EXPECT_EQ(origins.of(hook("", 1, "acme/shop")), kEast);
}

TEST_F(Origins, AreUnknownWhereNoneOrSeveralHaveIt) {
  EXPECT_EQ(origins.of(hook("https://x", 2, "acme/shop")), std::nullopt);
  EXPECT_EQ(origins.of(hook("https://x", 1, "")), std::nullopt);
  origins.heard(reading(kEast, 2, "lab/docs"));
  EXPECT_EQ(origins.of(hook("https://x", 2, "lab/docs")), std::nullopt);
}

TEST_F(Origins, AreTheOnlyOneWhateverItNames) {
  origins.watch({kWest});
  EXPECT_EQ(origins.of(hook("https://x", 77, "who/knows")), kWest);
}

TEST_F(Origins, OfWhatIsNoLongerWatchedAreForgotten) {
  origins.watch({kWest, "https://north.example.com"});
  EXPECT_EQ(origins.of(hook("https://x", 1, "acme/shop")), std::nullopt);
  EXPECT_EQ(origins.of(hook("https://x", 2, "lab/docs")), kWest);
  origins.heard(reading(kEast, 1, "acme/shop"));
  EXPECT_EQ(origins.of(hook(kEast, 1, "acme/shop")), std::nullopt);
}

}  // namespace
}  // namespace runneriq::gitlab
