#include "diagnosis/gaps.hpp"

#include "core/printable.hpp"
#include "diagnosis/characters.hpp"

#include <algorithm>

namespace runneriq::diagnosis {
namespace {

using gitlab::CiConfig;
using gitlab::CiNode;

// "unit 1/3" and "unit: [a, b]" are made of "unit".
std::string_view base_name(std::string_view job) {
  if (const std::size_t list = job.find(": ["); list != std::string_view::npos && job.ends_with(']'))
    return job.substr(0, list);
  const std::size_t slash = job.rfind('/');
  const std::size_t space = job.rfind(' ');
  const bool is_numbered =
      slash != std::string_view::npos && space != std::string_view::npos && space < slash &&
      std::ranges::all_of(job.substr(space + 1), [](char each) { return is_digit(each) || each == '/'; });
  return is_numbered ? job.substr(0, space) : job;
}

// GitLab writes what several jobs share once, and aliases of it.
const CiNode* resolved(const CiConfig& config, const CiNode* node) {
  return node == nullptr ? nullptr : config.resolved(*node);
}

const CiNode* setting(const CiConfig& config, const CiNode& job, std::string_view key) {
  if (const CiNode* const own = config.merged_value(job, key)) return own;
  const CiNode* const defaults = resolved(config, value_of(config.root(), "default"));
  if (defaults != nullptr) {
    if (const CiNode* const value = config.merged_value(*defaults, key)) return value;
  }
  // Of these keys the file itself may have an image only: `timeout:` there would be a job of that name.
  return key == "image" ? value_of(config.root(), key) : nullptr;
}

std::string image_in(const CiConfig& config, const CiNode* image) {
  image = resolved(config, image);
  if (image == nullptr) return {};
  if (image->kind == CiNode::Kind::mapping) image = resolved(config, value_of(*image, "name"));
  return image != nullptr && image->kind == CiNode::Kind::scalar ? image->text : "";
}

// A tag that moves, or none; what holds a variable may be anything.
bool is_unpinned(std::string_view image) {
  if (image.empty() || image.find('$') != std::string_view::npos) return false;
  if (image.find('@') != std::string_view::npos) return false;
  const std::size_t colon = image.rfind(':');
  const std::size_t slash = image.rfind('/');
  const bool has_tag = colon != std::string_view::npos && (slash == std::string_view::npos || colon > slash);
  return !has_tag || image.substr(colon + 1) == "latest";
}

bool comes_and_goes(FailureClass failure_class) {
  switch (failure_class) {
    case FailureClass::network:
    case FailureClass::registry:
    case FailureClass::runner_system:
    case FailureClass::infrastructure:
      return true;
    default:
      return false;
  }
}

bool may_come_from_image(FailureClass failure_class) {
  switch (failure_class) {
    case FailureClass::environment:
    case FailureClass::dependency:
    case FailureClass::registry:
      return true;
    default:
      return false;
  }
}

}  // namespace

std::optional<JobSettings> settings_of(const CiConfig& config, std::string_view job) {
  const CiNode* node = resolved(config, value_of(config.root(), job));
  if (node == nullptr) node = resolved(config, value_of(config.root(), base_name(job)));
  if (node == nullptr || node->kind != CiNode::Kind::mapping) return std::nullopt;
  return JobSettings{.has_timeout = setting(config, *node, "timeout") != nullptr,
                     .has_retry = setting(config, *node, "retry") != nullptr,
                     .image = image_in(config, setting(config, *node, "image"))};
}

std::vector<std::string> gaps_of(FailureClass failure_class, const JobSettings& settings) {
  std::vector<std::string> gaps;
  if (failure_class == FailureClass::timeout && !settings.has_timeout) {
    gaps.emplace_back(
        "the job has no timeout of its own: `timeout:` would end a run that hangs sooner than the "
        "project's limit does");
  }
  if (comes_and_goes(failure_class) && !settings.has_retry) {
    gaps.emplace_back(
        "the job has no retry rule: `retry: {max: 1, when: [runner_system_failure, "
        "stuck_or_timeout_failure, script_failure]}` would have tried it once more");
  }
  if (may_come_from_image(failure_class) && is_unpinned(settings.image)) {
    gaps.push_back("the image " + printable(settings.image, 120) +
                   " is not pinned: a version or digest keeps it from changing under the job");
  }
  return gaps;
}

}  // namespace runneriq::diagnosis
