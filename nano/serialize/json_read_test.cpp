#include <algorithm>
#include <cstdint>
#include <limits>

#include <boost/json/value.hpp>
#include <gtest/gtest.h>

#include "nano/serialize/json.h"
#include "nano/serialize/json_test_types.h"

namespace nano {
namespace {

using namespace testdata;

/// The sentence with which reading a T fails.
template <class T>
std::string problem(std::string_view json) {
  const Result<T> result = from_json<T>(json);
  if (result.ok()) return "no error";
  EXPECT_TRUE(result.error().is(Errc::bad_payload)) << result.error().code;
  return result.error().message;
}

template <class T>
T read(std::string_view json) {
  Result<T> result = from_json<T>(json);
  if (result.ok()) return std::move(result).value();
  ADD_FAILURE() << json << ": " << result.error().message;
  return T{};
}

std::string nested(std::size_t levels, std::string_view open, std::string_view close) {
  std::string json;
  for (std::size_t i = 0; i < levels; ++i) json += open;
  for (std::size_t i = 0; i < levels; ++i) json += close;
  return json;
}

TEST(JsonReading, FillsNestedClassesVectorsAndMaps) {
  const auto order =
      read<Order>(R"({"id": 7, "items": [{"name": "a", "price": 1.5}, {"name": "b", "price": 2}],
                                     "note": "quick", "by_name": {"c": {"name": "c", "price": -1}}})");
  EXPECT_EQ(order.id, 7);
  ASSERT_EQ(order.items.size(), 2u);
  EXPECT_EQ(order.items[0].name, "a");
  EXPECT_EQ(order.items[0].price, 1.5);
  EXPECT_EQ(order.items[1].price, 2.0);
  EXPECT_EQ(order.note, "quick");
  ASSERT_EQ(order.by_name.size(), 1u);
  EXPECT_EQ(order.by_name.at("c").price, -1.0);
}

TEST(JsonReading, FillsBoolsEnumsArraysAndUnorderedMaps) {
  const auto settings = read<Settings>(R"({"on":true,"color":"green","level":200,"size":[3,4],
                                           "flags":[true,false,true],"scores":{"x":1,"y":2}})");
  EXPECT_TRUE(settings.on);
  EXPECT_EQ(settings.color, Color::green);
  EXPECT_EQ(settings.level, Level::high);
  EXPECT_EQ(settings.size, (std::array{3, 4}));
  EXPECT_EQ(settings.flags, (std::vector{true, false, true}));
  EXPECT_EQ(settings.scores, (std::unordered_map<std::string, int>{{"x", 1}, {"y", 2}}));
}

TEST(JsonReading, FillsTheMembersOfBaseClasses) {
  const auto ranked = read<Ranked>(R"({"rank":3,"name":"a","price":0})");
  EXPECT_EQ(ranked.name, "a");
  EXPECT_EQ(ranked.rank, 3);
}

TEST(JsonReading, StripsTheUnderscoreThatAvoidsAKeyword) {
  EXPECT_EQ(read<Keywords>(R"({"default":5})").default_, 5);
  EXPECT_EQ(read<Color>(R"("default")"), Color::default_);
  EXPECT_EQ(problem<Keywords>(R"({"default_":5})"),
            R"(member "default": expected a whole number, got nothing)");
}

TEST(JsonReading, IgnoresMembersThatTheClassDoesNotHave) {
  EXPECT_EQ(read<Item>(R"({"x":[{}],"name":"a","price":1,"y":null})").name, "a");
}

TEST(JsonReading, LetsOptionalMembersBeMissingOrNull) {
  EXPECT_EQ(read<Maybe>("{}").limit, std::nullopt);
  EXPECT_EQ(read<Maybe>(R"({"limit":null})").limit, std::nullopt);
  EXPECT_EQ(read<Maybe>(R"({"limit":4})").limit, 4);
  EXPECT_EQ(read<std::optional<Maybe>>(""), std::nullopt);
}

TEST(JsonReading, TakesTheLastOfTwoMembersOfTheSameName) {
  EXPECT_EQ(read<Keywords>(R"({"default":1,"default":2})").default_, 2);
  EXPECT_EQ((read<std::map<std::string, int>>(R"({"a":1,"b":3,"a":2})")),
            (std::map<std::string, int>{{"a", 2}, {"b", 3}}));
}

TEST(JsonReading, TakesWholeNumbersWithAFractionOfZero) {
  EXPECT_EQ(read<int>("3.0"), 3);
  EXPECT_EQ(read<int>("-2e3"), -2000);
  EXPECT_EQ(read<std::uint64_t>("1e19"), 10'000'000'000'000'000'000u);
}

