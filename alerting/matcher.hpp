// Conditions on labels, in the notation of Prometheus Alertmanager: `project="acme/shop",
// stage!~"test|lint"`.
#pragma once

#include "alerting/labels.hpp"
#include "core/result.hpp"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::alerting {

// `LABEL OPERATOR VALUE`; the operators are =, !=, =~, !~. A value stands in double quotes, in which \",
// \\ and \n are escapes and every other backslash is itself, or bare: up to the next comma, without blanks
// around, quotes and braces. Expressions are RE2's, matched against the whole value, in which '.' is also a
// line end; linear in time. One that is longer than 1,000 bytes, or that RE2 cannot hold in 64 KiB, is
// refused. Behind = and != the value is read as its label has it, and refused where it never does
// (label_values).
class Matcher {
 public:
  // Error: invalid_argument, as Matchers::parse().
  static Result<Matcher> parse(std::string_view text);
  [[nodiscard]] bool matches(const LabelValues& labels) const;
  // As it would be written: `ref=~"spike/.*"`.
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] Label label() const { return label_; }
  // Whether nothing but this value matches; "" when the matcher is of another kind.
  [[nodiscard]] std::string_view only_value() const;

 private:
  friend class MatcherReader;  // the parser
  enum class Operator { equal, not_equal, matches, not_matches };
  struct Expression;  // of RE2, compiled once

  static Result<Matcher> make(Label label, Operator relation, std::string value);
  static Result<std::shared_ptr<const Expression>> compile(std::string_view pattern);

  Label label_ = Label::project;
  Operator operator_ = Operator::equal;
  std::string value_;
  std::string text_;
  std::shared_ptr<const Expression> expression_;
};

// All of them: none at all matches everything.
class Matchers {
 public:
  // Separated by commas; `{…}` around them and a comma behind the last may stand. At most 20.
  // Error: invalid_argument with what is wrong and at which byte; an unknown label is named with its nearest.
  static Result<Matchers> parse(std::string_view text);
  Matchers() = default;
  [[nodiscard]] bool match(const LabelValues& labels) const;
  [[nodiscard]] bool empty() const { return all_.empty(); }
  [[nodiscard]] const std::vector<Matcher>& all() const { return all_; }
  [[nodiscard]] std::string text() const;  // as parse() reads it

 private:
  std::vector<Matcher> all_;
};

}  // namespace runneriq::alerting
