#include "advisor/models.hpp"

#include <algorithm>
#include <array>

namespace runneriq::advisor {
namespace {

// Vendor's price list and table of deprecations as of kModelsAsOf. An effort is told only to models that are
// known to take one. claude-haiku-5-5: up to 100,000 tokens of input, which no question of ours reaches.
constexpr std::array kModels{
    Model{.id = "claude-haiku-5-5", .dollars_in = 0.10, .dollars_out = 0.50, .has_effort = true},
    Model{.id = "claude-sonnet-5-5", .dollars_in = 2, .dollars_out = 10, .has_effort = true},
    Model{.id = "claude-opus-5-5", .dollars_in = 4, .dollars_out = 20, .has_effort = true},
    Model{.id = "claude-fable-5-1", .dollars_in = 10, .dollars_out = 50},
    Model{.id = "claude-fable-5-2"},
    Model{.id = "claude-mythos-5-1"},
    Model{.id = "claude-mythos-5-2"},
    Model{.id = "claude-sonnet-5", .dollars_in = 2, .dollars_out = 10},
    Model{.id = "claude-opus-5", .dollars_in = 5, .dollars_out = 25},
    Model{.id = "claude-opus-4-8", .dollars_in = 5, .dollars_out = 25},
    Model{.id = "claude-opus-4-7", .dollars_in = 5, .dollars_out = 25},
    Model{.id = "claude-opus-4-6", .dollars_in = 5, .dollars_out = 25},
    Model{.id = "claude-opus-4-5", .dollars_in = 5, .dollars_out = 25},
    Model{.id = "claude-sonnet-4-6", .dollars_in = 3, .dollars_out = 15},
    Model{.id = "claude-sonnet-4-5", .dollars_in = 3, .dollars_out = 15, .retires = "2026-11-30"},
    Model{.id = "claude-haiku-4-5", .dollars_in = 1, .dollars_out = 5},
    Model{.id = "claude-sonnet-4", .retires = "2026-06-15"},
    Model{.id = "claude-opus-4", .retires = "2026-06-15"},
};

const Model* find(std::string_view id) {
  const auto* const found = std::ranges::find(kModels, id, &Model::id);
  return found == kModels.end() ? nullptr : found;
}

// "claude-haiku-4-5-20251001" names one state of "claude-haiku-4-5".
std::string_view without_date(std::string_view id) {
  constexpr std::size_t kDate = 9;  // "-20251001"
  if (id.size() <= kDate || id[id.size() - kDate] != '-') return id;
  const std::string_view date = id.substr(id.size() - kDate + 1);
  const bool digits = std::ranges::all_of(date, [](char c) { return c >= '0' && c <= '9'; });
  return digits ? id.substr(0, id.size() - kDate) : id;
}

}  // namespace

std::string_view to_text(ProviderKind kind) {
  return kind == ProviderKind::anthropic ? "anthropic" : "openai";
}

std::span<const Model> known_models() {
  return kModels;
}

std::optional<Model> known_model(std::string_view id) {
  const Model* found = find(id);
  if (found == nullptr) found = find(without_date(id));
  return found == nullptr ? std::nullopt : std::optional{*found};
}

}  // namespace runneriq::advisor
