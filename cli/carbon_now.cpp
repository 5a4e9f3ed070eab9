#include "cli/carbon_heatmap.hpp"
#include "cli/carbon_ports.hpp"
#include "cli/carbon_text.hpp"
#include "cli/commands.hpp"
#include "cli/json_text.hpp"
#include "cli/reading.hpp"
#include "cli/shared_flags.hpp"
#include "core/option.hpp"
#include "core/printable.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace runneriq::cli {
namespace {

using nlohmann::json;

constexpr std::array kNowFlags{kOutputFlag};
constexpr std::array kForecastFlags{
    kOutputFlag,
    FlagRow{"--hours", "N", "Show so many hours from now on, 1 to 72 (default: 24)."},
};

// What both commands read. Error: what hinders it, for tell_carbon().
struct GridReading {
  CarbonPorts ports;
  carbon::GridOutlook grid;
};

Result<GridReading> read_grid(Session& session) {
  auto ports = carbon_ports(session);
  if (!ports) return fail(std::move(ports.error()));
  if (ports->options->use == carbon::CarbonOptions::Use::off) {
    return fail(Errc::invalid_argument, "carbon is off: set carbon.use to auto");
  }
  auto grid = ports->outlook(session.waiter.now());
  if (!grid) return fail(std::move(grid.error()));
  return GridReading{*std::move(ports), *std::move(grid)};
}

Exit now(Session& session, const Invocation& invocation) {
  if (const auto bad = refuse_bad_configuration(session)) return *bad;
  const auto reading = read_grid(session);
  if (!reading) return tell_carbon(session, reading.error());
  const json document =
      carbon::now_document(reading->grid, runners_of(session, reading->ports), *reading->ports.options);
  session.out.result(wants_json(invocation) ? pretty(document)
                                            : carbon_now_text(document, colour_of(session)));
  return Exit::fine;
}

Result<int> hours_of(const Invocation& invocation) {
  if (!invocation.has("--hours")) return carbon::kForecastHours;
  const std::string_view text = invocation.value("--hours");
  if (const auto hours = parse_whole(text, 1, carbon::kMostForecastHours)) return *hours;
  return fail(Errc::invalid_argument, "--hours takes a number from 1 to " +
                                          std::to_string(carbon::kMostForecastHours) + ", not " +
                                          quoted_text(text));
}

Exit forecast(Session& session, const Invocation& invocation) {
  if (const auto bad = refuse_bad_configuration(session)) return *bad;
  const auto hours = hours_of(invocation);
  if (!hours) return tell_carbon(session, hours.error());
  const auto reading = read_grid(session);
  if (!reading) return tell_carbon(session, reading.error());
  const json document = carbon::forecast_document(reading->grid, *hours, *reading->ports.options);
  session.out.result(wants_json(invocation)
                         ? pretty(document)
                         : carbon_forecast_text(document, colour_of(session), reading->ports.local_offset));
  return Exit::fine;
}

}  // namespace

CommandRow carbon_now_command() {
  return {.name = "carbon now",
          .arguments = "",
          .summary = "Show how much CO2 a kilowatt-hour brings with it in each zone of the fleet.",
          .text =
              "The zones of the fleet, the greenest first, with the intensity in g/kWh, what it is known by "
              "(live, "
              "forecast, hour_profile, annual_mean), its source and age, the runners there, and why nothing "
              "better "
              "is known. All are on one basis, so that they can be compared. Zones of which nothing is known "
              "come "
              "last, with what would help.",
          .flags = kNowFlags,
          .run = now};
}

CommandRow carbon_forecast_command() {
  return {
      .name = "carbon forecast",
      .arguments = "",
      .summary = "Draw the coming hours of each zone, and its cleanest two hours.",
      .text =
          "A row for each zone and a cell for each hour that passes, in UTC and, where it differs, in local "
          "time. The sign in a cell tells the intensity in steps of 50 g/kWh; colour or shade tell the same. "
          "What no source tells ahead is the mean of the same hour of the last 28 days, or the annual mean "
          "by "
          "the hour; `--output json` tells for each hour which it is.",
      .flags = kForecastFlags,
      .run = forecast};
}

}  // namespace runneriq::cli
