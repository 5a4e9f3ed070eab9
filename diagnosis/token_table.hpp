// Tokens that are known by the prefix which their issuer gives them: one row each, and where the issuer says
// so. A table.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace runneriq::diagnosis::token_table {

enum class Letters : std::uint8_t {
  alphanumeric,
  capitals,  // and digits
  dashed,    // capitals, digits and '-'
  hexadecimal,
  uuid,     // hexadecimal and '-'
  words,    // alphanumeric, '_', '-'
  dotted,   // words and '.'
  dollars,  // words and '$'
  base64,   // words, '+', '/', '=', and what percent-encoding makes of these
};

enum class Start : std::uint8_t { of_a_word, anywhere };
enum class Needs : std::uint8_t { nothing, digits };  // two, or one amid letters of both kinds

struct Issuer {
  std::string_view name, source, placeholder;
};

// What follows the prefix is at least `least` of the letters. All of them that follow are taken; of the
// alphanumeric ones all words that hang on to them, too. No more than `most` may follow; 0 = any number.
struct Shape {
  Issuer issuer;
  std::string_view what, prefix;
  Letters letters;
  std::size_t least;
  Start start = Start::of_a_word;
  std::size_t most = 0;
  Needs needs = Needs::nothing;
};

inline constexpr Issuer kGitLab{"GitLab", "docs.gitlab.com: Token overview", "[GITLAB-TOKEN]"};
inline constexpr Issuer kGitHub{"GitHub", "docs.github.com: GitHub's token formats", "[GITHUB-TOKEN]"};
inline constexpr Issuer kAtlassian{"Atlassian", "support.atlassian.com: API tokens, access tokens",
                                   "[API-TOKEN]"};
inline constexpr Issuer kAws{"Amazon Web Services", "docs.aws.amazon.com: IAM unique identifiers",
                             "[AWS-KEY]"};
inline constexpr Issuer kGoogle{"Google Cloud", "cloud.google.com: API keys, OAuth 2.0", "[GOOGLE-KEY]"};
inline constexpr Issuer kDigitalOcean{"DigitalOcean", "docs.digitalocean.com: personal access tokens",
                                      "[DIGITALOCEAN-TOKEN]"};
inline constexpr Issuer kHosts{"hosts of applications", "their documentation of access tokens",
                               "[API-TOKEN]"};
inline constexpr Issuer kSlack{"Slack", "api.slack.com: Token types", "[SLACK-TOKEN]"};
inline constexpr Issuer kMail{"senders of mail and messages", "their documentation of API keys",
                              "[API-TOKEN]"};
inline constexpr Issuer kSendGrid{"SendGrid", "docs.sendgrid.com: API keys", "[SENDGRID-KEY]"};
inline constexpr Issuer kPayment{"payment and shops", "their documentation of API keys", "[API-TOKEN]"};
inline constexpr Issuer kWatching{"monitoring", "their documentation of API keys", "[API-TOKEN]"};
inline constexpr Issuer kNpm{"npm", "docs.npmjs.com: access tokens", "[NPM-TOKEN]"};
inline constexpr Issuer kPyPi{"PyPI", "pypi.org: API tokens", "[PYPI-TOKEN]"};
inline constexpr Issuer kDocker{"Docker Hub", "docs.docker.com: access tokens", "[DOCKER-TOKEN]"};
inline constexpr Issuer kPackages{"registries of packages", "their documentation of API keys", "[API-TOKEN]"};
inline constexpr Issuer kVault{"Vault", "developer.hashicorp.com: Vault tokens", "[VAULT-TOKEN]"};
inline constexpr Issuer kSecretStores{"stores of secrets, code of infrastructure",
                                      "their documentation of tokens", "[API-TOKEN]"};
inline constexpr Issuer kAge{"age", "age-encryption.org: format", "[SECRET]"};
inline constexpr Issuer kModels{"providers of language models", "their documentation of API keys",
                                "[API-TOKEN]"};
inline constexpr Issuer kHuggingFace{"Hugging Face", "huggingface.co: user access tokens", "[SECRET]"};
inline constexpr Issuer kTools{"tools for teams and data", "their documentation of access tokens",
                               "[API-TOKEN]"};

