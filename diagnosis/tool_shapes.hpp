// The shapes of lines of compilers, linters, package managers and tools, by ecosystem: data. Of shapes that
// fit the same line, the first of a table counts. Internal to diagnosis.
#pragma once

#include "diagnosis/shaped_blocks.hpp"

#include <span>

namespace runneriq::diagnosis {

// Compilers.
std::span<const ToolShape> shapes_of_native_compilers();  // C, C++, Rust, Go, Swift, D, …, and their linkers
std::span<const ToolShape> shapes_of_managed_compilers();  // JVM, .NET, BEAM, Haskell, OCaml
std::span<const ToolShape> shapes_of_script_compilers();   // the web, scripts, and texts: LaTeX, Sphinx
std::span<const ToolShape> shapes_of_build_files();        // make, CMake, autoconf, Meson, Gradle, MSBuild

std::span<const ToolShape> shapes_of_linters();  // with formatters, link checkers and coverage
std::span<const ToolShape> shapes_of_packages();
std::span<const ToolShape> shapes_of_tools();  // git, containers, network, disk, memory, time, shells

}  // namespace runneriq::diagnosis
