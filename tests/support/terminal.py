"""A small terminal: what a program has drawn, by the sequences that the demo uses. Any other one is a fault."""

from __future__ import annotations

import re

_TOKEN = re.compile(r"\033\[(\??[\d;]*)([A-Za-z])|([\r\n])|([^\033\r\n]+)")


class Terminal:
    """`lines` is what stands on the screen now. Text beyond the last column is a fault: see `too_wide`."""

    def __init__(self, columns: int, rows: int) -> None:
        self.columns, self.rows = columns, rows
        self.lines = [""] * rows
        self.too_wide: list[str] = []
        self.modes: set[str] = set()
        self._row = self._column = 0

    def feed(self, text: str) -> None:
        at = 0
        for token in _TOKEN.finditer(text):
            assert token.start() == at, f"unknown sequence {text[at:token.start() + 1]!r}"
            at = token.end()
            parameters, final, control, words = token.groups()
            if final:
                self._sequence(parameters, final)
            elif control:
                self._control(control)
            else:
                self._write(words)
        assert at == len(text), f"unknown sequence {text[at:at + 20]!r}"

    def _sequence(self, parameters: str, final: str) -> None:
        if final == "H" and not parameters:
            self._row = self._column = 0
        elif final == "K" and not parameters:
            self.lines[self._row] = self.lines[self._row][:self._column]
        elif final == "J" and not parameters:
            self.lines[self._row] = self.lines[self._row][:self._column]
            self.lines[self._row + 1:] = [""] * (self.rows - self._row - 1)
        elif final in "hl" and parameters.startswith("?"):
            (self.modes.add if final == "h" else self.modes.discard)(parameters)
        else:
            assert final == "m", f"unknown sequence {parameters}{final}"

    def _control(self, control: str) -> None:
        if control == "\r":
            self._column = 0
        else:
            self._row += 1
            if self._row == self.rows:
                self.lines = [*self.lines[1:], ""]
                self._row -= 1

    def _write(self, words: str) -> None:
        line = self.lines[self._row].ljust(self._column)
        self.lines[self._row] = line[:self._column] + words + line[self._column + len(words):]
        self._column += len(words)
        if self._column > self.columns:
            self.too_wide.append(self.lines[self._row])
