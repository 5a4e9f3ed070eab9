// Projects, who may do what in them, and merge requests: what the analyzer needs of them.
#pragma once

#include "core/id.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::gitlab {

struct Project {
  ProjectId id = {};
  std::string path = {};            // "group/subgroup/name"
  std::string default_branch = {};  // "" = no repository yet
  bool archived = false;
  bool takes_instance_runners = true;  // shared_runners_enabled
  bool takes_group_runners = true;     // group_runners_enabled
};

// Names and patterns ('*') of the protected branches and tags of a project.
struct ProtectedRefs {
  std::vector<std::string> branches = {};
  std::vector<std::string> tags = {};
};

// Whether a branch or tag is protected. Never for a merge request's ref ("refs/merge-requests/…").
bool is_protected(std::string_view ref, bool is_tag, const ProtectedRefs& refs);

// GitLab's access levels: 10 guest, 15 planner, 20 reporter, 25 security manager, 30 developer,
// 40 maintainer, 50 owner. Others may come.
struct Member {
  UserId user = {};
  int access_level = 0;
};

struct MergeRequest {
  MergeRequestIid iid = {};
  std::string target_branch = {};
  std::vector<std::string> labels = {};
  bool draft = false;
};

// The number in "refs/merge-requests/12/head", "…/merge" or "…/train".
std::optional<MergeRequestIid> merge_request_of_ref(std::string_view ref);

}  // namespace runneriq::gitlab
