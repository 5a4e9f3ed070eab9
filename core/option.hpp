// One row per option: it serves the file, the environment, help, `config show` and the
// generated reference. A domain declares its rows in <domain>/options; a program joins
// those it needs (config/).
#pragma once

#include "core/result.hpp"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq {

struct Option {
  // Dotted path below `runneriq:`, e.g. "executor.max_hold". One part may be "*", which stands for
  // any name: "gitlab.fleets.*.url" takes entries, and `set_entry` gets that name as entry.
  std::string key;
  std::string value;  // what is expected, for people: "duration", "number ≥ 0", "shell | bubblewrap | auto"
  std::string help;   // one sentence
  // A scalar option sets itself from text, keeping its old value on error.
  std::function<Result<void>(std::string_view text)> set;
  // A mapping or a list takes entries one by one instead: `set_entry` gets the entry's key
  // (the index in a list) and its text. Where there is a `clear`, it is called once before
  // the first entry of a layer: a list then drops the entries of the layers below, a mapping
  // whose first match wins puts the layer's entries before them.
  std::function<Result<void>(std::string_view entry, std::string_view text)> set_entry;
  std::function<void()> clear;
  std::function<std::string()> show;  // the effective value as text
  // A further environment variable that sets it, with less weight than RUNNERIQ_<KEY>; "" = none.
  std::string variable = {};
};

using Options = std::vector<Option>;

// Parsers that rows share. Errors name the bad text and what was expected.
Result<bool> parse_switch(std::string_view text);  // true|false|on|off|yes|no
// Decimal digits only; no 0 in front, which YAML 1.1 reads as octal and YAML 1.2 does not.
Result<int> parse_whole(std::string_view text, int lowest, int highest);
Result<double> parse_decimal(std::string_view text, double lowest, double highest);

// The shortest text that parse_decimal() reads back as the same number: "75", "0.15".
std::string decimal_text(double number);

}  // namespace runneriq
