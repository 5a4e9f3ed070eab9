#include "scheduler/lanes.hpp"

#include "core/printable.hpp"
#include "core/tag_names.hpp"

#include <algorithm>

namespace runneriq::scheduler {
namespace {

constexpr std::size_t kLongestName = 32;

bool is_name_character(char c) {
  return (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-';
}

bool is_name(std::string_view name) {
  return !name.empty() && name.size() <= kLongestName &&
         std::all_of(name.begin(), name.end(), is_name_character);
}

std::string tag_of(std::string_view name) {
  return std::string(kTagPrefix) + std::string(name);
}

// Tags with a meaning of their own.
bool is_reserved(std::string_view tag) {
  return tag == kManagedTag || tag == kSteeredTag || tag.starts_with(kGrantPrefix);
}

Result<void> check(std::string_view name) {
  if (!is_name(name)) {
    return fail(Errc::invalid_argument, quoted_text(name) +
                                            " is no name of a lane; expected 1 to 32 small letters, digits "
                                            "and '-', without the prefix runneriq:");
  }
  if (is_reserved(tag_of(name))) {
    return fail(Errc::invalid_argument,
                quoted_text(name) + " cannot be a lane: the tag " + tag_of(name) + " means something else");
  }
  return {};
}

}  // namespace

Lanes::Lanes() {
  for (const std::string_view name : {kCriticalLane, kHighLane, std::string_view{"short"},
                                      std::string_view{"medium"}, std::string_view{"long"}}) {
    tags_.push_back(tag_of(name));
  }
}

Result<Lanes> Lanes::make(std::vector<std::string> names) {
  if (names.empty()) return fail(Errc::invalid_argument, "there must be at least one lane");
  std::vector<std::string> tags;
  for (const std::string& name : names) {
    if (const Result<void> checked = check(name); !checked) return fail(checked.error());
    std::string tag = tag_of(name);
    if (std::find(tags.begin(), tags.end(), tag) != tags.end()) {
      return fail(Errc::invalid_argument, quoted_text(name) + " is a lane twice; name it once");
    }
    tags.push_back(std::move(tag));
  }
  return Lanes{std::move(tags)};
}

std::string_view Lanes::name(std::size_t lane) const {
  return std::string_view{tags_[lane]}.substr(kTagPrefix.size());
}

std::optional<std::size_t> Lanes::with_tag(std::string_view tag) const {
  const auto found = std::find(tags_.begin(), tags_.end(), tag);
  if (found == tags_.end()) return std::nullopt;
  return static_cast<std::size_t>(found - tags_.begin());
}

std::optional<std::size_t> Lanes::of(std::span<const std::string> tags) const {
  std::optional<std::size_t> last;
  for (const std::string& tag : tags) {
    if (is_ours(tag)) last = std::max(last, with_tag(tag));
  }
  return last;
}

std::size_t Lanes::permitted(JobClass job_class) const {
  if (job_class == JobClass::critical) return 0;
  for (std::size_t lane = 0; lane < size(); ++lane) {
    const bool claimable = job_class == JobClass::high ? name(lane) != kCriticalLane : !goes_by_class(lane);
    if (claimable) return lane;
  }
  return size() - 1;
}

std::optional<std::size_t> Lanes::rank(std::span<const std::string> tags, JobClass job_class) const {
  const std::optional<std::size_t> lane = of(tags);
  return lane ? std::optional{std::max(*lane, permitted(job_class))} : std::nullopt;
}

bool Lanes::goes_by_class(std::size_t lane) const {
  return name(lane) == kCriticalLane || name(lane) == kHighLane;
}

}  // namespace runneriq::scheduler
