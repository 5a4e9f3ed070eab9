#include "diagnosis/pattern_literals.hpp"

#include "core/lower_case.hpp"
#include "diagnosis/characters.hpp"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <optional>
#include <set>

namespace runneriq::diagnosis {
namespace {

constexpr std::size_t kMostStrings = 24;  // of one part of a pattern
constexpr std::size_t kLongEnough = 14;   // longer literals are hardly rarer, and cost memory

using Strings = std::set<std::string>;

// What a part of a pattern can match: exactly these strings, or anything that holds one of `needed`.
struct Part {
  std::optional<Strings> exact{};
  Strings needed{};  // empty: nothing is needed
};

std::size_t shortest(const Strings& strings) {
  std::size_t length = strings.empty() ? 0 : kLongEnough;
  for (const std::string& text : strings) length = std::min(length, text.size());
  return length;
}

const Strings& better(const Strings& a, const Strings& b) {
  if (shortest(a) != shortest(b)) return shortest(a) > shortest(b) ? a : b;
  return a.size() <= b.size() ? a : b;
}

Part anything() {
  return {};
}
Part only(std::string text) {
  return {.exact = Strings{std::move(text)}};
}
const Strings& needed_of(const Part& part) {
  return part.exact ? *part.exact : part.needed;
}

// One part behind the other.
class Sequence {
 public:
  void add(const Part& part) {
    if (!part.exact) {
      best_ = better(best_, part.needed);
      end_run();
      return;
    }
    if (run_.size() * part.exact->size() > kMostStrings) end_run();
    if (part.exact->size() > kMostStrings) return;
    Strings longer;
    for (const std::string& head : run_)
      for (const std::string& tail : *part.exact) longer.insert(head + tail);
    run_ = std::move(longer);
  }
  [[nodiscard]] Part whole() && {
    if (is_exact_) return {.exact = std::move(run_)};
    return {.needed = better(best_, run_)};
  }

 private:
  void end_run() {
    is_exact_ = false;
    best_ = better(best_, run_);
    run_ = {""};
  }

  bool is_exact_ = true;
  Strings run_{""}, best_;
};

// One part or the other.
Part either(const Part& a, const Part& b) {
  if (a.exact && b.exact && a.exact->size() + b.exact->size() <= kMostStrings) {
    Part both = a;
    both.exact->insert(b.exact->begin(), b.exact->end());
    return both;
  }
  if (shortest(needed_of(a)) == 0 || shortest(needed_of(b)) == 0) return anything();
  Part both{.needed = needed_of(a)};
  both.needed.insert(needed_of(b).begin(), needed_of(b).end());
  return both;
}

class PatternReader {
 public:
  explicit PatternReader(std::string_view pattern) : pattern_(pattern) {}

  // None when it is not understood.
  std::optional<Part> read() {
    Part part = alternatives();
    if (!is_understood_ || at_ != pattern_.size()) return std::nullopt;
    return part;
  }

 private:
  [[nodiscard]] bool at_end() const { return at_ == pattern_.size(); }
  [[nodiscard]] bool sees(char c) const { return !at_end() && pattern_[at_] == c; }
  bool takes(std::string_view text) {
    if (!pattern_.substr(at_).starts_with(text)) return false;
    at_ += text.size();
    return true;
  }
  Part give_up() {
    is_understood_ = false;
    at_ = pattern_.size();
    return anything();
  }

  Part alternatives() {
    Part all = sequence();
    while (takes("|")) all = either(all, sequence());
    return all;
  }

  Part sequence() {
    Sequence sequence;
    while (!at_end() && !sees('|') && !sees(')')) sequence.add(repeated(piece()));
    return std::move(sequence).whole();
  }

  Part piece() {
    if (takes("(?i)") || takes("^") || takes("$")) return only("");
    if (takes("(")) return group();
    if (takes("[")) return letters();
    if (takes(".")) return anything();
    if (takes("\\")) return escape();
    return only(std::string{lower_case(pattern_[at_++])});
  }

  Part group() {
    if (takes("?") && !takes(":")) return give_up();
    const Part inner = alternatives();
    return takes(")") ? inner : give_up();
  }

  Part escape() {
    if (at_end()) return give_up();
    const char c = pattern_[at_++];
    if (c == 'b' || c == 'B') return only("");
    if (!is_letter(c) && !is_digit(c)) return only(std::string{c});
    if (c == 't') return only("\t");
    if (c == 'r') return only("\r");
    return std::string_view{"dDwWsS"}.find(c) == std::string_view::npos ? give_up() : anything();
  }

  // A class of single letters is known, all others are anything.
  Part letters() {
    Strings strings;
    bool is_known = !sees('^');
    takes("^");
    for (bool first = true; !at_end() && (first || !sees(']')); first = false) {
      if (takes("[:")) return give_up();
      if (takes("\\"))
        is_known = is_known && !at_end() && !is_letter(pattern_[at_]) && !is_digit(pattern_[at_]);
      if (at_end()) return give_up();
      if (sees('-') && !first && at_ + 1 < pattern_.size() && pattern_[at_ + 1] != ']') is_known = false;
      if (!is_plain(pattern_[at_])) is_known = false;
      strings.insert(std::string{lower_case(pattern_[at_++])});
    }
    if (!takes("]")) return give_up();
    return is_known && strings.size() <= 4 ? Part{.exact = std::move(strings)} : anything();
  }

  static bool is_plain(char c) { return static_cast<unsigned char>(c) < 0x80; }

  Part repeated(const Part& part) {
    std::size_t least = 1;
    bool once = true;
    if (takes("*")) {
      least = 0, once = false;
    } else if (takes("+")) {
      once = false;
    } else if (takes("?")) {
      takes("?");
      return part.exact ? either(only(""), part) : anything();
    } else if (sees('{')) {
      const std::size_t close = pattern_.find('}', at_);
      if (close == std::string_view::npos) return give_up();
      least = pattern_[at_ + 1] == '0' ? 0 : 1;
      at_ = close + 1;
      once = false;
    }
    if (once) return part;
    takes("?");
    return least == 0 ? anything() : Part{.needed = needed_of(part)};
  }

  std::string_view pattern_;
  std::size_t at_ = 0;
  bool is_understood_ = true;
};

}  // namespace

std::vector<std::string> literals_of(std::string_view pattern) {
  const std::optional<Part> part = PatternReader{pattern}.read();
  if (!part || shortest(needed_of(*part)) == 0) return {};
  Strings needed;
  for (const std::string& text : needed_of(*part)) needed.insert(text.substr(0, kLongEnough));
  std::vector<std::string> literals;
  // What holds another literal is found with it.
  std::ranges::copy_if(needed, std::back_inserter(literals), [&](const std::string& text) {
    return std::ranges::none_of(needed, [&](const std::string& other) {
      return other != text && text.find(other) != std::string::npos;
    });
  });
  return literals;
}

}  // namespace runneriq::diagnosis
