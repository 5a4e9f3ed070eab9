// What can be said of carbon in the configuration, and the rows of the option table for it.
#pragma once

#include "carbon/deferral.hpp"
#include "carbon/energy.hpp"
#include "carbon/fetching.hpp"
#include "carbon/outlook.hpp"
#include "carbon/summary.hpp"
#include "core/option.hpp"

#include <array>
#include <chrono>
#include <map>
#include <string>
#include <vector>

namespace runneriq::carbon {

enum class Version { v3, v4 };

struct ElectricityMapsOptions {
  std::string url = "https://api.electricitymaps.com";  // no slash at the end
  Version version = Version::v4;
  EmissionFactors factors = EmissionFactors::lifecycle;
  bool estimations = true;  // take estimated points, too
};
struct UkGridOptions {
  bool enabled = true;
  std::string url = "https://api.carbonintensity.org.uk";
};

// A manual job that RunnerIQ may play.
struct DeferralRule {
  std::string name;
  std::string project = "*";  // id or pattern of the full path
  std::string job = "*";      // pattern of the job's name
  Duration deadline{};        // from the pipeline's creation; 0 = the rule is not whole
};

struct DeferralOptions {
  bool admission = false;           // LOW and MEDIUM jobs may wait within their hold
  bool play = false;                // manual jobs with a deadline are played
  std::vector<DeferralRule> rules;  // first match; a job's own RUNNERIQ_DEADLINE goes before
  DeferralTerms terms{.starts_per_step = 5};
};

struct CarbonOptions {
  // auto: as soon as a zone and a source are known. Off: no carbon anywhere.
  enum class Use { off, automatic } use = Use::automatic;
  bool demo = false;                         // CARBON_DEMO_MODE: fixed intensities, no network
  std::map<std::string, std::string> zones;  // of runners, by id or description; RUNNER_ZONE_<runner> before
  std::string home_zone;                     // where jobs would run without RunnerIQ; "" = where they ran
  ElectricityMapsOptions electricity_maps;
  UkGridOptions uk_grid;
  FetchTerms fetching;
  TrustLimits trust;
  double pue = 1.0;
  HostPower power;
  double default_watts = 6;  // of a job of which only the length is known
  // A finished job's row in the ledger waits so long for what its host has to tell of its energy.
  Duration energy_wait = std::chrono::minutes{2};
  EmbodiedCarbon embodied;
  double green_below = 150, red_from = 300;  // g/kWh
  DeferralOptions deferral;
  std::vector<CarbonBudget> budgets;
};

// carbon.*; `options` must outlive the rows.
Options option_rows(CarbonOptions& options);
// One sentence for each thing that the rows cannot see by themselves: red_from not above green_below, a rule
// without deadline, a budget without grams.
std::vector<std::string> contradictions(const CarbonOptions& options);

}  // namespace runneriq::carbon
