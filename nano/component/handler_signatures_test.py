#!/usr/bin/env python3
"""Compiles handlers with wrong signatures and looks for the sentences that say how to mend them.
Usage: handler_signatures_test.py <compiler> <include folder>..."""

import subprocess
import sys

PROLOGUE = """
#include "nano/component/routes.h"
using namespace nano;
struct Described { int number; };
BOOST_DESCRIBE_STRUCT(Described, (), (number))
struct Undescribed { int number; };
"""

# a handler of class C, and the sentence that its registration must give
WRONG = [
    (
        "void handler(Session&, SessionPtr) {}",
        "A handler takes the session once: nano::Session& or nano::SessionPtr.",
    ),
    (
        "void handler(Described, std::string) {}",
        "A handler takes one payload: put several values into one struct.",
    ),
    ("void handler(Described&) {}", "A handler takes its payload by value or as const reference."),
    (
        "void handler(const Undescribed&) {}",
        "A handler's payload is a struct described with BOOST_DESCRIBE_STRUCT",
    ),
    ("Undescribed handler(Session&) { return {}; }", "A handler returns void, a payload"),
    (
        "Described handler(Responder<Described>) { return {}; }",
        "A handler that takes a nano::Responder answers through it and returns void.",
    ),
    (
        "Task<Described> handler(Session&) { co_return Described{}; }",
        "A coroutine outlives the call that started it: take nano::SessionPtr and the payload by value.",
    ),
    (
        "Task<void> handler(std::string_view) { co_return; }",
        "A coroutine outlives the bytes of the message: take std::string instead of a view.",
    ),
]
RIGHT = "Task<Result<Described>> handler(SessionPtr, std::string) { co_return Described{1}; }"


def program(handlers):
    text = PROLOGUE
    for number, handler in enumerate(handlers):
        name = f"C{number}"
        text += f"struct {name} : Component {{ {handler}\n"
        text += f'static void routes(Routes<{name}>& on) {{ on.add<&{name}::handler>("Handler"); }} }};\n'
        text += f"auto use_{number} = routes_of<{name}>();\n"
    return text


def compile_text(compiler, folders, text):
    includes = [f"-I{folder}" for folder in folders]
    command = [compiler, "-std=c++20", "-fsyntax-only", "-x", "c++", *includes, "-"]
    return subprocess.run(command, input=text, capture_output=True, text=True, timeout=100)


def main():
    compiler, *folders = sys.argv[1:]
    failures = []
    right = compile_text(compiler, folders, program([RIGHT]))
    if right.returncode != 0:
        failures.append("a right handler does not compile:\n" + right.stderr)
    wrong = compile_text(compiler, folders, program([handler for handler, _ in WRONG]))
    if wrong.returncode == 0:
        failures.append("wrong handlers compile")
    for handler, sentence in WRONG:
        if sentence not in wrong.stderr:
            failures.append(f"no sentence for {handler}\n  expected: {sentence}")
    print("\n".join(failures) or f"{len(WRONG)} wrong handlers are explained")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
