// The rows of the table, each made in the file of its command.
#pragma once

#include "cli/command.hpp"

namespace runneriq::cli {

CommandRow run_command();
CommandRow status_command();
CommandRow queue_command();
CommandRow explain_command();
CommandRow audit_command();
CommandRow lanes_install_command();
CommandRow lanes_remove_command();
CommandRow lanes_plan_command();
CommandRow reset_tags_command();
CommandRow revert_expired_command();
CommandRow approvals_command();
CommandRow approve_command();
CommandRow reject_command();
CommandRow simulate_command();
CommandRow carbon_now_command();
CommandRow carbon_forecast_command();
CommandRow carbon_summary_command();
CommandRow carbon_ledger_command();
CommandRow carbon_report_command();
CommandRow alerts_list_command();
CommandRow alerts_show_command();
CommandRow alerts_explain_command();
CommandRow alerts_silence_command();
CommandRow alerts_routes_command();
CommandRow alerts_replay_command();
CommandRow alerts_outbox_command();
CommandRow alerts_digest_command();
CommandRow diagnose_command();
CommandRow relay_command();
CommandRow doctor_command();
CommandRow config_show_command();
CommandRow config_check_command();
CommandRow completion_command();
CommandRow man_command();

}  // namespace runneriq::cli
