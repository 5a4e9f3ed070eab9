// How far diagnostics of single compilers reach. Internal to diagnosis.
#pragma once

#include "diagnosis/shaped_blocks.hpp"

namespace runneriq::diagnosis {

inline constexpr Extent kNoExtent{1, 0};  // the line begins no block after all

// GHC: what is indented below, and the frame of the source ("38 | f x = y").
Extent diagnostic_of_ghc(const ReadLog& log, std::size_t at);
// rustc: to the blank line; "error: …" only when a place or a note follows.
Extent diagnostic_of_rust(const ReadLog& log, std::size_t at);
// Go: "# package" above it, further findings and what is indented below. None of an indented line, which is
// of a test.
Extent diagnostic_of_go(const ReadLog& log, std::size_t at);
// A head, then perhaps a blank line, then the source up to its pointer: TypeScript, xcpretty, OCaml, Babel.
Extent framed(const ReadLog& log, std::size_t at);
// Python's SyntaxError: from "File …, line 3" above it.
Extent syntax_error_of_python(const ReadLog& log, std::size_t at);
Extent error_of_latex(const ReadLog& log, std::size_t at);  // to "l.12 …" and the line below it
Extent error_of_cmake(const ReadLog& log, std::size_t at);  // with its call stack
Extent undefined_symbols(const ReadLog& log,
                         std::size_t at);                 // of Apple's linker, to "ld: symbol(s) not found"
Extent error_of_vim(const ReadLog& log, std::size_t at);  // "line 12:" and "E117: …"
// The lines that sbt says at the level of errors, from the one at `at`. None of its warnings.
Extent same_label_of_sbt(const ReadLog& log, std::size_t at);
Extent diagnostic_of_ocaml(const ReadLog& log, std::size_t at);  // to "Error: …"; none of warnings
// Sass, "on line 3 of a.scss": from the message above it, with the places below.
Extent below_the_message(const ReadLog& log, std::size_t at);
// Gradle: the paragraph; none where it only says that tests failed or that the compiler said why.
Extent reason_of_gradle(const ReadLog& log, std::size_t at);
Extent below_its_heading(const ReadLog& log, std::size_t at);  // the paragraph, its second line says it best
Extent three_paragraphs(const ReadLog& log, std::size_t at);   // Elm, PureScript, ReScript

}  // namespace runneriq::diagnosis
