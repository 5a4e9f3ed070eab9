// The effective configuration of a program: defaults < file < environment < flags, over the
// option rows that the program joined.
#pragma once

#include "core/option.hpp"

#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::config {

// One scalar of a configuration document: {"executor", "slots"} = "2", line 3. Lists use the
// index as the last element of the path.
struct DocumentEntry {
  enum class Kind {
    scalar,
    nothing,  // `slots:`, a key without a value
    empty,    // `[]` or `{}`
  };
  std::vector<std::string> path;  // below the top key `runneriq`
  std::string text;
  int line = 0;  // from 1
  Kind kind = Kind::scalar;
};

// Where the value of an option comes from, for `config show` and for errors.
enum class Layer { defaults, file, environment, flags };
struct Origin {
  Layer layer = Layer::defaults;
  std::string where;  // "/etc/runneriq/runneriq.yaml:14", "RUNNERIQ_EXECUTOR_SLOTS", "--slots"
};

struct Problem {
  std::string where;
  std::string message;  // complete sentence: bad value, expected, suggestion
};

class Configuration {
 public:
  // `owned` are the top-level sections that this program answers for ("executor", "analyzer"):
  // unknown keys there are problems; other sections belong to other programs.
  Configuration(Options options, std::vector<std::string> owned);

  // Each applies what is right, keeps the old value for what is wrong, and returns the
  // problems in the order of the document.
  std::vector<Problem> apply_document(std::string_view file, std::span<const DocumentEntry> entries);
  // RUNNERIQ_<KEY>, upper case, dots as underscores: RUNNERIQ_EXECUTOR_MAX_HOLD=5m; and each
  // option's own further variable, which RUNNERIQ_<KEY> outdoes. Lists and mappings take
  // comma-separated entries ("a,b", "main=100,develop=75"); an option whose `value` begins with
  // "list" keeps '=' in its entries.
  std::vector<Problem> apply_environment(std::span<const std::string_view> environment);
  // A flag of the command line that sets the option `key`, which exists.
  std::vector<Problem> apply_flag(std::string_view flag, std::string_view key, std::string_view text);

  [[nodiscard]] const Options& options() const { return options_; }
  [[nodiscard]] Origin origin(std::string_view key) const;

 private:
  void apply_own_variable(std::string_view entry, std::vector<Problem>& problems);
  [[nodiscard]] bool is_own_variable(std::string_view name) const;
  void apply_text(Option& option, Origin origin, std::string_view text, std::vector<Problem>& problems);

  Options options_;
  std::vector<std::string> owned_;
  std::map<std::string, Origin, std::less<>> origins_;
};

// The known word that is nearest to `word`, when it is near enough to be meant; else "". Near are
// two edits (insert, remove, replace, swap two neighbours) or a third of the shorter word.
std::string_view nearest(std::string_view word, std::span<const std::string_view> known);

}  // namespace runneriq::config
