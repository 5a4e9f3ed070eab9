#include "cli/json_text.hpp"
#include "cli/simulate_text.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cmath>
#include <cstdio>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::cli {
namespace {

using nlohmann::json;

constexpr double kWidth = 860, kLeft = 110, kRight = 90, kTop = 64, kBottom = 50;
constexpr double kBar = 14, kGroupGap = 12, kPanelTitle = 34;
constexpr double kShortest = 1;  // second: the left end of the axis

// Okabe and Ito's colours, apart for colour-blind eyes, too.
struct Look {
  std::string_view policy, colour, title;
};
constexpr std::array kLooks{Look{"fifo", "#999999", "GitLab alone (fifo)"},
                            Look{"strict", "#56b4e9", "strict priority, at once (ideal)"},
                            Look{"gate", "#d55e00", "RunnerIQ's gate"}};
constexpr std::array<const char*, 6> kGroups{"CRITICAL", "HIGH", "MEDIUM", "LOW", "special", "all"};

std::string number(double value) {
  std::array<char, 64> text{};
  std::snprintf(text.data(), text.size(), "%.1f", value);
  return text.data();
}

std::string wait_text(double seconds) {
  std::array<char, 64> text{};
  if (seconds < 100) {
    std::snprintf(text.data(), text.size(), "%.0f s", seconds);
  } else if (seconds < 6000) {
    std::snprintf(text.data(), text.size(), "%.1f min", seconds / 60);
  } else {
    std::snprintf(text.data(), text.size(), "%.1f h", seconds / 3600);
  }
  return text.data();
}

std::string text_element(double x, double y, std::string_view anchor, std::string_view text,
                         std::string_view more = "") {
  return "<text x=\"" + number(x) + "\" y=\"" + number(y) + "\" text-anchor=\"" + std::string(anchor) + "\"" +
         std::string(more) + ">" + std::string(text) + "</text>\n";
}

std::string rectangle(double x, double y, double width, double height, std::string_view fill) {
  return "<rect x=\"" + number(x) + "\" y=\"" + number(y) + "\" width=\"" + number(width) + "\" height=\"" +
         number(height) + "\" fill=\"" + std::string(fill) + "\"/>\n";
}

std::string line(double x1, double y1, double x2, double y2, std::string_view stroke) {
  return "<line x1=\"" + number(x1) + "\" y1=\"" + number(y1) + "\" x2=\"" + number(x2) + "\" y2=\"" +
         number(y2) + "\" stroke=\"" + std::string(stroke) + "\"/>\n";
}

const Look& look_of(const json& policy) {
  const std::string name = text_at(policy, "policy");
  const auto* const found = std::ranges::find(kLooks, std::string_view(name), &Look::policy);
  return found == kLooks.end() ? kLooks.back() : *found;
}

// Seconds on a logarithmic axis.
class Axis {
 public:
  explicit Axis(double longest) : decades_(std::max(1.0, std::log10(std::max(longest, 10.0) / kShortest))) {}
  [[nodiscard]] double x(double seconds) const {
    const double share = std::log10(std::max(seconds, kShortest) / kShortest) / decades_;
    return kLeft + share * (kWidth - kLeft - kRight);
  }
  [[nodiscard]] bool shows(double seconds) const { return x(seconds) <= kWidth - kRight + 0.5; }

