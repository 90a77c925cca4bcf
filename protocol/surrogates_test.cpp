#include "protocol/surrogates.h"

#include <gtest/gtest.h>

#include "protocol/utf8.h"

namespace nano::protocol {
namespace {

const std::string high = "\xed\xa0\xbd";  // U+D83D
const std::string low = "\xed\xb8\x80";   // U+DE00
const std::string smile = "\xf0\x9f\x98\x80";
const std::string lone = "\xef\xbf\xbd";

TEST(Surrogates, InPairsAreTheCharacterThatTheyMean) {
  EXPECT_EQ(join_surrogates(high + low), smile);
  EXPECT_EQ(join_surrogates("a" + high + low + high + low + "z"), "a" + smile + smile + "z");
  EXPECT_EQ(join_surrogates("\xed\xa0\x80\xed\xb0\x80"), "\xf0\x90\x80\x80");
  EXPECT_EQ(join_surrogates("\xed\xaf\xbf\xed\xbf\xbf"), "\xf4\x8f\xbf\xbf");
}

TEST(Surrogates, AloneAreTheReplacementCharacter) {
  EXPECT_EQ(join_surrogates(high), lone);
  EXPECT_EQ(join_surrogates(low), lone);
  EXPECT_EQ(join_surrogates(low + high), lone + lone);
  EXPECT_EQ(join_surrogates(high + "-" + low), lone + "-" + lone);
  EXPECT_EQ(join_surrogates(high + high + low + low), lone + smile + lone);
}

TEST(Surrogates, LeaveAllOtherBytesAlone) {
  for (const std::string text :
       {"", "plain", "\xed\x9f\xbf", "\xee\x80\x80", "\xed", "\xed\xa0", "\xed\xa0\x41", "\xff\x80\xc0",
        "\\ud83d", "\xf0\x9f\x98\x80", "\xed\xed\xed\x9f\xbf"}) {
    EXPECT_EQ(join_surrogates(text), text);
  }
  EXPECT_EQ(join_surrogates("\xed" + high + "\xff"), "\xed" + lone + "\xff");
}

TEST(JsonSurrogates, MayBeEscapesOrBytesOrOneOfEach) {
  for (const std::string& first : {std::string("\\ud83d"), std::string("\\uD83D"), high}) {
    EXPECT_EQ(join_json_surrogates('"' + first + '"'), '"' + lone + '"');
    for (const std::string& second : {std::string("\\ude00"), std::string("\\uDE00"), low}) {
      EXPECT_EQ(join_json_surrogates('"' + first + second + '"'), '"' + smile + '"');
      EXPECT_EQ(join_json_surrogates('"' + second + first + '"'), '"' + lone + lone + '"');
      EXPECT_EQ(join_json_surrogates(first + "\\n" + second), lone + "\\n" + lone);
    }
  }
}

TEST(JsonSurrogates, AreNotWhatFollowsAnEscapedBackslash) {
  for (const std::string text :
       {R"("\\ud83d")", R"("\\\\ud83d")", R"("\u00e4\"\ud7ff\ue000")", R"(\)", R"(\u)", R"(\ud83)",
        R"(\ud83x)", R"(\u-83d)", R"(\u d83)", R"(\U0001f600)"}) {
    EXPECT_EQ(join_json_surrogates(text), text);
  }
  EXPECT_EQ(join_json_surrogates(R"("\\\ud83d")"), R"("\\)" + lone + '"');
}

TEST(Utf8, ReplacingJoinsSurrogatesFirst) {
  EXPECT_EQ(replace_invalid_utf8(high + low + "\xff" + low), smile + lone + lone);
}

}  // namespace
}  // namespace nano::protocol
