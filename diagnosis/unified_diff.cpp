#include "diagnosis/characters.hpp"
#include "diagnosis/culprit.hpp"

#include <algorithm>
#include <charconv>
#include <set>

namespace runneriq::diagnosis {
namespace {

constexpr std::size_t kMostFiles = 1'000, kMostSymbols = 200, kMostRuns = 10'000;
constexpr int kLastLine = 100'000'000;
constexpr std::size_t kShortestSymbol = 4, kLongestSymbol = 80, kLongestPath = 1'000;  // bytes

std::string_view without_prefix(std::string_view path) {
  return path.starts_with("a/") || path.starts_with("b/") ? path.substr(2) : path;
}

// Without a time behind it, a line end and quotes; "" for what is no file.
std::string plain_path(std::string_view path) {
  path = path.substr(0, path.find('\t'));
  while (!path.empty() && (path.back() == '\r' || path.back() == ' ')) path.remove_suffix(1);
  if (path.size() >= 2 && path.front() == '"' && path.back() == '"') path = path.substr(1, path.size() - 2);
  return path == "/dev/null" || path.size() > kLongestPath ? std::string{} : std::string(path);
}

// "--- a/src/x.cpp<TAB>date", "+++ /dev/null", names in quotes.
std::string path_in(std::string_view line) {
  return std::string(without_prefix(plain_path(line.substr(4))));
}

// "7" or "7,9" at the start of the text: a first line, and how many (1 where it is not told).
struct Range {
  int first = 0, count = 1;
};
std::optional<Range> range_at(std::string_view text) {
  Range range;
  const char* const end = text.data() + text.size();
  auto [at, error] = std::from_chars(text.data(), end, range.first);
  if (error != std::errc{} || range.first < 0 || range.first > kLastLine) return std::nullopt;
  if (at == end || *at != ',') return range;
  const auto counted = std::from_chars(at + 1, end, range.count);
  const bool fits = counted.ec == std::errc{} && range.count >= 0 && range.count <= kLastLine;
  return fits ? std::optional{range} : std::nullopt;
}

// "@@ -1,7 +3,9 @@ void f()"; none for what is no such line.
struct Hunk {
  Range before, after;
};
std::optional<Hunk> hunk_of(std::string_view line) {
  if (!line.starts_with("@@ -")) return std::nullopt;
  const std::size_t plus = line.find(" +");
  if (plus == std::string_view::npos) return std::nullopt;
  const auto before = range_at(line.substr(4)), after = range_at(line.substr(plus + 2));
  if (!before || !after) return std::nullopt;
  return Hunk{*before, *after};
}

// The parts of one file's change, line by line. How many lines a hunk has is told at its start, so that
// nothing within can be taken for the header of a file.
class FileChange {
 public:
  explicit FileChange(ChangedFile file) : file_(std::move(file)) {}

  // False: the line is of no hunk.
  bool take(std::string_view line) {
    if (take_within(line)) return true;
    const auto hunk = hunk_of(line);
    before_left_ = after_left_ = 0;
    if (!hunk) return false;
    line_ = hunk->after.first;
    before_left_ = hunk->before.count;
    after_left_ = hunk->after.count;
    return true;
  }

  ChangedFile finished() && {
    file_.symbols.assign(symbols_.begin(), symbols_.end());
    return std::move(file_);
  }

 private:
  bool take_within(std::string_view line) {
    // An empty line of the file, whose blank before it is lost.
    const char sign = line.empty() || line == "\r" ? ' ' : line.front();
    if (sign == '\\') return before_left_ > 0 || after_left_ > 0;
    const bool is_old = sign == '-' || sign == ' ', is_new = sign == '+' || sign == ' ';
    if ((!is_old && !is_new) || (is_old && before_left_ == 0) || (is_new && after_left_ == 0)) return false;
    if (sign == '+') add_line();
    if (sign != ' ') add_symbols(line.substr(1));
    if (is_old) --before_left_;
    if (is_new) {
      --after_left_;
      ++line_;
    }
    return true;
  }

  void add_line() {
    if (!file_.added.empty() && file_.added.back().second + 1 == line_) {
      file_.added.back().second = line_;
    } else if (file_.added.size() < kMostRuns) {
      file_.added.emplace_back(line_, line_);
    }
  }

  void add_symbols(std::string_view text) {
    for (std::size_t at = 0; at < text.size() && symbols_.size() < kMostSymbols;) {
      std::size_t end = at;
      while (end < text.size() && is_word(text[end])) ++end;
      const std::string_view word = text.substr(at, end - at);
      if (word.size() >= kShortestSymbol && word.size() <= kLongestSymbol && !is_digit(word.front()))
        symbols_.emplace(word);
      at = std::max(end, at + 1);
    }
  }

  ChangedFile file_;
  std::set<std::string, std::less<>> symbols_;
  int line_ = 0;
  int before_left_ = 0, after_left_ = 0;  // lines of the hunk that are to come
};

// Reads the files of a diff one after the other.
class DiffReading {
 public:
  void take(std::string_view line) {
    if (change_ && change_->take(line)) return;
    if (line.starts_with("diff --git ")) return finish();
    if (line.starts_with("--- ")) return begin(path_in(line));
    if (line.starts_with("+++ ")) return name(path_in(line));
    if (line.starts_with("rename from ")) old_path_ = plain_path(line.substr(12));
    if (line.starts_with("rename to ")) {
      name(plain_path(line.substr(10)));
      only_renamed_ = true;
    }
  }
  std::vector<ChangedFile> finished() && {
    finish();
    return std::move(files_);
  }

 private:
  void begin(std::string old_path) {
    if (only_renamed_) change_.reset();  // it is named again
    finish();
    old_path_ = std::move(old_path);
  }
  void name(std::string new_path) {
    ChangedFile file;
    file.path = new_path.empty() ? old_path_ : std::move(new_path);
    if (old_path_ != file.path) file.old_path = old_path_;
    if (!file.path.empty()) change_.emplace(std::move(file));
    only_renamed_ = false;
  }
  void finish() {
    if (change_ && files_.size() < kMostFiles) files_.push_back(std::move(*change_).finished());
    change_.reset();
    old_path_.clear();
    only_renamed_ = false;
  }

  std::vector<ChangedFile> files_;
  std::optional<FileChange> change_;
  std::string old_path_;
  bool only_renamed_ = false;  // so far
};

template <class Take>
void for_each_line(std::string_view text, Take take) {
  while (!text.empty()) {
    const std::size_t end = std::min(text.find('\n'), text.size());
    take(text.substr(0, end));
    text.remove_prefix(std::min(end + 1, text.size()));
  }
}

}  // namespace

std::vector<ChangedFile> changed_files(std::string_view unified_diff) {
  DiffReading reading;
  for_each_line(unified_diff, [&reading](std::string_view line) { reading.take(line); });
  return std::move(reading).finished();
}

ChangedFile changed_file(std::string_view new_path, std::string_view old_path, std::string_view hunks) {
  ChangedFile file;
  file.path = new_path.empty() ? old_path : new_path;
  if (old_path != file.path) file.old_path = old_path;
  FileChange change{std::move(file)};
  for_each_line(hunks, [&change](std::string_view line) { change.take(line); });
  return std::move(change).finished();
}

}  // namespace runneriq::diagnosis
