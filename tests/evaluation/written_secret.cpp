#include "tests/evaluation/written_secret.hpp"

#include <algorithm>
#include <cstdio>

namespace runneriq::evaluation {
namespace {

std::string with(const char* form, char byte) {
  char written[16];
  std::snprintf(written, sizeof written, form, static_cast<unsigned>(static_cast<unsigned char>(byte)));
  return written;
}

std::string base64(std::string_view text) {
  constexpr std::string_view kSigns = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += 3) {
    unsigned group = 0;
    for (std::size_t i = 0; i < 3; ++i)
      group = group << 8U | (at + i < text.size() ? static_cast<unsigned char>(text[at + i]) : 0U);
    for (std::size_t i = 0; i < 4; ++i)
      out += at + i <= text.size() ? kSigns[group >> (18 - 6 * i) & 63U] : '=';
  }
  return out;
}

bool is_unreserved(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
         c == '.' || c == '~';
}

// The code points of a text in UTF-8.
std::vector<unsigned> code_points(std::string_view text) {
  std::vector<unsigned> points;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((byte & 0xC0U) == 0x80U)
      points.back() = points.back() << 6U | (byte & 0x3FU);
    else
      points.push_back(byte < 0x80U ? byte : byte & (byte < 0xE0U ? 0x1FU : 0x0FU));
  }
  return points;
}

std::string each_point(const char* form, std::string_view text) {
  std::string out;
  for (const unsigned point : code_points(text)) {
    char written[16];
    std::snprintf(written, sizeof written, form, point);
    out += written;
  }
  return out;
}

template <class One>
std::string each(std::string_view secret, One one) {
  std::string out;
  for (const char c : secret) out += one(c);
  return out;
}

std::string with_breaks(const std::string& text, std::size_t width, std::string_view line_end) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += width)
    out += (at > 0 ? std::string{line_end} : std::string{}) + text.substr(at, width);
  return out;
}

std::string json(std::string_view secret) {
  return each(secret, [](char c) -> std::string {
    switch (c) {
      case '"':
        return "\\\"";
      case '\\':
        return "\\\\";
      case '\n':
        return "\\n";
      case '/':
        return "\\/";
      case '<':
      case '>':
      case '&':
      case '\'':
        return with("\\u%04x", c);
      default:
        return std::string{c};
    }
  });
}

std::string html(std::string_view secret) {
  return each(secret, [](char c) -> std::string {
    switch (c) {
      case '&':
        return "&amp;";
      case '<':
        return "&lt;";
      case '>':
        return "&gt;";
      case '"':
        return "&quot;";
      case '\'':
        return "&#39;";
      default:
        return std::string{c};
    }
  });
}

}  // namespace

const std::vector<Way>& plain_ways() {
  static const std::vector<Way> ways{
      {"alone in a line", [](std::string_view s) { return "\n" + std::string{s} + "\n"; }},
      {"amid a line", [](std::string_view s) { return "the value " + std::string{s} + " was refused"; }},
      {"assigned", [](std::string_view s) { return "export CI_VALUE=\"" + std::string{s} + "\""; }},
      {"in an address",
       [](std::string_view s) { return "GET https://api.example.com/v1?k=" + std::string{s} + "&page=2"; }},
      {"in a header", [](std::string_view s) { return "> X-Custom: " + std::string{s} + "\r"; }},
      {"in a quoted command",
       [](std::string_view s) { return "+ sh -c 'deploy --with \"" + std::string{s} + "\"'"; }},
      {"in JSON",
       [](std::string_view s) { return R"({"level":"error","value":")" + std::string{s} + R"(","n":1})"; }},
      {"split by a colour",
       [](std::string_view s) {
         return "at " + std::string{s.substr(0, s.size() / 2)} + "\x1B[0m\x1B[1;31m" +
                std::string{s.substr(s.size() / 2)};
       }},
      {"each letter coloured",
       [](std::string_view s) {
         return each(s, [](char c) { return "\x1B[32m" + std::string{c} + "\x1B[0m"; });
       }},
      {"behind a time",
       [](std::string_view s) { return "\n2026-06-05T11:59:14.281330Z 01O " + std::string{s} + "\n"; }},
      {"with an unseen sign",
       [](std::string_view s) {
         return std::string{s.substr(0, 5)} + "\xE2\x80\x8B" + std::string{s.substr(5)};
       }},
      {"in a table of Markdown", [](std::string_view s) { return "| value | " + std::string{s} + " | x |"; }},
  };
  return ways;
}

const std::vector<Way>& encoded_ways() {
  static const std::vector<Way> ways{
      {"base64, first place", [](std::string_view s) { return base64(std::string{s} + "\n"); }},
      {"base64, second place", [](std::string_view s) { return base64("u" + std::string{s} + "tail"); }},
      {"base64, third place", [](std::string_view s) { return base64("u:" + std::string{s}); }},
      {"base64 for addresses",
       [](std::string_view s) {
         std::string out = base64(s);
         std::ranges::replace(out, '+', '-');
         std::ranges::replace(out, '/', '_');
         return out.substr(0, out.find('='));
       }},
      {"base64, wrapped",
       [](std::string_view s) { return with_breaks(base64("u:" + std::string{s}), 8, "\n"); }},
      {"base64, wrapped, in a string", [](std::string_view s) { return with_breaks(base64(s), 10, "\\n"); }},
      {"percent, capitals",
       [](std::string_view s) {
         return each(s, [](char c) { return is_unreserved(c) ? std::string{c} : with("%%%02X", c); });
       }},
      {"percent, small letters",
       [](std::string_view s) {
         return each(s, [](char c) { return is_unreserved(c) ? std::string{c} : with("%%%02x", c); });
       }},
      {"percent, all bytes",
       [](std::string_view s) { return each(s, [](char c) { return with("%%%02x", c); }); }},
      {"hexadecimal", [](std::string_view s) { return each(s, [](char c) { return with("%02x", c); }); }},
      {"hexadecimal, capitals, colons",
       [](std::string_view s) { return each(s, [](char c) { return with("%02X:", c); }); }},
      {"escapes of JSON", json},
      {"escapes of JSON, all", [](std::string_view s) { return each_point("\\u%04X", s); }},
      {"escapes of C", [](std::string_view s) { return each(s, [](char c) { return with("\\x%02x", c); }); }},
      {"escapes of a shell",
       [](std::string_view s) {
         return each(s, [](char c) { return (is_unreserved(c) ? "" : "\\") + std::string{c}; });
       }},
      {"entities", html},
      {"entities, all", [](std::string_view s) { return each_point("&#%u;", s); }},
      {"wrapped at a width", [](std::string_view s) { return with_breaks(std::string{s}, 9, "\r\n"); }},
  };
  return ways;
}

}  // namespace runneriq::evaluation
