#include "alerting/slack/blocks.hpp"

#include <nlohmann/json.hpp>

#include <vector>

namespace runneriq::alerting {
namespace {

using Json = nlohmann::ordered_json;

constexpr std::string_view kCutMark = "…\n";

Json text_element(std::string_view text) {
  return {{"type", "text"}, {"text", text}};
}

bool is_log(const Line& line) {
  return line.size() == 1 && line.front().kind == Span::Kind::log;
}

// A line as one element of rich text.
Json element_of(const Line& line) {
  if (is_log(line))
    return {{"type", "rich_text_preformatted"}, {"elements", Json::array({text_element(line.front().text)})}};
  Json parts = Json::array();
  for (const Span& span : joined_literally(line)) {
    parts.push_back(span.kind == Span::Kind::link
                        ? Json{{"type", "link"}, {"url", span.url}, {"text", span.text}}
                        : text_element(span.text));
  }
  parts.push_back(text_element("\n"));
  return {{"type", "rich_text_section"}, {"elements", std::move(parts)}};
}

// The address of a link counts, too: nobody says that it does not.
std::size_t length_of(const Line& line) {
  std::size_t length = 1;
  for (const Span& span : line) length += characters(span.text) + characters(span.url);
  return length;
}

std::vector<std::size_t> lengths_of(const std::vector<Line>& lines) {
  std::vector<std::size_t> lengths;
  for (const Line& line : lines) lengths.push_back(length_of(line));
  return lengths;
}

// Elements in blocks of at most kSlackBlock characters.
class RichText {
 public:
  void add(Json element, std::size_t length) {
    if (blocks_.empty() || used_ + length > kSlackBlock) open();
    used_ += length;
    blocks_.back()["elements"].push_back(std::move(element));
  }
  std::vector<Json> take() { return std::move(blocks_); }

 private:
  void open() {
    blocks_.push_back({{"type", "rich_text"}, {"elements", Json::array()}});
    used_ = 0;
  }
  std::vector<Json> blocks_;
  std::size_t used_ = 0;
};

}  // namespace

Json slack_blocks(const MessageText& message) {
  const std::vector<Line>& lines = message.lines;
  const std::vector<std::size_t> lengths = lengths_of(lines);
  const std::size_t mark = characters(kCutMark);
  const std::size_t kept = leading_lines(lengths, kSlackText - kSlackHeader, mark);
  RichText text;
  for (std::size_t at = 0; at < kept; ++at) text.add(element_of(lines[at]), lengths[at]);
  if (kept < lines.size()) {
    text.add(element_of({{.text = "…"}}), mark);
    text.add(element_of(lines.back()), lengths.back());
  }
  const std::string title = cut_escaped(slack_escaped(message.title), kSlackHeader);
  Json blocks = Json::array(
      {{{"type", "header"}, {"text", {{"type", "plain_text"}, {"text", title}, {"emoji", false}}}}});
  for (Json& block : text.take()) blocks.push_back(std::move(block));
  return blocks;
}

std::string slack_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) {
    if (c == '&')
      escaped += "&amp;";
    else if (c == '<')
      escaped += "&lt;";
    else if (c == '>')
      escaped += "&gt;";
    else
      escaped += c;
    if (c == '@') escaped += "\u200B";
  }
  return escaped;
}

}  // namespace runneriq::alerting
