// Additions to the text of a .gitlab-ci.yml that leave every other byte as it is: where they go, and
// how they have to look there. Pure. Whoever uses them reads the result again before he believes it.
#pragma once

#include "core/result.hpp"
#include "gitlab/ci_config.hpp"
#include "scheduler/text_edits.hpp"

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::scheduler {

// A text as the value of a key: plain where YAML reads it as that text, else in single quotes.
std::string yaml_scalar(std::string_view text);
// In double quotes, as an element of a list.
std::string yaml_quoted(std::string_view text);
// ["a", "b"]
std::string yaml_list(std::span<const std::string> texts);

class CiText {
 public:
  // `text` must outlive this.
  explicit CiText(std::string_view text);

  [[nodiscard]] std::string_view text() const { return text_; }
  [[nodiscard]] std::string_view newline() const { return newline_; }
  [[nodiscard]] std::size_t line_start(std::size_t at) const;
  [[nodiscard]] std::size_t column(std::size_t at) const { return at - line_start(at); }
  // Behind the last line, from the one of `at` on, whose content begins at `column` or later.
  [[nodiscard]] std::size_t block_end(std::size_t at, std::size_t column) const;

  // `lines` as lines of their own in front of the line that begins at `at`, or at the end.
  [[nodiscard]] TextEdit lines(std::size_t at, std::span<const std::string> lines) const;
  // A scalar more at the end of a list.
  [[nodiscard]] Result<TextEdit> append(const gitlab::CiNode& list, std::string_view quoted) const;
  // An entry more in a mapping: first where it is a block, so that nothing of it must be understood.
  // `key` is the mapping's own, for one that is empty; null for a job that is nothing.
  [[nodiscard]] Result<TextEdit> add_entry(const gitlab::CiNode& mapping, const gitlab::CiKey& key,
                                           std::string_view name, std::string_view value) const;
  // A value for a key that has none.
  [[nodiscard]] Result<TextEdit> give_value(const gitlab::CiKey& key, std::string_view value) const;
  // Another value for one that stands on a single line: a scalar, an alias, a flow list.
  [[nodiscard]] Result<TextEdit> replace(const gitlab::CiNode& node, std::string_view value) const;
  // Blocks of lines of their own, before the first key of the document and behind what heads it.
  [[nodiscard]] TextEdit new_blocks(const gitlab::CiNode& root,
                                    std::span<const std::vector<std::string>> blocks) const;

 private:
  [[nodiscard]] std::size_t line_end(std::size_t at) const;  // behind its newline
  [[nodiscard]] std::size_t indentation(std::size_t line) const;
  [[nodiscard]] std::string_view line_at(std::size_t line) const;
  // Behind the last thing that is no blank and no comment, from the bracket at `at` to the one that
  // closes it; none where it is never closed.
  struct Brackets {
    std::size_t open = 0;
    std::size_t last = 0;  // of what stands between them; `open` for nothing
    std::size_t close = 0;
  };
  [[nodiscard]] std::optional<Brackets> brackets(std::size_t at) const;
  [[nodiscard]] Result<TextEdit> append_in_brackets(const gitlab::CiNode& node, std::string_view words) const;
  [[nodiscard]] std::size_t heading_end(std::size_t first_key) const;

  std::string_view text_;
  std::string_view newline_;
};

}  // namespace runneriq::scheduler
