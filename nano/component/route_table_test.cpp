#include "nano/component/route_table.h"

#include <string>
#include <vector>

#include <gtest/gtest.h>

namespace nano {
namespace {

TEST(RouteTableTest, FindsEachRouteThatItWasGivenAndNoOther) {
  std::vector<std::string> routes;
  for (int i = 0; i < 500; ++i) {
    routes.push_back("Room.Say" + std::to_string(i));
    routes.push_back(std::to_string(i));
    routes.push_back("A" + std::string(static_cast<std::size_t>(i % 40), '.') + std::to_string(i) + "Z");
  }
  RouteTable<std::string> table{routes.size()};
  for (const std::string& route : routes) table.add(route, route);
  for (const std::string& route : routes) {
    EXPECT_EQ(table.find(route), &route);
    EXPECT_EQ(table.find(route + "!"), nullptr);
  }
  EXPECT_EQ(table.find(""), nullptr);
}

TEST(RouteTableTest, TellsRoutesApartThatDifferOnlyInTheirMiddle) {
  const std::string one = "Lobby.Room.1.Say.Something";
  const std::string two = "Lobby.Room.2.Say.Something";
  RouteTable<std::string> table{2};
  table.add(one, one);
  EXPECT_EQ(table.find(two), nullptr);
  table.add(two, two);
  EXPECT_EQ(table.find(one), &one);
  EXPECT_EQ(table.find(two), &two);
}

TEST(RouteTableTest, AnEmptyOneFindsNothing) {
  const RouteTable<std::string> table;
  EXPECT_EQ(table.find("Room.Say"), nullptr);
  EXPECT_EQ(table.find(""), nullptr);
}

}  // namespace
}  // namespace nano