// clang-format off
inline constexpr std::array kShapes{
    Shape{kGitLab, "personal, project or group access token", "glpat-", Letters::dotted, 16, Start::anywhere},
    Shape{kGitLab, "deploy token", "gldt-", Letters::dotted, 16, Start::anywhere},
    Shape{kGitLab, "runner authentication token", "glrt-", Letters::dotted, 16, Start::anywhere},
    Shape{kGitLab, "runner authentication token, by registration", "glrtr-", Letters::dotted, 16, Start::anywhere},
    Shape{kGitLab, "job token", "glcbt-", Letters::dotted, 16, Start::anywhere},
    Shape{kGitLab, "trigger token", "glptt-", Letters::dotted, 16, Start::anywhere},
    Shape{kGitLab, "feed token", "glft-", Letters::dotted, 16, Start::anywhere},
    Shape{kGitLab, "incoming mail token", "glimt-", Letters::dotted, 16, Start::anywhere},
    Shape{kGitLab, "agent for Kubernetes token", "glagent-", Letters::dotted, 16, Start::anywhere},
    Shape{kGitLab, "OAuth application secret", "gloas-", Letters::dotted, 16, Start::anywhere},
    Shape{kGitLab, "feature flags client token", "glffct-", Letters::dotted, 16, Start::anywhere},
    Shape{kGitLab, "SCIM token", "glsoat-", Letters::dotted, 16, Start::anywhere},
    Shape{kGitLab, "workspace token", "glwt-", Letters::dotted, 16, Start::anywhere},
    Shape{kGitLab, "runner registration token", "GR1348941", Letters::words, 16, Start::anywhere},
    Shape{kGitHub, "personal access token", "ghp_", Letters::alphanumeric, 20, Start::anywhere},
    Shape{kGitHub, "OAuth access token", "gho_", Letters::alphanumeric, 20, Start::anywhere},
    Shape{kGitHub, "user-to-server token", "ghu_", Letters::alphanumeric, 20, Start::anywhere},
    Shape{kGitHub, "server-to-server token", "ghs_", Letters::alphanumeric, 20, Start::anywhere},
    Shape{kGitHub, "refresh token", "ghr_", Letters::alphanumeric, 20, Start::anywhere},
    Shape{kGitHub, "fine-grained personal access token", "github_pat_", Letters::words, 20, Start::anywhere},
    Shape{kAtlassian, "API token", "ATATT3", Letters::base64, 60},
    Shape{kAtlassian, "Bitbucket repository access token", "ATCTT3", Letters::base64, 60},
    Shape{kAtlassian, "Bitbucket app password", "ATBB", Letters::alphanumeric, 24, Start::of_a_word, 0, Needs::digits},
    Shape{kAtlassian, "Bitbucket Data Center access token", "BBDC-", Letters::base64, 36},
    Shape{kAtlassian, "Trello token", "ATTA", Letters::hexadecimal, 60},
    Shape{kAws, "access key", "AKIA", Letters::capitals, 16},
    Shape{kAws, "temporary access key", "ASIA", Letters::capitals, 16},
    Shape{kAws, "STS bearer token", "ABIA", Letters::capitals, 16},
    Shape{kAws, "context-specific credential", "ACCA", Letters::capitals, 16},
    Shape{kAws, "Bedrock API key", "ABSK", Letters::base64, 100},
    Shape{kAws, "session token", "IQoJb3JpZ2lu", Letters::base64, 60},
    Shape{kAws, "session token, older", "FwoGZXIvYXdz", Letters::base64, 60},
    Shape{kAws, "marketplace key", "amzn.mws.", Letters::words, 32},
    Shape{kGoogle, "API key", "AIza", Letters::words, 30, Start::anywhere},
    Shape{kGoogle, "OAuth access token", "ya29.", Letters::dotted, 30},
    Shape{kGoogle, "OAuth client secret", "GOCSPX-", Letters::words, 24},
    Shape{kGoogle, "OAuth refresh token", "1//0", Letters::words, 40},
    Shape{kDigitalOcean, "personal access token", "dop_v1_", Letters::alphanumeric, 32, Start::anywhere},
    Shape{kDigitalOcean, "OAuth access token", "doo_v1_", Letters::alphanumeric, 32, Start::anywhere},
    Shape{kDigitalOcean, "refresh token", "dor_v1_", Letters::alphanumeric, 32, Start::anywhere},
    Shape{kHosts, "Cloudflare origin CA key", "v1.0-", Letters::uuid, 100},
    Shape{kHosts, "Heroku API key", "HRKU-", Letters::words, 30},
    Shape{kHosts, "Netlify token", "nfp_", Letters::alphanumeric, 36},
    Shape{kHosts, "Netlify token", "nfc_", Letters::alphanumeric, 36},
    Shape{kHosts, "Netlify token", "nfo_", Letters::alphanumeric, 36},
    Shape{kHosts, "Netlify token", "nfb_", Letters::alphanumeric, 36},
    Shape{kHosts, "Netlify token", "nfu_", Letters::alphanumeric, 36},
    Shape{kHosts, "Vercel access token", "vcp_", Letters::alphanumeric, 24, Start::of_a_word, 0, Needs::digits},
    Shape{kHosts, "Vercel integration token", "vci_", Letters::alphanumeric, 24, Start::of_a_word, 0, Needs::digits},
    Shape{kHosts, "Vercel app access token", "vca_", Letters::alphanumeric, 24, Start::of_a_word, 0, Needs::digits},
    Shape{kHosts, "Vercel app refresh token", "vcr_", Letters::alphanumeric, 24, Start::of_a_word, 0, Needs::digits},
    Shape{kHosts, "Vercel AI gateway token", "vck_", Letters::alphanumeric, 24, Start::of_a_word, 0, Needs::digits},
    Shape{kHosts, "Fly.io macaroon", "fm1r_", Letters::base64, 40},
    Shape{kHosts, "Fly.io macaroon", "fm1a_", Letters::base64, 40},
    Shape{kHosts, "Fly.io macaroon", "fm2_", Letters::base64, 40},
    Shape{kHosts, "Fly.io access token", "fo1_", Letters::words, 40},
    Shape{kHosts, "Render API key", "rnd_", Letters::alphanumeric, 24, Start::of_a_word, 0, Needs::digits},
    Shape{kHosts, "Deno Deploy token", "ddp_", Letters::alphanumeric, 32},
    Shape{kHosts, "Alibaba Cloud access key", "LTAI", Letters::alphanumeric, 16},
    Shape{kHosts, "Tencent Cloud secret id", "AKID", Letters::alphanumeric, 32, Start::of_a_word, 0, Needs::digits},
    Shape{kHosts, "Yandex Cloud API key", "AQVN", Letters::words, 35, Start::of_a_word, 0, Needs::digits},
    Shape{kHosts, "Tailscale key", "tskey-", Letters::words, 20},
    Shape{kHosts, "Supabase access token", "sbp_", Letters::hexadecimal, 40},
    Shape{kHosts, "Supabase secret key", "sb_secret_", Letters::words, 24},
    Shape{kHosts, "PlanetScale token", "pscale_tkn_", Letters::dotted, 32},
    Shape{kHosts, "PlanetScale password", "pscale_pw_", Letters::dotted, 32},
    Shape{kHosts, "PlanetScale OAuth token", "pscale_oauth_", Letters::dotted, 32},
    Shape{kHosts, "Neon API key", "napi_", Letters::alphanumeric, 32, Start::of_a_word, 0, Needs::digits},
    Shape{kSlack, "workspace token", "xoxa-", Letters::words, 10, Start::anywhere},
    Shape{kSlack, "bot token", "xoxb-", Letters::words, 10, Start::anywhere},
    Shape{kSlack, "client token", "xoxc-", Letters::words, 10, Start::anywhere},
    Shape{kSlack, "client cookie", "xoxd-", Letters::base64, 10, Start::anywhere},
    Shape{kSlack, "refresh token", "xoxe-", Letters::words, 10, Start::anywhere},
    Shape{kSlack, "user token", "xoxp-", Letters::words, 10, Start::anywhere},
    Shape{kSlack, "refresh token, older", "xoxr-", Letters::words, 10, Start::anywhere},
    Shape{kSlack, "session token", "xoxs-", Letters::words, 10, Start::anywhere},
    Shape{kSlack, "rotated token", "xoxe.", Letters::words, 20, Start::anywhere},
    Shape{kSlack, "app-level token", "xapp-", Letters::words, 16, Start::anywhere},
    Shape{kSlack, "workflow token", "xwfp-", Letters::words, 16, Start::anywhere},
    Shape{kMail, "Twilio API key", "SK", Letters::hexadecimal, 32, Start::of_a_word, 32},
    Shape{kMail, "Mailgun key", "key-", Letters::hexadecimal, 32, Start::of_a_word, 32},
    Shape{kMail, "Mailgun public key", "pubkey-", Letters::hexadecimal, 32, Start::of_a_word, 32},
    Shape{kMail, "Brevo API key", "xkeysib-", Letters::words, 60},
    Shape{kMail, "Brevo SMTP key", "xsmtpsib-", Letters::words, 60},
    Shape{kMail, "Mandrill key", "md-", Letters::words, 22, Start::of_a_word, 22, Needs::digits},
    Shape{kMail, "Resend key", "re_", Letters::words, 30, Start::of_a_word, 33, Needs::digits},
    Shape{kMail, "Telnyx key", "KEY01", Letters::words, 40, Start::of_a_word, 0, Needs::digits},
    Shape{kSendGrid, "API key", "SG.", Letters::dotted, 32},
    Shape{kPayment, "Stripe key", "sk_live_", Letters::alphanumeric, 16, Start::anywhere},
    Shape{kPayment, "Stripe key", "sk_test_", Letters::alphanumeric, 16, Start::anywhere},
    Shape{kPayment, "Stripe key", "rk_live_", Letters::alphanumeric, 16, Start::anywhere},
    Shape{kPayment, "Stripe key", "rk_test_", Letters::alphanumeric, 16, Start::anywhere},
    Shape{kPayment, "Stripe webhook secret", "whsec_", Letters::base64, 24},
    Shape{kPayment, "Square access token", "sq0atp-", Letters::words, 22},
    Shape{kPayment, "Square application secret", "sq0csp-", Letters::words, 40},
    Shape{kPayment, "Square or Facebook access token", "EAA", Letters::words, 60, Start::of_a_word, 0, Needs::digits},
    Shape{kPayment, "PayPal (Braintree) access token", "access_token$production$", Letters::dollars, 20, Start::anywhere},
    Shape{kPayment, "PayPal (Braintree) access token, sandbox", "access_token$sandbox$", Letters::dollars, 20, Start::anywhere},
    Shape{kPayment, "Shopify admin API access token", "shpat_", Letters::hexadecimal, 32, Start::anywhere},
    Shape{kPayment, "Shopify custom app access token", "shpca_", Letters::hexadecimal, 32, Start::anywhere},
    Shape{kPayment, "Shopify private app password", "shppa_", Letters::hexadecimal, 32, Start::anywhere},
    Shape{kPayment, "Shopify app secret", "shpss_", Letters::hexadecimal, 32, Start::anywhere},
    Shape{kPayment, "Shopify user access token", "shpua_", Letters::hexadecimal, 32, Start::anywhere},
    Shape{kPayment, "Flutterwave secret key", "FLWSECK-", Letters::words, 30},
    Shape{kPayment, "Flutterwave test key", "FLWSECK_TEST-", Letters::words, 12},
    Shape{kPayment, "Razorpay key", "rzp_live_", Letters::alphanumeric, 14},
    Shape{kPayment, "Shippo token", "shippo_live_", Letters::hexadecimal, 40},
    Shape{kPayment, "EasyPost key", "EZAK", Letters::alphanumeric, 54},
    Shape{kPayment, "EasyPost test key", "EZTK", Letters::alphanumeric, 54},
    Shape{kPayment, "Duffel token", "duffel_live_", Letters::words, 40},
    Shape{kWatching, "New Relic user key", "NRAK-", Letters::words, 19},
    Shape{kWatching, "New Relic insert key", "NRII-", Letters::words, 19},
    Shape{kWatching, "New Relic query key", "NRIQ-", Letters::words, 19},
    Shape{kWatching, "New Relic browser key", "NRJS-", Letters::words, 19},
    Shape{kWatching, "New Relic REST key", "NRRA-", Letters::words, 19},
    Shape{kWatching, "Grafana service account token", "glsa_", Letters::words, 32},
    Shape{kWatching, "Grafana Cloud token", "glc_", Letters::base64, 32},
    Shape{kWatching, "Grafana API key, older", "eyJrIjoi", Letters::base64, 60},
    Shape{kWatching, "Sentry organisation token", "sntrys_", Letters::base64, 60},
    Shape{kWatching, "Sentry user token", "sntryu_", Letters::hexadecimal, 60},
    Shape{kWatching, "Honeycomb ingest key", "hcaik_", Letters::alphanumeric, 40},
    Shape{kWatching, "Honeycomb classic ingest key", "hcaic_", Letters::alphanumeric, 40},
    Shape{kWatching, "Honeycomb configuration key", "hcalk_", Letters::alphanumeric, 40},
    Shape{kWatching, "Honeycomb management key", "hcamk_", Letters::alphanumeric, 40},
    Shape{kWatching, "Dynatrace token", "dt0c01.", Letters::dotted, 64},
    Shape{kWatching, "Dynatrace platform token", "dt0s16.", Letters::dotted, 64},
    Shape{kWatching, "PostHog personal key", "phx_", Letters::words, 40},
    Shape{kWatching, "LaunchDarkly SDK key", "sdk-", Letters::uuid, 36, Start::of_a_word, 36},
    Shape{kWatching, "LaunchDarkly API token", "api-", Letters::uuid, 36, Start::of_a_word, 36},
    Shape{kNpm, "access token", "npm_", Letters::alphanumeric, 30, Start::anywhere},
    Shape{kPyPi, "API token", "pypi-Ag", Letters::words, 30, Start::anywhere},
    Shape{kDocker, "personal access token", "dckr_pat_", Letters::words, 20, Start::anywhere},
    Shape{kDocker, "organisation access token", "dckr_oat_", Letters::words, 20, Start::anywhere},
    Shape{kPackages, "RubyGems API key", "rubygems_", Letters::hexadecimal, 48, Start::anywhere},
    Shape{kPackages, "crates.io token", "cio", Letters::alphanumeric, 32, Start::of_a_word, 32, Needs::digits},
    Shape{kPackages, "NuGet API key", "oy2", Letters::alphanumeric, 43, Start::of_a_word, 43},
    Shape{kPackages, "Artifactory API key", "AKCp", Letters::alphanumeric, 60},
    Shape{kPackages, "Artifactory reference token", "cmVmdGtu", Letters::alphanumeric, 48},
    Shape{kPackages, "Clojars deploy token", "CLOJARS_", Letters::hexadecimal, 60, Start::anywhere},
    Shape{kPackages, "Packagist token", "packagist_", Letters::words, 40, Start::of_a_word, 0, Needs::digits},
    Shape{kPackages, "Cargo registry token", "crt_", Letters::words, 40, Start::of_a_word, 0, Needs::digits},
    Shape{kVault, "service token", "hvs.", Letters::words, 20},
    Shape{kVault, "batch token", "hvb.", Letters::words, 20},
    Shape{kVault, "recovery token", "hvr.", Letters::words, 20},
    Shape{kVault, "service token, older", "s.", Letters::alphanumeric, 24, Start::of_a_word, 24, Needs::digits},
    Shape{kSecretStores, "Pulumi access token", "pul-", Letters::hexadecimal, 40},
    Shape{kSecretStores, "Doppler personal token", "dp.pt.", Letters::dotted, 36},
    Shape{kSecretStores, "Doppler service token", "dp.st.", Letters::dotted, 36},
    Shape{kSecretStores, "Doppler CLI token", "dp.ct.", Letters::dotted, 36},
    Shape{kSecretStores, "Doppler service account token", "dp.sa.", Letters::dotted, 36},
    Shape{kSecretStores, "Doppler SCIM token", "dp.scim.", Letters::dotted, 36},
    Shape{kSecretStores, "Doppler audit token", "dp.audit.", Letters::dotted, 36},
    Shape{kSecretStores, "1Password service account token", "ops_eyJ", Letters::base64, 80},
    Shape{kSecretStores, "1Password secret key", "A3-", Letters::dashed, 26, Start::of_a_word, 0, Needs::digits},
    Shape{kSecretStores, "Infracost API key", "ico-", Letters::alphanumeric, 32},
    Shape{kSecretStores, "Prefect user key", "pnu_", Letters::alphanumeric, 36},
    Shape{kSecretStores, "Prefect bot key", "pnb_", Letters::alphanumeric, 36},
    Shape{kAge, "identity", "AGE-SECRET-KEY-1", Letters::capitals, 32, Start::anywhere},
    Shape{kAge, "identity, post-quantum", "AGE-SECRET-KEY-PQ-1", Letters::capitals, 32, Start::anywhere},
    Shape{kModels, "Anthropic API, admin or OAuth key", "sk-ant-", Letters::words, 16, Start::anywhere},
    Shape{kModels, "OpenAI key", "sk-", Letters::alphanumeric, 20},
    Shape{kModels, "OpenAI project key", "sk-proj-", Letters::words, 16, Start::anywhere},
    Shape{kModels, "OpenAI service account key", "sk-svcacct-", Letters::words, 16, Start::anywhere},
    Shape{kModels, "OpenAI admin key", "sk-admin-", Letters::words, 16, Start::anywhere},
    Shape{kModels, "OpenAI session", "sess-", Letters::alphanumeric, 40},
    Shape{kModels, "OpenRouter key", "sk-or-v1-", Letters::hexadecimal, 60},
    Shape{kModels, "Langfuse secret key", "sk-lf-", Letters::uuid, 36},
    Shape{kModels, "Replicate token", "r8_", Letters::alphanumeric, 37},
    Shape{kModels, "Groq key", "gsk_", Letters::alphanumeric, 48},
    Shape{kModels, "xAI key", "xai-", Letters::alphanumeric, 60},
    Shape{kModels, "Perplexity key", "pplx-", Letters::alphanumeric, 40},
    Shape{kModels, "Fireworks key", "fw_", Letters::alphanumeric, 22, Start::of_a_word, 24, Needs::digits},
    Shape{kModels, "Together key", "tgp_v1_", Letters::words, 40},
    Shape{kModels, "NVIDIA key", "nvapi-", Letters::words, 60},
    Shape{kModels, "LangSmith key", "lsv2_", Letters::words, 40},
    Shape{kModels, "Pinecone key", "pcsk_", Letters::words, 60},
    Shape{kModels, "Weights & Biases key", "wandb_v1_", Letters::words, 40},
    Shape{kModels, "ElevenLabs key", "sk_", Letters::hexadecimal, 48, Start::of_a_word, 48},
    Shape{kHuggingFace, "user access token", "hf_", Letters::alphanumeric, 30},
    Shape{kHuggingFace, "organisation token", "api_org_", Letters::alphanumeric, 30},
    Shape{kTools, "Databricks personal access token", "dapi", Letters::hexadecimal, 32},
    Shape{kTools, "Postman API key", "PMAK-", Letters::words, 40},
    Shape{kTools, "Linear API key", "lin_api_", Letters::alphanumeric, 32},
    Shape{kTools, "Linear OAuth token", "lin_oauth_", Letters::alphanumeric, 32},
    Shape{kTools, "Notion integration token", "ntn_", Letters::alphanumeric, 40},
    Shape{kTools, "Notion integration token, older", "secret_", Letters::alphanumeric, 43, Start::of_a_word, 43},
    Shape{kTools, "Figma personal access token", "figd_", Letters::words, 36},
    Shape{kTools, "Airtable personal access token", "pat", Letters::dotted, 79, Start::of_a_word, 79, Needs::digits},
    Shape{kTools, "Contentful management token", "CFPAT-", Letters::words, 40},
    Shape{kTools, "Mapbox secret token", "sk.eyJ", Letters::dotted, 40},
    Shape{kTools, "Mapbox temporary token", "tk.eyJ", Letters::dotted, 40},
    Shape{kTools, "HubSpot private app token", "pat-na1-", Letters::uuid, 36},
    Shape{kTools, "HubSpot private app token, Europe", "pat-eu1-", Letters::uuid, 36},
    Shape{kTools, "Dropbox access token", "sl.", Letters::words, 100, Start::of_a_word, 0, Needs::digits},
    Shape{kTools, "Buildkite token", "bkua_", Letters::hexadecimal, 40},
    Shape{kTools, "CircleCI personal token", "CCIPAT_", Letters::words, 40},
    Shape{kTools, "CircleCI project token", "CCIPRJ_", Letters::words, 40},
    Shape{kTools, "SonarQube project token", "sqp_", Letters::hexadecimal, 40},
    Shape{kTools, "SonarQube user token", "squ_", Letters::hexadecimal, 40},
    Shape{kTools, "SonarQube analysis token", "sqa_", Letters::hexadecimal, 40},
    Shape{kTools, "Sourcegraph access token", "sgp_", Letters::words, 40, Start::of_a_word, 0, Needs::digits},
    Shape{kTools, "ReadMe API key", "rdme_", Letters::alphanumeric, 60},
    Shape{kTools, "Frame.io token", "fio-u-", Letters::words, 60},
    Shape{kTools, "Adafruit IO key", "aio_", Letters::alphanumeric, 28, Start::of_a_word, 28, Needs::digits},
    Shape{kTools, "Typeform token", "tfp_", Letters::words, 40},
    Shape{kTools, "WakaTime key", "waka_", Letters::uuid, 36},
    Shape{kTools, "Zuplo key", "zpka_", Letters::words, 32},
    Shape{kTools, "Zoho token", "1000.", Letters::dotted, 65, Start::of_a_word, 65, Needs::digits},
};
// clang-format on

}  // namespace runneriq::diagnosis::token_table
