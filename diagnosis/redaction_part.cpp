#include "diagnosis/redaction_part.hpp"

#include "diagnosis/personal.hpp"
#include "diagnosis/secret_search.hpp"
#include "diagnosis/uncoloured.hpp"

#include <algorithm>
#include <iterator>
#include <optional>
#include <utility>
#include <vector>

namespace runneriq::diagnosis {
namespace {

// ---- all secrets --------------------------------------------------------------------------

// Those that overlap, and those of one kind that touch, become one; it has the placeholder of the first.
void append(std::vector<Secret>& all, const Secret& next) {
  const bool goes_on =
      !all.empty() && (next.begin < all.back().end ||
                       (next.begin == all.back().end && next.placeholder == all.back().placeholder));
  if (goes_on)
    all.back().end = std::max(all.back().end, next.end);
  else
    all.push_back(next);
}

// One may begin within another.
std::vector<Secret> known_in(std::string_view text, const KnownSecrets& known) {
  std::vector<Secret> found;
  for (auto secret = known.next(text, 0); secret; secret = known.next(text, secret->begin + 1))
    append(found, *secret);
  return found;
}

std::vector<Secret> joined(const std::vector<Secret>& sorted) {
  std::vector<Secret> all;
  for (const Secret& next : sorted) append(all, next);
  return all;
}

bool is_before(const Secret& a, const Secret& b) {
  return a.begin < b.begin || (a.begin == b.begin && a.end > b.end);
}

// What is within a secret is part of it.
std::vector<Secret> with_personal(std::vector<Secret> secrets, std::string_view text) {
  std::vector<Secret> all;
  auto secret = secrets.begin();
  for (const Secret& personal : personal_in(text)) {
    for (; secret != secrets.end() && secret->end <= personal.begin; ++secret) all.push_back(*secret);
    if (secret == secrets.end() || secret->begin >= personal.end) all.push_back(personal);
  }
  all.insert(all.end(), secret, secrets.end());
  return all;
}

std::vector<Secret> all_in(std::string_view text, const RedactionTerms& terms) {
  std::vector<Secret> secrets = secrets_in(text);
  if (terms.known != nullptr) {
    const std::vector<Secret> known = known_in(text, *terms.known);
    std::vector<Secret> sorted;
    std::ranges::merge(secrets, known, std::back_inserter(sorted), is_before);
    if (!known.empty()) secrets = joined(sorted);
  }
  if (terms.personal == RedactionTerms::Personal::redact) return with_personal(std::move(secrets), text);
  return secrets;
}

// ---- the text anew ------------------------------------------------------------------------

// Writes the text anew: the codes where they were, or behind the placeholder.
class Rewriting {
 public:
  explicit Rewriting(const Uncoloured& text) : words_(text.words()), codes_(text.codes()) {}

  // The first `length` bytes of the words; no secret goes beyond them.
  std::string take(const std::vector<Secret>& secrets, std::size_t length) && {
    for (const Secret& secret : secrets) {
      keep_to(secret.begin);
      out_ += secret.placeholder;
      drop_to(secret.end);
    }
    keep_to(length);
    return std::move(out_);
  }

 private:
  void keep_to(std::size_t end) {
    for (; code_ < codes_.size() && codes_[code_].at <= end; ++code_) {
      out_ += words_.substr(at_, codes_[code_].at - at_);
      at_ = codes_[code_].at;
      out_ += codes_[code_].text;
    }
    out_ += words_.substr(at_, end - at_);
    at_ = end;
  }
  void drop_to(std::size_t end) {
    for (; code_ < codes_.size() && codes_[code_].at < end; ++code_) out_ += codes_[code_].text;
    at_ = end;
  }

