// How far findings of single linters reach. Internal to diagnosis.
#pragma once

#include "diagnosis/shaped_blocks.hpp"

namespace runneriq::diagnosis {

// "  12:5  error  …" below the name of its file: from the name, with the findings between.
Extent under_its_file(const ReadLog& log, std::size_t at);
// The finding, its source and the pointer below it.
Extent framed_finding(const ReadLog& log, std::size_t at);
// The line, and the deeper ones or list items ("- a.html") below it, without blank ones.
Extent with_what_it_lists(const ReadLog& log, std::size_t at);
Extent next_lines_of_pylint(const ReadLog& log, std::size_t at);
Extent report_of_phpcs(const ReadLog& log, std::size_t at);   // between rulers
Extent table_of_phpstan(const ReadLog& log, std::size_t at);  // to the ruler that ends it
Extent finding_of_ruff(const ReadLog& log, std::size_t at);
Extent list_of_awesome_bot(const ReadLog& log, std::size_t at);
Extent diff_below(const ReadLog& log, std::size_t at);  // of a unified diff

}  // namespace runneriq::diagnosis
