// Who may call what. A pure decision on what the system vouches for and on the request's head.
#pragma once

#include "core/secret.hpp"
#include "platform/http_server.hpp"

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

namespace runneriq::service {

struct GuardRules {
  // Who may call over a Unix socket, beside root: by user, or by a group of theirs. The service's own user
  // has to be named, too.
  std::vector<std::uint32_t> uids{};
  std::vector<std::uint32_t> gids{};
  // Who may decide on approvals, beside root: over a Unix socket only. What executors run as is not among
  // them.
  std::vector<std::uint32_t> approvers{};
  Secret bearer{};                   // what callers over TCP must show; none = they are refused
  std::vector<std::string> hosts{};  // names and addresses ("[::2]") of this service beside loopback's
};

enum class RouteAccess {
  caller,      // the rules' users on a Unix socket; over TCP the bearer token
  own_secret,  // the route has its callers prove themselves: webhooks
  approver,    // decides what a person has to: the rules' approvers on a Unix socket
  open,        // says nothing that matters: probes of health
};

struct Refusal {
  int status = 403;
  std::string reason;  // a sentence for the log with the remedy; may show what was sent, printable
};

// Why `request` is not served; none when it may go on. Beside the access:
// - TCP without TLS is for loopback addresses only,
// - over TCP the Host has to be loopback's or one of the rules' (DNS rebinding), but for own_secret,
// - a browser may come from a page of this service only (Origin, Sec-Fetch-Site).
std::optional<Refusal> refusal_of(const platform::ServedRequest& request, RouteAccess access,
                                  const GuardRules& rules);

// What a refused caller is told: no reason.
platform::ServedReply reply_to(const Refusal& refusal);

}  // namespace runneriq::service
