#include "alerting/kept_ring.hpp"

#include "core/json_text.hpp"

#include <nlohmann/json.hpp>

namespace runneriq::alerting {

std::optional<KeptRow> parse_kept_row(std::string_view document) {
  try {
    const auto json = json_in(document);
    return KeptRow{json.at("added").get<std::int64_t>(),
                   json.at("entries").get<std::vector<std::vector<std::int64_t>>>()};
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;
  }
}

}  // namespace runneriq::alerting
