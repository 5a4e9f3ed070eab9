// What looks like a secret in a log gives way to a placeholder, before it is kept or sent anywhere. Pure.
#pragma once

#include "diagnosis/known_secrets.hpp"

#include <cstddef>
#include <string>
#include <string_view>

namespace runneriq::diagnosis {

struct Redaction {
  std::string text;
  std::size_t count = 0;  // of secrets, and of what is personal
};

// Replaced are
// - tokens known by their prefix ("glpat-…", "ghp_…", "AKIA…", "xoxb-…", …), JSON web tokens, private keys in
//   PEM, addresses of webhooks: token_table, token_shapes, marked_token, private_key;
// - the password in "//user:password@host", credentials behind "Authorization:", values of "password=",
//   "api_key: ", "sig=", …: told_secret; of options such as "--password": command_secret;
// - words of 32 bytes and more that chance seems to have made, but no digests, commits and paths:
// random_word. The placeholder names the kind: "[GITLAB-TOKEN]", "[PASSWORD]", "[SECRET]".
//
// Colours and erasures of a terminal ("ESC[31m", "ESC[K", "ESC(B") and signs without width are looked
// through: a secret that they interrupt is found, and they stay, behind its placeholder. All other bytes stay
// as they are. Redacting what was redacted changes nothing. The result is at most three times as long as the
// text.
//
// Not found is what its own text does not show: a token whose start lies before the text (then only a random
// word of 32 bytes is left to be seen), one that another control character or a line end interrupts, a short
// password that nothing tells of, any encoding of these. A text of more than 64 KiB is
// redacted in parts that end with lines where that is possible (redaction_part). Any bytes will do;
// O(length).
Redaction redaction_of(std::string_view text);
std::string redacted(std::string_view text);

// Beside what looks like a secret: what is known to be one, and what is personal.
struct RedactionTerms {
  const KnownSecrets* known = nullptr;                             // null: none are known
  enum class Personal { keep, redact } personal = Personal::keep;  // diagnosis/personal.hpp
};
Redaction redaction_of(std::string_view text, const RedactionTerms& terms);

}  // namespace runneriq::diagnosis
