#include "blocks_of_text.hpp"

namespace runneriq::diagnosis {
namespace {

// Each log has a line above and one below that do not belong to the block.
constexpr ExpectedBlock kBlocks[] = {
    {"building\n"
     "In file included from src/a.cpp:1:\n"
     "src/a.hpp: In function 'int f()':\n"
     "src/a.hpp:7:3: error: 'x' was not declared in this scope\n"
     "    7 |   x = 1;\n"
     "      |   ^\n"
     "src/a.hpp:3:5: note: declared here\n"
     "[2/3] Building b.o\n",
     "gcc", 2, 7},
    {"cc -c a.c\na.c:3: fatal error: zlib.h: No such file or directory\ncompilation terminated.\n", "gcc", 2,
     2},
    {"linking\nmain.o: in function `main':\nmain.c:(.text+0x9): undefined reference to `f'\n"
     "collect2: error: ld returned 1 exit status\ndone\n",
     "ld", 3, 4},
    {"linking\nUndefined symbols for architecture x86_64:\n  \"_f\", referenced from:\n      _main in "
     "main.o\n"
     "ld: symbol(s) not found for architecture x86_64\nnext\n",
     "ld", 2, 5},
    {"build\nsrc\\a.cpp(12): error C2065: 'x': undeclared identifier\nnext\n", "msvc", 2, 2},
    {"link\nmain.obj : error LNK2019: unresolved external symbol f\nnext\n", "link", 2, 2},
    {"   Compiling a v0.1.0\nerror[E0425]: cannot find value `x` in this scope\n --> src/main.rs:2:5\n  |\n"
     "2 |     x\n  |     ^ not found\n\nerror: aborting due to previous error\n",
     "rustc", 2, 6},
    {"go build ./...\n# example.com/a\n./a.go:3:2: undefined: x\n./a.go:4:2: undefined: y\nmake: *** [all] "
     "Error 2\n",
     "go", 2, 4},
    {"compile\nsrc/A.java:3: error: cannot find symbol\n    Foo f;\n    ^\n  symbol:   class Foo\n  "
     "location: class A\n"
     "1 error\n",
     "javac", 2, 6},
    {"[INFO] compile\n[ERROR] /b/src/A.java:[3,5] cannot find symbol\n[ERROR]   symbol:   class Foo\n[INFO] "
     "1 error\n",
     "javac", 2, 2},
    {"task\ne: /b/src/A.kt: (3, 5): Unresolved reference: foo\nnext\n", "kotlinc", 2, 2},
    {"[info] compiling\n[error] /b/A.scala:3:5: not found: value x\n[error]   x + 1\n[error]   ^\n"
     "[error] one error found\n[info] done\n",
     "scalac", 2, 5},
    {"[1 of 2] Compiling A\nsrc/A.hs:3:5: error:\n    * Variable not in scope: x\n    * In the expression: "
     "x\n"
     "  |\n3 | f = x\n  |     ^\n\nnext\n",
     "ghc", 2, 7},
    {"compile\n/b/A.swift:3:5: error: use of unresolved identifier 'x'\n    x.f()\n    ^\nnext\n", "gcc", 2,
     4},
    {"tsc\nsrc/a.ts(3,5): error TS2304: Cannot find name 'x'.\nnext\n", "tsc", 2, 2},
    {"tsc\nsrc/a.ts:3:5 - error TS2304: Cannot find name 'x'.\n\n3     x;\n      ~\n      ^\n\nFound 1 "
     "error.\n",
     "tsc", 2, 6},
    {"webpack\nERROR in ./src/a.js\nModule not found: Error: Can't resolve './b'\n @ ./src/a.js "
     "1:0-14\n\nnext\n",
     "webpack", 2, 4},
    {"sass\nError: Expected expression.\n        on line 3 of a.scss\n        from line 1 of b.scss\nnext\n",
     "sass", 2, 4},
    {"python\n  File \"a.py\", line 3\n    def f(:\n          ^\nSyntaxError: invalid syntax\nnext\n",
     "python-parse", 2, 5},
    {"php -l\nPHP Parse error:  syntax error, unexpected '}' in a.php on line 3\nnext\n", "php", 2, 2},
    {"perl -c\nCan't locate Foo/Bar.pm in @INC (you may need to install it)\nnext\n", "perl", 2, 2},
    {"sh\na.sh: line 3: syntax error near unexpected token `fi'\na.sh: line 3: `fi'\nnext\n", "shell-syntax",
     2, 3},
    {"vim\nError detected while processing /a.vim:\nline   12:\nE117: Unknown function: f\nnext\n", "vim", 2,
     4},
    {"pdflatex\n! Undefined control sequence.\n<recently read> \\foo\n\nl.12 \\foo\n           {a}\n\nnext\n",
     "latex", 2, 6},
    {"mix\n== Compilation error in file lib/a.ex ==\n** (CompileError) lib/a.ex:3: undefined function "
     "f/0\n\nnext\n",
     "elixirc", 2, 3},
    {"rebar3\nsrc/a.erl:3: function f/0 undefined\nnext\n", "erlc", 2, 2},
    {"lein\nSyntax error compiling at (a.clj:3:5).\nUnable to resolve symbol: x in this context\n\nnext\n",
     "clojure", 2, 3},
    {"dune build\nFile \"src/a.ml\", line 3, characters 4-5:\n3 | let y = x\n            ^\nError: Unbound "
     "value x\nnext\n",
     "ocaml", 2, 5},
    {"dotnet\nA.cs(3,5): error CS0103: The name 'x' does not exist [/b/a.csproj]\nnext\n", "dotnet", 2, 2},
    {"-- looking\nCMake Error at CMakeLists.txt:3 (find_package):\n  Could not find Foo\n\n"
     "Call Stack (most recent call first):\n  CMakeLists.txt:9 (include)\n\n\n-- Configuring incomplete\n",
     "cmake", 2, 6},
    {"checking for foo... no\nconfigure: error: foo is required\nSee `config.log'\n\nnext\n", "configure", 2,
     3},
    {"all\nmake: *** No rule to make target `a', needed by `b'.  Stop.\nnext\n", "make-rule", 2, 2},
    {"gradle\n* What went wrong:\nA problem occurred evaluating root project.\n> No such property: x\n\n* "
     "Try:\n",
     "gradle-reason", 2, 4},
    {"sphinx\nWarning, treated as error:\na.rst:3:Title underline too short.\nnext\n", "sphinx", 2, 3},
    {"ruby -c\na.rb:3: syntax error, unexpected end-of-input\nend\n   ^\nnext\n", "ruby-syntax", 2, 4},
    {"elm make\n-- NAMING ERROR ------- src/A.elm\n\nI cannot find `x`:\n\n3| f = x\n       ^\n\nmore\n",
     "elm", 2, 7},
    {"ps\nAt C:\\a.ps1:3 char:5\n+     Foo-Bar\n+     ~~~~~~~\n    + FullyQualifiedErrorId : "
     "CommandNotFound\n\nnext\n",
     "powershell", 2, 5},
};

TEST(ExtractCompilers, DiagnosticsReachFromWhatLeadsToThemToTheirLastNote) {
  for (const ExpectedBlock& expected : kBlocks) expect_block(expected, Extractor::compiler);
}

TEST(ExtractCompilers, TwoDiagnosticsWithABlankLineBetweenAreOneBlock) {
  const auto blocks = blocks_of_text("error[E0001]: a\n --> a.rs:1:1\n\nerror[E0002]: b\n --> b.rs:2:2\n");
  const auto block = first_of_kind(blocks, "rustc");
  ASSERT_TRUE(block.has_value());
  EXPECT_EQ(block->first, 0u);
  EXPECT_EQ(block->last, 4u);
}

TEST(ExtractCompilers, ManyDiagnosticsDoNotBecomeABlockWithoutEnd) {
  std::string log;
  for (int i = 0; i < 200; ++i) log += "a.c:" + std::to_string(i + 1) + ":1: error: bad\n";
  for (const Block& block : blocks_of_text(log)) EXPECT_LT(block.last - block.first, 30u);
}

TEST(ExtractCompilers, ADiagnosticEndsWhereACommandBegins) {
  const auto block =
      first_of_kind(blocks_of_text("a.c:1:1: error: bad\n$ make install\n  indented\n"), "gcc");
  ASSERT_TRUE(block.has_value());
  EXPECT_EQ(block->last, 0u);
}

TEST(ExtractCompilers, WarningsAndMessagesOfTestsAreNoDiagnostics) {
  constexpr std::string_view kNone[] = {
      "a.c:3:1: warning: unused variable 'x'",
      "    a_test.go:12: expected 1, got 2",
      "src/a.erl:3: Warning: variable 'X' is unused",
      "[warn] /b/A.scala:3:5: deprecated",
      "0 errors",
      "! a shout",
  };
  for (const std::string_view line : kNone) {
    for (const Block& block : blocks_of_text(std::string{line} + "\n"))
      EXPECT_TRUE(block.extractor != Extractor::compiler || block.weight <= 0.1)
          << line << ": " << block.kind;
  }
}

TEST(ExtractCompilers, GradlesReasonIsNoneWhereItOnlyPointsToTests) {
  const auto blocks = blocks_of_text(
      "* What went wrong:\nExecution failed for task ':test'.\n> There were failing tests. See x\n\n");
  EXPECT_FALSE(first_of_kind(blocks, "gradle-reason").has_value());
}

}  // namespace
}  // namespace runneriq::diagnosis
