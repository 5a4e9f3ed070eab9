#include "gitlab/simulator/tokens.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::gitlab::simulator {
namespace {

constexpr int kOwner = 50;

}  // namespace

bool Token::has_scope(std::string_view scope) const {
  return std::find(scopes.begin(), scopes.end(), scope) != scopes.end();
}

int Token::level_in(const ProjectRecord& project) const {
  if (administrator) return kOwner;
  const auto member = project.members.find(user);
  return member == project.members.end() ? 0 : member->second;
}

const Token& Tokens::add(Token token) {
  std::erase_if(tokens_, [&](const Token& known) { return known.secret.reveal() == token.secret.reveal(); });
  token.id = tokens_.empty() ? 1 : tokens_.back().id + 1;
  tokens_.push_back(std::move(token));
  return tokens_.back();
}

const Token* Tokens::find(std::string_view text) const {
  const auto place = std::find_if(tokens_.begin(), tokens_.end(),
                                  [&](const Token& token) { return token.secret.reveal() == text; });
  return place == tokens_.end() ? nullptr : &*place;
}

}  // namespace runneriq::gitlab::simulator
