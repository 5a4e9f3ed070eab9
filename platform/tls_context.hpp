// What the server's TLS is made with.
#pragma once

#include "core/result.hpp"
#include "platform/http_listener.hpp"

#include <boost/asio/ssl/context.hpp>

#include <memory>

namespace runneriq::platform {

// TLS 1.2 and later, HTTP/1.1 only (ALPN). Error: permission (a key that others may read),
// invalid_argument (what the files hold), not_found, unavailable.
Result<std::shared_ptr<boost::asio::ssl::context>> make_tls_context(const TlsFiles& files);

}  // namespace runneriq::platform
