#include "diagnosis/secret_forms.hpp"

#include "core/trimmed.hpp"

#include <algorithm>

namespace runneriq::diagnosis {
namespace {

constexpr std::string_view kBlanks = " \t\r\n";
constexpr std::size_t kPiece = 128;
static_assert(2 * kPiece - 1 <= SecretForm::kMost);

// What is left at the end is part of the last piece.
void append_pieces(const SecretForm& whole, std::vector<SecretForm>& forms) {
  std::string_view rest = whole.text;
  while (rest.size() >= 2 * kPiece) {
    forms.push_back({.text = std::string{rest.substr(0, kPiece)},
                     .shares_first = whole.shares_first && rest.size() == whole.text.size(),
                     .base64 = whole.base64});
    rest.remove_prefix(kPiece);
  }
  forms.push_back({.text = std::string{rest},
                   .shares_first = whole.shares_first && rest.size() == whole.text.size(),
                   .shares_last = whole.shares_last,
                   .base64 = whole.base64});
}

constexpr std::string_view kSigns = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

// RFC 4648. The signs of which all bits are the value's, where `before` bytes precede it in a group of three.
SecretForm base64_of(std::string_view value, std::size_t before) {
  constexpr std::size_t kBits = 6, kByte = 8;
  const std::size_t first = before * kByte, last = first + value.size() * kByte;
  SecretForm form{.shares_first = first % kBits != 0, .shares_last = last % kBits != 0, .base64 = true};
  const auto bit = [&](std::size_t at) {
    const auto byte = static_cast<unsigned char>(value[(at - first) / kByte]);
    return (static_cast<unsigned>(byte) >> (kByte - 1 - at % kByte)) & 1U;
  };
  for (std::size_t sign = (first + kBits - 1) / kBits; (sign + 1) * kBits <= last; ++sign) {
    unsigned number = 0;
    for (std::size_t at = sign * kBits; at < (sign + 1) * kBits; ++at) number = number * 2 + bit(at);
    form.text += kSigns[number];
  }
  return form;
}

SecretForm for_addresses(SecretForm form) {
  std::ranges::replace(form.text, '+', '-');
  std::ranges::replace(form.text, '/', '_');
  return form;
}

void append_base64(std::string_view value, std::vector<SecretForm>& forms) {
  constexpr std::size_t kGroup = 3;
  for (std::size_t before = 0; before < kGroup; ++before) {
    const SecretForm form = base64_of(value, before);
    append_pieces(form, forms);
    if (form.text.find_first_of("+/") != std::string::npos) append_pieces(for_addresses(form), forms);
  }
}

void append_all(std::string_view value, std::size_t least, std::vector<SecretForm>& forms) {
  if (value.size() < least) return;
  append_pieces({.text = std::string{value}}, forms);
  append_base64(value, forms);
  if (value.find(' ') == std::string_view::npos) return;
  SecretForm of_a_form{.text = std::string{value}};  // application/x-www-form-urlencoded
  std::ranges::replace(of_a_form.text, ' ', '+');
  append_pieces(of_a_form, forms);
}

// Each by itself, and all without what is between them.
void append_lines(std::string_view value, std::size_t least, std::vector<SecretForm>& forms) {
  std::string joined;
  while (!value.empty()) {
    const std::size_t end = std::min(value.find_first_of("\r\n"), value.size());
    const std::string_view line = trimmed(value.substr(0, end), kBlanks);
    append_all(line, least, forms);
    joined += line;
    value.remove_prefix(std::min(end + 1, value.size()));
  }
  if (joined.size() >= least) append_pieces({.text = std::move(joined)}, forms);
}

}  // namespace

void append_forms(std::string_view value, std::size_t least, std::vector<SecretForm>& forms) {
  append_all(value, least, forms);
  if (const std::string_view inner = trimmed(value, kBlanks); inner.size() < value.size())
    append_all(inner, least, forms);
  if (trimmed(value, kBlanks).find_first_of("\r\n") != std::string_view::npos)
    append_lines(value, least, forms);
}

}  // namespace runneriq::diagnosis
