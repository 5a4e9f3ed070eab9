#include "diagnosis/rule_families.hpp"

#include <array>

namespace runneriq::diagnosis {
namespace {

constexpr auto kRules =
    std::to_array<Rule>(
        {
            {.id = "name-not-resolved",
             .pattern =
                 R"((?i)could not resolve (host|proxy)|temporary failure (in name resolution|resolving)|getaddrinfo (ENOTFOUND|EAI_AGAIN)|name or service not known|no such host|unable to resolve (host )?address|UnknownHostException|nodename nor servname|Name does not resolve|failed to lookup address|NameResolutionError|Could not resolve '[\w.-]+'|No address associated with hostname|server misbehaving)",
             .failure_class = FailureClass::network,
             .precedence = 78,
             .confidence = 0.88,
             .weight = 0.85,
             .why = "a name cannot be resolved",
             .suggestion = "Check the name and the runner's DNS, then retry the job.",
             .examples = {"curl: (6) Could not resolve host: example.com",
                          "dial tcp: lookup registry.example.com on 127.0.0.11:53: no such host",
                          "Error: getaddrinfo ENOTFOUND registry.example.com"}},
            {.id = "connection-reset",
             .pattern =
                 "(?i)connection (was )?(reset by (peer|the)|reset$|closed "
                 "(by|unexpectedly|abruptly|prematurely)|aborted|broken|forcibly closed)|ECONNRESET|socket "
                 "hang up|Remote (host|end) (closed|hung up)|RemoteDisconnected|unexpected EOF while "
                 "reading|Recv failure|Send failure|ProtocolError: |IncompleteRead|transfer closed "
                 "with|EPIPE",
             .failure_class = FailureClass::network,
             .precedence = 74,
             .confidence = 0.8,
             .weight = 0.8,
             .why = "a connection broke off",
             .suggestion = "Retry the job; if it stays, look at proxies and firewalls between the runner and "
                           "the server.",
             .examples = {"curl: (56) Recv failure: Connection reset by peer", "npm ERR! code ECONNRESET"}},
            {.id = "connection-refused",
             .pattern =
                 R"((?i)connection refused|ECONNREFUSED|Failed to connect to \S+ port \d+|actively refused|connect: no route to host|No route to host|Network is unreachable|ENETUNREACH|EHOSTUNREACH|NewConnectionError)",
             .failure_class = FailureClass::network,
             .precedence = 70,
             .confidence = 0.7,
             .weight = 0.75,
             .why = "a server refuses the connection or cannot be reached",
             .suggestion =
                 "Check address and port, and that the service runs and is ready before the job uses it.",
             .examples = {"curl: (7) Failed to connect to example.com port 443: Connection refused",
                          "Error: connect ECONNREFUSED 127.0.0.1:5432"}},
            {.id = "connection-timed-out",
             .pattern =
                 R"((?i)connection timed ?out|ETIMEDOUT|ESOCKETTIMEDOUT|i/o timeout|connect(ion)? timeout|operation timed out|ConnectTimeout|ReadTimeout|read timed out|SocketTimeoutException|net/http: (request canceled|TLS handshake timeout)|Timeout was reached|timed out (after|while) .*(connect|read|receiv|wait for response)|Client\.Timeout exceeded|context deadline exceeded \(Client)",
             .failure_class = FailureClass::network,
             .precedence = 75,
             .confidence = 0.82,
             .weight = 0.82,
             .why = "a connection took too long",
             .suggestion = "Retry the job; if it stays, look at proxies and firewalls between the runner and "
                           "the server.",
             .examples = {"dial tcp 192.0.2.1:443: i/o timeout",
                          "java.net.SocketTimeoutException: Read timed out"}},
            {.id = "tls-failed",
             .pattern =
                 "(?i)certificate (verify failed|has expired|is not trusted|signed by "
                 "unknown|required|problem)|x509: |SSL(Error|HandshakeException|PeerUnverified)|unable to "
                 "(get local issuer|verify the first) certificate|self[- ]signed certificate|SSL "
                 "(routines|certificate problem|connect error|_connect)|tls: (handshake|failed|bad)|server "
                 "certificate verification failed|CERT_HAS_EXPIRED|UNABLE_TO_(GET_ISSUER|VERIFY)|PKIX path "
                 "building failed|gnutls_handshake|TLS handshake|alert protocol version|wrong version number",
             .failure_class = FailureClass::network,
             .precedence = 76,
             .confidence = 0.85,
             .weight = 0.85,
             .why = "TLS cannot be agreed on, or a certificate is not trusted",
             .suggestion = "Renew the certificate, add its authority to the image, or update the image's CA "
                           "certificates.",
             .examples = {"curl: (60) SSL certificate problem: unable to get local issuer certificate",
                          "x509: certificate signed by unknown authority"}},
            {.id = "http-5xx",
             .pattern =
                 R"((?i)HTTP/1\.[01] 50[0234]\b|HTTP/2 50[0234]\b|HTTP:? 50[0234]\b|HTTP error:? 50[0234]\b|HTTP status:? 50[0234]\b|HTTP code:? 50[0234]\b|status code:? 50[0234]\b|response code:? 50[0234]\b|error code:? 50[0234]\b|returned error:? 50[0234]\b|50[0234]:? (Internal Server Error|Bad Gateway|Service (Temporarily )?Unavailable|Gateway Time-?out)|(Service Unavailable|Bad Gateway|Internal Server Error).\} 50[0234]\b|remote error: (Internal Server Error|.*unavailable))",
             .failure_class = FailureClass::network,
             .precedence = 74,
             .confidence = 0.8,
             .weight = 0.8,
             .why = "a server failed",
             .suggestion = "Retry the job; if it stays, look at that server's status.",
             .examples = {"curl: (22) The requested URL returned error: 502 Bad Gateway",
                          "503 Service Unavailable",
                          R"(error - Upload failed: {"message":"Service Unavailable"} 503)"}},
            {.id = "http-429",
             .pattern =
                 R"((?i)\b429:? Too Many Requests|The requested URL returned error: 429|status( code)?:? 429|API rate limit exceeded|rate limit(ed| exceeded| reached)|HTTPError: 429|secondary rate limit)",
             .failure_class = FailureClass::network,
             .precedence = 74,
             .confidence = 0.8,
             .weight = 0.82,
             .why = "a server is asked too often",
             .suggestion = "Give the job a token of its own, cache what it asks for, or ask less often.",
             .examples = {"curl: (22) The requested URL returned error: 429",
                          "API rate limit exceeded for 192.0.2.1."}},
            {.id = "download-404",
             .pattern =
                 R"(The requested URL returned error: 40[034]|ERROR 40[034]: |HTTP Error 40[034]|: 404 Not Found|Server returned HTTP response code: 40[034]|status( code)? 404|curl: \(22\))",
             .failure_class = FailureClass::network,
             .precedence = 58,
             .confidence = 0.55,
             .weight = 0.72,
             .why = "what is to be downloaded is not there",
             .suggestion = "Correct the address: the file has moved, or the version does not exist.",
             .examples = {"curl: (22) The requested URL returned error: 404 Not Found",
                          "2022-03-04 12:00:00 ERROR 404: Not Found."}},
            {.id = "download-broken",
             .pattern =
                 R"((?i)curl: \((5|18|28|35|52|55|56|92)\)|gzip: stdin: (not in gzip format|unexpected end of file)|tar: (Unexpected EOF|This does not look like a tar)|zip file is empty|End-of-central-directory signature not found|bzip2: .*(file ends|not a bzip2)|xz: .*(Unexpected end|File format not recognized)|unexpected end of (archive|file|JSON input)|premature end of|ZipException|ContentTooShort|truncated (gzip|download|file)|error in the HTTP2 framing layer)",
             .failure_class = FailureClass::network,
             .precedence = 64,
             .confidence = 0.68,
             .weight = 0.78,
             .why = "a download broke off or is not what was asked for",
             .suggestion =
                 "Retry the job; make curl fail on errors (--fail) so that a page of errors is not taken "
                 "for the file.",
             .examples = {"curl: (56) GnuTLS recv error (-54): Error in the pull function.",
                          "gzip: stdin: not in gzip format"}},
            {.id = "git-certificate",
             .pattern =
                 R"(fatal: unable to access '.*': (server certificate verification failed|SSL certificate problem|.*certificate))",
             .failure_class = FailureClass::network,
             .precedence = 79,
             .confidence = 0.88,
             .weight = 0.9,
             .why = "git does not trust the server's certificate",
             .suggestion =
                 "Renew the certificate, or give the runner its authority (tls-ca-file) and the image too.",
             .examples = {"fatal: unable to access 'https://gitlab.example.com/cart.git/': server "
                          "certificate verification failed. CAfile: none CRLfile: none"},
             .counterexamples = {"fatal: unable to access 'https://gitlab.example.com/cart.git/': The "
                                 "requested URL returned error: 502"}},
            {.id = "ssh-unreachable",
             .pattern = R"(ssh: connect to host \S+ port \d+: )",
             .failure_class = FailureClass::network,
             .precedence = 77,
             .confidence = 0.88,
             .weight = 0.88,
             .why = "a host does not answer over SSH",
             .suggestion = "Check that host's address and port, and that the runner may reach it.",
             .examples = {"ssh: connect to host web.example.com port 22: Connection timed out"}},
            {.id = "git-network",
             .pattern =
                 R"(fatal: (unable to access '|the remote end hung up|early EOF|index-pack failed|Could not read from remote repository|unable to connect to)|error: RPC failed; |fetch-pack: unexpected disconnect|kex_exchange_identification|Connection closed by remote host|unable to look up \S+ \(port)",
             .failure_class = FailureClass::network,
             .precedence = 77,
             .confidence = 0.88,
             .weight = 0.88,
             .why = "git cannot reach the server",
             .suggestion =
                 "Retry the job, with GET_SOURCES_ATTEMPTS set; if it stays, check address and network.",
             .examples = {"fatal: unable to access 'https://gitlab.example.com/cart.git/': The requested URL "
                          "returned error: 502",
                          "error: RPC failed; curl 18 transfer closed with outstanding read data remaining"}},
            {.id = "retries-used-up",
             .pattern = R"(Retry\(total=0, .*after connection broken by|Max retries exceeded with url)",
             .failure_class = FailureClass::network,
             .precedence = 84,
             .confidence = 0.85,
             .weight = 0.88,
             .why = "each try to connect failed",
             .suggestion = "Retry the job; if it stays, check the address, proxies and certificates from the "
                           "runner's host.",
             .examples =
                 {"WARNING: Retrying (Retry(total=0, connect=None, read=None, redirect=None, status=None)) "
                  "after connection broken by 'ProxyError('Cannot connect to proxy.')': /simple/cart/"},
             .counterexamples =
                 {"WARNING: Retrying (Retry(total=4, connect=None)) after connection broken by "
                  "'ReadTimeoutError': /simple/cart/"}},
            {.id = "proxy-failed",
             .pattern =
                 R"((?i)Proxy (Error|CONNECT aborted|tunneling failed|Authentication Required)|Received HTTP code \d+ from proxy|407 Proxy|ERR_PROXY|Unable to connect to proxy|Tunnel connection failed)",
             .failure_class = FailureClass::network,
             .precedence = 70,
             .confidence = 0.8,
             .weight = 0.8,
             .why = "the proxy refuses or fails",
             .suggestion = "Correct http_proxy, https_proxy and no_proxy of the job.",
             .examples = {"curl: (56) Received HTTP code 407 from proxy after CONNECT"}},
            {.id = "web-network-generic",
             .pattern =
                 R"((?i)couldn't establish HTTP connection|\bnetwork (error|failure|is down|timeout|connection (lost|error|problem))|There appears to be trouble with your network connection|net::ERR_\w+|Check your (internet|network)|Max retries exceeded with url|(failed|unable|couldn't|could not) (to )?(download|fetch|retrieve|connect to) (from )?https?://)",
             .failure_class = FailureClass::network,
             .precedence = 66,
             .confidence = 0.6,
             .weight = 0.6,
             .why = "the network failed",
             .examples = {"There appears to be trouble with your network connection. Retrying..."}},
        });

}  // namespace

std::span<const Rule> rules_network() {
  return kRules;
}

}  // namespace runneriq::diagnosis
