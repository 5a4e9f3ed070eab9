#include "platform/tls_context.hpp"

#include "core/printable.hpp"
#include "core/secret.hpp"
#include "platform/files.hpp"
#include "platform/unique_fd.hpp"

#include <fcntl.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <sys/stat.h>

#include <array>
#include <cerrno>
#include <string>
#include <string_view>

namespace runneriq::platform {
namespace {

namespace ssl = boost::asio::ssl;
using boost::system::error_code;

constexpr off_t kLargestKey = off_t{64} << 10;
constexpr std::string_view kHttp11("\x08http/1.1", 9);

// The key is judged and read through one descriptor, so that both concern the same file.
Result<Secret> private_content(const std::string& path) {
  const UniqueFd fd{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK)};
  if (!fd) return fail(system_error("cannot read the TLS key " + printable_path(path), errno));
  struct stat found {};
  if (::fstat(fd.get(), &found) != 0 || !S_ISREG(found.st_mode) || found.st_size > kLargestKey) {
    return fail(Errc::invalid_argument,
                "the TLS key " + printable_path(path) + " is no file of at most 64 KiB");
  }
  if ((found.st_mode & (S_IRWXO | S_IWGRP)) != 0) {
    return fail(Errc::permission,
                "the TLS key " + printable_path(path) +
                    " is open to other users: use chmod 0600 (or 0640 with a group of its own)");
  }
  std::string text(static_cast<std::size_t>(found.st_size), '\0');
  const ssize_t count = ::read(fd.get(), text.data(), text.size());
  if (count < 0) return fail(system_error("cannot read the TLS key " + printable_path(path), errno));
  text.resize(static_cast<std::size_t>(count));
  return Secret{std::move(text)};
}

// Takes HTTP/1.1 where the client offers a choice without it, there is no protocol to talk.
int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* length, const unsigned char* offered,
                    unsigned int offered_length, void*) {
  unsigned char* found = nullptr;
  const int outcome =
      ::SSL_select_next_proto(&found, length, reinterpret_cast<const unsigned char*>(kHttp11.data()),
                              static_cast<unsigned int>(kHttp11.size()), offered, offered_length);
  *chosen = found;
  return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

void set_policy(ssl::context& context) {
  ::SSL_CTX* const native = context.native_handle();
  ::SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  ::SSL_CTX_set_options(native,
                        SSL_OP_NO_RENEGOTIATION | SSL_OP_NO_COMPRESSION | SSL_OP_CIPHER_SERVER_PREFERENCE);
  ::SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);  // of connections that are idle
  ::SSL_CTX_set_alpn_select_cb(native, choose_protocol, nullptr);
}

tl::unexpected<Error> unusable(std::string_view what, const std::string& path, const error_code& error) {
  return fail(Errc::invalid_argument,
              "the TLS " + std::string(what) + " " + printable_path(path) +
                  " cannot be used: " + printable(error.message()) +
                  "; it has to be PEM, and key and certificate have to belong together");
}

}  // namespace

Result<std::shared_ptr<ssl::context>> make_tls_context(const TlsFiles& files) {
  auto key = private_content(files.key);
  if (!key) return fail(std::move(key.error()));
  if (!exists(files.certificate_chain)) {
    return fail(Errc::not_found, "there is no TLS certificate " + printable_path(files.certificate_chain));
  }
  try {
    auto context = std::make_shared<ssl::context>(ssl::context::tls_server);
    set_policy(*context);
    error_code error;
    // Otherwise OpenSSL asks for a password on the terminal.
    context->set_password_callback([](std::size_t, ssl::context::password_purpose) { return std::string(); },
                                   error);
    context->use_certificate_chain_file(files.certificate_chain, error);
    if (error) return unusable("certificate", files.certificate_chain, error);
    const std::string& pem = key->reveal();
    context->use_private_key(boost::asio::buffer(pem), ssl::context::pem, error);
    if (error) return unusable("key", files.key, error);
    return context;
  } catch (const std::exception& failure) {
    return fail(Errc::unavailable, std::string("cannot prepare TLS: ") + failure.what());
  }
}

}  // namespace runneriq::platform
