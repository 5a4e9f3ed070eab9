// The reference of the stage benchmark: starts the command of its arguments, waits, ends with its
// exit code. What it costs over the command alone is what any driver in a process of its own costs.
#include <spawn.h>
#include <sys/wait.h>
#include <unistd.h>

int main(int argc, char** argv) {
  pid_t child = 0;
  if (argc < 2 || posix_spawn(&child, argv[1], nullptr, nullptr, argv + 1, environ) != 0) return 127;
  int status = 0;
  waitpid(child, &status, 0);
  return WEXITSTATUS(status);
}
