// The makers of option rows for what the configuration names itself: rules, budgets, receivers, routes. Such
// a row has a key with "*" for the name ("carbon.budgets.*.projects") and sets one field of the thing of that
// name. The things must outlive the row; their order is that in which they are first named.
#pragma once

#include "core/joined.hpp"
#include "core/option.hpp"
#include "core/result.hpp"

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq {

// Lower-case letters, digits, '-' and '_'; at most 64 bytes. Error: invalid_argument.
Result<void> check_name(std::string_view name);

// The one of that name, made when there is none.
template <class Named>
Named& named(std::vector<Named>& all, std::string_view name) {
  const auto same = std::find_if(all.begin(), all.end(), [&](const Named& one) { return one.name == name; });
  if (same != all.end()) return *same;
  all.emplace_back().name = name;
  return all.back();
}

// "one=…,other=…", without those of which `show` gives "".
template <class Named, class Show>
std::string show_all(const std::vector<Named>& all, Show show) {
  std::vector<std::string> entries;
  for (const Named& one : all) {
    if (const std::string text = show(one); !text.empty()) entries.push_back(one.name + "=" + text);
  }
  return joined(entries, ",");
}

// A row of one field of what is named: `parse` reads it, `show` writes it.
template <class Named, class Field, class Parse, class Show>
Option field_row(Option option, std::vector<Named>& all, Field Named::*field, Parse parse, Show show) {
  option.set_entry = [&all, field, parse](std::string_view name, std::string_view text) -> Result<void> {
    if (auto checked = check_name(name); !checked) return checked;
    auto value = parse(text);
    if (!value) return fail(std::move(value.error()));
    named(all, name).*field = *std::move(value);
    return {};
  };
  option.show = [&all, field, show] {
    return show_all(all, [&](const Named& one) { return show(one.*field); });
  };
  return option;
}

// The same of a text, which is shown as it is.
template <class Named, class Parse>
Option field_row(Option option, std::vector<Named>& all, std::string Named::*field, Parse parse) {
  return field_row(std::move(option), all, field, parse, [](const std::string& text) { return text; });
}

// The same of a choice.
template <class Named>
Option switch_field_row(Option option, std::vector<Named>& all, bool Named::*field) {
  return field_row(std::move(option), all, field, parse_switch,
                   [](bool choice) { return std::string(choice ? "true" : "false"); });
}

}  // namespace runneriq
