#include "alerting/packed_event.hpp"

#include <array>
#include <cstdint>
#include <cstring>
#include <string_view>

namespace runneriq::alerting {
namespace {

// What has a fixed size stands first, then each text behind its length.
struct Head {
  Time time{};
  std::int64_t pipeline_id, job_id;
  EventKind kind;
  Outcome outcome;
  scheduler::JobClass job_class;
  Severity severity;
  bool allow_failure, is_tag, production, on_default_branch, signed_by_log;
};

using Length = std::uint32_t;
constexpr std::array kTexts{
    &Event::kind_word, &Event::gitlab,         &Event::project,        &Event::ref,    &Event::sha,
    &Event::name,      &Event::stage,          &Event::status,         &Event::source, &Event::runner,
    &Event::user,      &Event::failure_reason, &Event::default_branch, &Event::url};

Head head_of(const Classified& of) {
  const Event& event = of.event;
  return {event.time,   event.pipeline_id, event.job_id,         event.kind,
          of.outcome,   of.job_class,      of.severity,          event.allow_failure,
          event.is_tag, of.production,     of.on_default_branch, of.signed_by_log};
}

std::string_view last_bytes(std::string_view text, std::size_t most) {
  if (text.size() <= most) return text;
  text.remove_prefix(text.size() - most);
  while (!text.empty() && (static_cast<unsigned char>(text.front()) & 0xC0U) == 0x80U) text.remove_prefix(1);
  return text;
}

// Calls `visit` with each text, in one order.
template <class Of, class Visit>
void for_each_text(Of& of, Visit visit) {
  for (const auto text : kTexts) visit(of.event.*text);
  visit(of.signature);
  visit(of.headline);
}

class Writer {
 public:
  explicit Writer(char* to) : to_(to) {}
  template <class Value>
  void put(const Value& value) {
    std::memcpy(to_, &value, sizeof value);
    to_ += sizeof value;
  }
  void put_text(std::string_view text) {
    put(static_cast<Length>(text.size()));
    if (!text.empty()) std::memcpy(to_, text.data(), text.size());
    to_ += text.size();
  }

 private:
  char* to_;
};

class Reader {
 public:
  explicit Reader(const char* from) : from_(from) {}
  template <class Value>
  Value get() {
    Value value{};
    std::memcpy(&value, from_, sizeof value);
    from_ += sizeof value;
    return value;
  }
  std::string_view text() {
    const auto length = get<Length>();
    const std::string_view text{from_, length};
    from_ += length;
    return text;
  }

 private:
  const char* from_;
};

std::size_t size_of(const Classified& of, std::string_view excerpt) {
  std::size_t size = sizeof(Head) + sizeof(Length) + excerpt.size();
  for_each_text(of, [&](const std::string& text) { size += sizeof(Length) + text.size(); });
  return size;
}

}  // namespace

PackedEvent::PackedEvent(const Classified& of, std::size_t most_excerpt) {
  const std::string_view excerpt = last_bytes(of.event.log_excerpt, most_excerpt);
  auto bytes = std::make_shared_for_overwrite<char[]>(size_of(of, excerpt));
  Writer writer{bytes.get()};
  writer.put(head_of(of));
  for_each_text(of, [&](const std::string& text) { writer.put_text(text); });
  writer.put_text(excerpt);
  bytes_ = std::move(bytes);
}

Classified PackedEvent::unpacked() const {
  Reader reader{bytes_.get()};
  const Head head = reader.get<Head>();
  Classified of{.event = {.time = head.time,
                          .kind = head.kind,
                          .pipeline_id = head.pipeline_id,
                          .job_id = head.job_id,
                          .allow_failure = head.allow_failure,
                          .is_tag = head.is_tag},
                .outcome = head.outcome,
                .job_class = head.job_class,
                .severity = head.severity,
                .production = head.production,
                .on_default_branch = head.on_default_branch,
                .signed_by_log = head.signed_by_log};
  for_each_text(of, [&](std::string& text) { text = reader.text(); });
  of.event.log_excerpt = reader.text();
  return of;
}

}  // namespace runneriq::alerting
