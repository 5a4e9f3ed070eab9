#include "diagnosis/class_advice.hpp"

#include <array>
#include <cstddef>

namespace runneriq::diagnosis {
namespace {

constexpr std::array<std::string_view, kFailureClasses> kAdvice{
    "Correct the source at the place that the log names; the same command fails on your own machine.",
    "Run the failed test on your own machine; if it passes there, compare versions, seeds and order.",
    "Run the same linter locally, with its option to fix if it has one, and commit what it changes.",
    "Correct the version or source of the package that the log names, and commit the lock file with it.",
    "Correct the job's configuration at the place that the log names: variables, options, file and task "
    "names.",
    "Install what is missing in the job's image, or pin an image with the version that is needed.",
    "Retry the job; if it stays, check the address, proxies and certificates from the runner's host.",
    "Retry the job; if it stays, check the registry's status, the credentials for it, or use a mirror.",
    "Free space on the runner's disk, for instance old images and caches, or give it a larger one.",
    "Give the job more memory, or let it do less at once: fewer parallel processes, smaller heaps.",
    "Find what hangs or got slower in the last commands; raise the timeout only if the work has grown.",
    "Retry the job; if it stays, look at the runner's own log and its host.",
    "Give the job's token, key or user the right that was refused, and check that it has not expired.",
    "Retry the job, and mend the test or step that comes and goes.",
    "Check the log of the service that did not answer, and wait for it to be ready before using it.",
    "Read the lines shown, and run the failing command with more output.",
};
static_assert(kAdvice.size() == static_cast<std::size_t>(FailureClass::unknown) + 1);

}  // namespace

std::string_view advice_on(FailureClass failure_class) {
  return kAdvice.at(static_cast<std::size_t>(failure_class));
}

}  // namespace runneriq::diagnosis
