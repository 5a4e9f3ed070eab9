#include "diagnosis/rule_families.hpp"

#include <array>

namespace runneriq::diagnosis {
namespace {

constexpr auto kRules = std::to_array<Rule>({
    // ---- variables
    {.id = "unbound-variable",
     .pattern = R"(: unbound variable$|: parameter (null or )?not set$|: parameter not set\b)",
     .failure_class = FailureClass::configuration,
     .precedence = 68,
     .confidence = 0.95,
     .weight = 0.95,
     .why = "a variable is not set",
     .suggestion = "Set the variable in the job, the project's or the group's CI/CD settings; a "
                   "protected one is there on protected refs alone.",
     .examples = {"./deploy.sh: line 12: REGISTRY_USER: unbound variable",
                  "sh: DEPLOY_HOST: parameter not set"}},
    {.id = "variable-not-set",
     .pattern =
         R"((?i)\b(environment |env |ci |required )?variables? [`'"$]?\{?[A-Z][A-Z0-9_]{2,}\}?[`'"]? (is|are|was|must be|has|needs to be|should be|not) ?(not |un)?(been )?(set|defined|empty|missing|required|found|declared|provided))",
     .failure_class = FailureClass::configuration,
     .precedence = 66,
     .confidence = 0.9,
     .weight = 0.9,
     .why = "a variable is not set",
     .suggestion = "Set the variable in the job, the project's or the group's CI/CD settings; a "
                   "protected one is there on protected refs alone.",
     .examples = {"Error: environment variable DEPLOY_TOKEN is not set"}},
    {.id = "capitals-not-set",
     .pattern =
         R"(\b[A-Z][A-Z0-9]*_[A-Z0-9_]+['"`]? (is not set|is unset|is empty|must be set|must be defined|is not defined|not set|is required|is missing)\b)",
     .failure_class = FailureClass::configuration,
     .precedence = 65,
     .confidence = 0.88,
     .weight = 0.88,
     .why = "a variable is not set",
     .suggestion = "Set the variable in the job, the project's or the group's CI/CD settings; a "
                   "protected one is there on protected refs alone.",
     .examples = {"AWS_REGION must be set"},
     .counterexamples = {"the target language is not set or recognized"}},
    {.id = "missing-env-variable",
     .pattern =
         R"((?i)(missing|undefined|unset|no value for) (required )?(environment |env |ci )?variables?:? [`'"$]?\{?[A-Z])",
     .failure_class = FailureClass::configuration,
     .precedence = 66,
     .confidence = 0.9,
     .weight = 0.9,
     .why = "a variable is not set",
     .suggestion = "Set the variable in the job, the project's or the group's CI/CD settings; a "
                   "protected one is there on protected refs alone.",
     .examples = {"Missing required environment variable: DEPLOY_TOKEN"}},
    {.id = "python-missing-env",
     .pattern =
         R"(KeyError: '[A-Z][A-Z0-9]*(_[A-Z0-9]+)+'|ImproperlyConfigured: |Set the \w+ environment variable)",
     .failure_class = FailureClass::configuration,
     .precedence = 60,
     .confidence = 0.75,
     .weight = 0.8,
     .why = "a variable is not set",
     .examples = {"KeyError: 'DEPLOY_TOKEN'"}},
    {.id = "empty-image-name",
     .pattern =
         R"(invalid reference format|invalid argument "[^"]*" for "-t, --tag"|repository name must be lowercase)",
     .failure_class = FailureClass::configuration,
     .precedence = 66,
     .confidence = 0.85,
     .weight = 0.85,
     .why = "an image's name is not valid, often for an unset variable",
     .suggestion = "Check the variables in the image's name, and write it in small letters.",
     .examples = {"docker: invalid reference format."}},
    {.id = "base64-invalid",
     .pattern =
         R"(base64: invalid input|Invalid base64|[Ee]rror loading key ".*": (invalid format|error in libcrypto)|Load key ".*": (invalid format|error in libcrypto))",
     .failure_class = FailureClass::configuration,
     .precedence = 52,
     .confidence = 0.65,
     .weight = 0.7,
     .why = "a key or variable is not in the form expected",
     .suggestion = "Store the key as a variable of type file, with a line end at its end.",
     .examples = {R"(Load key "/builds/cart.tmp/SSH_KEY": invalid format)"}},
    // ---- CI files
    {.id = "ci-yaml-invalid",
     .pattern =
         R"((?i)jobs:\S+ config (contains|should|key may)|Invalid CI config|config contains unknown keys|\.gitlab-ci\.ya?ml.*(invalid|error|syntax|could not)|undefined need: |chosen stage .* does not exist)",
     .failure_class = FailureClass::configuration,
     .precedence = 70,
     .confidence = 0.93,
     .weight = 0.9,
     .why = "the CI file is not valid",
     .suggestion = "Check the file with the CI lint of the project.",
     .examples = {"jobs:build config contains unknown keys: scripts"}},
    {.id = "yaml-syntax",
     .pattern =
         R"(yaml: (line \d+|unmarshal|did not find)|yaml\.(scanner|parser|constructor)\.\w+Error|mapping values are not allowed|did not find expected (key|'-' indicator|node content)|YAMLException: |error converting YAML to JSON|Psych::SyntaxError|could not find expected ':')",
     .failure_class = FailureClass::configuration,
     .precedence = 58,
     .confidence = 0.8,
     .weight = 0.85,
     .why = "a YAML file does not parse",
     .suggestion = "Correct the YAML at the line named; most often it is the indentation or a colon that "
                   "needs quotes.",
     .examples = {"error: error parsing deploy.yaml: error converting YAML to JSON: yaml: line 41: did "
                  "not find expected key",
                  "yaml.scanner.ScannerError: mapping values are not allowed here"}},
    {.id = "json-toml-syntax",
     .pattern =
         R"((?i)(failed to parse|error parsing|could not parse|parse error in|invalid json in|syntax error in) .*\.(json|toml|ya?ml|xml|ini|cfg|conf|properties|lock)\b|npm (ERR!|error) code EJSONPARSE|TOML parse error|json\.decoder\.JSONDecodeError)",
     .failure_class = FailureClass::configuration,
     .precedence = 54,
     .confidence = 0.7,
     .weight = 0.75,
     .why = "a configuration file does not parse",
     .suggestion = "Correct the file at the place named.",
     .examples = {"error: failed to parse manifest at `/builds/cart/Cargo.toml`",
                  "npm ERR! code EJSONPARSE"}},
    {.id = "npm-no-manifest",
     .pattern = R"(ENOENT: no such file or directory, open '\S*package\.json')",
     .failure_class = FailureClass::configuration,
     .precedence = 72,
     .confidence = 0.88,
     .weight = 0.9,
     .why = "there is no package.json where npm looks",
     .suggestion = "Run npm in the folder that holds package.json, and see whether the job checks it out.",
     .examples = {"npm error enoent Could not read package.json: Error: ENOENT: no such file or directory, "
                  "open '/builds/cart/package.json'"}},
    {.id = "artifacts-too-large",
     .pattern = "Uploading artifacts .*(413 (Request Entity|Payload|Content) Too Large|too large)|FATAL: "
                "too large",
     .failure_class = FailureClass::configuration,
     .precedence = 74,
     .confidence = 0.85,
     .weight = 0.9,
     .why = "the artifacts are larger than GitLab takes",
     .suggestion = "Keep fewer files as artifacts, or have the limit of the project or instance raised.",
     .examples =
         {R"(ERROR: Uploading artifacts as "archive" to coordinator... too large archive)",
          R"(WARNING: Uploading artifacts as "archive" to coordinator... 413 Request Entity Too Large)"}},
    {.id = "artifact-missing",
     .pattern = "ERROR: No matching artifacts|413 Request Entity Too Large",
     .failure_class = FailureClass::configuration,
     .precedence = 45,
     .confidence = 0.6,
     .weight = 0.4,
     .why = "artifacts are not there or too large",
     .suggestion = "Keep fewer files as artifacts, or raise the limit.",
     .examples = {"ERROR: No matching artifacts", "413 Request Entity Too Large"}},
    {.id = "release-token-missing",
     .pattern =
         R"(\b(ENOGLTOKEN|ENOGHTOKEN|ENONPMTOKEN|EINVALIDGLTOKEN|EINVALIDGHTOKEN|EINVALIDNPMTOKEN)\b|SemanticReleaseError: (No|Invalid) (GitLab|GitHub|npm) token)",
     .failure_class = FailureClass::configuration,
     .precedence = 70,
     .confidence = 0.88,
     .weight = 0.92,
     .why = "semantic-release has no valid token",
     .suggestion = "Set a valid token as a masked CI/CD variable; a protected one is there on protected "
                   "refs alone.",
     .examples = {"ENOGLTOKEN No GitLab token specified.",
                  "SemanticReleaseError: No GitLab token specified."}},
    // ---- tasks, targets, options
    {.id = "make-no-target",
     .pattern =
         R"(make(\[\d+\])?: \*\*\* No rule to make target|make: \*\*\* No targets specified and no makefile found)",
     .failure_class = FailureClass::configuration,
     .precedence = 62,
     .confidence = 0.85,
     .weight = 0.85,
     .why = "make knows no such target",
     .suggestion = "Correct the target's name, or add the rule or file that it needs.",
     .examples = {"make: *** No rule to make target 'chekc'.  Stop."}},
    {.id = "npm-missing-script",
     .pattern =
         R"((?i)npm (ERR!|error) missing script|error Command "[^"]+" not found\.|ERR_PNPM_NO_SCRIPT|None of the selected packages has a "|error: Script not found ")",
     .failure_class = FailureClass::configuration,
     .precedence = 68,
     .confidence = 0.96,
     .weight = 0.95,
     .why = "package.json has no such script",
     .suggestion = "Add the script to package.json, or correct its name in the job.",
     .examples = {"npm ERR! missing script: biuld", R"(error Command "biuld" not found.)"}},
    {.id = "gradle-task-not-found",
     .pattern =
         R"(Task '\S+' (is ambiguous|not found) in (root )?project|Cannot locate tasks that match|Project '\S+' not found in root project|Could not find method \w+\(\) for arguments|Could not get unknown property)",
     .failure_class = FailureClass::configuration,
     .precedence = 68,
     .confidence = 0.96,
     .weight = 0.95,
     .why = "Gradle knows no such task",
     .suggestion = "Correct the task's name; gradlew tasks lists them.",
     .examples = {"Task 'biuld' not found in root project 'cart'."}},
    {.id = "maven-lifecycle",
     .pattern =
         R"(Unknown lifecycle phase|No plugin found for prefix|The goal you specified requires a project to execute but there is no POM|Could not find the selected project in the reactor|Non-resolvable (parent|import) POM|The requested profile ")",
     .failure_class = FailureClass::configuration,
     .precedence = 66,
     .confidence = 0.94,
     .weight = 0.9,
     .why = "Maven knows no such phase, plug-in or project",
     .suggestion = "Correct the goal, profile or path in the Maven command.",
     .examples = {R"([ERROR] Unknown lifecycle phase "comple". You must specify a valid lifecycle phase)"}},
    {.id = "rake-task",
     .pattern =
         R"(Don't know how to build task|No Rakefile found|no such task\b|\*\* \(Mix\) The task "\S+" could not be found|Task '?"?\S+"? (not found|is not in your gulpfile|never defined)|Warning: Task "\S+" not found|Unknown task: |No such task)",
     .failure_class = FailureClass::configuration,
     .precedence = 67,
     .confidence = 0.95,
     .weight = 0.9,
     .why = "the task is not defined",
     .suggestion = "Correct the task's name, or add the plug-in that defines it.",
     .examples =
         {"Don't know how to build task 'speck' (see the list of available tasks with `rake --tasks`)",
          R"(Warning: Task "biuld" not found. Use --force to continue.)"}},
    {.id = "unknown-option",
     .pattern =
         R"((?i)(unrecogni[sz]ed|unknown|invalid|illegal|unexpected|no such|unsupported) (command[- ]line )?(options?|arguments?|flags?|switch|parameter)( provided)?:? ?[`'"‘(]?-{1,2}\w|(option|flag) provided but not defined: -|error: Found argument '-|no such option: -|unknown flag: -|unknown shorthand flag|invalid option -- '|error: unexpected argument '-|bad option: -)",
     .failure_class = FailureClass::configuration,
     .precedence = 60,
     .confidence = 0.82,
     .weight = 0.85,
     .why = "a tool knows no such option",
     .suggestion = "Correct the option, or pin the version of the tool that knows it.",
     .examples = {"error: unrecognized arguments: --paralell", "unknown flag: --forec",
                  "tar: unrecognized option '--foo'"}},
    {.id = "unknown-command",
     .pattern =
         R"((?i)(unknown|unrecogni[sz]ed|invalid|no such) (sub-?)?command:? ?["'`]?\w|error: no such (sub)?command|is not a (\w+ )?command\. See '|Unknown command: "|error: unrecognized subcommand)",
     .failure_class = FailureClass::configuration,
     .precedence = 60,
     .confidence = 0.8,
     .weight = 0.85,
     .why = "a tool knows no such command",
     .suggestion = "Correct the command, or pin the version of the tool that knows it.",
     .examples = {"error: no such subcommand: `biuld`", R"(Error: unknown command "isntall" for "helm")"}},
    {.id = "xcode-scheme",
     .pattern =
         R"(xcodebuild: error: (The (workspace|project|directory) |Scheme |Unable to find a (device|destination)|Could not (resolve|find)|Failed to build|Option|'\S+' (does not exist|is not))|does not contain a scheme named|Scheme \S+ is not currently configured for the)",
     .failure_class = FailureClass::configuration,
     .precedence = 68,
     .confidence = 0.94,
     .weight = 0.95,
     .why = "Xcode knows no such scheme, project or destination",
     .suggestion = "Share the scheme, or correct scheme, workspace and destination in the command; "
                   "xcodebuild -list names them.",
     .examples = {R"(xcodebuild: error: The workspace named "Cart" does not contain a scheme named "Crat".)",
                  "xcodebuild: error: Unable to find a destination matching the provided destination "
                  "specifier:"}},
    {.id = "xcode-signing",
     .pattern =
         "Code ?[sS]ign(ing)? [eE]rror|requires a provisioning profile|No (signing certificate|profiles? "
         "for|identity found|certificate)|Provisioning profile .* doesn't|errSecInternalComponent",
     .failure_class = FailureClass::configuration,
     .precedence = 66,
     .confidence = 0.93,
     .weight = 0.95,
     .why = "code cannot be signed",
     .suggestion =
         "Install certificate and provisioning profile in the job, or switch signing off for tests.",
     .examples =
         {R"(error: "Cart" requires a provisioning profile. Select a provisioning profile in the Signing & Capabilities editor.)"}},
    // ---- files
    {.id = "no-such-script",
     .pattern =
         R"(^(/\S+/)?(ba|da|z|a|k)?sh: (line )?\d+: (cd: )?\.?/?[\w./-]+: No such file or directory|^(/\S+/)?(ba|da|z)?sh: \S+: No such file or directory|^/scripts-\S+: line \d+: \S+: No such file|line \d+: (cd: )?\S*/\S+: No such file or directory)",
     .failure_class = FailureClass::configuration,
     .precedence = 64,
     .confidence = 0.85,
     .weight = 0.9,
     .why = "a file or folder that the job names is not there",
     .suggestion = "Correct the path, or fetch the file: artifacts of an earlier job need `needs` or "
                   "`dependencies`.",
     .examples = {"bash: line 141: ./build.sh: No such file or directory",
                  "/usr/bin/bash: line 12: cd: frontend: No such file or directory"}},
    {.id = "file-argument-missing",
     .pattern =
         R"(^(cp|mv|cat|ls|rm|sed|tar|chmod|chown|find|grep|source|cd|install|ln|stat|rsync|diff|head|tail|touch|mkdir): .{0,20}[`'‘"]?[^'’" ]+[`'’"]?:? .*No such file or directory)",
     .failure_class = FailureClass::configuration,
     .precedence = 56,
     .confidence = 0.72,
     .weight = 0.8,
     .why = "a file that the job names is not there",
     .suggestion = "Correct the path, or fetch the file: artifacts of an earlier job need `needs` or "
                   "`dependencies`.",
     .examples = {"cp: cannot stat 'dist/cart.js': No such file or directory"}},
    {.id = "python-cannot-open",
     .pattern =
         R"(python[\d.]*: can't open file |Could not open requirements file|Could not open input file: |jq: error: Could not open|Error: Cannot find module '/|ERROR: file or directory not found: |Cannot open include file)",
     .failure_class = FailureClass::configuration,
     .precedence = 66,
     .confidence = 0.92,
     .weight = 0.95,
     .why = "a file that the job names is not there",
     .suggestion = "Correct the path in the job.",
     .examples = {"ERROR: Could not open requirements file: [Errno 2] No such file or directory: "
                  "'requirement.txt'",
                  "python: can't open file 'biuld.py': [Errno 2] No such file or directory"}},
    {.id = "no-project-file",
     .pattern =
         R"(could not find `Cargo\.toml` in|no such file or directory, open '\S*package\.json'|Could not locate Gemfile|Composer could not find a composer\.json|go: (cannot find main module|go\.mod file not found)|MSB1003|MSB1009|The source directory .* does not (exist|appear to contain)|Couldn't find a package\.json|does not appear to be a Python project|No `Podfile' found|can't find '__main__' module|Directory '\S+' is not installable)",
     .failure_class = FailureClass::configuration,
     .precedence = 66,
     .confidence = 0.92,
     .weight = 0.9,
     .why = "the tool finds no project in this folder",
     .suggestion = "Run the tool in the folder of the project.",
     .examples = {"error: could not find `Cargo.toml` in `/builds/cart` or any parent directory",
                  "Could not locate Gemfile"}},
    {.id = "dockerfile-missing",
     .pattern = "failed to read dockerfile|unable to (prepare context|evaluate symlinks in Dockerfile "
                "path)|(COPY|ADD) failed: |failed to (compute cache key|calculate checksum of ref).*not "
                "found|dockerfile parse error|unknown instruction: |Cannot locate specified Dockerfile",
     .failure_class = FailureClass::configuration,
     .precedence = 66,
     .confidence = 0.92,
     .weight = 0.92,
     .why = "the Dockerfile, or a file that it copies, is not there",
     .suggestion = "Correct the path of the Dockerfile or of its COPY, and look into .dockerignore.",
     .examples = {"unable to prepare context: unable to evaluate symlinks in Dockerfile path: lstat "
                  "/builds/cart/Dockerfile: no such file or directory",
                  "COPY failed: file not found in build context or excluded by .dockerignore: stat dist: "
                  "file does not exist"}},
    {.id = "compose-invalid",
     .pattern =
         R"((?i)the compose file .* is invalid|no configuration file provided: not found|service "\S+" (refers to undefined|has neither an image)|no such service: )",
     .failure_class = FailureClass::configuration,
     .precedence = 64,
     .confidence = 0.9,
     .weight = 0.85,
     .why = "the Compose file is not valid or not there",
     .examples = {"ERROR: The Compose file './docker-compose.yml' is invalid because:"}},
    {.id = "git-pathspec",
     .pattern = "error: pathspec '.*' did not match|fatal: ambiguous argument '|fatal: bad (revision|object) "
                "|unknown revision or path not in the working tree|fatal: Needed a single revision|no merge "
                "base|not a valid (object name|ref|branch)|shallow update not allowed|error: src refspec",
     .failure_class = FailureClass::configuration,
     .precedence = 60,
     .confidence = 0.85,
     .weight = 0.9,
     .why = "git knows no such branch, tag or commit",
     .suggestion = "Correct the name; a shallow clone lacks history: set GIT_DEPTH to 0.",
     .examples = {"error: pathspec 'mian' did not match any file(s) known to git",
                  "fatal: ambiguous argument 'origin/main...HEAD': unknown revision or path not in the "
                  "working tree."}},
    {.id = "git-not-a-repository",
     .pattern = "fatal: not a git repository|fatal: detected dubious ownership|fatal: unsafe "
                "repository|fatal: No names found, cannot describe|fatal: no tag exactly matches|Please "
                "tell me who you are|fatal: empty ident name|Author identity unknown",
     .failure_class = FailureClass::configuration,
     .precedence = 58,
     .confidence = 0.8,
     .weight = 0.85,
     .why = "git lacks what the command needs: a repository, a name, tags",
     .suggestion =
         "Set user.name, user.email and safe.directory in the job, and fetch tags with GIT_DEPTH 0.",
     .examples = {"fatal: not a git repository (or any of the parent directories): .git",
                  "fatal: No names found, cannot describe anything."}},
    {.id = "git-submodule",
     .pattern = "fatal: No url found for submodule path|fatal: reference is not a tree|Unable to "
                "(checkout|find current revision in submodule path)|Fetched in submodule path .*, but it "
                "did not contain|clone of .* into submodule path .* failed|upload-pack: not our ref",
     .failure_class = FailureClass::configuration,
     .precedence = 62,
     .confidence = 0.82,
     .weight = 0.9,
     .why = "a submodule cannot be checked out",
     .suggestion = "Push the submodule's commit, or correct .gitmodules and the submodule's commit.",
     .examples = {"fatal: No url found for submodule path 'lib/total' in .gitmodules"}},
    {.id = "git-ref-gone",
     .pattern = R"(fatal: Remote branch \S+ not found|fatal: (C|c)ouldn't find remote ref)",
     .failure_class = FailureClass::configuration,
     .precedence = 64,
     .confidence = 0.8,
     .weight = 0.92,
     .why = "the branch or pipeline to check out is gone",
     .suggestion = "Start a pipeline for a branch that is there still; it was deleted or renamed after "
                   "this one was made.",
     .examples = {"fatal: couldn't find remote ref refs/pipelines/41",
                  "fatal: Remote branch mian not found in upstream origin"}},
    {.id = "git-conflict",
     .pattern =
         R"(CONFLICT \((content|add/add|modify/delete|rename)|Automatic merge failed; fix conflicts|error: could not apply [0-9a-f]{7,}|! \[rejected\] .*\((fetch first|non-fast-forward)\)|error: failed to push some refs)",
     .failure_class = FailureClass::configuration,
     .precedence = 56,
     .confidence = 0.7,
     .weight = 0.85,
     .why = "git cannot merge or push",
     .suggestion = "Rebase onto the target branch and resolve the conflict.",
     .examples = {"CONFLICT (content): Merge conflict in cart.txt",
                  " ! [rejected]        main -> main (non-fast-forward)"}},
    // ---- deployment tools
    {.id = "kubectl-invalid",
     .pattern =
         R"(error: (unable to recognize|error validating|the path ".*" does not exist|no context exists|current-context|You must be logged in|no objects passed|context ".*" does not exist)|error validating data|no matches for kind "|The \w+ ".*" is invalid: |The connection to the server localhost:8080 was refused|Error from server \((NotFound|BadRequest|Invalid|AlreadyExists|Conflict)\))",
     .failure_class = FailureClass::configuration,
     .precedence = 64,
     .confidence = 0.88,
     .weight = 0.9,
     .why = "kubectl or the cluster refuses the manifest",
     .suggestion = "Check context, namespace and manifest: kubectl apply --dry-run=server shows what the "
                   "cluster dislikes.",
     .examples =
         {R"(error: unable to recognize "deploy.yaml": no matches for kind "Deployment" in version "extensions/v1beta1")",
          "The connection to the server localhost:8080 was refused - did you specify the right host or "
          "port?"}},
    {.id = "helm-failed",
     .pattern =
         R"(Error: (UPGRADE FAILED|INSTALLATION FAILED|YAML parse error on|template: |chart ".*" (not found|version)|failed to (parse|download) |values don't meet the specifications|execution error at|repo \S+ not found|rendered manifests contain)|another operation \(install/upgrade/rollback\) is in progress)",
     .failure_class = FailureClass::configuration,
     .precedence = 63,
     .confidence = 0.82,
     .weight = 0.85,
     .why = "Helm cannot install the chart",
     .suggestion =
         "Check the values and templates with helm template and helm lint; roll a stuck release back.",
     .examples = {"Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress"}},
    {.id = "terraform-failed",
     .pattern = "Error: (Unsupported (argument|attribute|block)|Missing required "
                "(argument|provider)|Reference to undeclared|Invalid "
                "(reference|value|function|expression|template|provider|resource|index|count|for_each|"
                "count argument|legacy)|Argument or block definition required|No value for required "
                "variable|Duplicate |Backend (initialization|configuration)|Error acquiring the state "
                "lock|Failed to (get existing workspaces|query available|install provider|load|read "
                "variables)|Inconsistent dependency lock file|Module not installed|Cycle: |Unclosed "
                "configuration block)|Error acquiring the state lock",
     .failure_class = FailureClass::configuration,
     .precedence = 62,
     .confidence = 0.82,
     .weight = 0.85,
     .why = "Terraform rejects the configuration",
     .suggestion = "Correct the configuration at the place named; terraform validate checks it.",
     .examples = {"│ Error: Reference to undeclared resource", "Error: No value for required variable"}},
    {.id = "ansible-failed",
     .pattern =
         R"(fatal: \[.*\]: (FAILED!|UNREACHABLE!) => |ERROR! (couldn't resolve|the playbook|Syntax Error|no action detected|conflicting action|'\S+' is not a valid|Unexpected|Attempting to decrypt|the role))",
     .failure_class = FailureClass::configuration,
     .precedence = 56,
     .confidence = 0.72,
     .weight = 0.85,
     .why = "a task of Ansible failed",
     .suggestion = "Read the task's msg; ansible-playbook --check -vvv shows more.",
     .examples =
         {R"(fatal: [web1]: FAILED! => {"changed": false, "msg": "Could not find the requested service nginx: host"})"}},
    {.id = "cloud-cli-config",
     .pattern =
         R"(Unable to locate credentials|You must specify a region|The config profile \(.*\) could not be found|Could not load the default credentials|could not find default credentials|Please run 'az login'|You do not currently have (this command group|an active account)|NoCredentialProviders|no valid credential sources|Missing credentials in config)",
     .failure_class = FailureClass::configuration,
     .precedence = 64,
     .confidence = 0.9,
     .weight = 0.9,
     .why = "the cloud's tool has no credentials",
     .suggestion = "Set the credentials' variables in the job, or use ID tokens; protected variables are "
                   "there on protected refs alone.",
     .examples =
         {R"(Unable to locate credentials. You can configure credentials by running "aws configure".)"}},
    {.id = "deploy-misconfigured",
     .pattern = "(?i)(missing|invalid|no) (api[_ -]?key|credentials?|deploy key|access[_ -]?token|auth[_ "
                "-]?token)( (provided|specified|found|supplied))?|No API (key|token)|api key .{0,20}(not "
                "set|missing|required)|(missing|required) (argument|option|parameter)s?:|required option",
     .failure_class = FailureClass::configuration,
     .precedence = 58,
     .confidence = 0.8,
     .weight = 0.85,
     .why = "a credential or parameter is not given",
     .suggestion = "Set the credential as a CI/CD variable of the project.",
     .examples = {"Error: no API key provided"}},
    {.id = "coveralls-codecov",
     .pattern = "Couldn't find a repository matching this job|Please (provide|set) (a "
                ")?(COVERALLS_REPO_TOKEN|CODECOV_TOKEN|repo_token)|No token specified or token is "
                "empty|Failed to (create|upload) (commit|report) .*(token|Token)",
     .failure_class = FailureClass::configuration,
     .precedence = 56,
     .confidence = 0.7,
     .weight = 0.75,
     .why = "the coverage service does not know the project",
     .suggestion = "Set the service's token as a CI/CD variable.",
     .examples = {"Couldn't find a repository matching this job."}},
    {.id = "travis-deploy",
     .pattern = "Error authenticating|error on deploy: |Skipping a deployment with .* failed|Invalid "
                "(credentials|configuration)|invalid config|InvalidConfig",
     .failure_class = FailureClass::configuration,
     .precedence = 50,
     .confidence = 0.6,
     .weight = 0.6,
     .why = "deployment is not configured rightly",
     .examples = {"Invalid configuration: unknown key"}},
    {.id = "bazel-config",
     .pattern =
         R"(ERROR: (no such (package|target)|Skipping '.*': no such|The 'build' command is only supported|\S+BUILD(\.bazel)?:\d+:\d+: )|ERROR: \S+/WORKSPACE:\d+)",
     .failure_class = FailureClass::configuration,
     .precedence = 60,
     .confidence = 0.8,
     .weight = 0.85,
     .why = "Bazel finds no such target",
     .examples =
         {"ERROR: no such package 'crat': BUILD file not found in any of the following directories."}},
    {.id = "sbt-not-a-command",
     .pattern =
         R"(\[error\] (Not a valid (command|key|project ID)|Expected (project ID|key|whitespace|':'|'/')|No such setting/task))",
     .failure_class = FailureClass::configuration,
     .precedence = 64,
     .confidence = 0.92,
     .weight = 0.9,
     .why = "sbt knows no such command or key",
     .examples = {"[error] Not a valid command: biuld (similar: build)"}},
    {.id = "stack-cabal-config",
     .pattern =
         R"((?i)Could not parse '.*stack\.yaml'|No cabal file found|Unknown (target|local package)|There is no (<pkgname>)?\S*cabal|Warning: The package list for)",
     .failure_class = FailureClass::configuration,
     .precedence = 56,
     .confidence = 0.75,
     .weight = 0.8,
     .why = "stack or cabal finds no such package or target",
     .examples = {"cabal: There is no <pkgname>.cabal package file or cabal.project file."}},
    {.id = "php-config",
     .pattern =
         R"(Could not open input file|Cannot open file ".*phpunit|Script \S+ is not defined in this package|Could not read ".*phpunit\.xml"|The requested PHP extension|Command "\S+" is not defined)",
     .failure_class = FailureClass::configuration,
     .precedence = 56,
     .confidence = 0.75,
     .weight = 0.8,
     .why = "a command or file of the PHP project is not there",
     .examples = {"Script tets is not defined in this package"}},
    {.id = "jest-config",
     .pattern =
         R"(Validation Error:|No tests found, exiting with code 1|● Validation |Cannot find module '\S+' from '\S*\.config|Error: No test files found|No test files found, exiting|Cannot find any run tasks?|Error: Cannot find any tests|no tests? (files? )?(were )?found|Browserslist: |ERROR \[(karma|preprocess|plugin|config)|Cannot load (browser|reporter|preprocessor|plugin|") ?)",
     .failure_class = FailureClass::configuration,
     .precedence = 62,
     .confidence = 0.85,
     .weight = 0.85,
     .why = "the test runner finds no tests or no valid configuration",
     .suggestion = "Correct the path or pattern of the tests in the runner's configuration.",
     .examples =
         {"No tests found, exiting with code 1",
          R"(04 03 2022 12:00:00.000:ERROR [plugin]: Cannot load "karma-jsamine", it is not registered!)"}},
    {.id = "eslint-config",
     .pattern =
         R"(ESLint couldn't find (a|the) (configuration|config|plugin)|Definition for rule '\S+' not found|Configuration for rule "\S+" is invalid|Failed to load (config|plugin|parser) "?'?\S+|Error: Unknown (rule|cop)|unrecognized cop|obsolete parameter|supported Ruby versions)",
     .failure_class = FailureClass::configuration,
     .precedence = 63,
     .confidence = 0.85,
     .weight = 0.85,
     .why = "the linter's configuration is not valid",
     .suggestion = "Correct the linter's configuration, or pin the version that it is written for.",
     .examples = {R"(ESLint couldn't find the config "arbnb" to extend from.)"}},
    {.id = "spring-config",
     .pattern = "(APPLICATION FAILED TO START|Could not resolve placeholder '|Failed to load "
                "ApplicationContext)",
     .failure_class = FailureClass::configuration,
     .precedence = 44,
     .confidence = 0.6,
     .weight = 0.6,
     .why = "the application's configuration is not complete",
     .examples =
         {R"(java.lang.IllegalArgumentException: Could not resolve placeholder 'cart.url' in value "${cart.url}")"}},
});

}  // namespace

std::span<const Rule> rules_configuration() {
  return kRules;
}

}  // namespace runneriq::diagnosis
