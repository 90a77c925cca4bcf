"""What the checks look at: the text files of the repository, and C++ without comments and strings."""

import os
import re

SKIPPED_FOLDERS = {".git", ".cache", "build", "dist", "node_modules", "__pycache__"}

_TOKENS = re.compile(
    r'R"(?P<delimiter>[^\s()\\]{0,16})\(.*?\)(?P=delimiter)"'
    r'|"(?:[^"\\\n]|\\.)*"'
    r"|(?<![0-9a-fA-F])'(?:[^'\\\n]|\\.)*'"
    r"|//(?:[^\n\\]|\\.|\\\n)*"
    r"|/\*.*?\*/",
    re.DOTALL,
)


def text_files(root):
    """Yields (path from the root, with /; text) of every text file, in sorted order."""
    for folder, subfolders, names in os.walk(root):
        subfolders[:] = sorted(set(subfolders) - SKIPPED_FOLDERS)
        for name in sorted(set(names) - {".git"}):  # a file in a worktree of git
            full = os.path.join(folder, name)
            try:
                with open(full, encoding="utf-8") as file:
                    yield os.path.relpath(full, root).replace(os.sep, "/"), file.read()
            except (UnicodeDecodeError, OSError):
                continue  # a picture, or a socket of a running program


def is_cpp(path):
    return path.endswith((".cpp", ".h"))


def without_comments_and_strings(text):
    """Keeps the line numbers: comments become spaces, strings become empty strings."""

    def blank(match):
        token = match.group()
        mark = '""' if token.startswith(('"', "R")) else "''" if token.startswith("'") else " "
        return mark + "\n" * token.count("\n")

    return _TOKENS.sub(blank, text)


def line_of(text, offset):
    return text.count("\n", 0, offset) + 1
