// Secrets that are known by how they look: tokens with the prefix of who issued them, JSON web tokens,
// private keys. Pure; a table.
#pragma once

#include "diagnosis/secret.hpp"

#include <cstddef>
#include <optional>
#include <string_view>

namespace runneriq::diagnosis {

// Whether a token may begin with it; what begins with another byte need not be asked for.
bool may_begin_a_token(char c);

// Reads the tokens of one text: linear in its length when asked for each place in turn.
class TokenShapes {
 public:
  explicit TokenShapes(std::string_view text) : text_(text) {}

  // The token that begins at `at`, before which a word begins or goes on. Of an address that is a credential
  // (Slack's, Discord's) only what follows its path. A token is taken as far as its letters go, so that one
  // that was cut off at its end is found, too, if enough of it is there.
  std::optional<Secret> token_at(std::size_t at, bool begins_a_word);

 private:
  std::optional<Secret> json_web_token(std::size_t at);
  std::size_t end_of_run(std::size_t at);

  std::string_view text_;
  std::size_t run_begin_ = 0, run_end_ = 0;  // the run of letters that was measured last
};

}  // namespace runneriq::diagnosis
