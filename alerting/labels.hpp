// What rules, routes and silences can ask of an event, by name.
#pragma once

#include "alerting/event.hpp"
#include "alerting/severity.hpp"
#include "scheduler/job_class.hpp"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

namespace runneriq::alerting {

enum class Label {
  project,
  ref,
  stage,
  job,
  source,
  failure_reason,
  allow_failure,
  job_class,
  user,
  kind,
  runner,
  severity,
  signature,
  sha,
  pipeline,
  gitlab,
  merge_request,
  default_branch,
};
inline constexpr std::size_t kLabelCount = 18;
// "project", …, "class" for job_class, "merge_request" and "default_branch" are "true" or "false": whether
// the event is of one. "kind" is to_text(EventKind), so that a runner's return has the kind of its loss; the
// word itself of a kind that is not known. "name" is read as "job", too.
std::string_view to_text(Label label);
std::optional<Label> label_of(std::string_view name);
// The label that `name` may have been meant for: at most two letters are wrong. None when there is no such.
std::optional<Label> nearest_label(std::string_view name);
// The place of the word of `known`, of at most 16 letters each, that is as near to `word`.
std::optional<std::size_t> nearest_word(std::string_view word, std::span<const std::string_view> known);

// An event with what alerting has found out about it, once, at the door.
struct Classified {
  Event event;
  Outcome outcome = Outcome::neither;
  scheduler::JobClass job_class = scheduler::JobClass::low;
  Severity severity = Severity::warning;
  bool production = false;  // its ref is one (scheduler's rules)
  bool on_default_branch = false;
  std::string signature{};     // 16 hexadecimal digits
  bool signed_by_log = false;  // of the log's headline, else of project, name and failure reason
  std::string headline{};      // of the log; "" without one
};

// The value of a label; "" when it is not told. Valid as long as `of` is unchanged.
class LabelValues {
 public:
  explicit LabelValues(const Classified& of);
  LabelValues(const LabelValues&) = delete;
  LabelValues& operator=(const LabelValues&) = delete;
  [[nodiscard]] std::string_view operator[](Label label) const {
    return values_[static_cast<std::size_t>(label)];
  }

 private:
  [[nodiscard]] std::string_view written(std::int64_t number);

  std::array<std::string_view, kLabelCount> values_{};
  std::array<char, 24> pipeline_{};
};

}  // namespace runneriq::alerting
