#include "blocks_of_text.hpp"

namespace runneriq::diagnosis {
namespace {

constexpr ExpectedBlock kBlocks[] = {
    {"npm ci\nnpm ERR! code ERESOLVE\nnpm ERR! ERESOLVE could not resolve\nnpm ERR! Found: a@1.0.0\n\nnext\n",
     "npm", 2, 4},
    {"npm run x\nnpm ERR! missing script: x\nnext\n", "npm", 2, 2},
    {"yarn\nerror a@1.0.0: The engine \"node\" is incompatible with this module.\nerror Found incompatible "
     "module\nnext\n",
     "yarn", 2, 3},
    {"pnpm i\n ERR_PNPM_OUTDATED_LOCKFILE  Cannot install with frozen-lockfile\n\nnext\n", "pnpm", 2, 2},
    {"pip\nERROR: Could not find a version that satisfies the requirement a==9\nERROR: No matching "
     "distribution found for a==9\n"
     "next\n",
     "pip", 2, 3},
    {"conda\nPackagesNotFoundError: The following packages are not available from current channels:\n\n  - "
     "a\n\nnext\n",
     "conda", 2, 4},
    {"[INFO] x\n[ERROR] Failed to execute goal on project a: Could not resolve dependencies for project "
     "b\n[INFO] y\n",
     "maven", 2, 2},
    {"lein\nCould not find artifact a:b:jar:1 in central\nCould not find artifact a:b:jar:1 in "
     "clojars\n\nnext\n",
     "maven", 2, 3},
    {"gradle\n> Could not find a:b:1.\n  Searched in the following locations:\n    - "
     "https://example.org/a\n\nnext\n",
     "gradle", 2, 4},
    {"cargo\nerror: failed to select a version for `a`.\n    ... required by package `b v1.0.0`\nversions "
     "that meet the requirements: 1\n"
     "\nnext\n",
     "cargo", 2, 4},
    {"cargo\nerror: failed to get `a` as a dependency\n\nCaused by:\n  no such thing\n\nnext\n", "cargo", 2,
     5},
    {"go\ngo: example.com/a@v1: invalid version: unknown revision v1\nnext\n", "go-mod", 2, 2},
    {"bundle\nBundler could not find compatible versions for gem \"a\":\n  In Gemfile:\n    a (= 1)\n\n    b "
     "was resolved to 2\n\n"
     "next\n",
     "bundler", 2, 6},
    {"composer\nYour requirements could not be resolved to an installable set of packages.\n\n  Problem 1\n  "
     "  - a requires b\n\n"
     "next\n",
     "composer", 2, 5},
    {"cabal\nError: cabal: Could not resolve dependencies:\n[__0] trying: a\n[__1] rejecting: b\n\nnext\n",
     "cabal", 2, 4},
    {"mix\n** (Mix) Could not find an SCM for dependency :a\nnext\n", "mix", 2, 2},
    {"R\n* checking package dependencies ... ERROR\nPackage required but not available: 'a'\n\n* checking "
     "next ... OK\n",
     "r-check", 3, 3},
    {"pod\n[!] CocoaPods could not find compatible versions for pod \"A\":\n  In Podfile:\n    A\n\nNone of "
     "your sources\n",
     "cocoapods", 2, 4},
    {"apt\nE: Unable to locate package a\nE: Couldn't find any package by regex 'a'\nnext\n", "apt", 2, 3},
    {"apk\nERROR: unable to select packages:\n  a (no such package):\n    required by: world[a]\nnext\n",
     "apk", 2, 4},
    {"nuget\na.csproj : error NU1101: Unable to find package A\nnext\n", "nuget", 2, 2},
    {"cpanm\n! Couldn't find module or a distribution A::B\nnext\n", "cpanm", 2, 2},
    {"luarocks\nError: No results matching query were found for Lua 5.1.\nnext\n", "luarocks", 2, 2},
    {"julia\nERROR: Unsatisfiable requirements detected for package A:\n A log:\n  x\nnext\n", "julia-pkg", 2,
     4},
    {"opam\n#=== ERROR while compiling a.1 ===#\n# context 2.0\n# exit-code 2\nnext\n", "opam", 2, 4},
};

TEST(ExtractPackages, WhatAPackageManagerSaysIsOneBlock) {
  for (const ExpectedBlock& expected : kBlocks) {
    const bool by_compiler = expected.kind == "nuget" || expected.kind == "mix";
    expect_block(expected, by_compiler ? Extractor::compiler : Extractor::package);
  }
}

TEST(ExtractPackages, WhatNpmSaysOfItsCodeStandsForIt) {
  struct Row {
    std::string_view log;
    std::size_t head;  // index of the line
  };
  constexpr Row kRows[] = {
      {"npm error code ETARGET\nnpm error notarget No matching version found for a@^4.2.0.\n", 1},
      {"npm ERR! code ENOENT\nnpm ERR! syscall open\nnpm ERR! path /b/package.json\nnpm ERR! errno "
       "-2\nnpm ERR! enoent ENOENT: no such file or directory, open '/b/package.json'\n",
       4},
      {"npm error code EUSAGE\nnpm error\nnpm error `npm ci` can only install packages when they fit.\n", 2},
      {"npm ERR! code E404\nnext\n", 0},
      {"npm error code EBADENGINE\nnpm error engine Unsupported engine\n", 0},
  };
  for (const auto& [log, head] : kRows) {
    const auto block = first_of_kind(blocks_of_text(log), "npm");
    ASSERT_TRUE(block.has_value()) << log;
    EXPECT_EQ(block->head, head) << log;
  }
}

TEST(ExtractPackages, WhatComposerSaysBelowAProblemStandsForIt) {
  const auto block = first_of_kind(
      blocks_of_text("  Problem 1\n    - a 7 requires php >=8.2\n    - b\n\nnext\n"), "composer");
  ASSERT_TRUE(block.has_value());
  EXPECT_EQ(block->head, 1U);
}

TEST(ExtractPackages, ThatAScriptOfNpmFailedWeighsLittle) {
  for (const Block& block : blocks_of_text("npm ERR! Test failed.  See above for more details.\n")) {
    if (block.extractor == Extractor::package) {
      EXPECT_LT(block.weight, 0.2);
    }
  }
}

TEST(ExtractPackages, WhatTheyKnowOfTheClassIsTold) {
  struct Row {
    std::string_view line;
    FailureClass failure_class;
  };
  constexpr Row kRows[] = {
      {"npm ERR! missing script: x", FailureClass::configuration},
      {"ERROR: No matching distribution found for a", FailureClass::dependency},
      {"Your Ruby version is 2.0, but your Gemfile specified 3.0", FailureClass::environment},
      {"error: failed to download `a`", FailureClass::network},
  };
  for (const auto& [line, failure_class] : kRows) {
    const auto blocks = blocks_of_text(std::string{line} + "\n");
    const auto block = std::ranges::find(blocks, Extractor::package, &Block::extractor);
    ASSERT_NE(block, blocks.end()) << line;
    EXPECT_EQ(block->failure_class, failure_class) << line;
  }
}

}  // namespace
}  // namespace runneriq::diagnosis
