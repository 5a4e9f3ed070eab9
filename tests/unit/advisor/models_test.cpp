#include "advisor/models.hpp"

#include "core/time.hpp"

#include <gtest/gtest.h>

#include <set>

namespace runneriq::advisor {
namespace {

TEST(Models, HaveIdsOfTheirOwnAndDatesThatAreDates) {
  std::set<std::string_view> ids;
  for (const Model& model : known_models()) {
    EXPECT_TRUE(ids.insert(model.id).second) << model.id;
    EXPECT_GE(model.dollars_out, model.dollars_in);
    if (model.retires.empty()) continue;
    EXPECT_TRUE(parse_time(std::string(model.retires) + "T00:00:00Z"));
  }
  EXPECT_TRUE(parse_time(std::string(kModelsAsOf) + "T00:00:00Z"));
}

TEST(Models, KnowTheDefaultOneWhichIsNotAboutToRetire) {
  const auto model = known_model(kDefaultModel);
  ASSERT_TRUE(model);
  EXPECT_EQ(model->provider, ProviderKind::anthropic);
  EXPECT_TRUE(model->has_effort);
  EXPECT_GT(model->dollars_in, 0);
  EXPECT_EQ(model->retires, "");
}

TEST(Models, KnowWhichOnesRetire) {
  EXPECT_EQ(known_model("claude-sonnet-4-5")->retires, "2026-11-30");
  EXPECT_EQ(known_model("claude-sonnet-4-5-20250929")->retires, "2026-11-30");
  EXPECT_EQ(known_model("claude-sonnet-4-20250514")->retires, "2026-06-15");
  EXPECT_EQ(known_model("claude-sonnet-5-5")->retires, "");
}

TEST(Models, TakeADateForAStateOfAModelAndNothingElse) {
  EXPECT_EQ(known_model("claude-haiku-4-5-20251001")->id, "claude-haiku-4-5");
  for (const char* other : {"", "claude", "claude-haiku-4-5-2025100x", "claude-haiku-4-5-", "-20251001",
                            "qwen2.5-coder:7b", "claude-haiku-4-520251001"}) {
    EXPECT_FALSE(known_model(other)) << other;
  }
}

TEST(ProviderKinds, HaveNames) {
  EXPECT_EQ(to_text(ProviderKind::anthropic), "anthropic");
  EXPECT_EQ(to_text(ProviderKind::openai), "openai");
}

}  // namespace
}  // namespace runneriq::advisor
