#include "platform/http_head.hpp"

namespace runneriq::platform {
namespace {

bool is_control(char each) {
  const auto byte = static_cast<unsigned char>(each);
  return (byte < 0x20 && each != '\t' && each != '\r' && each != '\n') || byte == 0x7f;
}

bool is_blank(char each) {
  return each == ' ' || each == '\t';
}

}  // namespace

HttpHeadScan::Verdict HttpHeadScan::look(std::string_view text) {
  for (; seen_ < text.size(); ++seen_) {
    const char each = text[seen_];
    const bool after_return = seen_ > 0 && text[seen_ - 1] == '\r';
    if (is_control(each) || (each == '\n') != after_return) return Verdict::malformed;
    if (seen_ == line_ && is_blank(each)) return Verdict::malformed;
    if (each != '\n') continue;
    const bool empty_line = seen_ + 1 - line_ == 2;
    line_ = seen_ + 1;
    if (!empty_line) continue;
    ++seen_;
    return line_ > 2 ? Verdict::complete : Verdict::malformed;
  }
  return Verdict::more;
}

}  // namespace runneriq::platform
