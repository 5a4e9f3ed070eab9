#include "diagnosis/characters.hpp"
#include "diagnosis/extractors_of_runs.hpp"

#include <algorithm>

namespace runneriq::diagnosis {
namespace {

struct FrameKind {
  std::string_view kind, why, frames;
  double weight = 0.6;
  std::size_t least = 1;  // frames that make a trace
};

constexpr FrameKind kFrameKinds[] = {
    {.kind = "js-trace",
     .why = "stack trace of JavaScript",
     .frames = "at %:#:#)|at %:#:#|at % (native)|at <anonymous>|at % (<anonymous>)|at % [as %|at "
               "process.%|at node:%|"
               "%@%/%.js:#:#|%@http%:#:#|%@file:%:#:#",
     .weight = 0.7},
    {.kind = "dotnet-trace",
     .why = "stack trace of .NET",
     .frames =
         "at %) in %:line #|at %.%(%) in %|at System.%(%)|at Microsoft.%(%)|at Xunit.%(%)|at NUnit.%(%)",
     .weight = 0.7},
    {.kind = "java-trace",
     .why = "stack trace of the JVM",
     .frames = "at %.%(%.java:#)%|at %.%(%.scala:#)%|at %.%(%.kt:#)%|at %.%(%)|at %.%(%) ~[%]|at %.%(%) [%]",
     .weight = 0.7},
    {.kind = "ruby-trace",
     .why = "stack trace of Ruby",
     .frames = "%:#:in `%|from %:#:in `%|%:#:in '%|from %:#:in '%|from %.rb:#|%.rb:#:in %",
     .weight = 0.68},
    {.kind = "native-trace",
     .why = "backtrace",
     .frames = "\\##%0x% in %|\\##  %(%:#%)|\\##  % (%) at %:#|\\##%{main}|\\## %(#): %|\\## [internal "
               "function]: %|\\##  0x%|"
               "\\##  % (%) from %|frame \\###: %|%(+0x%)[0x%]|%(%+0x%)[0x%]|%(%+0x%) [0x%]|#   % 0x% % + #",
     .weight = 0.65,
     .least = 2},
};
constexpr std::size_t kMostMessage = 12;  // lines between what was thrown and the first frame

bool may_be_frame(std::string_view text) {
  if (text.size() < 4) return false;
  switch (text.front()) {
    case 'a':
      return text.starts_with("at ");
    case '#':
      return is_digit(text[1]);
    default:
      break;
  }
  return text.find(":in ") != std::string_view::npos || text.starts_with("from ") ||
         text.starts_with("frame #") || text.find("0x") != std::string_view::npos ||
         (text.find('@') != std::string_view::npos && is_digit(text.back()));
}

const FrameKind* frame_kind(std::string_view text) {
  if (!may_be_frame(text)) return nullptr;
  const auto* const found =
      std::ranges::find_if(kFrameKinds, [&](const FrameKind& kind) { return like(text, kind.frames); });
  return found != std::end(kFrameKinds) ? found : nullptr;
}

constexpr std::string_view kCauses =
    "Caused by: %|Suppressed: %|Wrapped by: %|by: %|---> %|Cause: %|Caused: %";
constexpr std::string_view kBetween =
    "... # more|... # common frames omitted|--- End of %|... %matching original stack trace ...|...|... # %|"
    "--- End of stack trace %|at ";
constexpr std::string_view kThrown =
    "%Exception|%Exception: %|%Exception:|%Error: %|%Error|%Error:|%Failure: %|%Throwable%|%Unhandled "
    "%|%Uncaught %|"
    "%Exception in thread %|%panic%|%Exception (%|%Error (%|%FATAL%|Fatal%|%Failure|%Timeout%|%Error "
    "[%|fatal: %|error: %|%Warning: %";

bool goes_on_with(const RunLines& lines, std::size_t at, std::size_t since_cause) {
  const std::string_view text = lines[at].text;
  if (text.empty() || lines.breaks_at(at)) return false;
  return since_cause < kMostMessage || like(text, kBetween) || frame_kind(text) != nullptr;
}

// The last line that still belongs to the trace: frames, causes with their messages.
std::size_t end_of_trace(const RunLines& lines, std::size_t at) {
  std::size_t since_cause = kMostMessage;
  std::size_t last = at;
  for (++at; at < lines.size(); ++at) {
    const std::string_view text = lines[at].text;
    const bool cause = like(text, kCauses) && !lines.breaks_at(at);
    if (!cause && !goes_on_with(lines, at, since_cause)) break;
    const bool frame = frame_kind(text) != nullptr;
    since_cause = cause ? 0 : frame ? kMostMessage : since_cause + 1;
    if (cause || frame || like(text, kBetween)) last = at;
  }
  return last;
}

// "throw error;", "^" and the line's place stand above what Node did not catch.
std::size_t with_source(const RunLines& lines, std::size_t first) {
  if (first < 4 || !lines[first - 1].text.empty() ||
      lines[first - 2].text.find_first_not_of('^') != std::string_view::npos ||
      lines[first - 2].text.empty()) {
    return first;
  }
  return like(lines[first - 4].text, "%:#") ? first - 4 : first - 3;
}

// Where what was thrown is named, above the first frame.
std::size_t start_of_trace(const RunLines& lines, std::size_t frame, std::size_t floor) {
  const bool says_it = like(lines[frame].text, "%:#:in `%': %|%:#:in '%': %");
  if (says_it || lines[frame].parted || frame == floor) return frame;
  std::size_t at = frame;
  while (at > floor && frame - at < kMostMessage && !lines[at].parted && !lines[at - 1].text.empty() &&
         !(lines[at - 1].text.starts_with("rake aborted!"))) {
    --at;
    if (like(lines[at].text, kThrown)) return at;
  }
  return lines[frame - 1].text.empty() ? frame : frame - 1;
}

std::size_t with_rake(const RunLines& lines, std::size_t first, std::size_t floor) {
  for (std::size_t above = 1; above <= 3 && first >= floor + above; ++above) {
    if (lines[first - above].text == "rake aborted!") return first - above;
  }
  return first;
}

std::size_t frames_between(const RunLines& lines, std::size_t first, std::size_t last) {
  std::size_t frames = 0;
  for (std::size_t at = first; at <= last && frames < 3; ++at)
    frames += frame_kind(lines[at].text) != nullptr;
  return frames;
}

}  // namespace

void add_frame_blocks(const RunLines& lines, std::vector<Block>& blocks) {
  std::size_t floor = 0;
  for (std::size_t at = 0; at < lines.size(); ++at) {
    const FrameKind* const kind = frame_kind(lines[at].text);
    if (kind == nullptr) continue;
    const std::size_t last = end_of_trace(lines, at);
    const std::size_t start = start_of_trace(lines, at, floor);
    if (frames_between(lines, at, last) >= kind->least || start < at) {
      const std::size_t first = with_rake(lines, std::max(floor, with_source(lines, start)), floor);
      Block block{.first = first,
                  .last = last,
                  .head = start,
                  .extractor = Extractor::trace,
                  .kind = kind->kind,
                  .weight = kind->weight,
                  .failure_class = FailureClass::unknown,
                  .why = kind->why};
      without_rulers(lines, block);
      blocks.push_back(block);
    }
    floor = last + 1;
    at = last;
  }
}

}  // namespace runneriq::diagnosis
