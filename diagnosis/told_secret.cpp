#include "diagnosis/told_secret.hpp"

#include "core/lower_case.hpp"
#include "diagnosis/characters.hpp"
#include "diagnosis/secret_value.hpp"

#include <algorithm>
#include <array>
#include <cstdint>

namespace runneriq::diagnosis {
namespace {

constexpr std::size_t kLongestKey = 32;     // bytes, of which the last are read
constexpr std::size_t kLongestValue = 256;  // bytes of one are looked at
constexpr std::size_t kMostBlanks = 8;
constexpr auto kNone = std::string_view::npos;

bool is_one_of(char c, std::string_view set) {
  return set.find(c) != kNone;
}

// ---- keys ---------------------------------------------------------------------------------

enum class Key : std::uint8_t {
  none,
  password,
  pass,
  secret,
  aws_secret,
  token,
  signature,
  authorization,
  credentials
};

// Ends of the names, in small letters, '_' for all signs.
struct Ending {
  std::string_view text;
  Key key;
};
constexpr std::array kEndings{
    Ending{"password", Key::password},
    Ending{"passwd", Key::password},
    Ending{"passphrase", Key::password},
    Ending{"_pass", Key::pass},
    Ending{"_pwd", Key::password},
    Ending{"secret_access_key", Key::aws_secret},
    Ending{"secretaccesskey", Key::aws_secret},
    Ending{"secret", Key::secret},
    Ending{"secret_key", Key::secret},
    Ending{"secretkey", Key::secret},
    Ending{"secret_key_base", Key::secret},
    Ending{"api_key", Key::secret},
    Ending{"apikey", Key::secret},
    Ending{"access_key", Key::secret},
    Ending{"accesskey", Key::secret},
    Ending{"account_key", Key::secret},
    Ending{"accountkey", Key::secret},
    Ending{"auth_key", Key::secret},
    Ending{"authkey", Key::secret},
    Ending{"encryption_key", Key::secret},
    Ending{"signing_key", Key::secret},
    Ending{"private_key", Key::secret},
    Ending{"privatekey", Key::secret},
    Ending{"token", Key::token},
    Ending{"?sig", Key::signature},
    Ending{"&sig", Key::signature},
    Ending{"signature", Key::signature},
    Ending{"authorization", Key::authorization},
    Ending{"master_key", Key::secret},
    Ending{"shared_key", Key::secret},
    Ending{"storage_key", Key::secret},
    Ending{"application_key", Key::secret},
    Ending{"app_key", Key::secret},
    Ending{"admin_key", Key::secret},
    Ending{"deploy_key", Key::secret},
    Ending{"license_key", Key::secret},
    Ending{"subscription_key", Key::secret},
    Ending{"client_key_data", Key::secret},
    Ending{"gitlab_session", Key::secret},
    Ending{"phpsessid", Key::secret},
    Ending{"jsessionid", Key::secret},
    Ending{"connect_sid", Key::secret},
    Ending{"_pat", Key::token},
    Ending{"_jwt", Key::token},
    Ending{"storepass", Key::pass},
    Ending{"keypass", Key::pass},
    Ending{"_auth", Key::credentials},
};

constexpr std::string_view placeholder_of(Key key) {
  switch (key) {
    case Key::password:
    case Key::pass:
      return "[PASSWORD]";
    case Key::credentials:
      return "[BASIC-AUTH]";
    case Key::aws_secret:
      return "[AWS-KEY]";
    case Key::signature:
      return "[SIGNATURE]";
    default:
      return "[SECRET]";
  }
}

// The last letters of the name that ends before `end`.
class Name {
 public:
  explicit Name(std::string_view before) {
    while (length_ < kLongestKey && length_ < before.size()) {
      const char c = before[before.size() - 1 - length_];
      if (!is_word(c) && !is_one_of(c, "-.?&")) break;
      letters_.at(kLongestKey - 1 - length_++) = c == '-' || c == '.' ? '_' : lower_case(c);
    }
  }
  [[nodiscard]] Key key() const {
    const std::string_view name{letters_.end() - length_, length_};
    for (const Ending& ending : kEndings) {
      if (name.ends_with(ending.text)) return ending.key;
    }
    if (name == "auth") return Key::credentials;
    return name == "sig" ? Key::signature : Key::none;
  }

