#!/usr/bin/env python3
"""Finds co_await where g++ 12 miscompiles it. Usage: co_await.py FILE... (C++, or pages with C++ in them)

g++ 12 compiles co_await right where it stands alone as a statement or initialises one named variable, and
where that statement makes no temporary of these kinds, which are destroyed twice if they have something to
destroy: `Struct{...}` without a constructor, arguments in braces, lambdas that capture copies, `a ? b : c`.
What it looks at is text: it does not know types, so it refuses harmless ones of these kinds, too."""

import re
import sys

import sources

# Before co_await may stand control statements, and then `type name =`.
PREFIX = re.compile(
    r"(?:(?:if|while|for)\s*(?:constexpr\s*)?\(.*\)\s*|else\b\s*|case\b[^:]*:\s*|default\s*:\s*)*"
    r"(?:(?:const\s+)?[A-Za-z_][\w:]*(?:<.*>)?(?:::\w+)*(?:\s+const)?[\s*&]+[A-Za-z_]\w*\s*=)?",
    re.DOTALL,
)
OPERATOR = re.compile(r"\s(?:[-+*/%?<>]|<<|>>|[=!<>]=|&&|\|\|)\s")
LAMBDA = re.compile(r"\[(?P<captures>[^\[\]]*)\]\s*(?:\([^()]*\))?(?:\s*mutable\b)?(?:\s*->[^{;]*)?\s*\{")
OFFLOAD = re.compile(r"\boffload\s*\(\s*$")  # refuses by itself what it must, at compile time
BRACES = re.compile(r"(?:[\w:]+\s*(?:<[^;{}()]*>)?)?\s*\{")
# What may be made with braces: it has nothing to destroy, or constructors of its own.
HARMLESS = re.compile(r"(?:[\w]+::)*(?:(?:nano|micro|milli)?seconds|minutes|hours|string(?:_view)?)\s*\{")

STANDS_ALONE = "co_await stands alone or initialises one named variable (g++ 12 miscompiles others)"
TEMPORARY = "name it before the statement that awaits: g++ 12 destroys such a temporary twice ({})"

FENCED = re.compile(r"^```(?:cpp|c\+\+|cc|h)[ \t]*\n(?P<code>.*?)^```", re.MULTILINE | re.DOTALL)


def end_of_block(code, brace):
    """The offset after the `}` that belongs to the `{` at `brace`."""
    depth = 0
    for offset in range(brace, len(code)):
        depth += {"{": 1, "}": -1}.get(code[offset], 0)
        if depth == 0:
            return offset + 1
    return len(code)


def rest_of_statement(code, offset):
    """What follows, and of it what stands in no brackets, and the character at which the statement ends."""
    depth, outside = 0, []
    for end in range(offset, len(code)):
        character = code[end]
        if depth == 0 and character in ";)}]":
            return code[offset:end], "".join(outside), character
        if character in "([{":
            depth += 1
        elif character in ")]}":
            depth -= 1
        elif depth == 0:
            outside.append(character)
    return code[offset:], "".join(outside), ""


def copies(captures):
    names = [name.strip() for name in captures.split(",")]
    return [name for name in names if name and name != "this" and not name.startswith("&")]


def temporary_of(operand):
    """The first temporary of a kind that may be destroyed twice, or None."""
    seen = 0
    while True:
        found = LAMBDA.search(operand, seen)
        if not found:
            break
        if copies(found["captures"]) and not OFFLOAD.search(operand[: found.start()]):
            return f"[{found['captures']}] {{...}}"
        body = found.end() - 1
        operand = operand[:body] + operand[end_of_block(operand, body) :]
        seen = body
    if "?" in operand:
        return "? :"
    for braces in BRACES.finditer(operand):
        if not HARMLESS.fullmatch(braces.group().strip()):
            return braces.group().strip() + "...}"
    return None


def problem_of(code, match):
    start = max(code.rfind(mark, 0, match.start()) for mark in ";{}") + 1
    operand, outside, end = rest_of_statement(code, match.end())
    prefix = code[start : match.start()].strip()
    if not PREFIX.fullmatch(prefix) or end != ";" or OPERATOR.search(outside):
        return STANDS_ALONE
    temporary = temporary_of(operand)
    return TEMPORARY.format(temporary) if temporary else None


def problems_of_code(text):
    code = re.sub(r"^[ \t]*#.*$", "", sources.without_comments_and_strings(text), flags=re.MULTILINE)
    for match in re.finditer(r"(?<!operator )\bco_await\b", code):
        problem = problem_of(code, match)
        if problem:
            yield sources.line_of(code, match.start()), problem


def problems(path, text):
    """Yields (line, sentence) of a C++ source, or of the C++ in a page."""
    if sources.is_cpp(path):
        yield from problems_of_code(text)
    elif path.endswith(".md"):
        for block in FENCED.finditer(text):
            before = sources.line_of(text, block.start("code")) - 1
            yield from ((before + line, sentence) for line, sentence in problems_of_code(block["code"]))


def main():
    found = []
    for path in sys.argv[1:]:
        with open(path, encoding="utf-8") as file:
            found += [f"{path}:{line}: {sentence}" for line, sentence in problems(path, file.read())]
    print("\n".join(found) or "co_await stands where g++ 12 compiles it right")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
