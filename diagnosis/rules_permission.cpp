#include "diagnosis/rule_families.hpp"

#include <array>

namespace runneriq::diagnosis {
namespace {

constexpr auto kRules = std::to_array<Rule>({
    {.id = "git-publickey-denied",
     .pattern =
         R"(Permission denied \((publickey|password|keyboard)|Host key verification failed|Too many authentication failures|no matching host key type)",
     .failure_class = FailureClass::permission,
     .precedence = 80,
     .confidence = 0.95,
     .weight = 0.95,
     .why = "the SSH key is refused, or the host is not known",
     .suggestion = "Give the job a deploy key that the server knows, load it with ssh-add, and put the "
                   "host's key into known_hosts.",
     .examples = {"git@example.com: Permission denied (publickey).", "Host key verification failed."}},
    {.id = "git-read-refused",
     .pattern = "remote: (You are not allowed to download code|The project you were looking for could not be "
                "found or "
                "you don't have permission to view it)",
     .failure_class = FailureClass::permission,
     .precedence = 84,
     .confidence = 0.88,
     .weight = 0.9,
     .why = "the job may not read that project",
     .suggestion =
         "Let this project's job token read the other one (its CI/CD job token permissions), or use a "
         "token that may.",
     .examples = {"remote: You are not allowed to download code from this project."}},
    {.id = "go-private-module",
     .pattern = R"(^go: .*git ls-remote .*exit status 128)",
     .failure_class = FailureClass::permission,
     .precedence = 80,
     .confidence = 0.75,
     .weight = 0.9,
     .why = "Go may not read a module's project",
     .suggestion =
         "Set GOPRIVATE, and give Git the job's token (a .netrc or url.insteadOf with CI_JOB_TOKEN).",
     .examples = {"go: gitlab.example.com/shop/price@v1.3.0: invalid version: git ls-remote -q origin in "
                  "/go/pkg/mod/cache/vcs/f1: exit status 128:"}},
    {.id = "git-push-denied",
     .pattern =
         R"(remote: (Permission to \S+ denied|You are not allowed to (push|upload)|error: GH006|GitLab: (You are not allowed|.*protected)|Invalid username or password|HTTP Basic: Access denied|Support for password authentication)|pre-receive hook declined|protected branch hook declined|fatal: Authentication failed for|could not read (Username|Password) for|error: 403 while accessing|The requested URL returned error: 403|Bad credentials|HttpError: (Bad credentials|Resource not accessible|Requires authentication))",
     .failure_class = FailureClass::permission,
     .precedence = 78,
     .confidence = 0.93,
     .weight = 0.93,
     .why = "the server refuses the push or the token",
     .suggestion =
         "Use a token that has not expired and may do that: read to clone, write to push; protected "
         "branches need their own right.",
     .examples = {"remote: You are not allowed to push code to this project.",
                  "fatal: Authentication failed for 'https://gitlab.example.com/cart.git/'"}},
    {.id = "artifact-upload-refused",
     .pattern = "Uploading artifacts .*403 Forbidden",
     .failure_class = FailureClass::permission,
     .precedence = 78,
     .confidence = 0.75,
     .weight = 0.9,
     .why = "the artifacts are refused",
     .suggestion = "Retry the job; a job token is not valid once the job is over, and a proxy before GitLab "
                   "may refuse the upload.",
     .examples = {R"(WARNING: Uploading artifacts as "archive" to coordinator... 403 Forbidden)"}},
    {.id = "file-permission",
     .pattern =
         R"((?i)(^|[^*\s]\s*)permission denied$|\bEACCES\b|: Permission denied\b|\[Errno 13\]|Operation not permitted|\bEPERM\b|AccessDeniedException: /|Access to the path '.*' is denied|You don't have (write )?permissions? (for|to)|are you root\?|must be run as root|you must be root|is not in the sudoers file|a terminal is required to read the password|sudo: no tty)",
     .failure_class = FailureClass::permission,
     .precedence = 64,
     .confidence = 0.75,
     .weight = 0.88,
     .why = "a file may not be read, written or run",
     .suggestion = "Give the file its right (git update-index --chmod=+x for scripts), or run as the user "
                   "that owns it.",
     .examples = {"/bin/sh: 1: ./build.sh: Permission denied",
                  "npm ERR! Error: EACCES: permission denied, mkdir '/usr/lib/node_modules'"},
     .counterexamples = {"\t* permission denied"}},
    {.id = "docker-socket-permission",
     .pattern =
         R"(permission denied while trying to connect to the Docker daemon|dial unix /var/run/docker\.sock: connect: permission denied)",
     .failure_class = FailureClass::permission,
     .precedence = 84,
     .confidence = 0.93,
     .weight = 0.93,
     .why = "the job's user may not use Docker",
     .suggestion = "Add the runner's user to the group docker, or use a socket that the job may open.",
     .examples = {"Got permission denied while trying to connect to the Docker daemon socket at "
                  "unix:///var/run/docker.sock"}},
    {.id = "cloud-access-denied",
     .pattern =
         R"(\(AccessDenied(Exception)?\)|AccessDenied: |is not authorized to perform|UnauthorizedOperation|AuthorizationFailed|PERMISSION_DENIED|does not have .* (access|permission)|ExpiredToken|InvalidClientTokenId|SignatureDoesNotMatch|InvalidAccessKeyId|The security token included in the request|Request had insufficient authentication scopes|403 Forbidden .*(s3|storage|googleapis)|invalid_grant|AADSTS\d+)",
     .failure_class = FailureClass::permission,
     .precedence = 78,
     .confidence = 0.92,
     .weight = 0.93,
     .why = "the cloud refuses what the job wants",
     .suggestion = "Give the job's role the right that is named, and look whether its key has expired.",
     .examples = {"An error occurred (AccessDenied) when calling the PutObject operation: Access Denied"}},
    {.id = "kubernetes-forbidden",
     .pattern =
         R"(Error from server \((Forbidden|Unauthorized)\)|cannot (get|list|create|update|patch|delete|watch) resource "|error: You must be logged in to the server|is forbidden: User ")",
     .failure_class = FailureClass::permission,
     .precedence = 78,
     .confidence = 0.93,
     .weight = 0.93,
     .why = "the cluster refuses what the job wants",
     .suggestion = "Give the job's service account a role with that right.",
     .examples =
         {R"(Error from server (Forbidden): deployments.apps is forbidden: User "system:serviceaccount:ci:cart" cannot list resource "deployments")"}},
    {.id = "http-401-403",
     .pattern =
         R"((?i)HTTP/1\.[01] 40[13]\b|HTTP/2 40[13]\b|HTTP:? 40[13]\b|HTTP error:? 40[13]\b|HTTP status:? 40[13]\b|HTTP code:? 40[13]\b|status code:? 40[13]\b|response code:? 40[13]\b|error code:? 40[13]\b|^Code: 40[13]\b|returned error:? 40[13]\b|401:? (Unauthorized|Bad credentials)|403:? Forbidden|(: |not |")(unauthorized|forbidden)$|insufficient_scope|insufficient (scope|permission|privilege)s?|access denied|not authorized|authentication (failed|required|error)|invalid (api )?(token|credentials|password)|login failed|Invalid (username|login|user)|token (has )?expired)",
     .failure_class = FailureClass::permission,
     .precedence = 66,
     .confidence = 0.72,
     .weight = 0.82,
     .why = "a service refuses the job's credentials",
     .suggestion = "Give the job's token the right that was refused, and look whether it has expired.",
     .examples = {"HTTP 401: Unauthorized", R"({"message":"403 Forbidden"})", "Code: 403. Errors:"}},
    {.id = "deploy-unauthorized",
     .pattern =
         "(?i)(heroku|netlify|vercel|now|surge|firebase|npm|pypi|rubygems|sonatype|s3|gh-pages|releases).*("
         "unauthori[sz]ed|forbidden|not logged in|invalid api key|authentication)|npm (ERR!|error) need "
         "auth|You must be logged in to publish|invalid or expired (token|key)|gpg: (signing failed|no "
         "default secret key|decryption failed)|error: gpg failed to sign|bad decrypt",
     .failure_class = FailureClass::permission,
     .precedence = 68,
     .confidence = 0.85,
     .weight = 0.88,
     .why = "a service refuses the job's credentials, or a key is missing",
     .suggestion = "Renew the key or token; protected variables are there on protected refs alone.",
     .examples = {"npm ERR! need auth This command requires you to be logged in.",
                  "gpg: signing failed: No secret key"}},
    {.id = "encrypted-variable",
     .pattern = "bad decrypt|iv undefined|EVP_DecryptFinal_ex|hex string is too short|openssl aes-256-cbc",
     .failure_class = FailureClass::permission,
     .precedence = 66,
     .confidence = 0.7,
     .weight = 0.88,
     .why = "a file cannot be decrypted with the job's key",
     .suggestion = "Set the key's variables; they are not there for forks and on unprotected refs.",
     .examples =
         {"140735:error:06065064:digital envelope routines:EVP_DecryptFinal_ex:bad decrypt:evp_enc.c:529:",
          "iv undefined"}},
});

}  // namespace

std::span<const Rule> rules_permission() {
  return kRules;
}

}  // namespace runneriq::diagnosis
