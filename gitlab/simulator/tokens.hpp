// Personal access tokens, and what they may do.
#pragma once

#include "core/id.hpp"
#include "core/secret.hpp"
#include "core/time.hpp"
#include "gitlab/simulator/records.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::gitlab::simulator {

struct Token {
  std::int64_t id = 0;
  Secret secret{};
  std::string name{};
  UserId user{};
  bool administrator = true;
  std::vector<std::string> scopes{};
  Time created_at{};
  std::optional<Time> expires_at{};

  [[nodiscard]] bool has_scope(std::string_view scope) const;
  [[nodiscard]] bool active(Time now) const { return !expires_at || now < *expires_at; }
  // The user's access level in the project; an administrator owns everything.
  [[nodiscard]] int level_in(const ProjectRecord& project) const;
};

class Tokens {
 public:
  // One of the same text is replaced.
  const Token& add(Token token);
  [[nodiscard]] const Token* find(std::string_view text) const;

 private:
  std::vector<Token> tokens_;
};

}  // namespace runneriq::gitlab::simulator
