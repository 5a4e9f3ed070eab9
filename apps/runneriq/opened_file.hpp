// A state file that is opened when it is first needed, and tried again where it could not be.
#pragma once

#include "core/event_log.hpp"
#include "core/result.hpp"

#include <optional>
#include <string>
#include <utility>

namespace runneriq::app {

template <class State>
class OpenedFile {
 public:
  // `open` gives a Result<State>. What was done to the file so that it can be used is logged.
  template <class Open>
  Result<State*> get(EventLog& log, Open open) {
    if (!state_) {
      Result<State> opened = open();
      if (!opened) return fail(std::move(opened.error()));
      state_.emplace(*std::move(opened));
      for (const std::string& notice : state_->notices()) {
        log.write(LogLevel::warning, "state_file", {{"notice", notice}});
      }
    }
    return &*state_;
  }

 private:
  std::optional<State> state_;
};

}  // namespace runneriq::app
