// The names in which RunnerIQ speaks to GitLab: tags that begin with `runneriq:`. All other tags
// are the users', and are never added, changed or removed.
#pragma once

#include <string_view>

namespace runneriq {

inline constexpr std::string_view kTagPrefix = "runneriq:";
// Put on a runner by a person (`runneriq lanes install`): RunnerIQ may steer it and has to restore it.
inline constexpr std::string_view kManagedTag = "runneriq:managed";
// On a runner while a lease has changed something of it, and gone with the last lease: whoever sees
// it, with whatever memory, knows that what differs is RunnerIQ's doing and no person's.
inline constexpr std::string_view kSteeredTag = "runneriq:steered";
// A lane of the grant kind: "runneriq:preferred-<name>".
inline constexpr std::string_view kGrantPrefix = "runneriq:preferred-";

constexpr bool is_ours(std::string_view tag) {
  return tag.starts_with(kTagPrefix);
}
constexpr bool is_grant(std::string_view tag) {
  return tag.starts_with(kGrantPrefix) && tag.size() > kGrantPrefix.size();
}

}  // namespace runneriq
