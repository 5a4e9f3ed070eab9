#include "executor/config_toml.hpp"

#include "core/printable.hpp"
#include "executor/contract.hpp"

#include <array>
#include <chrono>

namespace runneriq::executor {
namespace {

constexpr std::array kStages{Stage::config, Stage::prepare, Stage::run, Stage::cleanup};

Result<void> check(const ConfigTomlRequest& request) {
  if (request.program.empty() || request.program.front() != '/') {
    return fail(Errc::invalid_argument, "the program's path '" + printable_path(request.program) +
                                            "' is not absolute; call it by its whole path");
  }
  if (request.reserve < 0) {
    return fail(Errc::invalid_argument,
                "--reserve " + std::to_string(request.reserve) +
                    " is negative; give the number of slots to keep for critical jobs");
  }
  if (request.reserve > 0 && request.slots <= 0) {
    return fail(Errc::invalid_argument,
                "--reserve needs a number of slots, and executor.slots is 0; below `runneriq:` in the "
                "configuration write `executor: {slots: N}` first");
  }
  if (request.reserve > 0 && request.reserve >= request.slots) {
    return fail(Errc::invalid_argument, "--reserve " + std::to_string(request.reserve) +
                                            " leaves none of the " + std::to_string(request.slots) +
                                            " slots to ordinary jobs; give at most --reserve " +
                                            std::to_string(request.slots - 1));
  }
  return {};
}

std::string number(std::string_view key, std::int64_t value) {
  return std::string(key) + " = " + std::to_string(value) + "\n";
}

std::string custom_block(const ConfigTomlRequest& request) {
  std::string text = "  [runners.custom]\n";
  for (const Stage stage : kStages) {
    const std::string word(to_text(stage));
    text += "    " + word + "_exec = " + toml_text(request.program) + "\n";
    text += "    " + word + "_args = [" + toml_text(word) + "]\n";
  }
  text += "    # A held job waits in prepare; the default of 3600 would end it there.\n";
  text += "    " + number("prepare_exec_timeout", kPrepareTimeout);
  text += "    " + number("cleanup_exec_timeout", kCleanupTimeout);
  text += "    # A little more than executor.kill_grace, and below 300.\n";
  text += "    " + number("graceful_kill_timeout", graceful_kill_timeout(request.kill_grace));
  return text + "    " + number("force_kill_timeout", kForceKillTimeout);
}

std::string entry(const ConfigTomlRequest& request, std::string_view name, int limit) {
  std::string text = "[[runners]]\n";
  text += "  # name = \"<" + std::string(name) + ">\"\n";
  text += "  # url = \"<https://gitlab.example.com>\"\n";
  text += "  # token = \"<token of this runner>\"\n";
  text += "  executor = \"custom\"\n";
  text += limit > 0 ? "  " + number("limit", limit) : "  # limit = <jobs of this runner at once>\n";
  return text + custom_block(request);
}

std::string head(const ConfigTomlRequest& request) {
  if (request.slots > 0) return number("concurrent", request.slots) + "\n";
  return "# executor.slots is 0: RunnerIQ sets no limit of its own.\n# concurrent = <jobs of this host at "
         "once>\n\n";
}

constexpr std::string_view kAboutTheReserve =
    "\n# Only for critical jobs. Which jobs a runner takes is decided by GitLab: register this one\n"
    "# as a runner of its own there (it has its own token) with the tag runneriq:critical and\n"
    "# \"Run untagged jobs\" off, and give critical jobs `tags: [runneriq:critical]`. The runner\n"
    "# above should carry the same tag, so that critical jobs can take its slots too.\n";

}  // namespace

std::int64_t graceful_kill_timeout(Duration kill_grace) {
  return std::chrono::ceil<std::chrono::seconds>(kill_grace).count() + 5;
}

Result<std::string> config_toml(const ConfigTomlRequest& request) {
  if (auto good = check(request); !good) return fail(good.error());
  std::string text = head(request) + entry(request, "this host", request.slots - request.reserve);
  if (request.reserve > 0) {
    text += std::string(kAboutTheReserve) + entry(request, "this host, critical jobs", request.reserve);
  }
  return text;
}

std::string toml_text(std::string_view text) {
  constexpr std::string_view kHex = "0123456789ABCDEF";
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else if (byte < 0x20 || byte == 0x7f) {
      result += std::string("\\u00") + kHex[byte >> 4U] + kHex[byte & 15U];
    } else {
      result += c;
    }
  }
  return result + "\"";
}

}  // namespace runneriq::executor
