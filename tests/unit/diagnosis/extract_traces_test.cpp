#include "diagnosis/extractors_of_runs.hpp"
#include "marked_log.hpp"

#include <gtest/gtest.h>

namespace runneriq::diagnosis {
namespace {

std::vector<Block> traces_in(const ReadLog& log) {
  std::vector<Block> blocks;
  add_trace_blocks(RunLines(log), blocks);
  return blocks;
}

std::vector<Block> assertions_in(const ReadLog& log) {
  std::vector<Block> blocks;
  add_assertion_blocks(RunLines(log), blocks);
  return blocks;
}

std::string named(const testing::TestParamInfo<MarkedLog>& info) {
  return std::string{info.param.name};
}

class Traces : public testing::TestWithParam<MarkedLog> {};

TEST_P(Traces, AreBlocksFromWhatWasThrownToTheLastFrame) {
  const MarkedLog& log = GetParam();
  const auto wanted = marked_in(log.text);
  ASSERT_TRUE(wanted);
  const ReadLog read = log_of(log.text);
  const std::vector<Span> found = spans_of(traces_in(read), log.kind);
  ASSERT_FALSE(found.empty()) << testing::PrintToString(spans_of(traces_in(read), ""));
  EXPECT_EQ(found.front(), *wanted);
}

class Assertions : public testing::TestWithParam<MarkedLog> {};

TEST_P(Assertions, AreBlocksOfWhatWasExpectedAndGot) {
  const MarkedLog& log = GetParam();
  const auto wanted = marked_in(log.text);
  ASSERT_TRUE(wanted);
  const ReadLog read = log_of(log.text);
  const std::vector<Span> found = spans_of(assertions_in(read), log.kind);
  ASSERT_FALSE(found.empty()) << testing::PrintToString(spans_of(assertions_in(read), ""));
  EXPECT_EQ(found.front(), *wanted);
}

constexpr MarkedLog kTraces[] = {
    {.name = "Python", .kind = "python-traceback", .text = R"log( starting
>Traceback (most recent call last):
>  File "cart.py", line 12, in <module>
>    total()
*KeyError: 'cart'
 done)log"},
    {.name = "PythonChained", .kind = "python-traceback", .text = R"log(>Traceback (most recent call last):
>  File "cart.py", line 12, in <module>
>KeyError: 'cart'
>
>During handling of the above exception, another exception occurred:
>
>Traceback (most recent call last):
>  File "cart.py", line 14, in <module>
*RuntimeError: no cart
 done)log"},
    {.name = "PythonSyntax", .kind = "python-syntax", .text = R"log(>  File "cart.py", line 3
>    def total(
>             ^
*SyntaxError: '(' was never closed
 done)log"},
    {.name = "Java", .kind = "java-trace", .text = R"log( starting
*Exception in thread "main" java.lang.IllegalStateException: cart is closed
>	at shop.Cart.add(Cart.java:9)
>	at shop.Main.main(Main.java)
>Caused by: java.io.IOException: closed
>  for good
>	at shop.Store.open(Store.java:3)
>	... 2 more
 done)log"},
    {.name = "JavaScript", .kind = "js-trace", .text = R"log(>/app/cart.js:12
>  throw new Error("cart is closed");
>  ^
>
*Error: cart is closed
>    at Cart.add (/app/cart.js:12:9)
>    at Object.<anonymous> (/app/main.js:3:1)
 
 Node.js v20.0.0)log"},
    {.name = "DotNet",
     .kind = "dotnet-trace",
     .text = R"log(*Unhandled exception. System.InvalidOperationException: cart is closed
>   at Shop.Cart.Add(Item item) in /src/Cart.cs:line 9
>   at Shop.Program.Main(String[] args) in /src/Program.cs:line 3
 done)log"},
    {.name = "Ruby", .kind = "ruby-trace", .text = R"log( starting
*cart.rb:12:in `add': cart is closed (RuntimeError)
>	from main.rb:3:in `<main>'
 done)log"},
    {.name = "Rake", .kind = "ruby-trace", .text = R"log(>rake aborted!
*LoadError: cannot load such file -- cart
>/app/Rakefile:3:in `require'
>/app/Rakefile:3:in `<top (required)>'
 (See full trace by running task with --trace))log"},
    {.name = "GoPanic",
     .kind = "go-panic",
     .text = R"log(*panic: runtime error: index out of range [3] with length 3
>
>goroutine 1 [running]:
>main.main()
>	/src/main.go:12 +0x1d
 exit status 2)log"},
    {.name = "GoDataRace", .kind = "go-data-race", .text = R"log( ==================
*WARNING: DATA RACE
>Write at 0x00c0000 by goroutine 7:
>  main.add()
 ==================)log"},
    {.name = "RustPanic", .kind = "rust-panic", .text = R"log(*thread 'main' panicked at src/main.rs:12:5:
>cart is closed
>note: run with `RUST_BACKTRACE=1` environment variable to display a backtrace
 )log"},
    {.name = "Php",
     .kind = "php-error",
     .text = R"log(*PHP Fatal error:  Uncaught RuntimeException: cart is closed in /app/cart.php:12
>Stack trace:
>#0 /app/main.php(3): Cart->add()
>#1 {main}
>  thrown in /app/cart.php on line 12
 done)log"},
    {.name = "SymfonyConsole", .kind = "symfony-console-error", .text = R"log(*In Cart.php line 12:
>                  
>  Cart is closed  
                   
 
 In Other.php line 3:
 shop:add [--force])log"},
    {.name = "AddressSanitizer",
     .kind = "sanitizer",
     .text = R"log( =================================================================
*==42==ERROR: AddressSanitizer: heap-use-after-free on address 0x61b0
>READ of size 1 at 0x61b0 thread T0
>    #0 0x5558 in total() /src/cart.cpp:12:5
>SUMMARY: AddressSanitizer: heap-use-after-free /src/cart.cpp:12:5 in total()
 Shadow bytes around the buggy address:)log"},
    {.name = "UndefinedBehaviour",
     .kind = "sanitizer-runtime",
     .text = R"log(*cart.cpp:12:5: runtime error: signed integer overflow
 )log"},
    {.name = "Valgrind", .kind = "valgrind", .text = R"log( ==42== Memcheck, a memory error detector
*==42== Invalid read of size 4
>==42==    at 0x1091: total (cart.c:12)
 ==42== )log"},
    {.name = "Terminate",
     .kind = "cpp-terminate",
     .text = R"log(>terminate called after throwing an instance of 'std::runtime_error'
*  what():  cart is closed
 next)log"},
    {.name = "Crash", .kind = "crash", .text = R"log( running
*./run.sh: line 3:    42 Segmentation fault      (core dumped) ./cart
 done)log"},
    {.name = "Gdb", .kind = "debugger", .text = R"log(*Program received signal SIGSEGV, Segmentation fault.
>0x0000 in total () at cart.c:12
>#0  total () at cart.c:12
 )log"},
    {.name = "Elixir", .kind = "elixir-error", .text = R"log(*** (RuntimeError) cart is closed
>    (shop 0.1.0) lib/cart.ex:12: Shop.Cart.add/1
>    (elixir 1.15.0) lib/code.ex:123: Code.eval/2
 done)log"},
    {.name = "Erlang",
     .kind = "erlang-error",
     .text = R"log(*escript: exception error: no match of right hand side value 3
>  in function  cart:add/1 (cart.erl, line 12)
 )log"},
    {.name = "Perl",
     .kind = "perl-die",
     .text = R"log(*Can't locate Cart.pm in @INC (you may need to install the Cart module) at t/cart.t line 3.
>BEGIN failed--compilation aborted at t/cart.t line 3.
 t/cart.t .. )log"},
    {.name = "Lua", .kind = "lua-trace", .text = R"log( starting up
>lua: cart.lua:12: cart is closed
*stack traceback:
>	[C]: in function 'error'
>	cart.lua:12: in main chunk
 done)log"},
    {.name = "R", .kind = "r-error", .text = R"log( > total(1)
*Error in total(1) : could not find function "add"
>Calls: total
>Execution halted
 done)log"},
    {.name = "Haskell", .kind = "haskell-callstack", .text = R"log( starting
>shop: Prelude.head: empty list
*CallStack (from HasCallStack):
>  error, called at libraries/base/GHC/List.hs:12:3 in base:GHC.List
 done)log"},
    {.name = "Julia", .kind = "julia-error", .text = R"log(*ERROR: LoadError: UndefVarError: cart not defined
>Stacktrace:
> [1] top-level scope
>   @ /src/cart.jl:12
 )log"},
    {.name = "Dart", .kind = "dart-exception", .text = R"log(*Unhandled exception:
>Bad state: cart is closed
>#0      main (file:///src/cart.dart:12:3)
 )log"},
    {.name = "Ocaml",
     .kind = "ocaml-exception",
     .text = R"log(*Fatal error: exception Failure("cart is closed")
>Raised at Stdlib.failwith in file "stdlib.ml", line 29, characters 17-33
>Called from Cart.add in file "cart.ml", line 12, characters 3-9
 )log"},
    {.name = "PowerShell", .kind = "powershell-error", .text = R"log( starting
>Get-Cart : The term 'Get-Cart' is not recognized
*At C:\\shop\\cart.ps1:12 char:1
>+ Get-Cart
>+ ~~~~~~~~
>    + CategoryInfo          : ObjectNotFound: (Get-Cart:String) [], CommandNotFoundException
>    + FullyQualifiedErrorId : CommandNotFoundException
 done)log"},
    {.name = "EmacsLisp",
     .kind = "emacs-error",
     .text = R"log(*Debugger entered--Lisp error: (void-function cart-total)
>  (cart-total 1)
>  eval-buffer(#<buffer *load*>)
>  normal-top-level()
 done)log"},
    {.name = "Vim", .kind = "vim-error", .text = R"log(>Error detected while processing function Total:
>line   12:
*E117: Unknown function: Add
 done)log"},
    {.name = "ObjectiveC",
     .kind = "objc-exception",
     .text =
         R"log(*2026-01-02 03:04:05.678 shop[42:7] *** Terminating app due to uncaught exception 'NSRangeException', reason: 'index 3'
>*** First throw call stack:
>(
>	0   CoreFoundation  0x0001 __exceptionPreprocess + 1
>)
 done)log"},
    {.name = "Swift",
     .kind = "swift-crash",
     .text = R"log(*Fatal error: Index out of range: file /src/cart.swift, line 12
 done)log"},
    {.name = "Jvm", .kind = "jvm-crash", .text = R"log( #
*# A fatal error has been detected by the Java Runtime Environment:
>#
>#  SIGSEGV (0xb) at pc=0x0000, pid=42, tid=43
 # Core dump will be written.)log"},
    {.name = "NativeFrames", .kind = "native-trace", .text = R"log( starting
*shop: error: cart is closed
>#0 0x0001 in total () from libcart.so
>#1 0x0002 in main ()
 done)log"},
};
INSTANTIATE_TEST_SUITE_P(OfLanguages, Traces, testing::ValuesIn(kTraces), named);

constexpr MarkedLog kAssertions[] = {
    {.name = "Pytest", .kind = "pytest-assertion", .text = R"log(     def test_adds():
 >       assert total == 4
*E       assert 3 == 4
>E        +  where 3 = total
 
 tests/cart_test.py:12: AssertionError)log"},
    {.name = "ExpectedAndActual", .kind = "expected-actual", .text = R"log( adds
*  Expected: 4
>    Actual: 3
 )log"},
    {.name = "GotAndExpected", .kind = "actual-expected", .text = R"log(*got: '3'
>expected: '4'
 )log"},
    {.name = "Diff", .kind = "unified-diff", .text = R"log(*--- expected.txt
>+++ actual.txt
>@@ -1 +1 @@
>-4
>+3
$ next)log"},
    {.name = "DiffOfExpectation", .kind = "expected-actual-diff", .text = R"log(*--- expected
>+++ actual
>@@ -1 +1 @@
>-4
>+3
 )log"},
    {.name = "PlainDiff", .kind = "plain-diff", .text = R"log( checking
*1c1
>< 4
>---
>> 3
 )log"},
    {.name = "AssertOfC",
     .kind = "c-assertion",
     .text = R"log(*cart: cart.c:12: total: Assertion `n == 4' failed.
 Aborted)log"},
    {.name = "AssertionError",
     .kind = "assertion-error",
     .text = R"log(*java.lang.AssertionError: expected:<4> but was:<3>
 	at shop.CartTest.adds(CartTest.java:12))log"},
};
INSTANTIATE_TEST_SUITE_P(OfTools, Assertions, testing::ValuesIn(kAssertions), named);

TEST(TraceBlocks, AreNotMadeOfListsAndCommands) {
  const ReadLog log = log_of(R"log( at the end of the day
 #12 [2/3] RUN make
 from now on
 --- no diff
 panic: of a text about panics
)log");
  EXPECT_EQ(spans_of(traces_in(log), ""), Spans{});
}

TEST(TraceBlocks, OfOneExceptionEachDoNotTakeTheLinesOfTheOneBefore) {
  const ReadLog log = log_of(R"log( java.io.IOException: one
 	at shop.Cart.add(Cart.java:9)
 java.io.IOException: two
 	at shop.Cart.add(Cart.java:9)
)log");
  EXPECT_EQ(spans_of(traces_in(log), "java-trace"),
            (Spans{Span{.first = 0, .last = 1, .head = 0}, Span{.first = 2, .last = 3, .head = 2}}));
}

TEST(TraceBlocks, BeginBelowTheOneBefore) {
  const ReadLog log = log_of(R"log( java.io.IOException: one
 	at shop.Cart.add(Cart.java:9)
 and again
 	at shop.Cart.add(Cart.java:9)
)log");
  EXPECT_EQ(spans_of(traces_in(log), "java-trace"),
            (Spans{{.first = 0, .last = 1, .head = 0}, {.first = 2, .last = 3, .head = 2}}));
}

TEST(TraceBlocks, LeaveTheClassToTheirMessage) {
  const ReadLog log = log_of(" Error: no space left\n     at write (/app/a.js:1:2)\n");
  const auto blocks = traces_in(log);
  ASSERT_FALSE(blocks.empty());
  EXPECT_EQ(blocks.front().failure_class, FailureClass::unknown);
  EXPECT_EQ(blocks.front().extractor, Extractor::trace);
}

TEST(TraceBlocks, StayWithinALogThatIsCutAnywhere) {
  const auto check = [](const ReadLog& log, const std::vector<Block>& blocks) {
    for (const Block& block : blocks) {
      ASSERT_LE(block.first, block.head);
      ASSERT_LE(block.head, block.last);
      ASSERT_LT(block.last, log.lines.size());
      ASSERT_FALSE(block.why.empty());
    }
  };
  for (const MarkedLog& whole : kTraces) {
    for (std::size_t length = 0; length < whole.text.size(); length += 5) {
      const ReadLog log = log_of(whole.text.substr(0, length));
      check(log, traces_in(log));
      check(log, assertions_in(log));
    }
  }
}

TEST(TraceBlocks, TakeTimeThatGrowsWithTheLogOnly) {
  std::string text;
  for (int line = 0; line < 40'000; ++line)
    text += "Caused by: Error:\nTraceback (most recent call last):\n  at a.b(c)\n--- a\n";
  const ReadLog log = log_of(text, 0);
  EXPECT_FALSE(traces_in(log).empty());
  (void)assertions_in(log);
}

}  // namespace
}  // namespace runneriq::diagnosis
