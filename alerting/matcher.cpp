#include "alerting/matcher.hpp"

#include "alerting/label_values.hpp"
#include "core/joined.hpp"
#include "core/printable.hpp"

#include <re2/re2.h>

#include <algorithm>
#include <array>
#include <optional>
#include <utility>

namespace runneriq::alerting {
namespace {

constexpr std::size_t kLongestExpression = 1000;  // bytes
constexpr std::int64_t kMostMemory = 64 << 10;    // bytes, of an expression's program and what RE2 caches
constexpr std::size_t kMostMatchers = 20;
constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::string_view kNotInABareValue = "\"{}\r\n";
constexpr std::array<std::string_view, 4> kOperators{"=", "!=", "=~", "!~"};  // in the order of Operator

RE2::Options options() {
  RE2::Options options{RE2::Quiet};
  options.set_max_mem(kMostMemory);
  options.set_dot_nl(true);
  return options;
}

re2::StringPiece piece(std::string_view text) {
  return {text.data(), text.size()};
}

std::string in_quotes(std::string_view value) {
  std::string text = "\"";
  for (const char c : value) {
    if (c == '"' || c == '\\') text += '\\';
    text += c == '\n' ? "\\n" : std::string_view{&c, 1};
  }
  return text + '"';
}

std::string meant(std::string_view name) {
  if (const auto near = nearest_label(name)) return ", did you mean " + std::string(to_text(*near)) + "?";
  std::vector<std::string> all;
  for (std::size_t i = 0; i < kLabelCount; ++i) all.emplace_back(to_text(static_cast<Label>(i)));
  return "; labels are " + joined(all, ", ");
}

std::string_view without_blanks_behind(std::string_view text) {
  return text.substr(0, text.find_last_not_of(kBlanks) + 1);
}

}  // namespace

struct Matcher::Expression {
  explicit Expression(std::string_view pattern) : compiled(piece(pattern), options()) {}
  [[nodiscard]] bool matches(std::string_view value) const {
    return compiled.Match(piece(value), 0, value.size(), RE2::ANCHOR_BOTH, nullptr, 0);
  }
  RE2 compiled;
};

// Reads matchers from the left; remembers how far it came, for what it says of an error.
class MatcherReader {
 public:
  explicit MatcherReader(std::string_view text) : text_(text), end_(text.size()) {}

  Result<std::vector<Matcher>> all() {
    if (auto stripped = strip_braces(); !stripped) return fail(std::move(stripped.error()));
    std::vector<Matcher> matchers;
    for (skip_blanks(); at_ < end_; skip_blanks()) {
      if (matchers.size() == kMostMatchers) return wrong("more than 20 matchers");
      Result<Matcher> one = next();
      if (!one) return fail(std::move(one.error()));
      matchers.push_back(std::move(*one));
    }
    return matchers;
  }

 private:
  Result<void> strip_braces() {
    skip_blanks();
    if (at_ == end_ || text_[at_] != '{') return {};
    end_ = without_blanks_behind(text_).size() - 1;
    if (end_ == at_ || text_[end_] != '}') return wrong("'{' without its '}'");
    ++at_;
    return {};
  }

  // One matcher and the comma behind it.
  Result<Matcher> next() {
    const Result<Label> label = take_label();
    if (!label) return fail(label.error());
    const std::size_t sign = at_;
    const auto relation = take_operator();
    if (!relation) return wrong("one of = != =~ !~ is missing");
    if (at_ < end_ && text_[at_] == '=') return wrong_operator(sign);
    skip_blanks();
    const std::size_t begin = at_;
    Result<std::string> value = at_ < end_ && text_[at_] == '"' ? take_quoted() : take_bare();
    if (!value) return fail(std::move(value.error()));
    Result<Matcher> matcher = Matcher::make(*label, *relation, std::move(*value));
    if (!matcher) return wrong(matcher.error().message, begin);
    skip_blanks();
    if (at_ < end_ && text_[at_] != ',') return wrong("a comma is missing behind the value");
    if (at_ < end_) ++at_;
    return matcher;
  }

  Result<Label> take_label() {
    const std::size_t begin = at_;
    while (at_ < end_ && is_of_a_name(text_[at_])) ++at_;
    const std::string_view name = text_.substr(begin, at_ - begin);
    skip_blanks();
    if (name.empty()) return wrong("the name of a label is missing", begin);
    if (const auto label = label_of(name)) return *label;
    return wrong("unknown label " + quoted_text(name) + meant(name), begin);
  }

  std::optional<Matcher::Operator> take_operator() {
    const std::string_view rest = text_.substr(at_, end_ - at_);
    for (std::size_t i = kOperators.size(); i-- > 0;) {
      if (!rest.starts_with(kOperators.at(i))) continue;
      at_ += kOperators.at(i).size();
      return static_cast<Matcher::Operator>(i);
    }
    return std::nullopt;
  }

