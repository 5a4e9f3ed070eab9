// Prometheus' text format 0.0.4.
#pragma once

#include <initializer_list>
#include <string>
#include <string_view>
#include <utility>

namespace runneriq::service {

inline constexpr std::string_view kPrometheusType = "text/plain; version=0.0.4; charset=utf-8";

enum class MetricType { counter, gauge, summary };

class PrometheusText {
 public:
  using Labels = std::initializer_list<std::pair<std::string_view, std::string_view>>;

  // All samples of a family follow it. `name` has the prefix runneriq_ and its unit.
  void family(std::string_view name, MetricType type, std::string_view help);
  void sample(double value, Labels labels = {});
  // Of a summary: "_sum", "_count".
  void part(std::string_view suffix, double value);

  [[nodiscard]] const std::string& text() const { return text_; }

 private:
  std::string name_, text_;
};

}  // namespace runneriq::service
