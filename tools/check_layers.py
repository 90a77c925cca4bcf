#!/usr/bin/env python3
"""Fails on an #include against the arrows between the layers. Usage: check_layers.py [root]"""

import os
import re
import sys

import sources

# folder: the layers it stands on. What those stand on is allowed too.
LAYERS = {
    "protocol": [],
    "nano/base": ["protocol"],
    "nano/net": ["nano/base"],
    "nano/http": ["nano/net"],
    "nano/websocket": ["nano/http"],
    "nano/scheduler": ["nano/base"],
    "nano/serialize": ["nano/base"],
    "nano/session": ["nano/scheduler", "nano/serialize"],
    "nano/pipeline": ["nano/session"],
    "nano/component": ["nano/pipeline"],
    "nano/transport": ["nano/session", "nano/websocket"],
    "nano/application": ["nano/component", "nano/transport"],
    "nano": ["nano/application"],  # the files directly in nano/: headers that gather others
    "nano/testing": ["nano"],
    "cluster/network": ["nano/scheduler"],
    "cluster/registry": ["cluster/network"],
    "cluster/link": ["cluster/network"],
    "cluster/session": ["cluster/link", "nano/component"],
    "cluster/interop": ["cluster/session", "cluster/registry"],
    "cluster/node": ["cluster/interop", "nano"],
    "cluster": ["cluster/node"],  # as "nano"
    "cluster/testing": ["cluster", "nano/testing"],
    "examples/*": ["nano", "cluster"],  # each example on its own, none on another
    "benchmark": ["nano", "cluster"],
    "tests": ["nano", "nano/testing", "cluster", "examples/*", "benchmark"],
}

# Tests beside their source see their layer, and besides it this one (clock, world in memory); those of the
# cluster also what makes a cluster in memory, and all that this stands on: whole nodes.
LAYER_OF_ALL_TESTS = "nano/testing"
LAYER_OF_CLUSTER_TESTS = "cluster/testing"

# library, the includes that mean it, and the paths that may use it
LIBRARIES = [
    ("Asio", r"asio(/|\.hpp$)", r"nano/(net|transport)/"),
    ("websocketpp", r"websocketpp/", r"nano/websocket/engine\.cpp$"),
    ("OpenSSL", r"openssl/", r"nano/net/|nano/websocket/upgrade\.cpp$|benchmark/limit/"),
    ("gRPC", r"grpc(pp)?/", r"cluster/network/"),
    ("Boost.JSON", r"boost/json(/|\.hpp$)",
     r"nano/serialize/|nano/component/route_printer_json\.cpp$|protocol/[^/]*\.cpp$|TESTS"),
    ("spdlog", r"spdlog/", r"nano/base/[^/]*\.cpp$|TESTS"),  # tests catch what is logged
    ("protobuf", r"google/protobuf/|.*\.pb\.h$", r"nano/serialize/|cluster/|examples/|benchmark/|TESTS"),
    ("GoogleTest", r"g(test|mock)/", r"nano/testing/|TESTS"),
    # How an assertion tells why without waiting for a reader; the standard library cannot.
    ("POSIX", r"(poll|unistd)\.h$", r"(?!protocol/)|protocol/assert\.cpp$|TESTS"),
]
# Tests, and the headers that only tests use: a_test.cpp, a_test_fixture.h, a_for_tests.h
TEST_PATHS = r"tests/|.*_tests?(_\w+)?\.(cpp|h)$|.*/testdata/"

