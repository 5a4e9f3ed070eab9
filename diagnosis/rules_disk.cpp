#include "diagnosis/rule_families.hpp"

#include <array>

namespace runneriq::diagnosis {
namespace {

constexpr auto kRules = std::to_array<Rule>({
    {.id = "no-space-left",
     .pattern =
         R"((?i)no space left on device|\bENOSPC\b|disk is full|not enough (free )?(disk )?space|insufficient (free )?(disk )?space|There is not enough space on the disk|out of disk space|You don't have enough free space)",
     .failure_class = FailureClass::disk,
     .precedence = 95,
     .confidence = 0.97,
     .weight = 0.96,
     .why = "the disk is full",
     .suggestion = "Free space on the runner, for instance old images and caches, or give it a larger disk.",
     .examples = {"write /tmp/layer.tar: no space left on device",
                  "Error: ENOSPC: no space left on device, write"}},
    {.id = "disk-quota",
     .pattern =
         R"((?i)disk quota exceeded|\bEDQUOT\b|quota exceeded.*(disk|storage|ephemeral)|exceeded quota.*storage|(ephemeral|local)[ -](local )?(ephemeral )?storage (usage )?exceeds|low on resource: ephemeral-storage)",
     .failure_class = FailureClass::disk,
     .precedence = 94,
     .confidence = 0.95,
     .weight = 0.95,
     .why = "the quota of storage is used up",
     .suggestion = "Remove what the job no longer needs, or raise the quota of storage.",
     .examples = {"cp: error writing 'dist/cart.js': Disk quota exceeded",
                  "Pod ephemeral local storage usage exceeds the total limit of containers 1Gi."}},
    {.id = "read-only-file-system",
     .pattern = R"((?i)read-only file ?system|\bEROFS\b)",
     .failure_class = FailureClass::disk,
     .precedence = 90,
     .confidence = 0.88,
     .weight = 0.93,
     .why = "the file system is read-only",
     .suggestion = "Write to a folder that may be written, or look whether the host remounted a broken disk.",
     .examples = {"mkdir: cannot create directory '/cart': Read-only file system"}},
    {.id = "no-free-inodes",
     .pattern = "no free inodes",
     .failure_class = FailureClass::disk,
     .precedence = 88,
     .confidence = 0.85,
     .weight = 0.9,
     .why = "the file system has no inode left",
     .suggestion = "Remove small files from the runner's disk, for instance old images and caches.",
     .examples = {"touch: cannot touch 'a': no free inodes"}},
    {.id = "file-too-large",
     .pattern =
         R"(File too large$|\bEFBIG\b|Input/output error$|\bEIO\b: i/o error|failed to register layer: .*(input/output|structure needs cleaning))",
     .failure_class = FailureClass::disk,
     .precedence = 80,
     .confidence = 0.75,
     .weight = 0.85,
     .why = "the disk refuses to write",
     .suggestion = "Look at the health of the runner's disk.",
     .examples = {"write error: Input/output error"}},
});

}  // namespace

std::span<const Rule> rules_disk() {
  return kRules;
}

}  // namespace runneriq::diagnosis
