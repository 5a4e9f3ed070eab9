// How carbon's values are kept in columns.
#pragma once

#include "carbon/intensity.hpp"
#include "carbon/outlook.hpp"
#include "carbon/series.hpp"
#include "platform/sqlite_columns.hpp"

#include <optional>

namespace runneriq::carbon {

inline std::optional<double> optional_real_in(const platform::Statement& row, int column) {
  return row.is_null(column) ? std::nullopt : std::optional{row.real(column)};
}

inline std::optional<Intensity> intensity_in(const platform::Statement& row, int column) {
  return row.is_null(column) ? std::nullopt : Intensity::of(row.real(column));
}

inline std::optional<double> column_of(const std::optional<Intensity>& intensity) {
  return intensity ? std::optional{intensity->g_per_kwh()} : std::nullopt;
}

// Signal and factors, side by side.
inline Basis basis_in(const platform::Statement& row, int column) {
  return {row.integer(column) == 1 ? Signal::marginal : Signal::average,
          row.integer(column + 1) == 1 ? EmissionFactors::direct : EmissionFactors::lifecycle};
}

// Of a rung that never was nothing is believed.
inline Rung rung_in(const platform::Statement& row, int column) {
  const auto number = row.integer(column);
  const bool known = number >= 0 && number <= static_cast<int>(Rung::none);
  return known ? static_cast<Rung>(number) : Rung::none;
}

// Starts, ends, g and estimated, side by side.
inline std::optional<Step> step_in(const platform::Statement& row, int column) {
  const auto intensity = intensity_in(row, column + 2);
  if (!intensity) return std::nullopt;
  return Step{platform::time_in(row, column), platform::time_in(row, column + 1), *intensity,
              row.integer(column + 3) != 0};
}

}  // namespace runneriq::carbon
