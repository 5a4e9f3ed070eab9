#include "diagnosis/error_reading.hpp"

#include "core/lower_case.hpp"
#include "diagnosis/characters.hpp"
#include "diagnosis/failed_test.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <optional>

namespace runneriq::diagnosis {
namespace {

constexpr std::size_t kMostRead = 1024;  // bytes of a line
constexpr std::string_view kVerdict = "ERROR: Job failed";

// ---- lines known by their start -----------------------------------------------------------

struct Start {
  std::string_view text;
  Reading reading;
};

constexpr std::array kScriptIsOver{
    std::string_view{"Running after_script"},
    std::string_view{"Running after script"},
    std::string_view{"Uploading artifacts for"},
    std::string_view{"Saving cache for"},
    std::string_view{"Cleaning up project directory and file based variables"},
    std::string_view{"Cleaning up file based variables"},
};

// In any order; matched as they stand.
constexpr std::array kStarts{
    Start{"ERROR: No files to upload", Reading::runner},
    Start{"Job succeeded", Reading::runner},
    Start{"Running with gitlab-runner ", Reading::runner},
    Start{"Preparing the \"", Reading::runner},
    Start{"Preparing environment", Reading::runner},
    Start{"Using Docker executor with image", Reading::runner},
    Start{"Using docker image sha256:", Reading::runner},
    Start{"Using effective pull policy", Reading::runner},
    Start{"Using Kubernetes ", Reading::runner},
    Start{"Using Shell ", Reading::runner},
    Start{"Pulling docker image ", Reading::runner},
    Start{"Running on ", Reading::runner},
    Start{"Getting source from Git repository", Reading::runner},
    Start{"Gitaly correlation ID", Reading::runner},
    Start{"Fetching changes", Reading::runner},
    Start{"Initialized empty Git repository in ", Reading::runner},
    Start{"Reinitialized existing Git repository in ", Reading::runner},
    Start{"Created fresh repository", Reading::runner},
    Start{"Checking out ", Reading::runner},
    Start{"Skipping Git submodules setup", Reading::runner},
    Start{"Executing \"", Reading::runner},
    Start{"Uploading artifacts", Reading::runner},
    Start{"Creating cache ", Reading::runner},
    Start{"Checking cache for ", Reading::runner},
    Start{"Terminated", Reading::runner},
    Start{"The command \"", Reading::runner},
    Start{"Done. Your build exited with", Reading::runner},
    Start{"$ ", Reading::plain},
    Start{"at ", Reading::plain},
    Start{"File \"", Reading::plain},
    Start{"+ ", Reading::plain},
    Start{"++ ", Reading::plain},
    Start{"ok ", Reading::plain},
    Start{"PASS", Reading::plain},
    Start{"--- PASS", Reading::plain},
    Start{"[INFO]", Reading::plain},
    Start{"INFO", Reading::plain},
    Start{"DEBUG", Reading::plain},
    Start{"[DEBUG]", Reading::plain},
    Start{"✓", Reading::plain},
    Start{"✔", Reading::plain},
    Start{"√", Reading::plain},
    Start{"make: ***", Reading::consequence},
    Start{"make[", Reading::consequence},
    Start{"gmake", Reading::consequence},
    Start{"ninja: build stopped", Reading::consequence},
    Start{"npm ERR! 404 Not Found", Reading::complaint},
    Start{"npm error 404 Not Found", Reading::complaint},
    Start{"npm ERR!", Reading::consequence},
    Start{"npm error", Reading::consequence},
    Start{"error Command failed", Reading::consequence},
    Start{"FAILURE: Build failed", Reading::consequence},
    Start{"BUILD FAILED", Reading::consequence},
    Start{"Build FAILED", Reading::consequence},
    Start{"FAILED TEST", Reading::consequence},
    Start{"FAILED (", Reading::consequence},
    Start{"[  FAILED  ] ", Reading::consequence},
    Start{"The following tests FAILED:", Reading::consequence},
    Start{"Errors while running CTest", Reading::consequence},
    Start{"Tests in error:", Reading::consequence},
    Start{"Failed tests:", Reading::consequence},
    Start{"failures:", Reading::consequence},
    Start{"test result: ", Reading::consequence},
    Start{"[ERROR] Tests run:", Reading::consequence},
    Start{"[ERROR] Failures:", Reading::consequence},
    Start{"[ERROR] Errors:", Reading::consequence},
    Start{"[ERROR] There are test failures", Reading::consequence},
    Start{"[ERROR] -> [Help", Reading::consequence},
    Start{"[ERROR] [Help", Reading::consequence},
    Start{"[ERROR] To see the full stack trace", Reading::consequence},
    Start{"[ERROR] Re-run Maven", Reading::consequence},
    Start{"[ERROR] For more information about the errors", Reading::consequence},
    Start{"[ERROR] Please refer to", Reading::consequence},
    Start{"● Test suite failed to run", Reading::consequence},
    Start{"● ", Reading::complaint},
    Start{"CMake Error", Reading::error},
    Start{"FAILED ", Reading::error},
    Start{"FAIL:", Reading::error},
    Start{"FAIL ", Reading::error},
    Start{"--- FAIL", Reading::error},
    Start{"not ok ", Reading::error},
    Start{"✗", Reading::error},
    Start{"✘", Reading::error},
    Start{"×", Reading::error},
};

// ---- words --------------------------------------------------------------------------------

// In the order of their letters. Matched at the start of a word, in any case of letters; the last letter ends
// a word, unless it is '*'.
struct Phrase {
  std::string_view text;
  Reading reading;
};
constexpr std::array kPhrases{
    Phrase{"aborted", Reading::consequence},
    Phrase{"assertion", Reading::assertion},
    Phrase{"bad credentials", Reading::error},
    Phrase{"broken pipe", Reading::complaint},
    Phrase{"build failed", Reading::consequence},
    Phrase{"can't", Reading::complaint},
    Phrase{"cannot", Reading::complaint},
    Phrase{"command not found", Reading::error},
    Phrase{"connection refused", Reading::error},
    Phrase{"connection reset", Reading::error},
    Phrase{"connection timed out", Reading::error},
    Phrase{"core dumped", Reading::error},
    Phrase{"could not", Reading::complaint},
    Phrase{"couldn't", Reading::complaint},
    Phrase{"crash*", Reading::complaint},
    Phrase{"denied", Reading::complaint},
    Phrase{"does not exist", Reading::complaint},
    Phrase{"doesn't exist", Reading::complaint},
    Phrase{"econnre*", Reading::error},
    Phrase{"err!", Reading::complaint},
    Phrase{"error", Reading::complaint},
    Phrase{"errors", Reading::complaint},
    Phrase{"exceeded", Reading::complaint},
    Phrase{"exception", Reading::complaint},
    Phrase{"exit code", Reading::consequence},
    Phrase{"exit status", Reading::consequence},
    Phrase{"exited with", Reading::consequence},
    Phrase{"fail", Reading::complaint},
    Phrase{"failed", Reading::complaint},
    Phrase{"failure", Reading::complaint},
    Phrase{"failures", Reading::complaint},
    Phrase{"fatal", Reading::error},
    Phrase{"illegal", Reading::complaint},
    Phrase{"incompatible", Reading::complaint},
    Phrase{"incorrect", Reading::complaint},
    Phrase{"invalid", Reading::complaint},
    Phrase{"killed", Reading::error},
    Phrase{"mismatch*", Reading::complaint},
    Phrase{"missing", Reading::complaint},
    Phrase{"no matching", Reading::complaint},
    Phrase{"no module named", Reading::error},
    Phrase{"no space left", Reading::error},
    Phrase{"no such", Reading::error},
    Phrase{"not defined", Reading::complaint},
    Phrase{"not found", Reading::complaint},
    Phrase{"out of memory", Reading::error},
    Phrase{"panic", Reading::error},
    Phrase{"panicked at", Reading::error},
    Phrase{"permission denied", Reading::error},
    Phrase{"refused", Reading::complaint},
    Phrase{"rejected", Reading::complaint},
    Phrase{"segmentation fault", Reading::error},
    Phrase{"syntax error", Reading::error},
    Phrase{"timed out", Reading::error},
    Phrase{"timeout", Reading::complaint},
    Phrase{"traceback", Reading::complaint},
    Phrase{"unable to", Reading::complaint},
    Phrase{"unauthorized", Reading::complaint},
    Phrase{"undeclared", Reading::complaint},
    Phrase{"undefined", Reading::complaint},
    Phrase{"undefined reference", Reading::error},
    Phrase{"unexpected", Reading::complaint},
    Phrase{"unknown", Reading::complaint},
    Phrase{"unrecognized", Reading::complaint},
    Phrase{"unresolved", Reading::complaint},
    Phrase{"unsatisfied", Reading::complaint},
    Phrase{"unsupported", Reading::complaint},
    Phrase{"violation*", Reading::complaint},
};

constexpr char kAnyEnd = '*';
constexpr std::size_t kLetters = 26;

// Where the phrases of each letter begin in the table, and where the last ones end.
constexpr auto kFirstOfLetter = [] {
  std::array<std::size_t, kLetters + 1> first{};
  for (const Phrase& phrase : kPhrases) {
    for (std::size_t letter = static_cast<std::size_t>(phrase.text.front() - 'a') + 1; letter <= kLetters;
         ++letter)
      ++first.at(letter);
  }
  return first;
}();
static_assert(std::ranges::is_sorted(kPhrases, {}, &Phrase::text));
static_assert(std::ranges::all_of(kPhrases, [](const Phrase& phrase) { return phrase.text.size() > 1; }));

bool begins_with(std::string_view text, std::string_view lower) {
  return text.size() >= lower.size() && std::equal(lower.begin(), lower.end(), text.begin(),
                                                   [](char l, char c) { return l == lower_case(c); });
}

bool is_word_at(std::string_view text, std::string_view phrase) {
  if (phrase.back() == kAnyEnd) return begins_with(text, phrase.substr(0, phrase.size() - 1));
  if (!begins_with(text, phrase)) return false;
  return text.size() == phrase.size() || !is_word(text[phrase.size()]) || !is_letter(phrase.back());
}

std::string_view without_blanks_behind(std::string_view text) {
  return text.substr(0, text.find_last_not_of(" \t") + 1);
}

std::string_view without_blanks_before(std::string_view line) {
  return line.substr(std::min(line.find_first_not_of(" \t"), line.size()));
}

// How many the word counts: "0 errors", "no errors", "errors: 0", "failed=2", "failed 4, "; none when it does
// not count.
std::optional<bool> counts_any(std::string_view before, std::string_view behind) {
  before = without_blanks_behind(before);
  if (before.ends_with("no") || before.ends_with("No") || before.ends_with("without")) return false;
  const std::size_t digits = before.size() - (before.find_last_not_of("0123456789") + 1);
  const bool is_number =
      digits > 0 && (digits == before.size() || is_blank(before[before.size() - digits - 1]) ||
                     before[before.size() - digits - 1] == '(');
  if (is_number) return digits > 1 || !before.ends_with('0');
  if (behind.empty() || std::string_view{":= "}.find(behind.front()) == std::string_view::npos)
    return std::nullopt;
  const bool spelt = behind.front() == ' ';
  behind = without_blanks_before(behind.substr(1));
  const std::size_t count = std::min(behind.find_first_not_of("0123456789"), behind.size());
  if (count == 0) return std::nullopt;
  const std::string_view end = behind.substr(count, 1);
  if (spelt ? end != "," : std::string_view{" ,;)"}.find(end) == std::string_view::npos) return std::nullopt;
  return count > 1 || behind.front() != '0';
}

// "error.c", "/errors", "--fail-fast".
bool is_part_of_a_name(std::string_view before, std::string_view behind) {
  if (!before.empty() && std::string_view{"/.-$"}.find(before.back()) != std::string_view::npos) return true;
  return behind.size() > 1 && std::string_view{"./-"}.find(behind.front()) != std::string_view::npos &&
         is_word(behind[1]);
}

// A name of a class of errors: "AssertionError", "NullPointerException".
Reading reading_of_class(std::string_view word, std::string_view behind) {
  const bool named =
      (word.ends_with("Error") && word.size() > 5) || (word.ends_with("Exception") && word.size() > 9);
  if (!named) return Reading::plain;
  if (word.find("Assertion") != std::string_view::npos) return Reading::assertion;
  return behind.empty() || behind.front() == ':' ? Reading::error : Reading::complaint;
}

// Of the phrase that begins at `at`, in a word that ends at `end`.
Reading reading_of_phrase(const Phrase& phrase, std::string_view line, std::size_t at, std::size_t end) {
  const std::string_view before = line.substr(0, at);
  const std::string_view behind = line.substr(end);
  if (is_part_of_a_name(before, behind)) return Reading::plain;
  if (const auto any = counts_any(before, behind)) return *any ? Reading::consequence : Reading::plain;
  const bool is_label = phrase.text == "error" && (behind.starts_with(':') || behind.starts_with('['));
  return is_label ? Reading::error : phrase.reading;
}

// Of the word at `at`, which ends at `end`, and those behind it.
Reading reading_of_word(std::string_view line, std::size_t at, std::size_t end) {
  const auto letter = static_cast<std::size_t>(lower_case(line[at]) - 'a');
  const char second = at + 1 < line.size() ? lower_case(line[at + 1]) : '\0';
  Reading best = reading_of_class(line.substr(at, end - at), line.substr(end));
  for (std::size_t i = kFirstOfLetter.at(letter); i < kFirstOfLetter.at(letter + 1); ++i) {
    const Phrase& phrase = kPhrases.at(i);
    if (phrase.text[1] != second || phrase.reading <= best || !is_word_at(line.substr(at), phrase.text))
      continue;
    best = std::max(best, reading_of_phrase(phrase, line, at, end));
  }
  return best;
}

bool tells_how_it_ended(std::string_view text) {
  constexpr std::array<std::string_view, 3> kWords{"exit code", "exit status", "exited with"};
  return std::ranges::any_of(kWords, [&](std::string_view words) { return is_word_at(text, words); });
}

Reading reading_of_words(std::string_view line) {
  Reading best = Reading::plain;
  bool warns = false;
  bool none = false;  // "No Rakefile found"
  bool ends = false;  // "Error: Process exited with code: 5"
  for (std::size_t at = 0; at < line.size();) {
    if (!is_word(line[at])) {
      ++at;
      continue;
    }
    std::size_t end = at + 1;
    while (end < line.size() && is_word(line[end])) ++end;
    if (is_letter(line[at])) {
      const std::string_view word = line.substr(at, end - at);
      warns = warns || begins_with(word, "warn");
      none = none || word == "No" || word == "no";
      ends = ends || (begins_with(word, "exit") && tells_how_it_ended(line.substr(at)));
      if (none && word == "found") best = std::max(best, Reading::complaint);
      best = std::max(best, reading_of_word(line, at, end));
    }
    at = end;
  }
  return warns || ends ? std::min(best, Reading::consequence) : best;
}

// ---- lines of their own -------------------------------------------------------------------

Reading reading_of_verdict(std::string_view line) {
  const bool says_more = std::ranges::any_of(line.substr(kVerdict.size()), is_letter);
  return says_more && exit_code_in(line).empty() ? Reading::verdict : Reading::runner;
}

// pytest's "E   KeyError: 'x'", "E       assert 2 == 1", and what goes on below them.
Reading reading_of_pytest(std::string_view line) {
  if (without_blanks_before(line.substr(1)).starts_with("assert")) return Reading::assertion;
  const Reading words = reading_of_words(line);
  return words == Reading::complaint ? Reading::error : std::max(words, Reading::assertion);
}

// Jest's "FAIL src/cart.test.js (11.3 s)": its tests are named below.
bool is_file_of_jest(std::string_view line) {
  constexpr std::array<std::string_view, 6> kEnds{".js", ".ts", ".jsx", ".tsx", ".mjs", ".cjs"};
  if (!line.starts_with("FAIL ")) return false;
  line = without_blanks_before(line.substr(4));
  line = line.substr(0, line.find(' '));
  return std::ranges::any_of(kEnds, [&](std::string_view end) { return line.ends_with(end); });
}

}  // namespace

Reading reading_of(std::string_view line) {
  line = without_blanks_before(line.substr(0, kMostRead));
  if (line.empty()) return Reading::plain;
  if (line.starts_with(kVerdict)) return reading_of_verdict(line);
  if (failed_test_in(line)) return Reading::error;
  if (line.starts_with("E   ")) return reading_of_pytest(line);
  if (is_file_of_jest(line)) return Reading::complaint;
  for (const Start& start : kStarts) {
    if (start.text.front() == line.front() && line.starts_with(start.text)) return start.reading;
  }
  return reading_of_words(line);
}

std::string_view exit_code_in(std::string_view line) {
  constexpr std::array<std::string_view, 4> kWords{
      "exit code ", "exit status ", "command terminated with exit code ", "Process exited with status "};
  if (!line.starts_with(kVerdict) || !line.substr(kVerdict.size()).starts_with(": ")) return {};
  line.remove_prefix(kVerdict.size() + 2);
  const auto* const word =
      std::ranges::find_if(kWords, [&](std::string_view start) { return line.starts_with(start); });
  if (word == kWords.end()) return {};
  line.remove_prefix(word->size());
  return line.substr(0, std::min(line.find_first_not_of("0123456789"), line.size()));
}

bool ends_the_script(std::string_view line) {
  return std::ranges::any_of(kScriptIsOver, [&](std::string_view start) { return line.starts_with(start); });
}

}  // namespace runneriq::diagnosis
