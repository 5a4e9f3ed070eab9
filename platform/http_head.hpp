// Reads the head of a request as bytes, before a parser sees it: what parsers of proxies and servers
// understand differently has no place in it.
#pragma once

#include <cstddef>
#include <optional>
#include <string_view>

namespace runneriq::platform {

// Looks at the bytes of one head as they arrive.
class HttpHeadScan {
 public:
  enum class Verdict { more, complete, malformed };

  // `text` is all that has arrived since the head began; it only ever grows. Malformed are: control
  // characters, line ends other than CR LF, a line that goes on in the next one (RFC 9112, section 5.2).
  Verdict look(std::string_view text);
  // Of a complete head, with the empty line at its end.
  [[nodiscard]] std::size_t size() const { return seen_; }

 private:
  std::size_t seen_ = 0;
  std::size_t line_ = 0;  // where the line began
};

}  // namespace runneriq::platform
