#include "config/yaml/document.hpp"

#include "config/yaml/strict_events.hpp"
#include "core/printable.hpp"

#include <array>
#include <string>
#include <utility>

namespace runneriq::config {
namespace {

constexpr std::string_view kTopKey = "runneriq";

[[noreturn]] void refuse_top_key(const std::string& key, int line) {
  constexpr std::array known{kTopKey};
  const bool slip = !nearest(key, known).empty();
  throw Refusal(line, "unknown top key " + quoted_text(key) +
                          (slip ? ", did you mean 'runneriq'?"
                                : ": all settings stand indented below the one top key 'runneriq:'"));
}

// Turns what is below the top key into entries.
class Collector final : public StrictEvents {
 public:
  [[nodiscard]] std::vector<DocumentEntry> entries() && { return std::move(entries_); }

 private:
  void check_key(const std::string& key, int line) const override {
    if (open().size() == 1 && key != kTopKey) refuse_top_key(key, line);
  }

  void entered(Container::Shape shape, int line) override {
    if (open().size() > 1 || shape == Container::Shape::mapping) return;
    throw Refusal(line, open().empty()
                            ? "the file is a list: settings stand below the one top key 'runneriq:'"
                            : "'runneriq:' holds a list: it holds sections such as 'executor:'");
  }

  void read(const Value& value) override {
    if (open().size() <= 1 && value.kind == Kind::scalar) {
      throw Refusal(value.line,
                    "settings stand as 'name: value' lines, indented below the one top key 'runneriq:'");
    }
    if (open().size() > 1) add_entry(value);
  }

  void add_entry(const Value& value) {
    const Container& parent = open().back();
    // The parser finds out that a value is missing some lines later.
    const int told = parent.has_key ? parent.key_line : value.line;
    entries_.push_back({.path = path(), .text = value.text, .line = told, .kind = value.kind});
  }

  [[nodiscard]] std::vector<std::string> path() const {
    std::vector<std::string> elements;
    for (std::size_t level = 1; level < open().size(); ++level) {
      const Container& container = open()[level];
      const bool list = container.shape == Container::Shape::list;
      elements.push_back(list ? std::to_string(container.size) : container.key);
    }
    return elements;
  }

  std::vector<DocumentEntry> entries_;
};

}  // namespace

Result<std::vector<DocumentEntry>> parse_yaml_document(std::string_view text) {
  Collector collector;
  if (auto read = read_strictly(text, collector); !read) return fail(std::move(read).error());
  return std::move(collector).entries();
}

}  // namespace runneriq::config
