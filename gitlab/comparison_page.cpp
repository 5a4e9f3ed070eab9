// What GitLab tells of the changes between two commits.
#include "core/lines.hpp"
#include "gitlab/json_reader.hpp"
#include "gitlab/pipeline_pages.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <charconv>
#include <system_error>
#include <utility>

namespace runneriq::gitlab {
namespace {

using Json = nlohmann::json;

// None: a path that GitLab did not tell, or that is cut would be another's.
std::optional<std::string> path_in(const Json& object, std::string_view key) {
  const Json& value = member(object, key);
  if (!value.is_string()) return std::nullopt;
  const auto& path = value.get_ref<const std::string&>();
  const bool fits = !path.empty() && path.size() <= kLongestPath;
  return fits ? std::optional{path} : std::nullopt;
}

// From the first hunk on: older versions write the names of the files before it, and of binary files a
// sentence in its place.
std::string hunks_in(const Json& diff) {
  const Json& value = member(diff, "diff");
  if (!value.is_string()) return {};
  const auto& text = value.get_ref<const std::string&>();
  const std::size_t line = text.starts_with("@@ ") ? 0 : text.find("\n@@ ");
  if (line == std::string::npos) return {};
  return text.substr(line == 0 ? 0 : line + 1);
}

// The 7 of "-3,7", or 1 of "-3", in "@@ -3,7 +3,9 @@"; `header` goes on behind it.
std::size_t lines_told(std::string_view& header, char side) {
  constexpr std::size_t kOne = 1;
  header.remove_prefix(std::min(header.find(side), header.size()));
  header.remove_prefix(std::min(header.find_first_of(", "), header.size()));
  if (!header.starts_with(',')) return kOne;
  std::size_t lines = kOne;
  const char* const last = header.data() + header.size();
  const auto [end, error] = std::from_chars(header.data() + 1, last, lines);
  header.remove_prefix(static_cast<std::size_t>(end - header.data()));
  return error == std::errc{} ? lines : kOne;
}

// Whether the last hunk has the lines that its head promises: what is cut ends before.
bool ends_whole(std::string_view hunks) {
  const std::size_t line = hunks.rfind("\n@@ -");
  std::string_view last = hunks.substr(line == std::string_view::npos ? 0 : line + 1);
  std::string_view header = last.substr(0, last.find('\n'));
  last.remove_prefix(std::min(header.size() + 1, last.size()));
  std::size_t before = lines_told(header, '-');
  std::size_t after = lines_told(header, '+');
  for (const std::string_view one : lines_of(last)) {
    const char kind = one.empty() ? ' ' : one.front();
    if ((kind == ' ' || kind == '-') && before > 0) --before;
    if ((kind == ' ' || kind == '+') && after > 0) --after;
  }
  return before == 0 && after == 0;
}

bool is_told_whole(const Json& diff, std::string_view hunks) {
  const bool held_back = switch_in(diff, "too_large") == true || switch_in(diff, "collapsed") == true;
  return !held_back && (hunks.empty() || ends_whole(hunks));
}

std::optional<FileDiff> file_of(const Json& diff) {
  const auto after = path_in(diff, "new_path");
  const auto before = path_in(diff, "old_path");
  if (!after && !before) return std::nullopt;
  return FileDiff{
      .new_path = after ? *after : *before, .old_path = before ? *before : *after, .hunks = hunks_in(diff)};
}

void read_files(const Json& object, Comparison& into) {
  const Json& diffs = member(object, "diffs");
  if (!diffs.is_array()) return;
  for (const Json& diff : diffs) {
    if (into.files.size() == kMostDiffFiles) break;
    auto file = file_of(diff);
    into.whole &= file.has_value() && is_told_whole(diff, file->hunks);
    if (file) into.files.push_back(*std::move(file));
  }
  into.whole &= diffs.size() < kMostDiffFiles;
}

// GitLab tells the oldest first, and names the newest once more as `commit`.
bool is_newest_first(const Json& object, const std::vector<std::string>& commits) {
  return commits.size() > 1 && commits.front() == text_in(member(object, "commit"), "id");
}

std::vector<std::string> commits_in(const Json& object) {
  std::vector<std::string> commits;
  const Json& list = member(object, "commits");
  if (!list.is_array()) return commits;
  for (const Json& commit : list) {
    if (std::string sha = text_in(commit, "id"); !sha.empty()) commits.push_back(std::move(sha));
  }
  if (!is_newest_first(object, commits)) std::ranges::reverse(commits);
  commits.resize(std::min(commits.size(), kMostCommits));
  return commits;
}

}  // namespace

Result<Comparison> parse_comparison(std::string_view json) {
  Result<Json> object = read_object(json);
  if (!object) return fail(std::move(object.error()));
  if (!member(*object, "diffs").is_array() && !member(*object, "commits").is_array())
    return fail(Errc::corrupt, "the answer is no comparison: it has neither diffs nor commits");
  Comparison comparison;
  comparison.whole = switch_in(*object, "compare_timeout") != true;
  read_files(*object, comparison);
  comparison.commits = commits_in(*object);
  return comparison;
}

}  // namespace runneriq::gitlab
