#include "config/yaml/document.hpp"

#include "core/printable.hpp"
#include "core/utf8.hpp"

#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <map>
#include <optional>
#include <sstream>
#include <stdexcept>
#include <string>
#include <utility>

namespace runneriq::config {
namespace {

using Kind = DocumentEntry::Kind;

constexpr std::string_view kTopKey = "runneriq";
constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";
constexpr std::size_t kLargestFile = 1024 * 1024;
constexpr std::size_t kLongestScalar = 64 * 1024;
constexpr std::size_t kDeepest = 16;
constexpr std::size_t kMostEntries = 10'000;
constexpr std::array<std::string_view, 3> kDefaultTags{"", "?", "!"};  // none, plain, quoted

// The way out of the parser's events; it never leaves this file.
struct Refusal : std::runtime_error {
  Refusal(int at_line, const std::string& why) : std::runtime_error(why), line(at_line) {}
  int line;
};

int line_of(const YAML::Mark& mark) {
  return std::max(mark.line, 0) + 1;
}

// The quote comes first, so that printable() leaves the slash of a path as it is.
// Whether the quote at the start of `text` is closed. The parser takes the end of the file for
// the end of the quote.
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

// A mapping or a list that the parser is inside of.
struct Container {
  enum class Shape { mapping, list };
  Shape shape = Shape::mapping;
  int line = 0;
  bool has_key = false;  // of a mapping: the key has been read, its value comes next
  std::string key{};
  int key_line = 0;
  std::map<std::string, int> keys{};  // with their lines
  std::size_t size = 0;               // values so far
};

// Turns the parser's events into entries, or refuses.
class Collector final : public YAML::EventHandler {
 public:
  // `text` is what is parsed.
  explicit Collector(std::string_view text) : text_(text) {}

  [[nodiscard]] std::vector<DocumentEntry> entries() && { return std::move(entries_); }

  void OnDocumentStart(const YAML::Mark& mark) override {
    if (documents_++ > 0) throw Refusal(line_of(mark), "a second document begins here: keep one per file");
  }
  void OnDocumentEnd() override {}

  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) override {
    refuse_anchor(mark, anchor);
    if (awaits_key()) throw Refusal(line_of(mark), "a key is missing: a key is plain text");
    value(Kind::nothing, {}, line_of(mark));
  }

  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) override {
    refuse_extras(mark, tag, anchor);
    if (text.size() > kLongestScalar) throw Refusal(line_of(mark), "this text is longer than 64 KiB");
    refuse_open_quote(mark);
    if (awaits_key()) {
      take_key(text, line_of(mark));
    } else {
      value(Kind::scalar, text, line_of(mark));
    }
  }

