// How far the words of single package managers reach. Internal to diagnosis.
#pragma once

#include "diagnosis/shaped_blocks.hpp"

namespace runneriq::diagnosis {

Extent lines_of_npm(const ReadLog& log, std::size_t at);         // all that begin with "npm ERR!", …
Extent lines_of_apt(const ReadLog& log, std::size_t at);         // all that begin with "E: "
Extent next_error_of_pip(const ReadLog& log, std::size_t at);    // with "No matching distribution …"
Extent like_lines_of_maven(const ReadLog& log, std::size_t at);  // artifacts that cannot be had, one a line
Extent with_list(const ReadLog& log, std::size_t at);            // with the items, "  - x", below it
Extent three_parts(const ReadLog& log, std::size_t at);          // Cargo: with "Caused by:"
Extent parts_of_bundler(const ReadLog& log, std::size_t at);     // paragraphs as long as deeper lines follow
// "Problem 1" and what is deeper, the first line of which says it best.
Extent problem_of_composer(const ReadLog& log, std::size_t at);
Extent problems_of_composer(const ReadLog& log, std::size_t at);
Extent deeper_or_paragraph(const ReadLog& log, std::size_t at);
Extent deeper_hashes(const ReadLog& log, std::size_t at);  // opam: lines that begin with "#"
// R: what stands below "* checking … ERROR", up to the next check; the line itself if nothing does.
Extent below_check_of_r(const ReadLog& log, std::size_t at);
Extent deeper_and_apt(const ReadLog& log, std::size_t at);

}  // namespace runneriq::diagnosis