  // "==", "!==", as in a program.
  [[nodiscard]] tl::unexpected<Error> wrong_operator(std::size_t sign) const {
    const std::string meant{text_.substr(sign, at_ - sign)};
    return wrong("'" + meant + "=' is no operator: write " + meant, sign);
  }

  Result<std::string> take_quoted() {
    const std::size_t begin = at_++;
    std::string value;
    for (; at_ < end_ && text_[at_] != '"'; ++at_) {
      const char next = text_[at_] == '\\' && at_ + 1 < end_ ? text_[at_ + 1] : '\0';
      const bool escape = next == '"' || next == '\\' || next == 'n';
      at_ += escape ? 1 : 0;
      value += escape && next == 'n' ? '\n' : text_[at_];
    }
    if (at_ >= end_) return wrong("a quote that is not closed", begin);
    ++at_;
    return value;
  }

  Result<std::string> take_bare() {
    const std::string_view rest = text_.substr(at_, end_ - at_);
    const std::string_view value = without_blanks_behind(rest.substr(0, rest.find(',')));
    const std::size_t odd = value.find_first_of(kNotInABareValue);
    if (odd != std::string_view::npos)
      return wrong("a value with quotes or braces needs quotes around it", at_ + odd);
    at_ += value.size();
    return std::string(value);
  }

  static bool is_of_a_name(char c) {
    return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' ||
           c == '-' || c == '.';
  }
  void skip_blanks() { at_ = std::min(text_.find_first_not_of(kBlanks, at_), end_); }

  [[nodiscard]] tl::unexpected<Error> wrong(const std::string& what,
                                            std::optional<std::size_t> where = {}) const {
    return fail(Errc::invalid_argument,
                quoted_text(text_) + " at byte " + std::to_string(where.value_or(at_) + 1) + ": " + what);
  }

  std::string_view text_;
  std::size_t at_ = 0;
  std::size_t end_;
};

Result<Matcher> Matcher::make(Label label, Operator relation, std::string value) {
  Matcher matcher;
  matcher.label_ = label;
  matcher.operator_ = relation;
  const bool expression = relation == Operator::matches || relation == Operator::not_matches;
  Result<std::string> known = expression ? std::move(value) : value_of_label(label, std::move(value));
  if (!known) return fail(std::move(known.error()));
  matcher.value_ = std::move(*known);
  matcher.text_ = std::string(to_text(label)) +
                  std::string(kOperators.at(static_cast<std::size_t>(relation))) + in_quotes(matcher.value_);
  if (!expression) return matcher;
  Result<std::shared_ptr<const Expression>> compiled = compile(matcher.value_);
  if (!compiled) return fail(std::move(compiled.error()));
  matcher.expression_ = std::move(*compiled);
  return matcher;
}

Result<std::shared_ptr<const Matcher::Expression>> Matcher::compile(std::string_view pattern) {
  if (pattern.size() > kLongestExpression)
    return fail(Errc::invalid_argument, "an expression of more than 1,000 bytes");
  const auto expression = std::make_shared<const Expression>(pattern);
  if (!expression->compiled.ok())
    return fail(Errc::invalid_argument, "no expression of RE2: " + printable(expression->compiled.error()));
  return expression;
}

Result<Matcher> Matcher::parse(std::string_view text) {
  Result<std::vector<Matcher>> all = MatcherReader{text}.all();
  if (!all) return fail(std::move(all.error()));
  if (all->size() == 1) return std::move(all->front());
  return fail(Errc::invalid_argument, quoted_text(text) + " is " + std::to_string(all->size()) +
                                          " matchers, one is wanted; values with commas need quotes");
}

bool Matcher::matches(const LabelValues& labels) const {
  const std::string_view value = labels[label_];
  switch (operator_) {
    case Operator::equal:
      return value == value_;
    case Operator::not_equal:
      return value != value_;
    case Operator::matches:
      return expression_->matches(value);
    case Operator::not_matches:
      break;
  }
  return !expression_->matches(value);
}

std::string_view Matcher::only_value() const {
  return operator_ == Operator::equal ? std::string_view{value_} : std::string_view{};
}

Result<Matchers> Matchers::parse(std::string_view text) {
  Result<std::vector<Matcher>> all = MatcherReader{text}.all();
  if (!all) return fail(std::move(all.error()));
  Matchers matchers;
  matchers.all_ = std::move(*all);
  return matchers;
}

bool Matchers::match(const LabelValues& labels) const {
  return std::ranges::all_of(all_, [&](const Matcher& matcher) { return matcher.matches(labels); });
}

std::string Matchers::text() const {
  std::string text;
  for (const Matcher& matcher : all_) text += (text.empty() ? "" : ", ") + matcher.text();
  return text;
}

}  // namespace runneriq::alerting
