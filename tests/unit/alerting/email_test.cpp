#include "alerting/email/email.hpp"

#include "alerting/email/mail_format.hpp"
#include "core/utf8.hpp"
#include "platform/base64.hpp"
#include "tests/support/notification_maker.hpp"

#include <gtest/gtest.h>

#include <algorithm>

namespace runneriq::alerting {
namespace {

using testing_support::entry_of;
using testing_support::hostile_texts;
using testing_support::lint_event;
using testing_support::notification_of;
using testing_support::one_firing;

Mail mail_of(const Notification& notification, std::string_view to = "anna@example.com") {
  const auto email = Email::make("runneriq@example.com", to);
  EXPECT_TRUE(email) << email.error().message;
  return std::get<Mail>(email->call(notification, {}));
}

std::string head_of(const Mail& mail) {
  return mail.text.substr(0, mail.text.find("\r\n\r\n") + 2);
}
std::string body_of(const Mail& mail) {
  return mail.text.substr(mail.text.find("\r\n\r\n") + 4);
}
std::string unfolded(std::string text) {
  for (std::size_t at = text.find("\r\n "); at != std::string::npos; at = text.find("\r\n ", at))
    text.erase(at, 2);
  return text;
}
std::string value_of(const Mail& mail, const std::string& name) {
  const std::string head = "\r\n" + unfolded(head_of(mail));
  const std::size_t at = head.find("\r\n" + name + ": ");
  if (at == std::string::npos) return "(none)";
  const std::size_t start = at + name.size() + 4;
  return head.substr(start, head.find("\r\n", start) - start);
}

// What a reader sees of a header value (RFC 2047), blanks between encoded words left out.
std::string decoded(std::string value) {
  constexpr std::string_view kStart = "=?utf-8?B?";
  if (!value.starts_with(kStart)) return value;
  std::string text;
  for (std::size_t at = value.find(kStart); at != std::string::npos; at = value.find(kStart, at)) {
    at += kStart.size();
    const auto bytes = platform::from_base64(value.substr(at, value.find("?=", at) - at));
    EXPECT_TRUE(bytes) << value;
    EXPECT_TRUE(is_utf8(bytes.value_or(""))) << "a character is split over two words: " << value;
    text += bytes.value_or("");
  }
  return text;
}

std::string unquoted(std::string_view body) {
  std::string text;
  for (std::size_t at = 0; at < body.size(); ++at) {
    if (body[at] == '=' && body.substr(at + 1, 2) == "\r\n") {
      at += 2;
    } else if (body[at] == '=') {
      text += static_cast<char>(std::stoi(std::string(body.substr(at + 1, 2)), nullptr, 16));
      at += 2;
    } else if (body[at] != '\r') {
      text += body[at];
    }
  }
  return text;
}

void expect_lines_in_order(std::string_view text, std::size_t longest) {
  while (!text.empty()) {
    const std::size_t end = text.find("\r\n");
    ASSERT_NE(end, std::string_view::npos) << "a line without its end: " << text;
    const std::string_view line = text.substr(0, end);
    EXPECT_EQ(line.find_first_of("\r\n"), std::string_view::npos) << line;
    EXPECT_LE(line.size(), longest) << line;
    EXPECT_TRUE(std::ranges::all_of(line, [](char c) { return (c >= ' ' && c < '\x7f') || c == '\t'; }))
        << line;
    text.remove_prefix(end + 2);
  }
}

TEST(AMail, SaysWhoWhatAndWhen) {
  const Mail mail = mail_of(one_firing(), "anna@example.com, ben@example.com");
  EXPECT_EQ(mail.from, "runneriq@example.com");
  EXPECT_EQ(mail.to, (std::vector<std::string>{"anna@example.com", "ben@example.com"}));
  EXPECT_EQ(value_of(mail, "From"), "runneriq@example.com");
  EXPECT_EQ(value_of(mail, "To"), "anna@example.com, ben@example.com");
  EXPECT_EQ(value_of(mail, "Date"), "Fri, 02 Jan 2026 03:00:00 +0000");
  EXPECT_EQ(value_of(mail, "Auto-Submitted"), "auto-generated");
  EXPECT_EQ(value_of(mail, "X-RunnerIQ-Group"), "00112233445566aa");
  EXPECT_EQ(value_of(mail, "X-RunnerIQ-Severity"), "error");
  EXPECT_EQ(value_of(mail, "Content-Type"), "text/plain; charset=utf-8");
  EXPECT_EQ(value_of(mail, "Content-Transfer-Encoding"), "quoted-printable");
  EXPECT_NE(decoded(value_of(mail, "Subject")).find("lint"), std::string::npos);
  EXPECT_NE(unquoted(body_of(mail)).find("E501 line too long"), std::string::npos);
}

TEST(AMail, IsTheSameWhenItIsSentAgain) {
  const auto email = Email::make("runneriq@example.com", "anna@example.com");
  ASSERT_TRUE(email);
  const DeliveryContext later{.now = testing_support::kThreeAtNight + std::chrono::hours{1}, .attempt = 4};
  EXPECT_EQ(std::get<Mail>(email->call(one_firing(), {})).text,
            std::get<Mail>(email->call(one_firing(), later)).text);
}

TEST(AMail, StandsInTheThreadOfItsGroup) {
  Notification first = one_firing(), second = testing_support::one_resolved(), other = one_firing();
  second.id = "n2";
  other.group = "ffff";
  EXPECT_EQ(value_of(mail_of(first), "Message-ID"), "<message.n1@example.com>");
  EXPECT_EQ(value_of(mail_of(second), "Message-ID"), "<message.n2@example.com>");
  EXPECT_EQ(value_of(mail_of(first), "References"), "<group.00112233445566aa@example.com>");
  EXPECT_EQ(value_of(mail_of(first), "References"), value_of(mail_of(second), "References"));
  EXPECT_EQ(value_of(mail_of(first), "References"), value_of(mail_of(first), "In-Reply-To"));
  EXPECT_NE(value_of(mail_of(first), "References"), value_of(mail_of(other), "References"));
}

TEST(AMail, NoNameGetsOutOfItsPlace) {
  const std::string names = unfolded(head_of(mail_of(one_firing())));
  const auto headers = std::ranges::count(names, '\n');
  for (const std::string& text : hostile_texts()) {
    SCOPED_TRACE(text.substr(0, 60));
    Event event = lint_event(text);
    event.name = event.project = event.user = event.failure_reason = text;
    AlertEntry entry = entry_of(event);
    entry.headline = text;
    Notification notification = notification_of({entry});
    notification.group = notification.group_words = notification.id = text;
    const Mail mail = mail_of(notification);
    EXPECT_EQ(std::ranges::count(unfolded(head_of(mail)), '\n'), headers);
    expect_lines_in_order(head_of(mail), 998);
    expect_lines_in_order(body_of(mail), 76);
    EXPECT_TRUE(is_utf8(unquoted(body_of(mail))));
    EXPECT_TRUE(is_utf8(decoded(value_of(mail, "Subject"))));
    EXPECT_EQ(value_of(mail, "X-Evil"), "(none)");
  }
}

struct HeaderCase {
  std::string value;
  std::string written;
};

TEST(AHeader, IsWrittenAsItsRulesWant) {
  const std::string forty(40, 'x');
  for (const HeaderCase& each : {
           HeaderCase{"plain words", "S: plain words\r\n"},
           HeaderCase{"a\r\nBcc: b@c.d", "S: a\\x0d\\nBcc: b@c.d\r\n"},
           HeaderCase{forty + " " + forty, "S: " + forty + "\r\n " + forty + "\r\n"},
           HeaderCase{"=?utf-8?B?QQ==?=", "S: =?utf-8?B?PT91dGYtOD9CP1FRPT0/PQ==?=\r\n"},
           HeaderCase{"grün", "S: =?utf-8?B?Z3LDvG4=?=\r\n"},
       }) {
    EXPECT_EQ(header("S", each.value), each.written);
  }
}

TEST(AHeader, EncodedWordsAreShortAndHoldWholeCharacters) {
  std::string fires;
  for (int each = 0; each < 50; ++each) fires += "\xF0\x9F\x94\xA5z";
  for (const std::string& name : {std::string("S"), std::string("X-A-Rather-Long-Name-Of-A-Header")}) {
    const std::string written = header(name, fires);
    expect_lines_in_order(written, 76);
    EXPECT_EQ(decoded(unfolded(written).substr(name.size() + 2)), fires);
  }
}

TEST(AMailDate, IsOfRfc5322) {
  EXPECT_EQ(mail_date(*parse_time("2024-02-29T23:59:59.999Z")), "Thu, 29 Feb 2024 23:59:59 +0000");
  EXPECT_EQ(mail_date(*parse_time("1969-12-31T23:59:58.500Z")), "Wed, 31 Dec 1969 23:59:58 +0000");
}

TEST(QuotedPrintable, IsReadBackAndStaysWithinItsLines) {
  for (const std::string& text :
       {std::string(""), std::string("plain\n"), std::string("a=b \n\tend "), std::string(200, 'x'),
        std::string(200, '='), std::string("gr\xC3\xBCn \xF0\x9F\x94\xA5"), std::string(".\n..\n"),
        std::string(75, 'x') + " ", std::string("\r\n")}) {
    SCOPED_TRACE(text);
    const std::string quoted = quoted_printable(text);
    expect_lines_in_order(quoted, 76);
    std::string back = unquoted(quoted);
    if (!text.ends_with('\n') && !text.empty()) back.pop_back();
    EXPECT_EQ(back, text);
    EXPECT_EQ(quoted.find(" \r\n"), std::string::npos) << "a blank at the end of a line gets lost";
  }
}

TEST(AnEmailReceiver, RefusesWhatIsNoAddress) {
  for (const std::string bad :
       {"", " , ", "anna", "@example.com", "anna@", "a@b@c", "anna@example.com\r\nRCPT TO:<x@y.z>",
        "Anna <anna@example.com>", "a b@c.d", "gr\xC3\xBCn@example.com", "a;b@c.d", "\"a\"@b.c"}) {
    SCOPED_TRACE(bad);
    const auto to = Email::make("runneriq@example.com", bad);
    ASSERT_FALSE(to);
    EXPECT_EQ(to.error().code, Errc::invalid_argument);
    EXPECT_FALSE(Email::make(bad, "anna@example.com"));
  }
  std::string many;
  for (int each = 0; each < 51; ++each) many += "a" + std::to_string(each) + "@b.c,";
  EXPECT_FALSE(Email::make("runneriq@example.com", many));
}

}  // namespace
}  // namespace runneriq::alerting
