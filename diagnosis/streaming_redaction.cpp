#include "diagnosis/streaming_redaction.hpp"

#include "diagnosis/redaction_part.hpp"

#include <utility>

namespace runneriq::diagnosis {

static_assert(StreamingRedaction::kMostHeld == kRedactionWindow);

std::string StreamingRedaction::feed(std::string_view bytes) {
  std::string said;
  while (held_.size() + bytes.size() > kMostHeld) {
    const std::size_t missing = kMostHeld - held_.size();
    held_ += bytes.substr(0, missing);
    bytes.remove_prefix(missing);
    const RedactedPart part = redacted_part(held_, terms_);
    said += part.redaction.text;
    count_ += part.redaction.count;
    held_.erase(0, part.length);
  }
  held_ += bytes;
  return said;
}

std::string StreamingRedaction::finish() {
  Redaction rest = redacted_rest(std::exchange(held_, {}), terms_);
  count_ += rest.count;
  return std::move(rest.text);
}

}  // namespace runneriq::diagnosis
