#include "scheduler/gate_options.hpp"

#include "core/option_rows.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::scheduler {
namespace {

constexpr int kMostCutsPerMinute = 10'000;

Option lanes_row(Option option, std::vector<std::string>& lanes) {
  return list_row(std::move(option), lanes, [&lanes](std::string_view text) -> Result<void> {
    std::vector<std::string> more = lanes;
    more.emplace_back(text);
    if (const Result<Lanes> made = Lanes::make(more); !made) return fail(made.error());
    lanes = std::move(more);
    return {};
  });
}

Option runners_row(Option option, std::vector<std::string>& runners) {
  return list_row(std::move(option), runners, [&runners](std::string_view text) -> Result<void> {
    if (text.empty()) return fail(Errc::invalid_argument, "a runner's id or description must not be empty");
    runners.emplace_back(text);
    return {};
  });
}

}  // namespace

Options option_rows(SteeringOptions& options) {
  using std::chrono::minutes;
  using std::chrono::seconds;
  const std::string under = "gate.";
  return {
      lanes_row(row(under + "lanes", "list of names",
                    "The lanes, the first goes first; the tag of lane short is runneriq:short. Lanes named "
                    "critical and high are for jobs of these classes, the others go by expected duration."),
                options.lanes),
      duration_row(row(under + "short_wait", "duration from 0s to 1h",
                       "A lane other than critical and high withholds nothing while its waiting job would "
                       "start within this anyway."),
                   options.short_wait, Duration::zero(), minutes{60}),
      duration_row(
          row(under + "phantom_after", "duration from 5s to 10m",
              "A runner from which lanes are withheld gets them back after a slot of it was free for "
              "so long."),
          options.phantom_after, seconds{5}, minutes{10}),
      runners_row(
          row(under + "elastic", "list of runners",
              "Runners whose capacity grows with demand, by id or pattern of the description: nothing "
              "is withheld from them. Those with several managers count as such anyway."),
          options.elastic),
      duration_row(row(under + "lease_ttl", "duration from 5s to 30m",
                       "A change of a runner's tags ends after so long unless it is renewed."),
                   options.lease_ttl, seconds{5}, minutes{30}),
      whole_row(row(under + "cuts_per_minute", "number from 1 to 10000",
                    "Runners from which lanes may newly be withheld in a minute; two thirds as many may be "
                    "without some lane at once."),
                options.cuts_per_minute, 1, kMostCutsPerMinute),
      path_row(row(under + "kill_switch", "absolute path",
                   "While this file exists nothing is withheld or granted; what was is given back."),
               options.kill_switch),
  };
}

Lanes lanes_of(const SteeringOptions& options) {
  Result<Lanes> lanes = Lanes::make(options.lanes);
  return lanes ? std::move(*lanes) : Lanes{};
}

GateOptions gate_options(const SteeringOptions& options, Duration poll_interval) {
  GateOptions gate;
  gate.lanes = lanes_of(options);
  gate.short_wait = options.short_wait;
  gate.phantom_after = options.phantom_after;
  gate.oldest_data = 2 * poll_interval;
  gate.elastic = options.elastic;
  gate.most_cut = static_cast<std::size_t>(std::max(options.cuts_per_minute * 2 / 3, 1));
  return gate;
}

LeaseTerms lease_terms(const SteeringOptions& options) {
  LeaseTerms terms;
  terms.ttl = options.lease_ttl;
  terms.renew_after = options.lease_ttl * 2 / 5;
  return terms;
}

}  // namespace runneriq::scheduler
