#include "cli/command_line.hpp"

#include "cli/help.hpp"
#include "config/configuration.hpp"
#include "core/joined.hpp"
#include "core/printable.hpp"

#include <CLI/App.hpp>
#include <CLI/Config.hpp>
#include <CLI/Formatter.hpp>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

namespace runneriq::cli {
namespace {

using Words = std::span<const std::string_view>;
using Parsed = std::variant<Invocation, Answer>;

std::string how_to_get_help(std::string_view command) {
  return "; see `runneriq " + std::string(command) + (command.empty() ? "" : " ") + "--help`";
}

std::string meant(std::string_view suggestion) {
  return suggestion.empty() ? "" : ", did you mean '" + std::string(suggestion) + "'?";
}

tl::unexpected<Error> refuse(std::string_view command, const std::string& what) {
  return fail(Errc::invalid_argument, what + how_to_get_help(command));
}

bool is_flag(std::string_view word) {
  return word.size() > 1 && word.front() == '-';
}

// The first one or two words that are no flags and no values of common flags: the command.
struct Found {
  const CommandRow* command = nullptr;
  std::vector<std::string_view> names;  // the words looked at
  std::vector<std::string> rest;        // all words but those of the command
};

const CommandRow* command_named(std::string_view name) {
  const auto rows = commands();
  const auto found = std::ranges::find(rows, name, &CommandRow::name);
  return found == rows.end() ? nullptr : &*found;
}

bool begins_a_command(std::string_view word) {
  const std::string start = std::string(word) + " ";
  return std::ranges::any_of(commands(), [&](const CommandRow& row) { return row.name.starts_with(start); });
}

// Whether the word after `word` is its value and not the command.
bool takes_next(std::string_view word) {
  return std::ranges::any_of(common_flags(),
                             [&](const FlagRow& flag) { return flag.name == word && !flag.value.empty(); });
}

Found find_command(Words words) {
  Found found;
  for (std::size_t at = 0; at < words.size(); ++at) {
    const std::string_view word = words[at];
    const bool wanted = found.command == nullptr && found.names.size() < 2;
    if (!wanted || is_flag(word)) {
      found.rest.emplace_back(word);
      if (wanted && takes_next(word) && at + 1 < words.size()) found.rest.emplace_back(words[++at]);
      continue;
    }
    found.names.push_back(word);
    const std::string name =
        found.names.size() == 1 ? std::string(word) : std::string(found.names[0]) + " " + std::string(word);
    found.command = command_named(name);
    if (found.command == nullptr && found.names.size() == 1 && !begins_a_command(word)) {
      found.rest.insert(found.rest.end(), words.begin() + static_cast<std::ptrdiff_t>(at) + 1, words.end());
      break;
    }
  }
  return found;
}

bool asks_for(const std::vector<std::string>& words, std::string_view flag) {
  return std::ranges::find(words, flag) != words.end();
}

// The second words of the commands that begin with `first`, or all first words.
std::vector<std::string_view> known_names(std::string_view first) {
  std::vector<std::string_view> names;
  for (const CommandRow& row : commands()) {
    const std::size_t space = row.name.find(' ');
    if (first.empty()) {
      names.push_back(row.name.substr(0, space));
    } else if (row.name.substr(0, space) == first && space != std::string_view::npos) {
      names.push_back(row.name.substr(space + 1));
    }
  }
  return names;
}

Result<Parsed> without_command(const Found& found) {
  if (asks_for(found.rest, "--version")) return Parsed{Answer{version_text()}};
  const bool help = asks_for(found.rest, "--help") || asks_for(found.rest, "-h");
  if (found.names.empty()) {
    if (help) return Parsed{Answer{program_help()}};
    const auto flag = std::ranges::find_if(found.rest, is_flag);
    if (flag != found.rest.end() && !takes_next(*flag)) {
      return refuse("", "no command given, and " + quoted_text(*flag) + " is no flag of every command");
    }
    return refuse("", "no command given");
  }
  const std::string_view first = found.names.front();
  if (first == "help" && found.names.size() == 1) return Parsed{Answer{program_help()}};
  if (!begins_a_command(first)) {
    return refuse("",
                  "unknown command " + quoted_text(first) + meant(config::nearest(first, known_names(""))));
  }
  const std::vector<std::string_view> known = known_names(first);
  if (help) return Parsed{Answer{group_help(first)}};
  if (found.names.size() == 1) {
    std::vector<std::string> choices(known.begin(), known.end());
    return refuse(first, "'" + std::string(first) + "' needs one of: " + joined(choices, ", "));
  }
  return refuse(first, "unknown command " +
                           quoted_text(std::string(first) + " " + std::string(found.names[1])) +
                           meant(config::nearest(found.names[1], known)));
}

std::vector<FlagRow> flags_of(const CommandRow& command) {
  std::vector<FlagRow> flags(command.flags.begin(), command.flags.end());
  std::ranges::copy(common_flags(), std::back_inserter(flags));
  return flags;
}

// Tells the library about the flags; what it reads lands in `invocation`.
void declare(CLI::App& app, const std::vector<FlagRow>& flags, Invocation& invocation) {
  app.set_help_flag();
  app.allow_extras();
  for (const FlagRow& flag : flags) {
    const std::string name{flag.name};
    const std::string names = name == "--help" ? "-h,--help" : name;
    if (flag.value.empty()) {
      app.add_flag_callback(names, [&invocation, name] { invocation.flags[name] = ""; })
          ->disable_flag_override();
    } else {
      app.add_option_function<std::string>(
             names, [&invocation, name](const std::string& value) { invocation.flags[name] = value; })
          ->take_last();
    }
  }
  app.add_option("ARGUMENT", invocation.arguments);
}

Result<void> check_flags(const Invocation& invocation, const std::vector<FlagRow>& flags) {
  for (const FlagRow& flag : flags) {
    if (flag.value.empty() || !invocation.has(flag.name)) continue;
    const std::string_view value = invocation.value(flag.name);
    const std::vector<std::string_view> choices = choices_of(flag.value);
    const bool allowed =
        is_choice(flag.value) ? std::ranges::find(choices, value) != choices.end() : !value.empty();
    if (allowed) continue;
    const std::string hint = is_choice(flag.value) ? meant(config::nearest(value, choices)) : "";
    return refuse(invocation.command, std::string(flag.name) + " takes " + std::string(flag.value) +
                                          ", not " + quoted_text(value) + hint);
  }
  return {};
}

Result<void> check_choice(const Invocation& invocation, std::string_view argument, std::string_view allowed) {
  const std::vector<std::string_view> choices = choices_of(allowed);
  if (std::ranges::find(choices, argument) != choices.end()) return {};
  return refuse(invocation.command, "'" + invocation.command + "' takes " + std::string(allowed) + ", not " +
                                        quoted_text(argument) + meant(config::nearest(argument, choices)));
}

bool is_placeholder(std::string_view expected) {
  return std::ranges::any_of(expected, [](char each) { return each >= 'A' && each <= 'Z'; });
}

// "" takes none, "JOB" one, "[JOB]" at most one, "bash|zsh" one of these words, "[verify]" at most this word,
// "[RUNNER...]" any number.
Result<void> check_arguments(const Invocation& invocation, std::string_view expected) {
  if (expected.ends_with("...]")) return {};
  const auto& given = invocation.arguments;
  const bool optional = expected.starts_with('[');
  if (optional) expected = expected.substr(1, expected.size() - 2);
  const std::size_t most = expected.empty() ? 0 : 1;
  if (given.size() > most) {
    return refuse(invocation.command,
                  "'" + invocation.command + "' has no use for " + quoted_text(given[most]));
  }
  if (given.empty()) {
    if (optional || most == 0) return {};
    return refuse(invocation.command, "'" + invocation.command + "' needs " + std::string(expected));
  }
  if (is_placeholder(expected)) return {};
  if (optional || is_choice(expected)) return check_choice(invocation, given.front(), expected);
  return {};
}

tl::unexpected<Error> refuse_extra(const Invocation& invocation, const std::vector<FlagRow>& flags,
                                   std::string_view word) {
  std::vector<std::string_view> known;
  for (const FlagRow& flag : flags) known.push_back(flag.name);
  const std::string_view name = word.substr(0, word.find('='));
  return refuse(invocation.command, "'" + invocation.command + "' has no flag " + quoted_text(name) +
                                        meant(config::nearest(name, known)));
}

// The library takes `--once=no` for `--once` that was not given.
Result<void> check_switches(const CommandRow& command, const std::vector<FlagRow>& flags,
                            const std::vector<std::string>& words) {
  for (const std::string_view word : words) {
    const std::size_t equals = word.find('=');
    const auto flag = std::ranges::find(flags, word.substr(0, equals), &FlagRow::name);
    if (equals == std::string_view::npos || flag == flags.end() || !flag->value.empty()) continue;
    return refuse(command.name, std::string(flag->name) + " takes no value");
  }
  return {};
}

Result<Invocation> read(const CommandRow& command, std::vector<std::string> words) {
  Invocation invocation{.command = std::string(command.name), .flags = {}, .arguments = {}};
  const std::vector<FlagRow> flags = flags_of(command);
  if (auto right = check_switches(command, flags, words); !right) return fail(right.error());
  CLI::App app;
  declare(app, flags, invocation);
  std::ranges::reverse(words);  // as the library wants them
  app.parse(std::move(words));
  // A help that is asked for comes before any complaint.
  if (invocation.has("--help") || invocation.has("--version")) return invocation;
  if (const auto extra = app.remaining(); !extra.empty())
    return refuse_extra(invocation, flags, extra.front());
  if (auto right = check_flags(invocation, flags); !right) return fail(right.error());
  if (auto right = check_arguments(invocation, command.arguments); !right) return fail(right.error());
  return invocation;
}

Result<Invocation> read_or_refuse(const CommandRow& command, std::vector<std::string> words) {
  try {
    return read(command, std::move(words));
  } catch (const CLI::Error& error) {
    return refuse(command.name, printable(error.what()));
  }
}

}  // namespace

Result<Parsed> parse_command_line(Words words) {
  Found found = find_command(words);
  if (found.command == nullptr) return without_command(found);
  auto invocation = read_or_refuse(*found.command, std::move(found.rest));
  if (!invocation) return fail(invocation.error());
  if (invocation->has("--version")) return Parsed{Answer{version_text()}};
  if (invocation->has("--help")) return Parsed{Answer{command_help(*found.command)}};
  return Parsed{*std::move(invocation)};
}

}  // namespace runneriq::cli
