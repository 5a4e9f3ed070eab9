#include "alerting/named_rows.hpp"
#include "core/named_rows.hpp"
#include "core/option_rows.hpp"

#include <algorithm>
#include <array>
#include <limits>

namespace runneriq::alerting {
namespace {

constexpr std::size_t kLongestWords = 1000;
constexpr std::array kTypes{
    Word<ReceiverType>{"log", ReceiverType::log},
    Word<ReceiverType>{"slack", ReceiverType::slack},
    Word<ReceiverType>{"pagerduty", ReceiverType::pagerduty},
    Word<ReceiverType>{"teams", ReceiverType::teams},
    Word<ReceiverType>{"discord", ReceiverType::discord},
    Word<ReceiverType>{"email", ReceiverType::email},
    Word<ReceiverType>{"webhook", ReceiverType::webhook},
    Word<ReceiverType>{"gitlab", ReceiverType::gitlab},
    Word<ReceiverType>{"alertmanager", ReceiverType::alertmanager},
};
constexpr std::array<std::string_view, 4> kSchemes{"https://", "http://", "smtp://", "smtps://"};

bool is_control(char c) {
  const auto byte = static_cast<unsigned char>(c);
  return byte < 0x20 || byte == 0x7F;
}

Result<ReceiverType> parse_type(std::string_view text) {
  const auto* const found = std::ranges::find(kTypes, text, &Word<ReceiverType>::word);
  if (found != kTypes.end()) return found->value;
  return not_expected(text,
                      "a type: write log, slack, pagerduty, teams, discord, email, webhook, gitlab or "
                      "alertmanager");
}

bool is_plain(char c) {
  return !is_control(c) && c != ' ' && std::string_view("\"'<>\\^`{|}").find(c) == std::string_view::npos;
}

// The bad text is not shown: it may hold a password.
Result<std::string> parse_url(std::string_view text) {
  const auto* const scheme =
      std::ranges::find_if(kSchemes, [&](std::string_view known) { return text.starts_with(known); });
  const bool plain = text.size() <= kLongestWords && std::ranges::all_of(text, is_plain);
  if (scheme != kSchemes.end() && plain && text.find('@') == std::string_view::npos) {
    const std::string_view host = text.substr(scheme->size());
    if (!host.empty() && !host.starts_with('/') && !host.starts_with(':')) return std::string(text);
  }
  return fail(Errc::invalid_argument,
              "this is no address: write it like https://alerts.example.com or smtp://mail.example.com:587, "
              "without user and password");
}

Result<std::string> parse_note_on(std::string_view text) {
  const bool is_iid = text != "0" && parse_whole(text, 1, std::numeric_limits<int>::max()).has_value();
  if (text == "issue" || is_iid) return std::string(text);
  return not_expected(text, "`issue`, or the number of an issue of the project");
}

}  // namespace

std::string_view to_text(ReceiverType type) {
  return word_of(kTypes, type);
}

Result<std::string> parse_words(std::string_view text) {
  if (text.size() <= kLongestWords && std::ranges::none_of(text, is_control)) return std::string(text);
  return not_expected(text, "plain: write at most 1,000 bytes without control characters");
}

Options receiver_rows(std::vector<ReceiverOptions>& receivers) {
  const std::string under = "alerting.receivers.*.";
  return {
      field_row(row(under + "type",
                    "log | slack | pagerduty | teams | discord | email | webhook | gitlab | alertmanager",
                    "For a receiver of that name: who it is. Its secret is RUNNERIQ_RECEIVER_<NAME>, or the "
                    "credential receiver-<name>."),
                receivers, &ReceiverOptions::type, parse_type,
                [](ReceiverType type) { return std::string(to_text(type)); }),
      field_row(row(under + "url", "address",
                    "For a receiver of that name: its address, where that is no secret; of mail smtp:// or "
                    "smtps://."),
                receivers, &ReceiverOptions::url, parse_url),
      field_row(row(under + "to", "text",
                    "For a receiver of that name: a channel, a project, or mail addresses with commas "
                    "between them."),
                receivers, &ReceiverOptions::to, parse_words),
      field_row(row(under + "from", "mail address", "For a receiver of that name: who mail is from."),
                receivers, &ReceiverOptions::from, parse_words),
      field_row(
          row(under + "user", "user name",
              "For a receiver of that name: who signs in to the mail server; its secret is the password."),
          receivers, &ReceiverOptions::user, parse_words),
      field_row(row(under + "note_on", "issue | number of an issue",
                    "For a GitLab receiver of that name: an issue for each group, or notes on that issue."),
                receivers, &ReceiverOptions::note_on, parse_note_on),
      switch_field_row(row(under + "send_resolved", "true | false",
                           "For a receiver of that name: whether it is told when a job is green again."),
                       receivers, &ReceiverOptions::send_resolved),
  };
}

}  // namespace runneriq::alerting
