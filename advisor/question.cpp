#include "advisor/question.hpp"

#include "advisor/plain_text.hpp"
#include "core/printable.hpp"
#include "core/trimmed.hpp"
#include "diagnosis/failure_class.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <limits>
#include <optional>
#include <set>
#include <span>

namespace runneriq::advisor {
namespace {

using nlohmann::json;
using Lines = std::vector<std::pair<std::int64_t, std::int64_t>>;

constexpr std::size_t kLongestAnswer = std::size_t{16} << 10;  // bytes
constexpr std::size_t kLongestShown = 80, kLongestReason = 300;
constexpr std::size_t kMostRanges = 16;
constexpr int kDeepest = 3;  // the ranges of `lines`

constexpr std::array<std::string_view, 3> kTieBreakLabels{"A", "B", "NO_PREFERENCE"};
constexpr std::array<std::string_view, 3> kDurationLabels{"EXPECTED", "UNEXPECTED", "UNSURE"};
constexpr std::array<std::string_view, 3> kConfidences{"low", "medium", "high"};

std::span<const std::string_view> triage_labels() {
  static const auto kNames = [] {
    std::array<std::string_view, diagnosis::kFailureClasses> names;
    std::ranges::transform(diagnosis::failure_classes(), names.begin(),
                           [](diagnosis::FailureClass one) { return diagnosis::to_text(one); });
    return names;
  }();
  return kNames;
}

std::span<const std::string_view> labels_of(QuestionKind kind) {
  switch (kind) {
    case QuestionKind::tie_break:
      return kTieBreakLabels;
    case QuestionKind::triage:
      return triage_labels();
    case QuestionKind::duration:
      break;
  }
  return kDurationLabels;
}

bool is_among(std::string_view text, std::span<const std::string_view> labels) {
  return std::ranges::find(labels, text) != labels.end();
}

tl::unexpected<Error> wrong(std::string_view what, std::string_view text) {
  return fail(Errc::corrupt,
              "the model's answer " + std::string(what) + ": " + printable(text, kLongestShown));
}

// Watches the parser: how deep the text nests, and whether an object names a member twice.
class Watch {
 public:
  bool operator()(int depth, json::parse_event_t event, const json& parsed) {
    if (event == json::parse_event_t::object_start) members_.emplace_back();
    if (event == json::parse_event_t::object_end && !members_.empty()) members_.pop_back();
    if (event == json::parse_event_t::key && !members_.empty()) {
      is_fair_ = is_fair_ && members_.back().insert(parsed.get_ref<const std::string&>()).second;
    }
    is_fair_ = is_fair_ && depth <= kDeepest;
    return true;
  }
  [[nodiscard]] bool is_fair() const { return is_fair_; }

 private:
  std::vector<std::set<std::string>> members_;
  bool is_fair_ = true;
};

// Null for what is no object. The parser takes a mark of byte order, and NUL for the end of the text.
json object_in(std::string_view text) {
  if (text.size() > kLongestAnswer || !text.starts_with('{') || text.find('\0') != std::string_view::npos) {
    return nullptr;
  }
  Watch watch;
  const json::parser_callback_t watching = [&watch](int depth, json::parse_event_t event, json& parsed) {
    return watch(depth, event, parsed);
  };
  json object = json::parse(text.begin(), text.end(), watching, false);
  return object.is_object() && watch.is_fair() ? object : json(nullptr);
}

std::optional<std::string> text_at(const json& object, const char* member) {
  const auto found = object.find(member);
  if (found == object.end() || !found->is_string()) return std::nullopt;
  return found->get<std::string>();
}

std::optional<std::int64_t> integer_at(const json& object, const char* member) {
  const auto found = object.find(member);
  if (found == object.end() || !found->is_number_integer()) return std::nullopt;
  if (found->is_number_unsigned() &&
      found->get<std::uint64_t>() > std::uint64_t{std::numeric_limits<std::int64_t>::max()}) {
    return std::nullopt;
  }
  return found->get<std::int64_t>();
}

// The lines of the question within [first, last], as runs without gaps.
void add_runs(Lines& runs, const std::set<std::int64_t>& known, std::int64_t first, std::int64_t last) {
  if (first > last || !known.contains(first) || !known.contains(last)) return;
  const auto end = known.upper_bound(last);
  for (auto line = known.find(first); line != end && runs.size() < kMostRanges;) {
    const std::int64_t begin = *line;
    std::int64_t until = begin;
    for (++line; line != end && *line - 1 == until; ++line) until = *line;
    runs.emplace_back(begin, until);
  }
}

// None: it is no list of ranges.
std::optional<Lines> lines_in(const Question& question, const json& list) {
  if (!list.is_array()) return std::nullopt;
  const std::set<std::int64_t> known(question.line_numbers.begin(), question.line_numbers.end());
  Lines lines;
  for (const json& range : list) {
    if (!range.is_object() || range.size() != 2) return std::nullopt;
    const auto first = integer_at(range, "first"), last = integer_at(range, "last");
    if (!first || !last) return std::nullopt;
    add_runs(lines, known, *first, *last);
  }
  return lines;
}

std::size_t members_of(QuestionKind kind) {
  return kind == QuestionKind::triage ? 4 : 3;
}

}  // namespace

bool has_labels_of(QuestionKind kind, const Answer& answer) {
  return is_among(answer.choice, labels_of(kind)) && is_among(answer.confidence, kConfidences);
}

Result<Answer> answer_of(const Question& question, std::string_view text) {
  const std::string_view body = trimmed(text, " \t\r\n");
  const json object = object_in(body);
  if (object.is_null()) return wrong("is not JSON of the form", body);
  auto choice = text_at(object, "choice"), confidence = text_at(object, "confidence"),
       reason = text_at(object, "reason");
  if (!choice || !confidence || !reason || object.size() != members_of(question.kind)) {
    return wrong("has not the members of the form", body);
  }
  Answer answer{.choice = *std::move(choice),
                .confidence = *std::move(confidence),
                .reason = printable(plain_line(trimmed(*reason, " \t\r\n"), kLongestReason), kLongestReason)};
  if (!has_labels_of(question.kind, answer)) return wrong("has a label of no choice", body);
  if (question.kind == QuestionKind::triage) {
    auto lines = lines_in(question, object.contains("lines") ? object.at("lines") : json(nullptr));
    if (!lines) return wrong("cites no lines of the form", body);
    answer.lines = *std::move(lines);
  }
  return answer;
}

}  // namespace runneriq::advisor
