#include "alerting/gitlab_issue/gitlab_markdown.hpp"

#include <algorithm>

namespace runneriq::alerting {
namespace {

constexpr std::size_t kLongestTitle = 255;
constexpr std::string_view kWordJoiner = "\u2060";
constexpr std::string_view kLeftOut = "\n…\n";
constexpr std::size_t kLeftOutCharacters = 3;

std::size_t longest_run_of_backticks(std::string_view text) {
  std::size_t longest = 0, run = 0;
  for (const char each : text) {
    run = each == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

std::string in_markdown(const Span& span) {
  switch (span.kind) {
    case Span::Kind::ours:
      return escaped_words(span.text);
    case Span::Kind::link:
      return "[" + escaped_words(span.text) + "](" + span.url + ")";
    case Span::Kind::theirs:
    case Span::Kind::log:
      break;
  }
  return code_span(span.text);
}

bool is_of_log(const Line& line) {
  return line.size() == 1 && line.front().kind == Span::Kind::log;
}

// The lines of a log from `at` on, as one block.
std::string block_from(const std::vector<Line>& lines, std::size_t& at) {
  std::string block;
  for (; at < lines.size() && is_of_log(lines[at]); ++at) block += lines[at].front().text + "\n";
  return code_block(block);
}

std::string paragraph(const Line& line) {
  std::string text;
  for (const Span& span : line) text += in_markdown(span);
  return "\n" + text + "\n";
}

}  // namespace

std::string code_span(std::string_view text) {
  if (text.empty()) return {};
  const std::string marks(longest_run_of_backticks(text) + 1, '`');
  const bool touches = text.starts_with('`') || text.ends_with('`');
  const std::string pad = touches ? " " : "";
  return marks + pad + std::string(text) + pad + marks;
}

std::string code_block(std::string_view lines) {
  const std::string fence(std::max<std::size_t>(longest_run_of_backticks(lines) + 1, 3), '`');
  std::string block = "\n" + fence + "text\n";
  while (!lines.empty()) {
    const std::string_view line = lines.substr(0, lines.find('\n'));
    lines.remove_prefix(std::min(lines.size(), line.size() + 1));
    const std::size_t first = line.find_first_not_of(" \t");
    block += (first != std::string_view::npos && line[first] == '/' ? "| " : "") + std::string(line) + "\n";
  }
  return block + fence + "\n";
}

std::string escaped_words(std::string_view text) {
  constexpr std::string_view kMarks = "\\`*_{}[]<>#!~@$%&^|";
  std::string escaped;
  for (const char each : text) {
    const bool starts_command = each == '/' && escaped.empty();
    if (starts_command || kMarks.find(each) != std::string_view::npos) escaped += '\\';
    escaped += each;
  }
  return escaped;
}

std::string escaped_title(std::string_view title) {
  constexpr std::string_view kMarks = "@#!~%&$^[:*";
  std::string escaped;
  for (const char each : title) {
    escaped += each == '\n' || each == '\r' ? ' ' : each;
    if (kMarks.find(each) != std::string_view::npos) escaped += kWordJoiner;
  }
  return cut_characters(escaped, kLongestTitle);
}

std::string markdown_of(const MessageText& text, std::size_t most) {
  std::string markdown;
  std::size_t used = kLeftOutCharacters;
  for (std::size_t at = 0; at < text.lines.size();) {
    const std::string piece =
        is_of_log(text.lines[at]) ? block_from(text.lines, at) : paragraph(text.lines[at++]);
    used += characters(piece);
    if (used > most) return markdown + std::string(kLeftOut);
    markdown += piece;
  }
  return markdown;
}

}  // namespace runneriq::alerting
