// Certificates made with the openssl command.
#pragma once

#include <cstdlib>
#include <string>

namespace runneriq {

inline bool has_openssl_command() {
  return std::system("openssl version > /dev/null 2>&1") == 0;
}

// `path`.pem, signed by itself for 127.0.0.1, and `path`.key (mode 0600); `names` as subjectAltName has them.
[[nodiscard]] inline bool make_certificate(const std::string& path,
                                           const std::string& names = "IP:127.0.0.1") {
  const std::string made =
      "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=runneriq-test "
      "-days 2 "
      "-keyout " +
      path + ".key -out " + path + ".pem -addext subjectAltName=" + names + " 2> /dev/null";
  return std::system(made.c_str()) == 0;
}

}  // namespace runneriq
