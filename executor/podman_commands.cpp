#include "executor/podman_commands.hpp"

#include "core/json_text.hpp"
#include "core/path.hpp"
#include "core/printable.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace runneriq::executor {
namespace {

constexpr std::string_view kKeepAlive = "trap '' HUP INT TERM; while :; do sleep 2147483647 & wait; done";

// Of images without bash, scripts for bash are run by sh, as GitLab Runner's docker executor does.
constexpr std::string_view kBashOrSh = "command -v bash >/dev/null 2>&1 && exec bash; exec sh";

// What apt, dnf and apk need to unpack, own and start what they install, and what a service
// needs to listen on a port below 1024 of the pod's own network.
constexpr std::array<std::string_view, 9> kCapabilities{
    "CHOWN", "DAC_OVERRIDE", "FOWNER", "FSETID", "KILL", "NET_BIND_SERVICE", "SETFCAP", "SETGID", "SETUID"};

// These describe the host; the image has its own.
constexpr std::array<std::string_view, 6> kOfTheHost{
    "PATH=", "HOME=", "USER=", "LOGNAME=", "SHELL=", "TMPDIR="};

constexpr std::array<std::string_view, 10> kPodmanNeeds{
    "LANG",        "http_proxy", "https_proxy",  "no_proxy",      "HTTP_PROXY",
    "HTTPS_PROXY", "NO_PROXY",   "SSL_CERT_DIR", "SSL_CERT_FILE", "CONTAINERS_CONF"};
constexpr std::array<std::string_view, 6> kPodmanNeedsOfItsUser{
    "HOME", "USER", "LOGNAME", "XDG_RUNTIME_DIR", "DBUS_SESSION_BUS_ADDRESS", "REGISTRY_AUTH_FILE"};

// Prefixes that make podman read an image from somewhere on the host. "docker" is none of
// them: without "//" it is an image's name.
constexpr std::array<std::string_view, 9> kTransports{"containers-storage",
                                                      "dir",
                                                      "docker-archive",
                                                      "docker-daemon",
                                                      "oci",
                                                      "oci-archive",
                                                      "ostree",
                                                      "sif",
                                                      "tarball"};

bool is_alphanumeric(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
}

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// One or more of [a-zA-Z0-9_.-], a letter or digit first.
bool is_name(std::string_view text) {
  return !text.empty() && is_alphanumeric(text.front()) && std::ranges::all_of(text, [](char c) {
    return is_alphanumeric(c) || c == '_' || c == '.' || c == '-';
  });
}

bool is_host_name(std::string_view text) {
  return is_name(text) && text.size() <= 253;
}

bool is_port(std::string_view text) {
  return !text.empty() && text.size() <= 5 && std::ranges::all_of(text, is_digit);
}

// "algorithm:hex"
bool is_digest(std::string_view text) {
  const std::size_t colon = text.find(':');
  return colon != std::string_view::npos && is_name(text.substr(0, colon)) && is_name(text.substr(colon + 1));
}

bool is_tag(std::string_view text) {
  return !text.empty() && text.size() <= 128 && (text.front() == '_' || is_alphanumeric(text.front())) &&
         is_name("a" + std::string(text));
}

bool is_registry(std::string_view text) {
  const std::size_t colon = text.find(':');
  if (colon == std::string_view::npos) return is_name(text);
  return is_name(text.substr(0, colon)) && is_port(text.substr(colon + 1));
}

// "registry:port/group/name", without tag and digest.
bool is_repository(std::string_view text) {
  std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return is_name(text);
  if (!is_registry(text.substr(0, slash))) return false;
  while (slash != std::string_view::npos) {
    text.remove_prefix(slash + 1);
    slash = text.find('/');
    if (!is_name(text.substr(0, slash))) return false;
  }
  return true;
}

struct Reference {
  std::string_view repository, tag, digest;
  bool has_tag = false, has_digest = false;
};

Reference split(std::string_view image) {
  Reference reference;
  if (const std::size_t at = image.find('@'); at != std::string_view::npos) {
    reference.digest = image.substr(at + 1);
    reference.has_digest = true;
    image = image.substr(0, at);
  }
  const std::size_t slash = image.rfind('/');
  const std::size_t colon = image.find(':', slash == std::string_view::npos ? 0 : slash);
  if (colon != std::string_view::npos) {
    reference.tag = image.substr(colon + 1);
    reference.has_tag = true;
    image = image.substr(0, colon);
  }
  reference.repository = image;
  return reference;
}

bool names_a_transport(std::string_view image) {
  const std::size_t colon = image.find(':');
  return colon != std::string_view::npos &&
         std::ranges::find(kTransports, image.substr(0, colon)) != kTransports.end();
}

std::string replaced(std::string_view text, std::string_view by) {
  std::string result;
  for (const char c : text) {
    if (c == '/') {
      result += by;
    } else {
      result += c;
    }
  }
  return result;
}

// As GitLab splits it, on spaces and commas.
std::vector<std::string> words(std::string_view text) {
  std::vector<std::string> result(1);
  for (const char c : text) {
    if (c != ' ' && c != ',') {
      result.back() += c;
    } else if (!result.back().empty()) {
      result.emplace_back();
    }
  }
  if (result.back().empty()) result.pop_back();
  return result;
}

std::vector<std::string> derived_host_names(std::string_view image) {
  std::string path(split(image).repository);
  if (const std::size_t slash = path.find('/'), colon = path.find(':');
      colon < slash && slash != std::string::npos) {
    path.erase(colon, slash - colon);
  }
  std::string first = replaced(path, "__");
  std::string second = replaced(path, "-");
  if (first == second) return {std::move(first)};
  return {std::move(first), std::move(second)};
}

std::string_view to_text(PullPolicy policy) {
  switch (policy) {
    case PullPolicy::always:
      return "always";
    case PullPolicy::never:
      return "never";
    case PullPolicy::if_not_present:
      break;
  }
  return "missing";
}

// Podman reads the text of --mount as comma-separated values with quotes.
Result<std::string> mount_of(const std::string& directory) {
  const bool unsafe = std::ranges::any_of(directory, [](char c) {
    return c == ',' || c == '"' || static_cast<unsigned char>(c) < 0x20 || c == 0x7f;
  });
  if (directory.empty() || directory.front() != '/' || unsafe) {
    return fail(
        Errc::unavailable,
        "'" + printable_path(directory) +
            "' cannot be mounted into a container; choose executor.builds_dir and executor.cache_dir as "
            "absolute paths without commas and quotes");
  }
  return "type=bind,source=" + directory + ",destination=" + directory;
}

std::string json_list(const std::vector<std::string>& list) {
  return json_line(nlohmann::json(list));
}

// An entrypoint of empty strings is YAML's way to say "none".
bool names_a_program(const std::vector<std::string>& entrypoint) {
  return !entrypoint.empty() && !entrypoint.front().empty();
}

void append(CommandLine& command, const CommandLine& more) {
  command.insert(command.end(), more.begin(), more.end());
}

bool belongs_to_the_host(std::string_view entry) {
  return std::ranges::any_of(kOfTheHost, [&](std::string_view start) { return entry.starts_with(start); });
}

void pass(std::vector<std::string>& environment, EnvironmentBlock runner,
          std::span<const std::string_view> names) {
  for (const std::string_view name : names) {
    if (const auto value = find_in(runner, name))
      environment.push_back(std::string(name) + "=" + std::string(*value));
  }
}

}  // namespace

