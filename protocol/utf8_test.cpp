#include "protocol/utf8.h"

#include <gtest/gtest.h>

namespace nano::protocol {
namespace {

TEST(Utf8, AcceptsTheEndsOfEveryRange) {
  for (const char* text :
       {"", "\x01", "\x7f", "\xc2\x80", "\xdf\xbf", "\xe0\xa0\x80", "\xec\x80\x80", "\xed\x9f\xbf",
        "\xee\x80\x80", "\xef\xbf\xbf", "\xf0\x90\x80\x80", "\xf4\x8f\xbf\xbf"}) {
    EXPECT_TRUE(is_utf8(text)) << text;
    EXPECT_EQ(replace_invalid_utf8(text), text);
  }
}

TEST(Utf8, RefusesWhatLiesBeyondTheRangesOrIsCutShort) {
  for (const char* text :
       {"\x80", "\xbf", "\xc0\x80", "\xc1\xbf", "\xc2", "\xc2\x7f", "\xc2\xc0", "\xe0\x9f\xbf", "\xe1\x80",
        "\xed\xa0\x80", "\xe1\x80\x7f", "\xf0\x8f\xbf\xbf", "\xf0\x90\x80", "\xf1\x80\x80\xc0",
        "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff"}) {
    EXPECT_FALSE(is_utf8(text)) << text;
    EXPECT_FALSE(is_utf8("good " + std::string(text)));
    EXPECT_TRUE(is_utf8(replace_invalid_utf8(text))) << text;
  }
}

TEST(Utf8, FindsABadByteWhereverItStands) {
  const std::string ascii = "a text that is longer than two words";
  for (std::size_t i = 0; i < ascii.size(); ++i) {
    std::string text = ascii;
    text[i] = '\xff';
    EXPECT_FALSE(is_utf8(text)) << i;
    EXPECT_TRUE(is_utf8(std::string{ascii}.replace(i, 1, "\xc3\xa9"))) << i;
  }
}

TEST(Utf8, ReplacesJustTheBadBytes) {
  EXPECT_EQ(replace_invalid_utf8("a\xff\xc3\xa9\xe2\x82z"), "a\xef\xbf\xbd\xc3\xa9\xef\xbf\xbd\xef\xbf\xbdz");
}

TEST(Utf8Prefix, CutsBetweenCharacters) {
  EXPECT_EQ(utf8_prefix("abc", 3), "abc");
  EXPECT_EQ(utf8_prefix("abc", 2), "ab");
  EXPECT_EQ(utf8_prefix("a\xc3\xa9", 2), "a");
  EXPECT_EQ(utf8_prefix("\xf0\x9f\x91\x8b", 3), "");
}

}  // namespace
}  // namespace nano::protocol
