// What looks like a secret in a log gives way to a placeholder, before it is kept or sent anywhere. Pure.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace runneriq::diagnosis {

struct Redaction {
  std::string text;
  std::size_t count = 0;  // of secrets
};

// Replaced are
// - tokens known by their prefix ("glpat-…", "ghp_…", "AKIA…", "xoxb-…", …), JSON web tokens, private keys in
//   PEM, addresses of Slack's and Discord's webhooks: token_shapes, private_key;
// - the password in "//user:password@host", credentials behind "Authorization:", values of "password=",
//   "api_key: ", "sig=", …: told_secret;
// - words of 32 bytes and more that chance seems to have made, but no digests, commits and paths:
// random_word. The placeholder names the kind: "[GITLAB-TOKEN]", "[PASSWORD]", "[SECRET]".
//
// Colours and erasures of a terminal ("ESC[31m", "ESC[K", "ESC(B") are looked through: a secret that they
// interrupt is found, and they stay, behind its placeholder. All other bytes stay as they are. Redacting what
// was redacted changes nothing. The result is at most three times as long as the text.
//
// Not found is what its own text does not show: a token whose start lies before the text (then only a random
// word of 32 bytes is left to be seen), one that another control character or a line end interrupts, a short
// password that nothing tells of, any encoding of these. Any bytes will do; O(length).
Redaction redaction_of(std::string_view text);
std::string redacted(std::string_view text);

}  // namespace runneriq::diagnosis
