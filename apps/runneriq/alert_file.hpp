// The file that alerting is kept in: opened when it is first needed, and tried again where it could not be.
#pragma once

#include "alerting/sqlite/alert_state.hpp"
#include "apps/runneriq/opened_file.hpp"
#include "core/event_log.hpp"

#include <string>
#include <utility>

namespace runneriq::app {

// For one thread at a time.
class AlertFile {
 public:
  // `log` gets what was done to the file so that it can be used; must outlive this.
  AlertFile(std::string path, EventLog& log) : path_(std::move(path)), log_(log) {}

  [[nodiscard]] Result<alerting::AlertState*> state();
  [[nodiscard]] const std::string& path() const { return path_; }

 private:
  std::string path_;
  EventLog& log_;
  OpenedFile<alerting::AlertState> state_;
};

}  // namespace runneriq::app