 private:
  std::array<char, kLongestKey> letters_{};
  std::size_t length_ = 0;
};

std::string_view without_blanks_behind(std::string_view text) {
  for (std::size_t blanks = 0; blanks < kMostBlanks && !text.empty() && is_blank(text.back()); ++blanks)
    text.remove_suffix(1);
  return text;
}

// Without what may stand between a name and its sign: blanks, a quote, also as it is written in a string, a
// bracket, the ':' of ":=".
std::string_view without_quote_behind(std::string_view before) {
  before = without_blanks_behind(before);
  const auto drop = [&](std::string_view set) {
    const bool dropped = !before.empty() && is_one_of(before.back(), set);
    if (dropped) before.remove_suffix(1);
    return dropped;
  };
  if (drop(":")) return without_blanks_behind(before);
  if (before.ends_with("\"]") || before.ends_with("']")) drop("]");
  if (drop("\"'`")) drop("\\");
  return before;
}

// ---- values -------------------------------------------------------------------------------

struct Value {
  std::size_t begin = 0, end = 0;
  char quote = '\0';
};

std::size_t skip_blanks(std::string_view text, std::size_t at) {
  for (std::size_t blanks = 0; blanks < kMostBlanks && at < text.size() && is_blank(text[at]); ++blanks) ++at;
  return at;
}

Value value_from(std::string_view text, std::size_t at) {
  at = skip_blanks(text, at);
  if (text.substr(at).starts_with("\\\"") || text.substr(at).starts_with("\\'")) ++at;
  const char quote = at < text.size() && is_one_of(text[at], "\"'`") ? text[at] : '\0';
  if (quote != '\0') ++at;
  const std::size_t limit = std::min(text.size(), at + kLongestValue);
  const auto ends = [&](std::size_t place) {
    const char c = text[place];
    if (quote != '\0') return c == quote || c == '\n' || c == '\r';
    if (c == '\\') return place + 1 < text.size() && is_one_of(text[place + 1], "nrt\"'");
    return is_blank(c) || is_control(c) || is_one_of(c, "\"'`,;&<>)}|");
  };
  Value value{.begin = at, .end = at, .quote = quote};
  while (value.end < limit && !ends(value.end)) ++value.end;
  if (quote != '\0' && value.end > at && text[value.end - 1] == '\\') --value.end;
  return value;
}

// Whether nothing but an end stands behind the value: words that go on are prose.
bool ends_there(std::string_view text, std::size_t at) {
  at = skip_blanks(text, at);
  return at >= text.size() || !(is_word(text[at]) || is_one_of(text[at], "('\"-"));
}

struct Assignment {
  std::string_view text;
  std::size_t sign = 0;  // place of '=' or ':'
  Value value;

