#include "blocks_of_text.hpp"

namespace runneriq::diagnosis {
namespace {

constexpr ExpectedBlock kBlocks[] = {
    {"running\n\nNo output has been received in the last 10m0s, this indicates a stalled build.\nCheck the "
     "details\n\nnext\n",
     "no-output", 3, 6},
    {"Cloning into 'a'...\nfatal: repository 'https://example.org/a/' not found\nnext\n", "git", 1, 2},
    {"push\nerror: pathspec 'x' did not match any file(s) known to git\nnext\n", "git", 2, 2},
    {"ssh\nHost key verification failed.\n\nnext\n", "ssh", 2, 2},
    {"docker\nUnable to find image 'a:1' locally\ndocker: Error response from daemon: manifest for a:1 not "
     "found.\nnext\n",
     "docker", 2, 3},
    {"docker\ntoomanyrequests: You have reached your pull rate limit.\nnext\n", "registry", 2, 2},
    {"docker build\nThe command '/bin/sh -c make' returned a non-zero code: 2\nnext\n", "docker-build", 2, 2},
    {"curl\ncurl: (6) Could not resolve host: example.org\nnext\n", "curl", 2, 2},
    {"cp\ncp: error writing 'a': No space left on device\nnext\n", "disk", 2, 2},
    {"node\nFATAL ERROR: Reached heap limit Allocation failed - JavaScript heap out of memory\nnext\n",
     "memory", 2, 2},
    {"sh\nbash: line 3: foo: command not found\nnext\n", "no-command", 2, 2},
    {"helm pull\nError: registry.example.org/shop:1: not found\nnext\n", "image", 2, 2},
    {"sh\n/bin/sh: 1: foo: not found\nnext\n", "no-command", 2, 2},
    {"sh\n./a.sh: line 3: X: unbound variable\nnext\n", "shell", 2, 2},
    {"sh\n./a.sh: line 3: ./b.sh: Permission denied\nnext\n", "refused", 2, 2},
    {"sh\n./a.sh: line 3: cd: b: No such file or directory\nnext\n", "no-file", 2, 2},
    {"run\n./a: error while loading shared libraries: libb.so.1: cannot open shared object file\nnext\n",
     "no-library", 2, 2},
    {"tool\na: unrecognized option '--b'\nTry a --help\n\nnext\n", "usage", 2, 3},
    {"kubectl\nError from server (Forbidden): pods is forbidden\nnext\n", "kubectl", 2, 2},
    {"helm\nError: UPGRADE FAILED: timed out waiting for the condition\nnext\n", "helm", 2, 2},
    {"ansible\nfatal: [web]: FAILED! => {\"msg\": \"no\"}\n\nnext\n", "git", 2, 2},
    {"make\nmake[1]: x\nKilled\nnext\n", "killed", 3, 3},
};

TEST(ExtractTools, WhatAToolSaysIsABlockOfALineOrAFew) {
  for (const ExpectedBlock& expected : kBlocks) expect_block(expected, Extractor::tool);
}

TEST(ExtractTools, AnImageThatIsPulledInTheEndIsNoFailure) {
  const auto blocks =
      blocks_of_text("Unable to find image 'a:1' locally\n1: Pulling from library/a\nStatus: Downloaded\n");
  EXPECT_FALSE(first_of_kind(blocks, "docker").has_value());
}

TEST(ExtractTools, ACommandThatPassedIsNoFailure) {
  const auto blocks = blocks_of_text("The command \"make\" exited with 0.\n");
  EXPECT_FALSE(first_of_kind(blocks, "command-end").has_value());
  EXPECT_TRUE(
      first_of_kind(blocks_of_text("The command \"make\" exited with 2.\n"), "command-end").has_value());
}

}  // namespace
}  // namespace runneriq::diagnosis
