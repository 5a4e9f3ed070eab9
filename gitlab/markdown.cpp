#include "gitlab/markdown.hpp"

#include "core/text_cut.hpp"

#include <algorithm>

namespace runneriq::gitlab {
namespace {

constexpr std::size_t kLongestTitle = 255;
constexpr std::string_view kWordJoiner = "\u2060";

std::size_t longest_run_of_backticks(std::string_view text) {
  std::size_t longest = 0, run = 0;
  for (const char each : text) {
    run = each == '`' ? run + 1 : 0;
    longest = std::max(longest, run);
  }
  return longest;
}

bool is_of_address(char c) {
  constexpr std::string_view kSigns = "-._~:/?#%&=+,;@";
  const bool is_word = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
  return is_word || kSigns.find(c) != std::string_view::npos;
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
  for (std::size_t at = 0; at < text.size(); ++at) {
    const bool starts_command = text[at] == '/' && (at == 0 || text[at - 1] == '\n');
    // What GitLab makes a link of by itself.
    const bool is_of_address = text.substr(at).starts_with("://") || text.substr(0, at + 1).ends_with("www.");
    if (starts_command || is_of_address || kMarks.find(text[at]) != std::string_view::npos) escaped += '\\';
    escaped += text[at];
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

std::string link(const std::string& words, std::string_view address) {
  const bool is_page = address.starts_with("https://") || address.starts_with("http://");
  if (!is_page || !std::ranges::all_of(address, is_of_address)) return words;
  return "[" + words + "](" + std::string(address) + ")";
}

}  // namespace runneriq::gitlab
