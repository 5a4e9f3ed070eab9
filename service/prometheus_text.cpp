#include "service/prometheus_text.hpp"

#include <array>
#include <charconv>

namespace runneriq::service {
namespace {

// Backslash, line end and, in label values, the quote are escaped.
std::string escaped(std::string_view text) {
  std::string out;
  for (const char c : text) {
    if (c == '\n') {
      out += "\\n";
      continue;
    }
    if (c == '\\' || c == '"') out += '\\';
    out += c;
  }
  return out;
}

std::string number(double value) {
  std::array<char, 32> digits{};
  const auto [end, error] = std::to_chars(digits.data(), digits.data() + digits.size(), value);
  return error == std::errc{} ? std::string(digits.data(), end) : "NaN";
}

std::string_view word(MetricType type) {
  switch (type) {
    case MetricType::counter:
      return "counter";
    case MetricType::gauge:
      return "gauge";
    case MetricType::summary:
      break;
  }
  return "summary";
}

}  // namespace

void PrometheusText::family(std::string_view name, MetricType type, std::string_view help) {
  name_ = name;
  text_.append("# HELP ").append(name_).append(" ").append(help).append("\n");
  text_.append("# TYPE ").append(name_).append(" ").append(word(type)).append("\n");
}

void PrometheusText::sample(double value, Labels labels) {
  text_ += name_;
  char mark = '{';
  for (const auto& [label, content] : labels) {
    text_.append(1, mark).append(label).append("=\"").append(escaped(content)).append("\"");
    mark = ',';
  }
  if (labels.size() > 0) text_ += '}';
  text_.append(" ").append(number(value)).append("\n");
}

void PrometheusText::part(std::string_view suffix, double value) {
  text_.append(name_).append(suffix).append(" ").append(number(value)).append("\n");
}

}  // namespace runneriq::service
