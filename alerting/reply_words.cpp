#include "alerting/reply_words.hpp"

#include "core/json_text.hpp"
#include "core/printable.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>

namespace runneriq::alerting {
namespace {

constexpr std::size_t kLongestWords = 120;

bool holds_a_piece(std::string_view words, std::string_view secret) {
  constexpr std::size_t kPiece = 8;
  if (secret.size() <= kPiece) return !secret.empty() && words.find(secret) != std::string_view::npos;
  for (std::size_t at = 0; at + kPiece <= words.size(); ++at)
    if (secret.find(words.substr(at, kPiece)) != std::string_view::npos) return true;
  return false;
}

}  // namespace

nlohmann::json reply_object(std::string_view body) {
  nlohmann::json document = json_in(body);
  return document.is_object() ? document : nlohmann::json::object();
}

std::string text_member(const nlohmann::json& object, std::string_view name) {
  const auto member = object.find(std::string(name));
  return member != object.end() && member->is_string() ? member->get<std::string>() : std::string{};
}

std::string plain_handle(std::string_view text, std::string_view extra) {
  constexpr std::size_t kLongest = 40;
  const auto plain = [&](char c) {
    return (c >= '0' && c <= '9') || extra.find(c) != std::string_view::npos;
  };
  return text.size() <= kLongest && std::ranges::all_of(text, plain) ? std::string(text) : std::string{};
}

DeliveryReply with_words(DeliveryReply reply, std::string_view words, const Secret& secret) {
  words = words.substr(0, kLongestWords);
  if (words.empty() || holds_a_piece(words, secret.reveal())) return reply;
  reply.words += (reply.words.empty() ? "" : ", ") + quoted_text(words, kLongestWords);
  return reply;
}

}  // namespace runneriq::alerting
