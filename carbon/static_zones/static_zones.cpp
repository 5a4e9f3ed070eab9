#include "carbon/static_zones/static_zones.hpp"

#include "carbon/static_zones/day_shapes.hpp"

#include <array>
#include <vector>

namespace runneriq::carbon {
namespace {

struct Row {
  const char* zone;
  double annual_mean;  // g/kWh
  DayShape shape;
  int hours_ahead_of_utc;  // in winter, rounded
  EmissionFactors factors = EmissionFactors::lifecycle;
};

using enum DayShape;

constexpr std::array kRows{
    // Europe
    Row{"AT", 120, flat, 1},
    Row{"BE", 150, solar, 1},
    Row{"BG", 370, solar, 2},
    Row{"CH", 50, flat, 1},
    Row{"CZ", 450, thermal, 1},
    Row{"DE", 370, solar, 1},
    Row{"DK", 150, wind, 1},
    Row{"DK-DK1", 150, wind, 1},
    Row{"DK-DK2", 160, wind, 1},
    Row{"EE", 440, wind, 2},
    Row{"ES", 170, solar, 1},
    Row{"FI", 100, wind, 2},
    Row{"FR", 60, flat, 1},
    Row{"GB", 230, wind, 0},
    Row{"GB", 150, wind, 0, EmissionFactors::direct},
    Row{"GB-NIR", 310, wind, 0},
    Row{"GR", 340, solar, 2},
    Row{"HR", 200, flat, 1},
    Row{"HU", 200, solar, 1},
    Row{"IE", 310, wind, 0},
    Row{"IS", 30, flat, 0},
    Row{"IT", 330, solar, 1},
    Row{"IT-NO", 300, solar, 1},
    Row{"LT", 170, wind, 2},
    Row{"LV", 130, flat, 2},
    Row{"NL", 290, solar, 1},
    Row{"NO", 30, flat, 1},
    Row{"NO-NO1", 30, flat, 1},
    Row{"NO-NO2", 30, flat, 1},
    Row{"NO-NO3", 30, flat, 1},
    Row{"NO-NO4", 30, flat, 1},
    Row{"NO-NO5", 30, flat, 1},
    Row{"PL", 670, thermal, 1},
    Row{"PT", 180, solar, 0},
    Row{"RO", 250, solar, 2},
    Row{"SE", 35, flat, 1},
    Row{"SE-SE1", 20, flat, 1},
    Row{"SE-SE2", 20, flat, 1},
    Row{"SE-SE3", 35, flat, 1},
    Row{"SE-SE4", 45, wind, 1},
    Row{"SI", 230, flat, 1},
    Row{"SK", 120, flat, 1},
    Row{"TR", 430, thermal, 3},
    // North America
    Row{"CA-AB", 490, thermal, -7},
    Row{"CA-BC", 25, flat, -8},
    Row{"CA-ON", 55, flat, -5},
    Row{"CA-QC", 25, flat, -5},
    Row{"MX", 470, thermal, -6},
    Row{"US-CAL-CISO", 260, solar, -8},
    Row{"US-CAR-DUK", 320, thermal, -5},
    Row{"US-CENT-SWPP", 450, wind, -6},
    Row{"US-FLA-FPL", 410, solar, -5},
    Row{"US-MIDA-PJM", 400, thermal, -5},
    Row{"US-MIDW-MISO", 500, thermal, -6},
    Row{"US-NE-ISNE", 290, thermal, -5},
    Row{"US-NW-BPAT", 60, flat, -8},
    Row{"US-NW-PACW", 330, thermal, -8},
    Row{"US-NY-NYIS", 270, thermal, -5},
    Row{"US-SE-SOCO", 420, thermal, -6},
    Row{"US-SW-AZPS", 410, solar, -7},
    Row{"US-TEX-ERCO", 400, wind, -6},
    // South America
    Row{"BR-CS", 100, flat, -3},
    Row{"CL-SEN", 290, solar, -4},
    Row{"UY", 120, wind, -3},
    // Asia, Pacific, Africa
    Row{"AU-NSW", 600, solar, 10},
    Row{"AU-QLD", 630, solar, 10},
    Row{"AU-SA", 210, solar, 10},
    Row{"AU-TAS", 60, flat, 10},
    Row{"AU-VIC", 620, solar, 10},
    Row{"HK", 620, thermal, 8},
    Row{"ID", 670, thermal, 7},
    Row{"IL", 560, solar, 2},
    Row{"IN-SO", 600, solar, 5},
    Row{"IN-WE", 700, solar, 5},
    Row{"JP-KN", 400, solar, 9},
    Row{"JP-TK", 510, solar, 9},
    Row{"KR", 430, thermal, 9},
    Row{"NZ", 100, flat, 12},
    Row{"SG", 480, thermal, 8},
    Row{"TW", 640, thermal, 8},
    Row{"ZA", 710, thermal, 2},
};

std::vector<TypicalZone> table() {
  std::vector<TypicalZone> zones;
  zones.reserve(kRows.size());
  for (const Row& row : kRows) {
    zones.push_back({.zone = ZoneKey{row.zone},
                     .basis = {Signal::average, row.factors},
                     .annual_mean = Intensity::of(row.annual_mean).value(),
                     .shape = shape_in_utc(row.shape, row.hours_ahead_of_utc)});
  }
  return zones;
}

}  // namespace

std::span<const TypicalZone> typical_zones() {
  static const std::vector<TypicalZone> kZones = table();
  return kZones;
}

}  // namespace runneriq::carbon
