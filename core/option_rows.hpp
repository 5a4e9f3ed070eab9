// The makers of option rows for the usual kinds of fields. Each completes a row that has its key,
// its `value` and its help; the field must outlive the row.
#pragma once

#include "core/option.hpp"
#include "core/printable.hpp"
#include "core/time.hpp"

#include <algorithm>
#include <array>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq {

Option row(std::string key, std::string value, std::string help);

// "'x' is not <expected>".
tl::unexpected<Error> not_expected(std::string_view text, std::string_view expected);

Option duration_row(Option option, Duration& field, Duration shortest, Duration longest);
Option whole_row(Option option, int& field, int lowest, int highest);
Option decimal_row(Option option, double& field, double lowest, double highest);
// A share from 0 to 1 that people write in percent.
Option percent_row(Option option, double& share);
Option switch_row(Option option, bool& field);
// A text that `parse` checks and may tidy.
Option text_row(Option option, std::string& field, Result<std::string> (*parse)(std::string_view text));
// The absolute path of a file; "" only where the field may be empty from the start.
Option path_row(Option option, std::string& field);
// A list whose entries `add` checks and appends; a layer that names any replaces those of the layers below.
Option list_row(Option option, std::vector<std::string>& field,
                std::function<Result<void>(std::string_view)> add);

template <class Value>
struct Word {
  std::string_view word;
  Value value;
};

template <class Value, std::size_t count>
constexpr std::string_view word_of(const std::array<Word<Value>, count>& words, Value value) {
  return std::find_if(words.begin(), words.end(), [&](const Word<Value>& row) { return row.value == value; })
      ->word;
}

// One of a few words, which `option.value` lists; `words` must outlive the row.
template <class Value, std::size_t count>
Option word_row(Option option, Value& field, const std::array<Word<Value>, count>& words) {
  option.set = [&field, &words, allowed = option.value](std::string_view text) -> Result<void> {
    const auto found =
        std::find_if(words.begin(), words.end(), [&](const Word<Value>& word) { return word.word == text; });
    if (found == words.end()) return not_expected(text, "one of " + allowed);
    field = found->value;
    return {};
  };
  option.show = [&field, &words] { return std::string{word_of(words, field)}; };
  return option;
}

}  // namespace runneriq
