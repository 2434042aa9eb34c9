#include "harness/base/printable.hpp"

#include <gtest/gtest.h>

namespace ipcbench {
namespace {

// Catches a name in a report or an argument that clears the screen, moves the cursor or ends the line.
TEST(Printable, ControlCharactersDoNotReachATerminal) {
  EXPECT_EQ(printable_line("a\x1b[2Jb\nc\td\r\x7f"), "a?[2Jb?c?d??");
  EXPECT_EQ(printable_line(std::string_view("a\0b", 3)), "a?b");
  // U+009B is "\x1b[" in one character.
  EXPECT_EQ(printable_line("\xC2\x9B"
                           "2J"),
            "?2J");
  EXPECT_EQ(printable_text("a\n\tb\x1b"), "a\n\tb?");
}

TEST(Printable, TextStaysAsItIs) {
  for (const char* text :
       {"", "pipe/latency", "Nyrki\xC3\xB6", "\xE2\x82\xAC", "\xF0\x9F\x90\x8C", "\xC2\xA0"}) {
    EXPECT_EQ(printable_line(text), text);
  }
}

// Overlong "/", a surrogate, beyond U+10FFFF, a character cut short, a byte that begins none.
TEST(Printable, BytesThatAreNotUtf8AreReplacedOneByOne) {
  const std::string bad = "\xEF\xBF\xBD";
  EXPECT_EQ(printable_line("\xC0\xAF"), bad + bad);
  EXPECT_EQ(printable_line("\xED\xA0\x80"), bad + bad + bad);
  EXPECT_EQ(printable_line("\xF4\x90\x80\x80"), bad + bad + bad + bad);
  EXPECT_EQ(printable_line("a\xE2\x82"), "a" + bad + bad);
  EXPECT_EQ(printable_line("\xFF"
                           "b"),
            bad + "b");
}

// XML 1.0 has no way to write them, and JUnit's readers would refuse the whole file.
TEST(Printable, CharactersThatXmlLacks) { EXPECT_EQ(printable_line("\xEF\xBF\xBE\xEF\xBF\xBF"), "??"); }

// Catches a 100 kB argument that drowns the error message.
TEST(Printable, LongLinesKeepBothEnds) {
  EXPECT_EQ(shortened_line("--size: 123456", 14), "--size: 123456");
  EXPECT_EQ(shortened_line("--size: 1234567 has no unit", 14), "--size: [...] no unit");
  // No character is cut in two.
  EXPECT_EQ(shortened_line("\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC\xE2\x82\xAC", 4), "\xE2\x82\xAC [...] ");
}

}  // namespace
}  // namespace ipcbench
