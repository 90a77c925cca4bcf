#!/usr/bin/env python3
"""Fails on what the house style forbids and a formatter cannot see. Usage: check_style.py [root]

Each rule is a function that takes a path and its text and yields (line, sentence)."""

import os
import re
import sys

import co_await
import sources

COLUMNS_MAX = 110
FILE_LINES_MAX = 400
FUNCTION_LINES_MAX = 60

# path: why this file may be longer than FILE_LINES_MAX
LONG_FILES = {}
# (path, first line of the function): why it may be longer than FUNCTION_LINES_MAX
LONG_FUNCTIONS = {}

CODE = (".cpp", ".h", ".proto", ".cmake", ".txt", ".ts", ".js", ".mjs", ".css", ".go", ".py")
CODE_WITHOUT_SUFFIX = ("dev", ".ci/run")
LIBRARY_CODE = re.compile(r"(protocol|nano|cluster)/(?!.*_(tests?|fuzz)(_\w+)?\.(cpp|h)$)")

# The brackets keep these lines from matching themselves.
LEFTOVERS = re.compile(r"\b([T]ODO|[F]IXME|[X]XX)\b")
REGISTRY_HOSTS = re.compile(
    r"registry\.(npmjs\.org|yarnpkg\.com|npmmirror\.com)|(proxy|sum)\.golang\.org|deb\.debian\.org"
    r"|(pypi|files\.pythonhosted)\.org|[\w-]+\.pkg\.dev"
)
MACHINE_PATHS = re.compile(r"(?<![\w.$}/])/(home|root|work|tmp|Users)/\w")
SLEEPS = re.compile(r"\bthis_thread::sleep_(for|until)\b|\b(u|nano)sleep\s*\(|(?<!\w)::sleep\s*\(")
STREAMS = re.compile(r"\bstd::(cout|cerr|clog)\b|\bprintf\s*\(")


def is_code(path):
    return path.endswith(CODE) or path in CODE_WITHOUT_SUFFIX


def matches(pattern, text, sentence):
    for match in pattern.finditer(text):
        yield sources.line_of(text, match.start()), sentence.format(match.group().strip())


def check_lengths(path, text):
    lines = text.splitlines()
    if is_code(path) and len(lines) > FILE_LINES_MAX and path not in LONG_FILES:
        yield 1, f"{len(lines)} lines; over {FILE_LINES_MAX} a file wants to be two"
    if is_code(path):
        for number, line in enumerate(lines, 1):
            if len(line) > COLUMNS_MAX:
                yield number, f"{len(line)} columns; {COLUMNS_MAX} are allowed"


def check_words(path, text):
    yield from matches(REGISTRY_HOSTS, text, "names a registry host ({})")
    yield from matches(MACHINE_PATHS, text, "names a path of one machine ({}...)")
    if is_code(path):
        yield from matches(LEFTOVERS, text, "a leftover ({})")


def check_headers(path, text):
    if not path.endswith(".h"):
        return
    if not re.match(r"// (Public|Internal) header\.", text):
        yield 1, "the first line of a header is `// Public header. ...` or `// Internal header. ...`"
    if not re.search(r"^#pragma once$", text, re.MULTILINE):
        yield 1, "a header has #pragma once"


def check_cpp_words(path, text):
    if not sources.is_cpp(path):
        return
    code = sources.without_comments_and_strings(text)
    yield from matches(re.compile(r"^[ \t]*#[ \t]*if[ \t]+0\b", re.MULTILINE), code, "switched-off code ({})")
    yield from matches(SLEEPS, code, "nothing here sleeps; wait for the event itself ({})")
    if LIBRARY_CODE.match(path):
        yield from matches(STREAMS, code, "library code writes to the log, not to a stream ({})")


# Bounds and times to wait, by their names; those that are made of others are no new ones.
BOUNDS = re.compile(
    r"\bconstexpr\s+[\w:<>\s]*?\b"
    r"(\w+_(?:max|most|least|longest|limit|swept|keepalive)(?:_m?s)?"
    r"|(?:\w+_)?(?:timeout|interval|pause)(?:_\w+)?)"
    r"\s*(?:=|\{)\s*(?![^;]*(?:\blimits::|_max_wire\b))[^;]*\d"
)


# The same as what options have unless their operators say otherwise.
DEFAULT_TIMES = re.compile(
    r"(?<!constexpr )\b(?:Duration\s+(?P<time>\w*[a-z0-9])\s*=\s*(?:std::chrono::)?\w+\{\s*[1-9]"
    r"|double\s+(?P<number>\w+_m?s)\s*=\s*(?:[1-9]|0?\.\d))"
)


def check_bounds(path, text):
    if not LIBRARY_CODE.match(path) or path.endswith("/limits.h") or "/testing/" in path:
        return
    code = sources.without_comments_and_strings(text)
    found = [(match.start(), match.group(1)) for match in BOUNDS.finditer(code)]
    found += [(match.start(), match["time"] or match["number"]) for match in DEFAULT_TIMES.finditer(code)]
    for start, name in found:
        yield sources.line_of(code, start), f"a bound of its own ({name}): it belongs in a limits.h"


# What stands before the `{` of a function's body: a parameter list and what may follow it.
FUNCTION_HEAD = re.compile(
    r"\)(?:\s*(?:(?:const|noexcept|override|final|mutable)\b|&&?|requires\b[^{]*|->[^{]*|:[^:][^{]*))*\s*$"
)
CONTROL = re.compile(r"\s*(?:else\s+)?(?:if|for|while|switch|catch)\b")


def check_function_lengths(path, text):
    """By the braces; a constructor whose initialisers have braces escapes it."""
    if not sources.is_cpp(path):
        return
    code = sources.without_comments_and_strings(text)
    open_blocks, head_start = [], 0
    for match in re.finditer(r"[{};]", code):
        if match.group() == "{":
            head = code[head_start : match.start()]
            is_function = FUNCTION_HEAD.search(head) and not CONTROL.match(head)
            first = sources.line_of(code, head_start + len(head) - len(head.lstrip()))
            open_blocks.append(first if is_function else None)
        elif match.group() == "}" and open_blocks:
            first = open_blocks.pop()
            lines = sources.line_of(code, match.start()) - (first or 0) + 1
            if first and lines > FUNCTION_LINES_MAX and (path, first) not in LONG_FUNCTIONS:
                yield first, f"a function of {lines} lines; over {FUNCTION_LINES_MAX} it wants to be two"
        head_start = match.end()


def check_npm_lock(path, text):
    if os.path.basename(path) == "package-lock.json" and '"resolved": "http' in text:
        yield 1, "names download addresses; make it anew with omit-lockfile-registry-resolved=true in .npmrc"


RULES = [
    check_lengths,
    check_words,
    check_headers,
    check_bounds,
    check_cpp_words,
    co_await.problems,
    check_function_lengths,
    check_npm_lock,
]


def problems_of_file(path, text):
    return [f"{path}:{line}: {sentence}" for rule in RULES for line, sentence in rule(path, text)]


def check(root):
    files = dict(sources.text_files(root))
    found = [problem for path, text in files.items() for problem in problems_of_file(path, text)]
    for path in files:
        folder, name = os.path.split(path)
        settings = files.get(os.path.join(folder, ".npmrc"), "")
        if name == "package-lock.json" and "omit-lockfile-registry-resolved=true" not in settings:
            found.append(f"{path}:1: beside it belongs an .npmrc with omit-lockfile-registry-resolved=true")
    return found


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    found = check(root)
    print("\n".join(found) or "the house style is kept")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
