#include "cli/carbon_heatmap.hpp"

#include "cli/carbon_text.hpp"
#include "cli/carbon_words.hpp"
#include "cli/json_text.hpp"
#include "cli/table.hpp"
#include "cli/words.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <string_view>
#include <vector>

namespace runneriq::cli {
namespace {

using nlohmann::json;

constexpr std::size_t kTitleWidth = 14;
constexpr std::size_t kHoursPerLine = 24;
constexpr std::size_t kHoursPerMark = 3;  // six characters: room for "03:00"
constexpr std::size_t kMarkWidth = 6;
constexpr double kSignStep = 50;  // g/kWh
constexpr std::string_view kSigns = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";

struct Bounds {
  double green_below = 0, red_from = 0;
};

// From the greenest to the dirtiest; the same steps with and without colour.
struct Level {
  std::string_view shade;  // without colour
  std::string_view paint;  // one of the 256 colours as background, and a letter that can be read on it
};
constexpr std::array kLevels{Level{"░", "\x1b[38;5;231;48;5;22m"}, Level{"░", "\x1b[38;5;231;48;5;28m"},
                             Level{"░", "\x1b[38;5;16;48;5;34m"},  Level{"▒", "\x1b[38;5;16;48;5;178m"},
                             Level{"▒", "\x1b[38;5;16;48;5;208m"}, Level{"▓", "\x1b[38;5;231;48;5;160m"},
                             Level{"█", "\x1b[38;5;231;48;5;88m"}};

std::size_t level_of(double g_per_kwh, const Bounds& bounds) {
  if (g_per_kwh < bounds.green_below) {
    return std::min<std::size_t>(2, static_cast<std::size_t>(3 * g_per_kwh / bounds.green_below));
  }
  if (g_per_kwh < bounds.red_from) {
    return g_per_kwh < (bounds.green_below + bounds.red_from) / 2 ? 3 : 4;
  }
  return g_per_kwh < 2 * bounds.red_from ? 5 : 6;
}

char sign_of(double g_per_kwh) {
  const auto step = static_cast<std::size_t>(g_per_kwh / kSignStep);
  return kSigns[std::min(step, kSigns.size() - 1)];
}

std::string cell(const json& hour, const Bounds& bounds, Colour colour) {
  const json& intensity = hour["g_per_kwh"];
  if (!intensity.is_number()) return "··";
  const auto g_per_kwh = intensity.get<double>();
  const Level& level = kLevels.at(level_of(g_per_kwh, bounds));
  const std::string sign(1, sign_of(g_per_kwh));
  if (colour == Colour::off) return std::string(level.shade) + sign;
  return std::string(level.paint) + " " + sign + "\x1b[0m";
}

// In exactly kTitleWidth characters.
std::string title(std::string text) {
  while (width_of(text) > kTitleWidth) {
    std::size_t last = text.size() - 1;
    while (last > 0 && (static_cast<unsigned char>(text[last]) & 0xC0U) == 0x80U) --last;
    text.resize(last);
  }
  return text + std::string(kTitleWidth - width_of(text), ' ');
}

std::string clock_text(Time time) {
  return minute_text(time).substr(std::string_view{"2025-03-01 "}.size());
}

using Hours = std::vector<Time>;

Hours hours_in(const json& document) {
  Hours hours;
  const json& zones = list_at(document, "zones");
  if (zones.empty()) return hours;
  for (const json& hour : list_at(zones.front(), "hours")) {
    if (const auto from = parse_time(text_at(hour, "from"))) {
      hours.push_back(std::chrono::floor<std::chrono::hours>(*from));
    }
  }
  return hours;
}

std::string header(const std::string& name, const Hours& hours, std::size_t first, std::size_t last,
                   const std::function<Time(Time)>& shown) {
  std::string line = title(name) + " ";
  for (std::size_t hour = first; hour < last; hour += kHoursPerMark) {
    line += clock_text(shown(hours[hour]));
    if (hour + kHoursPerMark < last) line += std::string(kMarkWidth - 5, ' ');
  }
  return line + "\n";
}

bool differs(const LocalOffset& offset, const Hours& hours) {
  return offset && std::ranges::any_of(hours, [&](Time hour) { return offset(hour).count() != 0; });
}

std::string headers(const Hours& hours, std::size_t first, std::size_t last, const LocalOffset& offset) {
  const std::string day = minute_text(hours[first]).substr(0, 10);
  std::string text = header(day + " UTC", hours, first, last, [](Time time) { return time; });
  if (!differs(offset, hours)) return text;
  return text + header("local time", hours, first, last, [&](Time time) { return time + offset(time); });
}

// The best window where it begins within these hours.
std::string best_text(const json& zone, Time from, Time to) {
  const json& best = object_at(zone, "best");
  const auto begin = parse_time(text_at(best, "from"));
  const auto end = parse_time(text_at(best, "to"));
  if (!begin || !end || *begin < from || *begin >= to) return "";
  return " " + clock_text(*begin) + "-" + clock_text(*end) + " " + intensity_text(best["g_per_kwh"]);
}

std::string zone_line(const json& zone, const Hours& hours, std::size_t first, std::size_t last,
                      const Bounds& bounds, Colour colour) {
  std::string line = title(named_at(zone, "zone")) + " ";
  const json& cells = list_at(zone, "hours");
  for (std::size_t hour = first; hour < std::min(last, cells.size()); ++hour) {
    line += cell(cells[hour], bounds, colour);
  }
  return line + best_text(zone, hours[first], hours[last - 1] + std::chrono::hours{1}) + "\n";
}

std::string block(const json& document, const Hours& hours, std::size_t first, Colour colour,
                  const LocalOffset& offset) {
  const std::size_t last = std::min(first + kHoursPerLine, hours.size());
  const json& bounds = object_at(document, "bounds");
  const Bounds limits{number_at(bounds, "green_below"), number_at(bounds, "red_from")};
  std::string text = headers(hours, first, last, offset);
  for (const json& zone : list_at(document, "zones")) {
    text += zone_line(zone, hours, first, last, limits, colour);
  }
  return text + "\n";
}

std::string legend(const json& document, Colour colour) {
  const std::string red = intensity_text(object_at(document, "bounds")["red_from"]);
  const std::string twice = intensity_text(json(2 * number_at(object_at(document, "bounds"), "red_from")));
  const std::string shades =
      colour == Colour::on ? "" : "░ green, ▒ amber, ▓ red from " + red + ", █ from " + twice + " g/kWh; ";
  return wrapped("signs      ", shades +
                                    "0 is below 50 g/kWh, 1 below 100, … 9 below 500, A below 550 …; ·· is "
                                    "not known") +
         wrapped("at its end ", "the cleanest 2 hours (UTC) and their g/kWh");
}

}  // namespace

std::string carbon_forecast_text(const json& document, Colour colour, const LocalOffset& offset) {
  const Hours hours = hours_in(document);
  std::string text = "basis      " + basis_line(document) + "\n";
  if (hours.empty()) {
    return text + wrapped("zones      ",
                          "none: no runner has one. Set RUNNER_ZONE_<runner> or carbon.zones, or "
                          "give runners a tag such as zone:DE");
  }
  text += "\n";
  for (std::size_t first = 0; first < hours.size(); first += kHoursPerLine) {
    text += block(document, hours, first, colour, offset);
  }
  text += legend(document, colour);
  for (const std::string& note : sentences_at(document, "notes")) text += wrapped("note       ", note);
  return text;
}

}  // namespace runneriq::cli