TEST(JsonReading, TakesTheLimitsOfEveryIntegerTypeAndNothingBeyond) {
  EXPECT_EQ(read<std::int8_t>("-128"), -128);
  EXPECT_EQ(read<std::uint8_t>("255"), 255);
  EXPECT_EQ(read<std::int64_t>("-9223372036854775808"), std::numeric_limits<std::int64_t>::min());
  EXPECT_EQ(read<std::int64_t>("9223372036854775807"), std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(read<std::uint64_t>("18446744073709551615"), std::numeric_limits<std::uint64_t>::max());
  EXPECT_EQ(problem<std::int8_t>("-129"), "expected a whole number from -128 to 127, got -129");
  EXPECT_EQ(problem<std::uint8_t>("256"), "expected a whole number from 0 to 255, got 256");
  EXPECT_EQ(problem<std::uint8_t>("-1"), "expected a whole number from 0 to 255, got -1");
  EXPECT_EQ(problem<std::int16_t>("1.5"), "expected a whole number from -32768 to 32767, got 1.5");
  EXPECT_EQ(
      problem<std::int64_t>("9223372036854775808"),
      "expected a whole number from -9223372036854775808 to 9223372036854775807, got 9223372036854775808");
  EXPECT_EQ(problem<std::uint64_t>("18446744073709551616"),
            "expected a whole number from 0 to 18446744073709551615, got 18446744073709551616");
  EXPECT_EQ(problem<std::int32_t>("1e300"),
            "expected a whole number from -2147483648 to 2147483647, got 1e+300");
}

TEST(JsonReading, RefusesNumbersThatAFloatCannotHold) {
  EXPECT_EQ(read<float>("0.5"), 0.5f);
  EXPECT_EQ(problem<float>("1e300"), "expected a number of at most 3.4028234663852886e+38, got 1e+300");
  EXPECT_EQ(problem<double>("-1e999"),
            "expected a number of at most 1.7976931348623157e+308, got one beyond every limit");
  EXPECT_EQ(problem<double>("1e99999999999"), "the JSON is wrong at byte 11");
  EXPECT_EQ(problem<int>("1e999"),
            "expected a whole number from -2147483648 to 2147483647, got one beyond every limit");
  EXPECT_EQ(to_json(read<boost::json::value>("1e999")), "null");
}

TEST(JsonReading, NamesTheMemberByItsPath) {
  EXPECT_EQ(problem<Order>(R"({"id":1,"by_name":{},"items":[{"name":"a","price":1},{"name":"b","price":2},
                               {"name":"c","price":"3"}]})"),
            R"(member "items[2].price": expected a number, got a string)");
  EXPECT_EQ(problem<Order>(R"({"id":1,"items":[],"by_name":{"x":{"name":"a"}}})"),
            R"(member "by_name.x.price": expected a number, got nothing)");
  EXPECT_EQ(problem<std::vector<Item>>(R"([{"name":"a","price":1},{}])"),
            R"(member "[1].name": expected a string, got nothing)");
}

TEST(JsonReading, SaysForEachTypeWhatWasExpected) {
  EXPECT_EQ(problem<Item>(R"({"name":1,"price":2})"), R"(member "name": expected a string, got a number)");
  EXPECT_EQ(problem<Order>(R"({"id":"7"})"), R"(member "id": expected a whole number, got a string)");
  EXPECT_EQ(problem<Order>(R"({"id":null})"), R"(member "id": expected a whole number, got null)");
  EXPECT_EQ(problem<Order>(R"({"id":1,"items":{}})"), R"(member "items": expected an array, got an object)");
  EXPECT_EQ(problem<Order>(R"({"id":1,"items":[[]]})"),
            R"(member "items[0]": expected an object, got an array)");
  EXPECT_EQ(problem<Order>(R"({"id":1,"items":[],"note":true})"),
            R"(member "note": expected a string, got true)");
  EXPECT_EQ(problem<Order>(R"({"id":1,"items":[]})"), R"(member "by_name": expected an object, got nothing)");
  EXPECT_EQ(problem<Settings>(R"({"on":1})"), R"(member "on": expected true or false, got a number)");
  EXPECT_EQ(problem<Settings>(R"({"on":false,"color":"blue"})"),
            R"(member "color": expected one of "red", "green", "default", got "blue")");
  EXPECT_EQ(problem<Settings>(R"({"on":false,"color":1})"),
            R"(member "color": expected one of "red", "green", "default", got a number)");
  EXPECT_EQ(problem<Settings>(R"({"on":false,"color":"red","level":256})"),
            R"(member "level": expected a whole number from 0 to 255, got 256)");
  EXPECT_EQ(problem<Settings>(R"({"on":false,"color":"red","level":1,"size":[1]})"),
            R"(member "size": expected an array of length 2, got one of length 1)");
}

