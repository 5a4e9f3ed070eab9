#include "diagnosis/reaches_of_packages.hpp"

#include <algorithm>
#include <array>

namespace runneriq::diagnosis {
namespace {

// The next line that is not blank, at most two below `at`; `at` if there is none.
std::size_t next_text(const ReadLog& log, std::size_t at) {
  for (std::size_t i = at + 1; i <= at + 3 && i < log.lines.size(); ++i) {
    if (is_border(log.lines[i])) return at;
    if (!is_blank_line(log.lines[i].text)) return i;
  }
  return at;
}

// From `at` on, while `goes_on` holds for the next text.
template <typename GoesOn>
Extent across_blanks(const ReadLog& log, std::size_t at, std::size_t longest, GoesOn goes_on) {
  Extent extent{at, at};
  for (;;) {
    const std::size_t next = next_text(log, extent.last);
    if (next == extent.last || next - at >= longest || !goes_on(log.lines[next].text)) return extent;
    extent.last = next;
  }
}

// "npm ERR! code E404" names the kind alone; what npm says of it stands below, behind the same or another
// short word: "npm ERR! 404 Not Found - GET …".
Extent with_words_of_npm(const ReadLog& log, Extent extent, std::string_view label) {
  constexpr std::array<std::string_view, 6> kKeys{"code ", "errno ", "syscall ",
                                                  "path ", "dest ",  "network This"};
  const auto words = [&](std::size_t at) {
    std::string_view text = unindented(log.lines[at].text);
    text.remove_prefix(std::min(text.size(), label.size()));
    return unindented(text);
  };
  // Codes of which the class is known by the words below; of others the code itself tells it.
  constexpr std::array<std::string_view, 6> kCodes{"code ETARGET",  "code E404",       "code EUSAGE",
                                                   "code ERESOLVE", "code EINTEGRITY", "code ENOENT"};
  if (std::ranges::find(kCodes, words(extent.first)) == kCodes.end()) return extent;
  for (std::size_t at = extent.first + 1; at <= extent.last; ++at) {
    const std::string_view said = words(at);
    const bool is_key =
        std::ranges::any_of(kKeys, [&](std::string_view key) { return said.starts_with(key); });
    if (is_key || said.find(' ') == std::string_view::npos) continue;
    extent.head = at;
    return extent;
  }
  return extent;
}

}  // namespace

Extent lines_of_npm(const ReadLog& log, std::size_t at) {
  constexpr std::array<std::string_view, 3> kLabels{"npm ERR!", "npm error", "gyp ERR!"};
  const std::string_view text = unindented(log.lines[at].text);
  for (const std::string_view label : kLabels) {
    if (text.starts_with(label)) return with_words_of_npm(log, with_label(log, at, label, 20), label);
  }
  return {at, at};
}

Extent lines_of_apt(const ReadLog& log, std::size_t at) {
  return with_label(log, at, "E: ", 10);
}

Extent next_error_of_pip(const ReadLog& log, std::size_t at) {
  const bool has_more =
      unindented(text_at(log, at + 1)).find("No matching distribution") != std::string_view::npos;
  return {at, has_more ? at + 1 : at};
}

Extent like_lines_of_maven(const ReadLog& log, std::size_t at) {
  return with_paragraph(log, at, 15);
}

Extent with_list(const ReadLog& log, std::size_t at) {
  return across_blanks(log, at, 20, [](std::string_view text) { return unindented(text).starts_with("- "); });
}

Extent three_parts(const ReadLog& log, std::size_t at) {
  return across_blanks(log, at, 20, [](std::string_view text) {
    return indentation(text) > 0 || text.starts_with("Caused by:") || text.starts_with("required by") ||
           text.starts_with("versions that meet") || text.starts_with("previously selected") ||
           text.starts_with("failed to select") || text.starts_with("all possible versions");
  });
}

Extent parts_of_bundler(const ReadLog& log, std::size_t at) {
  Extent extent = with_paragraph(log, at);
  for (int part = 0; part < 4; ++part) {
    const std::size_t next = next_text(log, extent.last);
    if (next == extent.last || next - at >= 25) break;
    const std::string_view text = log.lines[next].text;
    if (indentation(text) == 0 && !text.ends_with(':')) break;
    extent.last = std::min(with_paragraph(log, next).last, at + 25);
  }
  return extent;
}

Extent problem_of_composer(const ReadLog& log, std::size_t at) {
  const Extent deeper = with_indented(log, at);
  return {at, deeper.last, std::min(at + 1, deeper.last)};
}

Extent problems_of_composer(const ReadLog& log, std::size_t at) {
  const std::size_t depth = indentation(log.lines[at].text);
  return across_blanks(log, at, 25, [&](std::string_view text) { return indentation(text) > depth; });
}

Extent deeper_or_paragraph(const ReadLog& log, std::size_t at) {
  const Extent deeper = with_indented(log, at, 25);
  return deeper.last > at ? deeper : with_paragraph(log, at, 15);
}

Extent deeper_hashes(const ReadLog& log, std::size_t at) {
  return with_label(log, at, "#", 30);
}

Extent below_check_of_r(const ReadLog& log, std::size_t at) {
  const Extent extent = across_blanks(log, at, 25, [](std::string_view text) {
    return !text.starts_with("* ") && !text.starts_with("Status: ");
  });
  return extent.last > at ? Extent{at + 1, extent.last} : extent;
}

Extent deeper_and_apt(const ReadLog& log, std::size_t at) {
  const Extent deeper = with_indented(log, at, 25);
  return text_at(log, deeper.last + 1).starts_with("E: ") ? Extent{at, deeper.last + 1} : deeper;
}

}  // namespace runneriq::diagnosis
