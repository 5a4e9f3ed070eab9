#include "advisor/options.hpp"

#include "core/loopback.hpp"
#include "core/option_rows.hpp"
#include "core/printable.hpp"

#include <algorithm>
#include <array>

namespace runneriq::advisor {
namespace {

using Provider = AdvisorOptions::Provider;
using Personal = AdvisorOptions::Personal;

constexpr std::array kProviders{
    Word<Provider>{"auto", Provider::automatic}, Word<Provider>{"none", Provider::none},
    Word<Provider>{"anthropic", Provider::anthropic}, Word<Provider>{"openai", Provider::openai}};
constexpr std::array kPersonal{Word<Personal>{"auto", Personal::automatic},
                               Word<Personal>{"keep", Personal::keep},
                               Word<Personal>{"redact", Personal::redact}};

constexpr std::size_t kLongestUrl = 1'000, kLongestModel = 100;
constexpr std::string_view kPlain = "http://", kEncrypted = "https://";

bool is_visible(char c) {
  return c > ' ' && c <= '~';
}

Result<std::string> parse_url(std::string_view text) {
  constexpr std::string_view kExpected = "an http or https address without a user, a query or blanks";
  if (text.empty()) return std::string{};
  const std::size_t scheme = text.starts_with(kEncrypted) ? kEncrypted.size()
                             : text.starts_with(kPlain)   ? kPlain.size()
                                                          : 0;
  const bool has_host = scheme > 0 && text.size() > scheme && text[scheme] != '/' && text[scheme] != ':';
  if (!has_host || text.size() > kLongestUrl || !std::ranges::all_of(text, is_visible) ||
      text.find_first_of("@?#\"'\\<>") != std::string_view::npos) {
    return not_expected(text, kExpected);
  }
  return std::string(text.substr(0, text.find_last_not_of('/') + 1));
}

bool is_of_model(char c) {
  constexpr std::string_view kMarks = "-._:/@+";
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
         kMarks.find(c) != std::string_view::npos;
}

Result<std::string> parse_model(std::string_view text) {
  if (text.size() > kLongestModel || !std::ranges::all_of(text, is_of_model)) {
    return not_expected(text, "the id of a model");
  }
  return std::string(text);
}

// "127.0.0.1" of "http://127.0.0.1:11434/v1", "[::1]" of "http://[::1]/".
std::string_view host_of(std::string_view url) {
  url.remove_prefix(std::min(url.find("//"), url.size() - 2) + 2);
  url = url.substr(0, url.find('/'));
  return host_of_server(url);
}

void add_retired(std::vector<std::string>& found, std::string_view key, std::string_view id,
                 std::string_view today) {
  const auto model = known_model(id);
  if (!model || model->retires.empty() || today < model->retires) return;
  found.push_back(std::string(key) + ": " + quoted_text(id) + " is retired since " +
                  std::string(model->retires) + "; use " + std::string(kDefaultModel) + ", say");
}

}  // namespace

bool is_loopback(std::string_view url) {
  if (!url.starts_with(kPlain) && !url.starts_with(kEncrypted)) return false;
  return is_loopback_host(host_of(url));
}

Options option_rows(AdvisorOptions& options) {
  return {
      word_row(
          row("advisor.provider", "auto | none | anthropic | openai",
              "Whose models are asked. auto: Anthropic's where ANTHROPIC_API_KEY is set, else the server "
              "at advisor.url, else nobody: rules decide alone."),
          options.provider, kProviders),
      text_row(row("advisor.url", "http or https address",
                   "Base address of a server that speaks OpenAI's protocol, as local ones do "
                   "(http://127.0.0.1:11434/v1), or of a gateway to Anthropic's."),
               options.url, parse_url),
      text_row(row("advisor.tie_break_model", "id of a model",
                   "Who is asked between two runners; by default " + std::string(kDefaultModel) +
                       ", or the first model of a local server."),
               options.tie_break_model, parse_model),
      text_row(row("advisor.triage_model", "id of a model",
                   "Who is asked about failures and long jobs; by default as advisor.tie_break_model."),
               options.triage_model, parse_model),
      decimal_row(row("advisor.project_share", "number 0.01..1",
                      "Share of assigner.decision_engine.daily_token_budget that one project may use up."),
                  options.project_share, 0.01, 1),
      word_row(
          row("advisor.personal", "auto | keep | redact",
              "Whether names, mail and network addresses are taken out of what is sent. auto: unless the "
              "server is on this host."),
          options.personal, kPersonal),
  };
}

std::vector<std::string> complaints(const AdvisorOptions& options, std::string_view today) {
  std::vector<std::string> found;
  if (options.provider == Provider::openai && options.url.empty()) {
    found.emplace_back("advisor.provider: openai needs advisor.url");
  }
  if (options.url.starts_with(kPlain) && !is_loopback(options.url)) {
    found.push_back("advisor.url: " + quoted_text(options.url) +
                    " is neither https nor on this host: what is sent could be read on the way");
  }
  add_retired(found, "advisor.tie_break_model", options.tie_break_model, today);
  add_retired(found, "advisor.triage_model", options.triage_model, today);
  return found;
}

}  // namespace runneriq::advisor
