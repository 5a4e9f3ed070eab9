// The forms of all known secrets, as they are looked up. Pure.
#pragma once

#include "diagnosis/secret_forms.hpp"

#include <algorithm>
#include <bitset>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace runneriq::diagnosis {

// Sorted texts, of which the longest that a given text begins with is found.
class Dictionary {
 public:
  explicit Dictionary(std::vector<SecretForm> forms) : forms_(std::move(forms)) {
    std::ranges::sort(forms_, {}, &SecretForm::text);
    join_equal_ones();
    find_parents();
  }

  struct Found {
    const SecretForm* form = nullptr;
    std::size_t agreed = 0;  // the first bytes that some form shares with the text
  };
  [[nodiscard]] Found longest_of(std::string_view text) const {
    Found found;
    const auto above = std::ranges::upper_bound(forms_, text, {}, &SecretForm::text);
    if (above != forms_.end()) found.agreed = shared(above->text, text);
    if (above == forms_.begin()) return found;
    auto at = static_cast<std::size_t>(above - forms_.begin()) - 1;
    found.agreed = std::max(found.agreed, shared(forms_[at].text, text));
    while (at != kNone && !text.starts_with(forms_[at].text)) at = parents_[at];
    if (at != kNone) found.form = &forms_[at];
    return found;
  }
  [[nodiscard]] const std::vector<SecretForm>& forms() const { return forms_; }

 private:
  static constexpr std::size_t kNone = std::string::npos;

  static std::size_t shared(std::string_view a, std::string_view b) {
    return static_cast<std::size_t>(std::ranges::mismatch(a, b).in1 - a.begin());
  }
  void join_equal_ones() {
    std::size_t kept = 0;
    for (SecretForm& form : forms_) {
      if (kept > 0 && forms_[kept - 1].text == form.text) {
        SecretForm& same = forms_[kept - 1];
        same.shares_first |= form.shares_first;
        same.shares_last |= form.shares_last;
        same.base64 |= form.base64;
      } else if (&forms_[kept++] != &form) {
        forms_[kept - 1] = std::move(form);
      }
    }
    forms_.resize(kept);
  }
  // Of each the longest other one with which it begins.
  void find_parents() {
    std::vector<std::size_t> open;
    for (std::size_t i = 0; i < forms_.size(); ++i) {
      while (!open.empty() && !forms_[i].text.starts_with(forms_[open.back()].text)) open.pop_back();
      parents_.push_back(open.empty() ? kNone : open.back());
      open.push_back(i);
    }
  }

  std::vector<SecretForm> forms_;
  std::vector<std::size_t> parents_;
};

// Whether a form may begin with some bytes.
class FormStarts {
 public:
  explicit FormStarts(const Dictionary& dictionary) : known_((std::size_t{1} << kIndexBits) / kWord) {
    for (const SecretForm& form : dictionary.forms()) {
      const std::uint32_t start = index(form.text.data());
      known_.at(start / kWord) |= std::uint32_t{1} << (start % kWord);
      pairs_.set(pair(form.text[0], form.text[1]));
    }
  }
  [[nodiscard]] bool empty() const { return pairs_.none(); }
  [[nodiscard]] bool has(const char* four) const {
    const std::uint32_t start = index(four);
    return (known_[start / kWord] >> (start % kWord) & 1U) != 0;
  }
  // Whether a form may begin with two bytes.
  [[nodiscard]] bool has_pair(char first, char second) const { return pairs_[pair(first, second)]; }

 private:
  static constexpr unsigned kIndexBits = 19, kWord = 32;
  static constexpr std::size_t kBytes = 256;
  static std::size_t pair(char first, char second) {
    return static_cast<unsigned char>(first) * kBytes + static_cast<unsigned char>(second);
  }
  static std::uint32_t index(const char* four) {
    constexpr std::uint32_t kOdd = 0x9E3779B1;  // 2^32 divided by the golden ratio
    std::uint32_t word = 0;
    std::memcpy(&word, four, sizeof word);
    return (word * kOdd) >> (kWord - kIndexBits);
  }
  std::vector<std::uint32_t> known_;
  std::bitset<kBytes * kBytes> pairs_;
};

}  // namespace runneriq::diagnosis