TEST(JsonReading, SaysForTheWholeDocumentWhatWasExpected) {
  EXPECT_EQ(problem<Item>(""), "expected a JSON object, got nothing");
  EXPECT_EQ(problem<Nothing>(""), "expected a JSON object, got nothing");
  EXPECT_EQ(problem<std::vector<int>>(""), "expected a JSON array, got nothing");
  EXPECT_EQ(problem<boost::json::value>(""), "expected a value, got nothing");
  EXPECT_EQ(problem<Item>("[]"), "expected a JSON object, got an array");
  EXPECT_EQ(problem<std::vector<int>>("null"), "expected a JSON array, got null");
  EXPECT_EQ(problem<std::string>("5"), "expected a string, got a number");
}

TEST(JsonReading, SaysWhereTheTextIsNoJson) {
  EXPECT_EQ(problem<Item>(" "), "the JSON ends too early");
  EXPECT_EQ(problem<Item>("{\"name\":\"a"), "the JSON ends too early");
  EXPECT_EQ(problem<Item>("{\"name\":\"a\","), "the JSON ends too early");
  EXPECT_EQ(problem<Item>("{name:1}"), "the JSON is wrong at byte 1");
  EXPECT_EQ(problem<Nothing>("{} {}"), "something follows the JSON at byte 3");
  EXPECT_EQ(problem<Nothing>(std::string_view{"{}\0", 3}), "something follows the JSON at byte 2");
  EXPECT_EQ(problem<int>("NaN"), "the JSON is wrong at byte 0");
}

TEST(JsonReading, AllowsWhitespaceAroundTheDocument) { EXPECT_TRUE(from_json<Nothing>(" {}\r\n\t ").ok()); }

