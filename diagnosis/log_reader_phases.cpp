#include "diagnosis/error_reading.hpp"
#include "diagnosis/log_reader_course.hpp"

#include <algorithm>
#include <array>

namespace runneriq::diagnosis {
namespace {

using Kind = LogMarker::Kind;

// GitLab's runner: common/build.go and common/build_step.go name its sections, in this order.
constexpr std::array<std::string_view, 6> kEarlySections{
    "prepare_executor", "prepare_script", "get_sources", "restore_cache", "download_artifacts", "prepare"};
constexpr std::array<std::string_view, 3> kScriptSections{"step_script", "build_script", "step_release"};
constexpr std::array<std::string_view, 7> kLateSections{"after_script",
                                                        "archive_cache",
                                                        "archive_cache_on_failure",
                                                        "upload_artifacts_on_success",
                                                        "upload_artifacts_on_failure",
                                                        "cleanup_file_variables",
                                                        "cleanup"};

// After a script that failed, the runner uploads under another name.
constexpr std::string_view kUpload = "upload_artifacts_on_success";

// Travis CI's folds before the phases of its configuration; a number may follow: "git.1".
constexpr std::array<std::string_view, 34> kPreparingFolds{"worker_info",
                                                           "system_info",
                                                           "docker_mtu",
                                                           "resolvconf",
                                                           "git",
                                                           "apt",
                                                           "services",
                                                           "cache",
                                                           "ssh_key",
                                                           "rvm",
                                                           "nvm",
                                                           "jdk_switcher",
                                                           "gimme",
                                                           "ghc",
                                                           "rustup-install",
                                                           "rust-download",
                                                           "composer",
                                                           "python",
                                                           "virtualenv",
                                                           "phpenv",
                                                           "pyenv",
                                                           "otp_release",
                                                           "kerl",
                                                           "dart_install",
                                                           "go",
                                                           "announce",
                                                           "fix",
                                                           "homebrew",
                                                           "brew",
                                                           "xcode",
                                                           "android",
                                                           "install_chrome",
                                                           "postgresql",
                                                           "addons"};
constexpr std::array<std::string_view, 4> kScriptFolds{"before_install", "install", "before_script",
                                                       "script"};
constexpr std::array<std::string_view, 6> kAfterFolds{"after_script",  "after_failure", "after_success",
                                                      "before_deploy", "after_deploy",  "dpl"};

template <class Names>
bool is_one_of(std::string_view name, const Names& names) {
  return std::ranges::find(names, name) != names.end();
}

// "install.1" is of "install".
template <class Names>
bool is_fold_of(std::string_view name, const Names& names) {
  return is_one_of(name.substr(0, name.find('.')), names);
}

bool is_section(Kind kind) {
  return kind == Kind::section_start || kind == Kind::section_end;
}

}  // namespace

void JobPhases::take(const CourseLine& line) {
  for (const LogMarker& marker : line.markers) {
    if (is_section(marker.kind))
      take_section(marker, line);
    else
      take_fold(marker, line.ordinal);
  }
  take_words(line);
}

void JobPhases::take_section(const LogMarker& marker, const CourseLine& line) {
  const bool early = is_one_of(marker.name, kEarlySections);
  const bool script = is_one_of(marker.name, kScriptSections);
  const bool late = is_one_of(marker.name, kLateSections);
  if (!early && !script && !late) return;
  if (line.stream > 0) return;
  if (runners_stream_ == -2) runners_stream_ = line.stream;
  if (line.stream != runners_stream_) return;
  const bool starts = marker.kind == Kind::section_start;
  if (early) early_section_ = line.ordinal;
  if (script && starts) section_start_ = std::min(section_start_, line.ordinal);
  // What a program left without a line end stands before the marker, what the runner says next behind it.
  const std::int64_t end = line.ordinal + (marker.name.data() < line.text_from ? 0 : 1);
  if (script && !starts) section_end_ = end;
  if (late && starts) late_section_ = std::min(late_section_, line.ordinal);
  if (marker.name == kUpload) (starts ? upload_start_ : upload_end_) = starts ? line.ordinal : end;
}

void JobPhases::take_fold(const LogMarker& marker, std::int64_t ordinal) {
  is_travis_ = true;
  const bool starts = marker.kind == Kind::fold_start;
  if (marker.kind == Kind::timer_start && has_sources_ && !in_preparing_fold_) script_has_begun(ordinal);
  if (!starts && marker.kind != Kind::fold_end) return;
  const bool preparing = is_fold_of(marker.name, kPreparingFolds);
  if (preparing) in_preparing_fold_ = starts && script_fold_ == kNever;
  if (!starts && marker.name.starts_with("git.")) has_sources_ = true;
  if (starts && is_fold_of(marker.name, kScriptFolds)) script_has_begun(ordinal);
  if (starts && is_fold_of(marker.name, kAfterFolds)) after_fold_ = std::min(after_fold_, ordinal);
}

void JobPhases::script_has_begun(std::int64_t ordinal) {
  script_fold_ = std::min(script_fold_, ordinal);
  in_preparing_fold_ = false;
}

void JobPhases::take_words(const CourseLine& line) {
  const std::string_view text = line.text;
  if (text.empty()) return;
  switch (text.front()) {
    case 'R':
      if (told_ == Told::none && text.starts_with("Running with gitlab-runner ")) told_ = Told::gitlab;
      if (text.starts_with("Running after_script") || text.starts_with("Running after script"))
        over_[0] = line.ordinal;
      break;
    case 'C':
      if (told_ == Told::none && text.starts_with("Current runner version: ")) told_ = Told::github;
      if (text.starts_with("Cleaning up project directory and file") ||
          text.starts_with("Cleaning up file based"))
        over_[1] = line.ordinal;
      break;
    case 'E':
      if (text.starts_with("Executing \"step_script\" stage") ||
          text.starts_with("Executing \"build_script\" stage"))
        stage_ = std::min(stage_, line.ordinal);
      break;
    case 'U':
      if (!text.starts_with("Uploading artifacts for")) break;
      over_[2] = line.ordinal;
      told_upload_ = text.starts_with("Uploading artifacts for successful job") ? line.ordinal : -1;
      break;
    case 'S':
      if (text.starts_with("Saving cache for")) over_[3] = line.ordinal;
      break;
    case 'P':
      if (text == "Post job cleanup." && cleanup_ == kNever) cleanup_ = line.ordinal;
      break;
    case '#':
      if (!text.starts_with("##[group]Run ")) break;
      if (!text.starts_with("##[group]Run actions/")) first_step_ = std::min(first_step_, line.ordinal);
      cleanup_ = kNever;
      break;
    default:
      break;
  }
}

void JobPhases::finish(std::string_view last_words, std::int64_t ordinal) {
  const std::int64_t last = last_words.empty() ? kNever : ordinal;
  const bool has_failed = last_words.starts_with("ERROR: Job failed");
  if (runners_stream_ != -2)
    finish_gitlab(last);
  else if (is_travis_)
    finish_travis(last_words, last);
  else if (told_ == Told::github || first_step_ != kNever)
    finish_github(last);
  else if (told_ == Told::gitlab || has_failed || last_words == "Job succeeded")
    finish_told(last);
  else
    script_to_ = last;
  if (!has_failed) return;
  if (runners_stream_ != -2)
    finish_upload(upload_start_, upload_end_ > upload_start_ ? upload_end_ : last);
  else
    finish_upload(told_upload_, over_[1] > told_upload_ ? over_[1] : last);
}

void JobPhases::finish_upload(std::int64_t from, std::int64_t to) {
  if (from < script_to_) return;
  upload_from_ = from;
  upload_to_ = to;
}

// The script ends where its section ends for the last time. A part of a log may hold the end alone; a job may
// end before its script begins.
void JobPhases::finish_gitlab(std::int64_t last) {
  script_to_ = last;
  if (section_end_ >= 0)
    script_to_ = section_end_;
  else if (section_start_ == kNever && late_section_ != kNever)
    script_to_ = std::min(last, late_section_);
  if (section_start_ != kNever)
    script_from_ = section_start_;
  else if (section_end_ < 0 && early_section_ >= 0)
    script_from_ = script_to_;
}

// Of each sentence with which the runner goes on behind the script, the last one counts.
void JobPhases::finish_told(std::int64_t last) {
  script_to_ = last;
  for (const std::int64_t over : over_) {
    if (over > 0) script_to_ = std::min(script_to_, over);
  }
  script_from_ = stage_ == kNever ? 0 : stage_;
}

void JobPhases::finish_travis(std::string_view last_words, std::int64_t last) {
  const bool is_done = last_words.starts_with("Done. Your build exited") ||
                       last_words.starts_with("Your build has been stopped");
  script_from_ = std::min(script_fold_, last);
  script_to_ = last;
  if (after_fold_ != kNever && after_fold_ > last_exit_) script_to_ = std::min(last, after_fold_);
  if (is_done && last_exit_ >= 0) script_to_ = std::min(last, last_exit_ + 1);
}

void JobPhases::finish_github(std::int64_t last) {
  script_to_ = std::min(last, cleanup_);
  script_from_ = first_step_ == kNever ? 0 : first_step_;
}

LogPart JobPhases::part_of(std::int64_t ordinal) const {
  if (ordinal >= upload_from_ && ordinal < upload_to_) return LogPart::upload;
  if (ordinal >= script_to_) return LogPart::afterwards;
  return ordinal < script_from_ ? LogPart::preparation : LogPart::script;
}

}  // namespace runneriq::diagnosis
