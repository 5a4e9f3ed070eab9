// Plans the lanes of a text as `lanes plan` does, without a GitLab.
#pragma once

#include "config/yaml/ci_config_document.hpp"
#include "scheduler/lane_plan.hpp"

#include <gtest/gtest.h>

#include <optional>
#include <string>
#include <string_view>

namespace runneriq::scheduler {

struct LanePlanner {
  Lanes lanes;
  PriorityRules rules = PriorityRules::defaults();
  PipelineHistory history;
  LaneScope scope = LaneScope::pipeline;
  std::optional<std::string> merged;

  struct Planned {
    LanePlan plan;
    std::string after;
    Result<void> same;
  };

  [[nodiscard]] static gitlab::CiConfig config_of(std::string_view text) {
    auto root = config::parse_ci_config(text);
    EXPECT_TRUE(root) << (root ? "" : root.error().message) << "\n" << text;
    return gitlab::CiConfig{root ? *std::move(root) : gitlab::CiNode{}};
  }

  [[nodiscard]] Planned plan(std::string_view text) const {
    const gitlab::CiConfig file = config_of(text);
    std::optional<gitlab::CiConfig> whole;
    if (merged) whole = config_of(*merged);
    Planned planned{.plan = plan_lanes({.text = text,
                                        .file = &file,
                                        .merged = whole ? &*whole : nullptr,
                                        .scope = scope,
                                        .terms = {.lanes = &lanes, .rules = &rules},
                                        .history = &history}),
                    .after = {},
                    .same = {}};
    planned.after = edited(text, planned.plan.edits);
    planned.same = only_lanes_differ(file, config_of(planned.after), planned.plan);
    return planned;
  }
};

}  // namespace runneriq::scheduler
