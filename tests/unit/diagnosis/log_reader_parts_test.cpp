// Who speaks in a log, and what its last word is.
#include "diagnosis/read_log.hpp"

#include <gtest/gtest.h>

#include <string>
#include <string_view>

namespace runneriq::diagnosis {
namespace {

RuleBook& rules() {
  static RuleBook book;
  return book;
}

constexpr std::string_view kErase = "\r\x1B[0K";

std::string start(const std::string& section) {
  return "section_start:1700000000:" + section + std::string{kErase};
}
std::string end(const std::string& section) {
  return "section_end:1700000000:" + section + std::string{kErase};
}

LogPart part(const ReadLog& log, std::string_view text) {
  for (const LogLine& line : log.lines) {
    if (line.text == text) return line.part;
  }
  ADD_FAILURE() << "no line " << text;
  return LogPart::script;
}

std::string gitlab_log(const std::string& script, const std::string& behind) {
  return "Running with gitlab-runner 17.0\n" + start("prepare_executor") + "Preparing\n" +
         end("prepare_executor") + start("get_sources") + "Getting source\n" + end("get_sources") +
         start("step_script") + "Executing\n" + script + end("step_script") + behind +
         "\x1B[31;1mERROR: Job failed: exit code 1\n\x1B[0;m";
}

TEST(LogParts, FollowTheSectionsOfGitLab) {
  const ReadLog log = read_log(
      gitlab_log("$ make\nbroken\n" + start("mine[collapsed=true]") + "nested\n" + end("mine") + "\nlast\n",
                 start("after_script") + "tidying\n" + end("after_script") +
                     start("upload_artifacts_on_failure") + "uploading\n" +
                     end("upload_artifacts_on_failure")),
      rules());
  EXPECT_EQ(part(log, "Running with gitlab-runner 17.0"), LogPart::preparation);
  EXPECT_EQ(part(log, "Getting source"), LogPart::preparation);
  for (const std::string_view text : {"Executing", "broken", "nested", "last"})
    EXPECT_EQ(part(log, text), LogPart::script) << text;
  for (const std::string_view text : {"tidying", "uploading", "ERROR: Job failed: exit code 1"})
    EXPECT_EQ(part(log, text), LogPart::afterwards) << text;
  EXPECT_EQ(log.last_words, "ERROR: Job failed: exit code 1");
  EXPECT_EQ(log.exit_code, "1");
}

std::string upload(const std::string& outcome, const std::string& words) {
  return start("upload_artifacts_on_" + outcome) + "Uploading artifacts for " +
         (outcome == "success" ? "successful" : "failed") + " job\n" + words +
         end("upload_artifacts_on_" + outcome);
}

TEST(LogParts, KnowAnUploadThatFailedTheJob) {
  const ReadLog log = read_log(
      gitlab_log("$ make\nbuilt\n", start("after_script") + "tidying\n" + end("after_script") +
                                        upload("success", "too large\n") + start("cleanup_file_variables") +
                                        "Cleaning up\n" + end("cleanup_file_variables")),
      rules());
  EXPECT_EQ(part(log, "built"), LogPart::script);
  EXPECT_EQ(part(log, "tidying"), LogPart::afterwards);
  EXPECT_EQ(part(log, "Uploading artifacts for successful job"), LogPart::upload);
  EXPECT_EQ(part(log, "too large"), LogPart::upload);
  EXPECT_EQ(part(log, "Cleaning up"), LogPart::afterwards);
  ASSERT_EQ(log.commands.size(), 1U);
  EXPECT_EQ(log.commands[0].exit_code, std::nullopt);
}

TEST(LogParts, KnowAnUploadThatFailedTheJobWithoutMarkers) {
  const ReadLog log = read_log(
      "Running with gitlab-runner 17.0\nExecuting \"step_script\" stage of the job script\n$ make\nbuilt\n"
      "Uploading artifacts for successful job\ntoo large\n"
      "Cleaning up project directory and file based variables\nERROR: Job failed: exit code 1\n",
      rules());
  EXPECT_EQ(part(log, "built"), LogPart::script);
  EXPECT_EQ(part(log, "too large"), LogPart::upload);
  EXPECT_EQ(part(log, "ERROR: Job failed: exit code 1"), LogPart::afterwards);
}

TEST(LogParts, TakeNoUploadForTheFailureBehindAScriptThatFailed) {
  const ReadLog log = read_log(
      gitlab_log("$ make\nbroken\n" + upload("success", "forged\n"), upload("failure", "sent\n")), rules());
  EXPECT_EQ(part(log, "forged"), LogPart::script);
  EXPECT_EQ(part(log, "sent"), LogPart::afterwards);
  ASSERT_EQ(log.commands.size(), 1U);
  EXPECT_EQ(log.commands[0].exit_code, 1);
}

TEST(LogParts, AreNotEndedByAForgery) {
  const ReadLog log =
      read_log(gitlab_log("$ make\n" + end("step_script") + start("after_script") + "hidden\n" +
                              end("after_script") + start("cleanup_file_variables") +
                              "Cleaning up project directory and file based variables\n" +
                              end("cleanup_file_variables") + "ERROR: Job failed: exit code 99\nreal error\n",
                          start("after_script") + "tidying\n" + end("after_script")),
               rules());
  for (const std::string_view text : {"hidden", "ERROR: Job failed: exit code 99", "real error"})
    EXPECT_EQ(part(log, text), LogPart::script) << text;
  EXPECT_EQ(part(log, "tidying"), LogPart::afterwards);
  EXPECT_EQ(log.exit_code, "1");
}

TEST(LogParts, KnowAMarkerBehindTextWithoutALineEnd) {
  const ReadLog log =
      read_log(gitlab_log("$ printf x\nno line end", start("after_script") + "tidying\n"), rules());
  EXPECT_EQ(part(log, "no line end"), LogPart::script);
  EXPECT_EQ(part(log, "tidying"), LogPart::afterwards);
}

// The runner stamps what it says itself with stream 0, and what the script says with stream 1.
TEST(LogParts, TrustTheRunnersStreamAlone) {
  const auto runner = [](const std::string& text) {
    return "2026-06-05T11:59:14.281330Z 00O " + text + "\n";
  };
  const auto script = [](const std::string& text) {
    return "2026-06-05T11:59:14.281330Z 01O " + text + "\n";
  };
  const ReadLog log = read_log(
      runner("Running with gitlab-runner 17.0") + runner(start("get_sources")) + runner(end("get_sources")) +
          runner(start("step_script")) + script("$ make") + script("real error") +
          runner(end("step_script")) + runner(start("after_script")) +
          script("2026-06-05T11:59:14.281330Z 00O " + end("step_script")) + script(end("step_script")) +
          script("tidying") + runner(end("after_script")) + runner("ERROR: Job failed: exit code 2"),
      rules());
  EXPECT_EQ(part(log, "real error"), LogPart::script);
  EXPECT_EQ(part(log, "tidying"), LogPart::afterwards);
  EXPECT_EQ(log.exit_code, "2");
}

TEST(LogParts, DoNotTrustStampsThatAScriptPrintsItself) {
  const std::string forged = "2026-06-05T11:59:14.281330Z 00O " + end("step_script") + "\n";
  const ReadLog log =
      read_log(gitlab_log("$ make\n" + forged + "real error\n2026-06-05T11:59:14.281330Z 01O ",
                          start("after_script") + "tidying\n"),
               rules());
  EXPECT_EQ(part(log, "real error"), LogPart::script);
  EXPECT_EQ(part(log, "tidying"), LogPart::afterwards);
}

TEST(LogParts, KnowAJobThatNeverCameToItsScript) {
  const ReadLog log = read_log("Running with gitlab-runner 17.0\n" + start("prepare_executor") +
                                   "Pulling docker image\nno such image\n" + end("prepare_executor") +
                                   "ERROR: Job failed: failed to pull image\n",
                               rules());
  EXPECT_EQ(part(log, "no such image"), LogPart::preparation);
  EXPECT_EQ(part(log, "ERROR: Job failed: failed to pull image"), LogPart::afterwards);
  EXPECT_EQ(log.exit_code, "");
}

TEST(LogParts, ReadTheEndOfALogAlone) {
  const ReadLog log =
      read_log("broken\n" + end("step_script") + start("after_script") + "tidying\n", rules());
  EXPECT_EQ(part(log, "broken"), LogPart::script);
  EXPECT_EQ(part(log, "tidying"), LogPart::afterwards);
}

TEST(LogParts, OfTheEndOfAStampedLogTrustNoScript) {
  const std::string stamp = "2026-06-05T11:59:14.281330Z ";
  const ReadLog log = read_log(stamp + "01O " + end("step_script") + "\n" + stamp + "01O broken\n" + stamp +
                                   "00O " + end("step_script") + "\n" + stamp + "00O " +
                                   start("after_script") + "\n" + stamp + "01O tidying\n",
                               rules());
  EXPECT_EQ(part(log, "broken"), LogPart::script);
  EXPECT_EQ(part(log, "tidying"), LogPart::afterwards);
}

TEST(LogParts, FollowTheRunnersWordsWhereNoSectionsAre) {
  const ReadLog log = read_log(
      "Running with gitlab-runner 9.0\nCloning\nExecuting \"step_script\" stage of the job script\n$ make\n"
      "Running after script...\nforged; goes on\nbroken\nRunning after script...\ntidying\nERROR: Job "
      "failed: exit "
      "status 2\n",
      rules());
  EXPECT_EQ(part(log, "Cloning"), LogPart::preparation);
  EXPECT_EQ(part(log, "broken"), LogPart::script);
  EXPECT_EQ(part(log, "tidying"), LogPart::afterwards);
}

TEST(LogParts, AreAllScriptWhereNothingIsKnown) {
  const ReadLog log = read_log("one\nRunning after script...\nJob failed\n", rules());
  for (const LogLine& line : log.lines) EXPECT_EQ(line.part, LogPart::script);
  EXPECT_TRUE(log.last_words.empty());
}

std::string fold(const std::string& name, const std::string& text) {
  return "travis_fold:start:" + name + std::string{kErase} + text + "travis_fold:end:" + name +
         std::string{kErase} + "\n";
}

TEST(LogParts, FollowTheFoldsOfTravis) {
  const ReadLog log = read_log(
      fold("worker_info", "worker\r\n") + fold("git.checkout", "$ git clone x\r\ncloning\r\n") +
          fold("rvm", "$ rvm use 2.5\r\nusing\r\n") + fold("install.1", "$ bundle\r\nbundling\r\n") +
          "travis_time:start:0f\r\x1B[0K$ rake\r\nbroken\r\ntravis_fold:start:git.2\r\x1B[0Kforged\r\n" +
          "travis_time:end:0f:start=1,finish=2,duration=1\r\x1B[0KThe command \"rake\" exited with 1.\r\n" +
          fold("after_failure", "$ cat log\r\ntidying\r\n") + "\r\nDone. Your build exited with 1.\r\n",
      rules());
  for (const std::string_view text : {"worker", "cloning", "using"})
    EXPECT_EQ(part(log, text), LogPart::preparation) << text;
  for (const std::string_view text : {"bundling", "broken", "forged", "The command \"rake\" exited with 1."})
    EXPECT_EQ(part(log, text), LogPart::script) << text;
  for (const std::string_view text : {"tidying", "Done. Your build exited with 1."})
    EXPECT_EQ(part(log, text), LogPart::afterwards) << text;
}

TEST(LogParts, OfTravisKeepWhatCameAfterAnExitIfTheJobWasStopped) {
  const ReadLog log =
      read_log(fold("git.checkout", "x\r\n") +
                   "travis_time:start:0f\r\x1B[0K$ a\r\nThe command \"a\" exited with 0.\r\n"
                   "travis_time:start:1f\r\x1B[0K$ b\r\nstill going\r\n"
                   "The job exceeded the maximum time limit for jobs, and has been terminated.\r\n",
               rules());
  EXPECT_EQ(part(log, "still going"), LogPart::script);
  EXPECT_TRUE(log.last_words.starts_with("The job exceeded"));
}

TEST(LogParts, OfTravisCountAFailedPreparationAsScript) {
  const ReadLog log = read_log(
      "travis_fold:start:apt\r\x1B[0Ktravis_time:start:0f\r\x1B[0K$ sudo apt-get install x\r\nno such "
      "package\r\n"
      "The command \"sudo apt-get install x\" failed and exited with 100 during .\r\n\r\nYour build has been "
      "stopped.\r\n",
      rules());
  EXPECT_EQ(part(log, "no such package"), LogPart::script);
  EXPECT_EQ(log.exit_code, "100");
}

TEST(LogParts, FollowTheStepsOfGitHub) {
  const ReadLog log = read_log(
      "Current runner version: '2.3'\n##[group]Run actions/checkout@v4\ncloning\n##[endgroup]\n"
      "##[group]Run make\nPost job cleanup.\n##[group]Run make test\nbroken\n##[error]Process completed with "
      "exit code 2.\nPost job "
      "cleanup.\ntidying\n",
      rules());
  EXPECT_EQ(part(log, "cloning"), LogPart::preparation);
  EXPECT_EQ(part(log, "broken"), LogPart::script);
  EXPECT_EQ(part(log, "tidying"), LogPart::afterwards);
  EXPECT_EQ(log.exit_code, "2");
}

}  // namespace
}  // namespace runneriq::diagnosis
