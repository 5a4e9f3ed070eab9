#include "alerting/gitlab_issue/gitlab_markdown.hpp"

#include "gitlab/markdown.hpp"

namespace runneriq::alerting {
namespace {

using gitlab::code_block;
using gitlab::code_span;
using gitlab::escaped_words;

constexpr std::string_view kLeftOut = "\n…\n";
constexpr std::size_t kLeftOutCharacters = 3;

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
