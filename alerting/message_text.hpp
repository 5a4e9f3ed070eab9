// A notification in words, for all who show it as text. Pure. What comes from GitLab or a log is made
// printable() and bounded here, but not escaped: it is kept apart from our own words as spans, so that each
// target can escape it its own way.
#pragma once

#include "alerting/notification.hpp"
#include "core/text_cut.hpp"

#include <cstddef>
#include <string>
#include <vector>

namespace runneriq::alerting {

// A run of text: ours, or somebody else's. One line, valid UTF-8, at most 500 bytes.
struct Span {
  enum class Kind {
    ours,
    theirs,  // to be escaped: names, refs, users, reasons
    log,     // a line of a log, alone on its line: to be shown literally
    link,    // `text` is ours, `url` leads to our own GitLab: http or https, at most 1,000 characters of
             // RFC 3986 without parentheses and quotes, so that it needs no escape anywhere
  } kind = Kind::ours;
  std::string text{};
  std::string url{};
};
using Line = std::vector<Span>;

struct MessageText {
  std::string title;  // one line: "[FIRING:3] error: lint failed in acme/shop on 3 refs"; theirs is in it:
                      // escape it whole; at most 800 bytes
  std::vector<Line>
      lines;          // summary, then each alert, then what was left out, then why this message was sent
  std::string plain;  // title and lines as plain text; a link is its text and its address
};

// At most `most_alerts` alerts; the rest is counted in a line.
MessageText message_text(const Notification& notification, std::size_t most_alerts = 10);

// The line with neighbouring spans of ours and theirs joined, for targets that show both literally.
Line joined_literally(const Line& line);

}  // namespace runneriq::alerting
