#include "apps/runneriq/receiver_parts.hpp"

#include "alerting/alertmanager/alertmanager.hpp"
#include "alerting/discord/discord.hpp"
#include "alerting/email/email.hpp"
#include "alerting/gitlab_issue/gitlab_issue.hpp"
#include "alerting/http/log_courier.hpp"
#include "alerting/http/receiver_courier.hpp"
#include "alerting/pagerduty/pagerduty.hpp"
#include "alerting/slack/slack.hpp"
#include "alerting/teams/teams.hpp"
#include "alerting/webhook/webhook.hpp"
#include "core/version.hpp"
#include "platform/http_client.hpp"
#include "platform/mail_client.hpp"
#include "platform/system_waiter.hpp"

#include <algorithm>
#include <utility>

namespace runneriq::app {
namespace {

using alerting::Courier;
using alerting::ReceiverOptions;
using alerting::ReceiverType;
using MadeReceiver = Result<std::unique_ptr<const alerting::Receiver>>;

// A courier with the connections that it uses.
class Connected final : public Courier {
 public:
  Connected(const ReceiverOptions& options, std::unique_ptr<const alerting::Receiver> receiver,
            std::unique_ptr<platform::HttpClient> web, std::unique_ptr<platform::MailClient> mail)
      : send_resolved_(options.send_resolved),
        web_(std::move(web)),
        mail_(std::move(mail)),
        courier_(std::move(receiver),
                 {.web = web_.get(), .mail = mail_.get(), .clock = platform::wall_clock}) {}

  std::string_view type() const override { return courier_.type(); }
  Duration pace() const override { return courier_.pace(); }
  alerting::DeliveryReply bring(const alerting::Notification& notification,
                                const alerting::DeliveryContext& context, Duration limit) override {
    if (!send_resolved_ && notification.reason == alerting::Reason::resolved) return {};
    return courier_.bring(notification, context, limit);
  }

 private:
  bool send_resolved_;
  std::unique_ptr<platform::HttpClient> web_;
  std::unique_ptr<platform::MailClient> mail_;
  alerting::ReceiverCourier courier_;
};

template <class Made>
MadeReceiver as_receiver(Result<Made> made) {
  if (!made) return fail(std::move(made.error()));
  return std::make_unique<const Made>(*std::move(made));
}

template <class Made, class Given>
MadeReceiver checked(Given settings) {
  if (auto right = check(settings); !right) return fail(std::move(right.error()));
  return std::make_unique<const Made>(std::move(settings));
}

MadeReceiver make_webhook(const ReceiverOptions& options, const Secret& secret) {
  if (!options.url.empty()) return as_receiver(alerting::Webhook::make(options.url, secret));
  return as_receiver(alerting::Webhook::make(secret.reveal(), Secret{}));
}

MadeReceiver make_pagerduty(const ReceiverOptions& options, Secret secret) {
  alerting::PagerDutySettings settings{.secret = std::move(secret)};
  if (!options.url.empty()) settings.url = options.url;
  return checked<alerting::PagerDuty>(std::move(settings));
}

MadeReceiver make_slack(const ReceiverOptions& options, Secret secret) {
  alerting::SlackSettings settings{.secret = std::move(secret), .channel = options.to};
  if (!options.url.empty()) settings.api = options.url;
  return checked<alerting::Slack>(std::move(settings));
}

std::string gitlab_of(const ReceiverOptions& options, const Settings& settings) {
  return options.url.empty() ? settings.gitlab.fleet.url : options.url;
}

MadeReceiver make_receiver(const ReceiverOptions& options, Secret secret, const Settings& settings) {
  switch (options.type) {
    case ReceiverType::slack:
      return make_slack(options, std::move(secret));
    case ReceiverType::pagerduty:
      return make_pagerduty(options, std::move(secret));
    case ReceiverType::teams:
      return checked<alerting::Teams>(alerting::TeamsSettings{std::move(secret)});
    case ReceiverType::discord:
      return checked<alerting::Discord>(alerting::DiscordSettings{std::move(secret)});
    case ReceiverType::email:
      return as_receiver(alerting::Email::make(options.from, options.to));
    case ReceiverType::webhook:
      return make_webhook(options, secret);
    case ReceiverType::gitlab:
      return as_receiver(alerting::GitlabIssue::make(gitlab_of(options, settings), options.to,
                                                     options.note_on, std::move(secret)));
    case ReceiverType::alertmanager:
      return std::make_unique<const alerting::Alertmanager>(options.url, std::move(secret));
    case ReceiverType::log:
      break;
  }
  return fail(Errc::invalid_argument, "a receiver of type log is no call");
}

Result<std::unique_ptr<platform::MailClient>> mail_client(const ReceiverOptions& options, Secret secret,
                                                          int stop_fd) {
  if (options.type != ReceiverType::email) return std::unique_ptr<platform::MailClient>{};
  auto made = platform::MailClient::make({.url = options.url,
                                          .user = options.user,
                                          .password = std::move(secret),
                                          .ca_file = {},
                                          .stop_fd = stop_fd});
  if (!made) return fail(std::move(made.error()));
  return std::make_unique<platform::MailClient>(*std::move(made));
}

// The fleet's own GitLab may have a certificate of its own authority.
std::string ca_file_of(const ReceiverOptions& options, const Settings& settings) {
  return options.type == ReceiverType::gitlab ? settings.gitlab.fleet.ca_file : "";
}

Result<std::unique_ptr<Courier>> connect(const ReceiverOptions& options, Secret secret,
                                         const CourierParts& parts) {
  auto receiver = make_receiver(options, secret, *parts.settings);
  if (!receiver) return fail(std::move(receiver.error()));
  auto mail = mail_client(options, std::move(secret), parts.stop_fd);
  if (!mail) return fail(std::move(mail.error()));
  auto web = platform::HttpClient::make({.ca_file = ca_file_of(options, *parts.settings),
                                         .user_agent = "runneriq/" RUNNERIQ_VERSION,
                                         .stop_fd = parts.stop_fd});
  if (!web) return fail(std::move(web.error()));
  return std::make_unique<Connected>(options, *std::move(receiver), *std::move(web), *std::move(mail));
}

}  // namespace

std::vector<ReceiverOptions> receivers_of(const alerting::AlertingOptions& options) {
  std::vector<ReceiverOptions> all = options.receivers;
  const bool known = std::ranges::any_of(
      all, [&](const ReceiverOptions& one) { return one.name == options.default_receiver; });
  if (!known) all.push_back({.name = options.default_receiver});
  return all;
}

Result<std::unique_ptr<Courier>> open_courier(const ReceiverOptions& options, const CourierParts& parts) {
  if (options.type == ReceiverType::log) return std::make_unique<alerting::LogCourier>(*parts.log);
  auto secret = receiver_secret(options.name, parts.environment);
  if (!secret) return fail(std::move(secret.error()));
  auto courier = connect(options, *std::move(secret), parts);
  if (courier) return courier;
  return fail(std::move(courier.error())
                  .within("receiver " + options.name + " (its secret is in " +
                          receiver_secret_variable(options.name) + ")"));
}

}  // namespace runneriq::app
