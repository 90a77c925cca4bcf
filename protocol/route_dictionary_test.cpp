#include "protocol/route_dictionary.h"

#include <stdexcept>

#include <gtest/gtest.h>

namespace nano::protocol {
namespace {

std::string refusal(RouteDictionary& dictionary, std::string_view route, std::uint16_t code) {
  const std::size_t size = dictionary.size();
  try {
    dictionary.add(route, code);
  } catch (const std::invalid_argument& error) {
    EXPECT_EQ(dictionary.size(), size);
    return error.what();
  }
  return "accepted";
}

TEST(RouteDictionary, FindsRoutesAndCodesBothWays) {
  RouteDictionary dictionary;
  dictionary.add("room.join", 1);
  dictionary.add("zero", 0);
  dictionary.add("last", 65535);
  EXPECT_EQ(dictionary.find_code("room.join"), 1);
  EXPECT_EQ(dictionary.find_code("zero"), 0);
  EXPECT_EQ(dictionary.find_code("room"), std::nullopt);
  EXPECT_EQ(dictionary.find_route(0), "zero");
  EXPECT_EQ(dictionary.find_route(65535), "last");
  EXPECT_EQ(dictionary.find_route(2), std::nullopt);
  EXPECT_EQ(dictionary.size(), 3u);
}

TEST(RouteDictionary, IsEmptyAtFirst) {
  const RouteDictionary dictionary;
  EXPECT_TRUE(dictionary.empty());
  EXPECT_EQ(dictionary.find_route(0), std::nullopt);
  EXPECT_EQ(dictionary.find_code(""), std::nullopt);
}

TEST(RouteDictionary, NumbersSortedRoutesFromOne) {
  const RouteDictionary dictionary = RouteDictionary::from_routes({"b", "c", "a", "b"});
  std::vector<std::pair<std::string, int>> entries(dictionary.begin(), dictionary.end());
  EXPECT_EQ(entries, (std::vector<std::pair<std::string, int>>{{"a", 1}, {"b", 2}, {"c", 3}}));
}

TEST(RouteDictionary, RefusesBadEntriesWithASentence) {
  RouteDictionary dictionary;
  dictionary.add("room.join", 1);
  EXPECT_EQ(refusal(dictionary, "", 2),
            "A route in the route dictionary is empty: give it a name or leave it out.");
  EXPECT_EQ(refusal(dictionary, "room.join", 2),
            "The route \"room.join\" is in the route dictionary twice: remove one of the entries.");
  EXPECT_EQ(refusal(dictionary, "room.leave", 1),
            "The routes \"room.join\" and \"room.leave\" have the same code 1: give one another code.");
  EXPECT_EQ(refusal(dictionary, "\xff", 2), "The route \"\xef\xbf\xbd\" is not UTF-8: spell it in UTF-8.");
  const std::string longest(route_bytes_max, 'r');
  EXPECT_EQ(refusal(dictionary, longest + 'r', 2),
            "The route \"" + longest + "r\" has 256 bytes: shorten it to 255 at most.");
  EXPECT_EQ(refusal(dictionary, longest, 2), "accepted");
}

TEST(RouteDictionary, RefusesMoreRoutesThanCodes) {
  std::vector<std::string> routes;
  for (int n = 0; n < 65536; ++n) routes.push_back("route" + std::to_string(n));
  EXPECT_THROW(RouteDictionary::from_routes(routes), std::invalid_argument);
  routes.pop_back();
  EXPECT_EQ(RouteDictionary::from_routes(routes).find_route(65535), "route9999");
}

TEST(RouteDictionary, SurvivesItsOriginalWhenCopiedMovedOrAssigned) {
  RouteDictionary assigned;
  assigned.add("old", 9);
  {
    RouteDictionary original;
    original.add("a", 1);
    const RouteDictionary copy = original;
    RouteDictionary moved = std::move(original);
    moved.add("b", 2);
    assigned = copy;
    EXPECT_EQ(moved.find_route(1), "a");
    EXPECT_EQ(moved.find_code("b"), 2);
  }
  EXPECT_EQ(assigned.find_route(1), "a");
  EXPECT_EQ(assigned.find_code("a"), 1);
  EXPECT_EQ(assigned.find_code("old"), std::nullopt);
  EXPECT_EQ(assigned.find_route(9), std::nullopt);
}

}  // namespace
}  // namespace nano::protocol
