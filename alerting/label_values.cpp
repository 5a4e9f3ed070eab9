#include "alerting/label_values.hpp"

#include "core/lower_case.hpp"
#include "core/printable.hpp"

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq::alerting {
namespace {

// A word in small letters, and the value that it stands for.
struct Known {
  std::string word;
  std::string_view value;
};
using KnownValues = std::vector<Known>;

KnownValues severities() {
  KnownValues known;
  for (const Severity severity : {Severity::critical, Severity::error, Severity::warning, Severity::info})
    known.push_back({lower_case(to_text(severity)), to_text(severity)});
  return known;
}

KnownValues classes() {
  KnownValues known;
  for (const scheduler::JobClass job_class : scheduler::kJobClasses)
    known.push_back({lower_case(scheduler::to_text(job_class)), scheduler::to_text(job_class)});
  return known;
}

KnownValues kinds() {
  KnownValues known;
  for (const std::string_view word : kind_words())
    known.push_back({std::string(word), to_text(event_kind(word))});
  known.push_back({"other", to_text(EventKind::other)});
  return known;
}

// None of a label with any value.
KnownValues known_values(Label label) {
  switch (label) {
    case Label::severity:
      return severities();
    case Label::job_class:
      return classes();
    case Label::kind:
      return kinds();
    case Label::allow_failure:
    case Label::merge_request:
    case Label::default_branch:
      return {{"true", "true"}, {"false", "false"}};
    default:
      return {};
  }
}

// "critical, error, warning or info".
std::string listed(const KnownValues& known) {
  std::vector<std::string_view> values;
  for (const Known& one : known) {
    if (std::ranges::find(values, one.value) == values.end()) values.push_back(one.value);
  }
  std::string text;
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) text += i + 1 == values.size() ? " or " : ", ";
    text += values[i];
  }
  return text;
}

// What begins with the word, or is the nearest to it.
std::optional<std::string_view> meant(std::string_view word, const KnownValues& known) {
  constexpr std::size_t kLeastStart = 3;
  const auto begun = std::ranges::find_if(
      known, [&](const Known& one) { return word.size() >= kLeastStart && one.word.starts_with(word); });
  if (begun != known.end()) return begun->value;
  std::vector<std::string_view> words;
  for (const Known& one : known) words.emplace_back(one.word);
  const auto nearest = nearest_word(word, words);
  return nearest ? std::optional{known[*nearest].value} : std::nullopt;
}

}  // namespace

Result<std::string> value_of_label(Label label, std::string value) {
  const KnownValues known = known_values(label);
  if (known.empty()) return value;
  const std::string word = lower_case(value);
  const auto found = std::ranges::find(known, word, &Known::word);
  if (found != known.end()) return std::string(found->value);
  const auto near = meant(word, known);
  return fail(Errc::invalid_argument, std::string(to_text(label)) + " is never " + quoted_text(value) +
                                          (near ? ", did you mean " + std::string(*near) + "?" : "") +
                                          "; it is " + listed(known) +
                                          (label == Label::kind ? ", or any word by =~" : ""));
}

}  // namespace runneriq::alerting
