#include "diagnosis/reaches_of_compilers.hpp"

#include "diagnosis/characters.hpp"
#include "diagnosis/line_shapes.hpp"

#include <algorithm>

namespace runneriq::diagnosis {
namespace {

// The line at `at`, and those below for as long as `goes_on` says so of their text.
template <typename GoesOn>
Extent while_it(const ReadLog& log, std::size_t at, std::size_t longest, GoesOn goes_on) {
  Extent extent{at, at};
  while (extent.last + 1 < std::min(at + longest, log.lines.size())) {
    const LogLine& next = log.lines[extent.last + 1];
    if (is_border(next) || !goes_on(next.text)) break;
    ++extent.last;
  }
  return extent;
}

// The line at `at` to the first below it that `ends` says ends it; only the line if none of `longest` does.
template <typename Ends>
Extent until_it(const ReadLog& log, std::size_t at, std::size_t longest, Ends ends) {
  for (std::size_t i = at + 1; i < std::min(at + longest, log.lines.size()); ++i) {
    if (is_border(log.lines[i])) break;
    if (ends(log.lines[i].text)) return {at, i};
  }
  return {at, at};
}

}  // namespace

Extent diagnostic_of_ghc(const ReadLog& log, std::size_t at) {
  return while_it(log, at, kLongestBlock, [](std::string_view text) {
    return !is_blank_line(text) && (indentation(text) > 0 || has_shape(text, "<n> |"));
  });
}

Extent diagnostic_of_rust(const ReadLog& log, std::size_t at) {
  const Extent extent = with_paragraph(log, at);
  const std::string_view next = unindented(text_at(log, at + 1));
  const bool has_more = next.starts_with("--> ") || next.starts_with("|") || next.starts_with("= note:") ||
                        log.lines[at].text.find("error[E") != std::string_view::npos;
  return has_more ? extent : with_indented(log, at);
}

Extent diagnostic_of_go(const ReadLog& log, std::size_t at) {
  if (indentation(log.lines[at].text) > 0) return kNoExtent;
  Extent extent = with_indented(log, at, 8);
  while (extent.last > at && is_blank_line(log.lines[extent.last].text)) --extent.last;
  if (at > 0 && log.lines[at - 1].text.starts_with("# ")) extent.first = at - 1;
  return extent;
}

Extent framed(const ReadLog& log, std::size_t at) {
  const Extent plain = diagnostic(log, at);
  if (plain.last > at) return plain;
  const Extent to_pointer = until_it(log, at, 10, is_pointer);
  return to_pointer.last > at ? to_pointer : plain;
}

Extent syntax_error_of_python(const ReadLog& log, std::size_t at) {
  for (std::size_t above = 1; above <= std::min<std::size_t>(at, 5); ++above) {
    const std::string_view text = unindented(log.lines[at - above].text);
    if (text.starts_with("File \"")) return {at - above, at};
    if (is_blank_line(text) || is_border(log.lines[at - above])) break;
  }
  return {at, at};
}

Extent error_of_latex(const ReadLog& log, std::size_t at) {
  Extent extent = until_it(log, at, 25, [](std::string_view text) { return has_shape(text, "l.<n>"); });
  if (extent.last > at && !is_blank_line(text_at(log, extent.last + 1))) ++extent.last;
  return extent;
}

Extent error_of_cmake(const ReadLog& log, std::size_t at) {
  Extent extent = with_indented(log, at);
  std::size_t next = extent.last + 1;
  while (next < extent.last + 3 && next < log.lines.size() && is_blank_line(log.lines[next].text)) ++next;
  if (text_at(log, next).starts_with("Call Stack")) extent.last = with_indented(log, next, 20).last;
  return extent;
}

Extent undefined_symbols(const ReadLog& log, std::size_t at) {
  const Extent extent = with_indented(log, at);
  return text_at(log, extent.last + 1).starts_with("ld: ") ? Extent{at, extent.last + 1} : extent;
}

Extent error_of_vim(const ReadLog& log, std::size_t at) {
  return while_it(log, at, 12, [](std::string_view text) {
    text = unindented(text);
    return has_shape(text, "line <n>:") || has_shape(text, "line    <n>:") ||
           has_shape(text, "line   <n>:") || has_shape(text, "E<n>: ");
  });
}

Extent below_its_heading(const ReadLog& log, std::size_t at) {
  const Extent all = with_paragraph(log, at);
  return {at, all.last, std::min(at + 1, all.last)};
}

Extent three_paragraphs(const ReadLog& log, std::size_t at) {
  const Extent two = two_paragraphs(log, at);
  if (two.last + 2 >= log.lines.size() || !is_blank_line(log.lines[two.last + 1].text) ||
      is_border(log.lines[two.last + 2]))
    return two;
  const Extent third = with_paragraph(log, two.last + 2, 12);
  return {at, third.last - at < kLongestBlock ? third.last : two.last};
}

Extent same_label_of_sbt(const ReadLog& log, std::size_t at) {
  const std::string_view text = log.lines[at].text;
  if (text.starts_with("[warn]") || text.starts_with("[info]")) return kNoExtent;
  return text.starts_with("[error]") ? with_label(log, at, "[error]", 25) : diagnostic(log, at);
}

Extent diagnostic_of_ocaml(const ReadLog& log, std::size_t at) {
  const Extent extent = until_it(log, at, 15, [](std::string_view text) {
    return text.starts_with("Error") || text.starts_with("Warning") || text.starts_with("Alert");
  });
  if (text_at(log, extent.last).starts_with("Warning")) return kNoExtent;
  return {extent.first, with_indented(log, extent.last, 20).last};
}

Extent below_the_message(const ReadLog& log, std::size_t at) {
  const Extent extent = while_it(
      log, at, 12, [](std::string_view text) { return has_shape(unindented(text), "from line <n> of "); });
  const bool has_message = at > 0 && log.lines[at - 1].text.find("rror: ") != std::string_view::npos;
  const std::size_t first = has_message ? at - 1 : at;
  return {first, extent.last, first};
}

Extent reason_of_gradle(const ReadLog& log, std::size_t at) {
  const Extent extent = with_paragraph(log, at, 20);
  for (std::size_t i = at; i <= extent.last; ++i) {
    const std::string_view text = log.lines[i].text;
    const bool only_points = text.find("There were failing tests") != std::string_view::npos ||
                             text.find("see the compiler error output") != std::string_view::npos ||
                             text.find("Compilation error. See log") != std::string_view::npos;
    if (only_points) return kNoExtent;
  }
  return extent;
}

}  // namespace runneriq::diagnosis
