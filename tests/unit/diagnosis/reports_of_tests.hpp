// How the runners of tests report a failure: one small example of each. For tests only.
#pragma once

#include "marked_log.hpp"

namespace runneriq::diagnosis {

inline constexpr MarkedLog kReports[] = {
    {.name = "Pytest",
     .kind = "pytest-failure",
     .text = R"log( =================================== FAILURES ===================================
>__________________________________ test_adds ___________________________________
>
>    def test_adds():
>>       assert total([1, 2]) == 4
*E       assert 3 == 4
>E        +  where 3 = total([1, 2])
>
>tests/cart_test.py:12: AssertionError
 __________________________________ test_clears _________________________________
 E       KeyError: 'cart'
 =========================== short test summary info ============================)log"},
    {.name = "PytestCollection",
     .kind = "pytest-failure",
     .text = R"log( ==================================== ERRORS ====================================
>____________________ ERROR collecting tests/test_cart.py ______________________
>ImportError while importing test module 'tests/test_cart.py'.
*E   ModuleNotFoundError: No module named 'cart'
 =========================== short test summary info ============================)log"},
    {.name = "PytestSummary",
     .kind = "pytest-summary",
     .text = R"log( =========================== short test summary info ============================
*FAILED tests/cart_test.py::test_adds - assert 3 == 4
 ========================= 1 failed, 9 passed in 0.12s ==========================)log"},
    {.name = "Unittest", .kind = "unittest-failure", .text = R"log( ..F.
 ======================================================================
>FAIL: test_adds (tests.test_cart.CartTest)
>----------------------------------------------------------------------
>Traceback (most recent call last):
>  File "tests/test_cart.py", line 12, in test_adds
>    self.assertEqual(total([1, 2]), 4)
*AssertionError: 3 != 4
 
 ----------------------------------------------------------------------
 Ran 4 tests in 0.003s)log"},
    {.name = "Doctest",
     .kind = "doctest-failure",
     .text = R"log( **********************************************************************
>File "cart.py", line 7, in cart.total
>Failed example:
>    total([1, 2])
>Expected:
>    4
*Got:
>    3
 **********************************************************************)log"},
    {.name = "Trial",
     .kind = "trial-failure",
     .text = R"log( ===============================================================================
*[FAIL]
>Traceback (most recent call last):
>  File "test_cart.py", line 12, in test_adds
>    self.assertEqual(3, 4)
>twisted.trial.unittest.FailTest: 3 != 4
>
>cart.test_cart.CartTest.test_adds
 -------------------------------------------------------------------------------)log"},
    {.name = "RobotFramework",
     .kind = "robot-failure",
     .text = R"log( Cart adds                                                             | PASS |
 ------------------------------------------------------------------------------
*Cart clears                                                           | FAIL |
>3 != 4
 ------------------------------------------------------------------------------)log"},
    {.name = "Ert", .kind = "ert-failure", .text = R"log(    passed  1/2  cart-adds
*Test cart-clears condition:
>    (ert-test-failed
>     ((should (= 3 4)) :form (= 3 4) :value nil))
>   FAILED  2/2  cart-clears
 
 Ran 2 tests, 1 results as expected, 1 unexpected)log"},
    {.name = "Surefire", .kind = "surefire-failure", .text = R"log( Running shop.CartTest
 Tests run: 2, Failures: 1, Errors: 0, Skipped: 0, Time elapsed: 0.1 sec <<< FAILURE! - in shop.CartTest
*adds(shop.CartTest)  Time elapsed: 0.02 sec  <<< FAILURE!
>java.lang.AssertionError: expected:<4> but was:<3>
>	at org.junit.Assert.fail(Assert.java:88)
>	at shop.CartTest.adds(CartTest.java:12)
 
 Results :)log"},
    {.name = "SurefireOfMaven3", .kind = "surefire-failure", .text = R"log( [INFO] Running shop.CartTest
*[ERROR] shop.CartTest.adds -- Time elapsed: 0.02 s <<< ERROR!
>java.lang.IllegalStateException: cart is closed
>	at shop.Cart.add(Cart.java:9)
 [INFO] 
 [INFO] Results:)log"},
    {.name = "SurefireResults", .kind = "surefire-results", .text = R"log( [ERROR] Failures: 
*[ERROR]   CartTest.adds:12 expected:<4> but was:<3>
 [INFO] 
 [ERROR] Tests run: 2, Failures: 1, Errors: 0, Skipped: 0)log"},
    {.name = "Gradle", .kind = "gradle-failure", .text = R"log( > Task :test FAILED
 
*shop.CartTest > adds FAILED
>    org.junit.ComparisonFailure at CartTest.java:12
>        Caused by: java.lang.IllegalStateException
 
 2 tests completed, 1 failed)log"},
    {.name = "GradleAndSpock", .kind = "gradle-failure", .text = R"log(*CartSpec > adds two things FAILED
>    Condition not satisfied:
>
>    cart.total() == 4
>    |    |       |
>    |    3       false
>        at CartSpec.adds two things(CartSpec.groovy:12)
 
 BUILD FAILED in 3s)log"},
    {.name = "TestNg", .kind = "testng-failure", .text = R"log( PASSED: clears
*FAILED: adds
>java.lang.AssertionError: expected [4] but found [3]
>	at shop.CartTest.adds(CartTest.java:12)
 
 ===============================================
     Default test)log"},
    {.name = "JunitOfAnt", .kind = "ant-junit-failure", .text = R"log(     [junit] Testsuite: shop.CartTest
*    [junit] Testcase: adds took 0.01 sec
>    [junit] 	FAILED
>    [junit] expected:<4> but was:<3>
     [junit] )log"},
    {.name = "JunitConsole", .kind = "junit-console-failure", .text = R"log( Failures (1):
>  JUnit Jupiter:CartTest:adds()
>    MethodSource [className = 'shop.CartTest', methodName = 'adds', methodParameterTypes = '']
*    => org.opentest4j.AssertionFailedError: expected: <4> but was: <3>
>       shop.CartTest.adds(CartTest.java:12)
 
 Test run finished after 64 ms)log"},
    {.name = "ScalaTest", .kind = "scalatest-failure", .text = R"log( [info] CartSpec:
*[info] - adds two things *** FAILED ***
>[info]   3 did not equal 4 (CartSpec.scala:12)
 [info] - clears)log"},
    {.name = "Specs2", .kind = "specs2-failure", .text = R"log( [info] Cart should
*[error]   x add two things
>[error]    3 != 4 (CartSpec.scala:12)
 [info]   + clear)log"},
    {.name = "Munit", .kind = "munit-failure", .text = R"log( shop.CartSuite:
*==> X shop.CartSuite.adds  0.03s munit.ComparisonFailException: CartSuite.scala:12
>    assertEquals(total, 4)
 ==> X shop.CartSuite.clears  0.01s)log"},
    {.name = "JunitOfSbt",
     .kind = "sbt-junit-failure",
     .text = R"log( [info] Test shop.CartTest.clears started
*[error] Test shop.CartTest.adds failed: java.lang.AssertionError: expected:<4> but was:<3>, took 0.01 sec
>[error]     at shop.CartTest.adds(CartTest.java:12)
 [info] Test run finished)log"},
    {.name = "ClojureTest", .kind = "clojure-failure", .text = R"log( lein test shop.cart-test
 
>FAIL in (adds-test) (cart_test.clj:12)
>adds two things
>expected: (= 4 (total [1 2]))
*  actual: (not (= 4 3))
 
 Ran 2 tests containing 2 assertions.
 1 failures, 0 errors.)log"},
    {.name = "Midje", .kind = "midje-failure", .text = R"log(*FAIL "adds" at (t_cart.clj:12)
>Expected:
>4
>Actual:
>3
 
 FAILURE: 1 check failed.)log"},
    {.name = "Bazel",
     .kind = "bazel-failed",
     .text = R"log( //shop:clear_test                                                        PASSED in 0.1s
*//shop:cart_test                                                         FAILED in 0.2s
 Executed 2 out of 2 tests: 1 test passes and 1 fails locally.)log"},
    {.name = "Jest", .kind = "jest-failure", .text = R"log( FAIL src/cart.test.js
   ✕ adds (5 ms)
 
>  ● Cart › adds
>
*    expect(received).toBe(expected) // Object.is equality
>
>    Expected: 4
>    Received: 3
>
>      at Object.<anonymous> (src/cart.test.js:12:23)
 
 Test Suites: 1 failed, 1 total
 Tests:       1 failed, 1 passed, 2 total)log"},
    {.name = "Vitest", .kind = "vitest-failure", .text = R"log( ⎯⎯⎯⎯⎯⎯⎯ Failed Tests 1 ⎯⎯⎯⎯⎯⎯⎯
 
> FAIL  src/cart.test.ts > Cart > adds
*AssertionError: expected 3 to be 4
> ❯ src/cart.test.ts:12:23
 
 ⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯⎯[1/1]⎯)log"},
    {.name = "Mocha", .kind = "mocha-failure", .text = R"log(   1 passing (8ms)
   2 failing
 
*  1) Cart
>       adds:
>
>      AssertionError [ERR_ASSERTION]: 3 == 4
>      + expected - actual
>
>      -3
>      +4
>      
>      at Context.<anonymous> (test/cart.js:12:14)
 
   2) Cart
        clears:
      Error: not empty
 
