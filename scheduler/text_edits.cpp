#include "scheduler/text_edits.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::scheduler {
namespace {

constexpr std::size_t kContext = 3;
constexpr std::string_view kNoNewline = "\\ No newline at end of file\n";

void sort(std::vector<TextEdit>& edits) {
  std::ranges::stable_sort(edits, {}, &TextEdit::at);
}

// Each with its newline, if it has one.
std::vector<std::string_view> whole_lines(std::string_view text) {
  std::vector<std::string_view> lines;
  while (!text.empty()) {
    const std::size_t end = text.find('\n');
    const std::size_t length = end == std::string_view::npos ? text.size() : end + 1;
    lines.push_back(text.substr(0, length));
    text.remove_prefix(length);
  }
  return lines;
}

struct DiffLine {
  char mark = ' ';  // as in the patch
  std::string text{};
};

// Line by line with the edits that begin in it.
class LineDiff {
 public:
  LineDiff(std::string_view text, std::vector<TextEdit> edits) : edits_(std::move(edits)) {
    sort(edits_);
    std::size_t at = 0;
    const std::vector<std::string_view> lines = whole_lines(text);
    for (std::size_t line = 0; line < lines.size(); ++line) {
      take(lines[line], at, line + 1 == lines.size());
      at += lines[line].size();
    }
    if (lines.empty()) take({}, 0, true);
  }
  [[nodiscard]] std::vector<DiffLine> lines() && { return std::move(lines_); }

 private:
  void take(std::string_view line, std::size_t at, bool last) {
    std::vector<TextEdit> here;
    const std::size_t end = at + line.size() + (last ? 1 : 0);
    for (; next_ < edits_.size() && edits_[next_].at < end; ++next_) {
      TextEdit edit = edits_[next_];
      edit.at -= at;
      here.push_back(std::move(edit));
    }
    add_change(line, edited(line, std::move(here)));
  }
  // What is new in front of a line that stays, or behind it, is no change of that line.
  void add_change(std::string_view before, const std::string& after) {
    const bool ends = before.empty() || before.ends_with('\n');
    if (ends && after.ends_with(before)) {
      const std::string_view added = std::string_view(after).substr(0, after.size() - before.size());
      if (added.empty() || added.ends_with('\n')) {
        add('+', added);
        return add(' ', before);
      }
    }
    if (ends && !before.empty() && after.starts_with(before)) {
      add(' ', before);
      return add('+', std::string_view(after).substr(before.size()));
    }
    add('-', before);
    add('+', after);
  }
  void add(char mark, std::string_view text) {
    for (const std::string_view line : whole_lines(text)) lines_.push_back({mark, std::string(line)});
  }

  std::vector<TextEdit> edits_;
  std::size_t next_ = 0;
  std::vector<DiffLine> lines_;
};

// From the first line of a hunk to behind its last.
struct Hunk {
  std::size_t begin = 0;
  std::size_t end = 0;
};

std::vector<Hunk> hunks_of(const std::vector<DiffLine>& lines) {
  std::vector<Hunk> hunks;
  for (std::size_t at = 0; at < lines.size(); ++at) {
    if (lines[at].mark == ' ') continue;
    const std::size_t begin = at > kContext ? at - kContext : 0;
    const std::size_t end = std::min(lines.size(), at + 1 + kContext);
    if (!hunks.empty() && begin <= hunks.back().end) {
      hunks.back().end = end;
    } else {
      hunks.push_back({begin, end});
    }
  }
  return hunks;
}

std::size_t count_of(const std::vector<DiffLine>& lines, std::size_t begin, std::size_t end, char unlike) {
  std::size_t count = 0;
  for (std::size_t at = begin; at < end; ++at) count += lines[at].mark != unlike ? 1 : 0;
  return count;
}

// "12,7": the first line and how many; a range without lines names the line before it.
std::string range(std::size_t before, std::size_t count) {
  return std::to_string(count == 0 ? before : before + 1) + "," + std::to_string(count);
}

std::string hunk_text(const std::vector<DiffLine>& lines, const Hunk& hunk) {
  const std::size_t old_count = count_of(lines, hunk.begin, hunk.end, '+');
  const std::size_t new_count = count_of(lines, hunk.begin, hunk.end, '-');
  std::string text = "@@ -" + range(count_of(lines, 0, hunk.begin, '+'), old_count) + " +" +
                     range(count_of(lines, 0, hunk.begin, '-'), new_count) + " @@\n";
  for (std::size_t at = hunk.begin; at < hunk.end; ++at) {
    text += lines[at].mark + lines[at].text;
    if (!lines[at].text.ends_with('\n')) (text += '\n') += kNoNewline;
  }
  return text;
}

// A name with a blank ends at a tab.
std::string header(std::string_view mark, std::string_view side, std::string_view path) {
  const std::string_view end = path.find(' ') == std::string_view::npos ? "\n" : "\t\n";
  return std::string(mark) + " " + std::string(side) + "/" + std::string(path) + std::string(end);
}

}  // namespace

std::string edited(std::string_view text, std::vector<TextEdit> edits) {
  sort(edits);
  std::string result;
  std::size_t done = 0;
  for (const TextEdit& edit : edits) {
    result += text.substr(done, edit.at - done);
    result += edit.text;
    done = edit.at + edit.removed;
  }
  return result += text.substr(done);
}

std::string unified_diff(std::string_view path, std::string_view text, const std::vector<TextEdit>& edits) {
  if (edits.empty()) return "";
  const std::vector<DiffLine> lines = LineDiff(text, edits).lines();
  std::string diff = header("---", "a", path) + header("+++", "b", path);
  for (const Hunk& hunk : hunks_of(lines)) diff += hunk_text(lines, hunk);
  return diff;
}

}  // namespace runneriq::scheduler
