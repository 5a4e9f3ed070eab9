// Identifiers are types: two of them cannot be swapped by accident.
#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <utility>

namespace runneriq {

template <class Tag, class Rep>
class Id {
 public:
  Id() = default;
  explicit Id(Rep value) : value_(std::move(value)) {}
  [[nodiscard]] const Rep& value() const { return value_; }
  friend auto operator<=>(const Id&, const Id&) = default;
  friend bool operator==(const Id&, const Id&) = default;

 private:
  Rep value_{};
};

// GitLab's numeric ids are unique within one GitLab only; 0 means "not said".
using JobId = Id<struct JobIdTag, std::int64_t>;
using ProjectId = Id<struct ProjectIdTag, std::int64_t>;
using PipelineId = Id<struct PipelineIdTag, std::int64_t>;
using RunnerId = Id<struct RunnerIdTag, std::int64_t>;
using GroupId = Id<struct GroupIdTag, std::int64_t>;
using UserId = Id<struct UserIdTag, std::int64_t>;
// A merge request's number within its project.
using MergeRequestIid = Id<struct MergeRequestIidTag, std::int64_t>;
// The base address of a GitLab, e.g. "https://gitlab.example.com"; part of every identity.
using GitLabUrl = Id<struct GitLabUrlTag, std::string>;
// One attempt of a job: the runner's TMPDIR for it, an absolute path.
using AttemptId = Id<struct AttemptIdTag, std::string>;

}  // namespace runneriq
