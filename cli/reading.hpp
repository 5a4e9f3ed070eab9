// What the commands share that look at the fleet: from flags to a source, a tick and a view of it.
#pragma once

#include "cli/session.hpp"
#include "cli/tick_document.hpp"
#include "cli/tick_text.hpp"

#include <memory>
#include <optional>

namespace runneriq::cli {

struct Look {
  SourceRequest source;
  TickView view;
};

// Error: invalid_argument, for flags that contradict each other or have a bad value.
Result<Look> look_of(const Session& session, const Invocation& invocation);

// Tells what is wrong with the configuration, if anything is: nothing is decided on a bad one.
std::optional<Exit> refuse_bad_configuration(Session& session);

struct Reading {
  std::unique_ptr<TickSource> source;
  scheduler::Tick tick;
};

// One tick, with a word on stderr for who waits long.
Result<Reading> read_once(Session& session, const SourceRequest& request);

// Tells `error` and how to exit for it: whatever is wrong with a snapshot, the input is.
Exit tell(Session& session, const Error& error, SourceRequest::Kind kind);

bool wants_json(const Invocation& invocation);
Colour colour_of(const Session& session);

}  // namespace runneriq::cli
