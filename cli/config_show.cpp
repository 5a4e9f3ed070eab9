#include "cli/commands.hpp"
#include "cli/json_text.hpp"
#include "cli/reading.hpp"
#include "cli/shared_flags.hpp"
#include "cli/table.hpp"
#include "core/printable.hpp"

#include <nlohmann/json.hpp>

#include <array>

namespace runneriq::cli {
namespace {

using nlohmann::json;

constexpr std::array kFlags{kOutputFlag};

std::string_view to_text(config::Layer layer) {
  constexpr std::array<std::string_view, 4> kTexts{"default", "file", "environment", "flag"};
  return kTexts.at(static_cast<std::size_t>(layer));
}

json show_document(const Session& session) {
  json options = json::array();
  for (const Option& option : session.configuration->options()) {
    const config::Origin origin = session.configuration->origin(option.key);
    options.push_back({{"key", option.key},
                       {"value", option.show()},
                       {"layer", to_text(origin.layer)},
                       {"where", origin.where}});
  }
  return {{"file", session.config_file}, {"options", options}};
}

std::string show_text(const json& document) {
  std::vector<Row> rows;
  for (const json& option : document["options"]) {
    const std::string where = text_at(option, "where");
    rows.push_back({{text_at(option, "key")},
                    {printable_path(where.empty() ? text_at(option, "layer") : where)},
                    {printable_path(text_at(option, "value"))}});
  }
  return table_text({{"OPTION"}, {"FROM"}, {"VALUE"}}, rows);
}

Exit show(Session& session, const Invocation& invocation) {
  const json document = show_document(session);
  session.out.result(wants_json(invocation) ? pretty(document) : show_text(document));
  (void)refuse_bad_configuration(session);
  return Exit::fine;
}

}  // namespace

CommandRow config_show_command() {
  return {.name = "config show",
          .arguments = "",
          .summary = "Show each option's effective value and where it comes from.",
          .text =
              "An option's value comes from its default, a line of the configuration file, a variable of the "
              "environment or a flag; the later one wins. Tokens are no options and are never shown.",
          .flags = kFlags,
          .run = show};
}

}  // namespace runneriq::cli