 private:
  double decades_;
};

double longest_p95(const json& document) {
  double longest = 0;
  for (const json& result : list_at(document, "results")) {
    for (const json& policy : list_at(result, "policies")) {
      for (const auto& [name, wait] : object_at(policy, "waits").items()) {
        longest = std::max(longest, number_at(wait, "p95"));
      }
    }
  }
  return longest;
}

std::vector<const char*> groups_of(const json& result) {
  std::vector<const char*> groups;
  for (const char* group : kGroups) {
    const auto has = [&](const json& policy) { return object_at(policy, "waits").contains(group); };
    if (std::ranges::any_of(list_at(result, "policies"), has)) groups.push_back(group);
  }
  return groups;
}

double height_of(const json& result) {
  const auto groups = static_cast<double>(groups_of(result).size());
  const auto policies = static_cast<double>(list_at(result, "policies").size());
  return kPanelTitle + groups * (policies * kBar + kGroupGap);
}

std::string bar(const Axis& axis, double y, const json& policy, const json& wait) {
  const double mean = axis.x(number_at(wait, "mean")), p95 = axis.x(number_at(wait, "p95"));
  const double middle = y + kBar / 2;
  std::string svg = rectangle(kLeft, y + 1, std::max(mean - kLeft, 1.0), kBar - 2, look_of(policy).colour);
  svg += line(mean, middle, p95, middle, "#333333") + line(p95, y + 2, p95, y + kBar - 2, "#333333");
  return svg + text_element(p95 + 6, y + kBar - 3, "start", wait_text(number_at(wait, "mean")));
}

std::string panel(const Axis& axis, double y, const json& result) {
  std::string svg;
  const json& policies = list_at(result, "policies");
  if (result.contains("load")) {
    std::array<char, 32> title{};
    std::snprintf(title.data(), title.size(), "load %.2f", number_at(result, "load"));
    svg += text_element(kLeft, y + 22, "start", title.data(), " font-weight=\"bold\"");
  }
  y += kPanelTitle;
  for (const char* group : groups_of(result)) {
    const double height = static_cast<double>(policies.size()) * kBar;
    svg += text_element(kLeft - 10, y + height / 2 + 4, "end", group);
    for (const json& policy : policies) {
      const json& waits = object_at(policy, "waits");
      if (waits.contains(group)) svg += bar(axis, y, policy, waits[group]);
      y += kBar;
    }
    y += kGroupGap;
  }
  return svg;
}

std::string scale(const Axis& axis, double bottom) {
  struct Mark {
    double seconds;
    const char* text;
  };
  constexpr std::array kMarks{Mark{1, "1 s"},        Mark{10, "10 s"},  Mark{60, "1 min"},
                              Mark{600, "10 min"},   Mark{3600, "1 h"}, Mark{36'000, "10 h"},
                              Mark{360'000, "100 h"}};
  std::string svg;
  for (const Mark& mark : kMarks) {
    if (!axis.shows(mark.seconds)) break;
    const double x = axis.x(mark.seconds);
    svg += line(x, kTop, x, bottom, "#dddddd") + text_element(x, bottom + 16, "middle", mark.text);
  }
  return svg + text_element((kLeft + kWidth - kRight) / 2, bottom + 36, "middle",
                            "wait (logarithmic): bar and number = mean, tick = 95th percentile");
}

std::string legend(const json& result) {
  std::string svg;
  double x = kLeft;
  for (const json& policy : list_at(result, "policies")) {
    const Look& look = look_of(policy);
    svg += rectangle(x, 38, 12, 12, look.colour) + text_element(x + 18, 48, "start", look.title);
    x += 40 + 7.2 * static_cast<double>(look.title.size());
  }
  return svg;
}

}  // namespace

std::string simulation_svg(const json& document) {
  const json& results = list_at(document, "results");
  double bottom = kTop;
  for (const json& result : results) bottom += height_of(result);
  const Axis axis{longest_p95(document)};
  std::string svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"" + number(kWidth) + "\" height=\"" +
                    number(bottom + kBottom) +
                    "\" font-family=\"DejaVu Sans, Verdana, sans-serif\" font-size=\"12\">\n";
  svg += rectangle(0, 0, kWidth, bottom + kBottom, "#ffffff");
  svg += text_element(kLeft, 24, "start", "Waits of jobs by class", " font-size=\"16\" font-weight=\"bold\"");
  if (!results.empty()) svg += legend(results.front());
  svg += scale(axis, bottom);
  double y = kTop;
  for (const json& result : results) {
    svg += panel(axis, y, result);
    y += height_of(result);
  }
  return svg + "</svg>\n";
}

}  // namespace runneriq::cli
