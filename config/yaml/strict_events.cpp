#include "config/yaml/strict_events.hpp"

#include "config/yaml/yaml_text.hpp"
#include "core/printable.hpp"

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <array>
#include <sstream>
#include <utility>

namespace runneriq::config {
namespace {

constexpr std::size_t kLargestFile = 1024 * 1024;
constexpr std::size_t kLongestScalar = 64 * 1024;
constexpr std::size_t kDeepest = 16;
constexpr std::size_t kMostValues = 10'000;
constexpr std::string_view kPlainTag = "?";
constexpr std::array<std::string_view, 3> kDefaultTags{"", kPlainTag, "!"};  // none, plain, quoted

int line_of(const YAML::Mark& mark) {
  return std::max(mark.line, 0) + 1;
}

void refuse_anchor(const YAML::Mark& mark, YAML::anchor_t anchor) {
  if (anchor == YAML::NullAnchor) return;
  throw Refusal(line_of(mark), "anchors ('&name') are not supported: write the value out");
}

void refuse_extras(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor) {
  refuse_anchor(mark, anchor);
  if (std::find(kDefaultTags.begin(), kDefaultTags.end(), tag) != kDefaultTags.end()) return;
  throw Refusal(line_of(mark), "the tag " + quoted_text(tag) + " is not supported: remove it");
}

tl::unexpected<Error> refuse(int line, std::string_view why) {
  return fail(Errc::invalid_argument, "line " + std::to_string(line) + ": " + std::string(why));
}

void feed(std::string_view text, StrictEvents& events) {
  std::istringstream stream{std::string(text)};
  YAML::Parser parser{stream};
  events.begin(text);
  while (parser.HandleNextDocument(events)) {
  }
}

}  // namespace

void StrictEvents::OnDocumentStart(const YAML::Mark& mark) {
  if (documents_++ > 0) throw Refusal(line_of(mark), "a second document begins here: keep one per file");
}

void StrictEvents::OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) {
  refuse_anchor(mark, anchor);
  if (awaits_key()) throw Refusal(line_of(mark), "a key is missing: a key is plain text");
  take_value({.kind = Kind::nothing, .line = line_of(mark)});
}

void StrictEvents::OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                            const std::string& text) {
  refuse_extras(mark, tag, anchor);
  if (text.size() > kLongestScalar) throw Refusal(line_of(mark), "this text is longer than 64 KiB");
  refuse_open_quote(mark);
  if (awaits_key()) {
    take_key(text, line_of(mark));
  } else {
    take_value({.text = text, .plain = tag == kPlainTag, .line = line_of(mark)});
  }
}

void StrictEvents::OnAlias(const YAML::Mark& mark, YAML::anchor_t /*anchor*/) {
  throw Refusal(line_of(mark), "aliases ('*name') are not supported: write the value out");
}

void StrictEvents::OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                                   YAML::EmitterStyle::value /*style*/) {
  refuse_extras(mark, tag, anchor);
  enter(Container::Shape::list, line_of(mark));
}

void StrictEvents::OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                              YAML::EmitterStyle::value /*style*/) {
  refuse_extras(mark, tag, anchor);
  enter(Container::Shape::mapping, line_of(mark));
}

void StrictEvents::refuse_open_quote(const YAML::Mark& mark) const {
  const auto at = static_cast<std::size_t>(std::max(mark.pos, 0));
  const bool in_quotes = at < text_.size() && (text_[at] == '"' || text_[at] == '\'');
  if (in_quotes && !is_closed(text_.substr(at))) {
    throw Refusal(line_of(mark), "the quote that opens here is never closed");
  }
}

bool StrictEvents::awaits_key() const {
  return !open_.empty() && open_.back().shape == Container::Shape::mapping && !open_.back().has_key;
}

void StrictEvents::take_key(const std::string& key, int line) {
  Container& mapping = open_.back();
  const auto [earlier, is_new] = mapping.keys.emplace(key, line);
  if (!is_new) {
    throw Refusal(line, "the key " + quoted_text(key) + " stands here for the second time, first in line " +
                            std::to_string(earlier->second) + ": keep one of them");
  }
  check_key(key, line);
  mapping.key = key;
  mapping.key_line = line;
  mapping.has_key = true;
}

void StrictEvents::enter(Container::Shape shape, int line) {
  if (awaits_key())
    throw Refusal(line, "a list or mapping stands in the place of a key: a key is plain text");
  if (open_.size() >= kDeepest) throw Refusal(line, "this is nested deeper than 16 levels");
  entered(shape, line);
  open_.push_back({.shape = shape, .line = line});
}

void StrictEvents::leave() {
  const Container closed = std::move(open_.back());
  open_.pop_back();
  left(closed);
  if (open_.empty()) return;
  if (closed.size == 0) {
    take_value({.kind = Kind::empty, .line = closed.line});
  } else {
    count_value();
  }
}

void StrictEvents::take_value(const Value& value) {
  read(value);
  if (open_.empty()) return;
  if (++values_ > kMostValues) throw Refusal(value.line, "the file has more than 10,000 values");
  count_value();
}

void StrictEvents::count_value() {
  ++open_.back().size;
  open_.back().has_key = false;
}

Result<void> read_strictly(std::string_view text, StrictEvents& events) {
  if (text.size() > kLargestFile) return refuse(1, "the file is larger than 1 MiB");
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  if (const auto garbage = find_garbage(text)) {
    return refuse(line_at(text, *garbage), "a byte here is no text in UTF-8: save the file as plain UTF-8");
  }
  if (const auto tab = find_tab_indentation(text)) {
    return refuse(line_at(text, *tab), "a tab indents this line: use spaces");
  }
  try {
    feed(text, events);
    return {};
  } catch (const Refusal& refusal) {
    return refuse(refusal.line, refusal.what());
  } catch (const YAML::Exception& exception) {
    return refuse(line_of(exception.mark), "this is no valid YAML: " + printable(exception.msg));
  }
}

}  // namespace runneriq::config
