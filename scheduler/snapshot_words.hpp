// The words of a snapshot for choices; read and printed from the same rows.
#pragma once

#include "gitlab/runner.hpp"
#include "scheduler/fleet.hpp"
#include "scheduler/snapshot_fields.hpp"

#include <array>
#include <optional>
#include <string>
#include <string_view>
#include <utility>

namespace runneriq::scheduler {

template <class Choice, std::size_t count>
using SnapshotWords = std::array<std::pair<std::string_view, Choice>, count>;

inline constexpr SnapshotWords<gitlab::RunnerType, 3> kTypeWords{
    {{"instance_type", gitlab::RunnerType::instance},
     {"group_type", gitlab::RunnerType::group},
     {"project_type", gitlab::RunnerType::project}}};

inline constexpr SnapshotWords<gitlab::RunnerStatus, 5> kStatusWords{
    {{"online", gitlab::RunnerStatus::online},
     {"offline", gitlab::RunnerStatus::offline},
     {"stale", gitlab::RunnerStatus::stale},
     {"never_contacted", gitlab::RunnerStatus::never_contacted},
     {"unknown", gitlab::RunnerStatus::unknown}}};

inline constexpr SnapshotWords<CapacityBasis, 3> kCapacityWords{{{"configured", CapacityBasis::configured},
                                                                 {"reported", CapacityBasis::reported},
                                                                 {"observed", CapacityBasis::observed}}};

inline constexpr SnapshotWords<RefKind, 3> kRefKindWords{
    {{"branch", RefKind::branch}, {"tag", RefKind::tag}, {"merge_request", RefKind::merge_request}}};

inline constexpr SnapshotWords<EstimateBasis, 5> kBasisWords{{{"job", EstimateBasis::job},
                                                              {"stage", EstimateBasis::stage},
                                                              {"project", EstimateBasis::project},
                                                              {"all", EstimateBasis::all},
                                                              {"none", EstimateBasis::none}}};

template <class Choice, std::size_t count>
std::string_view word_for(Choice choice, const SnapshotWords<Choice, count>& words) {
  for (const auto& [word, meaning] : words) {
    if (meaning == choice) return word;
  }
  return {};
}

// What the text of a field means. Trouble: another text.
template <class Choice, std::size_t count>
Choice choice(SnapshotFields& fields, std::string_view name, Choice otherwise,
              const SnapshotWords<Choice, count>& words) {
  const auto text = fields.optional_text(name);
  if (!text) return otherwise;
  std::string known;
  for (const auto& [word, meaning] : words) {
    if (word == *text) return meaning;
    known += (known.empty() ? "" : ", ") + std::string(word);
  }
  fields.complain(name, "must be one of " + known);
  return otherwise;
}

}  // namespace runneriq::scheduler
