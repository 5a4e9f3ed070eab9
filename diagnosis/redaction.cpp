#include "diagnosis/redaction.hpp"

#include "diagnosis/redaction_part.hpp"

#include <utility>

namespace runneriq::diagnosis {

Redaction redaction_of(std::string_view text, const RedactionTerms& terms) {
  Redaction all;
  while (text.size() > kRedactionWindow) {
    const RedactedPart part = redacted_part(text.substr(0, kRedactionWindow), terms);
    all.text += part.redaction.text;
    all.count += part.redaction.count;
    text.remove_prefix(part.length);
  }
  Redaction rest = redacted_rest(text, terms);
  if (all.text.empty()) return rest;
  return {.text = std::move(all.text) + rest.text, .count = all.count + rest.count};
}

Redaction redaction_of(std::string_view text) {
  return redaction_of(text, RedactionTerms{});
}

std::string redacted(std::string_view text) {
  return redaction_of(text).text;
}

}  // namespace runneriq::diagnosis
