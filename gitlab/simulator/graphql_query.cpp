#include "gitlab/simulator/graphql_query.hpp"

#include "core/json_text.hpp"
#include "core/printable.hpp"

#include <nlohmann/json.hpp>

#include <cctype>
#include <optional>
#include <stdexcept>

namespace runneriq::gitlab::simulator {
namespace {

using nlohmann::json;

constexpr int kDeepest = 20;
constexpr std::size_t kMostFields = 2'000;

// The way out of the parser; it never leaves this file.
struct Refusal : std::runtime_error {
  using std::runtime_error::runtime_error;
};

bool starts_name(char c) {
  return std::isalpha(static_cast<unsigned char>(c)) != 0 || c == '_';
}

bool in_name(char c) {
  return starts_name(c) || std::isdigit(static_cast<unsigned char>(c)) != 0;
}

// One word of the document at a time: a name, a number, a string with its quotes, or a sign.
class Words {
 public:
  explicit Words(std::string_view text) : rest_(text) { next(); }

  [[nodiscard]] std::string_view current() const { return word_; }
  [[nodiscard]] bool at_end() const { return word_.empty(); }
  [[nodiscard]] bool at_name() const { return !word_.empty() && starts_name(word_.front()); }

  bool accept(std::string_view sign) {
    if (word_ != sign) return false;
    next();
    return true;
  }
  void expect(std::string_view sign) {
    if (!accept(sign))
      throw Refusal("Parse error on " + quoted_text(word_) + ": expected " + std::string(sign));
  }
  std::string name() {
    if (!at_name()) throw Refusal("Parse error on " + quoted_text(word_) + ": expected a name");
    return std::string(take());
  }
  std::string_view take() {
    const std::string_view word = word_;
    next();
    return word;
  }

 private:
  void skip_blank() {
    while (!rest_.empty()) {
      const char c = rest_.front();
      if (c == '#') {
        rest_.remove_prefix(std::min(rest_.find('\n'), rest_.size()));
      } else if (c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',') {
        rest_.remove_prefix(1);
      } else {
        return;
      }
    }
  }
  void next() {
    skip_blank();
    const std::size_t length = std::min(length_of_word(), rest_.size());
    word_ = rest_.substr(0, length);
    rest_.remove_prefix(length);
  }
  [[nodiscard]] std::size_t length_of_word() const {
    if (rest_.empty()) return 0;
    const char c = rest_.front();
    if (rest_.starts_with("...")) return 3;
    if (c == '"') return length_of_string();
    std::size_t length = 1;
    if (starts_name(c)) {
      while (length < rest_.size() && in_name(rest_[length])) ++length;
    } else if (c == '-' || std::isdigit(static_cast<unsigned char>(c)) != 0) {
      while (length < rest_.size() && (in_name(rest_[length]) || rest_[length] == '.')) ++length;
    }
    return length;
  }
  [[nodiscard]] std::size_t length_of_string() const {
    std::size_t at = 1;
    while (at < rest_.size() && rest_[at] != '"') at += rest_[at] == '\\' ? 2 : 1;
    return at + 1;
  }

  std::string_view rest_;
  std::string_view word_;
};

struct Item {
  std::string spread;  // the name of a fragment, else
  GraphqlField field;
  std::vector<Item> items;
};

struct Operation {
  std::string name;
  bool mutation = false;
  std::vector<Item> items;
};

class Parser {
 public:
  Parser(std::string_view text, const json& variables) : words_(text), variables_(variables) {}

  GraphqlOperation operation(std::string_view name) {
    while (!words_.at_end()) definition();
    for (const Operation& one : operations_) {
      if (name.empty() ? operations_.size() == 1 : one.name == name)
        return {.mutation = one.mutation, .fields = expanded(one.items, 0)};
    }
    throw Refusal("An operation name is required");
  }

