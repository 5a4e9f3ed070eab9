#include "diagnosis/characters.hpp"
#include "diagnosis/error_reading.hpp"
#include "diagnosis/log_cleaner.hpp"
#include "diagnosis/log_reader_course.hpp"
#include "diagnosis/log_reader_hits.hpp"
#include "diagnosis/log_reader_kept.hpp"
#include "diagnosis/log_reader_lines.hpp"
#include "diagnosis/read_log.hpp"
#include "diagnosis/seen_characters.hpp"

#include <algorithm>
#include <limits>
#include <utility>

namespace runneriq::diagnosis {
namespace {

// What a log is put together from at its end.
class Assembly {
 public:
  // Lines from `end_from` on that are not matched yet are matched.
  Assembly(ReadLog& log, const JobPhases& phases, const std::deque<RanCommand>& commands, LineHits& hits,
           std::int64_t end_from)
      : log_(log), phases_(phases), commands_(commands), hits_(hits), end_from_(end_from) {}

  void expect(const Pages& pages) {
    std::size_t lines = commands_.size();
    for (const auto& page : pages) lines += page->lines().size();
    log_.lines.reserve(lines);
  }
  void add(Page& page) {
    for (const KeptLine& line : page.lines()) {
      add_commands_before(line.ordinal);
      add_line(page, line);
    }
    log_.storage.push_back(std::move(page).take_text());
  }
  void finish(std::int64_t lines_read) {
    add_commands_before(std::numeric_limits<std::int64_t>::max());
    log_.whole = lines_ == lines_read;
    set_commands();
  }

 private:
  void add_line(const Page& page, const KeptLine& line) {
    LogLine& added = log_.lines.emplace_back();
    added.number = line.number;
    added.text = line.text;
    added.part = phases_.part_of(line.ordinal);
    added.reading = line.reading;
    added.command = line.command;
    added.hits_at = static_cast<std::uint32_t>(log_.hits.size());
    added.after_gap = line.ordinal != last_ordinal_ + 1;
    const bool is_late = !line.is_matched && line.ordinal >= end_from_;
    const auto hits = is_late ? hits_.matched(line.text) : page.hits_of(line);
    added.hit_count = static_cast<std::uint16_t>(hits.size());
    log_.hits.insert(log_.hits.end(), hits.begin(), hits.end());
    last_ordinal_ = line.ordinal;
    ++lines_;
    note_command();
  }
  // Of a command whose line was not kept, the line stands here again.
  void add_commands_before(std::int64_t ordinal) {
    for (; next_ < commands_.size() && commands_[next_].ordinal < ordinal; ++next_) {
      const RanCommand& command = commands_[next_];
      LogLine& added = log_.lines.emplace_back();
      added.number = command.number;
      added.text = log_.storage.emplace_back("$ " + command.text);
      added.part = phases_.part_of(command.ordinal);
      added.command = command.serial;
      added.hits_at = static_cast<std::uint32_t>(log_.hits.size());
      added.after_gap = command.ordinal != last_ordinal_ + 1;
      last_ordinal_ = command.ordinal;
      log_.commands.push_back(
          {.text = added.text.substr(2), .line = log_.lines.size() - 1, .exit_code = command.exit_code});
      serials_.push_back(command.serial);
    }
  }
  void note_command() {
    if (next_ == commands_.size() || commands_[next_].ordinal != last_ordinal_) return;
    const RanCommand& command = commands_[next_++];
    const std::string_view text = log_.lines.back().text;
    log_.commands.push_back({.text = text.substr(text.size() - std::min(text.size(), command.text.size())),
                             .line = log_.lines.size() - 1,
                             .exit_code = command.exit_code});
    serials_.push_back(command.serial);
  }
  static bool is_behind_script(const LogLine& line) {
    return line.part == LogPart::upload || line.part == LogPart::afterwards;
  }
  // From serials to indexes. What comes after the script is not of the script's last command.
  void set_commands() {
    for (LogLine& line : log_.lines) {
      const auto found = std::ranges::lower_bound(serials_, line.command);
      const bool known = found != serials_.end() && *found == line.command;
      line.command = known ? static_cast<std::int32_t>(found - serials_.begin()) : -1;
      if (known && is_behind_script(line) &&
          !is_behind_script(log_.lines[log_.commands[static_cast<std::size_t>(line.command)].line]))
        line.command = -1;
    }
  }

