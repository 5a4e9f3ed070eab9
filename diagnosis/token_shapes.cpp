#include "diagnosis/token_shapes.hpp"

#include "diagnosis/characters.hpp"
#include "diagnosis/private_key.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace runneriq::diagnosis {
namespace {

// ---- the table ----------------------------------------------------------------------------

enum class Letters : std::uint8_t {
  alphanumeric,
  capitals,  // and digits
  words,     // alphanumeric, '_', '-'
  dotted,    // words and '.'
};

enum class Start : std::uint8_t { anywhere, of_a_word };

// What follows the prefix is at least `least` of the letters. All of them that follow are taken; of the
// alphanumeric ones all words that hang on to them, too.
struct Shape {
  std::string_view prefix;
  Letters letters;
  std::size_t least;
  std::string_view placeholder;
  Start start = Start::anywhere;
};

// In the order of the prefixes.
constexpr std::array kShapes{
    Shape{"AGE-SECRET-KEY-1", Letters::capitals, 32, "[SECRET]"},
    Shape{"AIza", Letters::words, 30, "[GOOGLE-KEY]"},
    Shape{"AKIA", Letters::capitals, 16, "[AWS-KEY]", Start::of_a_word},
    Shape{"ASIA", Letters::capitals, 16, "[AWS-KEY]", Start::of_a_word},
    Shape{"GR1348941", Letters::words, 16, "[GITLAB-TOKEN]"},
    Shape{"SG.", Letters::dotted, 32, "[SENDGRID-KEY]", Start::of_a_word},
    Shape{"dckr_pat_", Letters::words, 20, "[DOCKER-TOKEN]"},
    Shape{"dop_v1_", Letters::alphanumeric, 32, "[DIGITALOCEAN-TOKEN]"},
    Shape{"gho_", Letters::alphanumeric, 20, "[GITHUB-TOKEN]"},
    Shape{"ghp_", Letters::alphanumeric, 20, "[GITHUB-TOKEN]"},
    Shape{"ghr_", Letters::alphanumeric, 20, "[GITHUB-TOKEN]"},
    Shape{"ghs_", Letters::alphanumeric, 20, "[GITHUB-TOKEN]"},
    Shape{"ghu_", Letters::alphanumeric, 20, "[GITHUB-TOKEN]"},
    Shape{"github_pat_", Letters::words, 20, "[GITHUB-TOKEN]"},
    Shape{"glagent-", Letters::dotted, 16, "[GITLAB-TOKEN]"},
    Shape{"glcbt-", Letters::dotted, 16, "[GITLAB-TOKEN]"},
    Shape{"gldt-", Letters::dotted, 16, "[GITLAB-TOKEN]"},
    Shape{"glffct-", Letters::dotted, 16, "[GITLAB-TOKEN]"},
    Shape{"glft-", Letters::dotted, 16, "[GITLAB-TOKEN]"},
    Shape{"glimt-", Letters::dotted, 16, "[GITLAB-TOKEN]"},
    Shape{"gloas-", Letters::dotted, 16, "[GITLAB-TOKEN]"},
    Shape{"glpat-", Letters::dotted, 16, "[GITLAB-TOKEN]"},
    Shape{"glptt-", Letters::dotted, 16, "[GITLAB-TOKEN]"},
    Shape{"glrt-", Letters::dotted, 16, "[GITLAB-TOKEN]"},
    Shape{"glrtr-", Letters::dotted, 16, "[GITLAB-TOKEN]"},
    Shape{"glsoat-", Letters::dotted, 16, "[GITLAB-TOKEN]"},
    Shape{"hf_", Letters::alphanumeric, 30, "[SECRET]", Start::of_a_word},
    Shape{"hvs.", Letters::words, 20, "[VAULT-TOKEN]", Start::of_a_word},
    Shape{"npm_", Letters::alphanumeric, 30, "[NPM-TOKEN]"},
    Shape{"pypi-Ag", Letters::words, 30, "[PYPI-TOKEN]"},
    Shape{"rk_live_", Letters::alphanumeric, 16, "[API-TOKEN]"},
    Shape{"sk-", Letters::alphanumeric, 20, "[API-TOKEN]", Start::of_a_word},
    Shape{"sk-ant-", Letters::words, 16, "[API-TOKEN]"},
    Shape{"sk-proj-", Letters::words, 16, "[API-TOKEN]"},
    Shape{"sk-svcacct-", Letters::words, 16, "[API-TOKEN]"},
    Shape{"sk_live_", Letters::alphanumeric, 16, "[API-TOKEN]"},
    Shape{"sk_test_", Letters::alphanumeric, 16, "[API-TOKEN]"},
    Shape{"xapp-", Letters::words, 16, "[SLACK-TOKEN]"},
    Shape{"xoxa-", Letters::words, 10, "[SLACK-TOKEN]"},
    Shape{"xoxb-", Letters::words, 10, "[SLACK-TOKEN]"},
    Shape{"xoxe-", Letters::words, 10, "[SLACK-TOKEN]"},
    Shape{"xoxp-", Letters::words, 10, "[SLACK-TOKEN]"},
    Shape{"xoxr-", Letters::words, 10, "[SLACK-TOKEN]"},
    Shape{"xoxs-", Letters::words, 10, "[SLACK-TOKEN]"},
};
static_assert(std::ranges::is_sorted(kShapes, {}, &Shape::prefix));

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
};
constexpr std::size_t kLeastPath = 10;

