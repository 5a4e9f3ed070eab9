"""As much of an OpenAPI document as answers are checked by: statuses, media types, and the parts of JSON Schema
that the document uses. A keyword that is not known here is an error, so that nothing goes unchecked."""

from __future__ import annotations

import re
from typing import Any

ANNOTATIONS = {"description", "format", "default"}
TYPES: dict[str, tuple[type, ...]] = {"object": (dict,), "array": (list,), "string": (str,), "integer": (int,),
                                      "number": (int, float), "boolean": (bool,), "null": (type(None),)}


class OpenApi:
    def __init__(self, document: dict[str, Any]) -> None:
        self.document = document

    def operations(self) -> list[tuple[str, str]]:
        """(method, path pattern)."""
        return [(method.upper(), path) for path, each in self.document["paths"].items() for method in each]

    def operation(self, method: str, path: str) -> dict[str, Any]:
        for pattern, each in self.document["paths"].items():
            if re.fullmatch(re.sub(r"\{\w+\}", "[^/]+", pattern), path):
                found: dict[str, Any] = each[method.lower()]
                return found
        raise KeyError(path)

    def faults_of_answer(self, method: str, path: str, status: int, media: str, body: Any) -> list[str]:
        """What of an answer the document does not promise."""
        replies = self.operation(method, path)["responses"]
        if str(status) not in replies:
            return [f"{method} {path}: status {status} is not documented"]
        content = replies[str(status)].get("content")
        if content is None:
            return [] if body in (None, "") else [f"{method} {path}: {status} has a body"]
        if media.partition(";")[0] not in content:
            return [f"{method} {path}: {status} is {media}"]
        return self.faults(body, content[media.partition(";")[0]]["schema"], f"{method} {path} {status}")

    def faults(self, value: Any, schema: dict[str, Any], at: str) -> list[str]:
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            return self.faults(value, self.document["components"]["schemas"][name], at)
        found: list[str] = []
        for keyword, wanted in schema.items():
            found += self._faults_by(keyword, wanted, value, schema, at)
        return found

    def _faults_by(self, keyword: str, wanted: Any, value: Any, schema: dict[str, Any], at: str) -> list[str]:
        number = isinstance(value, int | float) and not isinstance(value, bool)
        match keyword:
            case "type":
                kinds = wanted if isinstance(wanted, list) else [wanted]
                fits = any(isinstance(value, TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))
                           for kind in kinds)
                return [] if fits else [f"{at}: {value!r} is no {wanted}"]
            case "required":
                return [f"{at}: no {name}" for name in wanted if isinstance(value, dict) and name not in value]
            case "properties":
                members = value if isinstance(value, dict) else {}
                return [fault for name, inner in wanted.items() if name in members
                        for fault in self.faults(members[name], inner, f"{at}.{name}")]
            case "items":
                return [fault for number_of, item in enumerate(value if isinstance(value, list) else [])
                        for fault in self.faults(item, wanted, f"{at}[{number_of}]")]
            case "enum":
                return [] if value in wanted else [f"{at}: {value!r} is none of {wanted}"]
            case "minimum":
                return [f"{at}: {value} < {wanted}"] if number and value < wanted else []
            case "maximum":
                return [f"{at}: {value} > {wanted}"] if number and value > wanted else []
            case "maxItems":
                return [f"{at}: more than {wanted}"] if isinstance(value, list) and len(value) > wanted else []
        return [] if keyword in ANNOTATIONS else [f"{at}: the keyword {keyword} is not checked here"]
