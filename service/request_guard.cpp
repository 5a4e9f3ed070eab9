#include "service/request_guard.hpp"

#include "core/lower_case.hpp"
#include "core/printable.hpp"
#include "platform/keyed_digest.hpp"
#include "service/exchange.hpp"

#include <algorithm>
#include <array>
#include <string_view>

namespace runneriq::service {
namespace {

using platform::ServedRequest;
using Kind = platform::ServedConnection::Kind;
using Verdict = std::optional<Refusal>;

constexpr std::array<std::string_view, 3> kLoopbackNames = {"localhost", "127.0.0.1", "[::1]"};
// Headers of which a second one could be read by us and the first by a proxy before us.
constexpr std::array<std::string_view, 4> kOnce = {"host", "authorization", "origin", "sec-fetch-site"};

bool is_unix(const ServedRequest& request) {
  return request.connection.kind == Kind::unix_socket;
}

bool has(const ServedRequest& request, std::string_view name) {
  return std::ranges::find(request.headers, name, &platform::HttpHeader::name) != request.headers.end();
}

Verdict check_form(const ServedRequest& request) {
  if (!request.target.starts_with('/')) {
    return Refusal{
        400, "the target " + quoted_text(request.target) + " does not begin with '/'; this is no proxy"};
  }
  for (const std::string_view name : kOnce) {
    if (std::ranges::count(request.headers, name, &platform::HttpHeader::name) > 1) {
      return Refusal{400, "the header " + std::string(name) + " was sent twice"};
    }
  }
  return {};
}

Verdict check_transport(const ServedRequest& request) {
  if (request.connection.kind != Kind::tcp || request.connection.loopback) return {};
  return Refusal{403, "a caller from another machine came without TLS; give the listener a certificate"};
}

// Without its port, a dot at its end and capitals; none when it is no authority.
std::optional<std::string> host_name(std::string_view authority) {
  const std::size_t bracket = authority.starts_with('[') ? authority.find(']') : 0;
  if (bracket == std::string_view::npos) return {};
  const std::size_t colon = std::min(authority.find(':', bracket), authority.size());
  const std::string_view port = authority.substr(std::min(colon + 1, authority.size()));
  if (port.find_first_not_of("0123456789") != std::string_view::npos) return {};
  std::string name = lower_case(authority.substr(0, colon));
  if (bracket == 0 && name.ends_with('.')) name.pop_back();
  return name;
}

bool is_own_name(std::string_view name, const GuardRules& rules) {
  if (std::ranges::find(kLoopbackNames, name) != kLoopbackNames.end()) return true;
  return std::ranges::any_of(rules.hosts, [&](const std::string& each) { return lower_case(each) == name; });
}

Verdict check_host(const ServedRequest& request, RouteAccess access, const GuardRules& rules) {
  if (is_unix(request) || access == RouteAccess::own_secret) return {};
  const std::string_view host = request.header("host");
  if (host.empty()) return Refusal{400, "a request over TCP needs a Host header"};
  const auto name = host_name(host);
  if (name && is_own_name(*name, rules)) return {};
  return Refusal{
      403, "the host " + quoted_text(host) + " is none of this service's names; add it to them if it is"};
}

// Of a page of this very service; what comes over a Unix socket is from no page at all.
bool is_own_origin(const ServedRequest& request, std::string_view origin) {
  if (is_unix(request)) return false;
  const std::string scheme = request.connection.kind == Kind::tls ? "https://" : "http://";
  return lower_case(origin) == scheme + lower_case(request.header("host"));
}

Verdict check_page(const ServedRequest& request) {
  const std::string_view origin = request.header("origin"), site = request.header("sec-fetch-site");
  if (has(request, "origin") && !is_own_origin(request, origin)) {
    return Refusal{403,
                   "a page of " + quoted_text(origin) + " sent the request; only pages of this service may"};
  }
  if (has(request, "sec-fetch-site") && site != "same-origin" && site != "none") {
    return Refusal{403, "a browser sent the request for a page of another site (" + quoted_text(site) + ")"};
  }
  return {};
}

Verdict check_peer(const ServedRequest& request, const GuardRules& rules) {
  const auto& peer = request.connection.peer;
  if (!peer) return Refusal{403, "the system does not say who connected to the Unix socket"};
  const auto among = [](const std::vector<std::uint32_t>& list, std::uint32_t id) {
    return std::ranges::find(list, id) != list.end();
  };
  const bool in_group = among(rules.gids, peer->gid) ||
                        std::ranges::any_of(peer->groups, [&](auto gid) { return among(rules.gids, gid); });
  if (peer->uid == 0 || among(rules.uids, peer->uid) || in_group) return {};
  return Refusal{403, "the user " + std::to_string(peer->uid) + " (group " + std::to_string(peer->gid) +
                          ") may not call; allow the user or a group of theirs"};
}

Verdict check_approver(const ServedRequest& request, const GuardRules& rules) {
  if (!is_unix(request)) {
    return Refusal{403,
                   "approvals are given on the service's own host only: over its Unix socket, or by "
                   "`runneriq approve`"};
  }
  const auto& peer = request.connection.peer;
  if (!peer) return Refusal{403, "the system does not say who connected to the Unix socket"};
  if (peer->uid == 0 || std::ranges::find(rules.approvers, peer->uid) != rules.approvers.end()) return {};
  return Refusal{403, "the user " + std::to_string(peer->uid) +
                          " may not approve; name the user in "
                          "service.approvers"};
}

Verdict check_bearer(const ServedRequest& request, const GuardRules& rules) {
  constexpr std::string_view kScheme = "bearer ";
  if (rules.bearer.empty()) return Refusal{401, "no bearer token is configured, so nobody may call over TCP"};
  const std::string_view sent = request.header("authorization");
  const bool bearer = lower_case(sent.substr(0, kScheme.size())) == kScheme;
  if (!bearer) return Refusal{401, "the request has no bearer token: send 'Authorization: Bearer TOKEN'"};
  if (platform::same_in_constant_time(sent.substr(kScheme.size()), rules.bearer.reveal())) return {};
  return Refusal{401, "the bearer token is not the one of this service"};
}

Verdict check_caller(const ServedRequest& request, RouteAccess access, const GuardRules& rules) {
  if (access == RouteAccess::approver) return check_approver(request, rules);
  if (access != RouteAccess::caller) return {};
  return is_unix(request) ? check_peer(request, rules) : check_bearer(request, rules);
}

}  // namespace

std::optional<Refusal> refusal_of(const ServedRequest& request, RouteAccess access, const GuardRules& rules) {
  if (auto refusal = check_form(request)) return refusal;
  if (auto refusal = check_transport(request)) return refusal;
  if (auto refusal = check_host(request, access, rules)) return refusal;
  if (auto refusal = check_page(request)) return refusal;
  return check_caller(request, access, rules);
}

platform::ServedReply reply_to(const Refusal& refusal) {
  const bool bad_form = refusal.status == 400;
  auto reply = error_reply(refusal.status, bad_form ? "invalid_argument" : "refused",
                           "refused: the service's log says why (event request_refused, level debug)");
  if (refusal.status == 401) reply.headers.push_back({"WWW-Authenticate", "Bearer"});
  return reply;
}

}  // namespace runneriq::service
