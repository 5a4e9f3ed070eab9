#include "diagnosis/culprit.hpp"

#include "core/printable.hpp"
#include "diagnosis/characters.hpp"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <set>
#include <unordered_map>

namespace runneriq::diagnosis {
namespace {

// How sure a fit is, for evidence of the first block.
constexpr double kVeryLine = 0.9, kNearLine = 0.8, kFile = 0.65, kOwnFiles = 0.5, kSymbol = 0.4;
constexpr double kOnlyName = 0.8;     // times that, where the log names a file without its folders
constexpr double kLaterBlock = 0.85;  // times that, for each block further down
constexpr int kNear = 3;              // lines
constexpr std::size_t kRare = 3;      // lines of the log that hold the symbol
constexpr std::size_t kLongestShown = 200;

std::string_view file_name(std::string_view path) {
  return path.substr(path.rfind('/') + 1);  // npos + 1 = 0
}

bool ends_with_path(std::string_view longer, std::string_view shorter) {
  if (shorter.empty() || !longer.ends_with(shorter)) return false;
  return longer.size() == shorter.size() || longer[longer.size() - shorter.size() - 1] == '/';
}

// Whether the text names the path, also behind folders ("/builds/acme/shop/src/x.cpp"), and no longer name.
bool names_path(std::string_view text, std::string_view path) {
  const auto is_of_name = [](char each) { return is_word(each) || each == '-'; };
  for (std::size_t at = text.find(path); at != std::string_view::npos; at = text.find(path, at + 1)) {
    const std::string_view behind = text.substr(at + path.size());
    const bool begins = at == 0 || !(is_of_name(text[at - 1]) || text[at - 1] == '.');
    const bool goes_on =
        !behind.empty() &&
        (is_of_name(behind.front()) || (behind.size() > 1 && behind.front() == '.' && is_word(behind[1])));
    if (begins && !goes_on) return true;
  }
  return false;
}

bool has_folder(std::string_view path) {
  return path.find('/') != std::string_view::npos;
}

// 0 = another file. Of a file at the project's top, a log that names folders may mean one elsewhere.
double path_fit(std::string_view in_log, std::string_view changed) {
  if (in_log == changed) return 1;
  if (ends_with_path(in_log, changed)) return has_folder(changed) ? 1 : kOnlyName;
  if (has_folder(in_log)) return ends_with_path(changed, in_log) ? 1 : 0;
  return file_name(changed) == in_log ? kOnlyName : 0;
}

int distance(const ChangedFile& file, int line) {
  int nearest = kNear + 1;
  for (const auto& [first, last] : file.added) {
    if (line >= first && line <= last) return 0;
    nearest = std::min({nearest, std::abs(line - first), std::abs(line - last)});
  }
  return nearest;
}

std::string shown(std::string_view text) {
  return printable(text, kLongestShown);
}

template <class Take>
void for_each_word(std::string_view text, Take take) {
  for (std::size_t at = 0; at < text.size();) {
    std::size_t end = at;
    while (end < text.size() && is_word(text[end])) ++end;
    if (end > at) take(text.substr(at, end - at));
    at = std::max(end, at + 1);
  }
}

class CulpritSearch {
 public:
  CulpritSearch(const ReadLog& log, const RootCause& cause, std::span<const ChangedFile> changes)
      : log_(log), changes_(changes) {
    for (const ChangedFile& file : changes) {
      for (const std::string& symbol : file.symbols) symbols_[symbol].push_back(&file);
    }
    count_symbols(cause);
  }

  void look_at(const ShownBlock& block, double share) {
    for (std::size_t at = block.first; at <= block.last && at < log_.lines.size(); ++at) {
      const std::string_view text = log_.lines[at].text;
      for (const LogPlace& place : places_in(text)) fit_place(place, share);
      fit_names(text, share);
    }
  }

  // Where nothing is named: a file that is all about what failed.
  void look_at_class(FailureClass failure_class) {
    for (const ChangedFile& file : changes_) {
      if (failure_class == FailureClass::dependency && names_dependencies(file.path))
        offer(file, kOwnFiles, 0, "", shown(file.path) + ", which names dependencies, was changed");
      if (failure_class == FailureClass::configuration && file_name(file.path) == ".gitlab-ci.yml")
        offer(file, kOwnFiles, 0, "", "the job's configuration in " + shown(file.path) + " was changed");
    }
  }

  [[nodiscard]] std::optional<Culprit> best() const {
    if (!best_ || (is_tied_ && best_->confidence <= kSymbol)) return std::nullopt;
    return best_;
  }

