#include "examples/tadpole/text.h"

#include <random>
#include <string>

#include <gtest/gtest.h>

namespace tadpole {
namespace {

using namespace std::string_literals;

std::string cleaned(std::string_view text) { return tadpole::cleaned(text, 100); }

TEST(Text, StaysAsItIsWhenThereIsNothingToClean) {
  for (const char* text : {"Hello", "Zoë & Søren <b>", "日本語", "🐸 pond", "résumé"}) {
    EXPECT_EQ(cleaned(text), text);
  }
}

TEST(Text, BecomesOneLineWithSingleSpaces) {
  EXPECT_EQ(cleaned("  one \t\r\n two\u00A0\u3000three \u2028"), "one two three");
  EXPECT_EQ(cleaned(" \n\t "), "");
}

TEST(Text, LosesControlCharacters) { EXPECT_EQ(cleaned("a\0b\x1B[31mc\x7F\u0080d"s), "ab[31mcd"); }

TEST(Text, CannotTurnTheDirectionAround) {
  EXPECT_EQ(cleaned("\u202Egnp.exe\u202C \u2066x\u2069\u200F"), "gnp.exe x");
}

TEST(Text, OfBlankCharactersOnlyIsEmpty) {
  for (const char* text : {"", "\u200B\uFEFF", "\u200D\u200C", "\u3164\u2800\uFFA0", "\u00AD", "\u0301\u0301",
                           "\U000E0041", "\uFE0F"}) {
    EXPECT_EQ(cleaned(text), "") << testing::PrintToString(std::string{text});
  }
}

TEST(Text, KeepsJoinersOnlyBetweenLetters) {
  EXPECT_EQ(cleaned("👩\u200D💻"), "👩\u200D💻");
  EXPECT_EQ(cleaned("می\u200Cخواهم"), "می\u200Cخواهم");
  EXPECT_EQ(cleaned("\u200Da\u200D\u200D\u200Db \u200Dc\u200D"), "a\u200Db c");
}

TEST(Text, LosesHeapsOfAccents) {
  EXPECT_EQ(cleaned("e\u0301\u0302\u0303\u0304\u0305x"), "e\u0301\u0302x");
  EXPECT_EQ(cleaned("❤\uFE0F!"), "❤\uFE0F!");
  for (const std::string accent : {"\u0591", "\u0610", "\u0F72", "\u3099"}) {
    std::string heap = "a";
    for (int i = 0; i < 15; ++i) heap += accent;
    EXPECT_EQ(cleaned(heap), "a" + accent + accent);
  }
}

TEST(Text, IsCutByCharactersNotBytes) {
  EXPECT_EQ(tadpole::cleaned("üüüü", 3), "üüü");
  EXPECT_EQ(tadpole::cleaned("ab cd", 3), "ab") << "no space at the end";
  EXPECT_EQ(tadpole::cleaned("ab cd", 4), "ab c");
  EXPECT_EQ(tadpole::cleaned("👩\u200D💻", 2), "👩");
}

TEST(Text, ThatIsNotUtf8LosesTheBrokenBytes) {
  EXPECT_EQ(cleaned("a\xFF\xC0\x80z\xE2\x82"), "az");
  EXPECT_EQ(cleaned("\xE2\x82x"), "x");
  EXPECT_EQ(cleaned("a\xE0\x83\x80z\xED\xA0\x80\xF4\x90\x80\x80"), "az") << "overlong, surrogate, too high";
}

TEST(Text, StaysCleanWhenCleanedAgain) {
  std::mt19937_64 random{3};
  const std::string pieces[] = {"a",      " ",  "\u200D", "\u0301",   "👩",
                                "\u202E", "\n", "é",      "\xF0\x9F", "\u200B"};
  for (int i = 0; i < 5000; ++i) {
    std::string text;
    for (int length = int(random() % 20); length > 0; --length) text += pieces[random() % 10];
    const std::string once = tadpole::cleaned(text, 8);
    ASSERT_EQ(tadpole::cleaned(once, 8), once) << testing::PrintToString(text);
  }
}

}  // namespace
}  // namespace tadpole
