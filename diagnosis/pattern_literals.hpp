// The literals without which a pattern cannot match: what is looked for before the pattern is tried. Pure.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

// Whatever matches holds one of them at least, in some case of letters. Lower case. Of all such sets that
// whose shortest literal is longest. Empty: none can be named, or the pattern is not understood. Knows the
// RE2 syntax that rules use: groups, classes, repetitions, escapes of classes and edges, (?i).
std::vector<std::string> literals_of(std::string_view pattern);

}  // namespace runneriq::diagnosis
