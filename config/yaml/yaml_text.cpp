#include "config/yaml/yaml_text.hpp"

#include "core/utf8.hpp"

#include <algorithm>

namespace runneriq::config {

bool is_closed(std::string_view text) {
  const char quote = text.front();
  for (std::size_t at = 1; at < text.size(); ++at) {
    const bool escape = quote == '"' ? text[at] == '\\' : text.substr(at, 2) == "''";
    if (escape) {
      ++at;
    } else if (text[at] == quote) {
      return true;
    }
  }
  return false;
}

std::optional<std::size_t> find_garbage(std::string_view text) {
  for (std::size_t at = 0; at < text.size();) {
    const std::size_t length = utf8_length(text.substr(at));
    const auto byte = static_cast<unsigned char>(text[at]);
    const bool control = (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7F;
    if (length == 0 || control) return at;
    at += length;
  }
  return std::nullopt;
}

std::optional<std::size_t> find_tab_indentation(std::string_view text, std::size_t from) {
  for (std::size_t line = from; line < text.size();) {
    const std::size_t content = std::min(text.find_first_not_of(" \t", line), text.size());
    const bool indents = content < text.size() && text[content] != '\r' && text[content] != '\n';
    const std::size_t tab = text.substr(line, content - line).find('\t');
    if (indents && tab != std::string_view::npos) return line + tab;
    line = std::min(text.find('\n', content), text.size() - 1) + 1;
  }
  return std::nullopt;
}

int line_at(std::string_view text, std::size_t place) {
  return static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(place), '\n')) +
         1;
}

}  // namespace runneriq::config
