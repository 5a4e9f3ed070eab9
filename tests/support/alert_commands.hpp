// A fake session whose `alerts …` commands see what a test has put into memory.
#pragma once

#include "cli/json_text.hpp"
#include "cli/table.hpp"
#include "core/lines.hpp"
#include "tests/support/alert_faces.hpp"
#include "tests/support/run_command.hpp"

#include <nlohmann/json.hpp>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace runneriq::cli {

struct AlertCommands : testing::Test {
  FakeSession fake{alerting::at(alerting::hours{2})};
  alerting::AlertingOptions options;
  alerting::MemoryAlerts store;
  alerting::MemoryDead outbox;
  AlertPorts ports{.options = &options,
                   .zones = &alerting::kUtc,
                   .rules = alerting::rules_with(),
                   .store = &store,
                   .outbox = &outbox};
  std::vector<Session::AlertFile> opened;
  std::optional<Error> cannot_open;

  AlertCommands() {
    fake.session.actor = "user:anna";
    fake.session.open_alerts = [this](Session::AlertFile file) -> Result<AlertPorts> {
      opened.push_back(file);
      if (cannot_open) return fail(*cannot_open);
      return ports;
    };
  }
  void nothing_is_recorded() { ports.store = nullptr, ports.outbox = nullptr; }
  std::string run(const std::vector<std::string_view>& words, Exit exit = Exit::fine) {
    fake.out.results.clear();
    fake.out.talked.clear();
    EXPECT_EQ(run_words(fake, words), exit) << (fake.out.talked.empty() ? "" : fake.out.talked.back());
    return fake.out.results;
  }
  // What is told of the failure.
  std::string refused(const std::vector<std::string_view>& words, Exit exit = Exit::usage) {
    EXPECT_EQ(run(words, exit), "");
    return fake.out.talked.empty() ? "" : fake.out.talked.back();
  }
  nlohmann::json run_json(std::vector<std::string_view> words) {
    words.insert(words.end(), {"--output", "json"});
    return parse_document(run(words)).value();
  }
  // Of what was printed and told last: no byte can move a cursor, and nothing turns the direction of writing.
  void expect_tame() const {
    std::string all = fake.out.results;
    for (const std::string& line : fake.out.talked) all += line + "\n";
    for (const char c : all) {
      if (c != '\n') {
        EXPECT_GE(static_cast<unsigned char>(c), 0x20) << all;
      }
    }
    for (const std::string_view wild : {"\x7f", "\xC2\x9B", "\xE2\x80\xAE", "\xE2\x80\xA8", "\xFF"})
      EXPECT_EQ(all.find(wild), std::string::npos) << all;
  }
  // And no line is longer than a terminal.
  void expect_fit() const {
    expect_tame();
    for (const std::string_view line : lines_of(fake.out.results))
      EXPECT_LE(width_of(line), kTextWidth) << line;
  }
};

inline bool has(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

// What names may hold: escapes, line ends, overrides, broken UTF-8, and a length without end.
inline std::vector<std::string> wild_names() {
  return {"\x1b[31mred\x1b]0;title\x07",
          "two\nlines\r\tand",
          "\xE2\x80\xAEgnp.exe",
          "\xC2\x9B"
          "2Jc1\x7f",
          "line\xE2\x80\xA8"
          "end",
          "\xFF broken \xE2\x82",
          std::string(100'000, 'a') + "\x1b",
          std::string("nul\0nul", 7)};
}

// An event whose every text is `theirs`.
inline alerting::Event hostile_event(const std::string& theirs) {
  alerting::Event event = alerting::failed(theirs);
  event.project = event.ref = event.user = event.runner = event.stage = event.failure_reason = theirs;
  event.sha = event.source = event.kind_word = event.url = event.gitlab = event.log_excerpt = theirs;
  return event;
}

}  // namespace runneriq::cli
