#include "executor/remedy.hpp"

#include "core/printable.hpp"

namespace runneriq::executor {
namespace {

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

// Within single quotes.
std::string in_quotes(char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  const auto byte = static_cast<unsigned char>(c);
  if (c == '\'') return "'\\''";
  if (is_control(c)) return std::string("'$'\\x") + kHex[byte >> 4U] + kHex[byte & 15U] + "''";
  return std::string(1, c);
}

// "driver" and "bubblewrap" give "driver: bubblewrap", "chain.run" and "[x]" "chain: {run: [x]}".
std::string nested(std::string_view key, std::string_view value) {
  const std::size_t dot = key.find('.');
  const std::string section(key.substr(0, dot));
  if (dot == std::string_view::npos) return section + ": " + std::string(value);
  return section + ": {" + nested(key.substr(dot + 1), value) + "}";
}

}  // namespace

std::string write_option(std::string_view file, std::string_view key, std::string_view value) {
  const std::string section(key.substr(0, key.find('.')));
  return "below `runneriq:` in " + printable_path(file) + " write `" + nested(key, value) + "`; if `" +
         section + ":` stands there already, write `" + nested(key.substr(section.size() + 1), value) +
         "` below it";
}

std::string without_problems(std::string_view file, bool absent) {
  return std::string(file) + (absent ? " is not there, and need not be" : " is right");
}

std::string shell_word(std::string_view path) {
  constexpr std::string_view kPlain = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/._-+:@";
  if (!path.empty() && path.find_first_not_of(kPlain) == std::string_view::npos) return std::string(path);
  std::string word = "'";
  for (const char c : path) word += in_quotes(c);
  return word + "'";
}

}  // namespace runneriq::executor
