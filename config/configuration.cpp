#include "config/configuration.hpp"

#include "core/joined.hpp"
#include "core/printable.hpp"

#include <algorithm>
#include <optional>
#include <set>
#include <utility>

namespace runneriq::config {
namespace {

using Path = std::vector<std::string>;
using Kind = DocumentEntry::Kind;

constexpr std::string_view kVariablePrefix = "RUNNERIQ_";

// The quote comes first, so that printable() leaves the slash of a path as it is.
Path split(std::string_view text, char separator) {
  Path parts;
  while (true) {
    const std::size_t end = text.find(separator);
    parts.emplace_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

std::string_view without_spaces_around(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(' ') - first + 1);
}

constexpr std::string_view kAnyName = "*";

// Part by part; where one of them says "*", any name does.
bool starts_with(std::span<const std::string> path, std::span<const std::string> start) {
  return path.size() >= start.size() &&
         std::equal(start.begin(), start.end(), path.begin(), [](const std::string& a, const std::string& b) {
           return a == b || a == kAnyName || b == kAnyName;
         });
}

bool is_list(const Option& option) {
  return option.value.starts_with("list");
}

std::string did_you_mean(std::string_view suggestion) {
  return suggestion.empty() ? "" : ", did you mean '" + std::string(suggestion) + "'?";
}

// The keys of the options as a tree of sections.
class KeyTree {
 public:
  explicit KeyTree(const Options& options) {
    for (const Option& option : options) keys_.push_back(split(option.key, '.'));
  }

  // The option whose key is `path` or begins it; its place in the options.
  [[nodiscard]] std::optional<std::size_t> option_of(const Path& path) const {
    const auto found =
        std::find_if(keys_.begin(), keys_.end(), [&](const Path& key) { return starts_with(path, key); });
    if (found == keys_.end()) return std::nullopt;
    return static_cast<std::size_t>(found - keys_.begin());
  }
  [[nodiscard]] std::size_t depth_of(std::size_t option) const { return keys_[option].size(); }

  // Where in an option's key any name may stand.
  [[nodiscard]] std::optional<std::size_t> name_of(std::size_t option) const {
    const auto found = std::find(keys_[option].begin(), keys_[option].end(), kAnyName);
    if (found == keys_[option].end()) return std::nullopt;
    return static_cast<std::size_t>(found - keys_[option].begin());
  }

  [[nodiscard]] bool is_section(std::span<const std::string> path) const {
    return std::any_of(keys_.begin(), keys_.end(), [&](const Path& key) { return starts_with(key, path); });
  }

  // The shortest beginning of `path` that is no section; `path` is none.
  [[nodiscard]] Path unknown_part(const Path& path) const {
    std::size_t length = 1;
    while (length < path.size() && is_section(std::span{path}.first(length))) ++length;
    return {path.begin(), path.begin() + static_cast<std::ptrdiff_t>(length)};
  }

  // What may have been meant by an unknown part: a sibling that is written like it, else the
  // same word elsewhere; "" when there is none.
  [[nodiscard]] std::string suggestion(Path unknown) const {
    const std::string word = unknown.back();
    unknown.pop_back();
    std::vector<std::string_view> siblings;
    for (const Path& key : keys_) {
      if (key.size() > unknown.size() && starts_with(key, unknown)) siblings.push_back(key[unknown.size()]);
    }
    if (const std::string_view near = nearest(word, siblings); !near.empty()) {
      unknown.emplace_back(near);
      return joined(unknown, ".");
    }
    const auto same =
        std::find_if(keys_.begin(), keys_.end(), [&](const Path& key) { return key.back() == word; });
    return same == keys_.end() ? "" : joined(*same, ".");
  }

 private:
  std::vector<Path> keys_;  // in the order of the options
};

// Applies one document, entry by entry.
class DocumentLayer {
 public:
  DocumentLayer(Options& options, const std::vector<std::string>& owned,
                std::map<std::string, Origin, std::less<>>& origins, std::string_view file)
      : options_(options), owned_(owned), origins_(origins), file_(file), tree_(options) {}

  void apply(const DocumentEntry& entry) {
    if (const auto option = tree_.option_of(entry.path)) {
      const auto rest = std::span{entry.path}.subspan(tree_.depth_of(*option));
      if (const auto name = tree_.name_of(*option)) {
        apply_named(options_[*option], entry.path[*name], rest, entry);
      } else {
        apply_to(options_[*option], rest, entry);
      }
    } else if (!tree_.is_section(entry.path)) {
      refuse_unknown(entry);
    } else if (entry.kind == Kind::scalar) {
      refuse(entry, joined(entry.path, "."), "is a section: put its settings below it, one per line");
    }
  }
  [[nodiscard]] std::vector<Problem> problems() && { return std::move(problems_); }

 private:
  void apply_to(Option& option, std::span<const std::string> rest, const DocumentEntry& entry) {
    if (option.set) {
      apply_value(option, rest, entry);
    } else {
      apply_entry(option, rest, entry);
    }
  }

  void apply_value(Option& option, std::span<const std::string> rest, const DocumentEntry& entry) {
    if (!rest.empty() || entry.kind == Kind::empty) return refuse_not_one_value(entry, option);
    if (entry.kind == Kind::nothing) return refuse_nothing(entry, option);
    settle(option, entry, option.set(entry.text));
  }

  void apply_named(Option& option, const std::string& name, std::span<const std::string> rest,
                   const DocumentEntry& entry) {
    if (!rest.empty() || entry.kind == Kind::empty) return refuse_not_one_value(entry, option);
    if (entry.kind == Kind::nothing) return refuse_nothing(entry, option);
    settle(option, entry, option.set_entry(name, entry.text));
  }

  void apply_entry(Option& option, std::span<const std::string> rest, const DocumentEntry& entry) {
    if (rest.empty() && entry.kind == Kind::empty) {
      begin(option);
      return settle(option, entry, {});
    }
    if (entry.kind == Kind::nothing) return refuse_nothing(entry, option);
    if (rest.size() != 1 || entry.kind != Kind::scalar) {
      return refuse(entry, option.key,
                    "takes entries (" + option.value + "): write each on a line of its own below it, " +
                        (is_list(option) ? "as '- value'" : "as 'name: value'"));
    }
    begin(option);
    settle(option, entry, option.set_entry(rest.front(), entry.text));
  }

  void begin(Option& option) {
    const bool first = begun_.insert(option.key).second;
    if (first && option.clear) option.clear();
  }

  void settle(const Option& option, const DocumentEntry& entry, const Result<void>& result) {
    if (!result) {
      problems_.push_back({where(entry), option.key + ": " + result.error().message});
      return;
    }
    Origin& origin = origins_[option.key];
    const bool continues = origin.layer == Layer::file && settled_.contains(option.key);
    if (!continues) origin = {Layer::file, where(entry)};
    settled_.insert(option.key);
  }

  void refuse_not_one_value(const DocumentEntry& entry, const Option& option) {
    refuse(entry, option.key, "takes one value (" + option.value + "), no list and no mapping");
  }

  void refuse_nothing(const DocumentEntry& entry, const Option& option) {
    refuse(entry, option.key, "has no value: give it one (" + option.value + ") or remove the line");
  }

  // Sections that this program does not answer for are other programs', unless they read like
  // a slip of the pen.
  void refuse_unknown(const DocumentEntry& entry) {
    const bool ours = std::find(owned_.begin(), owned_.end(), entry.path.front()) != owned_.end();
    const Path unknown = tree_.unknown_part(entry.path);
    const std::string meant = ours ? tree_.suggestion(unknown) : owned_like(entry.path.front());
    if (!ours && meant.empty()) return;
    const std::string name = joined(unknown, ".");
    if (!refused_.insert(name).second) return;
    const std::string what = unknown.size() == 1 ? "unknown section " : "unknown option ";
    problems_.push_back({where(entry), what + quoted_text(name) + did_you_mean(meant)});
  }

  [[nodiscard]] std::string owned_like(std::string_view section) const {
    const std::vector<std::string_view> known(owned_.begin(), owned_.end());
    return std::string{nearest(section, known)};
  }

  // Once per key: what is wrong with a list is not wrong with each of its entries anew.
  void refuse(const DocumentEntry& entry, const std::string& key, std::string_view why) {
    if (!refused_.insert(key).second) return;
    problems_.push_back({where(entry), key + " " + std::string(why)});
  }

  [[nodiscard]] std::string where(const DocumentEntry& entry) const {
    return std::string(file_) + ":" + std::to_string(entry.line);
  }

  Options& options_;
  const std::vector<std::string>& owned_;
  std::map<std::string, Origin, std::less<>>& origins_;
  std::string_view file_;
  KeyTree tree_;
  std::set<std::string> begun_;    // keys whose entries of lower layers are gone
  std::set<std::string> settled_;  // keys that this document has set
  std::set<std::string> refused_;  // keys with a problem
  std::vector<Problem> problems_;
};

std::string variable_name(std::string_view key) {
  std::string name{kVariablePrefix};
  for (const char c : key) {
    const bool lower = c >= 'a' && c <= 'z';
    name += c == '.' ? '_' : lower ? static_cast<char>(c - 'a' + 'A') : c;
  }
  return name;
}

// "main=100,develop=75" entry by entry; of a list, the index is the entry's key.
Result<void> apply_entries(Option& option, std::string_view text) {
  if (option.clear) option.clear();
  std::size_t index = 0;
  for (const std::string& part : split(text, ',')) {
    const std::string_view item = without_spaces_around(part);
    if (item.empty()) continue;
    // A pattern may hold '=', the value after it cannot.
    const std::size_t equals = is_list(option) ? std::string_view::npos : item.rfind('=');
    const bool named = equals != std::string_view::npos;
    const std::string key = named ? std::string{item.substr(0, equals)} : std::to_string(index++);
    Result<void> done = option.set_entry(key, named ? item.substr(equals + 1) : item);
    if (!done) return done;
  }
  return {};
}

struct Variable {
  std::string_view name;
  std::string_view text;
};

std::optional<Variable> parse_variable(std::string_view entry) {
  const std::size_t equals = entry.find('=');
  if (equals == std::string_view::npos) return std::nullopt;
  return Variable{entry.substr(0, equals), entry.substr(equals + 1)};
}

bool is_below(std::string_view name, const std::vector<std::string>& sections) {
  return std::any_of(sections.begin(), sections.end(), [&](const std::string& section) {
    return name.starts_with(variable_name(section) + "_");
  });
}

Problem unknown_variable(const Options& options, std::string_view name) {
  std::vector<std::string> names;
  for (const Option& option : options) names.push_back(variable_name(option.key));
  const std::vector<std::string_view> known(names.begin(), names.end());
  return {printable(name), "unknown option " + quoted_text(name) + did_you_mean(nearest(name, known))};
}

}  // namespace

Configuration::Configuration(Options options, std::vector<std::string> owned)
    : options_(std::move(options)), owned_(std::move(owned)) {}

std::vector<Problem> Configuration::apply_document(std::string_view file,
                                                   std::span<const DocumentEntry> entries) {
  DocumentLayer layer{options_, owned_, origins_, file};
  for (const DocumentEntry& entry : entries) layer.apply(entry);
  return std::move(layer).problems();
}

std::vector<Problem> Configuration::apply_environment(std::span<const std::string_view> environment) {
  std::vector<Problem> problems;
  for (const std::string_view entry : environment) apply_own_variable(entry, problems);
  for (const std::string_view entry : environment) {
    const auto variable = parse_variable(entry);
    if (!variable || !variable->name.starts_with(kVariablePrefix)) continue;
    const auto option = std::find_if(options_.begin(), options_.end(), [&](const Option& candidate) {
      return variable_name(candidate.key) == variable->name;
    });
    if (option != options_.end()) {
      apply_text(*option, {Layer::environment, std::string(variable->name)}, variable->text, problems);
    } else if (is_below(variable->name, owned_) && !is_own_variable(variable->name)) {
      problems.push_back(unknown_variable(options_, variable->name));
    }
  }
  return problems;
}

std::vector<Problem> Configuration::apply_flag(std::string_view flag, std::string_view key,
                                               std::string_view text) {
  std::vector<Problem> problems;
  const auto option = std::find_if(options_.begin(), options_.end(),
                                   [&](const Option& candidate) { return candidate.key == key; });
  if (option != options_.end()) apply_text(*option, {Layer::flags, std::string(flag)}, text, problems);
  return problems;
}

void Configuration::apply_own_variable(std::string_view entry, std::vector<Problem>& problems) {
  const auto variable = parse_variable(entry);
  if (!variable || variable->text.empty()) return;
  const auto option = std::find_if(options_.begin(), options_.end(), [&](const Option& candidate) {
    return !candidate.variable.empty() && candidate.variable == variable->name;
  });
  if (option == options_.end()) return;
  apply_text(*option, {Layer::environment, std::string(variable->name)}, variable->text, problems);
}

bool Configuration::is_own_variable(std::string_view name) const {
  return std::any_of(options_.begin(), options_.end(),
                     [&](const Option& option) { return option.variable == name; });
}

void Configuration::apply_text(Option& option, Origin origin, std::string_view text,
                               std::vector<Problem>& problems) {
  const auto done = option.set ? option.set(text) : apply_entries(option, text);
  if (done) {
    origins_[option.key] = std::move(origin);
  } else {
    problems.push_back({origin.where, option.key + ": " + done.error().message});
  }
}

Origin Configuration::origin(std::string_view key) const {
  const auto found = origins_.find(key);
  return found == origins_.end() ? Origin{} : found->second;
}

}  // namespace runneriq::config
