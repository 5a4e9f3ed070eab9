// Rows of the ledger for people and for spreadsheets, made from their documents.
#pragma once

#include "cli/csv.hpp"

#include <nlohmann/json_fwd.hpp>

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::cli {

std::string ledger_table(const std::vector<nlohmann::json>& rows);
// One row with its slots, and how its grams came about.
std::string ledger_row_text(const nlohmann::json& row);
std::span<const CsvColumn> ledger_columns();

std::string report_text(const nlohmann::json& document);
// Of the groups; `by` is one of Grouping's texts.
std::vector<CsvColumn> report_columns(std::string_view by);

}  // namespace runneriq::cli