Result<PodmanCommands> PodmanCommands::make(const JobPlan& plan, const PodmanOptions& options,
                                            int pids_limit) {
  const std::string_view attempt = last_part(plan.attempt.value());
  if (!is_name(attempt) || attempt.size() > 100) {
    return fail(Errc::unavailable, "no container can be named after the attempt's directory '" +
                                       printable_path(plan.attempt.value()) + "'");
  }
  return PodmanCommands{plan, options, pids_limit, "runneriq-" + std::string(attempt)};
}

PodmanCommands::PodmanCommands(const JobPlan& plan, const PodmanOptions& options, int pids_limit,
                               std::string name)
    : plan_(plan), options_(options), pids_limit_(pids_limit), name_(std::move(name)) {}

Result<std::vector<CommandLine>> PodmanCommands::prepare() const {
  std::vector<CommandLine> commands;
  auto pod = create_pod();
  if (!pod) return fail(pod.error());
  commands.push_back(std::move(*pod));
  for (std::size_t i = 0; i < plan_.services.size(); ++i) {
    auto service = create_service(plan_.services[i], i);
    if (!service) return fail(service.error());
    commands.push_back(std::move(*service));
  }
  auto job = create_job();
  if (!job) return fail(job.error());
  commands.push_back(std::move(*job));
  commands.push_back({options_.command, "pod", "start", name_});
  return commands;
}

CommandLine PodmanCommands::start_again() const {
  return {options_.command, "start", name_ + "-job"};
}

bool PodmanCommands::may_stand_still() const {
  return names_a_program(plan_.image_entrypoint);
}

CommandLine PodmanCommands::run(const CommandLine& interpreter) const {
  CommandLine command{options_.command, "exec",           "--interactive",
                      "--workdir",      plan_.builds_dir, name_ + "-job"};
  append(command,
         interpreter == CommandLine{"bash"} ? CommandLine{"sh", "-c", std::string(kBashOrSh)} : interpreter);
  return command;
}

CommandLine PodmanCommands::signal_all(ContainerSignal signal) const {
  return exec(
      {"sh", "-c", signal == ContainerSignal::terminate ? "kill -TERM -1 || :" : "kill -KILL -1 || :"});
}

CommandLine PodmanCommands::kill_container() const {
  return {options_.command, "kill", "--signal", "KILL", name_ + "-job"};
}

CommandLine PodmanCommands::count() const {
  return exec({"sh", "-c", "set -- /proc/[0-9]*; echo $#"});
}

CommandLine PodmanCommands::is_idle(std::size_t idle) const {
  return exec({"sh", "-c", "set -- /proc/[0-9]*; [ $# -le " + std::to_string(idle) + " ]"});
}

CommandLine PodmanCommands::is_running() const {
  return exec({"sh", "-c", ":"});
}

