#include "diagnosis/reaches_of_compilers.hpp"
#include "diagnosis/tool_shapes.hpp"

#include <array>

namespace runneriq::diagnosis {
namespace {

constexpr FailureClass kCompile = FailureClass::compile;
constexpr std::string_view kRefused = "the compiler refuses it";
constexpr std::string_view kNotLinked = "it does not link";

constexpr auto kShapes = std::to_array<ToolShape>({
    // Haskell shares the first form, but goes on otherwise.
    {"<w>hs:<n>:<n>: error:", "ghc", 0.8, kRefused, kCompile, diagnostic_of_ghc},
    {"<w>hs:<n>:<n>-<n>: error:", "ghc", 0.8, kRefused, kCompile, diagnostic_of_ghc},
    {"<w>hs:(<n>,<n>)-(<n>,<n>): error:", "ghc", 0.8, kRefused, kCompile, diagnostic_of_ghc},
    {"<w>hs:<n>:<n>:<$>", "ghc", 0.7, kRefused, kCompile, diagnostic_of_ghc},
    {"<w>hs:<n>:<n>: Not in scope", "ghc", 0.8, kRefused, kCompile, diagnostic_of_ghc},
    {"<w>hs:<n>:<n>: parse error", "ghc", 0.8, kRefused, kCompile, diagnostic_of_ghc},
    // C, C++, Objective-C, Swift, CUDA, Zig, Vala, protoc, …
    {"<w>:<n>:<n>: fatal error: ", "gcc", 0.85, kRefused, kCompile, diagnostic},
    {"<w>:<n>:<n>: error: ", "gcc", 0.8, kRefused, kCompile, diagnostic},
    {"<w>:<n>: fatal error: ", "gcc", 0.85, kRefused, kCompile, diagnostic},
    {"<w>:<n>: error: ", "gcc", 0.8, kRefused, kCompile, diagnostic},
    {"<w>:<n>:<n>: internal compiler error: ", "gcc", 0.85, "the compiler crashed", kCompile, diagnostic},
    {"<w>:<n>: Error: ", "assembler", 0.7, kRefused, kCompile, diagnostic},
    {"<w>:<n>:<n>: Error: ", "assembler", 0.7, kRefused, kCompile, diagnostic},
    {"<w>(<n>): error: ", "nvcc", 0.75, kRefused, kCompile, diagnostic},
    {"<w>(<n>): Error: ", "dmd", 0.75, kRefused, kCompile, deeper_lines},
    {"<w>(<n>,<n>): Error: ", "dmd", 0.75, kRefused, kCompile, deeper_lines},
    {"<w>(<n>, <n>) Error: ", "nim", 0.75, kRefused, kCompile, diagnostic},
    {"<w>(<n>): error C", "msvc", 0.8, kRefused, kCompile, deeper_lines},
    {"<w>(<n>): fatal error C", "msvc", 0.8, kRefused, kCompile, deeper_lines},
    {"<w>(<n>,<n>): error C", "msvc", 0.8, kRefused, kCompile, deeper_lines},
    {"cc1<*>: error: ", "gcc", 0.75, kRefused, kCompile},
    {"cc1<*>: all warnings being treated as errors", "gcc", 0.3, "warnings count as errors", kCompile},
    {"g++: error: ", "gcc", 0.75, kRefused, FailureClass::configuration},
    {"gcc: error: ", "gcc", 0.75, kRefused, FailureClass::configuration},
    {"clang: error: linker command failed", "ld", 0.4, kNotLinked, kCompile},
    {"clang: error: ", "gcc", 0.7, kRefused, kCompile},
    {"g++: internal compiler error: Killed", "gcc", 0.85, "the compiler was killed", FailureClass::memory},
    {"c++: internal compiler error: Killed", "gcc", 0.85, "the compiler was killed", FailureClass::memory},
    {"f951: <*>rror: ", "gfortran", 0.75, kRefused, kCompile},
    {"Fatal Error: ", "gfortran", 0.6, kRefused, kCompile},
    {"ninja: error: ", "ninja", 0.75, "Ninja cannot build it", kCompile},
    // Linkers.
    {"<*>undefined reference to ", "ld", 0.75, kNotLinked, kCompile},
    {"<*>multiple definition of ", "ld", 0.75, kNotLinked, kCompile, deeper_lines},
    {"Undefined symbols for architecture", "ld", 0.8, kNotLinked, kCompile, undefined_symbols},
    {"duplicate symbol ", "ld", 0.75, kNotLinked, kCompile, deeper_lines},
    {"ld: <*>symbol", "ld", 0.6, kNotLinked, kCompile},
    {"ld: library not found", "ld", 0.75, kNotLinked, kCompile},
    {"ld: framework not found", "ld", 0.75, kNotLinked, kCompile},
    {"ld: error: ", "lld", 0.75, kNotLinked, kCompile, paragraph},
    {"ld.lld: error: ", "lld", 0.75, kNotLinked, kCompile, paragraph},
    {"lld-link: error: ", "lld", 0.75, kNotLinked, kCompile, paragraph},
    {"<w>ld: cannot find ", "ld", 0.8, "a library is missing", kCompile},
    {"<w>ld: <*>: error adding symbols", "ld", 0.7, kNotLinked, kCompile},
    {"<w>ld: <*>relocation ", "ld", 0.7, kNotLinked, kCompile},
    {"<*>collect2: error: ", "ld", 0.4, kNotLinked, kCompile},
    {"<*>collect2: fatal error: ", "ld", 0.6, kNotLinked, kCompile},
    {"collect2: ld returned ", "ld", 0.4, kNotLinked, kCompile},
    {"collect2.exe: error: ", "ld", 0.4, kNotLinked, kCompile},
    {"<*> : error LNK", "link", 0.75, kNotLinked, kCompile},
    {"LINK : fatal error LNK", "link", 0.75, kNotLinked, kCompile},
    {"<*> : fatal error LNK", "link", 0.5, kNotLinked, kCompile},
    // Rust.
    {"error[E", "rustc", 0.85, kRefused, kCompile, diagnostic_of_rust},
    {"error: could not compile ", "rustc-end", 0.25, "it does not compile", kCompile},
    {"error: Could not compile ", "rustc-end", 0.25, "it does not compile", kCompile},
    {"error: aborting due to ", "rustc-end", 0.2, "it does not compile", kCompile},
    {"error: linking with ", "rustc", 0.75, kNotLinked, kCompile, diagnostic_of_rust},
    {"error: failed to run custom build command for ", "cargo-build-script", 0.4, "a build script failed",
     kCompile, paragraph},
    {"error: this file contains an un-closed delimiter", "rustc", 0.8, kRefused, kCompile, paragraph},
    {"error: unused ", "rustc", 0.7, kRefused, kCompile, diagnostic_of_rust},
    {"error: cannot find macro ", "rustc", 0.8, kRefused, kCompile, diagnostic_of_rust},
    {"error: expected ", "rustc", 0.75, kRefused, kCompile, diagnostic_of_rust},
    {"error: proc-macro derive panicked", "rustc", 0.75, kRefused, kCompile, diagnostic_of_rust},
    {"error: internal compiler error: ", "rustc", 0.8, "the compiler crashed", kCompile, paragraph},
    // Go.
    {"<w>.go:<n>:<n>: ", "go", 0.75, kRefused, kCompile, diagnostic_of_go},
    {"<w>.go:<n>: ", "go", 0.7, kRefused, kCompile, diagnostic_of_go},
    {"<w>.go:<n>,<n>: ", "go", 0.7, kRefused, kCompile, diagnostic_of_go},
    {"vet: ", "go", 0.7, "go vet refuses it", kCompile},
    {"FAIL\t<w> [build failed]", "go", 0.45, kRefused, kCompile},
    {"FAIL\t<w> [setup failed]", "go", 0.45, kRefused, kCompile},
    {"can't load package: ", "go-package", 0.8, "a package cannot be loaded", FailureClass::dependency,
     deeper_lines},
    {"package <w>: cannot find package ", "go-package", 0.8, "a package is missing", FailureClass::dependency,
     deeper_lines},
    {"<w>.go:<n>:<n>: cannot find package ", "go-package", 0.8, "a package is missing",
     FailureClass::dependency, deeper_lines},
    // Apple.
    {"<*>\xE2\x9D\x8C  <*>:<n>:<n>: ", "xcpretty", 0.8, kRefused, kCompile, framed},
    {"<*>\xE2\x9D\x8C  ", "xcpretty", 0.6, kRefused, kCompile, framed},
    {"xcodebuild: error: ", "xcodebuild", 0.8, "xcodebuild refuses it", FailureClass::configuration,
     deeper_lines},
    {"The following build commands failed:", "xcodebuild-end", 0.25, "the build failed", kCompile,
     deeper_lines},
    {"Code Sign error: ", "codesign", 0.75, "it cannot be signed", FailureClass::configuration},
    {"CodeSign error: ", "codesign", 0.75, "it cannot be signed", FailureClass::configuration},
    {"error: terminated(<n>): ", "swift-build", 0.4, kRefused, kCompile},
    {"error: fatalError", "swift-build", 0.3, kRefused, kCompile},
    {"error: no such module ", "swift", 0.7, kRefused, kCompile},
    // Others.
    {"In <w>.cr:<n>:<n>", "crystal", 0.75, kRefused, kCompile, two_paragraphs},
    {"Error in <w>.cr:<n>: ", "crystal", 0.75, kRefused, kCompile, two_paragraphs},
    {"<w>.vala:<n>.<n>-<n>.<n>: error: ", "valac", 0.8, kRefused, kCompile, diagnostic},
    {"<w>.proto:<n>:<n>: ", "protoc", 0.7, kRefused, kCompile},
    {"<w>.adb:<n>:<n>: ", "gnat", 0.7, kRefused, kCompile},
    {"<w>.pas(<n>,<n>) Error: ", "fpc", 0.75, kRefused, kCompile},
    {"<w>.f90:<n>:<n>:", "gfortran", 0.6, kRefused, kCompile, framed},
    {"<w>.hx:<n>: ", "haxe", 0.7, kRefused, kCompile},
    {"error: undefined reference ", "ld", 0.7, kNotLinked, kCompile},
});

}  // namespace

std::span<const ToolShape> shapes_of_native_compilers() {
  return kShapes;
}

}  // namespace runneriq::diagnosis
