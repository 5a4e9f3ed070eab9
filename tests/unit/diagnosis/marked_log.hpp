// Logs for tests of extractors, in which the block that is to be found is marked. For tests only.
#pragma once

#include "core/lines.hpp"
#include "diagnosis/block.hpp"

#include <algorithm>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::diagnosis {

// The first byte of each line: '>' it belongs to the block, '*' it is its head, '$' a command, ' ' all else.
// Where no line is marked, no block is expected.
struct MarkedLog {
  std::string_view name, kind;
  std::string_view text;
};

inline std::ostream& operator<<(std::ostream& stream, const MarkedLog& log) {
  return stream << log.name;
}

struct Span {
  std::size_t first = 0, last = 0, head = 0;
  friend bool operator==(const Span&, const Span&) = default;
};

inline std::ostream& operator<<(std::ostream& stream, const Span& span) {
  return stream << span.first << "-" << span.last << ", head " << span.head;
}

inline ReadLog log_of(std::string_view text, std::size_t margin = 1) {
  ReadLog log;
  std::int32_t command = -1;
  for (const std::string_view line : lines_of(text)) {
    const bool echoed = margin > 0 && line.starts_with('$');
    if (echoed) ++command;
    const std::string_view kept = line.substr(std::min(echoed ? 0 : margin, line.size()));
    log.lines.push_back({.number = static_cast<std::int64_t>(log.lines.size()) + 1,
                         .text = log.storage.emplace_back(kept),
                         .command = command});
  }
  return log;
}

inline std::optional<Span> marked_in(std::string_view text) {
  std::optional<Span> span;
  std::size_t at = 0;
  for (const std::string_view line : lines_of(text)) {
    const bool head = line.starts_with('*');
    if (head || line.starts_with('>')) {
      if (!span) span = Span{.first = at, .last = at, .head = at};
      span->last = at;
      if (head) span->head = at;
    }
    ++at;
  }
  return span;
}

using Spans = std::vector<Span>;

// The blocks of a kind: all, with an empty kind.
inline Spans spans_of(const std::vector<Block>& blocks, std::string_view kind) {
  Spans spans;
  for (const Block& block : blocks) {
    if (kind.empty() || block.kind == kind) {
      spans.push_back({.first = block.first, .last = block.last, .head = block.head});
    }
  }
  return spans;
}

}  // namespace runneriq::diagnosis
