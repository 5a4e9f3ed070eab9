#include "diagnosis/reaches_of_compilers.hpp"
#include "diagnosis/tool_shapes.hpp"

#include <array>

namespace runneriq::diagnosis {
namespace {

constexpr FailureClass kConfiguration = FailureClass::configuration;
constexpr std::string_view kMake = "make cannot build it";

constexpr auto kShapes = std::to_array<ToolShape>({
    {"<w>: *** No rule to make target", "make-rule", 0.75, "make knows no such target", kConfiguration},
    {"<w>:<n>: *** ", "make-rule", 0.75, kMake, kConfiguration},
    {"make: *** No targets", "make-rule", 0.75, "make knows no such target", kConfiguration},
    {"make: <w>: Command not found", "make-rule", 0.75, "a tool is missing", FailureClass::environment},
    {"make: *** [", "make-end", 0.12, "a target failed", FailureClass::unknown},
    {"make[<n>]: *** [", "make-end", 0.12, "a target failed", FailureClass::unknown},
    {"gmake<*>: *** [", "make-end", 0.12, "a target failed", FailureClass::unknown},
    {"CMake Error at ", "cmake", 0.8, "CMake refuses it", kConfiguration, error_of_cmake},
    {"CMake Error in ", "cmake", 0.8, "CMake refuses it", kConfiguration, error_of_cmake},
    {"CMake Error: The following variables are used in this project, but they are set to NOTFOUND", "cmake",
     0.8, "CMake lacks something", FailureClass::dependency, paragraph},
    {"CMake Error: ", "cmake", 0.75, "CMake refuses it", kConfiguration, deeper_lines},
    {"CMake Error (dev)", "cmake", 0.75, "CMake refuses it", kConfiguration, error_of_cmake},
    {"configure: error: ", "configure", 0.8, "configure refuses it", kConfiguration, next_line},
    {"<w>configure: line <n>: ", "configure", 0.75, "configure fails", kConfiguration, next_line},
    {"configure.<w>:<n>: error: ", "autoconf", 0.8, "autoconf refuses it", kConfiguration, diagnostic},
    {"Makefile.am:<n>: error: ", "automake", 0.8, "automake refuses it", kConfiguration, diagnostic},
    {"autoreconf: ", "autoconf", 0.6, "autoreconf fails", kConfiguration},
    {"meson.build:<n>:<n>: ERROR: ", "meson", 0.85, "Meson refuses it", kConfiguration},
    {"<w>meson.build:<n>:<n>: ERROR: ", "meson", 0.85, "Meson refuses it", kConfiguration},
    {"Package <w> was not found in the pkg-config search path", "pkg-config", 0.75, "a library is missing",
     FailureClass::dependency, paragraph},
    {"No package '<*>' found", "pkg-config", 0.75, "a library is missing", FailureClass::dependency},
    {"* What went wrong:", "gradle-reason", 0.65, "Gradle says what went wrong", FailureClass::unknown,
     reason_of_gradle},
    {"BUILD FAILED", "ant", 0.12, "the build failed", FailureClass::unknown, next_line},
    {"<w>build.xml:<n>: ", "ant", 0.55, "Ant says where it failed", FailureClass::unknown, next_line},
    {"Failed to execute goal ", "maven-goal", 0.3, "Maven says what failed", FailureClass::unknown},
    {"ERROR: <w>BUILD<*>:<n>:<n>: ", "bazel", 0.75, "Bazel cannot build it", FailureClass::compile,
     next_line},
    {"ERROR: <w>.bazel:<n>:<n>: ", "bazel", 0.75, "Bazel cannot build it", FailureClass::compile, next_line},
    {"ERROR: <w>.bzl:<n>:<n>: ", "bazel", 0.75, "Bazel cannot build it", FailureClass::compile, next_line},
    {"ERROR: Analysis of target ", "bazel", 0.7, "Bazel cannot build it", kConfiguration},
    {"scons: *** ", "scons", 0.5, "SCons cannot build it", FailureClass::compile},
    {"rake aborted!", "rake", 0.6, "rake gave up", FailureClass::unknown, paragraph},
    {"No Rakefile found ", "rake", 0.75, "there is no Rakefile", kConfiguration, paragraph},
    {"Don't know how to build task ", "rake", 0.75, "no such task", kConfiguration, paragraph},
    {"qmake: ", "qmake", 0.6, "qmake refuses it", kConfiguration},
    {"Project ERROR: ", "qmake", 0.75, "qmake refuses it", kConfiguration},
    {"Unknown lifecycle phase ", "maven", 0.75, "Maven knows no such phase", kConfiguration},
    {"The goal you specified requires a project to execute", "maven", 0.8, "there is no pom.xml",
     kConfiguration},
    {"Non-resolvable parent POM", "maven", 0.8, "the parent POM is missing", FailureClass::dependency},
    {"Not a valid command: ", "sbt", 0.7, "sbt knows no such command", kConfiguration, same_label_of_sbt},
    {"Not a valid key: ", "sbt", 0.7, "sbt knows no such key", kConfiguration, same_label_of_sbt},
    {"(<*>) Compilation failed", "sbt-end", 0.3, "it does not compile", FailureClass::compile},
    {"'<w>' is not a task. See 'lein help'", "lein", 0.8, "Leiningen knows no such task", kConfiguration,
     paragraph},
    {"** (Mix) ", "mix", 0.75, "mix gave up", FailureClass::unknown, deeper_lines},
    {"The task \"<*>\" could not be found", "mix", 0.7, "no such task", kConfiguration},
});

}  // namespace

std::span<const ToolShape> shapes_of_build_files() {
  return kShapes;
}

}  // namespace runneriq::diagnosis
