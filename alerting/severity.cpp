#include "alerting/severity.hpp"

#include "core/printable.hpp"

#include <algorithm>
#include <string>

namespace runneriq::alerting {
namespace {

constexpr std::array<std::string_view, 4> kTexts{"critical", "error", "warning", "info"};

}  // namespace

std::string_view to_text(Severity severity) {
  return kTexts.at(static_cast<std::size_t>(severity));
}

Result<Severity> parse_severity(std::string_view text) {
  const auto found = std::ranges::find(kTexts, text);
  if (found != kTexts.end()) return static_cast<Severity>(found - kTexts.begin());
  return fail(Errc::invalid_argument,
              quoted_text(text) + " is no severity: write critical, error, warning or info");
}

}  // namespace runneriq::alerting
