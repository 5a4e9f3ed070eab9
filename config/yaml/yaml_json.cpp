#include "config/yaml/yaml_json.hpp"

#include "config/yaml/strict_events.hpp"
#include "core/json_text.hpp"

#include <nlohmann/json.hpp>

#include <string>
#include <utility>
#include <vector>

namespace runneriq::config {
namespace {

using nlohmann::json;

json scalar(const std::string& text, bool plain) {
  if (!plain) return text;
  json value = json_in(text);
  const bool known = value.is_number() || value.is_boolean();
  return known ? value : json(text);
}

class Builder final : public StrictEvents {
 public:
  [[nodiscard]] json document() && { return std::move(document_); }

 private:
  void entered(Container::Shape shape, int /*line*/) override {
    building_.push_back(shape == Container::Shape::list ? json::array() : json::object());
  }

  void left(const Container& /*closed*/) override {
    json value = std::move(building_.back());
    building_.pop_back();
    put(std::move(value));
  }

  void read(const Value& value) override {
    if (value.kind == Kind::empty) return;  // left() has put it
    put(value.kind == Kind::nothing ? json() : scalar(value.text, value.plain));
  }

  void put(json value) {
    if (building_.empty()) {
      document_ = std::move(value);
    } else if (building_.back().is_array()) {
      building_.back().push_back(std::move(value));
    } else {
      building_.back()[open().back().key] = std::move(value);
    }
  }

  json document_;
  std::vector<json> building_;
};

}  // namespace

Result<json> parse_yaml_json(std::string_view text) {
  Builder builder;
  if (auto read = read_strictly(text, builder); !read) return fail(std::move(read).error());
  return std::move(builder).document();
}

}  // namespace runneriq::config
