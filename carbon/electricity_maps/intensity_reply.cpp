#include "carbon/electricity_maps/intensity_reply.hpp"

#include "carbon/provider_reply.hpp"
#include "core/printable.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <set>
#include <utility>

namespace runneriq::carbon {
namespace {

using Json = nlohmann::json;

constexpr Duration kLongestStep = std::chrono::hours{1};

constexpr std::array<std::pair<std::string_view, Duration>, 3> kGranularities{{
    {"5_minutes", std::chrono::minutes{5}},
    {"15_minutes", std::chrono::minutes{15}},
    {"hourly", kLongestStep},
}};

tl::unexpected<Error> other_than_asked(std::string_view what, std::string_view told, std::string_view asked) {
  return fail(Errc::conflict, "the reply is for " + std::string(what) + " " + quoted_text(told) +
                                  ", not for " + quoted_text(asked));
}

std::optional<Duration> granularity_in(const Json& object) {
  const auto word = text_in(object, "temporalGranularity");
  for (const auto& [known, length] : kGranularities) {
    if (word == known) return length;
  }
  return std::nullopt;
}

// A point of a list need not repeat what the reply says, but must not say otherwise.
Result<void> check_asked(const AskedIntensity& asked, const Json& object) {
  if (const auto zone = text_in(object, "zone"); zone && *zone != asked.zone.value()) {
    return other_than_asked("zone", *zone, asked.zone.value());
  }
  const std::string_view factors = to_text(asked.factors);
  if (const auto told = text_in(object, "emissionFactorType"); told && *told != factors) {
    return other_than_asked("emission factors", *told, factors);
  }
  return {};
}

Result<std::vector<const Json*>> points_of(const Json& reply, Want want) {
  if (want == Want::latest) return std::vector{&reply};
  const Json& list = member(reply, to_text(want));
  if (!list.is_array()) {
    return fail(Errc::corrupt, "the reply has no list \"" + std::string(to_text(want)) + "\"");
  }
  std::vector<const Json*> points;
  for (const Json& point : list) points.push_back(&point);
  return points;
}

Result<void> check_all(const AskedIntensity& asked, const Json& reply,
                       const std::vector<const Json*>& points) {
  if (!text_in(reply, "zone")) return fail(Errc::corrupt, "the reply does not say of which zone it is");
  if (auto as_asked = check_asked(asked, reply); !as_asked) return as_asked;
  for (const Json* point : points) {
    if (auto as_asked = check_asked(asked, *point); !as_asked) return as_asked;
  }
  return {};
}

// Of points that cannot be used, too: a step ends where the next begins, whatever that is worth.
std::set<Time> starts_of(const std::vector<const Json*>& points) {
  std::set<Time> starts;
  for (const Json* point : points) {
    if (const auto start = time_in(*point, "datetime")) starts.insert(*start);
  }
  return starts;
}

Duration length_of(const Json& reply, const Json& point, Time start, const std::set<Time>& starts) {
  if (const auto told = granularity_in(point)) return *told;
  if (const auto told = granularity_in(reply)) return *told;
  const auto next = starts.upper_bound(start);
  return next == starts.end() ? kLongestStep : std::min(*next - start, kLongestStep);
}

std::vector<Step> steps_of(const AskedIntensity& asked, const Json& reply,
                           const std::vector<const Json*>& points) {
  const std::set<Time> starts = starts_of(points);
  std::vector<Step> steps;
  for (const Json* point : points) {
    const auto start = time_in(*point, "datetime");
    const auto intensity = intensity_in(*point, "carbonIntensity");
    const bool estimated = is_true_in(*point, "isEstimated");
    if (!start || !intensity || (estimated && !asked.estimations)) continue;
    steps.push_back({*start, *start + length_of(reply, *point, *start, starts), *intensity, estimated});
  }
  return steps;
}

}  // namespace

Result<ProviderAnswer> electricity_maps_answer(const AskedIntensity& asked, Want want, std::string_view body,
                                               Time now) {
  const auto reply = reply_object(body);
  if (!reply) return fail(reply.error());
  const auto points = points_of(*reply, want);
  if (!points) return fail(points.error());
  if (const auto as_asked = check_all(asked, *reply, *points); !as_asked) return fail(as_asked.error());
  auto answer = answer_of({Signal::average, asked.factors}, want, steps_of(asked, *reply, *points),
                          points->size(), now);
  const auto made = time_in(*reply, "updatedAt");
  if (answer && want == Want::forecast && made && *made <= now) answer->made = made;
  return answer;
}

}  // namespace runneriq::carbon
