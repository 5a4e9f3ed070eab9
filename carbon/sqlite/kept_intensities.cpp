#include "carbon/sqlite/kept_intensities.hpp"

#include "carbon/sqlite/carbon_columns.hpp"
#include "platform/sqlite_rows.hpp"

#include <map>
#include <tuple>
#include <utility>

namespace runneriq::carbon {
namespace {

using platform::Database;
using platform::Statement;

// By source, zone and basis.
using RecordKey = std::tuple<std::string, ZoneKey, Basis>;
struct Told {
  std::vector<Step> past, forecast;
  std::optional<Time> made;
};
using ToldByKey = std::map<RecordKey, Told>;

Told& told_in(const Statement& row, ToldByKey& told) {
  return told[{row.text(0), ZoneKey{row.text(1)}, basis_in(row, 2)}];
}

Result<void> read_samples(Database& database, Time since, ToldByKey& told) {
  return platform::each_row(
      database.query("SELECT source, zone, signal, factors, starts, ends, g, estimated FROM samples"
                     " WHERE ends > ? ORDER BY source, zone, signal, factors, starts",
                     platform::column_of(since)),
      [&](const Statement& row) {
        if (const auto step = step_in(row, 4)) told_in(row, told).past.push_back(*step);
      });
}

Result<void> read_forecasts(Database& database, ToldByKey& told) {
  return platform::each_row(
      database.query("SELECT source, zone, signal, factors, starts, ends, g, estimated, made FROM forecasts"),
      [&](const Statement& row) {
        const auto step = step_in(row, 4);
        if (!step) return;
        Told& of_zone = told_in(row, told);
        of_zone.forecast.push_back(*step);
        of_zone.made = platform::time_in(row, 8);
      });
}

ZoneRecord record_of(const RecordKey& key, Told told) {
  ZoneRecord record{.source = std::get<0>(key), .zone = std::get<1>(key), .basis = std::get<2>(key)};
  if (!told.past.empty()) record.latest = told.past.back();
  record.forecast = Series{std::move(told.forecast)};
  record.forecast_made = told.made;
  record.past = Series{std::move(told.past)};
  return record;
}

Result<void> put_sample(Database& database, const ChannelKey& key, const Basis& basis, const Step& step) {
  return database.execute("REPLACE INTO samples VALUES (?, ?, ?, ?, ?, ?, ?, ?)", key.source,
                          key.zone.value(), static_cast<int>(basis.signal), static_cast<int>(basis.factors),
                          platform::column_of(step.from), platform::column_of(step.to),
                          step.intensity.g_per_kwh(), step.estimated);
}

Result<void> put_forecast_step(Database& database, const ChannelKey& key, const Basis& basis,
                               const Step& step, Time made) {
  return database.execute("REPLACE INTO forecasts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", key.source,
                          key.zone.value(), static_cast<int>(basis.signal), static_cast<int>(basis.factors),
                          platform::column_of(step.from), platform::column_of(step.to),
                          step.intensity.g_per_kwh(), step.estimated, platform::column_of(made));
}

Result<void> forget_forecast(Database& database, const ChannelKey& key, const Basis& basis) {
  return database.execute(
      "DELETE FROM forecasts WHERE source = ? AND zone = ? AND signal = ? AND factors = ?", key.source,
      key.zone.value(), static_cast<int>(basis.signal), static_cast<int>(basis.factors));
}

}  // namespace

Result<std::vector<ZoneRecord>> zone_records(Database& database, Time now) {
  ToldByKey told;
  if (auto read = read_samples(database, now - kSamplesRead, told); !read) return fail(read.error());
  if (auto read = read_forecasts(database, told); !read) return fail(read.error());
  std::vector<ZoneRecord> records;
  records.reserve(told.size());
  for (auto& [key, of_zone] : told) records.push_back(record_of(key, std::move(of_zone)));
  return records;
}

Result<void> put_answer(Database& database, const ChannelKey& key, Want want, const ProviderAnswer& answer,
                        Time now) {
  const bool forecast = want == Want::forecast;
  if (forecast) {
    if (auto gone = forget_forecast(database, key, answer.basis); !gone) return gone;
  }
  for (const Step& step : answer.steps) {
    auto put = forecast ? put_forecast_step(database, key, answer.basis, step, answer.made.value_or(now))
                        : put_sample(database, key, answer.basis, step);
    if (!put) return put;
  }
  return {};
}

Result<void> forget_old_samples(Database& database, Time now) {
  return database.execute("DELETE FROM samples WHERE ends < min(?, (SELECT max(ends) FROM samples)) - ?",
                          platform::column_of(now), platform::column_of(kSamplesKept));
}

Result<Series> samples_between(Database& database, const ZoneKey& zone, const Basis& basis, Time from,
                               Time to) {
  std::vector<Step> steps;
  // Of two equally long steps a series takes the later one.
  auto read = platform::each_row(
      database.query("SELECT starts, ends, g, estimated FROM samples WHERE zone = ? AND signal = ?"
                     " AND factors = ? AND ends > ? AND starts < ? ORDER BY estimated DESC, source DESC",
                     zone.value(), static_cast<int>(basis.signal), static_cast<int>(basis.factors),
                     platform::column_of(from), platform::column_of(to)),
      [&](const Statement& row) {
        if (const auto step = step_in(row, 0)) steps.push_back(*step);
      });
  if (!read) return fail(std::move(read.error()));
  return Series{std::move(steps)};
}

}  // namespace runneriq::carbon
