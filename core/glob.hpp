// Shell patterns, as GitLab's protected branches and our rules use them.
#pragma once

#include <string_view>

namespace runneriq {

// Whether `text` matches `pattern` as a whole. '*' stands for any run of characters
// (also '/'), '?' for one byte; nothing else is special; case matters.
// Linear in practice, O(pattern × text) at worst: safe on hostile text.
bool glob_matches(std::string_view pattern, std::string_view text);

}  // namespace runneriq
