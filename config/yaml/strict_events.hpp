// What every YAML document of ours refuses, whatever is made of its values: aliases, anchors, tags,
// duplicate keys, several documents, depth over 16, scalars over 64 KiB, files over 1 MiB, more
// than 10,000 values.
#pragma once

#include "config/configuration.hpp"
#include "core/result.hpp"

#include <yaml-cpp/eventhandler.h>

#include <map>
#include <stdexcept>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::config {

// The way out of the parser's events; it never leaves read_strictly().
struct Refusal : std::runtime_error {
  Refusal(int at_line, const std::string& why) : std::runtime_error(why), line(at_line) {}
  int line;
};

// A mapping or a list that the parser is inside of.
struct Container {
  enum class Shape { mapping, list };
  Shape shape = Shape::mapping;
  int line = 0;
  bool has_key = false;  // of a mapping: the key has been read, its value comes next
  std::string key{};
  int key_line = 0;
  std::map<std::string, int> keys{};  // with their lines
  std::size_t size = 0;               // values so far
};

// The parser's events, checked; what they mean is told to the hooks.
class StrictEvents : public YAML::EventHandler {
 public:
  using Kind = DocumentEntry::Kind;
  struct Value {
    Kind kind = Kind::scalar;
    std::string text{};
    bool plain = false;  // not in quotes
    int line = 0;
  };

  void begin(std::string_view text) { text_ = text; }

  void OnDocumentStart(const YAML::Mark& mark) final;
  void OnDocumentEnd() final {}
  void OnNull(const YAML::Mark& mark, YAML::anchor_t anchor) final;
  void OnScalar(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                const std::string& text) final;
  void OnAlias(const YAML::Mark& mark, YAML::anchor_t anchor) final;
  void OnSequenceStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value style) final;
  void OnSequenceEnd() final { leave(); }
  void OnMapStart(const YAML::Mark& mark, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value style) final;
  void OnMapEnd() final { leave(); }

 protected:
  // Hooks, called before open() changes. A container is told as a value when it ends: as Kind::empty
  // where nothing stood in it, and as nothing at all where the values in it were told.
  virtual void check_key(const std::string& /*key*/, int /*line*/) const {}
  virtual void entered(Container::Shape /*shape*/, int /*line*/) {}
  virtual void left(const Container& /*closed*/) {}
  virtual void read(const Value& value) = 0;

  [[nodiscard]] const std::vector<Container>& open() const { return open_; }  // from the top

 private:
  void refuse_open_quote(const YAML::Mark& mark) const;
  [[nodiscard]] bool awaits_key() const;
  void take_key(const std::string& key, int line);
  void enter(Container::Shape shape, int line);
  void leave();
  void take_value(const Value& value);
  void count_value();

  std::string_view text_;
  int documents_ = 0;
  std::size_t values_ = 0;
  std::vector<Container> open_;
};

// Feeds `text` to `events`. Error: invalid_argument, with the line and the remedy. Never throws.
Result<void> read_strictly(std::string_view text, StrictEvents& events);

}  // namespace runneriq::config
