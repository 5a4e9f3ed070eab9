// A .gitlab-ci.yml as far as tags and lanes are concerned: its YAML with the places in the text, and
// GitLab's rules for which tags a job gets. Pure; config/yaml makes the nodes.
#pragma once

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::gitlab {

struct CiKey {
  std::string name;
  std::size_t at = 0;  // byte of the text
  int line = 0;        // from 1
};

// One value as written: aliases are not followed, so that no file is larger than its text.
struct CiNode {
  enum class Kind { nothing, scalar, list, mapping, alias };
  Kind kind = Kind::nothing;
  std::string text = {};           // of a scalar
  std::string tag = {};            // "!reference"; "" = none
  bool quoted = false;             // a scalar in quotes: "5" is no number
  bool flow = false;               // a list in [], a mapping in {}
  std::size_t anchor = 0;          // its own, or the one that an alias stands for; 0 = none
  std::size_t at = 0;              // byte of the text where it begins, with its anchor and tag
  int line = 0;                    // from 1
  std::vector<CiKey> keys = {};    // of a mapping, one for each of `items`
  std::vector<CiNode> items = {};  // of a list or a mapping, in the order of the text
};

// The value of `key` in a mapping; null where there is none. Of a key that stands twice the last counts.
const CiNode* value_of(const CiNode& mapping, std::string_view key);
const CiKey* key_of(const CiNode& mapping, std::string_view key);

// Where a job's tags come from.
struct CiTags {
  std::vector<std::string> words = {};  // as written, variables not expanded
  const CiNode* written = nullptr;      // what stands behind `tags:`: a list, an alias, a !reference, nothing
  const CiNode* list = nullptr;         // the list in the end; null = none, or not in this file
  const CiKey* key = nullptr;           // the `tags:` itself
  enum class From { nowhere, job, base, defaults, elsewhere } from = From::nowhere;
  std::string owner = {};  // whose `tags:` it is: the job, a template that it extends, "default"
};

struct CiJob {
  std::string name;
  std::string stage;  // "test" where none is written
  int line = 0;
  bool manual = false;
  bool allow_failure = false;
  bool takes_defaults = true;  // not `inherit: default: false`
  CiTags tags;
  std::vector<std::string> bases_elsewhere = {};  // templates that this file does not hold
  std::vector<std::string> rule_variables = {};   // set by the job's own rules: they do not reach tags
  std::vector<std::string> needs_matrix = {};     // variables of parallel:matrix
};

// Whole documents. Copies share their nodes.
class CiConfig {
 public:
  explicit CiConfig(CiNode root);

  [[nodiscard]] const CiNode& root() const { return *root_; }
  // In the order of the text; without templates (".name") and jobs that start other pipelines
  // (`trigger:`), which take no runner.
  [[nodiscard]] const std::vector<CiJob>& jobs() const { return jobs_; }
  [[nodiscard]] bool includes() const { return value_of(*root_, "include") != nullptr; }
  // The value of a variable for the job, as written: its own, of the templates that it extends, the file's.
  // None for a job that is not here; what a job's own rules set is not looked at.
  [[nodiscard]] std::optional<std::string> variable_of(const std::string& job, std::string_view name) const;
  // What an alias or a !reference stands for; the node itself for any other; null when it is not here.
  [[nodiscard]] const CiNode* resolved(const CiNode& node) const;
  // The value in the mapping itself, or in what it merges in (`<<`).
  [[nodiscard]] const CiNode* merged_value(const CiNode& mapping, std::string_view key) const;
  // The texts of a list, with those of lists within it; none for what is no list.
  [[nodiscard]] std::vector<std::string> texts(const CiNode& list) const;

 private:
  struct Place {
    const CiNode* value = nullptr;
    const CiKey* key = nullptr;
    std::string owner;
  };
  void index_anchors(const CiNode& node);
  [[nodiscard]] const CiNode* referenced(const CiNode& path, int depth) const;
  [[nodiscard]] const CiNode* resolved(const CiNode& node, int depth) const;
  // Each mapping and each template is looked at once, however often the text names it.
  using Mappings = std::set<const CiNode*>;
  [[nodiscard]] Place merged(const CiNode& mapping, std::string_view key, int depth, Mappings& seen) const;
  [[nodiscard]] Place merged(const CiNode& mapping, std::string_view key, int depth) const;
  [[nodiscard]] Place inherited(const std::string& name, std::string_view key, CiJob& job) const;
  [[nodiscard]] Place inherited(const std::string& name, std::string_view key, CiJob& job,
                                std::set<std::string>& seen) const;
  [[nodiscard]] bool takes_defaults(const CiNode* inherit) const;
  [[nodiscard]] const CiNode* body_of(const std::string& name) const;
  [[nodiscard]] const CiNode* variable_in(const CiNode& body, std::string_view name) const;
  [[nodiscard]] const CiNode* own_variable(const std::string& job, std::string_view name,
                                           std::set<std::string>& seen) const;
  [[nodiscard]] bool takes_files_variable(const std::string& job, std::string_view name) const;
  [[nodiscard]] CiTags tags_of(CiJob& job) const;
  [[nodiscard]] CiJob job_of(const CiKey& key) const;
  void add_texts(const CiNode& node, std::vector<std::string>& all, int depth, int& left) const;

  std::shared_ptr<const CiNode> root_;
  std::map<std::string, const CiNode*, std::less<>> top_;  // values of the top keys
  std::vector<const CiNode*> anchors_;                     // by number
  std::vector<CiJob> jobs_;
};

}  // namespace runneriq::gitlab