# protocol/ stands on the standard library, but for what the rows above allow it, and knows no threads.
STANDARD_HEADER = re.compile(r"[a-z0-9_]+$")
THREAD_HEADERS = {"thread", "mutex", "shared_mutex", "condition_variable", "future", "semaphore", "latch"}

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*([<"])([^>"]+)[>"]', re.MULTILINE)


def is_test(path):
    return re.match(TEST_PATHS, path) is not None


def layer_of(path):
    """The layer of a file, '' for a file outside all of them, None for a new folder that the table lacks."""
    folders = path.split("/")[:-1]
    if folders[:1] == ["nano"]:
        layer = "/".join(folders[:2])
        return layer if layer in LAYERS else None
    if folders[:1] == ["cluster"] and len(folders) > 1:
        layer = "/".join(folders[:2])
        return layer if layer in LAYERS else None
    if folders[:1] == ["examples"]:
        return "/".join(folders[:2])
    return folders[0] if folders and folders[0] in LAYERS else ""


def row_of(layer):
    return "examples/*" if layer.startswith("examples/") else layer


def allowed_layers(layer):
    """Rows of the table that a layer may include, other than itself."""
    allowed, waiting = set(), [row_of(layer)]
    while waiting:
        for below in LAYERS[waiting.pop()]:
            if below not in allowed:
                allowed.add(below)
                waiting.append(below)
    return allowed


def layer_problem(path, layer, included):
    target = layer_of(included)
    if target == layer or target == "":
        return None
    if target is None:
        return f"the folder of {included} is not in the table of layers"
    allowed = allowed_layers(layer)
    if is_test(path):
        allowed.add(LAYER_OF_ALL_TESTS)
        if layer.startswith("cluster"):
            allowed |= {LAYER_OF_CLUSTER_TESTS} | allowed_layers(LAYER_OF_CLUSTER_TESTS)
    if row_of(target) in allowed:
        return None
    return f"{layer} must not include {target} ({included})"


def library_problem(path, included):
    for library, includes, places in LIBRARIES:
        if re.match(includes, included):
            allowed = re.match(places.replace("TESTS", TEST_PATHS), path)
            return None if allowed else f"{library} must not be used here ({included})"
    if layer_of(path) == "protocol" and not is_test(path):
        if included in THREAD_HEADERS:
            return f"protocol knows no threads ({included})"
        if not STANDARD_HEADER.match(included):
            return f"protocol stands on the standard library alone ({included})"
    return None


def problems_of_file(path, text, exists):
    """Sentences about one file; exists(path) tells whether a path from the root is a file."""
    layer = layer_of(path)
    if layer is None:
        return [f"{path}: its folder is not in the table of layers"]
    if layer == "":
        return []
    found = []
    for match in INCLUDE.finditer(text):
        quoted, included = match.group(1) == '"', match.group(2)
        ours = quoted or layer_of(included) != ""
        if ours and not exists(included) and not included.endswith(".pb.h"):
            problem = f"no such file; include paths start at the root of the repository ({included})"
        else:
            problem = layer_problem(path, layer, included) if ours else None
        if problem is None and (not ours or included.endswith(".pb.h")):
            problem = library_problem(path, included)
        if problem:
            found.append(f"{path}:{sources.line_of(text, match.start(2))}: {problem}")
    return found


# The page with a row for each folder, and with the picture of the layers, whose lines of the form
# `inside nano:  base ◄ scheduler ◄ session` say the same as the table above.
PICTURE = "docs/architecture.md"
PICTURE_PART = re.compile(r"^inside (\w+):", re.MULTILINE)
PICTURE_CHAIN = re.compile(r"\w+(?: ◄ \w+)+")
NOT_IN_PICTURE = ("testing",)  # stands on all of them


def below_in_picture(chains):
    """name: the names that it stands on, directly or by others."""
    below = {}
    for chain in chains:
        for lower, upper in zip(chain, chain[1:]):
            below.setdefault(lower, set())
            below.setdefault(upper, set()).add(lower)
    for _ in below:
        for names in below.values():
            names |= set().union(*(below[name] for name in names))
    return below


def problems_of_part(folder, text):
    """What the lines `inside <folder>:` say otherwise than the table."""

    def inside(rows):
        names = (row.removeprefix(folder + "/") for row in rows if row.startswith(folder + "/"))
        return set(names) - set(NOT_IN_PICTURE)

    drawn = below_in_picture(chain.split(" ◄ ") for chain in PICTURE_CHAIN.findall(text))
    rows = inside(LAYERS)
    for name in sorted(drawn.keys() ^ rows):
        yield f"{folder}/{name} is in the picture or in tools/check_layers.py, not in both"
    for name in sorted(drawn.keys() & rows):
        for other in sorted((drawn[name] ^ inside(allowed_layers(f"{folder}/{name}"))) & rows):
            yield f"{folder}/{name} on {folder}/{other}: the picture and tools/check_layers.py differ"


def problems_of_picture(page):
    """Sentences about the picture of the layers, and the table of folders, in the text of their page."""
    parts = PICTURE_PART.split(page.split("```")[1])
    found = [] if "nano" in parts[1::2] else ["there is no picture of what is inside nano"]
    for folder, text in zip(parts[1::2], parts[2::2]):
        found += problems_of_part(folder, text)
    for row in LAYERS:
        if "/" in row and "*" not in row and f"| [`{row}`](../{row}) |" not in page:
            found.append(f"the table of folders has no row for {row}")
    return [f"{PICTURE}: {problem}" for problem in found]


def problems_of_table(is_folder):
    rows = (row for row in LAYERS if not is_folder(row.removesuffix("/*")))
    return [f"tools/check_layers.py: there is no folder {row}" for row in rows]


def check(root):
    def exists(path):
        return os.path.isfile(os.path.join(root, path))

    with open(os.path.join(root, PICTURE), encoding="utf-8") as page:
        found = problems_of_picture(page.read())
    found += problems_of_table(lambda path: os.path.isdir(os.path.join(root, path)))
    for path, text in sources.text_files(root):
        if sources.is_cpp(path):
            found += problems_of_file(path, text, exists)
    return found


def main():
    root = sys.argv[1] if len(sys.argv) > 1 else os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    found = check(root)
    print("\n".join(found) or "all includes follow the arrows")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
