#include <cmath>
#include <limits>
#include <stdexcept>
#include <tuple>

#include <boost/json/parse.hpp>
#include <gtest/gtest.h>

#include "nano/serialize/json.h"
#include "nano/serialize/json_test_types.h"

namespace nano {
namespace {

using namespace testdata;

TEST(JsonWriting, WritesMembersInTheirOrder) {
  EXPECT_EQ(to_json(Order{.id = 7, .items = {{"a", 1.5}, {"b", 2}}, .note = "n", .by_name = {}}),
            R"({"id":7,"items":[{"name":"a","price":1.5},{"name":"b","price":2}],"note":"n","by_name":{}})");
}

TEST(JsonWriting, WritesBasesFirst) {
  Ranked ranked;
  ranked.rank = 3;
  EXPECT_EQ(to_json(ranked), R"({"name":"","price":0,"rank":3})");
}

TEST(JsonWriting, WritesEveryKindOfMember) {
  EXPECT_EQ(
      to_json(Settings{.on = true,
                       .color = Color::default_,
                       .level = Level::high,
                       .size = {1, -2},
                       .flags = {true, false},
                       .scores = {{"b", 1}}}),
      R"({"on":true,"color":"default","level":200,"size":[1,-2],"flags":[true,false],"scores":{"b":1}})");
}

TEST(JsonWriting, LeavesOutEmptyOptionalMembersAndWritesNullElsewhere) {
  EXPECT_EQ(to_json(Maybe{}), "{}");
  EXPECT_EQ(to_json(Maybe{.limit = 1}), R"({"limit":1})");
  EXPECT_EQ(to_json(std::vector<std::optional<int>>{1, std::nullopt}), "[1,null]");
}

TEST(JsonWriting, StripsTheUnderscoreThatAvoidsAKeyword) {
  EXPECT_EQ(to_json(Keywords{.default_ = 1}), R"({"default":1})");
}

TEST(JsonWriting, WritesAnEnumValueWithoutANameAsANumber) {
  EXPECT_EQ(to_json(static_cast<Color>(77)), "77");
}

TEST(JsonWriting, SortsUnorderedMaps) {
  std::unordered_map<std::string, int> map;
  for (char c = 'z'; c >= 'a'; --c) map[std::string(1, c)] = c - 'a';
  const std::string json = to_json(map);
  EXPECT_TRUE(json.starts_with(R"({"a":0,"b":1,"c":2,)")) << json;
  EXPECT_TRUE(json.ends_with(R"("y":24,"z":25})")) << json;
}

TEST(JsonWriting, EscapesWhatJsonWantsEscapedAndNothingElse) {
  EXPECT_EQ(to_json(std::string("\"\\/\b\f\n\r\t")), R"("\"\\/\b\f\n\r\t")");
  EXPECT_EQ(to_json(std::string("\x01\x1f\x7f", 3)), "\"\\u0001\\u001f\x7f\"");
  EXPECT_EQ(to_json(std::string("a\0b", 3)), R"("a\u0000b")");
  EXPECT_EQ(to_json(std::string("\u00e4\u20ac\U0001f600")), "\"\u00e4\u20ac\U0001f600\"");
  EXPECT_EQ(to_json(std::map<std::string, int>{{"a\"b", 1}}), R"({"a\"b":1})");
}

TEST(JsonWriting, ReplacesBytesThatAreNotUtf8) {
  EXPECT_EQ(to_json(std::string("a\xff\"b")), "\"a\ufffd\\\"b\"");
  EXPECT_EQ(to_json(std::string("\xe2\x82")), "\"\ufffd\ufffd\"");
  EXPECT_EQ(to_json(std::map<std::string, int>{{"\xc0", 1}}), "{\"\ufffd\":1}");
}

TEST(JsonWriting, WritesNumbersSoThatTheyReadBackTheSame) {
  EXPECT_EQ(to_json(std::numeric_limits<std::int64_t>::min()), "-9223372036854775808");
  EXPECT_EQ(to_json(std::numeric_limits<std::uint64_t>::max()), "18446744073709551615");
  EXPECT_EQ(to_json(std::int8_t{-7}), "-7");
  EXPECT_EQ(to_json(0.1), "0.1");
  EXPECT_EQ(to_json(0.1f), "0.1");
  EXPECT_EQ(to_json(1e300), "1e+300");
  EXPECT_EQ(to_json(std::numeric_limits<double>::lowest()), "-1.7976931348623157e+308");
}

TEST(JsonWriting, WritesNullForNumbersThatJsonDoesNotHave) {
  EXPECT_EQ(to_json(std::nan("")), "null");
  EXPECT_EQ(to_json(std::vector<double>{HUGE_VAL, -HUGE_VAL}), "[null,null]");
  EXPECT_EQ(to_json(std::numeric_limits<float>::infinity()), "null");
}

TEST(JsonWriting, WritesTreesInTheirOwnOrder) {
  const std::string json = R"({"z":[1,-2,18446744073709551615,2.5,"x",true,null],"a":{},"e":[]})";
  EXPECT_EQ(to_json(boost::json::parse(json)), json);
  EXPECT_EQ(to_json(boost::json::parse(json).as_object()), json);
  EXPECT_EQ(to_json(boost::json::parse("[[],[{}]]").as_array()), "[[],[{}]]");
}

TEST(JsonWriting, RefusesWhatIsNestedTooDeeply) {
  Tree tree;
  for (std::size_t level = 1; level < json_depth_max / 2; ++level) {
    Tree above;
    above.children.push_back(std::move(tree));
    tree = std::move(above);
  }
  EXPECT_NO_THROW(std::ignore = to_json(tree));
  Tree above;
  above.children.push_back(tree);
  EXPECT_THROW(std::ignore = to_json(above), std::length_error);

  boost::json::value value = 1;
  for (int level = 0; level < 100; ++level) value = boost::json::array{std::move(value)};
  EXPECT_THROW(std::ignore = to_json(value), std::length_error);
}

}  // namespace
}  // namespace nano
