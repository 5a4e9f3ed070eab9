#include "gitlab/options.hpp"

#include "core/option_rows.hpp"
#include "core/printable.hpp"
#include "gitlab/web_address.hpp"

#include <algorithm>
#include <array>
#include <iterator>
#include <utility>

namespace runneriq::gitlab {
namespace {

constexpr std::string_view kNameCharacters = "abcdefghijklmnopqrstuvwxyz0123456789-_";
constexpr std::size_t kLongestName = 64;

using Field = std::string FleetOptions::*;
using Parse = Result<std::string> (*)(std::string_view text);

tl::unexpected<Error> invalid(std::string_view text, std::string_view why) {
  return fail(Errc::invalid_argument, quoted_text(text) + " " + std::string(why));
}

bool has_control_or_blank(std::string_view text) {
  return std::any_of(text.begin(), text.end(), [](char c) {
    const auto byte = static_cast<unsigned char>(c);
    return byte <= 0x20 || byte == 0x7F;
  });
}

// An id ("42") or a full path ("acme/shop"); "" = not chosen.
Result<std::string> parse_place(std::string_view text) {
  const bool slashes =
      text.starts_with('/') || text.ends_with('/') || text.find("//") != std::string_view::npos;
  if (slashes || has_control_or_blank(text) || text.find_first_of("?#%") != std::string_view::npos) {
    return invalid(text, "is neither a number nor a full path, for example 42 or acme/shop");
  }
  return std::string(text);
}

Result<std::string> parse_ca_file(std::string_view text) {
  if (!text.empty() && (!text.starts_with('/') || text.find('\0') != std::string_view::npos)) {
    return invalid(text, "is no absolute path, for example /etc/ssl/certs/company.pem");
  }
  return std::string(text);
}

// "" = not chosen: what the layers below say is taken back.
Result<std::string> parse_url(std::string_view text) {
  return text.empty() ? Result<std::string>{""} : parse_web_address(text);
}

// The name as the end of GITLAB_TOKEN_…, where '-' cannot stand.
std::string for_variable(std::string_view name) {
  std::string text{name};
  std::replace(text.begin(), text.end(), '-', '_');
  return text;
}

Result<void> check_name(std::string_view name, const std::vector<FleetOptions>& fleets) {
  if (name.empty() || name.size() > kLongestName ||
      name.find_first_not_of(kNameCharacters) != std::string_view::npos) {
    return invalid(name, "is no name of a fleet: write lower-case letters, digits, '-' and '_'");
  }
  for (const FleetOptions& fleet : fleets) {
    if (fleet.name != name && for_variable(fleet.name) == for_variable(name)) {
      return invalid(name,
                     "would share the variable of its token with '" + fleet.name + "': write another name");
    }
  }
  return {};
}

FleetOptions& fleet_named(std::vector<FleetOptions>& fleets, std::string_view name) {
  const auto same =
      std::find_if(fleets.begin(), fleets.end(), [&](const FleetOptions& f) { return f.name == name; });
  if (same != fleets.end()) return *same;
  fleets.emplace_back().name = name;
  return fleets.back();
}

std::string show_entries(const std::vector<FleetOptions>& fleets, Field field) {
  std::string text;
  for (const FleetOptions& fleet : fleets) {
    if ((fleet.*field).empty()) continue;
    text += (text.empty() ? "" : ",") + fleet.name + "=" + fleet.*field;
  }
  return text;
}

struct FleetRow {
  std::string_view name;
  std::string_view value;
  std::string_view help;
  std::string_view variable;  // of the first fleet
  Field field;
  Parse parse;
};

constexpr std::array kFleetRows{
    FleetRow{"url", "http or https address", "Address of GitLab", "GITLAB_URL", &FleetOptions::url,
             parse_url},
    FleetRow{"project", "id or full path",
             "The one project to watch; else the group, else all that the token may see", "GITLAB_PROJECT_ID",
             &FleetOptions::project, parse_place},
    FleetRow{"group", "id or full path", "The group to watch, with the projects below it", "GITLAB_GROUP_ID",
             &FleetOptions::group, parse_place},
    FleetRow{"ca_file", "absolute path",
             "PEM file of the certificate authority that GitLab's certificate is checked with; empty = the "
             "system's",
             "", &FleetOptions::ca_file, parse_ca_file},
};

Option first_fleet_row(const FleetRow& fleet_row, FleetOptions& fleet) {
  Option option = row("gitlab." + std::string(fleet_row.name), std::string(fleet_row.value),
                      std::string(fleet_row.help) + ".");
  option.set = [&fleet, parse = fleet_row.parse,
                field = fleet_row.field](std::string_view text) -> Result<void> {
    auto value = parse(text);
    if (!value) return fail(std::move(value.error()));
    fleet.*field = *std::move(value);
    return {};
  };
  option.show = [&fleet, field = fleet_row.field] { return fleet.*field; };
  option.variable = fleet_row.variable;
  return option;
}

Option further_fleets_row(const FleetRow& fleet_row, std::vector<FleetOptions>& fleets) {
  Option option = row("gitlab.fleets.*." + std::string(fleet_row.name), std::string(fleet_row.value),
                      "For a further GitLab of that name: " + std::string(fleet_row.help) + ".");
  option.set_entry = [&fleets, parse = fleet_row.parse, field = fleet_row.field](
                         std::string_view name, std::string_view text) -> Result<void> {
    if (auto named = check_name(name, fleets); !named) return named;
    auto value = parse(text);
    if (!value) return fail(std::move(value.error()));
    fleet_named(fleets, name).*field = *std::move(value);
    return {};
  };
  option.show = [&fleets, field = fleet_row.field] { return show_entries(fleets, field); };
  return option;
}

}  // namespace

std::vector<FleetOptions> fleets(const ClientOptions& options) {
  std::vector<FleetOptions> all;
  if (!options.fleet.url.empty()) all.push_back(options.fleet);
  std::copy_if(options.others.begin(), options.others.end(), std::back_inserter(all),
               [](const FleetOptions& fleet) { return !fleet.url.empty(); });
  return all;
}

Options option_rows(ClientOptions& options) {
  using namespace std::chrono_literals;
  Options rows;
  for (const FleetRow& fleet_row : kFleetRows) rows.push_back(first_fleet_row(fleet_row, options.fleet));
  for (const FleetRow& fleet_row : kFleetRows) rows.push_back(further_fleets_row(fleet_row, options.others));
  rows.push_back(whole_row(row("gitlab.calls_per_minute", "whole number 1..6000",
                               "Calls to one GitLab in a minute; at least 30 per poll are always allowed."),
                           options.calls_per_minute, 1, 6000));
  rows.push_back(
      duration_row(row("gitlab.call_limit", "duration 1s..5m", "Longest time for one call to GitLab."),
                   options.call_limit, 1s, 5min));
  rows.push_back(duration_row(
      row("gitlab.tick_limit", "duration 1s..10m", "Longest time for all calls of one tick together."),
      options.tick_limit, 1s, 10min));
  rows.push_back(
      switch_row(row("gitlab.graphql", "true | false",
                     "Ask for the details of runners by GraphQL, 100 in one call, where GitLab allows it."),
                 options.graphql));
  return rows;
}

}  // namespace runneriq::gitlab
