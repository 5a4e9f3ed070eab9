#include "diagnosis/rule_families.hpp"

#include <array>

namespace runneriq::diagnosis {
namespace {

constexpr auto kRules =
    std::to_array<Rule>({
        {.id = "docker-hub-limit",
         .pattern = "toomanyrequests: |You have reached your (unauthenticated )?pull rate limit|pull "
                    "rate limit",
         .failure_class = FailureClass::registry,
         .precedence = 88,
         .confidence = 0.98,
         .weight = 0.97,
         .why = "Docker Hub's pull limit is reached",
         .suggestion = "Log in to Docker Hub, or pull through GitLab's dependency proxy or a mirror.",
         .examples = {"toomanyrequests: You have reached your pull rate limit."}},
        {.id = "image-not-found",
         .pattern =
             R"(manifest unknown|manifest for \S+ not found|pull access denied for|repository does not exist or may require|(ErrImagePull|ImagePullBackOff|InvalidImageName)|failed to pull (and unpack )?image|failed to resolve reference|Error response from daemon: (pull access|manifest|No such image|unauthorized)|image not found|name unknown: |repository name not known|reading manifest \S+ in |^Error: [\w.-]+\.\w+(:\d+)?/\S+: not found$)",
         .failure_class = FailureClass::registry,
         .precedence = 82,
         .confidence = 0.75,
         .weight = 0.93,
         .why = "an image cannot be pulled",
         .suggestion = "Correct name and tag of the image, or give the job the right to pull it "
                       "(DOCKER_AUTH_CONFIG, job token access).",
         .examples =
             {"manifest for example.com/cart:99 not found: manifest unknown: manifest unknown",
              R"(ERROR: Job failed: failed to pull image "example.com/cart:99" with specified policies [always])",
              "Error: registry.example.com/cart:1: not found"},
         .counterexamples =
             {R"(Error response from daemon: Get "https://registry.example.com/v2/": x509: certificate signed by unknown authority)"}},
        {.id = "kubernetes-image-pull",
         .pattern = "image pull failed: |Back-off pulling image|ErrImagePull|ImagePullBackOff",
         .failure_class = FailureClass::registry,
         .precedence = 91,
         .confidence = 0.93,
         .weight = 0.93,
         .why = "Kubernetes cannot pull an image",
         .suggestion = "Correct name and tag of the image, or give the pod the right to pull it "
                       "(image_pull_secrets, DOCKER_AUTH_CONFIG).",
         .examples = {R"(image pull failed: Back-off pulling image "example.com/cart:9")",
                      "ERROR: Job failed (system failure): prepare environment: waiting for pod running: "
                      "ImagePullBackOff"}},
        {.id = "registry-auth",
         .pattern =
             R"(unauthorized: (authentication required|HTTP Basic|incorrect username|access)|denied: (requested access|access forbidden|permission)|no basic auth credentials|failed to authorize: |failed to fetch (oauth|anonymous) token|authorization status: 40\d|npm (ERR!|error) code (E401|ENEEDAUTH)|Error: Cannot perform an interactive login|error getting credentials|401 Error, Credentials not correct|NU1301.*401|Could not GET '.*'\. Received status code 40[13]|status code: 40[13], reason phrase|HTTPError: 403 .*https://upload\.pypi)",
         .failure_class = FailureClass::registry,
         .precedence = 84,
         .confidence = 0.85,
         .weight = 0.93,
         .why = "a registry refuses the credentials",
         .suggestion = "Renew the token for the registry, and look whether it may pull or push there.",
         .examples = {"unauthorized: authentication required", "npm ERR! code E401"}},
        {.id = "npm-forbidden",
         .pattern = "npm (ERR!|error) code E403",
         .failure_class = FailureClass::registry,
         .precedence = 72,
         .confidence = 0.85,
         .weight = 0.93,
         .why = "npm's registry refuses the request",
         .suggestion = "Renew the token for the registry, and look whether it may read or publish there.",
         .examples = {"npm ERR! code E403"}},
        {.id = "registry-5xx",
         .pattern =
             R"(received unexpected HTTP status: 5\d\d|(registry|index\.docker\.io|docker\.io|quay\.io|ghcr\.io|gcr\.io|npmjs|pypi|pythonhosted|rubygems|packagist|crates\.io|maven|jcenter|bintray|sonatype|nuget|proxy\.golang\.org|hex\.pm|hackage|anaconda|cocoapods|clojars|jitpack).* (5\d\d (Internal|Bad Gateway|Service|Gateway|Server Error|Backend)|returned a 5\d\d|Service Unavailable|429 Too Many)|Received status code 5\d\d from server|npm (ERR!|error) 50\d|ReasonPhrase: ?(Service Unavailable|Bad Gateway|Internal)|reason phrase: (Service|Bad Gateway|Internal|Too Many))",
         .failure_class = FailureClass::registry,
         .precedence = 80,
         .confidence = 0.88,
         .weight = 0.88,
         .why = "a registry fails",
         .suggestion = "Retry the job; if it stays, look at the registry's status or use a mirror.",
         .examples = {"received unexpected HTTP status: 503 Service Unavailable",
                      "Could not GET 'https://jcenter.bintray.com/cart.pom'. Received status code 502 "
                      "from server: Bad Gateway"}},
        {.id = "registry-network",
         .pattern =
             R"((registry|index\.docker\.io|docker\.io|quay\.io|ghcr\.io|gcr\.io|npmjs|pypi|pythonhosted|rubygems|packagist|crates\.io|repo\S*maven|jcenter|bintray|sonatype|nuget|proxy\.golang\.org|hex\.pm|hackage|anaconda|clojars|archive\.ubuntu|deb\.debian|security\.debian|dl-cdn\.alpinelinux).*(i/o timeout|timed out|Timeout|connection reset|connection refused|Connection failed|TLS handshake|unexpected EOF|Could not connect|Unable to connect|ETIMEDOUT|ECONNRESET|ECONNREFUSED))",
         .failure_class = FailureClass::registry,
         .precedence = 79,
         .confidence = 0.82,
         .weight = 0.85,
         .why = "a registry does not answer",
         .suggestion = "Retry the job; if it stays, look at the registry's status or use a mirror.",
         .examples = {"error pulling image: Get https://registry-1.docker.io/v2/: net/http: TLS "
                      "handshake timeout",
                      "npm ERR! network request to https://registry.npmjs.org/left-pad failed, reason: "
                      "connect ETIMEDOUT 192.0.2.1:443"}},
        {.id = "apt-mirror",
         .pattern =
             R"(Hash Sum mismatch|File has unexpected size|Mirror sync in progress|E: Failed to fetch \S+ .*(50\d|Connection|Could not connect|Unable to connect|timed out|Hash)|Some index files failed to download|Release file for \S+ is not valid yet|Could not connect to \S+:80|repomd\.xml: \[Errno|Cannot download repomd\.xml|All mirrors were (tried|already tried)|Failed to download metadata for repo|Cannot prepare internal mirrorlist|temporary error \(try again later\)|ERROR: http\S+: (temporary error|network|IO ERROR|BAD (archive|signature))|E: (Unable to fetch some archives|Some files failed to download))",
         .failure_class = FailureClass::registry,
         .precedence = 79,
         .confidence = 0.88,
         .weight = 0.9,
         .why = "a mirror of system packages fails",
         .suggestion = "Retry the job; if it stays, use another mirror.",
         .examples = {"E: Failed to fetch http://archive.example.com/dists/Packages.gz  Hash Sum mismatch",
                      "WARNING: Ignoring https://dl.example.com/main: temporary error (try again later)"}},
        {.id = "npm-network",
         .pattern =
             R"(npm (ERR!|error) (code (ETIMEDOUT|ECONNRESET|ECONNREFUSED|EAI_AGAIN|ENOTFOUND|ERR_SOCKET_TIMEOUT|ENETUNREACH)|network |errno E(TIMEDOUT|CONNRESET|NOTFOUND|AI_AGAIN)|cb\(\) never called|registry error parsing json)|ERR_PNPM_META_FETCH_FAIL|error An unexpected error occurred: "https?://\S+: (ESOCKETTIMEDOUT|ETIMEDOUT|Request failed|getaddrinfo|socket))",
         .failure_class = FailureClass::registry,
         .precedence = 76,
         .confidence = 0.82,
         .weight = 0.85,
         .why = "npm cannot reach the registry",
         .suggestion = "Retry the job; if it stays, look at the registry's status, or cache packages.",
         .examples =
             {"npm ERR! code ETIMEDOUT",
              R"(error An unexpected error occurred: "https://registry.yarnpkg.com/left-pad: ESOCKETTIMEDOUT".)"}},
        {.id = "pip-network",
         .pattern =
             R"(pip\._vendor\.\S*(ReadTimeoutError|ConnectionError|ProtocolError|MaxRetryError|NewConnectionError|SSLError|ConnectTimeoutError)|Could not fetch URL https?://\S+/simple/|HTTP error 50\d while getting|There was a problem confirming the ssl certificate|Cannot (fetch|connect to) .*(simple|pypi))",
         .failure_class = FailureClass::registry,
         .precedence = 76,
         .confidence = 0.8,
         .weight = 0.85,
         .why = "pip cannot reach the index",
         .suggestion = "Retry the job; if it stays, look at the index's status, or use a mirror.",
         .examples = {"pip._vendor.urllib3.exceptions.ReadTimeoutError: "
                      "HTTPSConnectionPool(host='files.pythonhosted.org', port=443): Read timed out."}},
        {.id = "gem-network",
         .pattern =
             R"(Gem::RemoteFetcher::(FetchError|UnknownHostError)|Bundler::HTTPError|Could not (reach host|verify the SSL certificate for) |Net::(OpenTimeout|ReadTimeout|HTTPFatalError)|Could not fetch specs from|CurlException|\[Composer\\Downloader\\TransportException\]|The "https?://\S+" file could not be downloaded|CDN: \S+ URL couldn't be downloaded|Failed to (connect to|download) \S*(rubygems|packagist|cocoapods)|curl error \d+ while downloading)",
         .failure_class = FailureClass::registry,
         .precedence = 75,
         .confidence = 0.82,
         .weight = 0.85,
         .why = "a registry of packages cannot be reached",
         .suggestion = "Retry the job; if it stays, look at the registry's status or use a mirror.",
         .examples = {"Gem::RemoteFetcher::FetchError: Errno::ETIMEDOUT: Connection timed out",
                      R"([Composer\Downloader\TransportException])"}},
        {.id = "maven-transfer",
         .pattern =
             R"(Could not transfer artifact \S+|Could not (GET|HEAD) 'https?://|Failed to transfer (file )?https?://|Return code is: 5\d\d|transfer failed for https?://|ArtifactTransferException|failed to download from `https?://|spurious network error|download of config\.json failed|Checksum validation failed, no checksums available|Unable to load Maven meta-data)",
         .failure_class = FailureClass::registry,
         .precedence = 73,
         .confidence = 0.7,
         .weight = 0.85,
         .why = "an artifact cannot be fetched from its repository",
         .suggestion = "Retry the job; if it stays, look at the repository's status and credentials, or "
                       "use a mirror.",
         .examples = {"Could not transfer artifact com.example:cart:pom:1.0 from/to central "
                      "(https://repo.maven.apache.org/maven2): Connection reset"}},
        {.id = "maven-https-required",
         .pattern =
             R"(501 HTTPS Required|Return code is: 501|blocked mirror for repositories|SSL is required|Using insecure protocols with repositories|jcenter\S* .*(403|410|Forbidden|Gone)|Return code is: 403)",
         .failure_class = FailureClass::registry,
         .precedence = 76,
         .confidence = 0.88,
         .weight = 0.92,
         .why = "a repository no longer serves this address",
         .suggestion = "Use the repository's https address, or the one that took its place.",
         .examples = {"Return code is: 501 , ReasonPhrase:HTTPS Required."}},
        {.id = "nuget-feed",
         .pattern = "error NU1301: ",
         .failure_class = FailureClass::registry,
         .precedence = 78,
         .confidence = 0.85,
         .weight = 0.9,
         .why = "a feed of NuGet does not answer",
         .suggestion =
             "Retry the job; if it stays, check the feed's address and credentials in nuget.config.",
         .examples = {"Cart.csproj : error NU1301: Unable to load the service index for source "
                      "https://feed.example.com/index.json."}},
        {.id = "helm-chart-registry",
         .pattern =
             R"(looks like "https?://\S+" is not a valid chart repository|failed to fetch https?://\S+\.tgz|Error: Failed to (query available provider packages|install provider)|could not query provider registry|Error while installing \S+ v[\d.]+: |galaxy\.ansible\.com.*(failed|error)|Failed to download artifact)",
         .failure_class = FailureClass::registry,
         .precedence = 62,
         .confidence = 0.65,
         .weight = 0.75,
         .why = "a registry of charts, providers or roles fails",
         .examples = {"Error: Failed to query available provider packages",
                      "Error: Failed to install provider"}},
        {.id = "version-published",
         .pattern = "[Yy]ou cannot publish over the previously published",
         .failure_class = FailureClass::registry,
         .precedence = 84,
         .confidence = 0.9,
         .weight = 0.95,
         .why = "that version is published already",
         .suggestion = "Raise the version: what is published cannot be replaced.",
         .examples = {"npm error 403 403 Forbidden - PUT https://registry.npmjs.org/cart - You cannot "
                      "publish over the "
                      "previously published versions: 1.0.0."}},
        {.id = "push-failed",
         .pattern =
             R"((error|failed).*(parsing HTTP 40\d response|blob upload (unknown|invalid)|pushing (image|manifest|layer)|copying (image|layer|config))|received unexpected HTTP status|error publishing|403 Forbidden - PUT|File already exists|status code 409|400 File already exists|name already exists|Release already exists|File name has already been taken)",
         .failure_class = FailureClass::registry,
         .precedence = 66,
         .confidence = 0.7,
         .weight = 0.8,
         .why = "the registry takes no upload",
         .suggestion = "Raise the version if it is published already; else check the right to push.",
         .examples = {"npm ERR! 403 403 Forbidden - PUT https://registry.npmjs.org/cart - You cannot "
                      "publish over the previously published versions: 1.0.0.",
                      "Validation failed: File name has already been taken"}},
    });

}  // namespace

std::span<const Rule> rules_registry() {
  return kRules;
}

}  // namespace runneriq::diagnosis
