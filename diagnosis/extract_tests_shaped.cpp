#include "diagnosis/characters.hpp"
#include "diagnosis/extractors_of_runs.hpp"

#include <algorithm>
#include <array>

namespace runneriq::diagnosis {
namespace {

// Which pairs of neighbouring bytes a text holds, in 256 bits: most patterns are refused without a look at
// it.
class Pairs {
 public:
  static Pairs of(std::string_view text) {
    Pairs pairs;
    for (std::size_t at = 1; at < text.size(); ++at) pairs.add(text[at - 1], text[at]);
    return pairs;
  }

  // Those that a text must hold to be like `pattern`, one alternative.
  static Pairs wanted_by(std::string_view pattern) {
    Pairs pairs;
    bool literal = false;
    char before = 0;
    for (std::size_t at = 0; at < pattern.size(); ++at) {
      const bool escaped = pattern[at] == '\\' && at + 1 < pattern.size();
      if (escaped) ++at;
      const bool wild = !escaped && std::string_view{"%#@?"}.find(pattern[at]) != std::string_view::npos;
      if (!wild && literal) pairs.add(before, pattern[at]);
      literal = !wild;
      before = pattern[at];
    }
    return pairs;
  }

  [[nodiscard]] bool hold(const Pairs& wanted) const {
    std::uint64_t missing = 0;
    for (std::size_t word = 0; word < bits_.size(); ++word) missing |= wanted.bits_[word] & ~bits_[word];
    return missing == 0;
  }

 private:
  void add(char first, char second) {
    const auto pair = static_cast<std::uint32_t>(static_cast<unsigned char>(first)) << 8 |
                      static_cast<std::uint32_t>(static_cast<unsigned char>(second));
    const std::uint32_t bit = pair * 0x9E3779B1U >> 24;
    bits_[bit >> 6] |= std::uint64_t{1} << (bit & 63);
  }

  std::array<std::uint64_t, 4> bits_{};
};

constexpr bool is_wild(char c) {
  return c == '%' || c == '#' || c == '@' || c == '?';
}

// RunShapes by the first or the last byte that their titles can have.
class Titles {
 public:
  explicit Titles(std::span<const RunShapes> families) {
    for (const RunShapes family : families) {
      for (const RunShape& shape : family) add(shape);
    }
  }

  [[nodiscard]] std::size_t shapes() const { return count_; }

  // Calls `take(shape, its number)` for each title that `text` is like, until it says true.
  template <class Take>
  void find(std::string_view text, Take take) const {
    if (text.empty()) return;
    const Pairs pairs = Pairs::of(text);
    const auto tried = [&](const Entry& entry) {
      return pairs.hold(entry.wanted) && like(text, entry.title) && take(*entry.shape, entry.number);
    };
    if (std::ranges::any_of(by_first_[slot(text.front())], tried)) return;
    if (std::ranges::any_of(by_last_[slot(text.back())], tried)) return;
    (void)std::ranges::any_of(others_, tried);
  }

 private:
  struct Entry {
    std::string_view title;
    Pairs wanted;
    const RunShape* shape = nullptr;
    std::size_t number = 0;
  };
  using Entries = std::vector<Entry>;

  void add(const RunShape& shape) {
    for (std::string_view rest = shape.title; !rest.empty();) {
      const std::string_view title = rest.substr(0, rest.find('|'));
      file({.title = title, .wanted = Pairs::wanted_by(title), .shape = &shape, .number = count_});
      rest.remove_prefix(std::min(title.size() + 1, rest.size()));
    }
    ++count_;
  }

  void file(const Entry& entry) {
    const std::string_view title = entry.title;
    const bool number = title.front() == '#' || title.front() == '@';
    if (number || !is_wild(title.front())) {
      const char first = title.front() == '\\' ? title[1] : title.front();
      by_first_[slot(number ? '0' : first)].push_back(entry);
    } else {
      (is_wild(title.back()) ? others_ : by_last_[slot(title.back())]).push_back(entry);
    }
  }

  // All digits share one.
  static std::size_t slot(char byte) { return static_cast<unsigned char>(is_digit(byte) ? '0' : byte); }