TEST(JsonReading, StopsAtTheDepthLimit) {
  EXPECT_TRUE(from_json<boost::json::value>(nested(json_depth_max, "[", "]")).ok());
  EXPECT_EQ(problem<boost::json::value>(nested(json_depth_max + 1, "[", "]")),
            "the JSON is nested deeper than 64 levels");
  EXPECT_EQ(problem<Nothing>(nested(100'000, "{\"a\":", "}")), "the JSON is nested deeper than 64 levels");
  EXPECT_EQ(problem<Nothing>(std::string(100'000, '[')), "the JSON is nested deeper than 64 levels");

  const std::string deepest = nested(json_depth_max / 2 - 1, "{\"children\":[", "]}");
  EXPECT_EQ(read<Tree>(deepest).children.size(), 1u);
}

TEST(JsonReading, JoinsTheHalvesOfACharacter) {
  const std::string smile = "\U0001f600";
  const std::string halves[][2] = {{"\\ud83d", "\xed\xa0\xbd"}, {"\\ude00", "\xed\xb8\x80"}};
  for (const std::string& high : halves[0]) {
    EXPECT_EQ(read<Item>(R"({"name":"a)" + high + R"(z","price":1})").name, "a\ufffdz");
    for (const std::string& low : halves[1]) {
      EXPECT_EQ(read<Item>(R"({"name":")" + high + low + R"(","price":1})").name, smile);
      EXPECT_EQ(read<Item>(R"({"name":")" + low + high + R"(","price":1})").name, "\ufffd\ufffd");
      EXPECT_EQ((read<std::map<std::string, int>>("{\"" + high + low + "\":1,\"" + low + "\":2}")),
                (std::map<std::string, int>{{smile, 1}, {"\ufffd", 2}}));
    }
  }
  EXPECT_EQ(read<Item>(R"({"name":"\\ud83d","price":1})").name, "\\ud83d") << "an escaped backslash";
}

TEST(JsonReading, NamesTheMemberWhoseTextIsNotUtf8) {
  EXPECT_EQ(problem<Item>("{\"name\":\"a\xff\",\"price\":1}"),
            R"(member "name": expected UTF-8 text, got other bytes)");
  EXPECT_EQ(problem<Order>("{\"id\":1,\"items\":[{\"name\":\"\"},{\"name\":\"\xc0\x80\"}]}"),
            R"(member "items[1].name": expected UTF-8 text, got other bytes)");
  EXPECT_EQ((problem<std::map<std::string, int>>("{\"a\xe2\x82\":1}")),
            "member \"a\ufffd\ufffd\": expected a name in UTF-8, got other bytes");
  EXPECT_EQ(problem<boost::json::value>("\"\xf8\""), "expected UTF-8 text, got other bytes");
  EXPECT_EQ(problem<Item>("{\"unknown\":\"\xff\",\"name\":\"\",\"price\":1}"),
            R"(member "unknown": expected UTF-8 text, got other bytes)");
}

TEST(JsonReading, SaysWhatElseIsWrongBesideSurrogates) {
  EXPECT_EQ(problem<Item>("{\"name\":\"\\ud83d\",\"price\":}"),
            "the JSON, its surrogates joined, is wrong at byte 22");
  EXPECT_EQ(problem<Item>("{\"name\":\"\\ud83d"), "the JSON, its surrogates joined, ends too early");
  EXPECT_EQ(problem<Item>("{\"name\":\"\\ud83d\",\"price\":true}"),
            R"(member "price": expected a number, got true)");
  EXPECT_EQ(problem<Item>("{\"name\":\"\xff"), "the JSON is wrong at byte 9");
}

TEST(JsonReading, CutsForeignTextsInItsSentences) {
  const std::string long_text(33, 'x');
  EXPECT_EQ(problem<Color>('"' + long_text + '"'),
            R"(expected one of "red", "green", "default", got "xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx...")");
  EXPECT_EQ((problem<std::map<std::string, int>>("{\"" + std::string(31, 'x') + "\u00e9\":null}")),
            "member \"" + std::string(31, 'x') + "...\": expected a whole number, got null");
}

/// Where the elements of an array lie while it is read; `within` is read meanwhile.
std::uintptr_t place_of_elements(std::string_view json, std::string_view within = "",
                                 std::uintptr_t* place_within = nullptr) {
  struct Reading {
    std::string_view within;
    std::uintptr_t* place_within;
    std::uintptr_t place = 0;
  } reading{within, place_within};
  const detail::ReadDocument read = [](const boost::json::value* document, void* into) -> Result<void> {
    auto& reading = *static_cast<Reading*>(into);
    if (reading.place_within) *reading.place_within = place_of_elements(reading.within);
    reading.place = reinterpret_cast<std::uintptr_t>(document->as_array().data());
    return {};
  };
  EXPECT_TRUE(detail::read_json_text(json, read, &reading).ok());
  return reading.place;
}

TEST(JsonReading, KeepsItsMemoryForTheNextDocumentHoweverMuchOneHolds) {
  constexpr std::uintptr_t memory_bytes = 1 << 20;
  std::string many = "[0";
  while (many.size() < 60'000) many += ",1";
  many += "]";
  const std::uintptr_t small = place_of_elements("[1]");
  EXPECT_LT(std::max(small, place_of_elements(many)) - std::min(small, place_of_elements(many)),
            memory_bytes);
  std::uintptr_t within = 0;
  EXPECT_EQ(place_of_elements("[1]", many, &within), small);
  EXPECT_GE(std::max(small, within) - std::min(small, within), memory_bytes) << "the first is still in use";
}

TEST(JsonReading, GivesTreesThatOutliveTheText) {
  boost::json::value tree;
  boost::json::object object;
  {
    const std::string json = R"({"long":")" + std::string(5000, 'x') + R"(","list":[1,{"a":null}]})";
    tree = read<boost::json::value>(json);
    object = read<boost::json::object>(json);
  }
  EXPECT_EQ(tree.at("long").as_string().size(), 5000u);
  EXPECT_EQ(object.at("list").as_array().size(), 2u);
  EXPECT_EQ(problem<boost::json::array>("{}"), "expected a JSON array, got an object");
  EXPECT_EQ(problem<boost::json::object>("[]"), "expected a JSON object, got an array");
}

TEST(JsonReading, ReadsWhatWritingAnOrderMakes) {
  const Order order{.id = -5, .items = {{"\"q\"\n\u00fc", 0.1}}, .note = "", .by_name = {{"k", {"n", 1e-9}}}};
  const auto again = read<Order>(to_json(order));
  EXPECT_EQ(again.items.at(0).name, "\"q\"\n\u00fc");
  EXPECT_EQ(again.items.at(0).price, 0.1);
  EXPECT_EQ(again.note, "");
  EXPECT_EQ(to_json(again), to_json(order));
}

// Every prefix and every change of one byte must give a value or a sentence, never more (sanitizers watch).
TEST(JsonReading, SurvivesEveryChangeOfOneByte) {
  const std::string whole = R"({"id":12,"items":[{"name":"\u00e4x","price":-1.5e3}],"note":null,)"
                            R"("by_name":{"k":{"name":"","price":0}}})";
  ASSERT_TRUE(from_json<Order>(whole).ok());
  for (std::size_t size = 0; size < whole.size(); ++size) {
    EXPECT_FALSE(from_json<Order>(std::string_view(whole).substr(0, size)).ok()) << size;
  }
  std::size_t refused = 0;
  for (std::size_t at = 0; at < whole.size(); ++at) {
    for (int byte = 0; byte < 256; ++byte) {
      std::string changed = whole;
      changed[at] = static_cast<char>(byte);
      const auto result = from_json<Order>(changed);
      if (result.ok()) continue;
      ++refused;
      EXPECT_FALSE(result.error().message.empty());
    }
  }
  EXPECT_GT(refused, whole.size() * 100);
}

}  // namespace
}  // namespace nano
