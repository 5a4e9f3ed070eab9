#include "diagnosis/rule_families.hpp"

#include <array>

namespace runneriq::diagnosis {
namespace {

constexpr auto kRules =
    std::to_array<Rule>(
        {
            {.id = "command-not-found",
             .pattern = ": (command )?not found$|: command not found",
             .failure_class = FailureClass::environment,
             .precedence = 66,
             .confidence = 0.88,
             .weight = 0.92,
             .why = "a program is not installed",
             .suggestion = "Install the program in the job's image, or correct the PATH.",
             .examples = {"/bin/sh: 1: jq: not found", "bash: line 12: kubectl: command not found"},
             .counterexamples = {"total: value not found in scope"}},
            {.id = "executable-not-found",
             .pattern =
                 R"(executable file not found in \$PATH|exec: "[^"]+": (stat|executable)|is not recognized as (an internal or external command|the name of a cmdlet)|spawn \S+ ENOENT|env: \S+: No such file or directory|The term '\S+' is not recognized|make(\[\d+\])?: \S+: (Command not found|No such file or directory)|Cannot find (executable|program) |xcrun: error: unable to find utility|No such file or directory - (git|node|java|convert|mysql|make)\b|error: linker `\S+` not found)",
             .failure_class = FailureClass::environment,
             .precedence = 66,
             .confidence = 0.88,
             .weight = 0.9,
             .why = "a program is not installed",
             .suggestion = "Install the program in the job's image, or correct the PATH.",
             .examples =
                 {R"(OCI runtime exec failed: exec failed: exec: "bash": executable file not found in $PATH: unknown)",
                  "Error: spawn node-gyp ENOENT", "/usr/bin/env: ‘python’: No such file or directory"}},
            {.id = "shared-library-missing",
             .pattern =
                 R"(error while loading shared libraries|dyld: Library not loaded|version [`']\w+_[\d.]+' not found|cannot open shared object file|Library not loaded: |image not found$|DLL was not found|UnsatisfiedLinkError|wrong ELF class|GLIBC_[\d.]+' not found)",
             .failure_class = FailureClass::environment,
             .precedence = 66,
             .confidence = 0.88,
             .weight = 0.92,
             .why = "a shared library is missing or too old",
             .suggestion =
                 "Install the library in the job's image, or use the image that the program was built for.",
             .examples = {"./cart: error while loading shared libraries: libssl.so.1.1: cannot open shared "
                          "object file: No such file or directory",
                          "./cart: /lib/libc.so.6: version `GLIBC_2.34' not found (required by ./cart)"}},
            {.id = "java-version",
             .pattern =
                 R"(UnsupportedClassVersionError|Unsupported class file major version|invalid (target|source) release: |(error|ERROR): .{0,20}(invalid|release version) \S+ not supported|JAVA_HOME (is (not set|set to an invalid)|environment variable is not)|No Java runtime|Unable to locate a Java Runtime|requires (at least )?(Java|JDK|JVM) \d|Could not (determine java version|target platform)|Unrecognized VM option|Source option \d+ is no longer supported|Dependency requires at least JVM runtime|Expecting to find an object file of|Java \d+ (or (later|higher|above|newer) )?is required|No compatible toolchains found)",
             .failure_class = FailureClass::environment,
             .precedence = 68,
             .confidence = 0.93,
             .weight = 0.92,
             .why = "the JDK is missing or of the wrong version",
             .suggestion = "Use an image with the JDK that the build wants.",
             .examples = {"java.lang.UnsupportedClassVersionError: Cart has been compiled by a more recent "
                          "version of the Java Runtime",
                          "error: invalid target release: 17"}},
            {.id = "node-version",
             .pattern =
                 R"(ERR_OSSL_EVP_UNSUPPORTED|error:0308010C|Node Sass does not yet support your current environment|was compiled against a different Node\.js version|NODE_MODULE_VERSION|(N|n)ode(\.js)? v?[\d.]+ is (no longer|not) supported|Please (use|upgrade to|update) (a )?(newer )?[nN]ode|You (are using|must use) [nN]ode|N/A: version "\S+ .*is not yet installed|Cannot find module 'node:)",
             .failure_class = FailureClass::environment,
             .precedence = 66,
             .confidence = 0.85,
             .weight = 0.88,
             .why = "Node.js is of the wrong version",
             .suggestion = "Use an image with the Node.js that the packages want.",
             .examples = {"Error: error:0308010C:digital envelope routines::unsupported"}},
            {.id = "tool-too-old",
             .pattern =
                 R"((?i)\bCMake \d[\d.]+ or higher is required|(requires?|need|needs|required) (at least )?(version )?\S+ ?(>=|version) ?[\d.]+.*(but|found|have|you)|(minimum supported|requires at least) \w+ version|version .+ (is|are) (too old|not supported|unsupported|no longer supported)|is too old|unsupported (\w+ )?version\b)",
             .failure_class = FailureClass::environment,
             .precedence = 62,
             .confidence = 0.8,
             .weight = 0.85,
             .why = "a tool is of the wrong version",
             .suggestion = "Use an image with the version that is wanted.",
             .examples = {"CMake 3.20 or higher is required.  You are running version 3.10.2"}},
            {.id = "compiler-missing",
             .pattern =
                 R"(No (CMAKE_\w+_COMPILER could be found|acceptable C compiler found)|C compiler cannot create executables|(compiler|cc|gcc|g\+\+|clang)\S* (not found|is not installed)|rustup: |error: toolchain '\S+' (is not installed|does not)|error: the '\S+' (component|target)|can't find crate for `(std|core)`|error: component .* is unavailable|MSB8020|The build tools for v\d+)",
             .failure_class = FailureClass::environment,
             .precedence = 60,
             .confidence = 0.8,
             .weight = 0.88,
             .why = "a compiler is missing",
             .suggestion = "Install the compiler or target in the job's image.",
             .examples = {"configure: error: C compiler cannot create executables",
                          "error[E0463]: can't find crate for `std`"}},
            {.id = "python-interpreter",
             .pattern =
                 R"(InterpreterNotFound|ERROR: .{0,10}py\d+: (InterpreterNotFound|could not find)|could not find python interpreter|pyenv: (\S+: command not found|version `\S+' is not installed)|No module named (pip|venv|ensurepip|setuptools|distutils|_ctypes|_sqlite3)\b|error: externally-managed-environment|virtualenv(\.py)?: error)",
             .failure_class = FailureClass::environment,
             .precedence = 63,
             .confidence = 0.85,
             .weight = 0.88,
             .why = "the Python wanted is not there",
             .suggestion = "Use an image with the Python that the job wants.",
             .examples = {"ERROR:  py36: InterpreterNotFound: python3.6",
                          "error: externally-managed-environment"}},
            {.id = "display-missing",
             .pattern =
                 R"((cannot|could not|unable to|can't) open (X )?display|(?i)no protocol specified|Missing X server or \$DISPLAY|could not connect to display|qt\.qpa\.(plugin|xcb)|HeadlessException|no display name and no \$DISPLAY|DISPLAY (environment )?variable|Gtk-WARNING .*cannot open display|glfw error)",
             .failure_class = FailureClass::environment,
             .precedence = 66,
             .confidence = 0.92,
             .weight = 0.92,
             .why = "there is no display",
             .suggestion = "Run under xvfb-run, or headless.",
             .examples = {"qt.qpa.xcb: could not connect to display"}},
            {.id = "browser-missing",
             .pattern =
                 R"(Cannot (start|find) (Chrome|ChromeHeadless|Firefox|PhantomJS|Safari)|No binary for \w+ browser|(Executable doesn't exist at|browserType\.launch: )|Failed to launch (the )?(browser process|chrome)|session not created: This version of ChromeDriver|cannot find Chrome binary|Running as root without --no-sandbox|Could not find (Chrome|Chromium|browser revision)|Looks like Playwright|no chrome binary|'?(geckodriver|chromedriver)'? executable needs to be in PATH|Host system is missing dependencies to run browsers|DevToolsActivePort file doesn't exist)",
             .failure_class = FailureClass::environment,
             .precedence = 83,
             .confidence = 0.92,
             .weight = 0.92,
             .why = "the browser is missing or cannot start",
             .suggestion =
                 "Use an image with the browser, and start it with --no-sandbox where the job runs as root.",
             .examples = {"browserType.launch: Executable doesn't exist at "
                          "/root/.cache/ms-playwright/chromium-1000/chrome-linux/chrome"}},
            {.id = "rootless-containers",
             .pattern = "insufficient UIDs or GIDs available in user namespace|newuidmap: write to uid_map "
                        "failed|cannot set up namespace using|cannot clone: Operation not permitted",
             .failure_class = FailureClass::environment,
             .precedence = 72,
             .confidence = 0.88,
             .weight = 0.9,
             .why = "the user may not build images without root here",
             .suggestion = "Give the user ranges in /etc/subuid and /etc/subgid, or build with "
                           "--isolation=chroot and the vfs driver.",
             .examples = {"Error: writing blob: processing tar file(potentially insufficient UIDs or GIDs "
                          "available in user namespace (requested 0:54 for /run/lock))",
                          "newuidmap: write to uid_map failed: Operation not permitted"}},
            {.id = "xcode-missing",
             .pattern =
                 R"(xcode-select: error|xcrun: error: |requires Xcode|Unable to (boot|find) (the )?(device|simulator)|no such module '(XCTest|UIKit)'|Invalid (Xcode path|device state)|(?i)the requested device could not be found|SDK "\S+" cannot be located|iOS \S+ is not installed|No such (xcode|simulator)|instruments: .*(unknown device|could not)|Agreeing to the Xcode|Unable to load contents of file list|CoreSimulatorService connection)",
             .failure_class = FailureClass::environment,
             .precedence = 66,
             .confidence = 0.9,
             .weight = 0.9,
             .why = "Xcode, its SDK or a simulator is missing",
             .suggestion = "Use a runner with the Xcode and the simulators that the job names.",
             .examples = {R"(xcodebuild: error: SDK "iphoneos99.0" cannot be located.)",
                          "xcode-select: error: tool 'xcodebuild' requires Xcode, but active developer "
                          "directory is a command line tools instance"}},
            {.id = "locale-missing",
             .pattern =
                 R"((?i)invalid byte sequence in US-ASCII|setlocale: .*cannot change locale|unsupported locale setting|'ascii' codec can't (en|de)code|Click will abort further execution because Python 3 was configured to use ASCII|invalid argument \(invalid character\)|invalid byte sequence$)",
             .failure_class = FailureClass::environment,
             .precedence = 56,
             .confidence = 0.78,
             .weight = 0.82,
             .why = "the locale is not set to UTF-8",
             .suggestion = "Set LANG and LC_ALL to C.UTF-8 in the job.",
             .examples = {"locale.Error: unsupported locale setting"}},
            {.id = "exec-format",
             .pattern =
                 R"((?i)exec format error|cannot execute binary file|no matching manifest for \S+ in the manifest list|image platform \(\S+\) does not match|bad CPU type in executable|requested image's platform|illegal instruction)",
             .failure_class = FailureClass::environment,
             .precedence = 68,
             .confidence = 0.93,
             .weight = 0.92,
             .why = "the program or image is of another architecture",
             .suggestion = "Use an image for the runner's architecture, or choose the runner by tags.",
             .examples = {"exec /usr/bin/sh: exec format error",
                          "no matching manifest for linux/arm64/v8 in the manifest list entries"}},
            {.id = "no-shell-in-image",
             .pattern =
                 R"x(shell not found|stat /bin/(ba)?sh: no such file|exec: "(/bin/)?(sh|bash)": |OCI runtime (create|exec) failed|starting container process caused)x",
             .failure_class = FailureClass::environment,
             .precedence = 64,
             .confidence = 0.85,
             .weight = 0.88,
             .why = "the image has no shell, or its entry point cannot run",
             .suggestion =
                 "Use an image with a shell, and set entrypoint: [\"\"] where the image has its own.",
             .examples = {"shell not found"}},
            {.id = "interpreter-line",
             .pattern = R"(bad interpreter: |\r'?: command not found|env: .{0,4}\w+\\r)",
             .failure_class = FailureClass::environment,
             .precedence = 64,
             .confidence = 0.82,
             .weight = 0.88,
             .why = "a script's first line names what is not there",
             .suggestion = "Correct the first line of the script, and its line ends to those of Unix.",
             .examples = {"bash: ./build.sh: /bin/bash^M: bad interpreter: No such file or directory"}},
            {.id = "gpu-cuda",
             .pattern =
                 R"(CUDA driver version is insufficient|no CUDA-capable device|NVIDIA-SMI has failed|could not select device driver|CUDA_ERROR_(NO_DEVICE|UNKNOWN|INVALID)|Found no NVIDIA driver|libcuda\.so)",
             .failure_class = FailureClass::environment,
             .precedence = 62,
             .confidence = 0.85,
             .weight = 0.88,
             .why = "there is no GPU, or its driver is too old",
             .suggestion = "Choose a runner with a GPU by tags, and a CUDA that its driver knows.",
             .examples = {"RuntimeError: Found no NVIDIA driver on your system."}},
            {.id = "travis-runtime",
             .pattern =
                 R"(Unable to (download|install) (remote )?(ruby|python|node|php|go|jdk|perl|erlang|elixir|ghc|rust)|Unknown (ruby|python|php|node) interpreter version|\b(archive|binary|version) (for )?\S+ (is )?not (available|found) for (this|your) (os|platform|architecture)|The following requested (versions?|runtimes?)|(nvm|rbenv|phpenv|perlbrew|kerl|sdkman|asdf|gvm): .*(not|fail)|No version is set for (command|shim)|Requested binary installation but no rubies are available)",
             .failure_class = FailureClass::environment,
             .precedence = 62,
             .confidence = 0.85,
             .weight = 0.88,
             .why = "the runtime asked for is not to be had",
             .suggestion = "Ask for a version of the runtime that exists for this system.",
             .examples = {"Requested binary installation but no rubies are available to download, consider "
                          "skipping --binary flag."}},
            {.id = "tex-fonts",
             .pattern =
                 R"((The font ".*" cannot be found|kpathsea: .*not found|mktextfm: |Font .* not (found|loadable)|! I can't find file|fc-cache|fontspec error))",
             .failure_class = FailureClass::environment,
             .precedence = 58,
             .confidence = 0.75,
             .weight = 0.82,
             .why = "a font or package of TeX is missing",
             .suggestion = "Install the font or TeX package in the job's image.",
             .examples = {R"(! fontspec error: "font-not-found")"}},
            {.id = "required-tool", .pattern = R"((?i)\b(could not find|cannot find|can't find|not find|unable to find|missing|install) [`'"]?(java|javac|node|npm|yarn|python3?|pip3?|ruby|bundler?|php|composer|go|cargo|rustc|gcc|g\+\+|clang|cmake|make|ninja|docker|git|curl|wget|unzip|perl|ghc|stack|cabal|mvn|gradle|sbt|pkg-config|autoconf|automake|libtool|bison|flex|phantomjs|chrome|firefox|emacs|vim|latex|pdflatex|xelatex|pandoc)[`'"]?( (executable|binary|command|program)|\.|$))", .failure_class = FailureClass::environment, .precedence = 52, .confidence = 0.65, .weight = 0.72, .why = "a program is not installed", .examples = {"Could not find pkg-config"}},
            {.id = "rust-unstable-feature",
             .pattern = R"(error\[E0(658|554)\]: )",
             .failure_class = FailureClass::environment,
             .precedence = 64,
             .confidence = 0.7,
             .weight = 0.85,
             .why = "this rustc does not know the feature",
             .suggestion = "Use the rustc that the crate wants: a newer one, or nightly.",
             .examples = {"error[E0658]: use of unstable library feature 'total'",
                          "error[E0554]: `#![feature]` may not be used on the stable release channel"}},
        });

}  // namespace

std::span<const Rule> rules_environment() {
  return kRules;
}

}  // namespace runneriq::diagnosis
