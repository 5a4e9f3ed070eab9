#include "gitlab/ci_config.hpp"

#include <algorithm>
#include <array>
#include <span>
#include <utility>

namespace runneriq::gitlab {
namespace {

using Kind = CiNode::Kind;

// GitLab takes ten levels of `extends` and of !reference.
constexpr int kDeepest = 12;
// What no real file reaches: a hostile one costs no more than this.
constexpr std::size_t kMostBases = 100;
constexpr int kMostTextsOfAList = 1000;
constexpr std::size_t kLongestReference = 10;
constexpr int kReferenceDepth = 4;  // that one reference counts for, so that few can nest

constexpr std::array<std::string_view, 14> kNoJobs{
    "default",  "include",       "stages",       "types", "variables", "workflow", "image",
    "services", "before_script", "after_script", "cache", "spec",      "true",     "false"};

std::optional<std::size_t> index_of(const CiNode& mapping, std::string_view key) {
  if (mapping.kind != Kind::mapping) return std::nullopt;
  for (std::size_t at = mapping.keys.size(); at-- > 0;) {
    if (mapping.keys[at].name == key) return at;
  }
  return std::nullopt;
}

bool is_reference(const CiNode& node) {
  return node.kind == Kind::list && node.tag == "!reference";
}

bool says(const CiNode* node, std::string_view word) {
  return node != nullptr && node->kind == Kind::scalar && node->text == word;
}

bool is_job(const CiKey& key, const CiNode& value) {
  const bool mapping = value.kind == Kind::mapping || value.kind == Kind::alias;
  return mapping && !key.name.starts_with('.') && key.name != "<<" &&
         std::ranges::find(kNoJobs, key.name) == kNoJobs.end();
}

void add_keys(const CiNode* mapping, std::vector<std::string>& names) {
  if (mapping == nullptr) return;
  for (const CiKey& key : mapping->keys) names.push_back(key.name);
}

}  // namespace

const CiNode* value_of(const CiNode& mapping, std::string_view key) {
  const auto at = index_of(mapping, key);
  return at ? &mapping.items[*at] : nullptr;
}

const CiKey* key_of(const CiNode& mapping, std::string_view key) {
  const auto at = index_of(mapping, key);
  return at ? &mapping.keys[*at] : nullptr;
}

CiConfig::CiConfig(CiNode root) : root_(std::make_shared<const CiNode>(std::move(root))) {
  index_anchors(*root_);
  for (std::size_t at = 0; at < root_->keys.size(); ++at) top_[root_->keys[at].name] = &root_->items[at];
  for (std::size_t at = 0; at < root_->keys.size(); ++at) {
    if (!is_job(root_->keys[at], root_->items[at])) continue;
    const CiNode* const body = resolved(root_->items[at]);
    CiJob job = job_of(root_->keys[at]);
    const Place trigger = inherited(job.name, "trigger", job);
    if (body == nullptr || trigger.value != nullptr) continue;
    jobs_.push_back(std::move(job));
  }
}

void CiConfig::index_anchors(const CiNode& node) {
  if (node.kind != Kind::alias && node.anchor > 0) {
    anchors_.resize(std::max(anchors_.size(), node.anchor + 1));
    anchors_[node.anchor] = &node;
  }
  for (const CiNode& item : node.items) index_anchors(item);
}

const CiNode* CiConfig::resolved(const CiNode& node) const {
  return resolved(node, 0);
}

const CiNode* CiConfig::resolved(const CiNode& node, int depth) const {
  if (depth > kDeepest) return nullptr;
  if (is_reference(node)) return referenced(node, depth + kReferenceDepth);
  if (node.kind != Kind::alias) return &node;
  const CiNode* const target = node.anchor < anchors_.size() ? anchors_[node.anchor] : nullptr;
  return target == nullptr ? nullptr : resolved(*target, depth + 1);
}

const CiNode* CiConfig::referenced(const CiNode& path, int depth) const {
  if (path.items.size() > kLongestReference) return nullptr;
  const CiNode* place = root_.get();
  for (const CiNode& step : path.items) {
    const CiNode* const mapping = resolved(*place, depth);
    place = mapping == nullptr ? nullptr : merged(*mapping, step.text, depth).value;
    if (place == nullptr) return nullptr;
  }
  return path.items.empty() ? nullptr : resolved(*place, depth);
}

const CiNode* CiConfig::merged_value(const CiNode& mapping, std::string_view key) const {
  return merged(mapping, key, 0).value;
}

CiConfig::Place CiConfig::merged(const CiNode& mapping, std::string_view key, int depth) const {
  Mappings seen;
  return merged(mapping, key, depth, seen);
}

// Of several mappings that are merged in the first one counts.
CiConfig::Place CiConfig::merged(const CiNode& mapping, std::string_view key, int depth,
                                 Mappings& seen) const {
  if (const auto at = index_of(mapping, key)) return {&mapping.items[*at], &mapping.keys[*at], {}};
  const CiNode* const merge = value_of(mapping, "<<");
  if (merge == nullptr || depth > kDeepest || !seen.insert(&mapping).second) return {};
  const bool several = merge->kind == Kind::list && !is_reference(*merge);
  const std::span<const CiNode> sources =
      several ? std::span<const CiNode>{merge->items} : std::span<const CiNode>{merge, 1};
  for (const CiNode& one : sources) {
    const CiNode* const source = resolved(one, depth + 1);
    if (source == nullptr) continue;
    if (Place place = merged(*source, key, depth + 1, seen); place.value != nullptr) return place;
  }
  return {};
}

CiConfig::Place CiConfig::inherited(const std::string& name, std::string_view key, CiJob& job) const {
  std::set<std::string> seen;
  return inherited(name, key, job, seen);
}

// Of several templates the last one counts.
CiConfig::Place CiConfig::inherited(const std::string& name, std::string_view key, CiJob& job,
                                    std::set<std::string>& seen) const {
  if (seen.size() > kMostBases || !seen.insert(name).second) return {};
  const auto written = top_.find(name);
  const CiNode* const body = written == top_.end() ? nullptr : resolved(*written->second);
  if (body == nullptr) {
    job.bases_elsewhere.push_back(name);
    return {};
  }
  if (Place own = merged(*body, key, 0); own.value != nullptr) {
    own.owner = name;
    return own;
  }
  const CiNode* const extends = merged_value(*body, "extends");
  if (extends == nullptr) return {};
  std::vector<std::string> bases = texts(*extends);
  if (extends->kind == Kind::scalar) bases = {extends->text};
  for (auto base = bases.rbegin(); base != bases.rend(); ++base) {
    if (Place place = inherited(*base, key, job, seen); place.value != nullptr) return place;
  }
  return {};
}

bool CiConfig::takes_defaults(const CiNode* inherit) const {
  const CiNode* const defaults = inherit == nullptr ? nullptr : value_of(*inherit, "default");
  if (defaults == nullptr) return true;
  if (defaults->kind == Kind::list) {
    const std::vector<std::string> taken = texts(*defaults);
    return std::ranges::find(taken, "tags") != taken.end();
  }
  return !says(defaults, "false");
}

const CiNode* CiConfig::body_of(const std::string& name) const {
  const auto written = top_.find(name);
  return written == top_.end() ? nullptr : resolved(*written->second);
}

const CiNode* CiConfig::variable_in(const CiNode& body, std::string_view name) const {
  const CiNode* const written = merged_value(body, "variables");
  const CiNode* const variables = written == nullptr ? nullptr : resolved(*written);
  const CiNode* const value = variables == nullptr ? nullptr : merged_value(*variables, name);
  return value == nullptr ? nullptr : resolved(*value);
}

// Variables of a job and of what it extends add up, each by itself.
const CiNode* CiConfig::own_variable(const std::string& job, std::string_view name,
                                     std::set<std::string>& seen) const {
  const CiNode* const body = body_of(job);
  if (body == nullptr || seen.size() > kMostBases || !seen.insert(job).second) return nullptr;
  if (const CiNode* const own = variable_in(*body, name)) return own;
  const CiNode* const extends = merged_value(*body, "extends");
  if (extends == nullptr) return nullptr;
  std::vector<std::string> bases = texts(*extends);
  if (extends->kind == Kind::scalar) bases = {extends->text};
  for (auto base = bases.rbegin(); base != bases.rend(); ++base) {
    if (const CiNode* const inherited = own_variable(*base, name, seen)) return inherited;
  }
  return nullptr;
}

bool CiConfig::takes_files_variable(const std::string& job, std::string_view name) const {
  CiJob ignored;
  const CiNode* const written = inherited(job, "inherit", ignored).value;
  const CiNode* const inherit = written == nullptr ? nullptr : resolved(*written);
  const CiNode* const taken = inherit == nullptr ? nullptr : value_of(*inherit, "variables");
  if (taken == nullptr) return true;
  if (taken->kind != Kind::list) return !says(taken, "false");
  const std::vector<std::string> names = texts(*taken);
  return std::ranges::find(names, name) != names.end();
}

std::optional<std::string> CiConfig::variable_of(const std::string& job, std::string_view name) const {
  if (body_of(job) == nullptr) return std::nullopt;
  std::set<std::string> seen;
  const CiNode* value = own_variable(job, name, seen);
  if (value == nullptr && takes_files_variable(job, name)) value = variable_in(*root_, name);
  if (value != nullptr && value->kind == Kind::mapping) value = value_of(*value, "value");
  if (value == nullptr || value->kind != Kind::scalar) return std::nullopt;
  return value->text;
}

CiTags CiConfig::tags_of(CiJob& job) const {
  using From = CiTags::From;
  CiTags tags;
  Place place = inherited(job.name, "tags", job);
  tags.from = place.owner == job.name ? From::job : From::base;
  // An empty `tags:` is none.
  if (place.value != nullptr && place.value->kind == Kind::nothing && place.owner != job.name) place = {};
  if (place.value == nullptr || place.value->kind == Kind::nothing) {
    const CiNode* const defaults = value_of(*root_, "default");
    const CiNode* const body = defaults == nullptr ? nullptr : resolved(*defaults);
    Place from_default = body == nullptr || !job.takes_defaults ? Place{} : merged(*body, "tags", 0);
    if (from_default.value != nullptr && from_default.value->kind != Kind::nothing) {
      place = std::move(from_default);
      place.owner = "default";
      tags.from = From::defaults;
    }
  }
  if (place.value == nullptr) {
    tags.from = job.bases_elsewhere.empty() ? From::nowhere : From::elsewhere;
    return tags;
  }
  tags.written = place.value;
  tags.key = place.key;
  tags.owner = place.owner;
  tags.list = resolved(*place.value);
  if (tags.list == nullptr) {
    tags.from = From::elsewhere;
    return tags;
  }
  tags.words = texts(*tags.list);
  return tags;
}

CiJob CiConfig::job_of(const CiKey& key) const {
  CiJob job{.name = key.name, .stage = "test", .line = key.line, .tags = {}};
  const auto value = [&](std::string_view of) {
    CiJob ignored;
    const CiNode* const found = inherited(job.name, of, ignored).value;
    return found == nullptr ? nullptr : resolved(*found);
  };
  const CiNode* const stage = value("stage");
  if (stage != nullptr && stage->kind == Kind::scalar) job.stage = stage->text;
  job.manual = says(value("when"), "manual");
  job.allow_failure = says(value("allow_failure"), "true");
  job.takes_defaults = takes_defaults(value("inherit"));
  job.tags = tags_of(job);
  std::ranges::sort(job.bases_elsewhere);
  const auto twice = std::ranges::unique(job.bases_elsewhere);
  job.bases_elsewhere.erase(twice.begin(), twice.end());
  if (const CiNode* const rules = value("rules"); rules != nullptr && rules->kind == Kind::list) {
    for (const CiNode& rule : rules->items) add_keys(value_of(rule, "variables"), job.rule_variables);
  }
  const CiNode* const parallel = value("parallel");
  const CiNode* const matrix = parallel == nullptr ? nullptr : value_of(*parallel, "matrix");
  if (matrix != nullptr) {
    for (const CiNode& row : matrix->items) add_keys(&row, job.needs_matrix);
  }
  return job;
}

std::vector<std::string> CiConfig::texts(const CiNode& list) const {
  std::vector<std::string> all;
  int left = kMostTextsOfAList;
  if (list.kind == Kind::list) add_texts(list, all, 0, left);
  return all;
}

void CiConfig::add_texts(const CiNode& node, std::vector<std::string>& all, int depth, int& left) const {
  const CiNode* const meant = depth > kDeepest || --left < 0 ? nullptr : resolved(node, depth);
  if (meant == nullptr) return;
  if (meant->kind == Kind::scalar) all.push_back(meant->text);
  if (meant->kind != Kind::list) return;
  for (const CiNode& item : meant->items) {
    if (left > 0) add_texts(item, all, depth + 1, left);
  }
}

}  // namespace runneriq::gitlab