  std::string_view words_;
  const std::vector<Uncoloured::Code>& codes_;
  std::size_t code_ = 0, at_ = 0;
  std::string out_;
};

// Where one secret stood within another, the placeholder of the inner one may let the outer one be seen.
Redaction redacted_again(Redaction all, const RedactionTerms& terms) {
  constexpr int kMostRounds = 8;
  std::size_t found = all.count;
  for (int round = 1; found > 0 && round < kMostRounds; ++round) {
    const Uncoloured words{all.text};
    const std::vector<Secret> secrets = all_in(words.words(), terms);
    found = secrets.size();
    if (found == 0) break;
    std::string text = Rewriting{words}.take(secrets, words.words().size());
    all = {.text = std::move(text), .count = all.count + found};
  }
  return all;
}

// ---- the end of a part --------------------------------------------------------------------

constexpr std::size_t kLookAhead = std::size_t{8} << 10;  // bytes behind a part
constexpr std::size_t kNameBefore = 64;                   // bytes that may tell of a secret behind them

// Finds where to cut the words of a window.
class Cut {
 public:
  Cut(const Uncoloured& text, const std::vector<Secret>& secrets, std::size_t window)
      : words_(text.words()), secrets_(secrets), limit_(words_.size()) {
    std::size_t codes = 0;  // bytes
    for (const Uncoloured::Code& code : text.codes()) {
      if (code.at + codes + code.text.size() > window - kLookAhead) break;
      codes += code.text.size();
    }
    limit_ = std::min(words_.size(), window - kLookAhead - codes);
  }

  [[nodiscard]] std::size_t place() const {
    if (const auto line = last_after("\n", 0)) return *line;
    if (const auto item = last_after(",;{}", kNameBefore)) return *item;
    if (const auto word = last_after(" \t\r", kNameBefore)) return *word;
    if (const auto secret = last_behind_secret()) return *secret;
    return anywhere();
  }

 private:
  // A place behind one of the signs, `apart` from the begin of a secret and not within one.
  [[nodiscard]] std::optional<std::size_t> last_after(std::string_view signs, std::size_t apart) const {
    auto behind = secrets_.rbegin();
    std::size_t end = limit_;
    while (end > 0) {
      const std::size_t sign = words_.substr(0, end).find_last_of(signs);
      if (sign == std::string_view::npos) break;
      const std::size_t place = sign + 1;
      while (behind != secrets_.rend() && behind->begin >= place + std::max<std::size_t>(apart, 1)) ++behind;
      const bool within = behind != secrets_.rend() && behind->end > place;
      if (!within) return place;
      end = sign;
    }
    return std::nullopt;
  }
  // Where secrets are too close to each other for a place apart from them.
  [[nodiscard]] std::optional<std::size_t> last_behind_secret() const {
    std::optional<std::size_t> place;
    for (const Secret& secret : secrets_)
      if (secret.end <= limit_) place = secret.end;
    return place;
  }
  // At the limit, or where the secret ends that is there.
  [[nodiscard]] std::size_t anywhere() const {
    const std::size_t limit = std::max<std::size_t>(limit_, 1);
    const auto secret = std::ranges::find_if(secrets_, [&](const Secret& each) { return each.end > limit; });
    if (secret == secrets_.end() || secret->begin >= limit) return limit;
    return secret->begin > 0 ? secret->begin : secret->end;
  }

  std::string_view words_;
  const std::vector<Secret>& secrets_;
  std::size_t limit_;
};

// In the text with its codes; those at the place belong to what is before it.
std::size_t length_to(std::size_t place, const Uncoloured& text) {
  std::size_t length = std::min(place, text.words().size());
  for (const Uncoloured::Code& code : text.codes()) length += code.at <= place ? code.text.size() : 0;
  return length;
}

}  // namespace

RedactedPart redacted_part(std::string_view window, const RedactionTerms& terms) {
  const Uncoloured words{window};
  std::vector<Secret> secrets = all_in(words.words(), terms);
  const std::size_t place = std::min(Cut{words, secrets, window.size()}.place(), words.words().size());
  std::erase_if(secrets, [&](const Secret& secret) { return secret.begin >= place; });
  const std::size_t count = secrets.size();
  Redaction first{.text = Rewriting{words}.take(secrets, place), .count = count};
  return {.redaction = redacted_again(std::move(first), terms), .length = length_to(place, words)};
}

Redaction redacted_rest(std::string_view window, const RedactionTerms& terms) {
  const Uncoloured words{window};
  const std::vector<Secret> secrets = all_in(words.words(), terms);
  if (secrets.empty()) return {.text = std::string{window}, .count = 0};
  Redaction first{.text = Rewriting{words}.take(secrets, words.words().size()), .count = secrets.size()};
  return redacted_again(std::move(first), terms);
}

}  // namespace runneriq::diagnosis
