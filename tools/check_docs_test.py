"""Tests of check_docs.py: each gives it a page and looks at what it says."""

import os
import tempfile
import unittest

import check_docs

CODE = "int a;\n  int b;\n\nint c;\n"


def problems(page, path="docs/page.md", **files):
    texts = {"code.cpp": CODE, path: page}
    texts.update(files)
    return check_docs.problems_of_page(path, page, texts, lambda name: name in texts or name == "folder")


def block(lines, marker="<!-- excerpt: code.cpp -->\n", language="cpp"):
    return f"Words.\n\n{marker}```{language}\n{lines}```\n"


class Excerpts(unittest.TestCase):
    def assert_refused(self, page, part, path="docs/page.md"):
        found = problems(page, path)
        self.assertEqual(len(found), 1, found)
        self.assertIn(part, found[0])

    def test_lines_that_stand_in_the_file_are_good(self):
        for lines in (CODE, "int a;\n", "  int b;\n\nint c;\n"):
            self.assertEqual(problems(block(lines)), [], lines)

    def test_changed_lines_are_found(self):
        for lines in ("int a\n", "int b;\n", "int a;\nint c;\n", "int c;\nint a;\n", CODE + "int d;\n"):
            self.assert_refused(block(lines), "docs/page.md:4: these lines do not stand in code.cpp")

    def test_parts_of_lines_are_no_excerpt(self):
        self.assert_refused(block("nt a;\n"), "do not stand in")

    def test_a_file_that_is_not_there_is_found(self):
        self.assert_refused(block(CODE, "<!-- excerpt: gone.cpp -->\n"), "there is no file gone.cpp")

    def test_an_excerpt_is_not_empty(self):
        self.assert_refused(block("\n"), "at least one line")

    def test_code_in_docs_says_where_it_stands(self):
        for language in ("cpp", "js", "proto"):
            self.assert_refused(block(CODE, "", language), "docs/page.md:3: code that nothing compiles")
        self.assertEqual(problems(block("./dev chat\n", "", "sh")), [])
        self.assertEqual(problems(block(CODE, ""), "README.md"), [])

    def test_marked_blocks_are_checked_outside_of_docs_too(self):
        self.assert_refused(block("int d;\n"), "README.md:4: these lines do not stand", "README.md")

    def test_a_marker_that_belongs_to_no_block_is_found(self):
        self.assert_refused("<!-- excerpt: code.cpp -->\n\n```sh\nls\n```\n", "docs/page.md:1: stands alone")
        self.assert_refused("<!-- excerpt code.cpp -->\n```sh\nls\n```\n", "stands alone")

    def test_a_longer_fence_may_hold_a_shorter_one(self):
        page = "````md\n```cpp\nint x;\n```\n````\n\n[a](gone.md)\n"
        self.assert_refused(page, "docs/page.md:7: the link leads nowhere")


class Links(unittest.TestCase):
    def assert_links(self, text, *targets):
        found = problems(text, **{"docs/other.md": "# Two Words\n\n## `code()` & more\n\n## Two Words\n"})
        self.assertEqual(len(found), len(targets), found)
        for sentence, target in zip(found, targets):
            self.assertIn(f"({target})", sentence)

    def test_links_to_files_folders_and_other_sites_are_good(self):
        self.assert_links("[a](other.md) [b](../code.cpp) [c](../folder)")
        self.assert_links("[a](https://example.com/x) [b](mailto:a@example.com)")

    def test_links_that_lead_nowhere_are_found(self):
        self.assert_links("[a](gone.md)\n\n![b](gone.png)", "gone.md", "gone.png")
        self.assert_links("[a](../../code.cpp) [b](/code.cpp)", "../../code.cpp", "/code.cpp")
        self.assert_links("See [a].\n\n[a]: gone.md", "gone.md")

    def test_a_link_whose_text_has_brackets_or_code_is_a_link(self):
        self.assert_links("[a [b] `c`](gone.md)", "gone.md")

    def test_a_link_may_begin_on_one_line_and_end_on_the_next(self):
        found = problems("Words [a\nb](gone.md)\n")
        self.assertEqual(found, ["docs/page.md:2: the link leads nowhere (gone.md)"])

    def test_anchors_are_headings(self):
        self.assert_links("[a](other.md#two-words) [b](other.md#code--more) [c](other.md#two-words-1)")
        self.assert_links("[a](other.md#three-words)", "other.md#three-words")
        self.assert_links("# Here\n\n[a](#here) [b](#there)", "#there")

    def test_code_is_not_searched_for_links(self):
        self.assert_links("`[a](gone.md)`\n\n```sh\n[a](gone.md)\n```\n\n``a ` [b](gone.md)``")


class Repository(unittest.TestCase):
    def test_all_pages_of_a_tree_are_looked_at(self):
        with tempfile.TemporaryDirectory() as root:
            os.makedirs(os.path.join(root, "docs"))
            pages = {"README.md": "[docs](docs)\n[a](gone)\n", "docs/a.md": "[up](../README.md)\n[b](b.md)\n"}
            for name, text in pages.items():
                with open(os.path.join(root, name), "w", encoding="utf-8") as file:
                    file.write(text)
            found = check_docs.check(root)
        self.assertEqual([line.split(": ")[0] for line in found], ["README.md:2", "docs/a.md:2"])


if __name__ == "__main__":
    unittest.main()
