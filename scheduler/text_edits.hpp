// Small changes of a text by their places, and the patch that tells them. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::scheduler {

// At byte `at`, `removed` bytes give way to `text`.
struct TextEdit {
  std::size_t at = 0;
  std::size_t removed = 0;
  std::string text = {};
};

// Edits must not overlap; of those at the same place the earlier in `edits` comes first.
std::string edited(std::string_view text, std::vector<TextEdit> edits);

// The edits as a unified diff of a/<path> and b/<path> with three lines of context, as `patch -p1` and
// `git apply` take it; "" for none. `path` is relative and printable.
std::string unified_diff(std::string_view path, std::string_view text, const std::vector<TextEdit>& edits);

}  // namespace runneriq::scheduler
