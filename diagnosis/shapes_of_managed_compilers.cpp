#include "diagnosis/reaches_of_compilers.hpp"
#include "diagnosis/tool_shapes.hpp"

#include <array>

namespace runneriq::diagnosis {
namespace {

constexpr FailureClass kCompile = FailureClass::compile;
constexpr std::string_view kRefused = "the compiler refuses it";

constexpr auto kShapes = std::to_array<ToolShape>({
    // Java, Kotlin, Groovy, Scala.
    {"<w>.java:[<n>,<n>] ", "javac", 0.8, kRefused, kCompile, deeper_lines},
    {"<w>.java:<n>: error: ", "javac", 0.8, kRefused, kCompile, diagnostic},
    {"<w>.kt:[<n>,<n>] ", "kotlinc", 0.8, kRefused, kCompile},
    {"<w>.kt: (<n>, <n>) ", "kotlinc", 0.75, kRefused, kCompile},
    {"e: <w>: (<n>, <n>): ", "kotlinc", 0.85, kRefused, kCompile},
    {"e: file://", "kotlinc", 0.85, kRefused, kCompile},
    {"e: <w>.kt", "kotlinc", 0.8, kRefused, kCompile},
    {"e: <w>.kts", "kotlinc", 0.8, kRefused, kCompile},
    {"startup failed:", "groovyc", 0.75, kRefused, kCompile, paragraph},
    {"<w>.groovy: <n>: ", "groovyc", 0.75, kRefused, kCompile, diagnostic},
    {"<w>.groovy:[<n>,<n>] ", "groovyc", 0.75, kRefused, kCompile},
    {"<w>.scala:<n>:<n>: ", "scalac", 0.8, kRefused, kCompile, same_label_of_sbt},
    {"<w>.scala:<n>: error: ", "scalac", 0.8, kRefused, kCompile, diagnostic},
    {"<w>.scala:<n>: ", "scalac", 0.75, kRefused, kCompile, same_label_of_sbt},
    {"<w>.sbt:<n>: error: ", "scalac", 0.8, kRefused, kCompile, diagnostic},
    {"-- [E<n>] ", "scalac", 0.8, kRefused, kCompile, same_label_of_sbt},
    {"-- Error: <w>.scala:<n>:<n>", "scalac", 0.8, kRefused, kCompile, same_label_of_sbt},
    {"filter with: ProblemFilters.exclude[", "mima", 0.75, "the API is no longer compatible", kCompile,
     line_above},
    {"* <*> does not have a correspondent in ", "mima", 0.75, "the API is no longer compatible", kCompile,
     next_line},
    {"* <*> in current version does not ", "mima", 0.75, "the API is no longer compatible", kCompile,
     next_line},
    {"COMPILATION ERROR :", "maven-compiler", 0.3, kRefused, kCompile},
    {"error: compilation failed", "javac", 0.3, kRefused, kCompile},
    {"error: package <w> does not exist", "javac", 0.7, kRefused, kCompile},
    {"javac: ", "javac", 0.7, kRefused, FailureClass::configuration, next_line},
    {"javadoc: error - ", "javadoc", 0.7, "Javadoc refuses it", kCompile},
    {"error: invalid source release: ", "javac", 0.8, "the JDK is too old", FailureClass::environment},
    {"error: invalid target release: ", "javac", 0.8, "the JDK is too old", FailureClass::environment},
    {"error: release version <n> not supported", "javac", 0.8, "the JDK is too old",
     FailureClass::environment},
    {"Source option <n> is no longer supported", "javac", 0.8, "the JDK is too new",
     FailureClass::environment},
    {"Unable to process incoming event ", "gradle", 0.2, kRefused, kCompile},
    // .NET.
    {"<w>(<n>,<n>): error CS", "dotnet", 0.8, kRefused, kCompile},
    {"<w>(<n>,<n>): error FS", "dotnet", 0.8, kRefused, kCompile},
    {"<w>(<n>,<n>): error BC", "dotnet", 0.8, kRefused, kCompile},
    {"<w>(<n>,<n>): error MSB", "dotnet", 0.8, kRefused, kCompile},
    {"<w>(<n>,<n>): error NU", "dotnet", 0.8, kRefused, FailureClass::dependency},
    {"<w>(<n>,<n>): error CA", "dotnet", 0.8, kRefused, FailureClass::lint},
    {"<w>(<n>,<n>): error IDE", "dotnet", 0.8, kRefused, FailureClass::lint},
    {"<w>(<n>,<n>): error SA", "dotnet", 0.8, kRefused, FailureClass::lint},
    {"<w>(<n>,<n>): error NETSDK", "dotnet", 0.8, kRefused, kCompile},
    {"<w>(<n>,<n>,<n>,<n>): error FS", "dotnet", 0.8, kRefused, kCompile},
    {"<w>(<n>): error MSB", "dotnet", 0.75, kRefused, kCompile},
    {"CSC : error ", "dotnet", 0.75, kRefused, kCompile},
    {"FSC : error ", "dotnet", 0.75, kRefused, kCompile},
    {"MSBUILD : error ", "msbuild", 0.75, "MSBuild refuses it", FailureClass::configuration},
    {"<w>proj : error NU", "nuget", 0.8, "NuGet cannot restore it", FailureClass::dependency},
    {"<w>proj : error ", "msbuild", 0.75, kRefused, kCompile},
    {"<w>.sln : error ", "msbuild", 0.75, kRefused, kCompile},
    // Erlang, Elixir, Gleam.
    {"<w>.erl:<n>:<n>: Warning: ", "erlc-warning", 0.1, "a warning of erlc", kCompile},
    {"<w>.erl:<n>: Warning: ", "erlc-warning", 0.1, "a warning of erlc", kCompile},
    {"<w>.erl:<n>:<n>: ", "erlc", 0.75, kRefused, kCompile},
    {"<w>.hrl:<n>:<n>: ", "erlc", 0.75, kRefused, kCompile},
    {"<w>.erl:<n>: ", "erlc", 0.75, kRefused, kCompile},
    {"<w>.hrl:<n>: ", "erlc", 0.75, kRefused, kCompile},
    {"===> Compiling <w> failed", "rebar", 0.7, kRefused, kCompile, paragraph},
    {"===> Error building application", "rebar", 0.75, kRefused, kCompile, paragraph},
    {"===> Uncaught error", "rebar", 0.7, "rebar3 crashed", kCompile, deeper_lines},
    {"ERROR: compile failed while processing ", "rebar", 0.4, kRefused, kCompile},
    {"==> <w> (compile)", "rebar-step", 0.05, "rebar compiles", kCompile},
    {"== Compilation error ", "elixirc", 0.85, kRefused, kCompile, paragraph},
    {"** (CompileError) ", "elixirc", 0.85, kRefused, kCompile, deeper_lines},
    {"** (SyntaxError) ", "elixirc", 0.85, kRefused, kCompile, deeper_lines},
    {"** (TokenMissingError) ", "elixirc", 0.85, kRefused, kCompile, deeper_lines},
    {"** (UndefinedFunctionError) ", "elixirc", 0.6, "a function is not defined", FailureClass::unknown,
     deeper_lines},
    {"Compilation failed due to warnings while using the --warnings-as-errors", "elixirc", 0.6,
     "warnings count as errors", kCompile},
    {"could not compile dependency ", "mix", 0.6, "a dependency does not compile", FailureClass::dependency},
    // Clojure.
    {"Syntax error compiling ", "clojure", 0.85, kRefused, kCompile, next_line},
    {"Syntax error (<w>) compiling ", "clojure", 0.85, kRefused, kCompile, next_line},
    {"Syntax error reading source ", "clojure", 0.85, kRefused, kCompile, next_line},
    {"Syntax error macroexpanding ", "clojure", 0.85, kRefused, kCompile, next_line},
    {"<*>, compiling:(", "clojure", 0.8, kRefused, kCompile},
    {"Execution error ", "clojure", 0.6, "it failed while it ran", FailureClass::unknown, next_line},
    // OCaml, Reason, Haskell's kin.
    {"File \"<*>.ml\", line <n>, characters <n>-<n>:", "ocaml", 0.8, kRefused, kCompile, diagnostic_of_ocaml},
    {"File \"<*>.mli\", line <n>, characters <n>-<n>:", "ocaml", 0.8, kRefused, kCompile,
     diagnostic_of_ocaml},
    {"File \"<*>.ml<*>\", lines <n>-<n>, ", "ocaml", 0.8, kRefused, kCompile, diagnostic_of_ocaml},
    {"File \"<*>dune<*>\", line <n>, ", "dune", 0.75, "Dune refuses it", FailureClass::configuration,
     diagnostic_of_ocaml},
    {"File \"<*>.v\", line <n>, characters ", "coq", 0.8, kRefused, kCompile, diagnostic_of_ocaml},
    {"We've found a bug for you!", "rescript", 0.8, kRefused, kCompile, three_paragraphs},
    {"Error found:", "purescript", 0.8, kRefused, kCompile, three_paragraphs},
    {"-- <*>ERROR --", "elm", 0.8, kRefused, kCompile, three_paragraphs},
    {"-- <*> -------", "elm", 0.75, kRefused, kCompile, three_paragraphs},
    {"<w>.hs: error:", "ghc", 0.7, kRefused, kCompile, diagnostic_of_ghc},
    {"<no location info>: error:", "ghc", 0.75, kRefused, kCompile, diagnostic_of_ghc},
    {"`gcc<*>' failed in phase `", "ghc-end", 0.3, "it does not link", kCompile},
});

}  // namespace

std::span<const ToolShape> shapes_of_managed_compilers() {
  return kShapes;
}

}  // namespace runneriq::diagnosis
