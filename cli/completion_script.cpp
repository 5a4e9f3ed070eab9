#include "cli/completion_script.hpp"

#include "cli/help.hpp"
#include "core/joined.hpp"

#include <algorithm>
#include <iterator>
#include <vector>

namespace runneriq::cli {
namespace {

using Texts = std::vector<std::string>;

std::string_view first_word(std::string_view name) {
  return name.substr(0, name.find(' '));
}

std::string_view second_word(std::string_view name) {
  const std::size_t space = name.find(' ');
  return space == std::string_view::npos ? std::string_view{} : name.substr(space + 1);
}

std::vector<FlagRow> flags_of(const CommandRow& command) {
  std::vector<FlagRow> flags(command.flags.begin(), command.flags.end());
  std::ranges::copy(common_flags(), std::back_inserter(flags));
  return flags;
}

// First words, each once.
Texts first_words() {
  Texts words;
  for (const CommandRow& command : commands()) {
    const std::string word{first_word(command.name)};
    if (words.empty() || words.back() != word) words.push_back(word);
  }
  return words;
}

Texts second_words(std::string_view first) {
  Texts words;
  for (const CommandRow& command : commands()) {
    const std::string_view second = second_word(command.name);
    if (first_word(command.name) == first && !second.empty()) words.emplace_back(second);
  }
  return words;
}

// The words that an argument may be; none when it may be anything.
Texts argument_words(std::string_view arguments) {
  if (arguments.starts_with('[')) arguments = arguments.substr(1, arguments.size() - 2);
  if (arguments.ends_with("...")) arguments.remove_suffix(3);
  const bool one_word = std::ranges::all_of(arguments, [](char c) { return c >= 'a' && c <= 'z'; });
  if (!is_choice(arguments) && !one_word) return {};
  const auto choices = choices_of(arguments);
  return {choices.begin(), choices.end()};
}

Texts flag_names(const CommandRow& command) {
  Texts names;
  for (const FlagRow& flag : flags_of(command)) names.emplace_back(flag.name);
  return names;
}

bool takes_file(const FlagRow& flag) {
  return flag.value.starts_with("FILE");
}

// In single quotes, for any of the three shells; our texts hold no backslash.
std::string quoted(std::string_view text, std::string_view quote_in_quotes) {
  std::string safe = "'";
  for (const char c : text) c == '\'' ? safe += quote_in_quotes : safe += c;
  return safe + "'";
}

// A flag of one name means the same in every command, so its value can be completed without the command.
std::string bash_values() {
  std::vector<FlagRow> seen;
  std::string cases;
  for (const CommandRow& command : commands()) {
    for (const FlagRow& flag : flags_of(command)) {
      const bool known = std::ranges::find(seen, flag.name, &FlagRow::name) != seen.end();
      if (known || flag.value.empty()) continue;
      seen.push_back(flag);
      const auto choices = choices_of(flag.value);
      cases += "    " + std::string(flag.name) + ") ";
      if (is_choice(flag.value)) {
        cases += "COMPREPLY=($(compgen -W '" + joined(Texts(choices.begin(), choices.end()), " ") +
                 "' -- \"$word\"))";
      } else {
        cases += takes_file(flag) ? "COMPREPLY=($(compgen -f -- \"$word\"))" : "COMPREPLY=()";
      }
      cases += "; return ;;\n";
    }
  }
  return cases;
}

std::string bash_commands() {
  std::string cases;
  for (const CommandRow& command : commands()) {
    Texts words = argument_words(command.arguments);
    std::ranges::move(flag_names(command), std::back_inserter(words));
    cases += "    " + quoted(command.name, "'\\''") + ") words='" + joined(words, " ") + "' ;;\n";
  }
  for (const std::string& first : first_words()) {
    const Texts seconds = second_words(first);
    if (!seconds.empty()) cases += "    " + first + ") words='" + joined(seconds, " ") + "' ;;\n";
  }
  return cases;
}

std::string bash_groups() {
  Texts groups;
  for (const std::string& first : first_words()) {
    if (!second_words(first).empty()) groups.push_back(first);
  }
  return joined(groups, "|");
}

std::string zsh_flag(const FlagRow& flag) {
  std::string help{flag.help};
  std::string safe;
  for (const char c : help) {
    if (c == '[' || c == ']' || c == ':') safe += '\\';
    safe += c;
  }
  std::string spec = std::string(flag.name) + "[" + safe + "]";
  const auto choices = choices_of(flag.value);
  if (is_choice(flag.value)) {
    spec += ":value:(" + joined(Texts(choices.begin(), choices.end()), " ") + ")";
  } else if (!flag.value.empty()) {
    spec += takes_file(flag) ? ":file:_files" : ":value:";
  }
  return quoted(spec, "'\\''");
}

std::string zsh_command(const CommandRow& command) {
  std::string text = "    " + quoted(command.name, "'\\''") + ")\n      _arguments";
  for (const FlagRow& flag : flags_of(command)) text += " \\\n        " + zsh_flag(flag);
  const Texts words = argument_words(command.arguments);
  if (!words.empty()) text += " \\\n        " + quoted("*:argument:(" + joined(words, " ") + ")", "'\\''");
  return text + " ;;\n";
}

std::string fish_condition(const CommandRow& command) {
  const std::string_view second = second_word(command.name);
  std::string condition = "__fish_seen_subcommand_from " + std::string(first_word(command.name));
  if (!second.empty()) condition += "; and __fish_seen_subcommand_from " + std::string(second);
  return quoted(condition, "\\'");
}

std::string fish_flag(const CommandRow& command, const FlagRow& flag) {
  std::string line =
      "complete -c runneriq -n " + fish_condition(command) + " -l " + std::string(flag.name.substr(2));
  const auto choices = choices_of(flag.value);
  if (is_choice(flag.value)) {
    line += " -x -a " + quoted(joined(Texts(choices.begin(), choices.end()), " "), "\\'");
  } else if (!flag.value.empty()) {
    line += takes_file(flag) ? " -r -F" : " -x";
  }
  return line + " -d " + quoted(flag.help, "\\'") + "\n";
}

std::string fish_command(const CommandRow& command) {
  std::string text;
  for (const FlagRow& flag : flags_of(command)) text += fish_flag(command, flag);
  const Texts words = argument_words(command.arguments);
  if (words.empty()) return text;
  return text + "complete -c runneriq -n " + fish_condition(command) + " -a " +
         quoted(joined(words, " "), "\\'") + "\n";
}

std::string fish_names() {
  std::string text;
  for (const std::string& first : first_words()) {
    const Texts seconds = second_words(first);
    text += "complete -c runneriq -n __fish_use_subcommand -a " + first + "\n";
    if (!seconds.empty()) {
      text += "complete -c runneriq -n " + quoted("__fish_seen_subcommand_from " + first, "\\'") + " -a " +
              quoted(joined(seconds, " "), "\\'") + "\n";
    }
  }
  return text;
}

}  // namespace

std::string bash_completion() {
  return "# bash completion of runneriq: source <(runneriq completion bash)\n"
         "_runneriq() {\n"
         "  local word=\"${COMP_WORDS[COMP_CWORD]}\" before=\"${COMP_WORDS[COMP_CWORD-1]}\"\n"
         "  local command=\"${COMP_WORDS[1]}\" words=''\n"
         "  case \"$before\" in\n" +
         bash_values() +
         "  esac\n"
         "  if ((COMP_CWORD == 1)); then\n"
         "    COMPREPLY=($(compgen -W '" +
         joined(first_words(), " ") +
         " --help --version' -- \"$word\"))\n"
         "    return\n"
         "  fi\n"
         "  case \"$command\" in\n    " +
         bash_groups() +
         ") ((COMP_CWORD > 2)) && command+=\" ${COMP_WORDS[2]}\" ;;\n"
         "  esac\n"
         "  case \"$command\" in\n" +
         bash_commands() +
         "  esac\n"
         "  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "}\n"
         "complete -F _runneriq runneriq\n";
}

