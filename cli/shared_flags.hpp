// Flags that mean the same wherever they are taken.
#pragma once

#include "cli/command.hpp"

namespace runneriq::cli {

inline constexpr FlagRow kOutputFlag{"--output", "text|json", "Print for people (default) or for programs."};
inline constexpr FlagRow kProjectFlag{
    "--project", "ID",
    "Watch this project, an id or a full path (of the first GitLab, where several are configured).",
    "gitlab.project"};
inline constexpr FlagRow kGroupFlag{
    "--group", "ID",
    "Watch this group with its projects, an id or a full path (of the first GitLab, as --project).",
    "gitlab.group"};
inline constexpr FlagRow kPipelineFlag{"--pipeline", "ID", "Show the jobs of this pipeline only."};
inline constexpr FlagRow kMockFlag{
    "--mock", "", "Watch the built-in simulated GitLab; needs no credentials and no network."};
inline constexpr FlagRow kSnapshotFlag{
    "--snapshot", "FILE|-",
    "Read the fleet and its pending jobs from a JSON document (- is standard input) instead of GitLab."};

}  // namespace runneriq::cli