  [[nodiscard]] std::string_view written() const { return text.substr(value.begin, value.end - value.begin); }
  [[nodiscard]] bool quoted() const { return value.quote != '\0'; }
  // "password = read_password()".
  [[nodiscard]] bool is_call() const {
    const std::string_view name = written().substr(0, written().find('('));
    return !quoted() && name.size() < written().size() &&
           std::ranges::all_of(name, [](char c) { return is_word(c) || is_one_of(c, ".:"); });
  }
  // "password: " in a sentence, or before a count.
  [[nodiscard]] bool is_prose() const {
    constexpr std::size_t kLongestCount = 3;
    if (quoted() || text[sign] != ':' || value.begin == sign + 1) return false;
    const bool count = written().size() <= kLongestCount && std::ranges::all_of(written(), is_digit);
    return count || (!has_letter_and_digit(written()) && !ends_there(text, value.end));
  }
};

// How much a value must look like a secret, by how often the key stands before something else.
bool is_secret(Key key, const Assignment& assigned) {
  constexpr std::size_t kLeast = 8, kLeastToken = 10, kLeastPass = 4;  // a runner shows the first eight
  const std::string_view value = assigned.written();
  switch (key) {
    case Key::password:
      return !assigned.is_prose();
    case Key::secret:
    case Key::aws_secret:
      return value.size() >= kLeast && (has_letter_and_digit(value) || assigned.quoted());
    case Key::token:
      return value.size() >= kLeastToken && has_letter_and_digit(value);
    case Key::pass:
      return assigned.text[assigned.sign] == '=' && value.size() >= kLeastPass &&
             (has_letter_and_digit(value) || assigned.quoted() || has_sign(value) || mixes_letters(value));
    case Key::credentials:
      return is_base64_of_credentials(value);
    case Key::signature:
      return assigned.text[assigned.sign] == '=' && value.size() >= kLeast && has_letter_and_digit(value);
    default:
      return false;
  }
}

// "Authorization: Bearer …", "Basic …", or the credentials alone.
std::optional<Secret> authorization(std::string_view text, Value value) {
  constexpr std::size_t kLeast = 8;
  constexpr std::array<std::string_view, 6> kSchemes{"basic", "bearer", "token", "digest", "apikey", "ssws"};
  const std::string word = lower_case(text.substr(value.begin, std::min(value.end - value.begin, kLeast)));
  const auto scheme =
      std::ranges::find_if(kSchemes, [&](std::string_view known) { return word.starts_with(known); });
  if (scheme != kSchemes.end()) {
    const std::size_t behind = skip_blanks(text, value.begin + scheme->size());
    if (behind == value.begin + scheme->size()) return std::nullopt;
    const char quote = value.quote;
    value = value_from(text, behind);
    value.quote = quote;
  }
  const std::string_view written = text.substr(value.begin, value.end - value.begin);
  if (written.size() < kLeast || is_no_secret(written)) return std::nullopt;
  const bool basic = scheme != kSchemes.end() && *scheme == "basic";
  return Secret{.begin = value.begin, .end = value.end, .placeholder = basic ? "[BASIC-AUTH]" : "[SECRET]"};
}

std::optional<Secret> assigned(std::string_view text, std::size_t from, std::size_t at) {
  const std::string_view behind = text.substr(at + 1, 1);
  if (behind == "=" || behind == ":") return std::nullopt;
  const Key key = Name{without_quote_behind(text.substr(from, at - from))}.key();
  if (key == Key::none) return std::nullopt;
  const Value value = value_from(text, behind == ">" ? at + 2 : at + 1);
  if (key == Key::authorization) return authorization(text, value);
  const Assignment assignment{.text = text, .sign = at, .value = value};
  if (is_no_secret(assignment.written()) || assignment.is_call() || !is_secret(key, assignment))
    return std::nullopt;
  return Secret{.begin = value.begin, .end = value.end, .placeholder = placeholder_of(key)};
}

// Of a value that is longer than what was read.
std::size_t end_of_word(std::string_view text, std::size_t at) {
  while (at < text.size() && (is_word(text[at]) || text[at] == '-')) ++at;
  return at;
}

// ---- addresses ----------------------------------------------------------------------------

// "//user:password@host", "//token@host": the password, the token.
std::optional<Secret> of_address(std::string_view text, std::size_t begin) {
  constexpr std::size_t kLeastToken = 20;
  const std::string_view authority = text.substr(begin, end_of_authority(text, begin) - begin);
  const std::size_t at = authority.rfind('@');
  if (at == kNone) return std::nullopt;
  const std::string_view user = authority.substr(0, at);
  const std::size_t colon = user.find(':');
  const bool alone = colon == kNone || user.substr(colon + 1) == "x-oauth-basic";
  const std::string_view secret = alone ? user.substr(0, colon) : user.substr(colon + 1);
  if (is_no_secret(secret) || (alone && (secret.size() < kLeastToken || !has_letter_and_digit(secret))))
    return std::nullopt;
  const std::size_t first = static_cast<std::size_t>(secret.begin() - text.begin());
  return Secret{
      .begin = first, .end = first + secret.size(), .placeholder = alone ? "[SECRET]" : "[PASSWORD]"};
}

}  // namespace

std::optional<Secret> told_secret_at(std::string_view text, std::size_t from, std::size_t at) {
  constexpr std::string_view kAuthority = "://";
  if (text.substr(at).starts_with(kAuthority)) return of_address(text, at + kAuthority.size());
  auto secret = assigned(text, from, at);
  if (secret && secret->end - secret->begin >= kLongestValue) secret->end = end_of_word(text, secret->end);
  return secret;
}

std::optional<Secret> told_word(std::string_view text, std::size_t at) {
  constexpr std::size_t kLeast = 4;
  const Value value = value_from(text, at);
  const std::string_view written = text.substr(value.begin, value.end - value.begin);
  if (written.size() < kLeast || written.front() == '-' || is_no_secret(written)) return std::nullopt;
  return Secret{.begin = value.begin, .end = value.end, .placeholder = "[PASSWORD]"};
}

std::optional<Secret> told_by_name(std::string_view text, std::string_view name, std::size_t at) {
  constexpr std::size_t kLeast = 6;
  const Key key = Name{name}.key();
  if (key == Key::none || key == Key::authorization) return std::nullopt;
  auto secret = told_word(text, at);
  if (!secret) return std::nullopt;
  const std::string_view written = text.substr(secret->begin, secret->end - secret->begin);
  if (written.size() < kLeast ||
      !(has_letter_and_digit(written) || has_sign(written) || mixes_letters(written)))
    return std::nullopt;
  secret->placeholder = placeholder_of(key);
  return secret;
}

std::size_t end_of_authority(std::string_view text, std::size_t begin) {
  const auto ends = [](char c) { return is_blank(c) || is_control(c) || is_one_of(c, "/?#\"'`<>\\"); };
  while (begin < text.size() && !ends(text[begin])) ++begin;
  return begin;
}

}  // namespace runneriq::diagnosis
