#include "diagnosis/rule_families.hpp"

#include <array>

namespace runneriq::diagnosis {
namespace {

constexpr auto kRules = std::to_array<Rule>({
    {.id = "java-out-of-memory",
     .pattern =
         R"(java\.lang\.OutOfMemoryError|OutOfMemoryError: |GC overhead limit exceeded|There is insufficient memory for the Java Runtime|Java heap space|Expiring Daemon because JVM heap space is exhausted|The Daemon will expire (immediately|after).*memory|Metaspace$)",
     .failure_class = FailureClass::memory,
     .precedence = 92,
     .confidence = 0.95,
     .weight = 0.95,
     .why = "the JVM is out of memory",
     .suggestion = "Raise -Xmx within the job's memory limit, or let the job do less at once.",
     .examples = {"java.lang.OutOfMemoryError: Java heap space"}},
    {.id = "node-heap",
     .pattern = "JavaScript heap out of memory|Allocation failed - (JavaScript|process) |Reached heap limit "
                "Allocation failed|Ineffective mark-compacts near heap limit",
     .failure_class = FailureClass::memory,
     .precedence = 92,
     .confidence = 0.97,
     .weight = 0.96,
     .why = "Node.js is out of memory",
     .suggestion = "Set NODE_OPTIONS=--max-old-space-size within the job's memory limit.",
     .examples = {"FATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory"}},
    {.id = "oom-killed",
     .pattern =
         R"(\bOOM[- ]?[kK]ill(ed|er)|oom_kill_process|Out of memory: Kill(ed)? process|Memory cgroup out of memory|invoked oom-killer|The node was low on resource: memory|memory limit exceeded|exceeded (its )?memory limit|OOMKilled)",
     .failure_class = FailureClass::memory,
     .precedence = 93,
     .confidence = 0.95,
     .weight = 0.96,
     .why = "a process was killed for want of memory",
     .suggestion = "Raise the job's memory limit, or let it use less: fewer parallel processes.",
     .examples = {"Memory cgroup out of memory: Killed process 41 (cc1plus)",
                  "Last State: Terminated, Reason: OOMKilled"}},
    {.id = "compiler-killed",
     .pattern =
         R"(internal compiler error: Killed|\bKilled \(program \w+\)|signal (9|terminated program)\b.*(Killed|SIGKILL)?|process didn't exit successfully: .*\(signal: 9, SIGKILL|LLVM ERROR: out of memory|virtual memory exhausted|cc1plus: out of memory|fatal error: error (reading|writing) .*(memory)|ld terminated with signal 9|unable to execute command: Killed)",
     .failure_class = FailureClass::memory,
     .precedence = 90,
     .confidence = 0.88,
     .weight = 0.93,
     .why = "the compiler was killed, most likely for want of memory",
     .suggestion = "Compile fewer files at once (make -j), or give the job more memory.",
     .examples = {"g++: fatal error: Killed signal terminated program cc1plus",
                  "virtual memory exhausted: Cannot allocate memory"}},
    {.id = "cannot-allocate",
     .pattern =
         R"((?i)cannot allocate memory|\bENOMEM\b|\bstd::bad_alloc\b|memory allocation of \d+ bytes failed|out of memory|MemoryError|unable to allocate \S+|not enough memory|Allowed memory size of \d+ bytes exhausted|failed to allocate memory|NoMemoryError|System\.OutOfMemoryException)",
     .failure_class = FailureClass::memory,
     .precedence = 90,
     .confidence = 0.9,
     .weight = 0.92,
     .why = "memory cannot be had",
     .suggestion = "Raise the memory limit of the job or of the program, or use less.",
     .examples = {"fork: Cannot allocate memory",
                  "PHP Fatal error:  Allowed memory size of 134217728 bytes exhausted (tried to allocate "
                  "20480 bytes)"}},
    {.id = "gpu-out-of-memory",
     .pattern =
         R"(CUDA out of memory|CUDA_ERROR_OUT_OF_MEMORY|torch\.cuda\.OutOfMemoryError|ResourceExhaustedError: OOM)",
     .failure_class = FailureClass::memory,
     .precedence = 91,
     .confidence = 0.95,
     .weight = 0.93,
     .why = "the GPU's memory is used up",
     .suggestion = "Use smaller batches, or a runner with more memory on its GPU.",
     .examples = {"RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB"}},
    {.id = "killed-line",
     .pattern =
         R"((^|\d+ |: )Killed( +\S.*)?$|exit (code|status):? 137\b|exited with( code)? 137\b|signal: killed$|SIGKILL$)",
     .failure_class = FailureClass::memory,
     .precedence = 62,
     .confidence = 0.6,
     .weight = 0.82,
     .why = "a process was killed",
     .suggestion = "Look whether the memory limit was met: raise it, or use less.",
     .examples = {"/bin/bash: line 12:    41 Killed                  ./cart_test",
                  R"(The command "make" exited with 137.)"}},
    {.id = "stack-exhausted",
     .pattern =
         R"(StackOverflowError|stack overflow\b|stack level too deep|Maximum call stack size exceeded|RecursionError)",
     .failure_class = FailureClass::memory,
     .precedence = 55,
     .confidence = 0.45,
     .weight = 0.75,
     .why = "the stack is used up",
     .suggestion = "Look for an endless recursion; raise the stack only if the depth is meant.",
     .examples = {"java.lang.StackOverflowError"}},
});

}  // namespace

std::span<const Rule> rules_memory() {
  return kRules;
}

}  // namespace runneriq::diagnosis
