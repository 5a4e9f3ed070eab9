// The port to those who tell intensities. A provider knows addresses and replies; when it is asked, and
// what its silence means, is decided elsewhere (fetching.hpp). Pure: nothing here calls anybody.
#pragma once

#include "carbon/series.hpp"
#include "core/result.hpp"
#include "core/secret.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::carbon {

// Stored in state files: never renumber.
enum class Want : int { latest = 0, forecast = 1, history = 2 };
std::string_view to_text(Want want);  // "latest", "forecast", "history"

struct ProviderQuestion {
  std::string url = {};            // GET
  std::string secret_header = {};  // "auth-token"; "" = no key is needed
  Secret key = {};
};

struct ProviderAnswer {
  Basis basis;
  std::vector<Step> steps;  // at least one; `latest` gives the newest last
  // What was left out of the reply, for the log: "3 of 24 points have no intensity".
  std::string left_out;
  // When a forecast was made, as the provider says; none = it counts as made when it was asked for.
  std::optional<Time> made = {};
};

class Provider {
 public:
  virtual ~Provider() = default;
  [[nodiscard]] virtual std::string_view name() const = 0;  // "electricity_maps"
  // Whether it has a key for the zone, where it needs one, and offers this at all.
  [[nodiscard]] virtual bool offers(const ZoneKey& zone, Want want) const = 0;
  [[nodiscard]] virtual ProviderQuestion question(const ZoneKey& zone, Want want, Time now) const = 0;
  // The body of a 200. Errors: corrupt (no JSON, not the promised form), conflict (another zone or basis
  // than was asked for), not_found (nothing usable in it).
  [[nodiscard]] virtual Result<ProviderAnswer> read(const ZoneKey& zone, Want want, std::string_view body,
                                                    Time now) const = 0;
};

}  // namespace runneriq::carbon
