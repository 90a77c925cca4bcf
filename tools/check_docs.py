#!/usr/bin/env python3
"""Fails where the documentation shows code or links to pages that do not exist. Usage: check_docs.py [root]

A code block is an excerpt when the line before its fence is `<!-- excerpt: path/from/the/root -->`: its lines
stand in that file as they are, one after the other. In docs/ every block of code that a compiler or a browser
would read is one. Relative links lead to a file or folder of the repository, `#anchors` to a heading."""

import os
import re
import sys

import sources

FENCE = re.compile(r"^(?P<marks>`{3,}|~{3,})[ \t]*(?P<language>[\w+-]*)[^`]*$")
MARKER = re.compile(r"^<!-- excerpt: (?P<path>\S+) -->$")
CODE_LANGUAGES = {"c++", "cc", "cpp", "h", "javascript", "js", "mjs", "proto", "ts", "typescript"}

INLINE_CODE = re.compile(r"(?P<marks>`+)(?!`).*?(?<!`)(?P=marks)(?!`)")
LINK = re.compile(r"!?\[(?P<text>(?:[^\[\]]|\[[^\[\]]*\])*)\]\((?P<target>[^)\s]*)(?:\s+\"[^\"]*\")?\)")
REFERENCE = re.compile(r"^ {0,3}\[[^\]]+\]:\s+(?P<target>\S+)", re.MULTILINE)
ELSEWHERE = re.compile(r"[a-z][a-z0-9+.-]*:|//", re.IGNORECASE)
HEADING = re.compile(r"^#{1,6}[ \t]+(?P<title>.*?)[ \t]*#*$")


class Block:
    """A fenced block of code, and the marker before it."""

    def __init__(self, line, language, marker):
        self.line = line
        self.language = language.lower()
        self.marker = marker
        self.lines = []


def split_page(text):
    """The blocks of a page, and its other lines as (number, text)."""
    blocks, prose = [], []
    open_block, closing, before = None, None, ""
    for number, line in enumerate(text.splitlines(), 1):
        if open_block is not None:
            if closing.match(line):
                open_block = None
            else:
                open_block.lines.append(line)
            before = ""
            continue
        fence = FENCE.match(line)
        if fence:
            marker = MARKER.match(before)
            open_block = Block(number, fence["language"], marker and marker["path"])
            closing = re.compile(rf"^{re.escape(fence['marks'][0])}{{{len(fence['marks'])},}}[ \t]*$")
            blocks.append(open_block)
        else:
            prose.append((number, line))
        before = line
    return blocks, prose


def stands_in(lines, text):
    there = text.splitlines()
    return any(there[start : start + len(lines)] == lines for start in range(len(there) - len(lines) + 1))


def check_blocks(path, text, files):
    blocks, prose = split_page(text)
    used = {block.line - 1 for block in blocks if block.marker}
    for number, line in prose:
        if line.startswith("<!-- excerpt") and number not in used:
            yield number, "stands alone: `<!-- excerpt: path -->` belongs right before a block of code"
    for block in blocks:
        if block.marker is None:
            if path.startswith("docs/") and block.language in CODE_LANGUAGES:
                yield block.line, "code that nothing compiles: name its file with `<!-- excerpt: path -->`"
        elif block.marker not in files:
            yield block.line, f"there is no file {block.marker}"
        elif not any(line.strip() for line in block.lines):
            yield block.line, "an excerpt has at least one line"
        elif not stands_in(block.lines, files[block.marker]):
            yield block.line, f"these lines do not stand in {block.marker} one after the other"


def anchors_of(text):
    """As GitHub makes them of headings."""
    anchors, seen = set(), {}
    for _, line in split_page(text)[1]:
        heading = HEADING.match(line)
        if not heading:
            continue
        title = LINK.sub(lambda link: link["text"], heading["title"])
        anchor = re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-")
        count = seen.get(anchor, 0)
        seen[anchor] = count + 1
        anchors.add(f"{anchor}-{count}" if count else anchor)
    return anchors


def links_of(text):
    prose = dict(split_page(text)[1])
    lines = (prose.get(number, "") for number in range(1, len(text.splitlines()) + 1))
    searched = INLINE_CODE.sub(lambda code: " " * len(code.group()), "\n".join(lines))
    for pattern in (LINK, REFERENCE):
        for link in pattern.finditer(searched):
            yield sources.line_of(searched, link.start("target")), link["target"]


def check_links(path, text, files, exists):
    for number, target in links_of(text):
        if ELSEWHERE.match(target):
            continue
        name, _, anchor = target.partition("#")
        page = os.path.normpath(os.path.join(os.path.dirname(path), name)) if name else path
        page = page.replace(os.sep, "/")
        if page.startswith("../") or name.startswith("/") or not exists(page):
            yield number, f"the link leads nowhere ({target})"
        elif anchor and page.endswith(".md") and anchor not in anchors_of(files.get(page, "")):
            yield number, f"the page has no such heading ({target})"


def problems_of_page(path, text, files, exists):
    """Sentences about one page; `files` maps paths to texts, exists(path) knows folders too."""
    found = list(check_blocks(path, text, files)) + list(check_links(path, text, files, exists))
    return [f"{path}:{line}: {sentence}" for line, sentence in sorted(found)]


def check(root):
    files = dict(sources.text_files(root))

    def exists(path):
        return os.path.exists(os.path.join(root, path))

    found = []
    for path, text in files.items():
        if path.endswith(".md"):
            found += problems_of_page(path, text, files, exists)
    return found


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    found = check(root)
    print("\n".join(found) or "the documentation shows code that exists, and its links lead somewhere")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