 npm ERR! Test failed.  See above for more details.)log"},
    {.name = "Jasmine", .kind = "rspec-failure", .text = R"log( Failures:
*1) Cart adds
>  Message:
>    Expected 3 to be 4.
>  Stack:
>        at UserContext.<anonymous> (spec/cart.spec.js:12:19)
 
 2 specs, 1 failure
 Finished in 0.01 seconds)log"},
    {.name = "Karma",
     .kind = "karma-failure",
     .text = R"log(*Chrome Headless 120.0.0.0 (Linux x86_64) Cart adds FAILED
>	Expected 3 to be 4.
>	    at UserContext.<anonymous> (spec/cart.spec.js:12:19)
 Chrome Headless 120.0.0.0 (Linux x86_64): Executed 2 of 2 (1 FAILED) (0.01 secs / 0.002 secs))log"},
    {.name = "Ava", .kind = "failed-mark", .text = R"log(   ✔ clears
*  ✖ adds
>    Difference:
>    - 3
>    + 4
   ─)log"},
    {.name = "Tap", .kind = "tap-failure", .text = R"log( ok 1 - clears
*not ok 2 - adds
>  ---
>    operator: equal
>    expected: 4
>    actual:   3
>  ...
 1..2)log"},
    {.name = "Qunit", .kind = "qunit-failure", .text = R"log( Testing test/cart.html F
>>> cart - adds
*>> Message: adds two things
>>> Actual: 3
>>> Expected: 4
 Warning: 1/2 assertions failed (20ms) Use --force to continue.)log"},
    {.name = "Playwright", .kind = "playwright-failure", .text = R"log( Running 2 tests using 1 worker
*  1) [chromium] › cart.spec.ts:12:5 › adds ────────────────
>
>    Error: expect(locator).toHaveText(expected)
>      10 |
>    > 12 |   await expect(total).toHaveText("4");
 
   1 failed
     [chromium] › cart.spec.ts:12:5 › adds)log"},
    {.name = "Rspec", .kind = "rspec-failure", .text = R"log( Failures:
 
*  1) Cart adds
>     Failure/Error: expect(cart.total).to eq 4
>
>       expected: 4
>            got: 3
>     # ./spec/cart_spec.rb:12:in `block (2 levels) in <top (required)>'
 
 Finished in 0.01 seconds (files took 0.1 seconds to load)
 2 examples, 1 failure)log"},
    {.name = "RspecList", .kind = "rspec-list", .text = R"log( Failed examples:
 
*rspec ./spec/cart_spec.rb:11 # Cart adds
>rspec ./spec/cart_spec.rb:21 # Cart clears
 
 Randomized with seed 1234)log"},
    {.name = "Minitest", .kind = "minitest-failure", .text = R"log( Run options: --seed 1234
 
 F
 
*Failure:
>CartTest#test_adds [test/cart_test.rb:12]:
>Expected: 4
>  Actual: 3
 
 bin/rails test test/cart_test.rb:10)log"},
    {.name = "MinitestAsAList", .kind = "minitest-failure", .text = R"log(*  1) Failure:
>CartTest#test_adds [test/cart_test.rb:12]:
>Expected: 4
>  Actual: 3
 
   2) Error:
 CartTest#test_clears:
 NoMethodError: undefined method)log"},
    {.name = "TestUnit",
     .kind = "test-unit-failure",
     .text = R"log( ===============================================================================
*Failure: test_adds(CartTest)
>test/cart_test.rb:12:in `test_adds'
>  <4> expected but was
>  <3>
 ===============================================================================)log"},
    {.name = "Cucumber", .kind = "cucumber-list", .text = R"log( Failing Scenarios:
*cucumber features/cart.feature:12 # Scenario: adds
 
 1 scenario (1 failed))log"},
    {.name = "Phpunit", .kind = "phpunit-failure", .text = R"log( There was 1 failure:
 
*1) CartTest::testAdds
>Failed asserting that 3 matches expected 4.
>
>/app/tests/CartTest.php:12
 
 FAILURES!
 Tests: 2, Assertions: 2, Failures: 1.)log"},
    {.name = "Pest", .kind = "pest-failure", .text = R"log(   ─────────────────────────────────────────────
*   FAILED  Tests\Feature\CartTest > it adds
>  Failed asserting that 3 is identical to 4.
>
>  at tests/Feature/CartTest.php:12
 
   Tests:    1 failed, 1 passed (2 assertions))log"},
    {.name = "Codeception", .kind = "codeception-failure", .text = R"log( There was 1 failure:
 ---------
*1) CartCest: Adds
> Test  tests/acceptance/CartCest.php:adds
> Step  See "4"
> Fail  Failed asserting that page contains "4".
 
 FAILURES!)log"},
    {.name = "RunTestsOfPhp", .kind = "phpt-failure", .text = R"log( PASS clears [tests/clear.phpt]
 TEST 2/2 [tests/add.phpt]
>========DIFF========
>001+ int(3)
>001- int(4)
>========DONE========
*FAIL adds [tests/add.phpt] )log"},
    {.name = "Busted",
     .kind = "busted-failure",
     .text = R"log( 1 success / 1 failure / 0 errors / 0 pending : 0.01 seconds
 
*Failure → spec/cart_spec.lua @ 12
>cart adds
>spec/cart_spec.lua:13: Expected objects to be equal.
>Passed in:
>(number) 3)log"},
    {.name = "TestMore", .kind = "perl-failure", .text = R"log( not ok 2 - adds
*#   Failed test 'adds'
>#   at t/cart.t line 12.
>#          got: '3'
>#     expected: '4'
 # Looks like you failed 1 test of 2.)log"},
    {.name = "Prove", .kind = "prove-summary", .text = R"log(*Test Summary Report
>-------------------
>t/cart.t (Wstat: 256 Tests: 2 Failed: 1)
>  Failed test:  2
 Files=1, Tests=2,  0 wallclock secs)log"},
    {.name = "Bats", .kind = "bats-failure", .text = R"log(  ✓ clears
* ✗ adds
>   (in test file test/cart.bats, line 12)
>     `[ "$output" = "4" ]' failed
 
 2 tests, 1 failure)log"},
    {.name = "ShUnit2", .kind = "shunit-failure", .text = R"log( testAdds
*ASSERT:expected:<4> but was:<3>
 testClears)log"},
    {.name = "Tcltest", .kind = "tcltest-failure", .text = R"log( 
*==== cart-1.1 adds two things FAILED
>==== Contents of test case:
>    total 1 2
>---- Result was:
>3
>==== cart-1.1 FAILED
 )log"},
    {.name = "GoTest", .kind = "go-test-failure", .text = R"log( === RUN   TestAdd
*--- FAIL: TestAdd (0.00s)
>    cart_test.go:12: got 3, want 4
>    --- FAIL: TestAdd/of_two (0.00s)
>        cart_test.go:22: got 3, want 4
 FAIL
 FAIL	example.com/shop	0.004s)log"},
    {.name = "GoTestThatSpeaksFirst", .kind = "go-test-failure", .text = R"log( === RUN   TestClear
 --- PASS: TestClear (0.00s)
>=== RUN   TestAdd
>    cart_test.go:12: got 3, want 4
*--- FAIL: TestAdd (0.00s)
 FAIL)log"},
    {.name = "Ginkgo", .kind = "ginkgo-failure", .text = R"log( ------------------------------
>• [FAILED] [0.002 seconds]
>Cart [It] adds
>/shop/cart_test.go:12
>
*  Expected
>      <int>: 3
>  to equal
>      <int>: 4
 ------------------------------)log"},
    {.name = "Gocheck",
     .kind = "gocheck-failure",
     .text = R"log( ----------------------------------------------------------------------
*FAIL: cart_test.go:12: CartSuite.TestAdd
>
>cart_test.go:14:
>    c.Check(total, Equals, 4)
>... obtained int = 3
>... expected int = 4
 
 OOPS: 1 passed, 1 FAILED)log"},
    {.name = "CargoTest", .kind = "cargo-test-failure", .text = R"log( failures:
 
>---- cart::adds stdout ----
*thread 'cart::adds' panicked at src/cart.rs:12:9:
>assertion `left == right` failed
>  left: 3
> right: 4
 
 
 failures:
     cart::adds
 
 test result: FAILED. 1 passed; 1 failed; 0 ignored; 0 measured; 0 filtered out)log"},
    {.name = "Nextest", .kind = "nextest-failure", .text = R"log(         FAIL [   0.004s] shop cart::adds
 
>--- STDERR:              shop cart::adds ---
*thread 'cart::adds' panicked at src/cart.rs:12:9:
>assertion `left == right` failed
 
 ────────────)log"},
    {.name = "GoogleTest", .kind = "googletest-failure", .text = R"log( [ RUN      ] Cart.Adds
*cart_test.cpp:12: Failure
>Expected equality of these values:
>  total
>    Which is: 3
>  4
>[  FAILED  ] Cart.Adds (0 ms)
 [ RUN      ] Cart.Clears)log"},
    {.name = "Catch2",
     .kind = "catch-failure",
     .text = R"log( -------------------------------------------------------------------------------
 adds
 -------------------------------------------------------------------------------
 cart_test.cpp:10
 ...............................................................................
 
*cart_test.cpp:12: FAILED:
>  CHECK( total == 4 )
>with expansion:
>  3 == 4
 
 ===============================================================================)log"},
    {.name = "BoostTest", .kind = "boost-failure", .text = R"log( Running 2 test cases...
*cart_test.cpp(12): error: in "cart/adds": check total == 4 has failed [3 != 4]
 
 *** 1 failure is detected in the test module "shop")log"},
    {.name = "DoctestOfCpp",
     .kind = "doctest-cpp-failure",
     .text = R"log( ===============================================================================
 cart_test.cpp:10:
 TEST CASE:  adds
 
*cart_test.cpp:12: ERROR: CHECK( total == 4 ) is NOT correct!
>  values: CHECK( 3 == 4 )
 
 ===============================================================================)log"},
    {.name = "CppUTest",
     .kind = "cpputest-failure",
     .text = R"log(*cart_test.cpp:12: error: Failure in TEST(Cart, adds)
>	expected <4 0x4>
>	but was  <3 0x3>
 
 Errors (1 failures, 2 tests, 2 ran))log"},
    {.name = "Unity",
     .kind = "unity-failure",
     .text = R"log(*test/cart_test.c:12:test_adds:FAIL: Expected 4 Was 3
 test/cart_test.c:20:test_clears:PASS)log"},
    {.name = "QtTest", .kind = "qtest-failure", .text = R"log( PASS   : CartTest::initTestCase()
*FAIL!  : CartTest::adds() Compared values are not the same
>   Actual   (total): 3
>   Expected (4)    : 4
>   Loc: [cart_test.cpp(12)]
 PASS   : CartTest::clears())log"},
    {.name = "Cmocka", .kind = "cmocka-failure", .text = R"log( [ RUN      ] adds
*[  ERROR   ] --- 0x3 != 0x4
>[   LINE   ] --- cart_test.c:12: error: Failure!
>[  FAILED  ] adds
 [==========] 2 test(s) run.)log"},
    {.name = "Criterion", .kind = "criterion-failure", .text = R"log(*[----] cart_test.c:12: Assertion Failed
>[----]   Expected total == 4
>[FAIL] cart::adds: (0.00s)
 [====] Synthesis: Tested: 2 | Passing: 1 | Failing: 1 | Crashing: 0)log"},
    {.name = "Ctest", .kind = "ctest-failure", .text = R"log(     Start 2: cart_test
*2/3 Test #2: cart_test ........................***Failed    0.01 sec
>got 3, wanted 4
 
     Start 3: clear_test)log"},
    {.name = "CtestList", .kind = "ctest-list", .text = R"log( 50% tests passed, 1 tests failed out of 2
 
*The following tests FAILED:
>	  2 - cart_test (Failed)
 Errors while running CTest)log"},
    {.name = "Lit", .kind = "lit-failure", .text = R"log(>FAIL: Shop :: cart.c (2 of 2)
********************* TEST 'Shop :: cart.c' FAILED ********************
>Script:
>--
>check cart.c
 ********************)log"},
    {.name = "Automake", .kind = "automake-test", .text = R"log( PASS: clear.test
*FAIL: cart.test
 ----========================================================================)log"},
    {.name = "AutomakeLog", .kind = "automake-log", .text = R"log(*FAIL: cart
>==========
>
>got 3, wanted 4
>FAIL cart (exit status: 1)
 
 make[2]: *** [Makefile:12: check-TESTS] Error 1)log"},
    {.name = "XcTest",
     .kind = "xctest-failure",
     .text = R"log( Test Case '-[Shop.CartTests testAdds]' started.
*/src/CartTests.swift:12: error: -[Shop.CartTests testAdds] : XCTAssertEqual failed: ("3") is not equal to ("4")
 Test Case '-[Shop.CartTests testAdds]' failed (0.004 seconds).)log"},
    {.name = "Xcpretty", .kind = "xcpretty-failure", .text = R"log(     ✓ testClears (0.001 seconds)
*    ✗ testAdds, XCTAssertEqual failed: ("3") is not equal to ("4"))log"},
    {.name = "XcTestList", .kind = "xctest-list", .text = R"log(*Failing tests:
>	-[CartTests testAdds]
>** TEST FAILED **
 )log"},
    {.name = "Mtr",
     .kind = "mtr-failure",
     .text = R"log( main.clear                               [ pass ]      3
*main.cart                                [ fail ]
>        Test ended at 2026-01-02 03:04:05
>mysqltest: At line 12: query failed
 
 ------------------------------------------------------------)log"},
    {.name = "DotnetTest", .kind = "dotnet-test-failure", .text = R"log(   Passed Clears [1 ms]
>  Failed Adds [12 ms]
>  Error Message:
*   Assert.Equal() Failure
>   Expected: 4
>   Actual:   3
>  Stack Trace:
>     at Shop.CartTests.Adds() in /src/CartTests.cs:line 12
 
 Results File: /tmp/results.trx)log"},
    {.name = "Xunit", .kind = "xunit-failure", .text = R"log(   Starting:    Shop.Tests
*    Shop.CartTests.Adds [FAIL]
>      Assert.Equal() Failure
>      Expected: 4
>      Actual:   3
   Finished:    Shop.Tests)log"},
    {.name = "Nunit", .kind = "nunit-failure", .text = R"log( Errors, Failures and Warnings
 
*1) Failed : Shop.CartTests.Adds
>  Expected: 4
>  But was:  3
>   at Shop.CartTests.Adds() in /src/CartTests.cs:line 12
 
 Run Settings)log"},
    {.name = "Pester", .kind = "pester-failure", .text = R"log( Describing Cart
*  [-] adds 12ms (11ms|1ms)
>   Expected 4, but got 3.
>   at $total | Should -Be 4, /src/Cart.Tests.ps1:12
   [+] clears 3ms (2ms|1ms))log"},
    {.name = "ExUnit", .kind = "exunit-failure", .text = R"log( ..
*  1) test adds (CartTest)
>     test/cart_test.exs:12
>     Assertion with == failed
>     code:  assert total == 4
>     left:  3
>     right: 4
 
 .
 Finished in 0.03 seconds
 4 tests, 1 failure)log"},
    {.name = "Eunit",
     .kind = "eunit-failure",
     .text = R"log( ======================== EUnit ========================
*cart_tests: adds_test...*failed*
>in function cart_tests:adds_test/0 (cart_tests.erl, line 12)
>**error:{assertEqual,[{expected,4},{value,3}]}
 
 =======================================================)log"},
    {.name = "CommonTest", .kind = "common-test-failure", .text = R"log(*cart_SUITE:adds failed on line 12
>Reason: {badmatch,3}
 Testing shop: TEST COMPLETE, 1 ok, 1 failed of 2 test cases)log"},
    {.name = "Hspec", .kind = "rspec-failure", .text = R"log( Failures:
 
>  test/CartSpec.hs:12:15: 
*  1) Cart adds
>       expected: 4
>        but got: 3
>
>  To rerun use: --match "/Cart/adds/"
 
 Randomized with seed 1234)log"},
    {.name = "Tasty", .kind = "tasty-failure", .text = R"log( Cart
*  adds:   FAIL
>    test/Cart.hs:12:
>    expected: 4
>     but got: 3
   clears: OK)log"},
    {.name = "Hunit", .kind = "hunit-failure", .text = R"log(*### Failure in: 0:adds
>test/Cart.hs:12
>expected: 4
> but got: 3
 Cases: 2  Tried: 2  Errors: 0  Failures: 1)log"},
    {.name = "QuickCheck", .kind = "quickcheck-failure", .text = R"log( prop_total:
*  *** Failed! Falsified (after 3 tests):
>  [1,2]
 )log"},
    {.name = "Testthat",
     .kind = "testthat-failure",
     .text = R"log( ══ Failed tests ════════════════════════════════════════
*── Failure (test-cart.R:12:3): adds ──
>`total` not equal to 4.
>1/1 mismatches
 
 [ FAIL 1 | WARN 0 | SKIP 0 | PASS 1 ])log"},
    {.name = "RCmdCheck", .kind = "r-check-tests", .text = R"log( * checking tests ...
>  Running ‘testthat.R’
> ERROR
>Running the tests in ‘tests/testthat.R’ failed.
>Last 13 lines of output:
>  > test_check("shop")
*  Error: Test failures
>  Execution halted
 * checking PDF version of manual ... OK)log"},
    {.name = "Vader", .kind = "vader-failure", .text = R"log(     (1/2) [EXECUTE] clears
*    (2/2) [EXECUTE] (X) '4' should be equal to '3'
>      > function <SNR>1_adds, line 12
 Success/Total: 1/2)log"},
    {.name = "TestsOfVim", .kind = "vim-test-failure", .text = R"log(>From test_cart.vim:
>Found errors in Test_adds():
*Caught exception in Test_adds(): Vim(call):E117: Unknown function: Total @ Test_adds, line 12
 TEST FAILURE)log"},
    {.name = "ElmTest", .kind = "elm-test-failure", .text = R"log( Running 2 tests.
 
>↓ CartTest
*✗ adds
>
>    3
>    ╷
>    │ Expect.equal
>    ╵
>    4
 
 TEST RUN FAILED)log"},
    {.name = "Dart", .kind = "dart-test-failure", .text = R"log( 00:01 +1: test/cart_test.dart: clears
*00:01 +1 -1: test/cart_test.dart: adds [E]
>  Expected: <4>
>    Actual: <3>
>  test/cart_test.dart 12:5  main.<fn>
 
 00:01 +1 -1: Some tests failed.)log"},
    {.name = "Flutter",
     .kind = "flutter-failure",
     .text = R"log(>══╡ EXCEPTION CAUGHT BY FLUTTER TEST FRAMEWORK ╞════════════════════
>The following TestFailure was thrown running a test:
*Expected: exactly one matching node
>  Actual: none
>════════════════════════════════════════════════════════════════════
 )log"},
    {.name = "Alcotest", .kind = "alcotest-failure", .text = R"log( ┌──────────────────────────────┐
*│ [FAIL]  cart    0   adds.     │
>└──────────────────────────────┘
>ASSERT total
>FAIL total
>   Expected: `4'
>   Received: `3'
  ──────────────────────────────)log"},
    {.name = "Ounit",
     .kind = "ounit-failure",
     .text = R"log( ==============================================================================
*Error: shop:0:adds.
>
>File "cart_test.ml", line 12, characters 1-1:
>expected: 4 but got: 3
 ------------------------------------------------------------------------------)log"},
    {.name = "Julia", .kind = "julia-failure", .text = R"log(*adds: Test Failed at /src/test/runtests.jl:12
>  Expression: total == 4
>   Evaluated: 3 == 4
 Test Summary: | Pass  Fail  Total)log"},
    {.name = "RackUnit", .kind = "rackunit-failure", .text = R"log( --------------------
 adds
*FAILURE
>name:       check-equal?
>actual:     3
>expected:   4
 --------------------)log"},
    {.name = "Counts", .kind = "test-counts", .text = R"log( ran all
*===== 1 failed, 9 passed in 0.12s =====)log"},
    {.name = "SeenThroughCompose", .kind = "go-test-failure", .text = R"log( shop_1  | === RUN   TestAdd
*shop_1  | --- FAIL: TestAdd (0.00s)
>shop_1  |     cart_test.go:12: got 3, want 4
 shop_1  | FAIL)log"},
    {.name = "SeenThroughBuildKit", .kind = "go-test-failure", .text = R"log( #12 3.400 === RUN   TestAdd
*#12 3.456 --- FAIL: TestAdd (0.00s)
>#12 3.456     cart_test.go:12: got 3, want 4
 #12 3.457 FAIL)log"},
    {.name = "EndedByTheNextCommand", .kind = "go-test-failure", .text = R"log($ go test ./...
*--- FAIL: TestAdd (0.00s)
>    cart_test.go:12: got 3, want 4
$   indented
     later)log"},
};

}  // namespace runneriq::diagnosis
