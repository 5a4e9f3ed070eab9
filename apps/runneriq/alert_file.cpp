#include "apps/runneriq/alert_file.hpp"

namespace runneriq::app {

using alerting::AlertState;

Result<AlertState*> AlertFile::state() {
  if (!state_) {
    auto opened = AlertState::open({.path = path_});
    if (!opened) return fail(std::move(opened.error()));
    state_.emplace(*std::move(opened));
    for (const std::string& notice : state_->notices()) {
      log_.write(LogLevel::warning, "state_file", {{"notice", notice}});
    }
  }
  return &*state_;
}

}  // namespace runneriq::app