  ReadLog& log_;
  const JobPhases& phases_;
  const std::deque<RanCommand>& commands_;
  LineHits& hits_;
  std::int64_t end_from_;
  std::vector<std::int32_t> serials_;  // of log_.commands
  std::size_t next_ = 0;               // of commands_
  std::int64_t last_ordinal_ = 0, lines_ = 0;
};

}  // namespace

struct LogReader::State {
  State(RuleBook& rules, const Limits& limits)
      : hits(rules, LineHits::Bounds::within(limits)), kept(limits) {}

  void take(const RawLine& raw);
  void take_cleaned(const RawLine& raw, std::size_t from, std::string_view text);
  void note_last(std::string_view text);
  ReadLog finish();

  LineHits hits;
  RawLines lines;
  LogCleaner cleaner{LogCleaner::Backspaces::overwrite};
  JobPhases phases;
  JobCommands commands;
  KeptLines kept;
  std::int64_t bytes = 0, ordinal = 0;
  std::string last_words;  // the last line that is not blank, if it is such
  std::int64_t last_ordinal = 0;
};

// Where a marker parts two texts, each of them is a line, with the same number.
void LogReader::State::take(const RawLine& raw) {
  constexpr int kMostParts = 4;
  std::size_t from = 0;
  for (int part = 1;; ++part) {
    const std::string_view rest = raw.text.substr(from);
    const std::string_view text = cleaner.clean_text(rest);
    const std::size_t split = cleaner.splits_at();
    if (split == 0 || part == kMostParts) return take_cleaned(raw, from, text);
    take_cleaned(raw, from, cleaner.clean_text(rest.substr(0, split)));
    from += split;
  }
}

void LogReader::State::take_cleaned(const RawLine& raw, std::size_t from, std::string_view text) {
  const std::int64_t number = lines.line_at(raw, from + cleaner.kept_at());
  const CourseLine line{.ordinal = ++ordinal,
                        .number = number,
                        .text = text,
                        .markers = cleaner.markers(),
                        .text_from = raw.text.data() + from + cleaner.kept_at(),
                        .stream = raw.stream,
                        .is_echo = cleaner.is_echo()};
  phases.take(line);
  commands.take(line, phases);
  KeptLine read{.ordinal = ordinal,
                .number = number,
                .text = text,
                .command = commands.running(),
                .hits_at = 0,
                .hit_count = 0,
                .reading = Reading::plain};
  if (is_blank_line(text)) return kept.add(read, {});
  note_last(text);
  read.reading = reading_of(text);
  const auto found = hits.of(text, read.reading);
  read.is_matched = found.has_value();
  kept.add(read, found.value_or(std::span<const RuleIndex>{}));
}

void LogReader::State::note_last(std::string_view text) {
  last_ordinal = ordinal;
  if (is_last_word(text))
    last_words = text;
  else
    last_words.clear();
}

ReadLog LogReader::State::finish() {
  lines.finish([this](const RawLine& line) { take(line); });
  phases.finish(last_words, last_ordinal);
  ReadLog log;
  log.exit_code = commands.finish(last_words, phases);
  Assembly assembly{log, phases, commands.all(), hits, kept.end_from()};
  Pages pages = std::move(kept).finish();
  assembly.expect(pages);
  for (auto& page : pages) {
    assembly.add(*page);
    page.reset();
  }
  assembly.finish(ordinal);
  log.line_count = lines.count();
  log.byte_count = bytes;
  if (!last_words.empty()) log.last_words = log.storage.emplace_back(std::move(last_words));
  return log;
}

LogReader::LogReader(RuleBook& rules) : LogReader(rules, Limits{}) {}
LogReader::LogReader(RuleBook& rules, Limits limits) : state_(std::make_unique<State>(rules, limits)) {}
LogReader::~LogReader() = default;

void LogReader::feed(std::string_view bytes) {
  state_->bytes += static_cast<std::int64_t>(bytes.size());
  state_->lines.feed(bytes, [this](const RawLine& line) { state_->take(line); });
}

ReadLog LogReader::finish() && {
  return state_->finish();
}

ReadLog read_log(std::string_view raw, RuleBook& rules) {
  LogReader reader{rules};
  reader.feed(raw);
  return std::move(reader).finish();
}

}  // namespace runneriq::diagnosis
