#include "config/yaml/ci_config_document.hpp"

#include "config/yaml/strict_events.hpp"
#include "config/yaml/yaml_text.hpp"
#include "core/printable.hpp"

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <optional>
#include <sstream>
#include <utility>

namespace runneriq::config {
namespace {

using gitlab::CiKey;
using gitlab::CiNode;
using Kind = CiNode::Kind;

constexpr std::size_t kLargestFile = std::size_t{2} << 20;
constexpr std::size_t kDeepest = 64;
constexpr std::size_t kMostValues = 100'000;
constexpr std::string_view kQuotedTag = "!";
constexpr const char* kTab = "a tab indents this line: use spaces";

int line_of(const YAML::Mark& mark) {
  return std::max(mark.line, 0) + 1;
}

std::string tag_of(const std::string& tag) {
  return tag == "?" || tag == kQuotedTag ? "" : tag;
}

// Collects the parser's events as nodes.
class NodeCollector final : public YAML::EventHandler {
 public:
  NodeCollector(std::string_view text, std::size_t skipped) : text_(text), skipped_(skipped) {}

  [[nodiscard]] std::vector<CiNode> documents() && { return std::move(documents_); }
  // The first line behind each block of literal text, and the line in which that begins.
  [[nodiscard]] const std::vector<std::pair<int, int>>& blocks() const { return blocks_; }
  void close_blocks(int line) {
    if (block_ > 0) blocks_.emplace_back(std::exchange(block_, 0), line);
  }

  void OnDocumentStart(const YAML::Mark& mark) override {
    close_blocks(line_of(mark));
    if (documents_.size() == 2)
      throw Refusal(line_of(mark), "a third document begins here: GitLab reads two");
    documents_.emplace_back();
  }
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    take(node(mark, Kind::nothing, "", anchor));
  }
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    take(node(mark, Kind::alias, "", anchor));
  }
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    CiNode scalar = node(mark, Kind::scalar, tag, anchor);
    scalar.text = text;
    scalar.quoted = tag == kQuotedTag;
    refuse_open_quote(scalar);
    take(std::move(scalar));
    if (is_block(mark)) block_ = line_of(mark);
  }
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) override {
    enter(mark, Kind::list, tag, anchor, style);
  }
  void OnSequenceEnd() override { leave(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) override {
    enter(mark, Kind::mapping, tag, anchor, style);
  }
  void OnMapEnd() override { leave(); }

 private:
  CiNode node(const YAML::Mark& mark, Kind kind, const std::string& tag, YAML::anchor_t anchor) {
    // An empty value is noticed where the next begins.
    if (kind != Kind::nothing) close_blocks(line_of(mark));
    if (++values_ > kMostValues) throw Refusal(line_of(mark), "the file has more than 100,000 values");
    return {.kind = kind,
            .tag = tag_of(tag),
            .anchor = anchor,
            .at = static_cast<std::size_t>(std::max(mark.pos, 0)) + skipped_,
            .line = line_of(mark)};
  }
  // Text after `|` or `>`, which stand behind anchor and tag.
  [[nodiscard]] bool is_block(const YAML::Mark& mark) const {
    const std::size_t at = static_cast<std::size_t>(std::max(mark.pos, 0));
    const std::string_view rest = text_.substr(std::min(at, text_.size()));
    const std::string_view line = rest.substr(0, rest.find('\n'));
    if (line.starts_with('"') || line.starts_with('\'')) return false;
    return line.find_first_of("|>") != std::string_view::npos;
  }
  void refuse_open_quote(const CiNode& scalar) const {
    const std::size_t at = scalar.at - skipped_;
    const bool in_quotes = at < text_.size() && (text_[at] == '"' || text_[at] == '\'');
    if (in_quotes && !is_closed(text_.substr(at))) {
      throw Refusal(scalar.line, "the quote that opens here is never closed");
    }
  }
  void enter(const YAML::Mark& mark, Kind kind, const std::string& tag, YAML::anchor_t anchor,
             YAML::EmitterStyle::value style) {
    if (open_.size() >= kDeepest) throw Refusal(line_of(mark), "this is nested deeper than 64 levels");
    CiNode container = node(mark, kind, tag, anchor);
    container.flow = style == YAML::EmitterStyle::Flow;
    if (awaits_key()) throw Refusal(line_of(mark), "a list or mapping stands in the place of a key");
    open_.push_back(std::move(container));
  }
  void leave() {
    CiNode closed = std::move(open_.back());
    open_.pop_back();
    take(std::move(closed));
  }
  [[nodiscard]] bool awaits_key() const {
    return !open_.empty() && open_.back().kind == Kind::mapping &&
           open_.back().keys.size() == open_.back().items.size();
  }
  void take(CiNode value) {
    if (open_.empty()) {
      documents_.back() = std::move(value);
    } else if (awaits_key()) {
      if (value.kind != Kind::scalar) throw Refusal(value.line, "a key is plain text");
      open_.back().keys.push_back({.name = std::move(value.text), .at = value.at, .line = value.line});
    } else {
      open_.back().items.push_back(std::move(value));
    }
  }

  std::string_view text_;
  std::size_t skipped_;
  std::size_t values_ = 0;
  int block_ = 0;
  std::vector<std::pair<int, int>> blocks_;
  std::vector<CiNode> open_;
  std::vector<CiNode> documents_;
};

