#!/usr/bin/python3
"""Reads what the linker and GoogleTest write as plant_mutants.py does. A wrong reading would leave a file unbuilt, so that a
mistake in it survives, or name another test than the one that found it.

Usage: mutant_build_test.py
Exit codes: 0 as expected, 1 not.
"""
import unittest

from mutant_build import first_failure, has_suite, members_of_map, object_of, suites_of

LINKER_MAP = """Archive member included to satisfy reference by file (symbol)

harness/libipcbench_harness.a(clock.cpp.o)
                              harness/a_test.cpp.o (ipcbench::now_ns())
results/libipcbench_results.a(report.cpp.o)
                              harness/b_test.cpp.o (ipcbench::read())
/usr/lib/libgtest.a(gtest-all.cc.o)
                              harness/a_test.cpp.o (testing::Test::Test())

Discarded input sections

 .text          0x0000000000000000        0x0 harness/libipcbench_harness.a(histogram.cpp.o)
"""


class Filters(unittest.TestCase):
    def test_a_suite_is_named_before_the_dot_and_after_the_prefix(self):
        self.assertEqual(suites_of("All/Exports.*:Export?sv.Quotes:Compare*"), ["Exports", "Export?sv", "Compare*"])

    def test_a_file_is_selected_by_any_kind_of_test(self):
        for macro in ("TEST", "TEST_F", "TEST_P", "TYPED_TEST"):
            self.assertTrue(has_suite(f"\n{macro}(ClockTest, Ticks) {{", ["Other", "Clock*"]), macro)

    def test_a_file_of_other_suites_is_not_selected(self):
        self.assertFalse(has_suite("TEST(ClockTester, Ticks) {\n// TEST(ClockTest, Stops)", ["ClockTest"]))


class Linking(unittest.TestCase):
    def test_members_are_those_taken_from_archives_of_the_build(self):
        self.assertEqual(members_of_map(LINKER_MAP), [("harness/libipcbench_harness.a", "clock.cpp.o"),
                                                      ("results/libipcbench_results.a", "report.cpp.o")])

    def test_no_archive_was_needed(self):
        self.assertEqual(members_of_map("\nDiscarded input sections\n\nharness/lib.a(clock.cpp.o)\n"), [])

    def test_the_object_is_the_output(self):
        self.assertEqual(object_of("c++ -DTEXT='\"-o\"' -o room/a.cpp.o -c /tree/room/a.cpp"), "room/a.cpp.o")


class Failures(unittest.TestCase):
    def test_the_first_that_failed(self):
        output = ("[ RUN      ] A.One\n[       OK ] A.One (0 ms)\n"
                  "[ RUN      ] A.Two/0\n[  FAILED  ] A.Two/0, where GetParam() = 3\n"
                  "[ RUN      ] A.Three\n[  FAILED  ] A.Three (0 ms)\n[  FAILED  ] 2 tests, listed below:\n")
        self.assertEqual(first_failure(output), "A.Two/0")

    def test_the_last_begun_if_none_came_to_its_end(self):
        self.assertEqual(first_failure("[ RUN      ] A.One\n[       OK ] A.One (0 ms)\n[ RUN      ] A.Two\n"), "A.Two")

    def test_no_test_began(self):
        self.assertEqual(first_failure("terminate called\n"), "(before the first test)")


if __name__ == "__main__":
    unittest.main()
