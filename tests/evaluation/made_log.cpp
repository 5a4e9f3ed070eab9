#include "tests/evaluation/made_log.hpp"

#include <array>
#include <string_view>

namespace runneriq::evaluation {

// What is harmless and yet looks made by chance is in it: commits, digests, UUIDs, checksums, names of files.
std::string made_log(SampleMaker& maker, std::size_t length) {
  constexpr std::array<std::string_view, 40> kLines{
      "\x1B[0KRunning with gitlab-runner 17.8.{d1} ({h8})",
      "\x1B[0K  on runner-{d2} {w9}, system ID: s_{h12}",
      "Checking out {h8} as detached HEAD (ref is feature/{d4}-retry)...",
      "section_start:17{d8}:step_script\r\x1B[0K\x1B[0K\x1B[36;1mExecuting \"step_script\" stage\x1B[0;m",
      "\x1B[32;1m$ make -j4 test\x1B[0;m",
      "[{d2}/400] Building CXX object src/CMakeFiles/core.dir/part{d3}.cpp.o",
      "src/part{d3}.cpp:{d3}:{d2}: warning: unused parameter 'token' [-Wunused-parameter]",
      "error: expected ';' before '}' token",
      "npm WARN deprecated har-validator@5.1.{d1}: this library is no longer supported",
      "added {d3} packages, and audited {d4} packages in {d2}s",
      "  resolved \"https://registry.example.org/pkg/-/pkg-1.{d1}.{d2}.tgz#{h40}\"",
      "  integrity sha512-{b86}==",
      "golang.org/x/net v0.{d2}.0 h1:{b43}=",
      "Digest: sha256:{h64}",
      "a{h11}: Pull complete",
      "{h12}: Layer already exists",
      "Successfully built {h12}",
      "Collecting requests==2.{d2}.1",
      "  Downloading requests-2.{d2}.1-py3-none-any.whl (62 kB)",
      "--- FAIL: TestServerReturnsToken (0.{d2}s)",
      "    server_test.go:{d3}: got status {d3}, want 200",
      "java.lang.IllegalStateException: Failed to load ApplicationContext",
      "\tat org.example.app.service.UserTokenServiceImpl.refreshToken(UserTokenServiceImpl.java:{d3})",
      "\tat org.example.app.SecurityConfig$$EnhancerBySpringCGLIB$${h8}.<init>(<generated>)",
      "[INFO] Downloading from central: https://repo.example.org/maven2/org/foo/bar/1.{d1}/bar-1.{d1}.pom",
      "2026-06-05T11:59:{d2}.281330Z 01O Compiling serde v1.0.{d3}",
      "   Compiling tokio-macros v2.{d1}.0",
      "test token::tests::parses_password_fields ... ok",
      "[=====>                       ] {d2}%",
      "id: {h8}-{h4}-{h4}-{h4}-{h12}",
      "Uploading artifacts as \"archive\" to coordinator... 201 Created  id={d10} responseStatus=201 Created "
      "token=glcbt-66",
      "ERROR: Job failed: exit code 1",
      "  ./node_modules/.cache/babel-loader/{h32}.json.gz",
      "key is stored in /tmp/cache-{d4}/default-protected",
      "  password: must have at least 8 letters",
      "Authentication failed for user 'app': password authentication failed",
      "fatal: could not read Username for 'https://gitlab.example.com': No such device or address",
      "/builds/group/project/src/main/java/org/example/VeryLongControllerNameForTheTest{d1}.java",
      "libfoo{d1}-dev amd64 1.2.{d1}-4+deb12u{d1} [{d3} kB]",
      "Fingerprint: SHA256:{b43}"};
  std::string text;
  while (text.size() < length) text += maker.made(kLines.at(maker.below(kLines.size()))) + "\n";
  return text;
}

}  // namespace runneriq::evaluation