tl::unexpected<Error> refuse(int line, const std::string& why) {
  return fail(Errc::invalid_argument, "line " + std::to_string(line) + ": " + why);
}

// Tabs may indent what stands in a block of literal text.
void refuse_tabs(std::string_view text, const std::vector<std::pair<int, int>>& blocks) {
  std::size_t from = 0;
  while (const auto tab = find_tab_indentation(text, from)) {
    const int line = line_at(text, *tab);
    const bool literal = std::ranges::any_of(
        blocks, [&](const auto& block) { return block.first < line && line < block.second; });
    const std::size_t content = text.find_first_not_of(" \t", *tab);
    const bool comment = content != std::string_view::npos && text[content] == '#';
    if (!literal && !comment) throw Refusal(line, kTab);
    from = std::min(text.find('\n', *tab), text.size() - 1) + 1;
  }
}

std::vector<CiNode> collected(std::string_view text, std::size_t skipped) {
  std::istringstream stream{std::string(text)};
  YAML::Parser parser{stream};
  NodeCollector collector{text, skipped};
  while (parser.HandleNextDocument(collector)) {
  }
  collector.close_blocks(line_at(text, text.size()) + 1);
  refuse_tabs(text, collector.blocks());
  return std::move(collector).documents();
}

// The parser has many words for a tab.
std::string trouble_in(std::string_view text, const YAML::Exception& exception) {
  for (auto tab = find_tab_indentation(text); tab;
       tab = find_tab_indentation(text, text.find('\n', *tab) + 1)) {
    if (line_at(text, *tab) == line_of(exception.mark)) return kTab;
    if (text.find('\n', *tab) == std::string_view::npos) break;
  }
  return "this is no valid YAML: " + printable(exception.msg);
}

Result<CiNode> configuration_of(std::vector<CiNode> documents) {
  if (documents.empty()) return refuse(1, "the file is empty: there is no job in it");
  if (documents.size() == 2 && gitlab::value_of(documents.front(), "spec") == nullptr) {
    return refuse(documents.back().line, "a second document begins here: only a header with 'spec:' has one");
  }
  CiNode root = std::move(documents.back());
  if (root.kind == Kind::mapping) return root;
  return refuse(root.line == 0 ? 1 : root.line, "a CI configuration is a mapping of 'name: value' lines");
}

}  // namespace

Result<CiNode> parse_ci_config(std::string_view text) {
  if (text.size() > kLargestFile) return refuse(1, "the file is larger than 2 MiB");
  if (const auto garbage = find_garbage(text)) {
    return refuse(line_at(text, *garbage), "a byte here is no text in UTF-8: save the file as plain UTF-8");
  }
  const std::size_t skipped = text.starts_with(kByteOrderMark) ? kByteOrderMark.size() : 0;
  try {
    return configuration_of(collected(text.substr(skipped), skipped));
  } catch (const Refusal& refusal) {
    return refuse(refusal.line, refusal.what());
  } catch (const YAML::Exception& exception) {
    return refuse(line_of(exception.mark), trouble_in(text, exception));
  }
}

}  // namespace runneriq::config
