#include "diagnosis/token_shapes.hpp"

#include "diagnosis/command_secret.hpp"
#include "diagnosis/marked_token.hpp"
#include "diagnosis/private_key.hpp"
#include "diagnosis/token_letters.hpp"
#include "diagnosis/token_table.hpp"

#include <algorithm>
#include <array>
#include <cstdint>
#include <string>

namespace runneriq::diagnosis {
namespace {

using token_table::kShapes;
using token_table::Letters;
using token_table::Shape;

// Addresses that are credentials: the path behind them is.
struct Address {
  std::string_view text, placeholder;
};
constexpr std::array kAddresses{
    Address{"discord.com/api/webhooks/", "[DISCORD-WEBHOOK]"},
    Address{"discordapp.com/api/webhooks/", "[DISCORD-WEBHOOK]"},
    Address{"hooks.slack.com/services/", "[SLACK-TOKEN]"},
    Address{"hooks.slack.com/triggers/", "[SLACK-TOKEN]"},
    Address{"hooks.slack.com/workflows/", "[SLACK-TOKEN]"},
    Address{"webhook.office.com/webhookb2/", "[TEAMS-WEBHOOK]"},
    Address{"outlook.office.com/webhook/", "[TEAMS-WEBHOOK]"},
    Address{"hooks.zapier.com/hooks/catch/", "[WEBHOOK]"},
    Address{"open.feishu.cn/open-apis/bot/v2/hook/", "[WEBHOOK]"},
    Address{"open.larksuite.com/open-apis/bot/v2/hook/", "[WEBHOOK]"},
    Address{"qyapi.weixin.qq.com/cgi-bin/webhook/send?key=", "[WEBHOOK]"},
    Address{"events.pagerduty.com/integration/", "[WEBHOOK]"},
    Address{"hc-ping.com/", "[WEBHOOK]"},
};
constexpr std::size_t kLeastPath = 10;

constexpr std::string_view kWebTokenStart = "eyJ";  // of {" in base64
constexpr std::size_t kLeastWebTokenPart = 10;
constexpr std::size_t kBytes = 256;

constexpr std::size_t index(char c) {
  return static_cast<unsigned char>(c);
}

// The first bytes of a prefix, up to four, as a number.
struct Head {
  std::uint32_t mask = 0, bytes = 0;
};
constexpr Head head_of(std::string_view prefix) {
  constexpr unsigned kByte = 8, kAll = 0xFF;
  Head head;
  for (unsigned i = 0; i < sizeof head.bytes && i < prefix.size(); ++i) {
    head.mask |= kAll << (kByte * i);
    head.bytes |= static_cast<std::uint32_t>(index(prefix[i])) << (kByte * i);
  }
  return head;
}
constexpr auto kHeads = [] {
  std::array<Head, kShapes.size()> heads{};
  std::ranges::transform(kShapes, heads.begin(), [](const Shape& shape) { return head_of(shape.prefix); });
  return heads;
}();

// ---- reading ------------------------------------------------------------------------------

bool looks_made_by_chance(std::string_view body) {
  constexpr std::ptrdiff_t kDigits = 2, kLetters = 3;
  const std::ptrdiff_t digits = std::ranges::count_if(body, is_digit);
  const auto capitals = std::ranges::count_if(body, [](char c) { return c >= 'A' && c <= 'Z'; });
  const auto small = std::ranges::count_if(body, [](char c) { return c >= 'a' && c <= 'z'; });
  return digits >= kDigits || (digits == 1 && capitals >= kLetters && small >= kLetters);
}

// The end of the token; 0 = it is none.
std::size_t end_of_token(std::string_view text, std::size_t at, const Shape& shape) {
  const std::size_t body = at + shape.prefix.size();
  if (!text.substr(at).starts_with(shape.prefix) || !has(text, body, shape.letters, shape.least)) return 0;
  const bool hangs_on = shape.letters == Letters::alphanumeric || shape.letters == Letters::hexadecimal;
  std::size_t end = end_of(text, body, hangs_on ? Letters::words : shape.letters);
  while (text[end - 1] == '.') --end;  // of a sentence
  if (shape.most > 0 && end - body > shape.most) return 0;
  if (shape.needs == token_table::Needs::digits && !looks_made_by_chance(text.substr(body, end - body)))
    return 0;
  return end;
}

std::optional<Secret> prefixed(std::string_view text, std::size_t at, bool begins_a_word) {
  std::optional<Secret> longest;
  const std::uint32_t bytes = head_of(text.substr(at, sizeof(std::uint32_t))).bytes;
  for (std::size_t row = 0; row < kShapes.size(); ++row) {
    if ((bytes & kHeads[row].mask) != kHeads[row].bytes) continue;
    const Shape& shape = kShapes[row];
    if (shape.start == token_table::Start::of_a_word && !begins_a_word) continue;
    const std::size_t end = end_of_token(text, at, shape);
    if (end > (longest ? longest->end : 0))
      longest = Secret{.begin = at, .end = end, .placeholder = shape.issuer.placeholder};
  }
  return longest;
}

std::optional<Secret> address(std::string_view text, std::size_t at) {
  const std::string_view here = text.substr(at);
  for (const Address& known : kAddresses) {
    if (here.front() != known.text.front() || !here.starts_with(known.text)) continue;
    const auto is_of_path = [](char c) { return is_one_of(c, Letters::words) || c == '/' || c == '@'; };
    const std::size_t begin = at + known.text.size();
    std::size_t end = begin;
    while (end < text.size() && is_of_path(text[end])) ++end;
    if (end - begin < kLeastPath) return std::nullopt;
    return Secret{.begin = begin, .end = end, .placeholder = known.placeholder};
  }
  return std::nullopt;
}

}  // namespace

TokenStarts::TokenStarts() {
  for (const Shape& shape : kShapes) add(shape.prefix, shape.letters);
  for (const Address& address : kAddresses) add(address.text);
  for (const std::string_view mark : kTokenMarks) add(mark);
  for (const std::string_view begin : kCommandStarts) add(begin);
  for (const std::string_view begin : kPrivateKeyStarts) add(begin);
  add(kWebTokenStart);
  add_discord();
}

// A short one with all letters that may follow.
void TokenStarts::add(std::string_view start, Letters next) {
  if (start.size() >= kLength) {
    known_.set(first_index(word_of(start.data())));
    known_.set(second_index(word_of(start.data())));
    return;
  }
  for (std::size_t byte = 0; byte < kBytes; ++byte) {
    const char c = static_cast<char>(byte);
    if (is_one_of(c, next) || c == '~' || c == ' ') add(std::string{start} + c, next);
  }
}

// Two digits and a half in base64.
void TokenStarts::add_discord() {
  for (const char first : {'M', 'N', 'O'})
    for (const char second : {'D', 'T', 'j', 'z'})
      for (const char third : {'A', 'E', 'I', 'M', 'Q', 'U', 'Y', 'c', 'g', 'k'})
        add(std::string{first, second, third}, Letters::alphanumeric);
}

const TokenStarts& token_starts() {
  static const TokenStarts starts;
  return starts;
}

std::size_t TokenShapes::end_of_run(std::size_t at) {
  if (at < run_begin_ || at >= run_end_) {
    run_begin_ = at;
    run_end_ = end_of(text_, at, Letters::words);
  }
  return run_end_;
}

// Parts of base64url with dots between: two of one that was cut off, three, or the five of an encrypted one.
std::optional<Secret> TokenShapes::json_web_token(std::size_t at) {
  if (!text_.substr(at).starts_with(kWebTokenStart)) return std::nullopt;
  std::size_t end = end_of_run(at);
  if (end - at < kLeastWebTokenPart || end >= text_.size() || text_[end] != '.' ||
      !has(text_, end + 1, Letters::words, kLeastWebTokenPart))
    return std::nullopt;
  constexpr int kMostParts = 5;
  for (int part = 1; part < kMostParts && end < text_.size() && text_[end] == '.'; ++part)
    end = end_of(text_, end + 1, Letters::words);
  while (text_[end - 1] == '.') --end;
  return Secret{.begin = at, .end = end, .placeholder = "[JWT]"};
}

std::optional<Secret> TokenShapes::token_at(std::size_t at, bool begins_a_word, std::size_t floor) {
  if (!token_starts().may_begin(text_, at)) return std::nullopt;
  if (text_[at] == 'B' || text_[at] == 'P') {
    if (auto key = private_key_at(text_, at, floor)) return key;
  }
  if (text_[at] == 'e') {
    if (auto token = json_web_token(at)) return token;
  }
  if (auto token = prefixed(text_, at, begins_a_word)) return token;
  if (auto token = marked_token_at(text_, at, floor)) return token;
  if (begins_a_word) {
    if (auto token = discord_token_at(text_, at)) return token;
    if (auto told = command_secret_at(text_, at, floor)) return told;
  }
  return address(text_, at);
}

}  // namespace runneriq::diagnosis
