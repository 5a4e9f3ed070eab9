#include "carbon/options.hpp"

#include "carbon/named_rows.hpp"
#include "core/option_rows.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <string_view>
#include <utility>

namespace runneriq::carbon {
namespace {

using namespace std::chrono_literals;

constexpr double kDirtiest = 2000;  // g/kWh
constexpr std::array kUses{Word<CarbonOptions::Use>{"off", CarbonOptions::Use::off},
                           Word<CarbonOptions::Use>{"auto", CarbonOptions::Use::automatic}};
constexpr std::array kVersions{Word<Version>{"v3", Version::v3}, Word<Version>{"v4", Version::v4}};
constexpr std::array kFactors{Word<EmissionFactors>{"lifecycle", EmissionFactors::lifecycle},
                              Word<EmissionFactors>{"direct", EmissionFactors::direct}};

std::size_t end_of_scheme(std::string_view url) {
  for (const std::string_view scheme : {"https://", "http://"}) {
    if (url.starts_with(scheme)) return scheme.size();
  }
  return 0;
}

bool is_plain(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte > 0x20 && byte < 0x7F && std::string_view("\"'<>\\^`{|}@?#%").find(c) == std::string_view::npos;
}

// The bad text is not shown: it may hold a password.
Result<std::string> parse_address(std::string_view text) {
  while (text.ends_with('/')) text.remove_suffix(1);
  const std::size_t host = end_of_scheme(text);
  const bool plain = std::all_of(text.begin(), text.end(), is_plain);
  if (host == 0 || host >= text.size() || text[host] == '/' || !plain) {
    return fail(
        Errc::invalid_argument,
        "this is no address of a source: write it like https://api.example.com, without user, query or "
        "fragment");
  }
  return std::string(text);
}

Options use_rows(CarbonOptions& options) {
  Option demo = switch_row(row("carbon.demo", "true | false",
                               "Fixed intensities for four zones instead of sources, without any network."),
                           options.demo);
  demo.variable = "CARBON_DEMO_MODE";
  return {
      word_row(
          row("carbon.use", "off | auto",
              "auto: carbon counts as soon as the zone of a runner and an intensity for it are known; off: "
              "nowhere."),
          options.use, kUses),
      std::move(demo),
      zones_row(options.zones),
      text_row(row("carbon.home_zone", "zone",
                   "Where jobs would run without RunnerIQ, for what is saved; empty = where they ran."),
               options.home_zone, parse_zone),
  };
}

Options source_rows(CarbonOptions& options) {
  const std::string maps = "carbon.electricity_maps.";
  ElectricityMapsOptions& electricity_maps = options.electricity_maps;
  return {
      text_row(row(maps + "url", "http or https address", "Address of Electricity Maps."),
               electricity_maps.url, parse_address),
      word_row(row(maps + "version", "v3 | v4", "Version of its interface."), electricity_maps.version,
               kVersions),
      word_row(
          row(maps + "factors", "lifecycle | direct",
              "What counts of a power plant: its whole life, or what leaves its chimney. The shipped annual "
              "means are lifecycle, and zones are only compared on one basis."),
          electricity_maps.factors, kFactors),
      switch_row(row(maps + "estimations", "true | false", "Whether points that are estimated count, too."),
                 electricity_maps.estimations),
      switch_row(
          row("carbon.uk_grid.enabled", "true | false",
              "Ask the operator of Great Britain's grid for zone GB; no key is needed. Its intensities are "
              "direct ones."),
          options.uk_grid.enabled),
      text_row(row("carbon.uk_grid.url", "http or https address", "Address of that operator's interface."),
               options.uk_grid.url, parse_address),
      whole_row(row("carbon.calls_per_hour", "whole number 1..3600",
                    "Calls to one source for one zone in an hour; free keys allow 50."),
                options.fetching.calls_per_hour, 1, 3600),
  };
}

Options energy_rows(CarbonOptions& options) {
  const std::string power = "carbon.power.";
  const std::string embodied = "carbon.embodied.";
  return {
      decimal_row(row("carbon.pue", "number 1..3",
                      "What the data centre uses for each kilowatt-hour of its machines (PUE)."),
                  options.pue, 1, 3),
      decimal_row(row(power + "idle_watts_per_core", "number 0..1000",
                      "Power of a machine at rest, by logical core, where it cannot be measured."),
                  options.power.idle_watts_per_core, 0, 1000),
      decimal_row(row(power + "full_watts_per_core", "number 0..1000",
                      "Power of a machine at full load, by logical core, where it cannot be measured."),
                  options.power.full_watts_per_core, 0, 1000),
      decimal_row(row(power + "default_watts", "number 0..100000",
                      "Power of a job of which nothing but its length is known."),
                  options.default_watts, 0, 100'000),
      duration_row(row("carbon.energy_wait", "duration from 0s to 1h",
                       "How long the ledger waits for what a finished job's host tells of its energy; then "
                       "it reckons by "
                       "the job's length."),
                   options.energy_wait, std::chrono::seconds{0}, std::chrono::hours{1}),
      decimal_row(row(embodied + "kilograms", "number 0..100000",
                      "CO2 of making one machine, for the SCI of a pipeline; 0 = left out."),
                  options.embodied.kilograms, 0, 100'000),
      duration_row(row(embodied + "life", "duration from 1d to 3650d", "How long a machine is used."),
                   options.embodied.life, std::chrono::days{1}, std::chrono::days{3650}),
      whole_row(row(embodied + "slots", "whole number 1..10000", "Jobs that a machine runs at once."),
                options.embodied.slots, 1, 10'000),
      decimal_row(row("carbon.green_below", "number 0..2000", "Intensities below this are green (g/kWh)."),
                  options.green_below, 0, kDirtiest),
      decimal_row(row("carbon.red_from", "number 0..2000", "Intensities from this on are red (g/kWh)."),
                  options.red_from, 0, kDirtiest),
  };
}

Options deferral_rows(DeferralOptions& deferral) {
  const std::string under = "carbon.deferral.";
  DeferralTerms& terms = deferral.terms;
  return {
      switch_row(row(under + "admission", "true | false",
                     "LOW and MEDIUM jobs may wait for a greener quarter of an hour within their hold."),
                 deferral.admission),
      switch_row(row(under + "play", "true | false",
                     "Manual jobs with a deadline are played in their greenest hours."),
                 deferral.play),
      duration_row(
          row(under + "margin", "duration from 0s to 1d",
              "Time between a job's latest start and the last one with which it would keep its deadline."),
          terms.margin, 0s, 24h),
      percent_row(row(under + "least_gain_percent", "number 0..100",
                      "A job waits only when its intensity falls by at least this share."),
                  terms.least_gain_share),
      decimal_row(row(under + "least_gain", "number 0..2000",
                      "A job waits only when its intensity falls by at least so many g/kWh."),
                  terms.least_gain_g_per_kwh, 0, kDirtiest),
      whole_row(
          row(under + "starts_per_step", "whole number 0..10000",
              "Deferred jobs that may start in one zone in the same quarter of an hour; 0 = any number."),
          terms.starts_per_step, 0, 10'000),
      whole_row(
          row(under + "wave", "whole number 1..10000", "Jobs of the same moment that are released at once."),
          terms.wave, 1, 10'000),
      duration_row(row(under + "wave_pause", "duration from 0s to 1h", "Time between two such waves."),
                   terms.wave_pause, 0s, 1h),
      decimal_row(row(under + "grams_per_hour_waited", "number 0..1000000",
                      "What an hour of waiting must save at least, in grams of CO2 of that job."),
                  terms.grams_per_hour_waited, 0, 1'000'000),
  };
}

void append(Options& rows, Options more) {
  rows.insert(rows.end(), std::make_move_iterator(more.begin()), std::make_move_iterator(more.end()));
}

}  // namespace

Options option_rows(CarbonOptions& options) {
  Options rows = use_rows(options);
  append(rows, source_rows(options));
  append(rows, energy_rows(options));
  append(rows, deferral_rows(options.deferral));
  append(rows, rule_rows(options.deferral.rules));
  append(rows, budget_rows(options.budgets));
  return rows;
}

}  // namespace runneriq::carbon
