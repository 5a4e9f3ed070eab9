// The rows of the option table for the program's own log.
#pragma once

#include "core/option.hpp"
#include "platform/log.hpp"

namespace runneriq::cli {

// log.{level, format, file, kept_files}; `settings` must outlive the rows.
Options option_rows(platform::LogSettings& settings);

}  // namespace runneriq::cli
