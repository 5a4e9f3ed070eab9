#include "alerting/verdict.hpp"

#include <array>

namespace runneriq::alerting {

std::string_view to_text(Stage stage) {
  constexpr std::array<std::string_view, 5> kTexts{"intake", "flaky", "suppression", "grouping", "routing"};
  return kTexts.at(static_cast<std::size_t>(stage));
}

std::string_view to_text(Fate fate) {
  constexpr std::array<std::string_view, 3> kTexts{"waiting", "sent", "suppressed"};
  return kTexts.at(static_cast<std::size_t>(fate));
}

}  // namespace runneriq::alerting
