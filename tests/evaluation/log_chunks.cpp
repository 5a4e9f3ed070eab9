#include "tests/evaluation/log_chunks.hpp"

#include "core/json_text.hpp"
#include "platform/child_process.hpp"
#include "platform/digest.hpp"
#include "platform/files.hpp"
#include "tests/evaluation/recordings.hpp"
#include "tests/support/temporary_folder.hpp"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace runneriq::evaluation {
namespace {

std::string text_of(const std::filesystem::path& path) {
  constexpr std::size_t kMostBytes = std::size_t{64} << 20;
  auto text = platform::read_file(path.string(), kMostBytes);
  if (!text) throw std::runtime_error{text.error().message};
  return *std::move(text);
}

void unpack(const std::string& folder) {
  platform::ChildSpec spec;
  spec.argv = {"tar", "-xJf", recording(kLogChunks).string(), "-C", folder};
  spec.environment = {"PATH=" + spec.path};
  auto child = platform::start(spec);
  if (!child) throw std::runtime_error{child.error().message};
  if (child->wait() != ExitStatus::exited(0)) throw std::runtime_error{"tar cannot unpack " + kLogChunks};
}

Part part_of(const std::string& project) {
  const std::string digits = platform::sha256_hex(project).substr(0, 8);
  return std::stoul(digits, nullptr, 16) % 3 == 0 ? Part::check : Part::tuning;
}

bool is_scored(const nlohmann::json& label) {
  const std::string match = label.at("match");
  return match == "exact" || match == "norm";
}

LabelledLog labelled(const nlohmann::json& label, const std::filesystem::path& folder) {
  const std::string name = label.at("log");
  const std::string project = label.at("repo");
  return {.name = name,
          .project = project,
          .language = label.at("language"),
          .part = part_of(project),
          .first = label.at("start_line"),
          .last = label.at("end_line"),
          .chunk = label.at("chunk"),
          .raw = text_of(folder / "logs" / name)};
}

}  // namespace

std::vector<LabelledLog> log_chunks() {
  const TemporaryFolder folder;
  unpack(folder.path());
  std::vector<LabelledLog> logs;
  std::ifstream labels{std::filesystem::path{folder.path()} / "labels.jsonl"};
  for (std::string line; std::getline(labels, line);) {
    const auto label = json_in(line);
    if (is_scored(label)) logs.push_back(labelled(label, folder.path()));
  }
  std::ranges::sort(logs, {}, &LabelledLog::name);
  return logs;
}

}  // namespace runneriq::evaluation