 private:
  static bool names_dependencies(std::string_view path) {
    constexpr std::array<std::string_view, 30> kNames{
        "package.json",   "package-lock.json", "yarn.lock",       "pnpm-lock.yaml",   "requirements.txt",
        "pyproject.toml", "poetry.lock",       "uv.lock",         "Pipfile",          "Pipfile.lock",
        "setup.py",       "pom.xml",           "build.gradle",    "build.gradle.kts", "gradle.lockfile",
        "build.sbt",      "Cargo.toml",        "Cargo.lock",      "go.mod",           "go.sum",
        "Gemfile",        "Gemfile.lock",      "composer.json",   "composer.lock",    "mix.exs",
        "mix.lock",       "project.clj",       "packages.config", "conanfile.txt",    "environment.yml"};
    return std::ranges::find(kNames, file_name(path)) != kNames.end();
  }

  static double fit_of(const LogPlace& place, const ChangedFile& file) {
    return std::max(path_fit(place.path, file.path),
                    file.old_path.empty() ? 0.0 : path_fit(place.path, file.old_path));
  }

  void fit_place(const LogPlace& place, double share) {
    // A name that several changed files bear tells nothing, unless one of them fits with its folders.
    const auto same = std::ranges::count_if(
        changes_, [&place](const ChangedFile& file) { return fit_of(place, file) > 0; });
    for (const ChangedFile& file : changes_) {
      const double fit = fit_of(place, file);
      if (fit == 0 || (fit < 1 && same > 1)) continue;
      const int away = place.line > 0 ? distance(file, place.line) : kNear + 1;
      const double sure = away == 0 ? kVeryLine : away <= kNear ? kNearLine : kFile;
      offer(file, sure * fit * share, place.line, "", words(file, place, away));
    }
  }

  static std::string words(const ChangedFile& file, const LogPlace& place, int away) {
    const std::string line = std::to_string(place.line);
    if (away == 0) return "line " + line + " of " + shown(file.path) + ", which the log names, was changed";
    if (away <= kNear) return "lines beside line " + line + " of " + shown(file.path) + " were changed";
    return shown(file.path) + ", which the log names, was changed";
  }

  // Names of changed files without a line, and rare symbols.
  void fit_names(std::string_view text, double share) {
    for (const ChangedFile& file : changes_) {
      if (has_folder(file.path) && names_path(text, file.path))
        offer(file, kFile * share, 0, "", shown(file.path) + ", which the log names, was changed");
    }
    for_each_word(text, [this, share](std::string_view word) { fit_symbol(word, share); });
  }

  void fit_symbol(std::string_view word, double share) {
    const auto counted = lines_with_.find(word);
    const auto known = symbols_.find(word);
    if (counted == lines_with_.end() || counted->second > kRare || known == symbols_.end()) return;
    for (const ChangedFile* file : known->second) {
      offer(*file, kSymbol * share, 0, word,
            shown(word) + ", which the log names, is in the change of " + shown(file->path));
    }
  }

  // In how many lines of the log each symbol stands that the shown lines name: one way through the log.
  void count_symbols(const RootCause& cause) {
    for (const ShownBlock& block : cause.blocks) {
      for (std::size_t at = block.first; at <= block.last && at < log_.lines.size(); ++at) {
        for_each_word(log_.lines[at].text, [this](std::string_view word) {
          if (symbols_.contains(word)) lines_with_.try_emplace(word, 0);
        });
      }
    }
    if (lines_with_.empty()) return;
    for (const LogLine& line : log_.lines) {
      std::set<std::string_view> seen;
      for_each_word(line.text, [this, &seen](std::string_view word) {
        const auto counted = lines_with_.find(word);
        if (counted != lines_with_.end() && seen.insert(word).second) ++counted->second;
      });
    }
  }

  void offer(const ChangedFile& file, double confidence, int line, std::string_view symbol, std::string why) {
    if (best_ && best_->path != file.path && confidence == best_->confidence) is_tied_ = true;
    if (best_ && confidence <= best_->confidence) return;
    is_tied_ = false;
    best_ = Culprit{.path = file.path,
                    .line = line,
                    .symbol = std::string(symbol),
                    .commit = file.commit,
                    .confidence = confidence,
                    .why = std::move(why)};
  }

  const ReadLog& log_;
  std::span<const ChangedFile> changes_;
  std::unordered_map<std::string_view, std::vector<const ChangedFile*>> symbols_;
  std::unordered_map<std::string_view, std::size_t> lines_with_;  // lines of the log, by symbol
  std::optional<Culprit> best_;
  bool is_tied_ = false;
};

}  // namespace

std::optional<Culprit> culprit_of(const ReadLog& log, const RootCause& cause,
                                  std::span<const ChangedFile> changes, FailureClass failure_class) {
  if (changes.empty()) return std::nullopt;
  CulpritSearch search{log, cause, changes};
  double share = 1;
  for (const ShownBlock& block : cause.blocks) {
    search.look_at(block, share);
    share *= kLaterBlock;
  }
  search.look_at_class(failure_class);
  return search.best();
}

}  // namespace runneriq::diagnosis
