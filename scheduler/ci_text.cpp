#include "scheduler/ci_text.hpp"

#include "core/joined.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::scheduler {
namespace {

using gitlab::CiKey;
using gitlab::CiNode;
using Kind = CiNode::Kind;

constexpr std::string_view kBlanks = " \t\r";

tl::unexpected<Error> cannot(int line, const std::string& why) {
  return fail(Errc::invalid_argument, "line " + std::to_string(line) + ": " + why);
}

// Behind the quote that closes the one at `at`, or the end.
std::size_t quote_end(std::string_view text, std::size_t at) {
  const char quote = text[at];
  for (++at; at < text.size(); ++at) {
    if (quote == '"' && text[at] == '\\') {
      ++at;
    } else if (text[at] == quote) {
      return at + 1;
    }
  }
  return text.size();
}

// A quote opens a scalar only where one begins.
bool opens_quote(std::string_view text, std::size_t at) {
  if (text[at] != '"' && text[at] != '\'') return false;
  const std::size_t before = text.find_last_not_of(" \t\r\n", at - 1);
  return before == std::string_view::npos ||
         std::string_view("[{,:!").find(text[before]) != std::string_view::npos || text[at - 1] == ' ';
}

bool opens_comment(std::string_view text, std::size_t at) {
  return text[at] == '#' &&
         (at == 0 || std::string_view(" \t\n").find(text[at - 1]) != std::string_view::npos);
}

}  // namespace

std::string yaml_scalar(std::string_view text) {
  constexpr std::string_view kOpeners = "!&*-?|>@`%\"'[]{},#: \t";
  const bool plain = !text.empty() && kOpeners.find(text.front()) == std::string_view::npos &&
                     text.find(": ") == std::string_view::npos && text.find(" #") == std::string_view::npos &&
                     !text.ends_with(':') && !text.ends_with(' ');
  if (plain) return std::string(text);
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? "''" : std::string(1, c);
  return quoted + "'";
}

std::string yaml_quoted(std::string_view text) {
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + "\"";
}

std::string yaml_list(std::span<const std::string> texts) {
  std::vector<std::string> quoted;
  for (const std::string& text : texts) quoted.push_back(yaml_quoted(text));
  return "[" + joined(quoted, ", ") + "]";
}

CiText::CiText(std::string_view text) : text_(text) {
  const std::size_t end = text.find('\n');
  newline_ = end != std::string_view::npos && end > 0 && text[end - 1] == '\r' ? "\r\n" : "\n";
}

std::size_t CiText::line_start(std::size_t at) const {
  if (at == 0) return text_.starts_with("\xEF\xBB\xBF") ? 3 : 0;
  const std::size_t newline = text_.rfind('\n', at - 1);
  if (newline != std::string_view::npos) return newline + 1;
  return text_.starts_with("\xEF\xBB\xBF") ? 3 : 0;
}

std::size_t CiText::line_end(std::size_t at) const {
  const std::size_t newline = text_.find('\n', at);
  return newline == std::string_view::npos ? text_.size() : newline + 1;
}

std::size_t CiText::indentation(std::size_t line) const {
  return std::min(text_.find_first_not_of(' ', line), text_.size()) - line;
}

std::string_view CiText::line_at(std::size_t line) const {
  std::string_view whole = text_.substr(line, line_end(line) - line);
  const std::size_t last = whole.find_last_not_of(" \t\r\n");
  return whole.substr(0, last == std::string_view::npos ? 0 : last + 1);
}

std::size_t CiText::block_end(std::size_t at, std::size_t column) const {
  std::size_t end = line_end(at);
  for (std::size_t line = end; line < text_.size(); line = line_end(line)) {
    const std::string_view content = line_at(line);
    const std::size_t first = content.find_first_not_of(kBlanks);
    if (first == std::string_view::npos) continue;
    const bool comment = content[first] == '#';
    if (indentation(line) < column && !comment) break;
    if (indentation(line) >= column) end = line_end(line);
  }
  return end;
}

TextEdit CiText::lines(std::size_t at, std::span<const std::string> lines) const {
  const bool open_end = at == text_.size() && !text_.empty() && !text_.ends_with('\n');
  std::string added;
  for (const std::string& line : lines) {
    added += open_end ? std::string(newline_) + line : line + std::string(newline_);
  }
  return {.at = at, .text = std::move(added)};
}

std::optional<CiText::Brackets> CiText::brackets(std::size_t at) const {
  Brackets found;
  found.open = text_.find_first_of("[{", at);
  if (found.open == std::string_view::npos) return std::nullopt;
  found.last = found.open;
  int depth = 1;
  for (std::size_t place = found.open + 1; place < text_.size(); ++place) {
    const char c = text_[place];
    if (opens_comment(text_, place)) {
      place = line_end(place) - 1;
    } else if (opens_quote(text_, place)) {
      place = quote_end(text_, place) - 1;
      found.last = place;
    } else if (std::string_view(" \t\r\n").find(c) == std::string_view::npos) {
      depth += c == '[' || c == '{' ? 1 : c == ']' || c == '}' ? -1 : 0;
      if (depth == 0) {
        found.close = place;
        return found;
      }
      found.last = place;
    }
  }
  return std::nullopt;
}