  std::array<Entries, 256> by_first_, by_last_;
  Entries others_;
  std::size_t count_ = 0;
};

bool fits(const RunLines& lines, std::size_t at, const RunShape& shape) {
  if (!shape.except.empty() && like(lines[at].text, shape.except)) return false;
  if (!shape.previous.empty() && (at == 0 || !like(lines[at - 1].text, shape.previous))) return false;
  if (shape.next.empty()) return true;
  const std::size_t next = lines.next_text(at + 1);
  return next < lines.size() && !lines.breaks_at(next) && like(lines[next].text, shape.next);
}

std::size_t top_of(const RunLines& lines, std::size_t title, std::size_t least, const RunShape& shape) {
  for (std::size_t at = title; at > least && !lines[at].parted; --at) {
    const std::string_view above = lines[at - 1].text;
    if (like(above, shape.top)) return at == title ? title : at - 1;
    if (like(above, shape.stop) || like(above, shape.title) || lines.breaks_at(at - 1)) break;
  }
  return title;
}

std::size_t first_of(const RunLines& lines, std::size_t at, const RunShape& shape) {
  const std::size_t least = at - std::min(at, kMostBefore);
  std::size_t first = at;
  if (!shape.top.empty()) return top_of(lines, at, least, shape);
  while (!shape.before.empty() && first > least && !lines[first].parted &&
         like(lines[first - 1].text, shape.before)) {
    --first;
  }
  return first;
}

bool goes_on_in_text(const RunLine& title, const RunLine& line, const RunShape& shape) {
  const bool deeper = line.indent > title.indent;
  if (shape.body == RunBody::deeper && !deeper) return false;
  if (shape.body == RunBody::commented && !deeper && line.text.front() != '#') return false;
  if (!shape.stop.empty() && like(line.text, shape.stop)) return false;
  if (shape.body == RunBody::deeper) return true;
  return like(line.text, shape.title) == (shape.body == RunBody::same);
}

bool goes_on(const RunLine& title, const RunLine& line, const RunShape& shape) {
  if (!line.text.empty()) return goes_on_in_text(title, line, shape);
  if (shape.body == RunBody::paragraph || shape.body == RunBody::same) return false;
  return !like(line.text, shape.stop);
}

constexpr std::size_t kMostLooks = 16;  // at a line, on average, for the ends of reports

struct Reached {
  std::size_t last = 0;    // of the report
  std::size_t looked = 0;  // the first line that was not looked at for it
};

// The report whose title stands at `title`. One that does not end within `longest` lines is as long as its
// first paragraph.
Reached end_of(const RunLines& lines, std::size_t title, const RunShape& shape, std::size_t longest) {
  if (shape.body == RunBody::line) return {.last = title, .looked = title + 1};
  const std::size_t limit = std::min(lines.size(), title + longest);
  std::size_t at = title + 1;
  for (; at < limit && !lines.breaks_at(at); ++at) {
    if (!shape.end.empty() && like(lines[at].text, shape.end)) return {.last = at, .looked = at + 1};
    if (!goes_on(lines[title], lines[at], shape)) break;
  }
  if (at < limit || at == lines.size()) return {.last = at - 1, .looked = at};
  std::size_t last = title;
  while (last + 1 < at && !lines[last + 1].text.empty()) ++last;
  return {.last = last, .looked = at};
}

std::size_t head_of(const RunLines& lines, const Block& block, const RunShape& shape, std::size_t title) {
  if (shape.head.empty()) return title;
  for (std::size_t at = block.first; at <= block.last; ++at) {
    if (like(lines[at].text, shape.head)) return at;
  }
  return title;
}

Block block_of(const RunLines& lines, std::size_t title, std::size_t last, const RunShape& shape) {
  Block block{.first = first_of(lines, title, shape),
              .last = last,
              .head = title,
              .kind = shape.kind,
              .weight = shape.weight,
              .failure_class = shape.failure_class,
              .why = shape.why};
  block.head = head_of(lines, block, shape, title);
  without_rulers(lines, block);
  return block;
}

}  // namespace

void add_shaped_blocks(const RunLines& lines, std::span<const RunShapes> families, Extractor extractor,
                       std::vector<Block>& blocks) {
  const Titles titles(families);
  std::vector<std::size_t> busy_until(titles.shapes(), 0);  // by shape: what one report holds is no other
  std::size_t budget = kMostLooks * lines.size() + kLongestReport;
  for (std::size_t at = 0; at < lines.size(); ++at) {
    titles.find(lines[at].text, [&](const RunShape& shape, std::size_t number) {
      if (at < busy_until[number] || !fits(lines, at, shape)) return false;
      const Reached end = end_of(lines, at, shape, std::min(budget, kLongestReport));
      budget -= end.looked - at - 1;
      Block block = block_of(lines, at, end.last, shape);
      block.extractor = extractor;
      busy_until[number] = end.looked;
      blocks.push_back(block);
      return true;
    });
  }
}

}  // namespace runneriq::diagnosis