std::string zsh_completion() {
  std::string text =
      "#compdef runneriq\n# zsh completion of runneriq: save as _runneriq in a folder of $fpath\n"
      "_runneriq() {\n"
      "  local name=\"$words[2]\"\n"
      "  if ((CURRENT == 2)); then\n"
      "    compadd -- " +
      joined(first_words(), " ") + "\n    return\n  fi\n";
  for (const std::string& first : first_words()) {
    const Texts seconds = second_words(first);
    if (seconds.empty()) continue;
    text += "  if [[ $name == " + first + " ]]; then\n    if ((CURRENT == 3)); then\n      compadd -- " +
            joined(seconds, " ") +
            "\n      return\n    fi\n    name+=\" $words[3]\"\n    shift words\n    ((CURRENT--))\n  fi\n";
  }
  text += "  shift words\n  ((CURRENT--))\n  case \"$name\" in\n";
  for (const CommandRow& command : commands()) text += zsh_command(command);
  return text + "  esac\n}\ncompdef _runneriq runneriq\n";
}

std::string fish_completion() {
  std::string text =
      "# fish completion of runneriq: runneriq completion fish | source\ncomplete -c runneriq -f\n" +
      fish_names();
  for (const CommandRow& command : commands()) text += fish_command(command);
  return text;
}

}  // namespace runneriq::cli