Result<TextEdit> CiText::append_in_brackets(const CiNode& node, std::string_view words) const {
  const auto found = brackets(node.at);
  if (!found) return cannot(node.line, "the bracket that opens here is never closed");
  const bool separated = found->last == found->open || text_[found->last] == ',';
  const std::string before = found->last == found->open ? "" : separated ? " " : ", ";
  return TextEdit{.at = found->last + 1, .text = before + std::string(words)};
}

Result<TextEdit> CiText::append(const CiNode& list, std::string_view quoted) const {
  if (list.kind != Kind::list) return cannot(list.line, "a list is expected here, such as [docker]");
  if (list.flow || list.items.empty()) return append_in_brackets(list, quoted);
  const std::size_t last = line_start(list.items.back().at);
  const std::size_t dash = indentation(last);
  const std::string_view line = line_at(last);
  if (line.size() <= dash || line[dash] != '-') {
    return cannot(list.items.back().line, "the list does not have a line of its own for each element");
  }
  const std::size_t content = std::min(line.find_first_not_of(' ', dash + 1), line.size());
  const std::string element = std::string(line.substr(0, content)) + std::string(quoted);
  return lines(block_end(last, dash + 1), std::vector<std::string>{element});
}

Result<TextEdit> CiText::add_entry(const CiNode& mapping, const CiKey& key, std::string_view name,
                                   std::string_view value) const {
  const std::string entry = std::string(name) + ": " + std::string(value);
  if (mapping.kind == Kind::nothing) {
    const std::string indented = std::string(column(key.at) + 2, ' ') + entry;
    return lines(line_end(key.at), std::vector<std::string>{indented});
  }
  if (mapping.kind != Kind::mapping) {
    return cannot(mapping.line,
                  "'" + key.name + "' is an alias or a reference: write it as a mapping of its own");
  }
  if (mapping.flow || mapping.items.empty()) return append_in_brackets(mapping, entry);
  const CiKey& first = mapping.keys.front();
  const std::size_t line = line_start(first.at);
  if (indentation(line) != column(first.at)) {
    return cannot(first.line, "'" + key.name + "' does not have a line of its own for each entry");
  }
  return lines(line, std::vector<std::string>{std::string(column(first.at), ' ') + entry});
}

Result<TextEdit> CiText::give_value(const CiKey& key, std::string_view value) const {
  const std::size_t colon = text_.find(':', key.at + key.name.size());
  if (colon == std::string_view::npos || colon >= line_end(key.at)) {
    return cannot(key.line, "no ':' stands behind '" + key.name + "'");
  }
  return TextEdit{.at = colon + 1, .text = " " + std::string(value)};
}

Result<TextEdit> CiText::replace(const CiNode& node, std::string_view value) const {
  const std::string_view rest = line_at(line_start(node.at)).substr(column(node.at));
  std::size_t length = 0;
  if (node.kind == Kind::list) {
    const auto found = brackets(node.at);
    length = found && node.flow ? found->close + 1 - node.at : 0;
  } else if (node.kind == Kind::alias) {
    length = std::min(rest.find_first_of(" \t,]}"), rest.size());
  } else if (rest.starts_with('"') || rest.starts_with('\'')) {
    length = quote_end(text_, node.at) - node.at;
  } else if (rest.starts_with(node.text)) {
    length = node.text.size();
  }
  if (length == 0 || length > rest.size()) {
    return cannot(node.line, "this does not stand on one line: it can only be changed by hand");
  }
  return TextEdit{.at = node.at, .removed = length, .text = std::string(value)};
}

// Comments at the very top head the file; those that touch the first key otherwise belong to it.
std::size_t CiText::heading_end(std::size_t first_key) const {
  std::size_t place = line_start(first_key);
  std::size_t above = place;
  while (above > line_start(0)) {
    const std::size_t line = line_start(above - 1);
    const std::string_view content = line_at(line);
    if (content.empty()) return above;
    if (!content.starts_with('#')) break;
    above = line;
  }
  return place;
}

TextEdit CiText::new_blocks(const CiNode& root, std::span<const std::vector<std::string>> blocks) const {
  const std::size_t first = root.keys.front().at;
  const std::string indentation(column(first), ' ');
  const std::size_t place = heading_end(first);
  std::vector<std::string> all;
  if (place > 0 && line_at(line_start(place - 1)).starts_with('#')) all.emplace_back();
  for (const std::vector<std::string>& block : blocks) {
    for (const std::string& line : block) all.push_back(indentation + line);
    all.emplace_back();
  }
  return lines(place, all);
}

}  // namespace runneriq::scheduler
