// Lanes: what a job opts in to by one tag. An ordered list; the first goes first.
#pragma once

#include "core/result.hpp"
#include "scheduler/job_class.hpp"

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::scheduler {

// The names of the two lanes that go by class; all others go by expected duration.
inline constexpr std::string_view kCriticalLane = "critical";
inline constexpr std::string_view kHighLane = "high";

class Lanes {
 public:
  // critical, high, short, medium, long.
  Lanes();
  // Names without the prefix, the first lane first. Error: invalid_argument for none, a name twice,
  // a name that is not [a-z0-9-]{1,32}, "managed", "steered", or one that begins with "preferred-".
  static Result<Lanes> make(std::vector<std::string> names);

  [[nodiscard]] std::size_t size() const { return tags_.size(); }
  [[nodiscard]] std::string_view name(std::size_t lane) const;  // "short"
  [[nodiscard]] const std::string& tag(std::size_t lane) const { return tags_[lane]; }
  [[nodiscard]] const std::vector<std::string>& tags() const { return tags_; }  // in order

  [[nodiscard]] std::optional<std::size_t> with_tag(std::string_view tag) const;
  // The lane of a job with these tags: of several the last, since the job needs them all.
  [[nodiscard]] std::optional<std::size_t> of(std::span<const std::string> tags) const;

  // The first lane that a class may claim: any branch can write any tag. CRITICAL: the first of all;
  // HIGH: the first but `critical`; the others: the first that goes by duration; where there is
  // none, the last.
  [[nodiscard]] std::size_t permitted(JobClass job_class) const;
  // The later of the job's lane and the lane that its class permits; none without a lane.
  [[nodiscard]] std::optional<std::size_t> rank(std::span<const std::string> tags, JobClass job_class) const;
  // Acts however short the wait: critical and high.
  [[nodiscard]] bool goes_by_class(std::size_t lane) const;

 private:
  explicit Lanes(std::vector<std::string> tags) : tags_(std::move(tags)) {}
  std::vector<std::string> tags_;
};

}  // namespace runneriq::scheduler