 private:
  void definition() {
    if (words_.accept("fragment")) {
      std::string name = words_.name();
      words_.expect("on");
      words_.name();
      fragments_[std::move(name)] = selection(0);
      return;
    }
    Operation operation;
    if (words_.current() != "{") {
      const std::string kind = words_.name();
      if (kind != "query" && kind != "mutation") throw Refusal("Parse error on " + quoted_text(kind));
      operation.mutation = kind == "mutation";
      if (words_.at_name()) operation.name = words_.name();
      if (words_.accept("(")) skip_variables();
    }
    operation.items = selection(0);
    operations_.push_back(std::move(operation));
  }

  // Their types are not checked; a default is taken where nothing was sent.
  void skip_variables() {
    while (!words_.accept(")")) {
      words_.expect("$");
      const std::string name = words_.name();
      words_.expect(":");
      while (words_.accept("[") || words_.accept("]") || words_.accept("!") || words_.at_name()) {
        if (words_.at_name()) words_.take();
      }
      if (words_.accept("=") && !variables_.contains(name)) variables_[name] = value(0);
    }
  }

  std::vector<Item> selection(int depth) {
    if (depth > kDeepest) throw Refusal("Query has depth of more than 20");
    words_.expect("{");
    std::vector<Item> items;
    while (!words_.accept("}")) {
      if (words_.at_end()) throw Refusal("Parse error: unexpected end of document");
      items.push_back(item(depth));
    }
    return items;
  }

  Item item(int depth) {
    Item item;
    if (words_.accept("...")) {
      item.spread = words_.name();
      return item;
    }
    item.field.key = item.field.name = words_.name();
    if (words_.accept(":")) item.field.name = words_.name();
    json arguments = json::object();
    if (words_.accept("(")) {
      while (!words_.accept(")")) {
        const std::string name = words_.name();
        words_.expect(":");
        arguments[name] = value(depth);
      }
    }
    item.field.arguments = std::make_shared<const json>(std::move(arguments));
    if (words_.current() == "{") item.items = selection(depth + 1);
    return item;
  }

  json value(int depth) {
    if (depth > kDeepest) throw Refusal("Parse error: nested too deep");
    if (words_.accept("$")) return variables_.value(words_.name(), json());
    if (words_.accept("[")) {
      json list = json::array();
      while (!words_.accept("]")) list.push_back(value(depth + 1));
      return list;
    }
    if (words_.at_end()) throw Refusal("Parse error: unexpected end of document");
    const std::string word(words_.take());
    json known = json_in(word);
    if (!known.is_discarded()) return known;
    if (starts_name(word.front())) return word;  // an enum
    throw Refusal("Parse error on " + quoted_text(word));
  }

  std::vector<GraphqlField> expanded(const std::vector<Item>& items, int depth) {
    if (depth > kDeepest) throw Refusal("Query has depth of more than 20, or a fragment contains itself");
    std::vector<GraphqlField> fields;
    for (const Item& item : items) {
      if (++expanded_ > kMostFields) throw Refusal("Query has more than 2000 fields");
      if (item.spread.empty()) {
        fields.push_back(item.field);
        fields.back().fields = expanded(item.items, depth + 1);
        continue;
      }
      const auto fragment = fragments_.find(item.spread);
      if (fragment == fragments_.end())
        throw Refusal("Fragment " + item.spread + " was used, but not defined");
      for (GraphqlField& field : expanded(fragment->second, depth + 1)) fields.push_back(std::move(field));
    }
    return fields;
  }

  Words words_;
  json variables_;
  std::map<std::string, std::vector<Item>> fragments_;
  std::vector<Operation> operations_;
  std::size_t expanded_ = 0;
};

}  // namespace

Result<GraphqlOperation> parse_graphql(std::string_view document, std::string_view name,
                                       const json& variables) {
  try {
    return Parser(document, variables.is_object() ? variables : json::object()).operation(name);
  } catch (const Refusal& refusal) {
    return fail(Errc::invalid_argument, refusal.what());
  }
}

}  // namespace runneriq::gitlab::simulator
