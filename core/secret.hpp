// A token or a password: text that no log, error or test output shows by accident.
#pragma once

#include <cstddef>
#include <string>
#include <utility>

namespace runneriq {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string text) : text_(std::move(text)) {}
  Secret(const Secret&) = default;
  Secret(Secret&&) noexcept = default;
  // By exchange, so that what is replaced goes the way of every secret.
  Secret& operator=(Secret other) noexcept {
    text_.swap(other.text_);
    return *this;
  }
  // The bytes do not stay behind in freed memory, nor in a text that was moved from.
  ~Secret() {
    text_.resize(text_.capacity());
    volatile char* const bytes = text_.data();
    for (std::size_t at = 0; at < text_.size(); ++at) bytes[at] = 0;
  }

  // For the one place that sends it. Never to be put into a message.
  [[nodiscard]] const std::string& reveal() const { return text_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }

  template <class Stream>
  friend Stream& operator<<(Stream& stream, const Secret&) {
    stream << "***";
    return stream;
  }

 private:
  std::string text_;
};

}  // namespace runneriq
