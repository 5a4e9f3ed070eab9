// A manual page in the roff of man(7), as groff and mandoc both read it. Prose is plain text; what stands
// in backticks becomes bold.
#pragma once

#include <span>
#include <string>
#include <string_view>

namespace runneriq {

// A term with what it means; of an example, what it is for with its lines.
struct ManualEntry {
  std::string_view term;
  std::string_view text;
};

class ManualPage {
 public:
  // "runneriq.yaml", 5, "configuration of RunnerIQ". The page has the program's version and no date, so
  // that it is the same in every build.
  ManualPage(std::string_view name, int section, std::string_view purpose);

  ManualPage& section(std::string_view title);
  ManualPage& subsection(std::string_view title);
  // A subsection for a command: "runneriq explain JOB"; see usage().
  ManualPage& command(std::string_view name, std::string_view arguments);
  ManualPage& paragraph(std::string_view prose);
  // A line as it is typed, bold, with the words in capitals that stand for others set off. Several follow
  // each other without a gap.
  ManualPage& usage(std::string_view line);
  // A term with what it means.
  ManualPage& entry(std::string_view term, std::string_view argument, std::string_view prose);
  ManualPage& entries(std::span<const ManualEntry> all);
  // The same with a whole usage line as term.
  ManualPage& call(std::string_view line, std::string_view prose);
  // A further line of the last entry.
  ManualPage& more(std::string_view prose);
  // Lines as they are, indented.
  ManualPage& example(std::string_view lines);
  ManualPage& examples(std::span<const ManualEntry> all);
  // "runneriq.yaml(5), systemd.exec(5)"
  ManualPage& see_also(std::string_view pages);

  [[nodiscard]] const std::string& roff() const { return roff_; }

 private:
  ManualPage& heading(const std::string& request);
  ManualPage& block(const std::string& text);
  ManualPage& tagged(const std::string& tag, std::string_view text);

  std::string roff_;
  enum class Last { text, heading, usage } last_ = Last::text;
};

}  // namespace runneriq
