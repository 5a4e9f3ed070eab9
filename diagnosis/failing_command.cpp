#include "diagnosis/failing_command.hpp"

#include "core/lower_case.hpp"
#include "diagnosis/characters.hpp"

#include <algorithm>
#include <array>
#include <cstddef>
#include <string>

namespace runneriq::diagnosis {
namespace {

constexpr std::size_t kMostRead = 400;  // bytes of a command

// The first that occurs as words counts, so that "test" in "npm run lint:test" does not.
struct CommandWord {
  std::string_view words;
  CommandHint hint;
};

constexpr CommandHint kLints{.id = "command:lint", .failure_class = FailureClass::lint, .confidence = 0.6};
constexpr CommandHint kInstalls{
    .id = "command:install", .failure_class = FailureClass::dependency, .confidence = 0.45};
constexpr CommandHint kTests{.id = "command:test", .failure_class = FailureClass::test, .confidence = 0.45};
constexpr CommandHint kCompiles{
    .id = "command:build", .failure_class = FailureClass::compile, .confidence = 0.4};
constexpr CommandHint kDeploys{
    .id = "command:deploy", .failure_class = FailureClass::configuration, .confidence = 0.4};

constexpr std::array kCommandWords{
    CommandWord{"lint", kLints},
    CommandWord{"eslint", kLints},
    CommandWord{"tslint", kLints},
    CommandWord{"stylelint", kLints},
    CommandWord{"golint", kLints},
    CommandWord{"pylint", kLints},
    CommandWord{"flake8", kLints},
    CommandWord{"golangci-lint", kLints},
    CommandWord{"rubocop", kLints},
    CommandWord{"clippy", kLints},
    CommandWord{"rustfmt", kLints},
    CommandWord{"cargo fmt", kLints},
    CommandWord{"gofmt", kLints},
    CommandWord{"go vet", kLints},
    CommandWord{"clang-format", kLints},
    CommandWord{"clang-tidy", kLints},
    CommandWord{"checkstyle", kLints},
    CommandWord{"spotless", kLints},
    CommandWord{"ktlint", kLints},
    CommandWord{"swiftlint", kLints},
    CommandWord{"phpcs", kLints},
    CommandWord{"phpstan", kLints},
    CommandWord{"psalm", kLints},
    CommandWord{"credo", kLints},
    CommandWord{"shellcheck", kLints},
    CommandWord{"hadolint", kLints},
    CommandWord{"yamllint", kLints},
    CommandWord{"markdownlint", kLints},
    CommandWord{"awesome_bot", kLints},
    CommandWord{"black", kLints},
    CommandWord{"ruff", kLints},
    CommandWord{"isort", kLints},
    CommandWord{"prettier", kLints},
    CommandWord{"pre-commit", kLints},
    CommandWord{"codespell", kLints},
    CommandWord{"commitlint", kLints},
    CommandWord{"danger", kLints},
    CommandWord{"terraform fmt", kLints},
    CommandWord{"tofu fmt", kLints},
    CommandWord{"npm ci", kInstalls},
    CommandWord{"install", kInstalls},
    CommandWord{"npm i", kInstalls},
    CommandWord{"yarn add", kInstalls},
    CommandWord{"poetry lock", kInstalls},
    CommandWord{"uv sync", kInstalls},
    CommandWord{"go mod download", kInstalls},
    CommandWord{"go get", kInstalls},
    CommandWord{"dotnet restore", kInstalls},
    CommandWord{"nuget restore", kInstalls},
    CommandWord{"composer update", kInstalls},
    CommandWord{"bundle update", kInstalls},
    CommandWord{"mix deps.get", kInstalls},
    CommandWord{"apt-get", kInstalls},
    CommandWord{"apk add", kInstalls},
    CommandWord{"test", kTests},
    CommandWord{"tests", kTests},
    CommandWord{"pytest", kTests},
    CommandWord{"tox", kTests},
    CommandWord{"nox", kTests},
    CommandWord{"nosetests", kTests},
    CommandWord{"unittest", kTests},
    CommandWord{"rspec", kTests},
    CommandWord{"phpunit", kTests},
    CommandWord{"ctest", kTests},
    CommandWord{"jest", kTests},
    CommandWord{"mocha", kTests},
    CommandWord{"karma", kTests},
    CommandWord{"vitest", kTests},
    CommandWord{"cypress", kTests},
    CommandWord{"playwright", kTests},
    CommandWord{"gotestsum", kTests},
    CommandWord{"cucumber", kTests},
    CommandWord{"busted", kTests},
    CommandWord{"prove", kTests},
    CommandWord{"check", kTests},
    CommandWord{"spec", kTests},
    CommandWord{"verify", kTests},
    CommandWord{"kubectl", kDeploys},
    CommandWord{"helm", kDeploys},
    CommandWord{"terraform", kDeploys},
    CommandWord{"tofu", kDeploys},
    CommandWord{"ansible-playbook", kDeploys},
    CommandWord{"tsc", kCompiles},
    CommandWord{"make", kCompiles},
    CommandWord{"cmake", kCompiles},
    CommandWord{"ninja", kCompiles},
    CommandWord{"gcc", kCompiles},
    CommandWord{"g++", kCompiles},
    CommandWord{"clang", kCompiles},
    CommandWord{"compile", kCompiles},
    CommandWord{"build", kCompiles},
    CommandWord{"bazel", kCompiles},
    CommandWord{"javac", kCompiles},
    CommandWord{"latexmk", kCompiles},
    CommandWord{"xelatex", kCompiles},
    CommandWord{"pdflatex", kCompiles},
    CommandWord{"xcodebuild", kCompiles},
};

struct CodeMeaning {
  int code;
  CommandHint hint;
};

// Of POSIX shells: 126 and 127 are the shell's own, 128 + n a death by signal n; 124 is of timeout(1).
constexpr std::array kCodes{
    CodeMeaning{124,
                {.id = "exit-code:124",
                 .failure_class = FailureClass::timeout,
                 .confidence = 0.75,
                 .suggestion = "A command was ended by timeout(1): find what hangs, or give it more time."}},
    CodeMeaning{
        126,
        {.id = "exit-code:126",
         .failure_class = FailureClass::permission,
         .confidence = 0.6,
         .suggestion = "A file that the job runs may not be executed: git update-index --chmod=+x it."}},
    CodeMeaning{
        127,
        {.id = "exit-code:127",
         .failure_class = FailureClass::environment,
         .confidence = 0.7,
         .suggestion = "A command that the job names is not in its image: install it, or correct the name."}},
    CodeMeaning{
        134,
        {.id = "exit-code:134",
         .failure_class = FailureClass::test,
         .confidence = 0.5,
         .suggestion =
             "A program aborted itself: look for the assertion or exception that it printed before."}},
    CodeMeaning{
        137,
        {.id = "exit-code:137",
         .failure_class = FailureClass::memory,
         .confidence = 0.7,
         .suggestion = "A process was killed, most likely for want of memory: raise the limit or use less."}},
    CodeMeaning{139,
                {.id = "exit-code:139",
                 .failure_class = FailureClass::test,
                 .confidence = 0.5,
                 .suggestion =
                     "A program crashed on bad memory access: run it under a debugger or AddressSanitizer."}},
    CodeMeaning{
        143,
        {.id = "exit-code:143",
         .failure_class = FailureClass::timeout,
         .confidence = 0.45,
         .suggestion = "A process was asked to end: look who cancelled the job, or which limit it met."}},
};

bool is_of_word(char c) {
  return is_word(c) || c == '-';
}

// "lint" occurs as a word in "npm run lint:js", not in "npm run linter".
bool has_words(std::string_view command, std::string_view words) {
  for (std::size_t at = command.find(words); at != std::string_view::npos; at = command.find(words, at + 1)) {
    const std::size_t end = at + words.size();
    const bool begins = at == 0 || !is_of_word(command[at - 1]);
    if (begins && (end == command.size() || !is_of_word(command[end]))) return true;
  }
  return false;
}

}  // namespace

std::optional<CommandHint> hint_of_command(std::string_view command) {
  const std::string lower = lower_case(command.substr(0, kMostRead));
  const auto* const word = std::ranges::find_if(
      kCommandWords, [&](const CommandWord& entry) { return has_words(lower, entry.words); });
  if (word == kCommandWords.end()) return std::nullopt;
  return word->hint;
}

std::optional<CommandHint> hint_of_exit_code(int code) {
  const auto* const meaning = std::ranges::find(kCodes, code, &CodeMeaning::code);
  if (meaning == kCodes.end()) return std::nullopt;
  return meaning->hint;
}

}  // namespace runneriq::diagnosis
