// TLS against a real server with certificates made here.
#include "tests/support/certificate.hpp"
#include "tests/support/http_fetch.hpp"
#include "tests/support/poll.hpp"
#include "tests/support/temporary_folder.hpp"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <signal.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <fstream>
#include <sstream>

namespace runneriq::platform {
namespace {

// `openssl s_server` for 127.0.0.1 on a free port; ends with the object.
class TlsServer {
 public:
  TlsServer(const std::string& folder, const std::string& certificate) : output_(folder + "/output") {
    ::unlink(output_.c_str());  // what a server before us said
    pid_ = ::fork();
    if (pid_ == 0) {
      const int output = ::open(output_.c_str(), O_WRONLY | O_CREAT | O_TRUNC, 0600);
      ::dup2(output, STDOUT_FILENO);
      ::dup2(output, STDERR_FILENO);
      const std::string cert = certificate + ".pem", key = certificate + ".key";
      ::execlp("openssl", "openssl", "s_server", "-accept", "127.0.0.1:0", "-www", "-cert", cert.c_str(),
               "-key", key.c_str(), nullptr);
      ::_exit(127);
    }
    (void)wait_until([this] { return !port().empty(); });
  }
  TlsServer(const TlsServer&) = delete;
  TlsServer& operator=(const TlsServer&) = delete;
  ~TlsServer() {
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
  }
  // "ACCEPT 127.0.0.1:40123"
  [[nodiscard]] std::string port() const {
    std::ostringstream text;
    text << std::ifstream(output_).rdbuf();
    const std::string told = text.str();
    const std::size_t line = told.find("ACCEPT "), end = told.find('\n', line);
    if (line == std::string::npos || end == std::string::npos) return {};
    const std::size_t colon = told.rfind(':', end);
    return told.substr(colon + 1, end - colon - 1);
  }

 private:
  std::string output_;
  pid_t pid_ = -1;
};

class Tls : public testing::Test {
 protected:
  void SetUp() override {
    ::unsetenv("https_proxy");
    ::unsetenv("all_proxy");
    if (!has_openssl_command()) GTEST_SKIP() << "no openssl command here";
    ASSERT_TRUE(make_certificate(in("right")));
    ASSERT_TRUE(make_certificate(in("wrong"), "DNS:elsewhere.example"));
  }
  [[nodiscard]] std::string in(const std::string& name) const { return folder.path() + "/" + name; }
  [[nodiscard]] Result<HttpReply> ask(const std::string& certificate, const std::string& ca_file,
                                      const std::string& host = "127.0.0.1") const {
    const TlsServer server(folder.path(), in(certificate));
    return fetch({.url = "https://" + host + ":" + server.port() + "/"}, {.ca_file = ca_file});
  }
  static std::string described(const Result<HttpReply>& outcome) {
    return outcome ? std::to_string(outcome->status) : outcome.error().message;
  }
  TemporaryFolder folder;
};

TEST_F(Tls, ASelfSignedCertificateIsRefused) {
  const auto outcome = ask("right", "");
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::permission) << outcome.error().message;
  EXPECT_NE(outcome.error().message.find("certificate"), std::string::npos) << outcome.error().message;
}

TEST_F(Tls, OneThatTheCaFileKnowsIsTaken) {
  const auto outcome = ask("right", in("right.pem"));
  ASSERT_TRUE(outcome) << described(outcome);
  EXPECT_EQ(outcome->status, 200);
}

TEST_F(Tls, OneForAnotherHostIsRefused) {
  for (const std::string& host : {std::string("127.0.0.1"), std::string("localhost")}) {
    const auto outcome = ask("wrong", in("wrong.pem"), host);
    ASSERT_FALSE(outcome) << host;
    EXPECT_EQ(outcome.error().code, Errc::permission) << outcome.error().message;
  }
}

TEST_F(Tls, OneFromAnotherAuthorityIsRefused) {
  const auto outcome = ask("right", in("wrong.pem"));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::permission) << outcome.error().message;
}

TEST_F(Tls, ACaFileWithoutACertificateIsTold) {
  std::ofstream(in("empty.pem")) << "no certificate\n";
  const auto outcome = ask("right", in("empty.pem"));
  ASSERT_FALSE(outcome);
  EXPECT_EQ(outcome.error().code, Errc::permission) << outcome.error().message;
}

TEST_F(Tls, APlainServerIsNotTalkedTo) {
  const TlsServer server(folder.path(), in("right"));
  const auto outcome = fetch({.url = "http://127.0.0.1:" + server.port() + "/"});
  ASSERT_FALSE(outcome) << described(outcome);
  EXPECT_EQ(outcome.error().code, Errc::unavailable) << outcome.error().message;
}

}  // namespace
}  // namespace runneriq::platform
