#include "apps/runneriq/service_options.hpp"

#include "core/option_rows.hpp"

#include <algorithm>

namespace runneriq::app {
namespace {

constexpr std::size_t kLongestName = 255;

bool is_word(std::string_view text) {
  return !text.empty() && text.size() <= kLongestName &&
         std::none_of(text.begin(), text.end(), [](char c) { return c <= ' ' || c == '/' || c == 0x7f; });
}

Option words_row(Option option, std::vector<std::string>& words, std::string expected) {
  return list_row(std::move(option), words,
                  [&words, expected = std::move(expected)](std::string_view text) -> Result<void> {
                    if (!is_word(text)) return not_expected(text, expected);
                    words.emplace_back(text);
                    return {};
                  });
}

}  // namespace

Options option_rows(ServiceOptions& options) {
  return {
      words_row(row("service.users", "list of users",
                    "Who may ask over the service's Unix socket, beside root and the service's own user."),
                options.users, "the name or number of a user"),
      words_row(row("service.approvers", "list of users",
                    "Who may decide on approvals over that socket, beside root and the service's own user."),
                options.approvers, "the name or number of a user"),
      words_row(row("service.hosts", "list of names",
                    "Names by which callers over TCP reach the service, beside those of loopback."),
                options.hosts, "the name or address of a host"),
      path_row(row("service.tls_certificate", "absolute path",
                   "The certificate chain (PEM) of the service, read at its start; without one it listens on "
                   "loopback only."),
               options.tls_certificate),
      path_row(row("service.tls_key", "absolute path",
                   "The key of that certificate (PEM), read at the start, too; readable by its owner only."),
               options.tls_key),
  };
}

}  // namespace runneriq::app
