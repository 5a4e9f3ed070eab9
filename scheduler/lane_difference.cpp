// The proof that a patched file says what it said before, lanes apart.
#include "core/printable.hpp"
#include "core/tag_names.hpp"
#include "scheduler/lane_plan.hpp"

#include <map>
#include <optional>

namespace runneriq::scheduler {
namespace {

using gitlab::CiConfig;
using gitlab::CiNode;
using Kind = CiNode::Kind;

// What a lane may be added to, and may therefore be empty or absent without it.
bool may_be_empty(std::string_view key) {
  return key == "tags" || key == "variables" || key == "default" || key == "workflow" || key == "rules";
}

bool is_empty(const CiNode& node) {
  const bool container = node.kind == Kind::list || node.kind == Kind::mapping;
  return node.kind == Kind::nothing || (container && node.items.empty() && node.tag.empty());
}

std::vector<std::string> users_own(std::vector<std::string> tags) {
  std::erase_if(tags, [](const std::string& tag) { return is_ours(tag); });
  return tags;
}

class WithoutLanes {
 public:
  // The tags of jobs and of the default are left out: they are compared by what they come to, since a
  // job may be given a list of its own in the place of a shared one.
  [[nodiscard]] static CiNode of_whole(CiNode root) {
    for (std::size_t at = 0; at < root.keys.size(); ++at) {
      if (!root.keys[at].name.starts_with('.')) remove_tags(root.items[at]);
    }
    return of(root);
  }

 private:
  [[nodiscard]] static CiNode of(const CiNode& node) {
    CiNode bare = node;
    bare.keys.clear();
    bare.items.clear();
    if (node.kind == Kind::list) take_items(node, bare);
    if (node.kind == Kind::mapping) take_entries(node, bare);
    return bare;
  }

  static void remove_tags(CiNode& body) {
    for (std::size_t at = body.keys.size(); at-- > 0;) {
      if (body.keys[at].name != "tags") continue;
      body.keys.erase(body.keys.begin() + static_cast<std::ptrdiff_t>(at));
      body.items.erase(body.items.begin() + static_cast<std::ptrdiff_t>(at));
    }
  }
  static bool is_lane(const CiNode& node) { return node.kind == Kind::scalar && is_ours(node.text); }

  static void take_items(const CiNode& list, CiNode& bare) {
    for (const CiNode& item : list.items) {
      if (!is_lane(item)) bare.items.push_back(of(item));
    }
  }
  static void take_entries(const CiNode& mapping, CiNode& bare) {
    for (std::size_t at = 0; at < mapping.keys.size(); ++at) {
      const std::string& key = mapping.keys[at].name;
      if (key == kLaneVariable) continue;
      CiNode value = of(mapping.items[at]);
      if (may_be_empty(key) && is_empty(value)) continue;
      bare.keys.push_back(mapping.keys[at]);
      bare.items.push_back(std::move(value));
    }
  }
};

// Without the rules that the plan has added.
CiNode without_new_rules(CiNode root, const std::vector<std::size_t>& added) {
  for (std::size_t at = 0; at < root.keys.size(); ++at) {
    if (root.keys[at].name != "workflow") continue;
    CiNode& workflow = root.items[at];
    for (std::size_t of = 0; of < workflow.keys.size(); ++of) {
      if (workflow.keys[of].name != "rules") continue;
      std::vector<CiNode>& rules = workflow.items[of].items;
      for (auto rule = added.rbegin(); rule != added.rend(); ++rule) {
        if (*rule < rules.size()) rules.erase(rules.begin() + static_cast<std::ptrdiff_t>(*rule));
      }
    }
  }
  return root;
}

// A key of each mapping counts once and in any order: what stands first is no part of its meaning, but
// for `<<`, which stays where it is.
std::optional<std::string> difference(const CiNode& one, const CiNode& other, const std::string& place);

std::map<std::string_view, const CiNode*> by_key(const CiNode& mapping) {
  std::map<std::string_view, const CiNode*> values;
  for (std::size_t at = 0; at < mapping.keys.size(); ++at) values[mapping.keys[at].name] = &mapping.items[at];
  return values;
}

std::optional<std::string> difference_of_entries(const CiNode& one, const CiNode& other,
                                                 const std::string& place) {
  const std::map<std::string_view, const CiNode*> others = by_key(other);
  for (const auto& [name, here] : by_key(one)) {
    const std::string below = place + (place.empty() ? "" : ".") + std::string(name);
    const auto there = others.find(name);
    if (there == others.end()) return below;
    if (auto found = difference(*here, *there->second, below)) return found;
  }
  return one.keys.size() == other.keys.size() ? std::nullopt : std::optional{place};
}

std::optional<std::string> difference(const CiNode& one, const CiNode& other, const std::string& place) {
  const bool alike = one.kind == other.kind && one.text == other.text && one.tag == other.tag &&
                     one.quoted == other.quoted && one.anchor == other.anchor &&
                     one.items.size() == other.items.size();
  if (!alike) return place;
  if (one.kind == Kind::mapping) return difference_of_entries(one, other, place);
  for (std::size_t at = 0; at < one.items.size(); ++at) {
    if (auto found = difference(one.items[at], other.items[at], place + "[" + std::to_string(at) + "]"))
      return found;
  }
  return std::nullopt;
}

std::map<std::string, std::vector<std::string>> tags_of_today(const CiConfig& before, const LanePlan& plan) {
  std::map<std::string, std::vector<std::string>> tags;
  for (const gitlab::CiJob& job : before.jobs()) tags[job.name] = job.tags.words;
  // With what comes from included files.
  for (const PlannedJob& job : plan.jobs) tags[job.name] = job.tags;
  return tags;
}

std::optional<std::string> difference_of_tags(const CiConfig& before, const CiConfig& after,
                                              const LanePlan& plan) {
  const auto today = tags_of_today(before, plan);
  for (const gitlab::CiJob& job : after.jobs()) {
    const auto old = today.find(job.name);
    if (job.tags.from == gitlab::CiTags::From::elsewhere || old == today.end()) continue;
    if (users_own(old->second) != users_own(job.tags.words)) return job.name + ".tags";
  }
  return std::nullopt;
}

}  // namespace

Result<void> only_lanes_differ(const CiConfig& before, const CiConfig& after, const LanePlan& plan) {
  const CiNode old_rest = WithoutLanes::of_whole(before.root());
  const CiNode new_rest = WithoutLanes::of_whole(without_new_rules(after.root(), plan.new_rules));
  auto found = difference(old_rest, new_rest, "");
  if (!found) found = difference_of_tags(before, after, plan);
  if (!found) return {};
  return fail(Errc::conflict, "the edited file would say something else at " + quoted_text(*found) +
                                  ": it has a form that cannot be edited by line; add the lanes by hand");
}

}  // namespace runneriq::scheduler
