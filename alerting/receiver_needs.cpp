#include "alerting/receiver_needs.hpp"

#include "core/printable.hpp"
#include "core/trimmed.hpp"

#include <algorithm>
#include <initializer_list>
#include <optional>
#include <string_view>
#include <utility>

namespace runneriq::alerting {
namespace {

constexpr std::string_view kMailAddresses = "mail addresses, like ops@example.com";
constexpr std::string_view kNotInAnAddress = " <>()[]\\,;:\"";

// "anna@example.com": enough to be told from what is none; mail servers know the rest.
bool is_mail_address(std::string_view text) {
  const std::size_t at = text.find('@');
  return at != std::string_view::npos && at != 0 && at + 1 < text.size() && at == text.rfind('@') &&
         text.find_first_of(kNotInAnAddress) == std::string_view::npos;
}

// The first of them that is none.
std::optional<std::string_view> bad_address(std::string_view list) {
  while (true) {
    const std::size_t end = std::min(list.find(','), list.size());
    const std::string_view address = trimmed(list.substr(0, end));
    if (!is_mail_address(address)) return address;
    if (end == list.size()) return std::nullopt;
    list.remove_prefix(end + 1);
  }
}

std::string for_variable(std::string name) {
  std::ranges::replace(name, '-', '_');
  return name;
}

class Needs {
 public:
  explicit Needs(const ReceiverOptions& receiver) : receiver_(receiver) {}

  std::vector<std::string> all() && {
    switch (receiver_.type) {
      case ReceiverType::email:
        of_email();
        break;
      case ReceiverType::webhook:
      case ReceiverType::alertmanager:
        address({"https://", "http://"}, "https://alerts.example.com");
        break;
      case ReceiverType::gitlab:
        text("to", receiver_.to, "the project, by id or full path");
        text("note_on", receiver_.note_on, "`issue`, or the number of an issue");
        break;
      case ReceiverType::log:
      case ReceiverType::slack:
      case ReceiverType::pagerduty:
      case ReceiverType::teams:
      case ReceiverType::discord:
        break;
    }
    return std::move(found_);
  }

 private:
  [[nodiscard]] std::string key(std::string_view field) const {
    return "alerting.receivers." + receiver_.name + "." + std::string(field);
  }

  void of_email() {
    address({"smtp://", "smtps://"}, "smtp://mail.example.com:587");
    if (text("to", receiver_.to, kMailAddresses)) right_mail("to", bad_address(receiver_.to));
    if (!text("from", receiver_.from, kMailAddresses) || is_mail_address(receiver_.from)) return;
    right_mail("from", receiver_.from);
  }

  bool text(std::string_view field, std::string_view value, std::string_view expected) {
    if (!value.empty()) return true;
    found_.push_back(key(field) + " is missing: a receiver of type " + std::string(to_text(receiver_.type)) +
                     " needs " + std::string(expected));
    return false;
  }

  void address(std::initializer_list<std::string_view> schemes, const std::string& like) {
    const std::string& url = receiver_.url;
    if (!text("url", url, "its address, like " + like)) return;
    if (std::ranges::any_of(schemes, [&](std::string_view scheme) { return url.starts_with(scheme); }))
      return;
    found_.push_back(key("url") + " " + quoted_text(url) + " is no address for a receiver of type " +
                     std::string(to_text(receiver_.type)) + ": write it like " + like);
  }

  void right_mail(std::string_view field, std::optional<std::string_view> bad) {
    if (!bad) return;
    found_.push_back(key(field) + " holds " + quoted_text(*bad) +
                     ", which is no mail address: write it like ops@example.com");
  }

  const ReceiverOptions& receiver_;
  std::vector<std::string> found_;
};

}  // namespace

std::vector<std::string> receiver_complaints(const std::vector<ReceiverOptions>& receivers) {
  std::vector<std::string> found;
  for (auto receiver = receivers.begin(); receiver != receivers.end(); ++receiver) {
    for (std::string& lack : Needs{*receiver}.all()) found.push_back(std::move(lack));
    const auto same = std::find_if(receivers.begin(), receiver, [&](const ReceiverOptions& before) {
      return for_variable(before.name) == for_variable(receiver->name);
    });
    if (same == receiver) continue;
    found.push_back("alerting.receivers." + receiver->name + " would share the variable of its secret with " +
                    same->name + ": rename one of them");
  }
  return found;
}

}  // namespace runneriq::alerting
