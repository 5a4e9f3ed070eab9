// What the program does for the relay.
#include "apps/runneriq/program.hpp"
#include "apps/runneriq/relay.hpp"

#include <utility>

namespace runneriq::app {

Result<void> Program::run_relay(const std::function<void()>& started) {
  auto terms = relay_terms(loaded_->settings, environment_);
  if (!terms) return fail(std::move(terms.error()));
  relay_terms_ = std::make_shared<const RelayTerms>(*std::move(terms));
  fixed_.emplace(kRelayFixed, loaded_->configuration);
  return app::run_relay({.socket = loaded_->settings.executor.socket,
                         .ca_file = loaded_->settings.relay.ca_file,
                         .terms = [this] { return relay_terms_.load(); },
                         .stop_fd = termination_.signal_fd(),
                         .reload_fd = termination_.reload_fd(),
                         .reload = [this] { return reload_relay(); }},
                        log_, started);
}

bool Program::reload_relay() {
  if (!termination_.take_reload()) return false;
  auto fresh = load_settings(environment_, invocation_);
  std::vector<config::Problem> problems = fresh->problems;
  auto terms = relay_terms(fresh->settings, environment_);
  if (!terms) problems.push_back({"relay", terms.error().message});
  if (problems.empty()) problems = take_over(std::move(fresh));
  for (const config::Problem& problem : problems) {
    log_.write(LogLevel::warning, "configuration_refused",
               {{"where", problem.where}, {"why", problem.message}});
  }
  if (!problems.empty()) return false;
  relay_terms_ = std::make_shared<const RelayTerms>(*std::move(terms));
  log_.write(LogLevel::info, "configuration_read",
             {{"config", loaded_->file_absent() ? "none" : loaded_->file.path}});
  return true;
}

}  // namespace runneriq::app
