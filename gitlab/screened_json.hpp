// Screens JSON text on its way into a parser, byte by byte, so that the parser stays small
// and goes on whatever the text holds. It judges words only, no grammar:
// - a string ends after 64 KiB of its text (never inside an escape, a surrogate pair or a
//   character); the rest up to its closing quote is dropped,
// - bytes of a string that are no UTF-8, and halves of surrogate pairs, become U+FFFD,
// - a number that no double holds, or of more than 64 characters, becomes null,
// - white space becomes one space,
// - the text ends where 64 KiB pass without a string or a number (a parser may collect them).
#pragma once

#include <cstddef>
#include <iterator>
#include <string_view>

namespace runneriq::gitlab {

class ScreenedJson {
 public:
  static constexpr std::size_t kLongestString = 64 * 1024;
  static constexpr std::size_t kLongestRun = 64 * 1024;
  static constexpr std::size_t kLongestNumber = 64;

  // `json` must outlive this.
  explicit ScreenedJson(std::string_view json) : json_(json), rest_(json) { fetch(); }

  [[nodiscard]] bool at_end() const { return piece_.empty(); }
  [[nodiscard]] char current() const { return piece_.front(); }  // not at the end
  void advance() {
    piece_.remove_prefix(1);
    if (piece_.empty()) fetch();
  }
  // Where in the original text current() stands, give or take what a replacement changed.
  [[nodiscard]] std::size_t offset() const { return json_.size() - rest_.size() - piece_.size(); }
  // Whether the end came before the end of the original text.
  [[nodiscard]] bool cut_short() const { return at_end() && !rest_.empty(); }

  // Reads a ScreenedJson once, for parsers that take a pair of iterators; all share one position.
  class Iterator {
   public:
    using iterator_category = std::input_iterator_tag;
    using value_type = char;
    using difference_type = std::ptrdiff_t;
    using pointer = const char*;
    using reference = char;

    Iterator() = default;  // the end
    explicit Iterator(ScreenedJson& source) : source_(&source) {}
    char operator*() const { return source_->current(); }
    Iterator& operator++() {
      source_->advance();
      return *this;
    }
    friend bool operator==(const Iterator& a, const Iterator& b) { return a.done() == b.done(); }

   private:
    [[nodiscard]] bool done() const { return source_ == nullptr || source_->at_end(); }
    ScreenedJson* source_ = nullptr;
  };

 private:
  void fetch();
  [[nodiscard]] std::string_view next_outside();
  [[nodiscard]] std::string_view next_number();
  [[nodiscard]] std::string_view next_inside();
  [[nodiscard]] std::string_view next_escape() const;
  [[nodiscard]] std::string_view take(std::size_t length);
  void drop_rest_of_string();

  std::string_view json_;
  std::string_view rest_;   // not looked at yet
  std::string_view piece_;  // what comes next, of the original or in its place
  bool in_string_ = false;
  std::size_t string_length_ = 0;  // of the string so far
  std::size_t run_length_ = 0;     // since the last string or number began
};

}  // namespace runneriq::gitlab
