// The signature of a failure: what stays the same when the same thing fails again. Pure.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace runneriq::diagnosis {

struct Headline {
  // The line that says what failed, without terminal codes, time stamps and section markers: valid UTF-8, at
  // most 500 bytes.
  std::string text;
  std::string normalised;  // normalised() of it
};

// The line of an excerpt that says best what failed: of the lines that read most like an error (those that
// name one or a failed test, before assertions, before those that complain, before the runner's reason to
// give up, before those that only say or count that something failed) the first of the last block; up to 80
// other lines may stand within a block. Never what else the runner says ("ERROR: Job failed: exit code 1",
// "Cleaning up", uploads), nor what comes after the script. Without any such line the last one. None: the
// excerpt holds nothing but blanks and the runner's words. O(length); any bytes will do.
std::optional<Headline> headline_of(std::string_view excerpt);

// The digits of the code with which the runner says, in its last word on the job, that the script ended; part
// of the excerpt. "": it says something else, or nothing.
std::string_view exit_code_of(std::string_view excerpt);

// What changes between runs of the same failure becomes a placeholder: <n>, <hex>, <uuid>, <id> (of letters
// and digits in turn), <time>, <ip>, <url>, <path> (of an absolute one; its last name stays if it holds no
// digits), <duration>; within quotes, too. Codes of at most three digits stay ("exit code 137", "HTTP 404"),
// as do digits within the words of a failed test's name ("FAILED x.py::test_case2"), and of an address that
// is "Not Found" the last name. Blanks and control characters become one blank, what is no UTF-8 becomes
// U+FFFD, letters stay. O(length).
std::string normalised(std::string_view line);

// 16 hexadecimal digits: 64 bits of FNV-1a over the number of the texts, and of each its length and bytes.
// Of a headline its normalised text; else the three texts as they are, so that jobs whose names differ in a
// digit stay apart. Stable for ever, in any build: it is kept in state files.
std::string signature_of(const Headline& headline);
std::string signature_of(std::string_view project, std::string_view name, std::string_view failure_reason);

}  // namespace runneriq::diagnosis
