#include "cli/command.hpp"

#include "cli/commands.hpp"

#include <array>

namespace runneriq::cli {

std::string_view Invocation::value(std::string_view flag) const {
  const auto found = flags.find(flag);
  return found == flags.end() ? std::string_view{} : found->second;
}

std::span<const CommandRow> commands() {
  static const std::array kCommands{run_command(),
                                    status_command(),
                                    queue_command(),
                                    explain_command(),
                                    audit_command(),
                                    lanes_install_command(),
                                    lanes_remove_command(),
                                    lanes_plan_command(),
                                    approvals_command(),
                                    approve_command(),
                                    reject_command(),
                                    reset_tags_command(),
                                    revert_expired_command(),
                                    simulate_command(),
                                    carbon_now_command(),
                                    carbon_forecast_command(),
                                    carbon_summary_command(),
                                    carbon_ledger_command(),
                                    carbon_report_command(),
                                    alerts_list_command(),
                                    alerts_show_command(),
                                    alerts_explain_command(),
                                    alerts_silence_command(),
                                    alerts_routes_command(),
                                    alerts_replay_command(),
                                    alerts_outbox_command(),
                                    alerts_digest_command(),
                                    diagnose_command(),
                                    relay_command(),
                                    doctor_command(),
                                    config_show_command(),
                                    config_check_command(),
                                    completion_command(),
                                    man_command()};
  return kCommands;
}

std::span<const FlagRow> common_flags() {
  static constexpr std::array kFlags{
      FlagRow{"--config", "FILE", "Read this configuration instead of /etc/runneriq/runneriq.yaml."},
      FlagRow{"--help", "", "Print help and exit."},
      FlagRow{"--version", "", "Print the version and exit."},
  };
  return kFlags;
}

}  // namespace runneriq::cli
