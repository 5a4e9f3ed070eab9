#include "tests/evaluation/secret_samples.hpp"

#include <cstdlib>

namespace runneriq::evaluation {
namespace {

constexpr std::string_view kSmall = "abcdefghijklmnopqrstuvwxyz", kCapital = "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
                           kDigit = "0123456789";

std::string letters_of(char kind) {
  const std::string small{kSmall}, capital{kCapital}, digit{kDigit};
  switch (kind) {
    case 'h':
      return digit + "abcdef";
    case 'H':
      return digit + "ABCDEF";
    case 'w':
      return small + capital + digit + "-_";
    case 'n':
      return small + capital + digit;
    case 'l':
      return small + digit;
    case 'c':
      return capital + digit;
    case 'd':
      return digit;
    default:
      return small + capital + digit + "+/";
  }
}

}  // namespace

std::size_t SampleMaker::below(std::size_t bound) {
  return std::uniform_int_distribution<std::size_t>{0, bound - 1}(random_);
}

std::string SampleMaker::letters(std::string_view of, std::size_t count) {
  std::string text;
  while (text.size() < count) text += of[below(of.size())];
  return text;
}

std::string SampleMaker::made(std::string_view shape) {
  std::string text;
  while (!shape.empty()) {
    const std::size_t open = shape.find('{');
    text += shape.substr(0, open);
    if (open == std::string_view::npos) break;
    const std::size_t close = shape.find('}', open);
    const std::string count{shape.substr(open + 2, close - open - 2)};
    text += letters(letters_of(shape[open + 1]), std::strtoul(count.c_str(), nullptr, 10));
    shape.remove_prefix(close + 1);
  }
  return text;
}

// The fixed parts are written in two pieces where a scanner of sources would take them for tokens.
const std::vector<SampleShape>& sample_shapes() {
  static const std::vector<SampleShape> shapes{
      {"GitLab", "glpat-{w20}"},
      {"GitLab, routable", "glpat-{w27}.01.{l9}"},
      {"GitLab, with a prefix of the instance", "acme-glpat-{w20}"},
      {"GitLab", "gldt-{w20}"},
      {"GitLab", "glrt-{w20}"},
      {"GitLab", "glrt-t1_{w20}"},
      {"GitLab", "glrtr-{w20}"},
      {"GitLab", "glcbt-{h2}_{w20}"},
      {"GitLab", "glptt-{h40}"},
      {"GitLab", "glft-{w20}"},
      {"GitLab", "glimt-{l25}"},
      {"GitLab", "glagent-{w50}"},
      {"GitLab", "gloas-{h64}"},
      {"GitLab", "glffct-{w20}"},
      {"GitLab", "glsoat-{w20}"},
      {"GitLab", "GR1348941{w20}"},
      {"GitHub", "ghp_{n36}"},
      {"GitHub", "gho_{n36}"},
      {"GitHub", "ghu_{n36}"},
      {"GitHub", "ghs_{n36}"},
      {"GitHub", "ghr_{n76}"},
      {"GitHub", "github_pat_{n22}_{n59}"},
      {"Atlassian", "ATATT3xFfGF0{w176}={H8}"},
      {"Bitbucket", "ATCTT3xFfGN0{w170}={H8}"},
      {"Bitbucket", "ATBB{n24}{H8}"},
      {"Trello", "ATTA{h72}"},
      {"AWS", "AKIA{c16}"},
      {"AWS", "ASIA{c16}"},
      {"Google", "AIza{w35}"},
      {"Google", "ya29.{w120}"},
      {"Google", "GOCSPX-{w28}"},
      {"Google", "1//0{w60}"},
      {"Azure", "{n3}8Q~{w34}"},
      {"DigitalOcean", "dop_v1_{h64}"},
      {"DigitalOcean", "doo_v1_{h64}"},
      {"Cloudflare", "v1.0-{h24}-{h146}"},
      {"Heroku", "HRKU-{w60}"},
      {"Netlify", "nfp_{n36}"},
      {"Vercel", "vcp_{n56}"},
      {"Fly.io", "fm2_{b120}"},
      {"Fly.io", "fo1_{w43}"},
      {"Render", "rnd_{n28}"},
      {"Alibaba Cloud", "LTAI{n20}"},
      {"Tencent Cloud", "AKID{n32}"},
      {"Tailscale", "tskey-auth-{n12}-{n32}"},
      {"Supabase", "sbp_{h40}"},
      {"PlanetScale", "pscale_tkn_{w43}"},
      {"Neon", "napi_{l64}"},
      {"Slack", "xoxb-{d12}-{d12}-{n24}"},
      {"Slack", "xoxp-{d12}-{d12}-{d12}-{h32}"},
      {"Slack", "xoxa-2-{d12}-{d12}-{d12}-{h32}"},
      {"Slack", "xoxr-{d12}-{d12}-{n24}"},
      {"Slack", "xoxs-{d12}-{d12}-{n24}"},
      {"Slack", "xoxe-1-{n140}"},
      {"Slack", "xoxe.xoxp-1-{n160}"},
      {"Slack", "xapp-1-{c11}-{d13}-{h64}"},
      {"Slack", "https://hooks.slack.com/services/T{c9}/B{c9}/{n24}"},
      {"Discord", "MTA{n23}.{w6}.{w38}"},
      {"Discord", "https://discord.com/api/webhooks/{d18}/{w68}"},
      {"Telegram", "{d9}1:AA{w33}"},
      {"Teams",
       "https://acme.webhook.office.com/webhookb2/{h8}-{h4}-{h4}-{h4}-{h12}@{h8}-{h4}-{h4}-{h4}-{h12}/"
       "IncomingWebhook/{h32}/{h8}-{h4}-{h4}-{h4}-{h12}"},
      {"Twilio", "SK{h32}"},
      {"SendGrid", "SG.{w22}.{w43}"},
      {"Mailgun", "key-{h32}"},
      {"Mailchimp", "{h32}-us12"},
      {"Brevo", "xkeysib-{h64}-{n16}"},
      {"Stripe", "sk_live_{n24}"},
      {"Stripe", "rk_live_{n99}"},
      {"Stripe", "whsec_{n32}"},
      {"Square", "sq0atp-{w22}"},
      {"Square", "sq0csp-{w43}"},
      {"PayPal", "access_token$production${l16}${h32}"},
      {"Shopify", "shpat_{h32}"},
      {"Shopify", "shpss_{h32}"},
      {"New Relic", "NRAK-{c27}"},
      {"New Relic", "NRII-{w32}"},
      {"Grafana", "glsa_{n32}_{h8}"},
      {"Grafana", "glc_{b100}"},
      {"Sentry", "sntrys_{b90}_{b43}"},
      {"Honeycomb", "hcaik_01{l56}"},
      {"Dynatrace", "dt0c01.{c24}.{c64}"},
      {"LaunchDarkly", "sdk-{h8}-{h4}-{h4}-{h4}-{h12}"},
      {"npm", "npm_{n36}"},
      {"PyPI", "pypi-AgEIcHlwaS5vcmc{w150}"},
      {"RubyGems", "rubygems_{h48}"},
      {"crates.io", "cio{n32}"},
      {"NuGet", "oy2{l43}"},
      {"Docker Hub", "dckr_pat_{w27}"},
      {"Artifactory", "AKCp{n69}"},
      {"Artifactory", "cmVmdGtuOjAxOj{n50}"},
      {"Clojars", "CLOJARS_{h60}"},
      {"Terraform Cloud", "{n14}.atlasv1.{n67}"},
      {"Vault", "hvs.{w95}"},
      {"Vault", "hvb.{w150}"},
      {"Vault, older", "s.{n24}"},
      {"Pulumi", "pul-{h40}"},
      {"Doppler", "dp.pt.{n43}"},
      {"Doppler", "dp.st.dev.{n43}"},
      {"1Password", "ops_eyJ{b250}"},
      {"1Password", "A3-{c6}-{c6}-{c5}-{c5}-{c5}-{c5}"},
      {"age", "AGE-SECRET-KEY-1{c58}"},
      {"Anthropic", "sk-ant-api03-{w93}AA"},
      {"Anthropic, admin", "sk-ant-admin01-{w93}AA"},
      {"OpenAI", "sk-{n48}"},
      {"OpenAI", "sk-proj-{w120}"},
      {"OpenAI", "sk-svcacct-{w120}"},
      {"Hugging Face", "hf_{n34}"},
      {"Replicate", "r8_{n37}"},
      {"Groq", "gsk_{n52}"},
      {"Databricks", "dapi{h32}"},
      {"Postman", "PMAK-{h24}-{h34}"},
      {"Linear", "lin_api_{n40}"},
      {"Notion", "ntn_{n46}"},
      {"Notion, older", "secret_{n43}"},
      {"Figma", "figd_{w40}"},
      {"Airtable", "pat{n14}.{h64}"},
      {"Asana", "1/1{d15}:{h32}"},
      {"Asana", "2/1{d15}/1{d15}:{h32}"},
      {"Contentful", "CFPAT-{w43}"},
      {"Mapbox", "sk.eyJ{n80}.{w22}"},
      {"HubSpot", "pat-na1-{h8}-{h4}-{h4}-{h4}-{h12}"},
      {"Buildkite", "bkua_{h40}"},
      {"CircleCI", "CCIPAT_{n22}_{h40}"},
      {"SonarQube", "squ_{h40}"},
      {"JSON web token", "eyJ{w30}.eyJ{w80}.{w43}"},
  };
  return shapes;
}

const std::vector<SampleShape>& told_shapes() {
  static const std::vector<SampleShape> shapes{
      {"AWS", "aws_secret_access_key = @{b40}"},
      {"AWS", "AWS_SECRET_ACCESS_KEY=@{b40}"},
      {"Azure", "DefaultEndpointsProtocol=https;AccountName=x;AccountKey=@{b86}==;EndpointSuffix=core"},
      {"Azure", "Endpoint=sb://x.servicebus.windows.net/;SharedAccessKey=@{b43}="},
      {"Azure", "https://x.blob.core.windows.net/c?sv=2024-11-04&sig=@{n43}%3D&se=2"},
      {"Azure", "AZURE_CLIENT_SECRET=@{n34}"},
      {"Cloudflare", "CLOUDFLARE_API_TOKEN=@{w40}"},
      {"Datadog", "DD_API_KEY=@{h32}"},
      {"Algolia", "ALGOLIA_ADMIN_KEY=@{h32}"},
      {"Heroku", "HEROKU_API_KEY=@{h8}-{h4}-{h4}-{h4}-{h12}"},
      {"Hex", "HEX_API_KEY=@{h32}"},
      {"Okta", "Authorization: SSWS @{w42}"},
      {"Auth0", "AUTH0_CLIENT_SECRET=@{w64}"},
      {"Snowflake", "SNOWFLAKE_PASSWORD=@{n14}"},
      {"GitLab", "Cookie: _gitlab_session=@{h32}"},
      {"Basic", "Authorization: Basic @{n22}=="},
      {"Bearer", "> authorization: Bearer @{n40}"},
      {"PostgreSQL", "postgres://app:@{n16}@db.example.com:5432/app"},
      {"MongoDB", "mongodb+srv://app:@{n16}@cluster.example.net/app"},
      {"Redis", "redis://:@{n24}@cache:6379/0"},
      {"AMQP", "amqp://app:@{n16}@queue:5672/%2f"},
      {"kubeconfig", "    client-key-data: @{b200}"},
      {".netrc", "machine gitlab.example.com login ci password @{n20}"},
      {"Docker", "    \"auth\": \"@{n30}==\""},
      {".npmrc", "//registry.example.com/:_authToken=@{n36}"},
      {".npmrc", "_auth=@{n30}=="},
      {"command line", "docker login -u ci -p @{n20} registry.example.com"},
      {"command line", "tool --api-key @{n24} run"},
      {"command line", "curl -u ci:@{n20} https://example.com"},
      {"command line", "mysql --password=@{n12} app"},
      {"variable", "DB_PASS=@{n10}"},
      {"WireGuard", "PrivateKey = @{b43}="},
      {"Rails", "RAILS_MASTER_KEY=@{h32}"},
  };
  return shapes;
}

}  // namespace runneriq::evaluation