CommandLine PodmanCommands::remove() const {
  return {options_.command, "pod", "rm", "--force", "--time", "0", "--ignore", name_};
}

CommandLine PodmanCommands::exec(const CommandLine& command) const {
  CommandLine result{options_.command, "exec", name_ + "-job"};
  append(result, command);
  return result;
}

Result<CommandLine> PodmanCommands::create_pod() const {
  CommandLine command{options_.command, "pod", "create", "--name", name_, "--share", "net"};
  append(command, labels());
  for (const gitlab::ServiceImage& service : plan_.services) {
    const auto names = host_names(service);
    if (!names) return fail(names.error());
    for (const std::string& name : *names) append(command, {"--add-host", name + ":127.0.0.1"});
  }
  return command;
}

CommandLine PodmanCommands::create(std::string_view name) const {
  CommandLine command{options_.command, "create", "--pod", name_, "--name", std::string(name)};
  append(command, labels());
  append(command, {"--pull", std::string(to_text(options_.pull_policy)), "--quiet", "--http-proxy=false"});
  append(command, {"--security-opt", "no-new-privileges", "--cap-drop", "ALL"});
  for (const std::string_view capability : kCapabilities)
    append(command, {"--cap-add", std::string(capability)});
  // Podman's own default is 2048; -1 is its word for no limit.
  append(command, {"--pids-limit", std::to_string(pids_limit_ > 0 ? pids_limit_ : -1)});
  return command;
}

Result<CommandLine> PodmanCommands::create_service(const gitlab::ServiceImage& service,
                                                   std::size_t number) const {
  if (auto image = check_image(service.name); !image)
    return fail(std::move(image.error()).within("services"));
  CommandLine command = create(name_ + "-service-" + std::to_string(number));
  if (!service.entrypoint.empty()) append(command, {"--entrypoint", json_list(service.entrypoint)});
  command.push_back(service.name);
  append(command, service.command);
  return command;
}

Result<CommandLine> PodmanCommands::create_job() const {
  const std::string& image = plan_.image.empty() ? options_.default_image : plan_.image;
  if (auto good = check_image(image); !good) return fail(std::move(good.error()).within("image"));
  CommandLine command = create(name_ + "-job");
  append(command, {"--user", "0:0", "--workdir", plan_.builds_dir});
  for (const std::string* directory : {&plan_.builds_dir, &plan_.cache_dir}) {
    auto mount = mount_of(*directory);
    if (!mount) return fail(mount.error());
    append(command, {"--mount", std::move(*mount)});
  }
  for (const std::string& entry : plan_.environment) {
    // An entry without '=' would make podman copy a variable of its own.
    if (entry.find('=') != std::string::npos && !belongs_to_the_host(entry))
      append(command, {"--env", entry});
  }
  const CommandLine keep_alive{"sh", "-c", std::string(kKeepAlive)};
  const bool own = names_a_program(plan_.image_entrypoint);
  append(command, {"--entrypoint", json_list(own ? plan_.image_entrypoint : keep_alive)});
  append(command, options_.run_arguments);
  command.push_back(image);
  if (own) append(command, keep_alive);
  return command;
}

CommandLine PodmanCommands::labels() const {
  return {"--label", "runneriq.job=" + std::to_string(plan_.key.job.value()), "--label",
          "runneriq.attempt=" + std::string(last_part(plan_.attempt.value()))};
}

Result<void> check_image(std::string_view image) {
  const Reference reference = split(image);
  const bool good = image.size() <= 512 && !names_a_transport(image) && is_repository(reference.repository) &&
                    (!reference.has_tag || is_tag(reference.tag)) &&
                    (!reference.has_digest || is_digest(reference.digest));
  if (good) return {};
  return fail(Errc::invalid_argument,
              "'" + printable(image) + "' is no image name; expected [registry[:port]/]path[:tag][@digest]");
}

Result<std::vector<std::string>> host_names(const gitlab::ServiceImage& service) {
  std::vector<std::string> names = words(service.alias);
  if (names.empty()) names = derived_host_names(service.name);
  for (const std::string& name : names) {
    if (is_host_name(name)) continue;
    return fail(Errc::invalid_argument, "services: '" + printable(name) + "' is no host name for a service");
  }
  return names;
}

std::vector<std::string> podman_environment(EnvironmentBlock runner, const JobPlan& plan,
                                            std::string_view runtime_dir) {
  const auto path = find_in(runner, "PATH");
  std::vector<std::string> environment{"PATH=" + std::string(path.value_or("/usr/local/bin:/usr/bin:/bin"))};
  pass(environment, runner, kPodmanNeeds);
  if (!plan.drop_privileges) {
    pass(environment, runner, kPodmanNeedsOfItsUser);
    return environment;
  }
  environment.push_back("HOME=" + plan.account.home);
  environment.push_back("USER=" + plan.account.name);
  environment.push_back("LOGNAME=" + plan.account.name);
  if (!runtime_dir.empty()) environment.push_back("XDG_RUNTIME_DIR=" + std::string(runtime_dir));
  return environment;
}

}  // namespace runneriq::executor
