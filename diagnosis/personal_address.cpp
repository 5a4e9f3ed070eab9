#include "diagnosis/personal_address.hpp"

#include "core/lower_case.hpp"
#include "diagnosis/characters.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace runneriq::diagnosis {
namespace {

constexpr auto kNone = std::string_view::npos;

bool is_one_of(char c, std::string_view set) {
  return set.find(c) != kNone;
}
char at_or_none(std::string_view text, std::size_t at) {
  return at < text.size() ? text[at] : '\0';
}

// ---- IPv4 ---------------------------------------------------------------------------------

constexpr std::size_t kOctets = 4;
struct Octets {
  std::array<unsigned, kOctets> value{};
  std::size_t end = 0;  // 0 = no address
};

Octets octets_at(std::string_view text, std::size_t at) {
  constexpr unsigned kMost = 255, kTen = 10;
  Octets octets;
  for (std::size_t i = 0; i < kOctets; ++i) {
    const std::size_t begin = at;
    unsigned& value = octets.value.at(i);
    while (at < text.size() && at - begin < 3 && is_digit(text[at]))
      value = value * kTen + static_cast<unsigned>(text[at++] - '0');
    const bool padded = at - begin > 1 && text[begin] == '0';
    if (at == begin || padded || value > kMost) return {};
    if (i + 1 < kOctets && at_or_none(text, at++) != '.') return {};
  }
  octets.end = at;
  return octets;
}

// Whether it is of no one in particular: this host, private, shared, link-local, groups and above.
bool stays(const std::array<unsigned, kOctets>& ip) {
  constexpr unsigned kGroups = 224;
  const auto [a, b, c, d] = ip;
  return a == 0 || a == 10 || a == 127 || a >= kGroups || (a == 100 && b >= 64 && b < 128) ||
         (a == 169 && b == 254) || (a == 172 && b >= 16 && b < 32) || (a == 192 && b == 168);
}

std::string_view last_word(std::string_view text) {
  std::size_t begin = text.size();
  while (begin > 0 && is_letter(text[begin - 1])) --begin;
  return text.substr(begin);
}

// Of the line before the address, and what follows it.
bool is_told_as_version(std::string_view before, char next) {
  constexpr std::array<std::string_view, 19> kWords{
      "version",  "versions",   "ver",       "v",         "release",   "revision", "build",
      "using",    "installing", "fetching",  "upgrade",   "installed", "tag",      "updating",
      "upgraded", "package",    "unpacking", "downgrade", "to"};
  constexpr std::array<std::string_view, 9> kVerbs{"using ",       "installing ", "fetching ",
                                                   "unpacking ",   "setting up ", "selecting ",
                                                   "downloading ", "get:",        "version"};
  const std::string line = lower_case(before);
  std::string_view told{line};
  if (told.ends_with("(") || told.ends_with("==") || told.ends_with(">=") || told.ends_with("<=") ||
      told.ends_with("~>") || told.ends_with("~=") || told.ends_with("^") || told.ends_with("~"))
    return next != ':';
  while (!told.empty() && is_one_of(told.back(), " \t:='\"")) told.remove_suffix(1);
  const std::string_view word = last_word(told);
  if (word != "to" && std::ranges::find(kWords, word) != kWords.end()) return true;
  return std::ranges::any_of(kVerbs, [&](std::string_view verb) { return told.find(verb) != kNone; });
}

std::string_view line_before(std::string_view text, std::size_t at) {
  constexpr std::size_t kMost = 48;
  const std::string_view part = text.substr(at - std::min(at, kMost), std::min(at, kMost));
  const std::size_t end = part.find_last_of("\r\n");
  return end == kNone ? part : part.substr(end + 1);
}

// ---- mail ---------------------------------------------------------------------------------

bool is_of_name(char c) {
  return is_word(c) || is_one_of(c, ".+-%");
}

std::size_t end_of_host(std::string_view text, std::size_t at) {
  constexpr std::size_t kMost = 253;
  const std::size_t limit = std::min(text.size(), at + kMost);
  while (at < limit && (is_word(text[at]) || is_one_of(text[at], ".-"))) ++at;
  while (at > 0 && is_one_of(text[at - 1], ".-_")) --at;
  return at;
}

bool is_host_of_mail(std::string_view host) {
  constexpr std::array<std::string_view, 26> kFiles{
      "qm",      "ts",     "png",   "jpg",    "jpeg",  "gif",   "svg", "webp", "js",
      "css",     "scss",   "json",  "map",    "html",  "txt",   "xml", "yaml", "yml",
      "service", "socket", "timer", "target", "scope", "slice", "tgz", "local"};
  const std::size_t dot = host.rfind('.');
  if (dot == kNone || dot == 0 || !(is_letter(host.front()) || is_digit(host.front()))) return false;
  const std::string last = lower_case(host.substr(dot + 1));
  return last.size() >= 2 && std::ranges::all_of(last, is_letter) &&
         std::ranges::find(kFiles, last) == kFiles.end();
}

}  // namespace