  void OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) override {
    throw Refusal(line_of(mark), "aliases ('*name') are not supported: write the value out");
  }

  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value /*style*/) override {
    refuse_extras(mark, tag, anchor);
    enter(Container::Shape::list, line_of(mark));
  }
  void OnSequenceEnd() override { leave(); }

  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value /*style*/) override {
    refuse_extras(mark, tag, anchor);
    enter(Container::Shape::mapping, line_of(mark));
  }
  void OnMapEnd() override { leave(); }

 private:
  static void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
    if (anchor == YAML::NullAnchor) return;
    throw Refusal(line_of(mark), "anchors ('&name') are not supported: write the value out");
  }
  static void refuse_extras(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
    refuse_anchor(mark, anchor);
    if (std::find(kDefaultTags.begin(), kDefaultTags.end(), tag) != kDefaultTags.end()) return;
    throw Refusal(line_of(mark), "the tag " + quoted_text(tag) + " is not supported: remove it");
  }

  void refuse_open_quote(const YAML::Mark& mark) const {
    const auto at = static_cast<std::size_t>(std::max(mark.pos, 0));
    const bool quoted_text = at < text_.size() && (text_[at] == '"' || text_[at] == '\'');
    if (quoted_text && !is_closed(text_.substr(at))) {
      throw Refusal(line_of(mark), "the quote that opens here is never closed");
    }
  }

  [[nodiscard]] bool awaits_key() const {
    return !open_.empty() && open_.back().shape == Container::Shape::mapping && !open_.back().has_key;
  }

  void take_key(const std::string& key, int line) {
    Container& mapping = open_.back();
    const auto [earlier, is_new] = mapping.keys.emplace(key, line);
    if (!is_new) {
      throw Refusal(line, "the key " + quoted_text(key) + " stands here for the second time, first in line " +
                              std::to_string(earlier->second) + ": keep one of them");
    }
    if (open_.size() == 1 && key != kTopKey) refuse_top_key(key, line);
    mapping.key = key;
    mapping.key_line = line;
    mapping.has_key = true;
  }

  [[noreturn]] static void refuse_top_key(const std::string& key, int line) {
    constexpr std::array known{kTopKey};
    const bool slip = !nearest(key, known).empty();
    throw Refusal(line, "unknown top key " + quoted_text(key) +
                            (slip ? ", did you mean 'runneriq'?"
                                  : ": all settings stand indented below the one top key 'runneriq:'"));
  }

  void enter(Container::Shape shape, int line) {
    if (awaits_key())
      throw Refusal(line, "a list or mapping stands in the place of a key: a key is plain text");
    if (open_.size() >= kDeepest) throw Refusal(line, "this is nested deeper than 16 levels");
    const bool where_the_top_belongs = open_.empty() || open_.size() == 1;
    if (where_the_top_belongs && shape == Container::Shape::list) refuse_list_at_top(line);
    open_.push_back({.shape = shape, .line = line});
  }

  [[noreturn]] void refuse_list_at_top(int line) const {
    throw Refusal(line, open_.empty() ? "the file is a list: settings stand below the one top key 'runneriq:'"
                                      : "'runneriq:' holds a list: it holds sections such as 'executor:'");
  }

  void leave() {
    const Container closed = std::move(open_.back());
    open_.pop_back();
    if (open_.empty()) return;
    if (closed.size == 0) {
      value(Kind::empty, {}, closed.line);
    } else {
      count_value();
    }
  }

  // A value that is no container with content.
  void value(Kind kind, const std::string& text, int line) {
    if (open_.size() <= 1 && kind == Kind::scalar) {
      throw Refusal(line,
                    "settings stand as 'name: value' lines, indented below the one top key 'runneriq:'");
    }
    if (open_.size() > 1) add_entry(kind, text, line);
    if (!open_.empty()) count_value();
  }

  void add_entry(Kind kind, const std::string& text, int line) {
    if (entries_.size() >= kMostEntries) throw Refusal(line, "the file has more than 10,000 values");
    const Container& parent = open_.back();
    // The parser finds out that a value is missing some lines later.
    const int told = parent.has_key ? parent.key_line : line;
    entries_.push_back({.path = path(), .text = text, .line = told, .kind = kind});
  }

  [[nodiscard]] std::vector<std::string> path() const {
    std::vector<std::string> elements;
    for (std::size_t level = 1; level < open_.size(); ++level) {
      const Container& container = open_[level];
      const bool list = container.shape == Container::Shape::list;
      elements.push_back(list ? std::to_string(container.size) : container.key);
    }
    return elements;
  }

  void count_value() {
    ++open_.back().size;
    open_.back().has_key = false;
  }

  std::string_view text_;
  int documents_ = 0;
  std::vector<Container> open_;  // from the top of the document
  std::vector<DocumentEntry> entries_;
};

tl::unexpected<Error> refuse(int line, std::string_view why) {
  return fail(Errc::invalid_argument, "line " + std::to_string(line) + ": " + std::string(why));
}

// The place of the first byte that no configuration holds: the parser takes some of them for
// the end of the text.
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

// Where a tab indents something: the parser reads on as if it was part of the line before.
std::optional<std::size_t> find_tab_indentation(std::string_view text) {
  for (std::size_t line = 0; line < text.size();) {
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

std::vector<DocumentEntry> collect(std::string_view text) {
  std::istringstream stream{std::string(text)};
  YAML::Parser parser{stream};
  Collector collector{text};
  while (parser.HandleNextDocument(collector)) {
  }
  return std::move(collector).entries();
}

}  // namespace

Result<std::vector<DocumentEntry>> parse_yaml_document(std::string_view text) {
  if (text.size() > kLargestFile) return refuse(1, "the file is larger than 1 MiB");
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (const auto garbage = find_garbage(text)) {
    return refuse(line_at(text, *garbage), "a byte here is no text in UTF-8: save the file as plain UTF-8");
  }
  if (const auto tab = find_tab_indentation(text)) {
    return refuse(line_at(text, *tab), "a tab indents this line: use spaces");
  }
  try {
    return collect(text);
  } catch (const Refusal& refusal) {
    return refuse(refusal.line, refusal.what());
  } catch (const YAML::Exception& exception) {
    return refuse(line_of(exception.mark), "this is no valid YAML: " + printable(exception.msg));
  }
}

}  // namespace runneriq::config
