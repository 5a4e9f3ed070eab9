// The models that are known, what they can do and cost. Pure; a table with a date.
#pragma once

#include <optional>
#include <span>
#include <string_view>

namespace runneriq::advisor {

enum class ProviderKind { anthropic, openai };
std::string_view to_text(ProviderKind kind);

struct Model {
  std::string_view id;
  ProviderKind provider = ProviderKind::anthropic;
  double dollars_in = 0, dollars_out = 0;  // per million tokens; 0 = not known, or local
  bool has_effort = false;                 // takes output_config.effort; "low" is sent
  std::string_view retires = {};           // "2026-11-30": not to be used from then on; "" = not announced
};
inline constexpr std::string_view kModelsAsOf = "2026-11-21";
std::span<const Model> known_models();
// Also by the name of one of its states, which ends in a date: "claude-haiku-4-5-20251001".
std::optional<Model> known_model(std::string_view id);
inline constexpr std::string_view kDefaultModel = "claude-haiku-5-5";

}  // namespace runneriq::advisor
