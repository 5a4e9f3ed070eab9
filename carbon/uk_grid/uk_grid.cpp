#include "carbon/uk_grid/uk_grid.hpp"

#include "carbon/provider_reply.hpp"

#include <nlohmann/json.hpp>

#include <cstdint>
#include <ratio>
#include <utility>

namespace runneriq::carbon {
namespace {

using Json = nlohmann::json;

constexpr Basis kBasis{Signal::average, EmissionFactors::direct};
using HalfHours = std::chrono::duration<std::int64_t, std::ratio<1800>>;
constexpr Duration kLongestStep = std::chrono::hours{24};

// "2026-01-01T10:30Z", the start of the half hour.
std::string half_hour(Time now) {
  const std::string text = runneriq::to_text(Time{std::chrono::floor<HalfHours>(now)});
  return text.substr(0, std::string_view("2026-01-01T10:30").size()) + "Z";
}

std::optional<Step> step_of(const Json& point, Want want) {
  const auto from = time_in(point, "from");
  const auto to = time_in(point, "to");
  if (!from || !to || *to <= *from || *to - *from > kLongestStep) return std::nullopt;
  const Json& intensity = member(point, "intensity");
  const auto actual = want == Want::forecast ? std::nullopt : intensity_in(intensity, "actual");
  const auto value = actual ? actual : intensity_in(intensity, "forecast");
  if (!value) return std::nullopt;
  return Step{*from, *to, *value, want != Want::forecast && !actual};
}

}  // namespace

UkGrid::UkGrid(UkGridOptions options) : options_(std::move(options)) {}

bool UkGrid::offers(const ZoneKey& zone, Want /*want*/) const {
  return options_.enabled && zone.value() == "GB";
}

ProviderQuestion UkGrid::question(const ZoneKey& /*zone*/, Want want, Time now) const {
  const std::string url = options_.url + "/intensity";
  if (want == Want::latest) return {.url = url};
  return {.url = url + "/" + half_hour(now) + (want == Want::forecast ? "/fw48h" : "/pt24h")};
}

Result<ProviderAnswer> UkGrid::read(const ZoneKey& /*zone*/, Want want, std::string_view body,
                                    Time now) const {
  const auto reply = reply_object(body);
  if (!reply) return fail(reply.error());
  const Json& points = member(*reply, "data");
  if (!points.is_array()) return fail(Errc::corrupt, "the reply has no list \"data\"");
  std::vector<Step> steps;
  for (const Json& point : points) {
    if (const auto step = step_of(point, want)) steps.push_back(*step);
  }
  return answer_of(kBasis, want, std::move(steps), points.size(), now);
}

}  // namespace runneriq::carbon