constexpr std::string_view kWebTokenStart = "eyJ";  // of {" in base64
constexpr std::size_t kLeastWebTokenPart = 10;
constexpr std::size_t kBytes = 256;

constexpr std::size_t index(char c) {
  return static_cast<unsigned char>(c);
}

constexpr auto kFirstLetters = [] {
  std::array<bool, kBytes> first{};
  for (const Shape& shape : kShapes) first.at(index(shape.prefix.front())) = true;
  for (const Address& address : kAddresses) first.at(index(address.text.front())) = true;
  first.at(index(kWebTokenStart.front())) = true;
  first.at(index('-')) = true;  // of a private key
  return first;
}();

// The rows of each first letter: [first, last).
struct Rows {
  std::uint8_t first = 0, last = 0;
};
constexpr auto kRows = [] {
  std::array<Rows, kBytes> rows{};
  for (std::uint8_t i = 0; i < kShapes.size(); ++i) {
    Rows& of = rows.at(index(kShapes.at(i).prefix.front()));
    if (of.last == 0) of.first = i;
    of.last = i + 1;
  }
  return rows;
}();

// ---- reading ------------------------------------------------------------------------------

bool is_one_of(char c, Letters letters) {
  switch (letters) {
    case Letters::alphanumeric:
      return is_digit(c) || is_letter(c);
    case Letters::capitals:
      return is_digit(c) || (c >= 'A' && c <= 'Z');
    case Letters::words:
      return is_word(c) || c == '-';
    case Letters::dotted:
      return is_word(c) || c == '-' || c == '.';
  }
  return false;
}

std::size_t end_of(std::string_view text, std::size_t at, Letters letters) {
  while (at < text.size() && is_one_of(text[at], letters)) ++at;
  return at;
}

bool has(std::string_view text, std::size_t at, Letters letters, std::size_t least) {
  const std::string_view next = text.substr(at, least);
  return next.size() == least && std::ranges::all_of(next, [&](char c) { return is_one_of(c, letters); });
}

std::optional<Secret> prefixed(std::string_view text, std::size_t at, bool begins_a_word) {
  const Rows rows = kRows.at(index(text[at]));
  for (std::size_t i = rows.first; i < rows.last; ++i) {
    const Shape& shape = kShapes.at(i);
    const std::size_t body = at + shape.prefix.size();
    if ((shape.start == Start::of_a_word && !begins_a_word) || !text.substr(at).starts_with(shape.prefix) ||
        !has(text, body, shape.letters, shape.least))
      continue;
    std::size_t end =
        end_of(text, body, shape.letters == Letters::alphanumeric ? Letters::words : shape.letters);
    while (text[end - 1] == '.') --end;  // of a sentence
    return Secret{.begin = at, .end = end, .placeholder = shape.placeholder};
  }
  return std::nullopt;
}

std::optional<Secret> address(std::string_view text, std::size_t at) {
  const std::string_view here = text.substr(at);
  for (const Address& known : kAddresses) {
    if (!here.starts_with(known.text)) continue;
    const auto is_of_path = [](char c) { return is_one_of(c, Letters::words) || c == '/'; };
    const std::size_t begin = at + known.text.size();
    std::size_t end = begin;
    while (end < text.size() && is_of_path(text[end])) ++end;
    if (end - begin < kLeastPath) return std::nullopt;
    return Secret{.begin = begin, .end = end, .placeholder = known.placeholder};
  }
  return std::nullopt;
}

}  // namespace

bool may_begin_a_token(char c) {
  return kFirstLetters.at(index(c));
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

std::optional<Secret> TokenShapes::token_at(std::size_t at, bool begins_a_word) {
  switch (text_[at]) {
    case '-':
      return private_key_at(text_, at);
    case 'e':
      return json_web_token(at);
    default:
      break;
  }
  if (auto token = prefixed(text_, at, begins_a_word)) return token;
  return address(text_, at);
}

}  // namespace runneriq::diagnosis
