#include "core/lower_case.hpp"
#include "gitlab/replies.hpp"

#include <algorithm>

namespace runneriq::gitlab {
namespace {

constexpr std::string_view kBlanks = " \t";

bool is_same_word(std::string_view text, std::string_view lower) {
  return std::equal(text.begin(), text.end(), lower.begin(), lower.end(),
                    [](char a, char b) { return lower_case(a) == b; });
}

// Reads a Link header from the left: RFC 8288, section 3.
class LinkHeader {
 public:
  explicit LinkHeader(std::string_view rest) : rest_(rest) {}

  // To the next "<address>"; false when there is none.
  bool next_link() {
    rest_.remove_prefix(std::min(rest_.find('<'), rest_.size()));
    const std::size_t end = rest_.find('>');
    if (end == std::string_view::npos) return false;
    address_ = rest_.substr(1, end - 1);
    rest_.remove_prefix(end + 1);
    return true;
  }
  [[nodiscard]] std::string_view address() const { return address_; }

  // To the next parameter of this link; false when there is none.
  bool next_parameter() {
    skip_blanks();
    if (!skip(';')) return false;
    skip_blanks();
    name_ = take_until("=;, \t");
    skip_blanks();
    value_ = {};
    if (!skip('=')) return true;
    skip_blanks();
    value_ = skip('"') ? take_quoted() : take_until(";, \t");
    return true;
  }
  [[nodiscard]] std::string_view name() const { return name_; }
  [[nodiscard]] std::string_view value() const { return value_; }

 private:
  void skip_blanks() { take_while(kBlanks); }

  bool skip(char c) {
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }

  std::string_view take(std::size_t length) {
    const std::string_view taken = rest_.substr(0, length);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  void take_while(std::string_view characters) { take(rest_.find_first_not_of(characters)); }
  std::string_view take_until(std::string_view characters) { return take(rest_.find_first_of(characters)); }

  // Escapes stay: no relation of ours has any.
  std::string_view take_quoted() {
    std::size_t end = 0;
    while (end < rest_.size() && rest_[end] != '"') end += rest_[end] == '\\' ? 2 : 1;
    const std::string_view text = take(end);
    skip('"');
    return text;
  }

  std::string_view rest_;
  std::string_view address_;
  std::string_view name_;
  std::string_view value_;
};

// Whether one of the words, which blanks part, is "next".
bool leads_to_next(std::string_view relations) {
  while (!relations.empty()) {
    const std::size_t end = std::min(relations.find_first_of(kBlanks), relations.size());
    if (is_same_word(relations.substr(0, end), "next")) return true;
    relations.remove_prefix(std::min(end + 1, relations.size()));
  }
  return false;
}

// Only the first `rel` of a link counts.
bool is_next(LinkHeader& header) {
  bool first = true;
  bool next = false;
  while (header.next_parameter()) {
    if (!is_same_word(header.name(), "rel")) continue;
    next = first ? leads_to_next(header.value()) : next;
    first = false;
  }
  return next;
}

}  // namespace

std::string next_page(std::string_view link_header) {
  LinkHeader header{link_header};
  while (header.next_link()) {
    const std::string_view address = header.address();
    if (is_next(header)) return std::string(address);
  }
  return "";
}

}  // namespace runneriq::gitlab
