#include "alerting/label_list.hpp"

#include "core/joined.hpp"
#include "core/option_rows.hpp"
#include "core/trimmed.hpp"

#include <algorithm>

namespace runneriq::alerting {
namespace {

constexpr std::string_view kNone = "none";

Result<void> add(std::string_view name, std::vector<Label>& labels) {
  const auto label = label_of(name);
  if (!label) {
    const auto near = nearest_label(name);
    return not_expected(name, near ? "a label, did you mean " + std::string(to_text(*near)) + "?"
                                   : "a label: write labels with commas, like project, signature, or none");
  }
  if (std::ranges::find(labels, *label) != labels.end()) {
    return not_expected(name, "new in this list: write each label once");
  }
  labels.push_back(*label);
  return {};
}

}  // namespace

Result<std::vector<Label>> parse_labels(std::string_view text) {
  std::vector<Label> labels;
  if (trimmed(text) == kNone) return labels;
  while (true) {
    const std::size_t end = std::min(text.find(','), text.size());
    if (auto added = add(trimmed(text.substr(0, end)), labels); !added) return fail(std::move(added.error()));
    if (end == text.size()) return labels;
    text.remove_prefix(end + 1);
  }
}

std::string to_text(std::span<const Label> labels) {
  if (labels.empty()) return std::string(kNone);
  std::vector<std::string> names;
  for (const Label label : labels) names.emplace_back(to_text(label));
  return joined(names, ", ");
}

}  // namespace runneriq::alerting