std::optional<Secret> ipv4_at(std::string_view text, std::size_t at) {
  const Octets octets = octets_at(text, at);
  if (octets.end == 0 || stays(octets.value)) return std::nullopt;
  const char before = at > 0 ? text[at - 1] : ' ', next = at_or_none(text, octets.end);
  const char second = at_or_none(text, octets.end + 1);
  if (is_word(before) || is_one_of(before, ".-+~^") || is_word(next) || is_one_of(next, "+~"))
    return std::nullopt;
  if (is_one_of(next, ".-") && is_word(second)) return std::nullopt;
  const bool of_a_path = before == '/' && at >= 2 && text[at - 2] != '/' && next != ':';
  if (of_a_path || is_told_as_version(line_before(text, at), next)) return std::nullopt;
  return Secret{.begin = at, .end = octets.end, .placeholder = "[IP]"};
}

std::optional<Secret> ipv6_at(std::string_view text, std::size_t at) {
  constexpr std::size_t kFirst = 4, kGroups = 8;
  if ((text[at] != '2' && text[at] != '3') || (at > 0 && is_one_of(text[at - 1], "-:"))) return std::nullopt;
  std::size_t end = at, groups = 0, gaps = 0;
  while (end < text.size() && groups <= kGroups) {
    const std::size_t begin = end;
    while (end < text.size() && end - begin <= kFirst && is_hex_digit(text[end])) ++end;
    const std::size_t digits = end - begin;
    if (digits > kFirst || (begin == at && digits != kFirst)) return std::nullopt;
    groups += digits > 0 ? 1 : 0;
    if (digits == 0 && !(begin > at + 1 && text[begin - 1] == ':' && text[begin - 2] == ':'))
      return std::nullopt;
    if (at_or_none(text, end) != ':') break;
    if (at_or_none(text, end + 1) == ':') {
      ++gaps;
      end += 2;
      if (!is_hex_digit(at_or_none(text, end))) break;
    } else if (is_hex_digit(at_or_none(text, end + 1))) {
      ++end;
    } else {
      break;
    }
  }
  const bool whole = (gaps == 0 && groups == kGroups) || (gaps == 1 && groups > 1 && groups < kGroups);
  if (!whole || is_word(at_or_none(text, end))) return std::nullopt;
  return Secret{.begin = at, .end = end, .placeholder = "[IP]"};
}

std::optional<Secret> mail_at(std::string_view text, std::size_t at, std::size_t floor) {
  constexpr std::size_t kLongestName = 64;
  std::size_t begin = at;
  while (begin > floor && at - begin < kLongestName && is_of_name(text[begin - 1])) --begin;
  while (begin < at && !is_word(text[begin])) ++begin;
  const std::string_view name = text.substr(begin, at - begin);
  const std::size_t end = end_of_host(text, at + 1);
  if (name.empty() || end <= at + 1 || !is_host_of_mail(text.substr(at + 1, end - at - 1)))
    return std::nullopt;
  if (name == "git" || name == "hg" || name == "svn") return std::nullopt;
  if (begin >= 2 && text.substr(begin - 2, 2) == "//")
    return Secret{.begin = begin, .end = at, .placeholder = "[USER]"};
  return Secret{.begin = begin, .end = end, .placeholder = "[EMAIL]"};
}

std::optional<Secret> phone_at(std::string_view text, std::size_t at) {
  constexpr std::size_t kLeast = 8, kMost = 15, kLeastAlone = 10, kLongest = 26;
  const bool begins_a_line = at == 0 || text[at - 1] == '\n';
  if (!begins_a_line && !is_one_of(text[at - 1], " \t:=\"'(,;<>/")) return std::nullopt;
  std::size_t end = at + 1, digits = 0, breaks = 0, dots = 0;
  for (std::size_t next = at + 1; next < std::min(text.size(), at + kLongest); ++next) {
    const char c = text[next];
    if (is_digit(c)) {
      end = next + 1;
      ++digits;
    } else if (is_one_of(c, " -()") && !(is_one_of(c, " -") && is_one_of(text[next - 1], " -"))) {
      breaks += next > end ? 0 : 1;
    } else if (c == '.') {
      ++dots;
    } else {
      break;
    }
  }
  if (digits < kLeast || digits > kMost || text[at + 1] == '0' || dots == 1) return std::nullopt;
  if (is_word(at_or_none(text, end))) return std::nullopt;
  const bool alone = breaks + dots < 2;
  if (alone && (digits < kLeastAlone || begins_a_line)) return std::nullopt;
  return Secret{.begin = at, .end = end, .placeholder = "[PHONE]"};
}

}  // namespace runneriq::diagnosis
